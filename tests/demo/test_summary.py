"""The closing summary: what is counted, and how it reads."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from monitor.demo import summary
from monitor.demo.summary import Carried, Kept, Tally, Trouble
from monitor.model import (
    AlertEvent,
    AlertStatus,
    Card,
    Carrier,
    EventKind,
    Fate,
    Item,
    Manner,
    OpsEvent,
    Outcome,
    Record,
    Relation,
    Severity,
)
from tests.items import NOON, an_item

FLASH = an_item("Lavrov meets Wang Yi", guid="1", source="Meridian Wire")
COPY = an_item("Moscow looks east", guid="2", feed="harbour", source="Harbour Post")


def _record(item: Item, fate: Fate, reason: str = "", story: str = "s1") -> Record:
    return Record(item, story, Relation.NEW, "", (), Outcome(fate, reason))


def _event(item: Item, kind: EventKind, alert: str = "a1", carriers: tuple[Item, ...] = ()) -> AlertEvent:
    card = Card(
        headline=FLASH.headline,
        url=FLASH.url,
        source=FLASH.source,
        published=None,
        seen_at=NOON,
        severity=Severity.HIGH,
        kind=FLASH.wire.kind,
        status=AlertStatus.LIVE,
        rules=("Lavrov",),
        spellings=("Lavrov",),
        excerpts=(),
        carriers=tuple(Carrier(c.key, c.source, c.url, c.title, Relation.COPY, NOON) for c in carriers),
    )
    return AlertEvent(
        kind=kind,
        at=NOON,
        alert_id=alert,
        story_id="s1",
        rules=("lavrov",),
        severity=Severity.HIGH,
        item=item.ref(),
        relation=Relation.NEW,
        hits=(),
        card=card,
        manner=Manner.PING,
    )


def test_items_versions_stories_and_events_are_counted() -> None:
    records = [
        _record(FLASH, Fate.ALERTED),
        _record(replace(FLASH, revision="later"), Fate.CORRECTED),
        _record(COPY, Fate.ATTACHED),
        _record(an_item("Otters", guid="3"), Fate.UNMATCHED, "no rule asks for it", "s2"),
    ]
    events = [
        _event(FLASH, EventKind.RAISED),
        _event(FLASH, EventKind.CORRECTED),
        _event(COPY, EventKind.ATTACHED, carriers=(COPY,)),
    ]
    tally = summary.count(records, events, outlets=2, seconds=19.4)
    assert (tally.items, tally.texts, tally.stories, tally.alerts) == (3, 4, 2, 1)
    assert tally.events == {EventKind.RAISED: 1, EventKind.CORRECTED: 1, EventKind.ATTACHED: 1}
    assert tally.carried == (Carried("Lavrov meets Wang Yi", ("Meridian Wire", "Harbour Post"), 2),)
    assert tally.kept == (Kept(Fate.UNMATCHED, 1, "no rule asks for it", "Otters"),)


def test_each_kind_of_silence_gives_its_usual_reason_and_an_example() -> None:
    records = [
        _record(an_item("A", guid="1"), Fate.UNROUTED, "matched gold"),
        _record(an_item("B", guid="2"), Fate.UNROUTED, "matched oil"),
        _record(an_item("C", guid="3"), Fate.UNROUTED, "matched oil"),
        _record(an_item("Old", guid="4"), Fate.SEEDED, "first poll"),
    ]
    tally = summary.count(records, [], outlets=1, seconds=1)
    assert tally.kept == (Kept(Fate.SEEDED, 1, "first poll", "Old"), Kept(Fate.UNROUTED, 3, "matched oil", "A"))


def _ops(subject: str, text: str, *, recovered: bool = False) -> OpsEvent:
    return OpsEvent(NOON, subject, text, recovered)


@pytest.mark.parametrize(
    ("events", "troubles"),
    [
        pytest.param([], (), id="none"),
        pytest.param([_ops("feed a", "500")], (Trouble("a", "500", False),), id="failing"),
        pytest.param(
            [_ops("feed a", "500"), _ops("feed a", "well", recovered=True)], (Trouble("a", "500", True),), id="back"
        ),
        pytest.param(
            [_ops("feed a", "500"), _ops("feed a", "well", recovered=True), _ops("feed a", "404")],
            (Trouble("a", "404", False),),
            id="down again",
        ),
        pytest.param([_ops("rules", "a rule is wrong")], (), id="not of a feed"),
    ],
)
def test_the_last_word_on_a_feed_is_told(events: list[OpsEvent], troubles: tuple[Trouble, ...]) -> None:
    assert summary.count([], events, outlets=1, seconds=1).troubles == troubles


TALLY = Tally(
    seconds=19.4,
    outlets=12,
    items=70,
    texts=76,
    stories=52,
    events={EventKind.RAISED: 14, EventKind.ATTACHED: 5, EventKind.UPDATED: 1, EventKind.WITHDRAWN: 1},
    kept=(Kept(Fate.UNMATCHED, 30, "no rule asks for it", "A game enters [open beta] [/red]"),),
    carried=(Carried("Lavrov meets Wang Yi", ("Meridian Wire", "Harbour Post"), 4),),
    troubles=(Trouble("isthmus", "answers 500", True), Trouble("gazette", "an HTML page", False)),
)


def _shown(tally: Tally, width: int = 100) -> str:
    screen = Console(file=io.StringIO(), width=width, color_system=None)
    screen.print(summary.render(tally))
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def test_the_summary_reads_as_sentences() -> None:
    shown = _shown(TALLY)
    assert "70 items in 76 versions from 12 outlets in 19 seconds: 52 stories." in shown
    assert "14 alerts; under them 5 further texts attached, 1 update, 0 corrections, 1 withdrawal." in shown
    assert "no rule asks for it" in shown
    assert "Meridian Wire, Harbour Post" in shown
    assert "back" in shown
    assert "still failing" in shown


def test_texts_of_the_wire_are_not_markup() -> None:
    assert "“A game enters [open beta] [/red]”" in _shown(TALLY)


def test_sections_with_nothing_to_say_are_left_out() -> None:
    shown = _shown(replace(TALLY, kept=(), carried=(), troubles=()))
    assert "Kept" not in shown
    assert "trouble" not in shown


def test_it_fits_a_narrow_terminal() -> None:
    assert max(len(line) for line in _shown(TALLY, width=60).splitlines()) <= 60
