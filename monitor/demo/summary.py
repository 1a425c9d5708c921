"""What the play came to: counted from records and events, then told on one screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from monitor.model import AlertEvent, Card, Event, EventKind, Fate, Manner, OpsEvent, Record

PLAINLY = {
    Fate.SEEDED: "there before we came",
    Fate.REPEATED: "sent again by its outlet, unchanged",
}
"""Why an item was kept, where its record says it in the service's own words."""
LANGUAGES = {"de": "German", "en": "English", "ru": "Russian", "zh": "Chinese"}
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
    """What operators were told of a feed, and how it went on."""

    feed: str
    told: str
    back_after: float | None = None
    """Seconds after they were told of it; None: that is how it stands."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A play in numbers. Every version was told or kept."""

    seconds: float
    outlets: int
    items: int
    texts: int
    """Items in all their versions."""
    stories: int
    told: int
    """Versions of which the desk heard."""
    events: Mapping[EventKind, int]
    """What it heard, without what changed in place."""
    edits: int
    """Small changes shown in place."""
    languages: tuple[str, ...]
    """In which it was alerted, as the feeds' codes."""
    kept: tuple[Kept, ...]
    """The rest, the most frequent reason first."""
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
    silent = [event for event in told if event.kind is EventKind.UPDATED and event.manner is Manner.EDIT]
    return Tally(
        seconds=seconds,
        outlets=outlets,
        items=len({record.item.key for record in records}),
        texts=len(records),
        stories=len({record.story_id for record in records}),
        told=sum(bool(record.alerts) for record in records),
        events=Counter(event.kind for event in told) - Counter(event.kind for event in silent),
        edits=len(silent),
        languages=_languages(records),
        kept=_kept(record for record in records if not record.alerts),
        carried=_carried(told),
        troubles=_troubles(event for event in events if isinstance(event, OpsEvent)),
    )


def _languages(records: Iterable[Record]) -> tuple[str, ...]:
    alerted = (record.item.lang for record in records if record.outcome.fate is Fate.ALERTED)
    return tuple(sorted({lang.partition("-")[0].lower() for lang in alerted if lang}))


def _kept(records: Iterable[Record]) -> tuple[Kept, ...]:
    fated: dict[Fate, list[Record]] = {}
    for record in records:
        fated.setdefault(record.outcome.fate, []).append(record)
    kept = []
    for fate, alike in fated.items():
        (reason, _), *_ = Counter(record.outcome.reason for record in alike).most_common(1)
        kept.append(Kept(fate, len(alike), PLAINLY.get(fate, reason), alike[0].item.headline))
    return tuple(sorted(kept, key=lambda line: line.count, reverse=True))


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
    failed: dict[str, OpsEvent] = {}
    troubles: dict[str, Trouble] = {}
    for event in events:
        if not event.subject.startswith(FEED):
            continue
        feed = event.subject.removeprefix(FEED)
        if not event.recovered:
            failed[feed] = event
            troubles[feed] = Trouble(feed, event.text)
        elif feed in failed:
            troubles[feed] = replace(troubles[feed], back_after=event.at - failed[feed].at)
    return tuple(troubles.values())


def render(tally: Tally) -> RenderableType:
    """The tally for a terminal. Text of the wire is never read as markup."""
    heading = Rule("What the desk got, and what it was spared", style="dim")
    parts: list[RenderableType] = [Text(), heading, Text(), *_opening(tally)]
    kept = sum(line.count for line in tally.kept)
    for title, table in (
        (f"{kept} were kept from the desk", _kept_table(tally.kept)),
        ("Carried most", _carried_table(tally.carried)),
        ("Feeds in trouble", _trouble_table(tally.troubles)),
    ):
        if table.row_count:
            parts += [Text(), Text(title, style="bold"), table]
    return Group(*parts)


def _opening(tally: Tally) -> list[RenderableType]:
    events = tally.events
    came = (
        f"{_counted(tally.items, 'item')} in {_counted(tally.texts, 'version')} came from "
        f"{_counted(tally.outlets, 'outlet')} in {tally.seconds:.0f} seconds: "
        f"{_counted(tally.stories, 'story', 'stories')}."
    )
    followed = [
        _counted(events.get(EventKind.ATTACHED, 0), "further text attached", "further texts attached"),
        _counted(events.get(EventKind.UPDATED, 0), "update"),
        _counted(events.get(EventKind.CORRECTED, 0), "correction"),
        _counted(events.get(EventKind.WITHDRAWN, 0), "withdrawal"),
    ]
    if tally.edits:
        followed.append(_counted(tally.edits, "small change") + " shown in place")
    told = Text.assemble(
        (f"{tally.told} of these versions reached the desk", "bold"),
        ": ",
        (_counted(tally.alerts, "alert"), "bold green"),
        f"; under them {', '.join(followed)}.",
    )
    said: list[RenderableType] = [Text(came), told]
    if len(tally.languages) > 1:
        named = [LANGUAGES.get(code, code) for code in tally.languages]
        said.append(
            Text(
                f"Alerts came in {', '.join(named[:-1])} and {named[-1]}: a text in another language is a story of "
                "its own, so one event can raise an alert in each."
            )
        )
    return said


def _kept_table(kept: Iterable[Kept]) -> Table:
    table = _table(no_wrap=True)
    for line in kept:
        table.add_row(str(line.count), Text.assemble(line.reason, (f": “{line.example}”", "dim")))
    return table


def _carried_table(carried: Iterable[Carried]) -> Table:
    table = _table(no_wrap=True)
    for story in carried:
        figures = f"{_counted(story.texts, 'text')}, {_counted(len(story.sources), 'outlet')}"
        table.add_row(figures, Text(story.headline))
        table.add_row("", Text(", ".join(story.sources), "dim", no_wrap=False, overflow="fold"))
    return table


def _trouble_table(troubles: Iterable[Trouble]) -> Table:
    table = _table()
    for trouble in troubles:
        said = Text(trouble.told)
        if trouble.back_after is not None:
            said.append(f"; well again {trouble.back_after:.0f} s after the desk was told", "green")
        table.add_row(trouble.feed, said)
    return table


def _table(*, no_wrap: bool = False) -> Table:
    """A column of marks, a column of words, which `no_wrap` cuts at the edge."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(style="cyan", justify="right", no_wrap=True)
    table.add_column(ratio=1, no_wrap=no_wrap, overflow="ellipsis" if no_wrap else "fold")
    return table


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number} {one if number == 1 else several or one + 's'}"
