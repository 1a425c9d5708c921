"""Prometheus metrics, one registry a service."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)


class Metrics:
    """Every metric of the service; the names are documented in `deploy/README.md`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter("wirewatch_polls", "Polls of feeds.", ["result"], registry=self.registry)
        self.lateness = Histogram(
            "wirewatch_poll_lateness_seconds",
            "How long after its time a poll began.",
            buckets=_LATENCY,
            registry=self.registry,
        )
        self.items = Counter(
            "wirewatch_items", "New items and revisions, by what became of them.", ["fate"], registry=self.registry
        )
        self.conflicts = Counter(
            "wirewatch_commit_conflicts", "Decisions taken again because another came first.", registry=self.registry
        )
        self.matches = Counter("wirewatch_rule_matches", "Items that a rule matched.", ["rule"], registry=self.registry)
        self.deliveries = Counter(
            "wirewatch_deliveries", "Attempts to deliver, by result.", ["channel", "result"], registry=self.registry
        )
        self.latency = Histogram(
            "wirewatch_delivery_latency_seconds",
            "From an item being seen to its alert being accepted.",
            ["channel"],
            buckets=_LATENCY,
            registry=self.registry,
        )
        self.waiting = Gauge(
            "wirewatch_outbox_waiting", "Deliveries not yet sent.", ["channel"], registry=self.registry
        )
        self.feeds = Gauge("wirewatch_feeds", "Feeds by health.", ["health"], registry=self.registry)
        self.store_up = Gauge("wirewatch_store_up", "1 while the store answers.", registry=self.registry)
        self.rules = Gauge("wirewatch_rules", "The rule set in force: its rules.", ["hash"], registry=self.registry)
        self.reloads = Counter("wirewatch_reloads", "Changes of the rules folder.", ["result"], registry=self.registry)

    def render(self) -> bytes:
        """The exposition format that Prometheus scrapes."""
        return generate_latest(self.registry)
