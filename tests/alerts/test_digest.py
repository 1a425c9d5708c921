"""What goes out in place of what waited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.card import card
from monitor.alerts.digest import TITLES, released
from monitor.model import (
    AlertEvent,
    AlertStatus,
    Carrier,
    Change,
    Delivery,
    DigestEvent,
    EventKind,
    Field,
    Hold,
    HoldReason,
    Manner,
    OpsEvent,
    Relation,
    Severity,
)
from tests.items import NOON, a_match, an_item

MORNING = Hold("morning", "desk", HoldReason.DIGEST, NOON + 3600, "World, this morning")
NOW = NOON + 3601


def a_word(
    name: str,
    *,
    rule: str = "strike",
    severity: Severity = Severity.NORMAL,
    kind: EventKind = EventKind.RAISED,
    story: str = "",
    at: float = NOON,
    copies: int = 0,
    hold: Hold = MORNING,
) -> Delivery:
    """What waits of an alert: a text headed `name`, carried by others."""
    item = an_item(name, guid=name)
    match = replace(a_match(item, rule, name, severity=severity), title=rule.capitalize())
    others = [Carrier(f"{name} {n}", "Echo", "", name, Relation.COPY, at) for n in range(copies)]
    event = AlertEvent(
        kind=kind,
        at=at,
        alert_id=f"alert {name}",
        story_id=story or f"story {name}",
        rules=(rule,),
        severity=severity,
        item=item.ref(),
        relation=Relation.NEW,
        hits=match.hits,
        card=card(item, [match], others),
        manner=Manner.PING,
    )
    return Delivery(f"delivery {name}", event.alert_id, "desk", event, at, hold=hold)


def digest_of(*words: Delivery, silenced: int = 0) -> DigestEvent:
    (told,) = released(words, NOW, silenced)
    assert isinstance(told.event, DigestEvent)
    return told.event


def outline(event: DigestEvent) -> list[tuple[str, list[str]]]:
    return [(section.title, [entry.headline for entry in section.entries]) for section in event.sections]


def test_a_digest_says_what_it_is() -> None:
    event = digest_of(a_word("A", at=NOON + 60), a_word("B", at=NOON + 5), silenced=3)
    assert (event.at, event.title, event.reason) == (NOW, "World, this morning", HoldReason.DIGEST)
    assert (event.since, event.silenced) == (NOON + 5, 3)


@pytest.mark.parametrize("reason", [reason for reason in HoldReason if reason.gathers])
def test_without_a_title_its_reason_names_it(reason: HoldReason) -> None:
    assert digest_of(a_word("A", hold=Hold("h", "desk", reason, NOON))).title == TITLES[reason]


def test_sections_by_rule_the_loudest_first() -> None:
    event = digest_of(
        a_word("Dockers out", rule="strike", at=NOON + 9),
        a_word("Pilots out", rule="strike", at=NOON),
        a_word("Walls crack", rule="quake"),
        a_word("City falls", rule="quake", severity=Severity.HIGH, at=NOON + 60),
        a_word("Bread dear", rule="prices"),
    )
    assert outline(event) == [
        ("Quake", ["City falls", "Walls crack"]),
        ("Prices", ["Bread dear"]),
        ("Strike", ["Pilots out", "Dockers out"]),
    ]


def test_alerts_of_one_story_are_one_entry() -> None:
    event = digest_of(
        a_word("Quiet report", story="s", copies=2),
        a_word("Loud report", story="s", severity=Severity.HIGH, copies=1, rule="quake"),
        a_word("Another"),
    )
    assert outline(event) == [("Quake", ["Loud report"]), ("Strike", ["Another"])]
    assert [entry.carriers for entry in event.entries] == [4, 0]


def test_what_came_after_an_alert_was_told_stands_by_itself() -> None:
    event = digest_of(a_word("Report", story="s"), a_word("Toll rises", story="s", kind=EventKind.UPDATED, at=NOON + 9))
    assert [(entry.kind, entry.headline) for entry in event.entries] == [
        (EventKind.RAISED, "Report"),
        (EventKind.UPDATED, "Toll rises"),
    ]


@pytest.mark.parametrize(
    ("kind", "headline"),
    [
        (EventKind.RAISED, "As it is shown"),
        (EventKind.CORRECTED, "As it is shown"),
        (EventKind.WITHDRAWN, "As it is shown"),
        (EventKind.UPDATED, "The later text"),
        (EventKind.ATTACHED, "The later text"),
    ],
)
def test_which_text_an_entry_shows(kind: EventKind, headline: str) -> None:
    word = a_word("The later text", kind=kind)
    assert isinstance(word.event, AlertEvent)
    shown = replace(word.event.card, headline="As it is shown")
    event = digest_of(replace(word, event=replace(word.event, card=shown)))
    assert event.entries[0].headline == headline


def test_an_entry_keeps_what_matters() -> None:
    word = a_word("Toll", kind=EventKind.CORRECTED, severity=Severity.HIGH, copies=3)
    assert isinstance(word.event, AlertEvent)
    change = Change(Field.BODY, "12 dead", "30 dead")
    status = replace(word.event.card, status=AlertStatus.CORRECTED)
    event = digest_of(
        replace(word, event=replace(word.event, changes=(change,), note="Corrects the toll", card=status))
    )
    (entry,) = event.entries
    assert (entry.alert_id, entry.story_id, entry.severity) == ("alert Toll", "story Toll", Severity.HIGH)
    assert (entry.status, entry.changes, entry.note) == (AlertStatus.CORRECTED, (change,), "Corrects the toll")
    assert (entry.url, entry.source, entry.carriers) == (status.url, status.source, 3)


def test_the_same_that_waited_makes_the_same_delivery() -> None:
    a, b = a_word("A"), a_word("B")
    (one,), (two,), (less,) = released([a, b], NOW), released([b, a], NOW + 5), released([a], NOW)
    assert one.id == two.id != less.id
    assert (one.channel, one.hold, one.due) == ("desk", None, NOW)


@pytest.mark.parametrize("reason", [HoldReason.EMBARGO, HoldReason.ESCALATION])
def test_some_go_out_by_themselves(reason: HoldReason) -> None:
    hold = Hold("h", "desk", reason, NOON + 3600)
    words = [a_word("A", hold=hold), a_word("B", hold=hold)]
    assert released(words, NOW) == tuple(
        replace(word, hold=None, created_at=NOW, not_before=NOON + 3600) for word in words
    )


def test_a_notice_is_told_as_it_is() -> None:
    notice = Delivery("n", "lane", "desk", OpsEvent(NOON, "delivery n", "cannot be read"), NOON)
    digest, alone = released([a_word("A"), notice], NOW)
    assert isinstance(digest.event, DigestEvent)
    assert alone == replace(notice, created_at=NOW, not_before=NOON)


def test_nothing_waited() -> None:
    assert released([], NOW) == ()
