"""Prometheus metrics, one registry a service."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from monitor.model import FeedHealth, FeedState
from monitor.ports import Backlog

MOST_FEEDS = 500
"""Feeds with gauges of their own: the worst of them, when there are more."""
_LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """Every metric of the service; the names are documented in `deploy/README.md`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        counter = partial(Counter, registry=self.registry)
        gauge = partial(Gauge, registry=self.registry)
        histogram = partial(Histogram, buckets=_LATENCY, registry=self.registry)

        self.documents = counter("wirewatch_documents", "Documents read, whole or only what was new in them.", ["read"])
        self.polls = counter("wirewatch_polls", "Polls of feeds.", ["result"])
        self.pages = counter("wirewatch_pages", "Pages of items, whose feeds ask for their text.", ["result"])
        self.pushes = counter("wirewatch_pushes", "What hubs told of feeds.", ["result"])
        self.lateness = histogram("wirewatch_poll_lateness_seconds", "How long after its time a poll began.")
        self.items = counter("wirewatch_items", "New items and revisions, by what became of them.", ["fate"])
        self.conflicts = counter("wirewatch_commit_conflicts", "Decisions taken again because another came first.")
        self.silenced = counter("wirewatch_silenced", "Items that a silence kept from a channel.", ["channel"])
        self.not_relevant = counter(
            "wirewatch_not_relevant",
            "Presses of the button that says so of an alert, by the rules that asked for it.",
            ["rule"],
        )
        self.silences = gauge("wirewatch_silences", "Silences that hold.")
        self.released = counter("wirewatch_released", "Deliveries whose hold was released.", ["reason"])
        self.matches = counter("wirewatch_rule_matches", "Items that a rule matched.", ["rule"])
        self.failures = counter(
            "wirewatch_rule_failures", "Rules disabled because they could not be evaluated.", ["rule"]
        )
        self.deliveries = counter("wirewatch_deliveries", "Attempts to deliver, by result.", ["channel", "result"])
        self.latency = histogram(
            "wirewatch_delivery_latency_seconds", "From an item being seen to its alert being accepted.", ["channel"]
        )
        self.outbox = gauge(
            "wirewatch_outbox_deliveries",
            "Deliveries not yet accepted, and those given up, by state.",
            ["channel", "state"],
        )
        self.oldest = gauge(
            "wirewatch_outbox_oldest_seconds",
            "For how long the oldest delivery not yet accepted has been owed.",
            ["channel"],
        )
        self.feeds = gauge("wirewatch_feeds", "Feeds by health.", ["health"])
        self.unread = gauge("wirewatch_feeds_unread_seconds", "Time since any feed was read.")
        self.feed_failures = gauge("wirewatch_feed_failures", "Failed polls in a row.", ["feed"])
        self.feed_unread = gauge("wirewatch_feed_unread_seconds", "Time since the last good answer.", ["feed"])
        self.feed_silence = gauge("wirewatch_feed_silence_seconds", "Time since the last new item.", ["feed"])
        self.store_up = gauge("wirewatch_store_up", "1 while the store answers.")
        self.rules = gauge("wirewatch_rules", "The rule set in force: its rules.", ["hash"])
        self.reloads = counter("wirewatch_reloads", "Changes of the rules folder.", ["result"])

    def show_feeds(self, states: Sequence[FeedState], now: float) -> None:
        """Set the gauges of all feeds, and those of each, or of the worst; those of others go.

        Paused ones are counted, and alarm nobody.
        """
        awake = [state for state in states if not state.paused(now)]
        for kind in FeedHealth:
            self.feeds.labels(health=kind).set(sum(state.health is kind for state in awake))
        self.feeds.labels(health="paused").set(len(states) - len(awake))
        read = max((state.last_success for state in awake), default=0.0)
        self.unread.set(max(0.0, now - read) if read else 0.0)
        for gauge in (self.feed_failures, self.feed_unread, self.feed_silence):
            gauge.clear()
        for state in heapq.nsmallest(MOST_FEEDS, awake, key=lambda state: (-state.failures, state.last_new)):
            self.feed_failures.labels(feed=state.id).set(state.failures)
            heard = state.last_new and state.listening_since
            for gauge, last in ((self.feed_unread, state.last_success), (self.feed_silence, heard)):
                if last:
                    gauge.labels(feed=state.id).set(max(0.0, now - last))

    def show_outbox(self, backlogs: Sequence[Backlog], now: float) -> None:
        """Set the gauges of these channels; those of others go."""
        self.outbox.clear()
        self.oldest.clear()
        for backlog in backlogs:
            for state, count in backlog.states.items():
                self.outbox.labels(channel=backlog.channel, state=state).set(count)
            waited = 0.0 if backlog.oldest is None else max(0.0, now - backlog.oldest)
            self.oldest.labels(channel=backlog.channel).set(waited)

    def render(self) -> bytes:
        """The exposition format that Prometheus scrapes."""
        return generate_latest(self.registry)
