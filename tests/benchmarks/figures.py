"""What benchmarks measure with, and the tables they are told in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psutil


def cpu(processes: Iterable[psutil.Process]) -> float:
    """CPU seconds that these processes, which still run, have used so far."""
    times = [process.cpu_times() for process in processes]
    return sum(used.user + used.system for used in times)


def table(columns: Sequence[str], rows: Iterable[Sequence[str | float]]) -> str:
    """A Markdown table. Words go left, figures right, to three digits."""
    listed = list(rows)
    marks = ["---" if isinstance(value, str) else "---:" for value in listed[0]]
    lines = [columns, marks, *([_written(value) for value in row] for row in listed)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _written(value: str | float) -> str:
    if isinstance(value, str):
        return value
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}".removesuffix(".00")
