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


def a_record(
    title: str,
    *,
    guid: str = "",
    story: str = "",
    day: float = 0.0,
    feed: str = "meridian",
    relation: Relation = Relation.NEW,
) -> Record:
    item = an_item(title, "", guid=guid or title, feed=feed, seen_at=NOON + day * DAY)
    return Record(item, story or item.guid, relation, "", (), Fated(Fate.UNMATCHED, ""))


def held(records: list[Record], now: rules.RuleSet, before: rules.RuleSet | None = None) -> Backtest:
    test = Backtest(now, before)
    for record in records:
        test.add(record)
    test.finish()
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


# ── Rules that fire on accumulation ─────────────────────────────────────────

HOUR = 1 / 24


def a_counting_set(when: str, query: str = "strike") -> rules.RuleSet:
    return rules.load([], [("rules.yaml", f"rules: [{{id: strikes, query: {query}, when: {when}}}]")])


def strikes(*towns: str, hours: float = 1.0) -> list[Record]:
    """A strike in each town, one after the other, newest first."""
    return [a_record(f"Strike in {town}", day=number * hours * HOUR) for number, town in enumerate(towns)][::-1]


def test_a_rule_that_counts_alerts_with_the_story_that_makes_the_count_full() -> None:
    test = held(strikes("Aarhus", "Bergen", "Cork", "Dover"), a_counting_set("{count: 3, within: 4h}"))
    outcome = of(test, "strikes")
    assert (titles(outcome), outcome.stories, len(test.stories)) == (["Strike in Cork"], {"Strike in Cork"}, 1)


def test_a_rule_that_never_has_enough_is_idle() -> None:
    test = held(strikes("Aarhus", "Bergen", "Cork", hours=3), a_counting_set("{count: 3, within: 4h}"))
    assert (test.outcomes(), test.idle()) == ([], ["strikes"])


def test_what_joins_a_story_that_was_told_is_of_its_alert() -> None:
    joined = a_record("Strike in Bergen spreads", story="Strike in Bergen", day=2 * HOUR, relation=Relation.REPORT)
    test = held([joined, *strikes("Aarhus", "Bergen")], a_counting_set("{count: 2, within: 4h}"))
    outcome = of(test, "strikes")
    assert (len(outcome.items), len(outcome.stories), titles(outcome)) == (2, 1, ["Strike in Bergen spreads"])


def test_copies_count_for_the_outlet_that_had_the_story_first() -> None:
    def told(feed: str, relation: Relation, hour: float) -> Record:
        return a_record("Strike in Cork", story="s", feed=feed, relation=relation, day=hour * HOUR)

    opened, copy = told("meridian", Relation.NEW, 0), told("globe", Relation.COPY, 1)
    report = told("echo", Relation.REPORT, 2)
    counting = a_counting_set("{count: 2, distinct: source, within: 4h}")
    assert held([copy, opened], counting).outcomes() == []
    assert [sample.item.source for sample in of(held([report, copy, opened], counting), "strikes").samples] == ["Echo"]


def test_an_edit_of_when_gains_and_loses() -> None:
    records = strikes("Aarhus", "Bergen", "Cork")
    plain, counting = a_set(strikes="strike"), a_counting_set("{count: 2, within: 4h}")
    (changed,) = held(records, counting, plain).changed()
    assert [sample.item.title for sample in changed.lost] == ["Strike in Cork", "Strike in Aarhus"]
    assert (changed.fewer, len(changed.stories), len(changed.stories_before)) == (2, 1, 3)
    (changed,) = held(records, counting, a_counting_set("{count: 3, within: 4h}")).changed()
    assert ([s.item.title for s in changed.gained], [s.item.title for s in changed.lost]) == (
        ["Strike in Bergen"],
        ["Strike in Cork"],
    )
    assert held(records, counting, counting).changed() == []


def test_samples_are_bounded() -> None:
    records = [a_record(f"{QUAKE} {number}") for number in range(KEPT + 5)]
    (outcome,) = held(records, a_set(quake="quake"), a_set(other="flood")).outcomes()
    assert (len(outcome.samples), len(outcome.gained), outcome.more) == (KEPT, KEPT, KEPT + 5)
