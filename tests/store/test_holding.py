"""Nothing held is lost or told twice, whatever decisions and releases get in between one another."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from monitor.model import Delivery, OpsEvent, Place
from monitor.ports import Commit, Held, Store
from monitor.store.embedded import find_server
from monitor.store.layout import Layout
from monitor.store.memory import MemoryStore
from tests.items import NOON, an_item
from tests.servers.stores import RedisServer
from tests.store.made import a_commit, a_delivery, a_hold, a_story

T = TypeVar("T")

STORIES = ("s1", "s2", "s3")
HOLDS = {name: a_hold(name) for name in ("morning", "evening")}


@dataclass(frozen=True)
class Decided:
    """A decision on one more text of a story, not yet committed."""

    story: str
    commit: Commit


class Desk(RuleBasedStateMachine):
    """Replicas that decide and release; between reading and writing, others read and write.

    A story is told once, in a digest or by itself, with its newest text; once told, it is followed up.
    """

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.runner = asyncio.Runner()
        self.texts = count(1)
        self.decided: list[Decided] = []
        self.read: list[Held] = []
        self.waiting: dict[Place, Delivery] = {}
        """What waits by all that was written so far."""
        self.news: Counter[str] = Counter()
        """How often each story is told for the first time by what was queued."""

    def teardown(self) -> None:
        for hold in HOLDS:
            self.read_hold(hold)
            self.let_go(self.read[-1])
        assert not self.waiting
        told: Counter[str] = Counter()
        while taken := self.run(self.store.take("desk", NOON, 30)):
            assert isinstance(taken.delivery.event, OpsEvent)
            told.update(taken.delivery.event.text.split())
            self.run(self.store.sent(taken, None, NOON))
        assert told == self.news
        assert set(told.values()) <= {1}
        self.run(self.store.close())
        self.runner.close()

    def run(self, call: Awaitable[T]) -> T:
        async def wait() -> T:
            return await call

        return self.runner.run(wait())

    # ── Decisions ──

    @rule(story=st.sampled_from(STORIES), hold=st.sampled_from([*HOLDS, ""]), withdrawn=st.booleans())
    def decide(self, story: str, hold: str, withdrawn: bool) -> None:
        """Raise, hold, replace or lift, by what can be read now."""
        known = self.run(self.store.story(story))
        places = [Place(name, story) for name in HOLDS]
        waiting = list(self.run(self.store.waiting(places)).values())
        untold = known is None or bool(waiting) or not known.wire_number
        text = f"{story}-{next(self.texts)}"
        deliveries = []
        if untold and not withdrawn:
            word = OpsEvent(NOON, "story", text)
            deliveries = [a_delivery(text, story, event=word, hold=HOLDS.get(hold))]
        after = replace(
            a_story(story, known.version + 1 if known else 1), wire_number=int(bool(deliveries) or not untold)
        )
        commit = a_commit(
            an_item(guid=text), clock=10**6, story=after, deliveries=deliveries, lifted=waiting if untold else ()
        )
        self.decided.append(Decided(story, commit))

    @precondition(lambda self: self.decided)
    @rule(data=st.data())
    def commit(self, data: st.DataObject) -> None:
        decided = data.draw(st.sampled_from(self.decided))
        self.decided.remove(decided)
        if not self.run(self.store.commit(decided.commit, NOON)):
            return
        for delivery in decided.commit.lifted:
            assert delivery.place
            assert self.waiting.pop(delivery.place) == delivery
        for delivery in decided.commit.deliveries:
            if delivery.place:
                assert delivery.place not in self.waiting
                self.waiting[delivery.place] = delivery
            else:
                self.tell(delivery)

    # ── Releases ──

    @rule(hold=st.sampled_from(list(HOLDS)))
    def read_hold(self, hold: str) -> None:
        self.read.append(self.run(self.store.held(hold)))

    @precondition(lambda self: self.read)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.let_go(data.draw(st.sampled_from(self.read)))

    def let_go(self, held: Held) -> None:
        texts = " ".join(
            str(delivery.event.text) for delivery in held.deliveries if isinstance(delivery.event, OpsEvent)
        )
        digest = a_delivery(f"digest of {held.id} {texts}", "digest", event=OpsEvent(NOON, "digest", texts))
        if self.run(self.store.release(held, [digest] if texts else [], NOON)):
            here = {place: delivery for place, delivery in self.waiting.items() if place.hold == held.id}
            assert set(here.values()) == set(held.deliveries), "what was told is not what waited"
            for place, delivery in here.items():
                del self.waiting[place]
                self.tell(delivery)

    def tell(self, delivery: Delivery) -> None:
        assert isinstance(delivery.event, OpsEvent)
        self.news[delivery.event.text] += 1


def run(store: RedisServer | None) -> None:
    prefixes = count()

    class DeskOnThisStore(Desk):
        def __init__(self) -> None:
            super().__init__(store.store(Layout(prefix=f"{next(prefixes)}:")) if store else MemoryStore())

    run_state_machine_as_test(
        DeskOnThisStore, settings=settings(max_examples=60, stateful_step_count=30, deadline=None)
    )


def test_in_memory() -> None:
    run(None)


@pytest.mark.slow
def test_on_a_server() -> None:
    with RedisServer(find_server(), "--appendonly", "no") as server:
        run(server)
