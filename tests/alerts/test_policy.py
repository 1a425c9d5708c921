"""What an item does to its story and to those told of it: the policy's table, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import MOST_CARRIERS, Decision, decide
from monitor.alerts.remarks import TRANSLATED
from monitor.alerts.routes import Route
from monitor.model import (
    AlertEvent,
    AlertStatus,
    Conflict,
    EventKind,
    Fate,
    Item,
    Kind,
    Manner,
    Match,
    Outcome,
    Record,
    Relation,
    Severity,
    Story,
    Topic,
    Verdict,
)
from tests.items import NOON, a_match, an_item

TO_DESK = [Route.model_validate({"to": ["desk"]})]
TO_BOTH = [
    Route.model_validate({"when": {"rule": "toll"}, "to": ["asia"], "continue": True}),
    Route.model_validate({"when": {"rule": "ministers"}, "to": ["desk"]}),
]
LEAD = an_item("Ministers meet in Tunxi", "Two ministers met on Wednesday. Ten people protested outside.")


def situation(
    item: Item,
    matches: Sequence[Match] = (),
    *,
    story: Story | None = None,
    relation: Relation = Relation.NEW,
    previous: Record | None = None,
    compared: Item | None = None,
    hushed: Outcome | None = None,
    now: float = NOON + 60,
) -> Situation:
    verdict = Verdict(relation, story.id if story else "", "same lead", LEAD.key if story else "")
    before = compared or (previous.item if previous else None)
    return Situation(item, now, tuple(matches), verdict, previous, before, story, hushed)


def told(routes: Sequence[Route] = TO_DESK, *matches: Match) -> Decision:
    """The lead item, alerted."""
    return decide(situation(LEAD, matches or [a_match(LEAD, "ministers", "Ministers")]), routes)


def record_of(decision: Decision, item: Item = LEAD) -> Record:
    return Record(item, decision.story.id, decision.relation, "", (), decision.outcome)


def events(decision: Decision) -> list[AlertEvent]:
    found = [delivery.event for delivery in decision.deliveries]
    assert all(isinstance(event, AlertEvent) for event in found)
    return [event for event in found if isinstance(event, AlertEvent)]


# ── A story begins ──────────────────────────────────────────────────────────


def test_a_match_raises_one_alert_and_says_where_it_matched() -> None:
    decision = told()
    (event,) = events(decision)
    assert (event.kind, event.manner, event.relation) == (EventKind.RAISED, Manner.PING, Relation.NEW)
    assert LEAD.title[event.hits[0].start : event.hits[0].end] == "Ministers"
    assert event.card.headline == LEAD.title
    assert event.card.excerpts[0].text.startswith("Two ministers met")
    assert decision.outcome == Outcome(Fate.ALERTED, "matched ministers; told desk")
    assert decision.story.version == 1


def test_two_rules_to_one_channel_are_one_alert() -> None:
    loud = a_match(LEAD, "toll", "Ten people", severity=Severity.HIGH)
    decision = told(TO_DESK, a_match(LEAD, "ministers", "Ministers"), loud)
    (event,) = events(decision)
    assert event.rules == ("ministers", "toll")
    assert event.severity is Severity.HIGH


def test_one_story_at_two_destinations_is_two_alerts_with_ids_of_their_own() -> None:
    decision = told(TO_BOTH, a_match(LEAD, "ministers", "Ministers"), a_match(LEAD, "toll", "Ten people"))
    assert {delivery.channel for delivery in decision.deliveries} == {"desk", "asia"}
    assert len({delivery.lane for delivery in decision.deliveries}) == 2


@pytest.mark.parametrize(
    ("item", "matched", "fate"),
    [
        pytest.param(an_item(), False, Fate.UNMATCHED, id="no rule asks"),
        pytest.param(an_item(kind=Kind.ADVISORY), True, Fate.ADVISORY, id="note to editors"),
        pytest.param(an_item(kind=Kind.REPEAT), True, Fate.REPEATED, id="repeat of something unknown"),
        pytest.param(an_item(kind=Kind.WITHDRAWAL), True, Fate.WITHDRAWN, id="withdrawal of something unknown"),
    ],
)
def test_what_raises_nothing_has_its_reason(item: Item, matched: bool, fate: Fate) -> None:
    decision = decide(situation(item, [a_match(item, "ministers", "Ministers")] if matched else []), TO_DESK)
    assert decision.deliveries == ()
    assert decision.outcome.fate is fate
    assert decision.outcome.reason


def test_a_match_without_a_route_says_so() -> None:
    decision = told(TO_BOTH, a_match(LEAD, "sanctions", "Ten people"))
    assert decision.outcome.fate is Fate.UNROUTED
    assert "sanctions" in decision.outcome.reason


def test_a_match_in_the_shadow_says_so() -> None:
    decision = told(TO_DESK, replace(a_match(LEAD, "sanctions", "Ten people"), shadow=True))
    assert decision.deliveries == ()
    assert decision.outcome == Outcome(Fate.UNROUTED, "matched sanctions, in the shadow: nobody is told")


def test_a_hushed_item_alerts_nobody_but_joins_its_story() -> None:
    hush = Outcome(Fate.SEEDED, "first poll")
    decision = decide(situation(LEAD, [a_match(LEAD, "ministers", "Ministers")], hushed=hush), TO_DESK)
    assert decision.deliveries == ()
    assert decision.outcome == hush
    assert decision.story.carriers[0].item == LEAD.key


def test_an_embargo_holds_the_delivery() -> None:
    item = an_item(embargo=NOON + 3600)
    decision = decide(situation(item, [a_match(item, "ministers", "Ministers")]), TO_DESK)
    assert decision.deliveries[0].due == NOON + 3600
    assert decision.outcome.fate is Fate.EMBARGOED


def test_an_embargo_that_is_over_delays_nothing() -> None:
    item = an_item(embargo=NOON - 3600)
    decision = decide(situation(item, [a_match(item, "ministers", "Ministers")]), TO_DESK)
    assert decision.deliveries[0].not_before == 0.0
    assert decision.outcome.fate is Fate.ALERTED


# ── Another text of a story already told ────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "relation", "event", "manner", "status", "fate"),
    [
        (Kind.NEWS, Relation.COPY, EventKind.ATTACHED, Manner.REPLY, AlertStatus.LIVE, Fate.ATTACHED),
        (Kind.NEWS, Relation.DERIVED, EventKind.ATTACHED, Manner.REPLY, AlertStatus.LIVE, Fate.ATTACHED),
        (Kind.NEWS, Relation.REPORT, EventKind.ATTACHED, Manner.REPLY, AlertStatus.LIVE, Fate.ATTACHED),
        (Kind.NEWS, Relation.UPDATE, EventKind.UPDATED, Manner.REPLY, AlertStatus.LIVE, Fate.FOLLOWED_UP),
        (Kind.URGENT, Relation.REPORT, EventKind.UPDATED, Manner.REPLY, AlertStatus.LIVE, Fate.FOLLOWED_UP),
        (Kind.UPDATE, Relation.DERIVED, EventKind.UPDATED, Manner.REPLY, AlertStatus.LIVE, Fate.FOLLOWED_UP),
        (Kind.UPDATE, Relation.COPY, EventKind.ATTACHED, Manner.REPLY, AlertStatus.LIVE, Fate.ATTACHED),
        (Kind.CORRECTION, Relation.DERIVED, EventKind.CORRECTED, Manner.PING, AlertStatus.CORRECTED, Fate.CORRECTED),
        (Kind.WITHDRAWAL, Relation.REPORT, EventKind.WITHDRAWN, Manner.PING, AlertStatus.WITHDRAWN, Fate.WITHDRAWN),
        (Kind.HOLD, Relation.COPY, EventKind.HELD, Manner.PING, AlertStatus.HELD, Fate.HELD),
        (Kind.REFILE, Relation.COPY, EventKind.UPDATED, Manner.EDIT, AlertStatus.LIVE, Fate.MINOR),
        (Kind.REPEAT, Relation.COPY, None, None, AlertStatus.LIVE, Fate.REPEATED),
        (Kind.ADVISORY, Relation.REPORT, None, None, AlertStatus.LIVE, Fate.ADVISORY),
    ],
)
def test_what_those_alerted_hear(
    kind: Kind,
    relation: Relation,
    event: EventKind | None,
    manner: Manner | None,
    status: AlertStatus,
    fate: Fate,
) -> None:
    other = an_item("Foreign ministers in Tunxi talks", guid="2", feed="harbour", source="Meridian", kind=kind)
    decision = decide(situation(other, story=told().story, relation=relation), TO_DESK)
    assert [(e.kind, e.manner) for e in events(decision)] == ([(event, manner)] if event else [])
    assert decision.story.status is status
    assert decision.outcome.fate is fate
    assert [alert.card.status for alert in decision.story.alerts] == [status]


def test_carriers_grow_and_the_message_lists_the_others() -> None:
    other = an_item("Talks in Tunxi", guid="2", feed="harbour")
    decision = decide(situation(other, story=told().story, relation=Relation.COPY), TO_DESK)
    (event,) = events(decision)
    assert [(carrier.source, carrier.relation) for carrier in event.card.carriers] == [("Harbour", Relation.COPY)]
    assert event.card.headline == LEAD.title
    assert event.item.key == other.key


def test_a_copy_that_matches_a_rule_of_another_desk_raises_there_and_names_the_first_carrier() -> None:
    first = told(TO_BOTH)
    copy = an_item("Ten protest in Tunxi", LEAD.body, guid="2", feed="harbour")
    decision = decide(
        situation(copy, [a_match(copy, "toll", "Ten")], story=first.story, relation=Relation.COPY), TO_BOTH
    )
    assert [
        (delivery.channel, event.kind) for delivery, event in zip(decision.deliveries, events(decision), strict=True)
    ] == [
        ("desk", EventKind.ATTACHED),
        ("asia", EventKind.RAISED),
    ]
    raised = events(decision)[1]
    assert [carrier.source for carrier in raised.card.carriers] == ["Meridian"]
    assert raised.relation is Relation.COPY


def test_an_update_that_a_rule_newly_asks_for_calls_people() -> None:
    update = an_item("Ten dead in Tunxi", guid="2", kind=Kind.UPDATE, number=1)
    decision = decide(
        situation(update, [a_match(update, "toll", "Ten dead")], story=told().story, relation=Relation.DERIVED),
        TO_DESK,
    )
    (event,) = events(decision)
    assert (event.kind, event.manner) == (EventKind.UPDATED, Manner.PING)
    assert event.rules == ("ministers", "toll")
    assert "toll" in event.card.rules
    assert decision.story.wire_number == 1


NEWER_TOLL = Conflict(Topic.TOLL, "30 dead", "12 dead", "Meridian")
ELSEWHERE = Conflict(Topic.PLACE, "Beijing", "Tunxi")


@pytest.mark.parametrize(
    ("relation", "conflict", "manner", "note"),
    [
        pytest.param(Relation.UPDATE, NEWER_TOLL, Manner.PING, "30 dead, before 12 dead", id="newer toll"),
        pytest.param(
            Relation.UPDATE,
            Conflict(Topic.FIGURES, "7 percent", "5 percent"),
            Manner.REPLY,
            "7 percent, before 5 percent",
            id="another figure",
        ),
        pytest.param(
            Relation.REPORT, NEWER_TOLL, Manner.REPLY, "says 30 dead; Meridian says 12 dead", id="a report disagrees"
        ),
        pytest.param(Relation.REPORT, ELSEWHERE, Manner.REPLY, "says Beijing; others say Tunxi", id="on a place"),
        pytest.param(Relation.COPY, ELSEWHERE, Manner.REPLY, "says Beijing; others say Tunxi", id="a copy does"),
    ],
)
def test_what_texts_disagree_on_is_told_and_a_newer_toll_calls_people(
    relation: Relation, conflict: Conflict, manner: Manner, note: str
) -> None:
    other = an_item("Talks in Beijing", guid="2", feed="harbour")
    base = situation(other, story=told().story, relation=relation)
    decision = decide(replace(base, verdict=replace(base.verdict, conflicts=(conflict,))), TO_DESK)
    (event,) = events(decision)
    assert (event.manner, event.note) == (manner, note)


def test_a_machine_translation_is_marked_whether_it_attaches_or_raises() -> None:
    other = an_item("Ministers speak", guid="2", feed="relay")
    attached = situation(other, story=told().story, relation=Relation.DERIVED)
    attached = replace(attached, verdict=replace(attached.verdict, translated=True))
    assert events(decide(attached, TO_DESK))[0].note == TRANSLATED
    raised = situation(other, [a_match(other, "ministers", "Ministers")])
    raised = replace(raised, verdict=replace(raised.verdict, translated=True))
    assert events(decide(raised, TO_DESK))[0].card.note == TRANSLATED


@pytest.mark.parametrize("relation", [Relation.TEMPLATE, Relation.ROUNDUP])
def test_a_template_and_a_roundup_are_told_as_new_stories(relation: Relation) -> None:
    decision = decide(situation(LEAD, [a_match(LEAD, "ministers", "Ministers")], relation=relation), TO_DESK)
    assert decision.relation is Relation.NEW
    assert [(event.kind, event.relation) for event in events(decision)] == [(EventKind.RAISED, Relation.NEW)]


def test_a_newer_toll_in_place_calls_people() -> None:
    first = told()
    item = revised(LEAD.title, LEAD.body + " 30 were hurt.")
    base = situation(item, story=first.story, previous=record_of(first))
    decision = decide(replace(base, verdict=replace(base.verdict, conflicts=(NEWER_TOLL,))), TO_DESK)
    assert [event.manner for event in events(decision)] == [Manner.PING]


def test_a_copy_pings_only_when_severity_rises() -> None:
    copy = an_item("Ministers meet", guid="2", feed="harbour")
    match = a_match(copy, "ministers", "Ministers", severity=Severity.FLASH)
    decision = decide(situation(copy, [match], story=told().story, relation=Relation.COPY), TO_DESK)
    (event,) = events(decision)
    assert (event.kind, event.manner) == (EventKind.SEVERITY_RAISED, Manner.PING)
    assert (event.severity, event.card.severity) == (Severity.FLASH, Severity.FLASH)


def test_carriers_are_capped_and_the_first_stays() -> None:
    story = told().story
    many = tuple(replace(story.carriers[0], item=f"{n:016x}", source=f"s{n}") for n in range(MOST_CARRIERS))
    other = an_item(guid="2", feed="harbour")
    decision = decide(
        situation(other, story=replace(story, carriers=(story.carriers[0], *many)), relation=Relation.COPY), TO_DESK
    )
    carriers = decision.story.carriers
    assert len(carriers) == MOST_CARRIERS
    assert (carriers[0].item, carriers[-1].item) == (LEAD.key, other.key)


# ── The same item, changed in place ─────────────────────────────────────────


def revised(title: str, body: str = LEAD.body, kind: Kind = Kind.NEWS, number: int = 0, note: str = "") -> Item:
    return an_item(title, body, kind=kind, number=number, note=note)


@pytest.mark.parametrize(
    ("item", "event", "manner", "fate"),
    [
        pytest.param(
            revised(LEAD.title, LEAD.body.replace("Ten", "No"), Kind.CORRECTION),
            EventKind.CORRECTED,
            Manner.PING,
            Fate.CORRECTED,
            id="corrected",
        ),
        pytest.param(
            revised(LEAD.title, LEAD.body + " They part on Thursday.", Kind.UPDATE, 1),
            EventKind.UPDATED,
            Manner.REPLY,
            Fate.FOLLOWED_UP,
            id="UPDATE 1 with the same date",
        ),
        pytest.param(
            revised(LEAD.title, LEAD.body.replace("Ten", "30")),
            EventKind.UPDATED,
            Manner.REPLY,
            Fate.FOLLOWED_UP,
            id="a new figure, unannounced",
        ),
        pytest.param(
            revised("Ministers met in Tunxi"), EventKind.UPDATED, Manner.EDIT, Fate.MINOR, id="headline polished"
        ),
        pytest.param(
            revised(LEAD.title, LEAD.body.replace("outside", "outdoors")), None, None, Fate.MINOR, id="text polished"
        ),
        pytest.param(
            revised("STORY WITHDRAWN", "", Kind.WITHDRAWAL),
            EventKind.WITHDRAWN,
            Manner.PING,
            Fate.WITHDRAWN,
            id="withdrawn",
        ),
    ],
)
def test_a_revision(item: Item, event: EventKind | None, manner: Manner | None, fate: Fate) -> None:
    first = told()
    matches = [a_match(item, "ministers", "Ministers")] if "Ministers" in item.title else []
    decision = decide(situation(item, matches, story=first.story, previous=record_of(first)), TO_DESK)
    assert [(e.kind, e.manner) for e in events(decision)] == ([(event, manner)] if event else [])
    assert decision.outcome.fate is fate
    assert len(decision.story.carriers) == 1
    assert decision.story.version == 2


def test_a_correction_shows_the_phrase_before_and_after_and_the_desks_note() -> None:
    first = told()
    item = revised(LEAD.title, LEAD.body.replace("Ten people", "Nobody"), Kind.CORRECTION, note="corrects turnout")
    decision = decide(situation(item, story=first.story, previous=record_of(first)), TO_DESK)
    (event,) = events(decision)
    assert "Ten people" in event.changes[0].before
    assert "Nobody" in event.changes[0].after
    assert event.note == event.card.note == "corrects turnout"
    assert event.card.status is AlertStatus.CORRECTED
    assert event.card.rules == ("ministers",)  # they asked for it, though the text no longer matches
    assert event.card.spellings == ("Ministers",)


def test_a_correction_that_newly_matches_raises() -> None:
    unheard = decide(situation(LEAD), TO_DESK)
    item = revised(LEAD.title, LEAD.body, Kind.CORRECTION)
    decision = decide(
        situation(item, [a_match(item, "ministers", "Ministers")], story=unheard.story, previous=record_of(unheard)),
        TO_DESK,
    )
    (event,) = events(decision)
    assert (event.kind, event.card.status) == (EventKind.RAISED, AlertStatus.CORRECTED)


def test_a_new_text_releases_a_story_on_hold() -> None:
    first = told()
    held = decide(situation(revised(LEAD.title, kind=Kind.HOLD), story=first.story, previous=record_of(first)), TO_DESK)
    assert held.story.status is AlertStatus.HELD
    update = revised("Ministers meet in Tunxi, part at noon", kind=Kind.UPDATE, number=1)
    decision = decide(situation(update, story=held.story, previous=record_of(held)), TO_DESK)
    assert decision.story.status is AlertStatus.LIVE
    assert events(decision)[0].card.status is AlertStatus.LIVE


@pytest.mark.parametrize("kind", [Kind.HOLD, Kind.WITHDRAWAL])
def test_what_was_held_or_withdrawn_and_comes_again_is_live(kind: Kind) -> None:
    first = told()
    stopped = decide(situation(revised(LEAD.title, kind=kind), story=first.story, previous=record_of(first)), TO_DESK)
    gone = Record(revised(LEAD.title, kind=kind), first.story.id, Relation.NEW, "", (), stopped.outcome)
    decision = decide(situation(LEAD, story=stopped.story, previous=gone), TO_DESK)
    (event,) = events(decision)
    assert (event.kind, event.manner, event.card.status) == (EventKind.RELEASED, Manner.PING, AlertStatus.LIVE)


def test_another_outlets_withdrawal_is_a_reply_and_strikes_nothing() -> None:
    other = an_item("STORY WITHDRAWN: Talks", "", guid="2", feed="harbour", kind=Kind.WITHDRAWAL)
    decision = decide(situation(other, story=told().story, relation=Relation.COPY), TO_DESK)
    (event,) = events(decision)
    assert (event.kind, event.manner, event.card.status) == (EventKind.UPDATED, Manner.REPLY, AlertStatus.LIVE)
    assert event.note == "Harbour withdrew its text"


def test_a_withdrawal_calls_people_once() -> None:
    first = told()
    gone = revised("STORY WITHDRAWN", "", Kind.WITHDRAWAL)
    struck = decide(situation(gone, story=first.story, previous=record_of(first)), TO_DESK)
    again = decide(
        situation(
            revised("STORY WITHDRAWN.", "", Kind.WITHDRAWAL), story=struck.story, previous=record_of(struck, gone)
        ),
        TO_DESK,
    )
    assert len(events(struck)) == 1
    assert events(again) == []


def test_a_correction_that_others_carry_is_no_second_correction() -> None:
    first = told()
    item = revised(LEAD.title, LEAD.body.replace("Ten", "No"), Kind.CORRECTION)
    corrected = decide(situation(item, story=first.story, previous=record_of(first)), TO_DESK)
    carried = an_item(LEAD.title, item.body, guid="2", feed="harbour", kind=Kind.CORRECTION)
    decision = decide(situation(carried, story=corrected.story, relation=Relation.COPY), TO_DESK)
    assert [(event.kind, event.manner) for event in events(decision)] == [(EventKind.ATTACHED, Manner.REPLY)]


def test_a_corrected_text_changed_once_more_is_told_without_a_call() -> None:
    first = told()
    item = revised(LEAD.title, LEAD.body.replace("Ten", "No"), Kind.CORRECTION)
    corrected = decide(situation(item, story=first.story, previous=record_of(first)), TO_DESK)
    longer = revised(LEAD.title, item.body + " Editing by X.", Kind.CORRECTION)
    decision = decide(situation(longer, story=corrected.story, previous=record_of(corrected, item)), TO_DESK)
    assert [(event.kind, event.manner) for event in events(decision)] == [(EventKind.CORRECTED, Manner.REPLY)]


def test_polish_on_old_news_is_no_news() -> None:
    unheard = decide(situation(LEAD, hushed=Outcome(Fate.SEEDED, "first poll")), TO_DESK)
    match = a_match(LEAD, "ministers", "Ministers")
    before = replace(record_of(unheard), matches=(match,))
    polished = revised(LEAD.title, LEAD.body.replace("outside", "outdoors"))
    decision = decide(situation(polished, [match], story=unheard.story, previous=before), TO_DESK)
    assert decision.deliveries == ()
    assert decision.outcome.fate is Fate.MINOR


def test_a_text_on_hold_is_told_to_nobody_new() -> None:
    item = revised(LEAD.title, kind=Kind.HOLD)
    decision = decide(situation(item, [a_match(item, "ministers", "Ministers")]), TO_DESK)
    assert decision.deliveries == ()
    assert decision.outcome.fate is Fate.HELD


def test_the_same_page_under_another_guid_is_no_second_carrier() -> None:
    first = told()
    renamed = replace(LEAD, key="f" * 16, guid="new")
    decision = decide(situation(renamed, story=first.story, relation=Relation.COPY), TO_DESK)
    assert len(decision.story.carriers) == 1


def test_every_event_of_an_alert_has_an_id_of_its_own_and_repeats_have_the_same() -> None:
    first = told()
    copy = an_item("Talks", guid="2", feed="harbour")
    again = situation(copy, story=first.story, relation=Relation.COPY)
    ids = [delivery.id for delivery in (*first.deliveries, *decide(again, TO_DESK).deliveries)]
    assert len(set(ids)) == 2
    assert decide(again, TO_DESK).deliveries[0].id == ids[1]


def test_a_copy_that_matches_late_says_who_had_the_story_first_and_when() -> None:
    unmatched = decide(situation(LEAD), TO_DESK)
    copy = an_item("Ministers meet", guid="2", feed="harbour")
    match = a_match(copy, "ministers", "Ministers")
    late = decide(situation(copy, [match], story=unmatched.story, relation=Relation.COPY), TO_DESK)
    (event,) = events(late)
    assert event.kind is EventKind.RAISED
    assert event.card.note == "copy: Meridian had the story first, 30 Mar 12:01 UTC"
