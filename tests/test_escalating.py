"""An alert from raised to escalated, on a memory store: who is called next, and what calls it off."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor import visit
from monitor.alerts.routes import Route
from monitor.alerts.silences import matcher, silence
from monitor.amending import acknowledged
from monitor.desk import InForce
from monitor.model import Acknowledgement, AlertEvent, DeliveryState, EventKind, Item, Kind
from monitor.release import release_due
from tests.items import an_item
from tests.test_pipeline import DESK, FEED, KNOWN, OPENED, Wire

ROUTES = (Route.model_validate({"to": "desk", "escalate": {"after": "10m", "to": ["night", "chief"]}}),)
Heard = list[tuple[str, EventKind]]


class Escalating(Wire):
    """A feed whose alerts go to the desk and, ten minutes later, to two others."""

    async def takes(self, *items: Item) -> None:
        self.now += 60
        desk = replace(DESK, routes=ROUTES)
        line = replace(self.line, in_force=InForce(desk))
        await visit.take_in(line, desk, FEED, KNOWN, [replace(item, seen_at=self.now) for item in items])

    async def after(self, minutes: float) -> Heard:
        """Who heard what in the meantime."""
        self.now += minutes * 60
        await release_due(self.store, self.line.metrics, self.now)
        return [(channel, event.kind) for channel in ("desk", "night", "chief") for event in await self.said(channel)]

    async def said(self, channel: str) -> list[AlertEvent]:
        events = []
        while taken := await self.store.take(channel, self.now, 30.0):
            assert isinstance(taken.delivery.event, AlertEvent)
            events.append(taken.delivery.event)
            await self.store.sent(taken, None, self.now)
        return events

    async def answers(self, needle: str = OPENED.key) -> None:
        assert await acknowledged(self.store, needle, Acknowledgement("anna", self.now))

    async def called_off(self) -> list[str]:
        """Why words on the alert were taken out of their holds."""
        lanes = [(channel, alert) for alert in (await self.record(OPENED)).alerts for channel in ("night", "chief")]
        steps = [step for channel, alert in lanes for step in await self.store.steps(channel, alert)]
        return [step.said for step in steps if step.state is DeliveryState.LIFTED]

    async def is_silenced(self, matchers: str, *, minutes: float) -> None:
        made = silence([matcher(one) for one in matchers.split()], "anna", "asleep", self.now, 60 * minutes)
        await self.store.add_silence(made, self.now)


def again(kind: Kind, number: int = 0) -> Item:
    """The desk's word on its own text."""
    return an_item(f"{OPENED.title} {number}", f"{OPENED.body} It says so.", guid=OPENED.guid, kind=kind)


RAISED, ACKNOWLEDGED = EventKind.RAISED, EventKind.ACKNOWLEDGED


@pytest.fixture
async def wire() -> Escalating:
    """An alert that the desk has just been told."""
    wire = Escalating()
    await wire.takes(OPENED)
    assert await wire.after(0) == [("desk", RAISED)]
    return wire


async def test_when_nobody_answers_the_next_are_called(wire: Escalating) -> None:
    assert await wire.after(9) == []
    assert await wire.after(1) == [("night", RAISED), ("chief", RAISED)]
    assert await wire.after(60) == []


async def test_an_answer_calls_it_off(wire: Escalating) -> None:
    await wire.answers()
    assert await wire.after(60) == [("desk", ACKNOWLEDGED)]
    assert await wire.called_off() == ["acknowledged by anna"] * 2


async def test_an_answer_that_comes_late_is_seen_by_all_who_were_called(wire: Escalating) -> None:
    await wire.after(10)
    await wire.answers()
    assert await wire.after(1) == [("desk", ACKNOWLEDGED), ("night", ACKNOWLEDGED), ("chief", ACKNOWLEDGED)]


async def test_those_called_next_answer_for_all(wire: Escalating) -> None:
    wire.now += 600
    await release_due(wire.store, wire.line.metrics, wire.now)
    (event,) = await wire.said("night")
    await wire.answers(event.alert_id)
    assert ("desk", ACKNOWLEDGED) in await wire.after(0)


async def test_a_withdrawal_calls_it_off_and_who_was_not_told_hears_nothing(wire: Escalating) -> None:
    await wire.takes(again(Kind.WITHDRAWAL))
    assert await wire.after(60) == [("desk", EventKind.WITHDRAWN)]


async def test_what_was_corrected_meanwhile_comes_corrected(wire: Escalating) -> None:
    await wire.takes(again(Kind.CORRECTION))
    assert await wire.after(0) == [("desk", EventKind.CORRECTED)]
    wire.now += 600
    await release_due(wire.store, wire.line.metrics, wire.now)
    (event,) = await wire.said("night")
    assert (event.kind, event.card.status, event.item.title) == (RAISED, "corrected", f"{OPENED.title} 0")


async def test_who_was_called_hears_of_a_correction(wire: Escalating) -> None:
    await wire.after(10)
    await wire.takes(again(Kind.CORRECTION))
    assert await wire.after(0) == [(channel, EventKind.CORRECTED) for channel in ("desk", "night", "chief")]


@pytest.mark.parametrize(
    ("matchers", "heard"),
    [
        pytest.param("channel=night", ["chief"], id="the channel"),
        pytest.param("rule=envoy channel=night", ["chief"], id="its rule there"),
        pytest.param("feed=meridian", [], id="its feed"),
        pytest.param("channel=desk", ["night", "chief"], id="the channel that was told"),
        pytest.param("rule=quake", ["night", "chief"], id="another rule"),
    ],
)
async def test_a_silence_that_holds_by_then_calls_it_off(wire: Escalating, matchers: str, heard: list[str]) -> None:
    await wire.is_silenced(matchers, minutes=30)
    assert await wire.after(10) == [(channel, RAISED) for channel in heard]
    assert await wire.store.silenced("night", wire.now) == ("night" not in heard)
    why = await wire.called_off()
    assert len(why) == 2 - len(heard)
    assert all(said.startswith("silenced by anna until 2022-03-30 12:31 UTC") for said in why)
    await wire.takes(again(Kind.CORRECTION))
    assert await wire.after(60) == [(channel, EventKind.CORRECTED) for channel in ("desk", *heard)]


async def test_a_silence_that_is_over_by_then_calls_off_nothing(wire: Escalating) -> None:
    await wire.is_silenced("channel=night", minutes=9)
    assert await wire.after(10) == [("night", RAISED), ("chief", RAISED)]
