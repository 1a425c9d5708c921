"""The line in which a fault is, with a caret under its place."""

from __future__ import annotations

import re
from pathlib import Path

from rich.cells import cell_len

from monitor.errors import Fault

WIDTH = 100
"""Characters shown of a line; of a longer one, those around the place."""
_BREAK = re.compile(r"\r\n?|\n")


class Sources:
    """The files in which faults are, each read once."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def line(self, fault: Fault) -> str:
        """The line at which a fault points; empty when it points at none that can be read."""
        if not fault.line:
            return ""
        if fault.file not in self._lines:
            self._lines[fault.file] = _lines(Path(fault.file))
        lines = self._lines[fault.file]
        return lines[fault.line - 1] if fault.line <= len(lines) else ""


def pointed(line: str, column: int) -> tuple[str, str]:
    """The part of a line that is around a column (from 1), and as many blanks and a caret that stand under it."""
    at = min(column - 1, len(line))
    start = max(0, min(at - WIDTH // 2, len(line) - WIDTH))
    shown = line[start : start + WIDTH]
    before = "…" if start else ""
    after = "…" if start + WIDTH < len(line) else ""
    shown_line = f"{before}{_printable(shown)}{after}"
    blanks = cell_len(before + _printable(line[start:at]))
    return shown_line, " " * blanks + "^"


def _lines(path: Path) -> list[str]:
    try:
        return _BREAK.split(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return []  # the fault itself says so


def _printable(text: str) -> str:
    """Each character that would move the caret as one that does not."""
    return "".join(char if char.isprintable() else " " for char in text)
