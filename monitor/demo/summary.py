"""What the play came to: counted from records and events, then told on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitor.model import AlertEvent, Card, Event, EventKind, Fate, OpsEvent, Record

KEPT_BACK = (Fate.SEEDED, Fate.UNMATCHED, Fate.UNROUTED, Fate.REPEATED, Fate.ADVISORY, Fate.MINOR)
"""Fates of items of which nobody at the desk was told, in the order in which they are shown."""

MOST_CARRIED = 4
FEED = "feed "
"""How the subject of an ops event about a feed begins."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Items kept from the desk for one reason."""

    fate: Fate
    count: int
    reason: str
    """The most frequent one among them."""
    example: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A story that several outlets carried, as its alert shows it last."""

    headline: str
    sources: tuple[str, ...]
    texts: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """The last word on a feed that failed."""

    feed: str
    text: str
    recovered: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """A play in numbers."""

    seconds: float
    outlets: int
    items: int
    texts: int
    """Items in all their versions."""
    stories: int
    events: Mapping[EventKind, int]
    kept: tuple[Kept, ...]
    carried: tuple[Carried, ...]
    """The most carried stories first."""
    troubles: tuple[Trouble, ...]

    @property
    def alerts(self) -> int:
        """Stories told to the desk."""
        return self.events.get(EventKind.RAISED, 0)


def count(records: Iterable[Record], events: Sequence[Event], *, outlets: int, seconds: float) -> Tally:
    """The tally of everything that was recorded and everything that was said."""
    records = tuple(records)
    told = [event for event in events if isinstance(event, AlertEvent)]
    return Tally(
        seconds=seconds,
        outlets=outlets,
        items=len({record.item.key for record in records}),
        texts=len(records),
        stories=len({record.story_id for record in records}),
        events=Counter(event.kind for event in told),
        kept=tuple(_kept(records)),
        carried=_carried(told),
        troubles=_troubles(event for event in events if isinstance(event, OpsEvent)),
    )


def _kept(records: Sequence[Record]) -> Iterable[Kept]:
    for fate in KEPT_BACK:
        fated = [record for record in records if record.outcome.fate is fate]
        if fated:
            (reason, _), *_ = Counter(record.outcome.reason for record in fated).most_common(1)
            yield Kept(fate, len(fated), reason, fated[0].item.headline)


def _carried(told: Iterable[AlertEvent]) -> tuple[Carried, ...]:
    cards: dict[str, Card] = {event.alert_id: event.card for event in told}
    carried = [
        Carried(
            headline=card.headline,
            sources=tuple(dict.fromkeys((card.source, *(carrier.source for carrier in card.carriers)))),
            texts=1 + len(card.carriers),
        )
        for card in cards.values()
        if card.carriers
    ]
    return tuple(sorted(carried, key=lambda story: story.texts, reverse=True)[:MOST_CARRIED])


def _troubles(events: Iterable[OpsEvent]) -> tuple[Trouble, ...]:
    failed: dict[str, str] = {}
    recovered: set[str] = set()
    for event in events:
        if not event.subject.startswith(FEED):
            continue
        feed = event.subject.removeprefix(FEED)
        if event.recovered:
            recovered.add(feed)
        else:
            failed[feed] = event.text
            recovered.discard(feed)
    return tuple(Trouble(feed, text, feed in recovered) for feed, text in failed.items())


def render(tally: Tally) -> RenderableType:
    """The tally for a terminal. Text of the wire is never read as markup."""
    heading = Rule("What the desk got, and what it was spared", style="dim")
    parts: list[RenderableType] = [Padding(heading, (1, 0, 0, 0)), _opening(tally)]
    for title, table in (
        ("Kept from the desk, and why", _kept_table(tally.kept)),
        ("Carried most", _carried_table(tally.carried)),
        ("Feeds in trouble", _trouble_table(tally.troubles)),
    ):
        if table.row_count:
            parts += [Text(title, style="bold"), Padding(table, (0, 0, 1, 2))]
    return Group(*parts)


def _opening(tally: Tally) -> RenderableType:
    events = tally.events
    stories = _counted(tally.stories, "story", "stories")
    came = (
        f"{_counted(tally.items, 'item')} in {_counted(tally.texts, 'version')} from "
        f"{_counted(tally.outlets, 'outlet')} in {tally.seconds:.0f} seconds: {stories}."
    )
    followed = [
        _counted(events.get(EventKind.ATTACHED, 0), "further text attached", "further texts attached"),
        _counted(events.get(EventKind.UPDATED, 0), "update"),
        _counted(events.get(EventKind.CORRECTED, 0), "correction"),
        _counted(events.get(EventKind.WITHDRAWN, 0), "withdrawal"),
    ]
    became = Text.assemble((_counted(tally.alerts, "alert"), "bold green"), "; under them ", ", ".join(followed), ".")
    return Padding(Group(Text(came), became), (1, 0))


def _kept_table(kept: Iterable[Kept]) -> Table:
    table = _table()
    for line in kept:
        said = Text.assemble((str(line.fate), "bold"), f": {line.reason}\n", (f"such as “{line.example}”", "dim"))
        table.add_row(Text(str(line.count), style="cyan"), said)
    return table


def _carried_table(carried: Iterable[Carried]) -> Table:
    table = _table()
    for story in carried:
        said = Text.assemble((story.headline, "bold"), "\n", (", ".join(story.sources), "dim"))
        table.add_row(Text(str(story.texts), style="cyan"), said)
    return table


def _trouble_table(troubles: Iterable[Trouble]) -> Table:
    table = _table()
    for trouble in troubles:
        state = Text("back", style="green") if trouble.recovered else Text("still failing", style="red")
        table.add_row(state, Text.assemble((trouble.feed, "bold"), f": {trouble.text}"))
    return table


def _table() -> Table:
    """A column of marks, a column of words."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1)
    return table


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
