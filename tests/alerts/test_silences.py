"""What a silence keeps from whom, and what passes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import Decision, decide
from monitor.alerts.routes import Route
from monitor.alerts.silences import matcher, silence
from monitor.model import (
    AlertEvent,
    EventKind,
    Fate,
    Field,
    Hit,
    Item,
    Kind,
    Match,
    Outcome,
    Record,
    Relation,
    Severity,
    Story,
    Verdict,
)
from tests.alerts.clocks import at
from tests.items import an_item

NOON = at("2026-03-10 12:00")
HOUR = 3600.0
TO_DESK = [Route.model_validate({"to": "desk"})]
TO_TWO = [Route.model_validate({"to": ["asia", "desk"]})]
LEAD = an_item("Ministers meet in Tunxi", "Two ministers met on Wednesday.", feed="meridian", source="Meridian Post")
MEET = Match("meet", Severity.NORMAL, ("asia", "talks"), (Hit("meet", Field.TITLE, 0, 9, "Ministers", "wang-yi"),))
WAR = Match("war", Severity.HIGH, (), ())


def heeding(
    *silences: str,
    matches: Sequence[Match] = (MEET,),
    item: Item = LEAD,
    story: Story | None = None,
    relation: Relation = Relation.NEW,
    routes: Sequence[Route] = TO_DESK,
    since: float = NOON - HOUR,
    previous: Record | None = None,
) -> Decision:
    """What becomes of an item while silences hold, each written as its matchers side by side."""
    verdict = Verdict(relation, story.id if story else "", "same lead", LEAD.key if story else "")
    asked = [silence([matcher(one) for one in text.split()], "anna", "too much", since, 4 * HOUR) for text in silences]
    situation = Situation(item, NOON, tuple(matches), verdict, previous, LEAD, story, None, tuple(asked))
    return decide(situation, routes)


def kinds(decision: Decision) -> list[EventKind]:
    return [delivery.event.kind for delivery in decision.deliveries if isinstance(delivery.event, AlertEvent)]


@pytest.mark.parametrize(
    ("matchers", "told"),
    [
        pytest.param("rule=meet", False, id="rule"),
        pytest.param("rule=MEE*", False, id="rule by pattern, case folded"),
        pytest.param("rule=war", True, id="another rule"),
        pytest.param("tag=talks", False, id="one of its tags"),
        pytest.param("tag=trade", True, id="a tag it lacks"),
        pytest.param("entity=wang-*", False, id="entity"),
        pytest.param("entity=lavrov", True, id="an entity it did not find"),
        pytest.param("source=meridian*", False, id="outlet"),
        pytest.param("feed=harbour", True, id="another feed"),
        pytest.param("channel=desk", False, id="channel"),
        pytest.param("channel=asia", True, id="another channel"),
        pytest.param("story=0000", True, id="another story"),
        pytest.param("rule=war rule=meet", False, id="one of two rules"),
        pytest.param("rule=meet channel=asia", True, id="all subjects must hold"),
        pytest.param("rule=meet channel=desk tag=a*", False, id="all subjects hold"),
    ],
)
def test_what_a_silence_is_about(matchers: str, told: bool) -> None:
    decision = heeding(matchers)
    assert bool(decision.deliveries) is told
    assert decision.silenced == (() if told else ("desk",))


def test_who_asked_for_how_long_and_why_is_the_reason() -> None:
    outcome = heeding("rule=meet tag=asia").outcome
    assert outcome.fate is Fate.SILENCED
    assert outcome.reason == "in desk silenced by anna until 2026-03-10 15:00 UTC (rule=meet, tag=asia): too much"


def test_a_silence_ends() -> None:
    assert heeding("rule=meet", since=NOON - 4 * HOUR).outcome.fate is Fate.ALERTED


def test_what_another_rule_asks_for_is_told_without_the_silenced_one() -> None:
    decision = heeding("rule=meet", matches=[MEET, WAR])
    assert decision.story.alerts[0].rules == ("war",)
    assert decision.outcome.fate is Fate.ALERTED
    assert "told desk; in desk silenced by anna" in decision.outcome.reason


def test_the_others_hear_of_it() -> None:
    decision = heeding("channel=asia", routes=TO_TWO)
    assert [delivery.channel for delivery in decision.deliveries] == ["desk"]
    assert decision.silenced == ("asia",)


def test_a_story_that_goes_on_after_its_silence_is_told() -> None:
    story = heeding("rule=meet").story
    assert story.alerts == ()
    later = heeding(item=an_item("Ministers met", guid="2"), story=story, relation=Relation.REPORT)
    assert kinds(later) == [EventKind.RAISED]


TOLD = heeding().story
COPY = an_item("Ministers in Tunxi", LEAD.body, guid="2", feed="harbour")


@pytest.mark.parametrize(
    ("kind", "relation", "heard"),
    [
        pytest.param(Kind.NEWS, Relation.COPY, None, id="copy"),
        pytest.param(Kind.NEWS, Relation.REPORT, None, id="report"),
        pytest.param(Kind.UPDATE, Relation.UPDATE, None, id="update"),
        pytest.param(Kind.REFILE, Relation.COPY, None, id="small change"),
        pytest.param(Kind.CORRECTION, Relation.UPDATE, EventKind.CORRECTED, id="correction"),
        pytest.param(Kind.HOLD, Relation.COPY, EventKind.HELD, id="hold"),
        pytest.param(Kind.WITHDRAWAL, Relation.COPY, EventKind.WITHDRAWN, id="withdrawal"),
    ],
)
def test_what_follows_is_kept_away_but_for_what_a_desk_takes_back(
    kind: Kind, relation: Relation, heard: EventKind | None
) -> None:
    item = an_item("Ministers in Tunxi", LEAD.body, guid="2", source=LEAD.source, kind=kind)
    decision = heeding(f"story={TOLD.id}", item=item, matches=[], story=TOLD, relation=relation)
    assert kinds(decision) == ([heard] if heard else [])
    assert (decision.outcome.fate is Fate.SILENCED) is (heard is None)


@pytest.mark.parametrize(
    ("matchers", "matches", "heard"),
    [
        pytest.param("story=*", [], False, id="the story"),
        pytest.param("rule=meet", [], False, id="the rule that was told"),
        pytest.param("tag=asia", [MEET], False, id="a tag of a rule that asks again"),
        pytest.param("tag=asia", [], True, id="a tag, of a text that no rule asks for"),
        pytest.param("feed=harbour", [], False, id="the feed it comes from"),
        pytest.param("rule=meet", [WAR], True, id="a rule that newly asks"),
        pytest.param("story=*", [WAR], False, id="the story, whoever asks"),
    ],
)
def test_which_silences_keep_away_what_follows(matchers: str, matches: Sequence[Match], heard: bool) -> None:
    decision = heeding(matchers, item=COPY, matches=matches, story=TOLD, relation=Relation.COPY)
    assert bool(decision.deliveries) is heard


def test_a_correction_changed_once_more_passes_a_silence_too() -> None:
    first = an_item("Ministers in Tunxi", LEAD.body, source=LEAD.source, kind=Kind.CORRECTION)
    corrected = heeding(item=first, story=TOLD, matches=[]).story
    before = Record(first, TOLD.id, Relation.NEW, "", (), Outcome(Fate.CORRECTED, ""))
    again = replace(first, title="Ministers in Huangshan", revision="2")
    decision = heeding("story=*", item=again, matches=[], story=corrected, previous=before)
    assert kinds(decision) == [EventKind.CORRECTED]


def test_a_new_text_that_ends_a_hold_passes_a_silence() -> None:
    held = heeding(item=an_item("Ministers in Tunxi", source=LEAD.source, guid="2", kind=Kind.HOLD), story=TOLD).story
    update = an_item("Ministers in Tunxi", guid="3", source=LEAD.source, kind=Kind.UPDATE)
    decision = heeding("story=*", item=update, matches=[], story=held, relation=Relation.UPDATE)
    assert kinds(decision) == [EventKind.UPDATED]


def test_an_alert_knows_what_was_kept_away() -> None:
    silenced = heeding("story=*", item=COPY, matches=[], story=TOLD, relation=Relation.COPY).story
    assert [carrier.source for carrier in silenced.alerts[0].card.carriers] == ["Harbour"]
    again = heeding(item=replace(COPY, key="k3"), matches=[], story=silenced, relation=Relation.COPY)
    assert kinds(again) == [EventKind.ATTACHED]


@pytest.mark.parametrize("text", ["", "meet", "=meet", "rule=", "rule= ", "colour=red"])
def test_what_is_no_matcher(text: str) -> None:
    with pytest.raises(ValueError, match="write rule=…, tag=…, story=…"):
        matcher(text)


def test_a_matcher_twice_is_one() -> None:
    asked = silence([matcher("rule=a"), matcher(" rule = a ")], "anna", "", NOON, HOUR)
    assert (asked.matchers, asked.until) == ((matcher("rule=a"),), NOON + HOUR)
