"""Which event edits, replies, broadcasts or posts, in each kind of channel: the table, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.channels.acts import TABLE, Act, acts
from monitor.model import EventKind, Manner
from tests.channels.samples import RAISED

POST, REPLY, BROADCAST, ROW, EDIT, NOTHING = Act

ROWS = [
    # event                      manner        Slack      Slack webhook  email    console
    (EventKind.RAISED, Manner.PING, POST, POST, POST, POST),
    (EventKind.RAISED, Manner.REPLY, POST, POST, POST, POST),
    (EventKind.RAISED, Manner.EDIT, POST, POST, POST, POST),
    (EventKind.ATTACHED, Manner.EDIT, EDIT, NOTHING, NOTHING, ROW),
    (EventKind.ATTACHED, Manner.REPLY, REPLY, NOTHING, NOTHING, ROW),
    (EventKind.ATTACHED, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.UPDATED, Manner.EDIT, EDIT, NOTHING, NOTHING, ROW),
    (EventKind.UPDATED, Manner.REPLY, REPLY, REPLY, REPLY, REPLY),
    (EventKind.UPDATED, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.CORRECTED, Manner.REPLY, REPLY, REPLY, REPLY, REPLY),
    (EventKind.CORRECTED, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.HELD, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.RELEASED, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.WITHDRAWN, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.SEVERITY_RAISED, Manner.PING, BROADCAST, REPLY, REPLY, REPLY),
    (EventKind.ACKNOWLEDGED, Manner.EDIT, EDIT, NOTHING, NOTHING, ROW),
    (EventKind.EXPIRED, Manner.EDIT, EDIT, NOTHING, NOTHING, NOTHING),
]


@pytest.mark.parametrize(
    ("kind", "manner", "slack", "one_way", "email", "console"),
    [pytest.param(*row, id=f"{row[0]} {row[1]}") for row in ROWS],
)
def test_what_becomes_of_an_event(
    kind: EventKind, manner: Manner, slack: Act, one_way: Act, email: Act, console: Act
) -> None:
    does = acts(replace(RAISED, kind=kind, manner=manner))
    assert (does.slack, does.one_way, does.email, does.console) == (slack, one_way, email, console)


def test_the_table_knows_every_event_of_an_alert_however_loud() -> None:
    assert TABLE.keys() == set(EventKind) - {EventKind.DIGEST, EventKind.OPS}
    assert all(by_manner.keys() == set(Manner) for by_manner in TABLE.values())
