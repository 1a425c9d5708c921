"""`wirewatch ack`, from the command to the message."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss

PORT = ("port", "Strike closes port", "The port was closed on Thursday by a strike of its dock workers.")


@pytest.fixture
def told(user: Wirewatch, hostile: HostileServer) -> Iterator[Wirewatch]:
    """Somebody who was told of a strike."""
    hostile.set("/feed", rss(PORT))
    user.feeds(hostile.url("/feed"), backfill=1)
    user.start()
    user.until(lambda: user.events)
    yield user
    user.stop()


@pytest.mark.slow
def test_the_message_says_who_is_on_it(told: Wirewatch) -> None:
    (raised,) = told.events
    done = told.command("ack", raised["alert_id"], "--by", "anna")
    assert re.fullmatch(r"here  Strike closes port: acknowledged by anna, \d{4}-.* UTC\n", done.stdout)
    told.until(lambda: len(told.events) > 1)
    _, acknowledged = told.events
    assert (acknowledged["event"], acknowledged["manner"]) == ("acknowledged", "edit")
    assert acknowledged["acknowledged"]["by"] == "anna"
    assert acknowledged["item"] == raised["item"]
    for other in (raised["story_id"], "port"):
        done = told.command("ack", other, "--by", "ben")
        assert "acknowledged by anna" in done.stdout


def test_what_nobody_knows_cannot_be_acknowledged(user: Wirewatch) -> None:
    done = user.command("ack", "0000")
    assert done.returncode == 1
    assert done.stdout.startswith("No alert '0000' is known")
