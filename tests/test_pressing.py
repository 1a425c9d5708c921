"""What a pressed button does, on an alert that the line raised."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from monitor.model import AlertEvent, EventKind, Fate, Matcher, Press, Subject, Wish
from monitor.observe.metrics import Metrics
from monitor.pressing import heed
from monitor.store.redis import RedisStore
from tests.items import an_item
from tests.test_pipeline import OPENED, Wire


class Raised(Wire):
    """With one alert, which was told."""

    def __init__(self) -> None:
        super().__init__()
        self.metrics = Metrics()

    async def press(self, wish: Wish, by: str = "anna", *, alert: str = "") -> str:
        story = await self.store.story((await self.record(OPENED)).story_id)
        assert story is not None
        press = Press(wish, story.id, alert or story.alerts[0].id, by)
        return await heed(self.store, self.metrics, press, self.now)

    async def holding(self) -> list[tuple[set[Matcher], str, float]]:
        """About what silences are, by whom, and for how long from now."""
        found = await self.store.silences(self.now)
        return [(set(silence.matchers), silence.author, silence.until - self.now) for silence in found]


@pytest.fixture
async def wire() -> Raised:
    wire = Raised()
    assert await wire.shows(OPENED) == 1
    assert [kind for kind, _ in await wire.told()] == [EventKind.RAISED]
    return wire


@pytest.mark.parametrize("wish", Wish)
async def test_whoever_presses_has_seen_it(wire: Raised, wish: Wish) -> None:
    answer = await wire.press(wish)
    assert (answer == "You are on it.") is (wish is Wish.ACK)
    taken = await wire.store.take("desk", wire.now, 30)
    assert taken is not None
    assert isinstance(taken.delivery.event, AlertEvent)
    assert taken.delivery.event.kind is EventKind.ACKNOWLEDGED
    said = taken.delivery.event.card.acknowledged
    assert said is not None
    assert (said.by, said.at) == ("anna", wire.now)


async def test_the_second_hears_who_was_first(wire: Raised) -> None:
    await wire.press(Wish.ACK)
    wire.now += 60
    assert await wire.press(Wish.ACK, "ben") == "anna is on it since 12:01 UTC."


async def test_mute_story_is_for_this_channel_and_four_hours(wire: Raised) -> None:
    said = await wire.press(Wish.MUTE_STORY)
    assert said.startswith("Muted here until 16:01 UTC: this story. Corrections and withdrawals still come.")
    story = (await wire.record(OPENED)).story_id
    about = {Matcher(Subject.STORY, story), Matcher(Subject.CHANNEL, "desk")}
    assert await wire.holding() == [(about, "anna", 4 * 3600.0)]
    (silence,) = await wire.store.silences(wire.now)
    assert f"`wirewatch silence expire {silence.id}` ends it" in said


async def test_mute_rule_is_for_one_hour_and_is_heeded(wire: Raised) -> None:
    assert (await wire.press(Wish.MUTE_RULE)).startswith("Muted here until 13:01 UTC: the rule envoy.")
    about = {Matcher(Subject.RULE, "envoy"), Matcher(Subject.CHANNEL, "desk")}
    assert await wire.holding() == [(about, "anna", 3600.0)]
    wire.line.in_force.silences = await wire.store.silences(wire.now)
    another = an_item("Lavrov lands in Oran", "He is to speak of grain there on Friday, his ministry said.", guid="2")
    assert [kind for kind, _ in await wire.told()] == [EventKind.ACKNOWLEDGED]
    await wire.shows(another)
    assert (await wire.record(another)).outcome.fate is Fate.SILENCED
    assert await wire.told() == []


async def test_not_relevant_is_counted_for_the_rules_editors(wire: Raised) -> None:
    assert await wire.press(Wish.NOT_RELEVANT) == "Noted for whoever edits the rule envoy."
    assert 'wirewatch_not_relevant_total{rule="envoy"} 1.0' in wire.metrics.render().decode()


@pytest.mark.parametrize("wish", Wish)
async def test_an_alert_that_is_not_known_any_more(wire: Raised, wish: Wish) -> None:
    assert "too old" in await wire.press(wish, alert="another")
    assert "too old" in await heed(wire.store, wire.metrics, Press(wish, "gone", "gone", "anna"), wire.now)
    assert await wire.holding() == []


@pytest.mark.slow
@pytest.mark.parametrize("wish", Wish)
async def test_while_the_store_is_away(wish: Wish) -> None:
    store = RedisStore(Redis(unix_socket_path="/nonexistent/socket"))
    said = await heed(store, Metrics(), Press(wish, "s", "a", "anna"), 0.0)
    assert said.startswith("Not now: the store does not answer")
    await store.close()
