"""The gauges of the outbox: what they show of its backlog."""

from __future__ import annotations

from monitor.observe.metrics import Metrics
from monitor.ports import Backlog
from tests.items import NOON


def shown(metrics: Metrics) -> set[str]:
    lines = metrics.render().decode().splitlines()
    return {line.removeprefix("wirewatch_outbox_") for line in lines if line.startswith("wirewatch_outbox_")}


def test_every_state_of_every_channel_is_shown_and_what_is_gone_is_not() -> None:
    metrics = Metrics()
    metrics.show_outbox([Backlog("gone", queued=9, oldest=NOON), Backlog("desk")], NOON)
    metrics.show_outbox(
        [Backlog("desk", 1, 2, 3, 4, 5, 6, oldest=NOON - 90), Backlog("held", queued=1, oldest=NOON + 600)], NOON
    )
    assert shown(metrics) == {
        'deliveries{channel="desk",state="queued"} 1.0',
        'deliveries{channel="desk",state="sending"} 2.0',
        'deliveries{channel="desk",state="retry"} 3.0',
        'deliveries{channel="desk",state="ambiguous"} 4.0',
        'deliveries{channel="desk",state="dead"} 5.0',
        'deliveries{channel="desk",state="held"} 6.0',
        'deliveries{channel="held",state="queued"} 1.0',
        'deliveries{channel="held",state="held"} 0.0',
        'deliveries{channel="held",state="sending"} 0.0',
        'deliveries{channel="held",state="retry"} 0.0',
        'deliveries{channel="held",state="ambiguous"} 0.0',
        'deliveries{channel="held",state="dead"} 0.0',
        'oldest_seconds{channel="desk"} 90.0',
        'oldest_seconds{channel="held"} 0.0',
    }
