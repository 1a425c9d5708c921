"""What people are told about a text itself: where it disagrees with others, and who translated it."""

from __future__ import annotations

from monitor.model import Conflict, Relation, Verdict

MOST_CONFLICTS = 3
TRANSLATED = "translated by a machine, by its own account"


def remarks(verdict: Verdict) -> str:
    """One line, or nothing. It never says which side is right."""
    if not verdict.story_id:
        return ""
    say = _changed if verdict.relation is Relation.UPDATE else _disagrees
    said = [say(conflict) for conflict in verdict.conflicts[:MOST_CONFLICTS]]
    return ". ".join(filter(None, [*said, origin(verdict)]))


def origin(verdict: Verdict) -> str:
    """Who translated a text, if no human did."""
    return TRANSLATED if verdict.translated else ""


def _disagrees(conflict: Conflict) -> str:
    return f"says {conflict.here}; {f'{conflict.whose} says' if conflict.whose else 'others say'} {conflict.there}"


def _changed(conflict: Conflict) -> str:
    return f"{conflict.here}, before {conflict.there}"
