"""The service with buttons under its alerts in Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss
from tests.servers.slack import BOT, Room, Slack
from tests.servers.socketmode import SocketMode

OLD = ("old", "Nothing much happens in Tunxi", "It was a quiet day by the river, residents said on Monday.")
STRIKE = ("1", "Pilots call a strike", "The pilots will stay on the ground on Friday, their union said.")

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer, socket_mode: SocketMode) -> Iterator[Wirewatch]:
    """A service with one feed and one rule, that hears buttons; not started."""
    running = Wirewatch(tmp_path, slack_token=BOT, slack_app_token="xapp-1", slack_base_url=socket_mode.base_url)
    hostile.set("/one", rss(OLD))
    running.feeds(hostile.url("/one"))
    running.rule("strike", "strike")
    yield running
    running.kill()


def routes(room: Room) -> str:
    return (
        f"channels:\n  here: {{type: console, format: json}}\n  desk: {{type: slack, channel: {room.id}}}\n"
        "routes: [{to: [desk, here]}]\nops: [here]\n"
    )


def message(slack: Slack, room: Room) -> dict[str, Any]:
    """The alert's message as it stands."""
    return next(iter(asyncio.run(slack.messages(room))), {})


def test_a_press_of_ack_shows_on_the_message(
    service: Wirewatch, hostile: HostileServer, socket_mode: SocketMode, slack: Slack
) -> None:
    room = asyncio.run(slack.room())
    service.write("routes.yaml", routes(room))
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: "Pilots call a strike" in message(slack, room).get("text", ""))
    *_, actions = message(slack, room)["blocks"]
    ack = actions["elements"][0]
    socket_mode.press(ack["action_id"], ack["value"])
    service.until(lambda: "Acknowledged by anna" in message(slack, room)["text"])
    assert [said["text"] for said in socket_mode.said] == ["You are on it."]
    *_, actions = message(slack, room)["blocks"]
    assert actions["elements"][0]["text"]["text"] == "Mute story 4 h"
    assert service.stop() == 0


def test_an_app_token_that_is_no_good_is_told_and_stops_nothing(
    service: Wirewatch, hostile: HostileServer, socket_mode: SocketMode, slack: Slack
) -> None:
    socket_mode.refuses = "invalid_auth"
    room = asyncio.run(slack.room())
    service.write("routes.yaml", routes(room))
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1 and service.of("ops"))
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: "Pilots call a strike" in message(slack, room).get("text", ""))
    (told,) = service.of("ops")
    assert told["subject"] == "slack buttons"
    assert "set WIREWATCH_SLACK_APP_TOKEN to an app token" in told["text"]
    assert service.stop() == 0
