"""Rules that fire on accumulation: what counts, when it is enough, and what people are told then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.counting import MOST_SPENT, TITLE, count, wanted
from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import Decision, decide
from monitor.alerts.routes import Route
from monitor.model import (
    Accumulation,
    AlertEvent,
    Distinct,
    EventKind,
    Fate,
    Item,
    Kind,
    Manner,
    Mark,
    Match,
    Outcome,
    Record,
    Relation,
    Severity,
    Story,
    Tally,
    Verdict,
)
from tests.items import NOON, a_match, an_item

HOUR = 3600.0
THREE_STORIES = Accumulation(3, Distinct.STORY, 2 * HOUR)
THREE_SOURCES = Accumulation(3, Distinct.SOURCE, 2 * HOUR)
TO_DESK = [Route.model_validate({"to": ["desk"]})]


class Wire:
    """Items decided one after the other; tallies and stories are kept as the store keeps them."""

    def __init__(self, when: Accumulation) -> None:
        self.when = when
        self.now = NOON
        self.tallies: dict[str, Tally] = {}
        self.stories: dict[str, Story] = {}

    def shows(
        self,
        outlet: str,
        title: str = "Dockers strike",
        *,
        story: str = "",
        relation: Relation = Relation.NEW,
        other: str = "",
        also: Sequence[Match] = (),
        kind: Kind = Kind.NEWS,
        hushed: Outcome | None = None,
        previous: Record | None = None,
        shadow: bool = False,
    ) -> Decision:
        """What becomes of an item ten minutes after the one before; `story` is the title under which one is known."""
        self.now += 600
        item = an_item(title, "They walked out.", feed=outlet, guid=f"{self.now}", kind=kind)
        known = self.stories.get(story)
        verdict = Verdict(relation, known.id if known else "", "same lead", other)
        counting = replace(a_match(item, "strikes", title.split()[-1]), when=self.when, shadow=shadow)
        situation = Situation(item, self.now, (counting, *also), verdict, previous, None, known, hushed)
        assert set(wanted(situation)) == {f"when/strikes/{self.when.distinct}"}
        decision = decide(replace(situation, tallies=self.tallies), TO_DESK)
        self.tallies |= {tally.key: tally for tally in decision.tallies}
        self.stories[story or title] = decision.story
        return decision


def event(decision: Decision) -> AlertEvent:
    (delivery,) = decision.deliveries
    assert isinstance(delivery.event, AlertEvent)
    return delivery.event


# ── Until it is enough, and then ────────────────────────────────────────────


def test_the_third_story_fires_the_rule_and_names_the_others() -> None:
    wire = Wire(THREE_STORIES)
    first, second = wire.shows("meridian", "Dockers strike"), wire.shows("globe", "Pilots strike")
    assert first.deliveries == second.deliveries == ()
    assert first.outcome == Outcome(Fate.COUNTED, "matched strikes; strikes waits for more: 1 of 3 stories within 2h")
    assert second.outcome.reason.endswith("2 of 3 stories within 2h")
    third = wire.shows("meridian", "Nurses strike")
    assert third.outcome == Outcome(Fate.ALERTED, "matched strikes; told desk")
    assert (
        event(third).note == event(third).card.note == "3 stories within 2h, also “Dockers strike” and “Pilots strike”"
    )
    assert event(third).rules == ("strikes",)


def test_after_it_fired_the_count_begins_anew_and_what_was_told_of_counts_no_more() -> None:
    wire = Wire(THREE_STORIES)
    for trade in ("Dockers", "Pilots", "Nurses"):
        wire.shows("meridian", f"{trade} strike")
    again = wire.shows("globe", "Again: dockers strike", story="Dockers strike", relation=Relation.REPORT)
    assert again.outcome == Outcome(Fate.COUNTED, "matched strikes; strikes told of it before, with others")
    assert wire.shows("globe", "Bakers strike").outcome.reason.endswith("1 of 3 stories within 2h")
    assert wire.shows("globe", "Judges strike").outcome.reason.endswith("2 of 3 stories within 2h")
    assert wire.shows("globe", "Vets strike").outcome.fate is Fate.ALERTED


def test_the_story_that_was_told_goes_on_as_any_and_counts_no_more() -> None:
    wire = Wire(Accumulation(2, Distinct.STORY, 2 * HOUR))
    wire.shows("meridian", "Dockers strike")
    wire.shows("meridian", "Pilots strike")
    copy = wire.shows("globe", "Pilots on strike", story="Pilots strike", relation=Relation.COPY)
    assert (copy.outcome.fate, event(copy).kind, copy.tallies) == (Fate.ATTACHED, EventKind.ATTACHED, ())


def test_what_is_older_than_the_time_does_not_count() -> None:
    wire = Wire(THREE_STORIES)
    wire.shows("meridian", "Dockers strike")
    wire.now += 2 * HOUR - 1200
    wire.shows("meridian", "Pilots strike")
    assert wire.shows("meridian", "Nurses strike").outcome.reason.endswith("2 of 3 stories within 2h")


def test_a_story_counts_as_long_as_it_goes_on() -> None:
    wire = Wire(THREE_STORIES)
    wire.shows("meridian", "Dockers strike")
    wire.now += HOUR
    wire.shows("globe", "Dockers are on strike", story="Dockers strike", relation=Relation.REPORT)
    wire.now += HOUR
    wire.shows("globe", "Pilots strike")
    assert wire.shows("globe", "Nurses strike").outcome.fate is Fate.ALERTED


# ── Outlets ─────────────────────────────────────────────────────────────────


def test_a_copy_counts_for_the_outlet_copied() -> None:
    wire = Wire(THREE_SOURCES)
    opened = wire.shows("meridian")
    first, story = opened.story.carriers[0].item, "Dockers strike"
    for outlet in ("harbor", "globe"):
        copy = wire.shows(outlet, story=story, relation=Relation.COPY, other=first)
        assert copy.outcome.reason.endswith("1 of 3 sources within 2h")
    report = wire.shows("echo", "Port shut by strike", story=story, relation=Relation.REPORT)
    assert report.outcome.reason.endswith("2 of 3 sources within 2h")
    of_the_report = wire.shows(
        "dock", "Port shut by strike", story=story, relation=Relation.DERIVED, other=report.story.carriers[-1].item
    )
    assert of_the_report.outcome.reason.endswith("2 of 3 sources within 2h")
    of_a_copy = wire.shows("quay", story=story, relation=Relation.COPY, other=opened.story.carriers[-1].item)
    assert of_a_copy.outcome.reason.endswith("2 of 3 sources within 2h")
    third = wire.shows("tide", "Cranes idle in strike", story=story, relation=Relation.REPORT)
    assert event(third).note.startswith("3 sources within 2h: Echo, Meridian and Tide. report: Meridian had the story")


def test_sources_that_confirm_what_was_told_call_people() -> None:
    wire = Wire(Accumulation(2, Distinct.SOURCE, HOUR))
    match = Match("ports", Severity.NORMAL, (), ())
    assert event(wire.shows("meridian", also=[match])).rules == ("ports",)
    confirmed = event(wire.shows("globe", "Port shut by strike", story="Dockers strike", relation=Relation.REPORT))
    assert (confirmed.kind, confirmed.manner, confirmed.rules) == (
        EventKind.ATTACHED,
        Manner.PING,
        ("ports", "strikes"),
    )
    assert confirmed.note == "2 sources within 1h: Meridian and Globe"


# ── What does not count ─────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [Kind.WITHDRAWAL, Kind.HOLD, Kind.REPEAT, Kind.ADVISORY])
def test_what_is_no_news_does_not_count(kind: Kind) -> None:
    assert Wire(THREE_STORIES).shows("meridian", kind=kind).tallies == ()


def test_a_story_that_was_withdrawn_counts_no_more() -> None:
    wire = Wire(Accumulation(2, Distinct.STORY, HOUR))
    before = an_item("Dockers strike", "They walked out.")
    counted = replace(a_match(before, "strikes", "strike"), when=wire.when)
    opened = wire.shows("meridian")
    record = Record(before, opened.story.id, Relation.NEW, "", (counted,), opened.outcome)
    gone = wire.shows("meridian", story="Dockers strike", kind=Kind.WITHDRAWAL, previous=record)
    assert gone.outcome.fate is Fate.WITHDRAWN
    assert wire.tallies["when/strikes/story"].marks == ()
    assert wire.shows("meridian", "Pilots strike").outcome.fate is Fate.COUNTED
    assert wire.shows("meridian", "Dockers strike", story="Dockers strike", kind=Kind.WITHDRAWAL).tallies == ()


def test_a_first_poll_does_not_count() -> None:
    seeded = Outcome(Fate.SEEDED, "first poll")
    decision = Wire(THREE_STORIES).shows("meridian", hushed=seeded)
    assert (decision.tallies, decision.outcome) == ((), seeded)


def test_what_was_only_polished_does_not_count_again() -> None:
    wire = Wire(THREE_STORIES)
    before = an_item("Dockers strike", "They walked out.")
    matched = (a_match(before, "strikes", "strike"),)
    record = Record(before, "s", Relation.NEW, "", matched, Outcome(Fate.COUNTED, ""))
    assert wire.shows("meridian", "The dockers strike", previous=record).tallies == ()


def test_another_rule_tells_and_the_reason_says_what_counted_too() -> None:
    decision = Wire(THREE_STORIES).shows("meridian", also=[Match("ports", Severity.NORMAL, (), ())])
    assert event(decision).rules == ("ports",)
    reason = "matched ports; told desk; strikes waits for more: 1 of 3 stories within 2h"
    assert decision.outcome == Outcome(Fate.ALERTED, reason)


def test_a_rule_in_the_shadow_counts_and_tells_nobody() -> None:
    wire = Wire(Accumulation(2, Distinct.STORY, HOUR))
    for trade in ("Dockers", "Pilots"):
        decision = wire.shows("meridian", f"{trade} strike", shadow=True)
        assert (len(decision.tallies), decision.deliveries) == (1, ())
        assert decision.outcome == Outcome(Fate.UNROUTED, "matched strikes, in the shadow: nobody is told")


def test_an_alert_that_many_caused_names_a_few() -> None:
    wire = Wire(Accumulation(6, Distinct.STORY, HOUR))
    titles = [f"{trade} strike" for trade in ("Dockers", "Pilots", "Nurses", "Bakers", "Judges", "Vets")]
    note = event([wire.shows("meridian", title) for title in titles][-1]).note
    assert note == "6 stories within 1h, also “Nurses strike”, “Bakers strike”, “Judges strike” and 2 more"


# ── The count itself, against its definition ────────────────────────────────

A_RULE = Match("r", Severity.NORMAL, (), ())
MEMBERS = "abcde"


def counted(when: Accumulation, heard: Sequence[tuple[float, str]]) -> Iterator[tuple[float, str, tuple[str, ...]]]:
    """Time, member, and those told of if the rule fired then, one after the other."""
    tally, now = Tally("r"), NOON
    for pause, member in heard:
        now += pause
        one = count(A_RULE, when, tally, Mark(member, now))
        assert one.tally.version == tally.version + 1
        tally = one.tally
        yield now, member, tuple(mark.member for mark in one.towards) if one.full else ()


pauses = st.sampled_from([0.0, 1.0, 4.0, 10.0, 11.0])
wires = st.lists(st.tuples(pauses, st.sampled_from(MEMBERS)), max_size=60)


@given(wires, st.integers(2, 4))
@settings(deadline=None)
def test_a_rule_fires_when_enough_was_heard_of_that_was_not_told_and_at_no_other_time(
    heard: list[tuple[float, str]], enough: int
) -> None:
    within = 10.0
    past: list[tuple[float, str, tuple[str, ...]]] = []

    def goes_on(member: str, since: float) -> bool:
        """Whether it was heard of again and again, without a pause of `within`, from then until now."""
        times = [at for at, heard_of, _ in past if heard_of == member]
        last = max(at for at in times if at <= since)
        heard_since = [last, *(at for at in times if at > since), now]
        return all(later - earlier < within for earlier, later in pairwise(heard_since))

    for now, member, fired in counted(Accumulation(enough, Distinct.STORY, within), heard):
        past.append((now, member, ()))
        lately = {heard_of for at, heard_of, _ in past if at > now - within}
        told = {each for at, _, those in past for each in those if goes_on(each, at)}
        assert set(fired) == (lately - told if len(lately - told) >= enough and member not in told else set())
        past[-1] = (now, member, fired)


@given(st.lists(st.tuples(pauses, st.text(max_size=2)), max_size=80), st.integers(2, 5))
@settings(deadline=None)
def test_a_tally_holds_each_thing_once_and_nothing_that_is_over(heard: list[tuple[float, str]], enough: int) -> None:
    tally, now = Tally("r"), NOON
    when = Accumulation(enough, Distinct.SOURCE, 10.0)
    for pause, member in heard:
        now += pause
        tally = count(A_RULE, when, tally, Mark(member, now, title="t")).tally
        members = [mark.member for mark in tally.marks]
        assert len(set(members)) == len(members)
        assert all(now - 10.0 < mark.at <= now for mark in tally.marks)
        assert sum(not mark.spent for mark in tally.marks) < enough
        assert all(mark.title == ("" if mark.spent else "t") for mark in tally.marks)
        assert tally.keep == 10.0


def test_what_was_told_is_remembered_up_to_a_bound() -> None:
    tally, when = Tally("r"), Accumulation(2, Distinct.STORY, 1e6)
    for number in range(MOST_SPENT + 100):
        tally = count(A_RULE, when, tally, Mark(str(number), NOON + number)).tally
    assert len(tally.marks) == MOST_SPENT
    assert tally.marks[-1].member == str(MOST_SPENT + 99)


def test_a_rule_that_asks_for_fewer_now_fires_with_the_next() -> None:
    tally = Tally("r", 4, tuple(Mark(str(number), NOON) for number in range(4)), HOUR)
    one = count(A_RULE, Accumulation(3, Distinct.STORY, HOUR), tally, Mark("next", NOON + 1))
    assert (one.full, len(one.towards)) == (True, 5)


def test_a_clock_that_runs_behind_moves_nothing_back() -> None:
    tally = Tally("r", 1, (Mark("s", NOON),), HOUR)
    one = count(A_RULE, THREE_STORIES, tally, Mark("s", NOON - 3))
    assert one.tally.marks == (Mark("s", NOON),)


def test_headlines_in_a_tally_are_cut() -> None:
    decision = Wire(THREE_STORIES).shows("meridian", "Dockers " * 40 + "strike")
    assert len(decision.tallies[0].marks[0].title) == TITLE


def test_a_rule_without_when_needs_no_tally() -> None:
    item: Item = an_item()
    verdict = Verdict(Relation.NEW, "", "")
    plain = Situation(item, NOON, (a_match(item, "ministers", "Ministers"),), verdict, None, None, None, None)
    assert wanted(plain) == ()
    assert decide(plain, TO_DESK).tallies == ()
