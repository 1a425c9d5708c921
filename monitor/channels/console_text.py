"""Events as text for people: readable at 80 columns, coloured on a terminal only."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from monitor.channels import render
from monitor.model import AlertEvent, AlertStatus, Card, Change, EventKind, OpsEvent, Severity

WIDTH = 80
WIDEST = 100
CLOCK = len("14:05:12")
GAP = 2

_SEVERITY = {
    Severity.FLASH: "bold white on red",
    Severity.HIGH: "bold yellow",
    Severity.NORMAL: "bold",
    Severity.LOW: "dim",
}
_STATUS = {
    AlertStatus.LIVE: "bold cyan",
    AlertStatus.CORRECTED: "bold yellow",
    AlertStatus.HELD: "bold yellow",
    AlertStatus.WITHDRAWN: "bold red",
}
_HIT = "bold black on yellow"


class Screen:
    """Lays events out for a stream. Every method returns whole lines.

    Texts become `rich.Text` and are never read as markup; `render` has taken
    control characters out of them, so no escape sequence reaches a terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        terminal = stream.isatty()
        self._console = Console(
            file=io.StringIO(),  # a page to lay out on: the stream itself is written to by the channel
            force_terminal=terminal,
            width=None if terminal else WIDTH,
            highlight=False,
            emoji=False,
        )

    def card(self, event: AlertEvent) -> str:
        """All of an alert."""
        card = event.card
        gone = render.withdrawn(card)
        status = render.STATUSES[card.status]
        facts = [render.source(card.source), render.KINDS[card.kind]]
        facts.append(f"seen {render.when(card.seen_at)}" if card.published is None else render.when(card.published))
        rows = [Text(status, _STATUS[card.status])] if status else []
        rows += [_headline(render.headline(card), card.url, gone=gone)]
        rows += [_dim(" · ".join(fact for fact in facts if fact))]
        for runs in render.passages(card):
            rows += self._quoted(runs, gone=gone)
        rows += _url(card.url)
        named, rest = render.carriers(card)
        if named:
            outlets = [render.source(carrier.source) + render.carrier_label(carrier) for carrier in named]
            rows.append(_dim("also carried by " + ", ".join(outlets) + (f" and {rest} more" if rest else "")))
        urgency = (render.urgency(card.severity), _SEVERITY[card.severity])
        return self._entry(event.at, Text.assemble(urgency, "  ", render.reason(card)), [*rows, *_note(card.note)])

    def news(self, event: AlertEvent) -> str:
        """What is new, whole, and on which alert."""
        said = Text.assemble((render.label(event), _STATUS[event.card.status]), "  ", render.source(event.item.source))
        rows = [_headline(render.title(event), event.item.url, gone=event.kind is EventKind.WITHDRAWN)]
        rows += [_changed(change) for change in event.changes[: render.MOST_CHANGES]]
        rows += [*_url(event.item.url), *_note(event.note), _of(event.card)]
        return self._entry(event.at, said, rows)

    def brief(self, event: AlertEvent) -> str:
        """What is new and on which alert, in two lines cut at the edge of the screen."""
        said = f"  {render.source(event.item.source)}: {render.title(event)}"
        return self._entry(event.at, Text.assemble((render.label(event), "cyan"), said), [_of(event.card)], cut=True)

    def ops(self, event: OpsEvent) -> str:
        """A word of the service about itself."""
        said = Text.assemble(
            ("OPS", "bold green" if event.recovered else "bold magenta"), "  ", (render.ops_subject(event), "bold")
        )
        return self._entry(
            event.at, said, [Text(part) for part in render.paragraph(event.text, render.OPS).split("\n")]
        )

    @property
    def _width(self) -> int:
        return min(self._console.width, WIDEST)

    def _quoted(self, runs: render.Runs, *, gone: bool) -> list[Text]:
        """A passage in lines with a bar before each."""
        strike = " strike" if gone else ""
        text = Text.assemble(*((run.text, f"{_HIT if run.strong else ''}{strike}") for run in runs))
        lines = text.wrap(self._console, self._width - CLOCK - GAP - 2)
        return [Text.assemble(("│ ", "dim"), line) for line in lines]

    def _entry(self, at: float, said: Text, rows: Sequence[Text], *, cut: bool = False) -> str:
        """The time, what is said beside it, and the rows below, after an empty line if it is long."""
        grid = Table.grid(padding=(0, GAP, 0, 0))
        grid.add_column(width=CLOCK)
        grid.add_column(no_wrap=cut, overflow="ellipsis" if cut else "fold")
        grid.add_row(_dim(f"{render.moment(at):%H:%M:%S}"), said)
        for row in rows:
            grid.add_row("", row)
        with io.StringIO() as page:
            self._console.file = page
            self._console.print(grid, width=self._width)
            lines = [line.rstrip() for line in page.getvalue().splitlines()]
        return "\n".join([*([] if cut else [""]), *lines, ""])


def _headline(text: str, url: str, *, gone: bool) -> Text:
    return Text.assemble((text, Style(bold=True, strike=gone, link=render.link(url) or None)))


def _url(url: str) -> list[Text]:
    target = render.link(url)
    return [Text(target, "blue")] if target else []


def _changed(change: Change) -> Text:
    before, after = render.difference(change)
    text = Text.assemble((f"{render.FIELDS[change.field]}: ", "dim"))
    for run in before:
        text.append(run.text, "red strike" if run.strong else "")
    text.append(" → ", "bold")
    for run in after:
        text.append(run.text, "bold green" if run.strong else "")
    return text


def _of(card: Card) -> Text:
    return _dim(f"on the alert: {render.headline(card)}")


def _note(note: str) -> list[Text]:
    said = render.line(note, render.NOTE)
    return [Text(said, "italic")] if said else []


def _dim(text: str) -> Text:
    return Text(text, "dim")
