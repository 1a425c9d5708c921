"""Stories: how well copies, updates and events are told apart, how fast, and whether replicas agree."""

from __future__ import annotations


def report() -> str:
    """All figures: quality on all events, speed, Redis, races."""
    from tests.benchmarks.stories import quality, speed

    return f"```\n{quality.figures('all')}```\n\n{speed.report()}"
