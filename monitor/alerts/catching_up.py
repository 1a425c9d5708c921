"""How much of a backlog is told alert by alert: `catch_up: {cap: 5, within: 10m}`.

A backlog is what a feed brings with its first good poll after it, or the
service, was away for long. Past the cap, alerts wait until the time is over in
which they are counted, and come as one digest. A flash does not wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Routed
from monitor.model import Kind, Mark, Severity, Tally


def wanted(ways: Iterable[Routed], situation: Situation) -> tuple[str, ...]:
    """Keys of the tallies that may bear on alerts of an item."""
    return tuple(dict.fromkeys(_key(to) for to in ways if to.terms.catch_up)) if situation.backlog else ()


def late(new: Sequence[Routed], situation: Situation) -> tuple[dict[str, float], tuple[Tally, ...]]:
    """Of the channels that have heard enough of a backlog, until when the rest waits; and the tallies moved."""
    found: dict[str, float] = {}
    moved: list[Tally] = []
    for to in new:
        limit = to.terms.catch_up
        flash = to.severity is Severity.FLASH or situation.item.wire.kind is Kind.FLASH
        if limit is None or flash or not situation.backlog:
            continue
        tally = situation.tallies.get(_key(to), Tally(_key(to)))
        told = tuple(mark for mark in tally.marks if mark.at > situation.now - limit.within)
        if len(told) < limit.cap:
            marks = (*told, Mark("", situation.now))
            moved.append(replace(tally, version=tally.version + 1, marks=marks, keep=limit.within))
        else:
            found[to.channel] = (told[0].at if told else situation.now) + limit.within
    return found, tuple(moved)


def _key(to: Routed) -> str:
    return f"catch-up/{to.channel}"
