"""What commands share: settings, consoles, and how faults and items look on a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from monitor import config
from monitor.cli.pointing import Sources, pointed
from monitor.config import Settings
from monitor.durations import written
from monitor.errors import MOST_FAULTS, Fault
from monitor.model import Hit, Item, Span

PIPED = 200
"""Columns of a table that goes to a file or a pipe, where nobody sees it wrap."""

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else PIPED)
err = Console(stderr=True, highlight=False, soft_wrap=True)

LONG_WORD = 20
"""Characters that a cut moves to be between two words."""
HIT = "bold reverse yellow"
SHADOW = "  in the shadow: nobody is told"
"""Said of a rule that matches and alerts nobody."""
SEVERITY = {"low": "dim", "normal": "default", "high": "bold yellow", "flash": "bold red"}


def settings() -> Settings:
    """Settings from the process's environment; raises ConfigError."""
    return config.load(os.environ)


def problems(faults: Sequence[Fault]) -> None:
    """Every fault with its place, its line and the mend, then how many there are."""
    sources = Sources()
    for fault in faults:
        err.print(problem(fault, sources))
    more = "" if len(faults) < MOST_FAULTS else " No more were looked for."
    err.print(f"{counted(len(faults), 'problem')} found.{more}", style="bold red")


def problem(fault: Fault, sources: Sources, style: str = "red") -> Text:
    """A fault with its place, the line there with a caret under it, and the mend."""
    place = f"{fault.file}:{fault.line}:{fault.column}" if fault.line else fault.file
    shown = Text.assemble((place, "bold"), ": ", (plain(fault.message), style))
    if line := sources.line(fault):
        excerpt, caret = pointed(line, fault.column)
        shown.append(f"\n    {excerpt}\n    ").append(caret, f"bold {style}")
    if fault.hint:
        shown.append(f"\n    {plain(fault.hint)}", "cyan")
    return shown


def busy(doing: str) -> AbstractContextManager[object]:
    """Say on a terminal what goes on while it goes on; say nothing elsewhere."""
    return err.status(doing) if err.is_terminal else nullcontext()


def ago(at: float, now: float) -> str:
    """`3m ago`, `in 20s`, or `never`."""
    if not at:
        return "never"
    rounded = round(abs(now - at))
    if rounded == 0:
        return "now"
    return f"{written(rounded)} ago" if at < now else f"in {written(rounded)}"


def clock(at: float) -> str:
    """A moment in UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def plain(text: str) -> str:
    """Text from outside without the control characters that would steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 rule`, `1,200 rules`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def marked(text: str, spans: Iterable[Span], style: str = HIT) -> Text:
    """Text with stretches of it highlighted; between asterisks where there are no colours."""
    shown, text, end = Text(), plain(text), 0
    mark = "" if out.color_system else "*"
    for span in _apart(spans):
        shown.append(text[end : span.start]).append(f"{mark}{text[span.start : span.end]}{mark}", style)
        end = span.end
    return shown.append(text[end:])


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch as one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(span.end, found[-1].end))
        else:
            found.append(span)
    return found


def passage(item: Item, hit: Hit, around: int = 60) -> Text:
    """A hit with a little of the text around it, of whole words where words have spaces between them."""
    text = {"title": item.title, "body": item.body, "author": item.author}[hit.field]
    start, end = max(0, hit.start - around), min(len(text), hit.end + around)
    if start and (space := text.find(" ", start, start + LONG_WORD)) >= 0:
        start = min(space + 1, hit.start)
    if end < len(text) and (space := text.rfind(" ", end - LONG_WORD, end)) >= 0:
        end = max(space, hit.end)
    shown = marked(text[start:end].replace("\n", " "), [Span(hit.start - start, hit.end - start)])
    return Text.assemble("…" if start else "", shown, "…" if end < len(text) else "")


def now() -> float:
    """The time, for tables."""
    return time.time()
