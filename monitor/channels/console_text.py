"""Events as text for people: readable at 80 columns, coloured on a terminal only.

A block begins with the time, what happened in one word, and a headline:

    14:05:05  HIGH          Ministers hail a new world order
              Globe Wire · Urgent · 30 Mar 2022, 14:05 UTC
              …

What only adds to an alert is a row; rows of one alert stand together under its headline.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.style import Style
from rich.text import Text

from monitor.channels import digest_text, render, wording
from monitor.model import AlertEvent, Change, DigestEvent, EventKind, Field, Kind, OpsEvent, Severity

WIDTH = 80
"""Columns of a stream that is no terminal."""
NARROWEST, WIDEST = 40, 100
"""Columns between which a terminal's width is followed."""
INDENT = len("14:05:12  ")
LABEL = len("SMALL CHANGE  ")
SHORT = 2
"""Lines quoted in an alert below `high`, and of each change in an update."""
MOST_OF_UPDATE = 2
"""Changes shown of an update, which its new headline already tells."""
MANY = 8
"""Words that need no others beside them to be understood."""

SERVICE = "SERVICE"
DIGEST = "DIGEST"
STYLES = {
    "FLASH": "bold white on red",
    "HIGH": "bold yellow",
    "NORMAL": "bold",
    "LOW": "dim",
    "UPDATE": "bold cyan",
    "CORRECTION": "bold magenta",
    "CORRECTED": "bold magenta",
    "ON HOLD": "bold magenta",
    "RELEASED": "bold green",
    "ACKNOWLEDGED": "green",
    "NOW NORMAL": "bold",
    "NOW HIGH": "bold yellow",
    "NOW FLASH": "bold white on red",
    "WITHDRAWN": "bold red",
    "SMALL CHANGE": "cyan",
    "NEW TEXT": "cyan",
    "COPY": "cyan",
    "DERIVED": "cyan",
    "REPORT": "cyan",
    SERVICE: "bold blue",
    DIGEST: "bold",
}
"""How the word for what happened is coloured; no two groups of meaning share a colour."""
HIT = "bold black on yellow"
_OUT, _IN = "red strike", "bold green"
_SPEAKS = frozenset((Kind.CORRECTION, Kind.REFILE, Kind.HOLD, Kind.WITHDRAWAL))
"""Kinds of text whose note is their desk's own words."""
_SPOKEN = frozenset((EventKind.CORRECTED, EventKind.HELD, EventKind.WITHDRAWN))


class Screen:
    """Lays events out for a stream. Every method returns whole lines.

    Texts become `rich.Text` and are never read as markup; `render` has taken
    control characters out of them, so no escape sequence reaches a terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        terminal = stream.isatty()
        self.listing = ""
        """The alert under which the next row needs no headline. Empty it when a page was not written."""
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
        gone, brief = render.withdrawn(card), card.severity < Severity.HIGH
        status = render.STATUSES[card.status]
        published = f"seen {render.when(card.seen_at)}" if card.published is None else render.when(card.published)
        facts = [render.source(card.source), render.KINDS[card.kind], published, f"why: {render.reason(card)}"]
        rows = [Text(status, STYLES[status.partition(":")[0]])] if status else []
        told = _dim(" · ".join(fact for fact in facts if fact))
        rows.append(self._cut(told, INDENT) if brief else told)
        rows += self._quoted(render.passages(card), gone=gone, brief=brief)
        rows += _url(card.url)
        named, rest = render.carriers(card)
        if named:
            outlets = [render.source(carrier.source) + render.carrier_label(carrier) for carrier in named]
            rows.append(_dim("also carried by " + ", ".join(outlets) + (f" and {rest} more" if rest else "")))
        rows += [Text(footing, "bold")] if (footing := render.footing(card)) else []
        rows += _note(card.source if card.kind in _SPEAKS else "", card.note)
        label = str(card.severity).upper()
        return self._block(event.at, label, _headline(render.headline(card), card.url, gone=gone), rows)

    def news(self, event: AlertEvent) -> str:
        """What is new, whole, and on which alert."""
        gone = event.kind is EventKind.WITHDRAWN
        alert, title = render.headline(event.card), render.title(event)
        label, _, advice = render.label(event).partition(": ")
        # what is withdrawn is the alert, whatever the desk put before its headline to say so
        head = _headline(alert if gone else title, event.item.url, gone=gone)
        facts = [render.source(event.item.source), advice, "" if title.endswith(alert) else f"under “{alert}”"]
        rows = [self._cut(_dim(" · ".join(fact for fact in facts if fact)), INDENT)]
        for said in _changed(event):
            rows += self._short(said, self._width - INDENT) if event.kind is EventKind.UPDATED else [said]
        rows += _note(event.item.source if event.kind in _SPOKEN else "", event.note)
        rows += _url(event.item.url) if event.item.url != event.card.url else []  # which stands under the alert
        return self._block(event.at, label.upper(), head, rows)

    def brief(self, event: AlertEvent) -> str:
        """What is new in one row, under the headline of the alert if the row before it was under another."""
        label = render.label(event).partition(": ")[0].upper()
        lines = [self._cut(Text.assemble(_tagged(event.at, label), _in_short(event)))]
        if event.kind is not EventKind.ACKNOWLEDGED:
            lines += [self._cut(Text.assemble(" " * (INDENT + LABEL), note)) for note in _note("", event.note)]
        if self.listing != event.alert_id:
            under = Text.assemble(" " * INDENT, _dim(f"under “{render.headline(event.card)}”"))
            lines = [Text(), self._cut(under), *lines]
        self.listing = event.alert_id
        return self._page(lines)

    def ops(self, event: OpsEvent) -> str:
        """A word of the service about itself."""
        first, *rest = render.paragraph(event.text, render.OPS).split("\n")
        said = Text.assemble((render.ops_subject(event), "bold green" if event.recovered else "bold"), f": {first}")
        return self._block(event.at, SERVICE, said, [Text(part) for part in rest])

    def digest(self, event: DigestEvent) -> str:
        """What waited."""
        parts = digest_text.parts(event)
        rows = [row for part in parts for row in _part(part)]
        if left := digest_text.rest(event, sum(len(part.entries) for part in parts)):
            rows += [Text(), _dim(left)]
        head = Text.assemble((digest_text.title(event), "bold"), f": {digest_text.count(event)}")
        return self._block(event.at, DIGEST, head, rows)

    @property
    def _width(self) -> int:
        return max(NARROWEST, min(self._console.width, WIDEST))

    def _quoted(self, passages: Sequence[render.Runs], *, gone: bool, brief: bool) -> list[Text]:
        """Passages in lines with a bar before each; `brief`: the first lines of the first."""
        strike = " strike" if gone else ""
        room = self._width - INDENT - len("│ ")
        rows: list[Text] = []
        for runs in passages[:1] if brief else passages:
            text = Text.assemble(*((run.text, f"{HIT if run.strong else ''}{strike}") for run in runs))
            lines = self._short(text, room) if brief else self._folded(text, room)
            if len(lines) > 1 and lines[-1].plain.strip() == "…":
                lines.pop()
            rows += [Text.assemble(("│ ", "dim"), line) for line in lines]
        return rows

    def _short(self, text: Text, room: int) -> list[Text]:
        """The first lines of `text`, with an ellipsis if there are more."""
        lines = self._folded(text, room - len(" …"))
        if len(lines) > SHORT:
            del lines[SHORT:]
            lines[-1].rstrip()
            lines[-1].append(" …")
        return lines

    def _block(self, at: float, label: str, head: Text, rows: Iterable[Text]) -> str:
        """An empty line, what happened, and the rows below."""
        self.listing = ""
        first, *others = self._folded(head, self._width - INDENT - LABEL)
        lines = [Text(), Text.assemble(_tagged(at, label), first)]
        lines += [Text.assemble(" " * (INDENT + LABEL), line) for line in others]
        for row in rows:
            lines += [Text.assemble(" " * INDENT, line) for line in self._folded(row, self._width - INDENT)]
        return self._page(lines)

    def _folded(self, text: Text, room: int) -> list[Text]:
        return list(text.wrap(self._console, room, overflow="fold"))

    def _cut(self, text: Text, used: int = 0) -> Text:
        """`text` in one line, with an ellipsis where it was cut."""
        text.truncate(self._width - used, overflow="ellipsis")
        return text

    def _page(self, lines: Iterable[Text]) -> str:
        with io.StringIO() as page:
            self._console.file = page
            for line in lines:
                line.rstrip()
                self._console.print(line, no_wrap=True, overflow="ignore", crop=False)
            return page.getvalue()


def _part(part: digest_text.Part) -> Iterable[Text]:
    """What a digest tells of one rule."""
    yield from (Text(), Text(part.title, "underline"))
    for entry in part.entries:
        label = digest_text.label(entry)
        loud = STYLES.get(str(entry.severity).upper(), "")
        facts = (render.source(entry.source), render.when(digest_text.at(entry)), digest_text.others(entry))
        yield _headline(digest_text.headline(entry), entry.url, gone=digest_text.gone(entry))
        yield Text.assemble(
            (f"{label} · " if label else "", STYLES["CORRECTED"]),
            (render.urgency(entry.severity), loud),
            _dim("".join(f" · {fact}" for fact in facts if fact)),
        )
        for change in entry.changes[:MOST_OF_UPDATE]:
            if said := _wording(change):
                yield said
        yield from _note("", entry.note)
        yield from _url(entry.url)


def _tagged(at: float, label: str) -> Text:
    """The time and what happened, which begin a line."""
    time = (f"{render.moment(at):%H:%M:%S}  ", "dim")
    return Text.assemble(time, (label, STYLES.get(label, "bold")), " " * (LABEL - len(label)))


def _headline(text: str, url: str, *, gone: bool) -> Text:
    return Text.assemble((text, Style(bold=True, strike=gone, link=render.link(url) or None)))


def _url(url: str) -> list[Text]:
    target = render.link(url)
    return [Text(target, "blue")] if target else []


def _note(source: str, note: str) -> list[Text]:
    """What `source` says of its text; without a source, what the service remarks on it."""
    said = render.line(note, render.NOTE)
    label = f"{render.source(source)} notes: " if source else ""
    return [Text.assemble((label, "dim"), (said, "italic"))] if said else []


def _changed(event: AlertEvent) -> list[Text]:
    """What differs from the text before; of an update only the text's first, for its headline tells the rest."""
    changes, most = event.changes, render.MOST_CHANGES
    if event.kind is EventKind.UPDATED:
        changes = tuple(change for change in changes if change.field is not Field.TITLE) or changes
        most = MOST_OF_UPDATE
    rows = [text for change in changes if (text := _wording(change))]
    rest = len(rows) - most
    return [*rows[:most], *([_dim(f"and {rest} more change{'s' if rest > 1 else ''}")] if rest > 0 else [])]


def _wording(change: Change, *, alone: bool = False) -> Text:
    """A change in words, `alone` without those beside it; empty when nothing that is shown differs."""
    edits = wording.edits(change)
    if not edits:
        return Text()
    differences = [edit for edit in edits if not edit.stays]
    said = (_said(change, differences), "dim")
    added_or_removed = all(not (edit.before and edit.after) for edit in differences)
    clear = added_or_removed and all(len(f"{edit.before}{edit.after}".split()) > MANY for edit in differences)
    if alone or clear or len(edits) == 1:
        return Text.assemble(said, Text(" … ").join(_marked(edit) for edit in differences))
    return Text.assemble(said, *(Text(edit.after) if edit.stays else _bracketed(edit) for edit in edits))


def _in_short(event: AlertEvent) -> Text:
    """What is new, in a few words."""
    if event.kind is EventKind.ACKNOWLEDGED:
        return Text(render.line(event.note, render.NOTE))
    differences = (_wording(change, alone=True) for change in event.changes)
    said = next((Text.assemble(", ", text) for text in differences if text), Text(f": {render.title(event)}"))
    return Text.assemble(render.source(event.item.source), said)


def _said(change: Change, differences: Sequence[wording.Edit]) -> str:
    """What was done, before the words to which it was done."""
    field = render.FIELDS[change.field].lower()
    if not change.before.strip():
        return f"the {field} came: "
    if not change.after.strip():
        return f"the {field} went: "
    if not any(edit.before for edit in differences):
        return "added: " if change.field is Field.BODY else f"added to the {field}: "
    if not any(edit.after for edit in differences):
        return "removed: " if change.field is Field.BODY else f"removed from the {field}: "
    return f"{field}: "


def _marked(edit: wording.Edit) -> Text:
    before, after = edit.before.rstrip(), edit.after.rstrip()
    return Text.assemble((before, _OUT), (" → " if before and after else "", "dim"), (after, _IN))


def _bracketed(edit: wording.Edit) -> Text:
    """A difference among words that stay, to be told from them where there are no colours."""
    space = " " if (edit.after or edit.before).endswith(" ") else ""
    return Text.assemble(("[", "dim"), _marked(edit), ("]", "dim"), space)


def _dim(text: str) -> Text:
    return Text(text, "dim")
