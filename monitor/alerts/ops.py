"""The service's own troubles, on their way to the channels listed under `ops:`."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Delivery, OpsEvent, digest


def notices(channels: Sequence[str], event: OpsEvent, identity: str) -> list[Delivery]:
    """One delivery for each ops channel; the same `identity` is told once."""
    return [
        Delivery(
            id=digest("ops", channel, identity),
            lane=f"ops-{channel}",
            channel=channel,
            event=event,
            created_at=event.at,
        )
        for channel in channels
    ]
