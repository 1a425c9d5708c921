"""What a rule set would have done with items that came, and what an edit of it changes."""

from __future__ import annotations

import pytest

from monitor import rules
from monitor.backtest import DAY, KEPT, Backtest, Outcome
from monitor.model import Fate, Record, Relation
from monitor.model import Outcome as Fated
from tests.items import NOON, an_item

QUAKE = "Quake shakes the coast"
STRIKE = "Dockers begin a strike"
BOTH = "Strike goes on after quake"


def a_set(**queries: str) -> rules.RuleSet:
    """Rules by id."""
    entries = ", ".join(f"{{id: {name}, query: {query!r}}}" for name, query in queries.items())
    return rules.load([], [("rules.yaml", f"rules: [{entries}]")])


def a_record(title: str, *, guid: str = "", story: str = "", day: float = 0.0) -> Record:
    item = an_item(title, "", guid=guid or title, seen_at=NOON + day * DAY)
    return Record(item, story or item.guid, Relation.NEW, "", (), Fated(Fate.UNMATCHED, ""))


def held(records: list[Record], now: rules.RuleSet, before: rules.RuleSet | None = None) -> Backtest:
    test = Backtest(now, before)
    for record in records:
        test.add(record)
    return test


def of(test: Backtest, rule: str) -> Outcome:
    return next(outcome for outcome in test.outcomes() if outcome.rule == rule)


def titles(outcome: Outcome) -> list[str]:
    return [sample.item.title for sample in outcome.samples]


def test_a_story_is_one_alert_and_shows_its_newest_item() -> None:
    copies = [a_record(f"{QUAKE}, {number}", story="s", day=-number) for number in range(3)]
    outcome = of(held([*copies, a_record(BOTH, day=-4)], a_set(quake="quake")), "quake")
    assert (len(outcome.items), len(outcome.stories)) == (4, 2)
    assert titles(outcome) == [f"{QUAKE}, 0", BOTH]


def test_an_item_that_was_revised_counts_once() -> None:
    revised = [a_record(f"{QUAKE}, again", guid="1", story="s"), a_record(QUAKE, guid="1", story="s")]
    assert len(of(held(revised, a_set(quake="quake")), "quake").items) == 1


def test_most_alerts_first_and_idle_rules_by_name() -> None:
    records = [a_record(QUAKE), a_record(STRIKE), a_record(BOTH)]
    test = held(records, a_set(flood="flood", quake="quake AND coast", strike="strike"))
    assert [outcome.rule for outcome in test.outcomes()] == ["strike", "quake"]
    assert test.idle() == ["flood"]
    assert (test.items, len(test.stories)) == (3, 3)


@pytest.mark.parametrize(("span", "days"), [(0.0, 1.0), (0.5, 1.0), (2.5, 2.5)], ids=["a moment", "hours", "days"])
def test_the_time_that_the_records_span(span: float, days: float) -> None:
    test = held([a_record(QUAKE, day=span), a_record(STRIKE)], a_set(quake="quake"))
    assert (test.days, test.since) == (days, NOON)


def test_no_record_is_no_trouble() -> None:
    test = Backtest(a_set(quake="quake"))
    assert (test.items, test.outcomes(), test.changed(), test.idle(), test.days) == (0, [], [], ["quake"], 1.0)


def test_what_an_edit_gains_and_loses() -> None:
    records = [a_record(BOTH), a_record(STRIKE), a_record(QUAKE)]
    test = held(records, a_set(quake="strike", same="coast"), a_set(quake="quake", same="coast", gone="dockers"))
    quake, gone = test.changed()
    assert (quake.rule, quake.more, quake.fewer) == ("quake", 1, 1)
    assert [sample.item.title for sample in quake.gained] == [STRIKE]
    assert [sample.item.title for sample in quake.lost] == [QUAKE]
    assert (len(quake.stories_before), len(quake.stories)) == (2, 2)
    assert (gone.rule, gone.more, gone.fewer) == ("gone", 0, 1)


def test_samples_are_bounded() -> None:
    records = [a_record(f"{QUAKE} {number}") for number in range(KEPT + 5)]
    (outcome,) = held(records, a_set(quake="quake"), a_set(other="flood")).outcomes()
    assert (len(outcome.samples), len(outcome.gained), outcome.more) == (KEPT, KEPT, KEPT + 5)
