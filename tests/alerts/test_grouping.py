"""What shares one alert, by what each rule asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.follow_up import Situation
from monitor.alerts.policy import Decision, decide
from monitor.alerts.routes import Route
from monitor.model import Alert, AlertEvent, Grouping, Item, Kind, Match, Relation, Verdict
from tests.items import NOON, a_match, an_item

TO_DESK = [Route.model_validate({"to": ["desk"]})]
LEAD = an_item("Ministers meet in Tunxi")
COPY = an_item("Ministers meet", guid="2", feed="harbour")
REPORT = an_item("Ministers talk trade at the lake", guid="3", feed="atlas")
OF_REPORT = an_item("Ministers: trade talks at the lake", guid="4", feed="orbit")


def fires(item: Item, group: Grouping, rule: str = "ministers") -> Match:
    return replace(a_match(item, rule, "Ministers"), group=group)


def comes(item: Item, after: Decision | None, relation: Relation, other: Item | None, *matches: Match) -> Decision:
    """What becomes of an item that is `relation` to the text `other` of a story told before."""
    story = after.story if after else None
    verdict = Verdict(relation, story.id if story else "", "like it", other.key if other else "")
    return decide(Situation(item, NOON, matches, verdict, None, other, story, None), TO_DESK)


def heard(decision: Decision) -> list[tuple[str, str]]:
    """What each delivery is, and under which alert by the item that raised it."""
    raised_by = {alert.id: alert.item for alert in decision.story.alerts}
    events = [d.event for d in decision.deliveries if isinstance(d.event, AlertEvent)]
    return [(event.kind.value, raised_by[event.alert_id]) for event in events]


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (Grouping.EVENT, [("attached", LEAD), ("attached", LEAD), ("attached", LEAD)]),
        (Grouping.TEXT, [("attached", LEAD), ("raised", REPORT), ("attached", REPORT)]),
        (Grouping.OFF, [("raised", COPY), ("raised", REPORT), ("raised", OF_REPORT)]),
    ],
)
def test_what_follows_a_first_text(group: Grouping, told: list[tuple[str, Item]]) -> None:
    decision = comes(LEAD, None, Relation.NEW, None, fires(LEAD, group))
    assert heard(decision) == [("raised", LEAD.key)]
    coming = ((COPY, Relation.COPY, LEAD), (REPORT, Relation.REPORT, LEAD), (OF_REPORT, Relation.COPY, REPORT))
    for (item, relation, other), (kind, under) in zip(coming, told, strict=True):
        decision = comes(item, decision, relation, other, fires(item, group))
        assert heard(decision) == [(kind, under.key)]


def test_the_ids_of_alerts_of_one_story_differ() -> None:
    first = comes(LEAD, None, Relation.NEW, None, fires(LEAD, Grouping.OFF))
    second = comes(COPY, first, Relation.COPY, LEAD, fires(COPY, Grouping.OFF))
    assert len({alert.id for alert in second.story.alerts}) == 2


def test_one_text_is_one_alert_however_its_rules_group() -> None:
    both = (fires(LEAD, Grouping.EVENT), fires(LEAD, Grouping.OFF, "each"))
    decision = comes(LEAD, None, Relation.NEW, None, *both)
    (alert,) = decision.story.alerts
    assert (alert.group, alert.rules) == (Grouping.EVENT, ("ministers", "each"))


def test_a_finer_rule_has_its_own_alert_and_the_story_its_reply() -> None:
    first = comes(LEAD, None, Relation.NEW, None, fires(LEAD, Grouping.EVENT))
    both = (fires(REPORT, Grouping.EVENT), fires(REPORT, Grouping.OFF, "each"))
    decision = comes(REPORT, first, Relation.REPORT, LEAD, *both)
    assert heard(decision) == [("attached", LEAD.key), ("raised", REPORT.key)]
    assert [alert.rules for alert in decision.story.alerts] == [("ministers",), ("each",)]


def test_the_card_of_a_text_names_the_carriers_of_that_text_alone() -> None:
    decision = comes(LEAD, None, Relation.NEW, None, fires(LEAD, Grouping.TEXT))
    decision = comes(REPORT, decision, Relation.REPORT, LEAD, fires(REPORT, Grouping.TEXT))
    decision = comes(COPY, decision, Relation.COPY, LEAD, fires(COPY, Grouping.TEXT))
    assert [carried(alert) for alert in decision.story.alerts] == [["Harbour"], []]


def test_a_withdrawal_reaches_all_who_heard_of_the_story() -> None:
    decision = comes(LEAD, None, Relation.NEW, None, fires(LEAD, Grouping.OFF))
    decision = comes(COPY, decision, Relation.COPY, LEAD, fires(COPY, Grouping.OFF))
    kill = an_item("STORY WITHDRAWN", "", guid="5", kind=Kind.WITHDRAWAL)
    assert heard(comes(kill, decision, Relation.DERIVED, LEAD)) == [("withdrawn", LEAD.key), ("withdrawn", COPY.key)]


def carried(alert: Alert) -> list[str]:
    return [carrier.source for carrier in alert.card.carriers]
