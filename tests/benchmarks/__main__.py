"""Figures in Markdown: python -m tests.benchmarks [NAME …]

Each benchmark is a module of this package whose `report` returns a sentence on
its method and a table; the first line of its docstring is the heading.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

BENCHMARKS = (
    "feeds",
    "polling",
    "rules",
    "lucene",
    "line",
    "store",
    "outbox",
    "latency",
    "idle",
    "stories.quality",
    "stories.pace",
    "stories.window",
    "stories.races",
)


def main(names: Sequence[str]) -> None:
    """Run these benchmarks, or all of them."""
    unknown = set(names) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"no benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        benchmark = import_module(f"tests.benchmarks.{name}")
        heading = (benchmark.__doc__ or name).partition("\n")[0].rstrip(".")
        sys.stdout.write(f"## {heading}\n\n{benchmark.report()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
