"""Buttons under alerts in Slack: which are shown, and how a press is heard over Socket Mode."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from monitor.channels import missing, slack_message
from monitor.channels.slack import SlackChannel, SlackConfig
from monitor.channels.slack_buttons import listen, read
from monitor.config import Settings
from monitor.errors import Closed, Retryable
from monitor.model import AlertEvent, Press, Wish
from tests.channels.samples import ACKNOWLEDGED, CORRECTION, EXPIRED, RAISED, WITHDRAWAL, delivery, outside
from tests.servers.slack import BOT, Slack
from tests.servers.socketmode import SocketMode

APP_TOKEN = "xapp-hunter2"
ALL = ["Ack", "Mute story 4 h", "Mute rule 1 h", "Not relevant"]


def settings(base_url: str) -> Settings:
    return Settings(slack_token=SecretStr(BOT), slack_app_token=SecretStr(APP_TOKEN), slack_base_url=base_url)


# ── Which are shown ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "labels"),
    [
        pytest.param(RAISED, ALL, id="raised"),
        pytest.param(CORRECTION, ALL, id="corrected"),
        pytest.param(ACKNOWLEDGED, ALL[1:], id="acknowledged"),
        pytest.param(WITHDRAWAL, [], id="withdrawn"),
        pytest.param(EXPIRED, [], id="over"),
    ],
)
def test_buttons_of_a_card(event: AlertEvent, labels: list[str]) -> None:
    *_, last = slack_message.card(event, buttons=True).blocks
    buttons: Any = last["elements"] if last["type"] == "actions" else []
    assert [button["text"]["text"] for button in buttons] == labels
    assert {button["value"] for button in buttons} <= {"s1 a1"}
    assert not any(block["type"] == "actions" for block in slack_message.card(event).blocks)


@pytest.mark.parametrize("heard", [True, False], ids=["with an app token", "without"])
async def test_only_who_hears_shows_them(slack: Slack, heard: bool) -> None:
    room = await slack.room()
    given = settings(slack.base_url)
    given = given if heard else given.model_copy(update={"slack_app_token": None})
    desk = SlackChannel("desk", SlackConfig(type="slack", channel=room.id), outside(given))
    root = await desk.send(delivery(RAISED), None)
    for event in (RAISED, CORRECTION):
        if event is not RAISED:
            await desk.send(delivery(event), root)
        (message,) = await slack.messages(room)
        assert message["blocks"] == slack_message.card(event, buttons=heard).blocks


# ── How a press is heard ────────────────────────────────────────────────────


@asynccontextmanager
async def listening(server: SocketMode) -> AsyncIterator[list[Press]]:
    """Presses as they are heard; each is answered with who pressed."""
    heard: list[Press] = []
    stopping = asyncio.Event()

    async def heed(press: Press) -> str:
        heard.append(press)
        return f"thanks, {press.by}"

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(listen(settings(server.base_url), heed, stopping))
        yield heard
        stopping.set()


async def until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("wish", Wish)
async def test_a_press(socket_mode: SocketMode, wish: Wish) -> None:
    async with listening(socket_mode) as heard:
        await asyncio.to_thread(socket_mode.press, slack_message.action(wish), "s1 a1")
        await until(lambda: socket_mode.said)
    assert heard == [Press(wish, "s1", "a1", "anna")]
    assert socket_mode.said == [{"text": "thanks, anna", "response_type": "ephemeral", "replace_original": False}]


async def test_what_is_answered_mentions_nobody(socket_mode: SocketMode) -> None:
    async with listening(socket_mode):
        await asyncio.to_thread(socket_mode.press, "wirewatch_ack", "s1 a1", "<!channel> & co")
        await until(lambda: socket_mode.said)
    assert socket_mode.said[0]["text"] == "thanks, &lt;!channel&gt; &amp; co"


async def test_a_connection_that_breaks_is_made_anew(socket_mode: SocketMode) -> None:
    async with listening(socket_mode) as heard:
        await until(lambda: socket_mode.links == 1)
        await asyncio.to_thread(socket_mode.break_off)
        await until(lambda: socket_mode.links == 2)
        await asyncio.to_thread(socket_mode.press, "wirewatch_ack", "s1 a1")
        await until(lambda: heard)


@pytest.mark.parametrize("code", ["invalid_auth", "missing_scope", "not_allowed_token_type"])
async def test_a_token_that_is_no_good(socket_mode: SocketMode, code: str) -> None:
    socket_mode.refuses = code
    with pytest.raises(Closed, match=rf"buttons are not heard \({code}\): set WIREWATCH_SLACK_APP_TOKEN") as caught:
        await _listen(socket_mode.base_url)
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__}"


async def test_a_token_that_is_revoked_later(socket_mode: SocketMode) -> None:
    listens = asyncio.create_task(_listen(socket_mode.base_url, check=0.05))
    await until(lambda: socket_mode.links)
    socket_mode.refuses = "token_revoked"
    with pytest.raises(Closed, match="token_revoked"):
        await listens


@pytest.mark.parametrize("code", ["ratelimited", "internal_error"])
async def test_slack_is_in_trouble(socket_mode: SocketMode, code: str) -> None:
    socket_mode.refuses = code
    with pytest.raises(Retryable, match=rf"buttons are not heard \({code}\)"):
        await _listen(socket_mode.base_url)


async def test_slack_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(Retryable, match="buttons are not heard"):
        await _listen(f"http://127.0.0.1:{port}/api/")


async def _listen(base_url: str, **check: float) -> None:
    async def heed(press: Press) -> str:
        raise AssertionError("nobody pressed")

    await listen(settings(base_url), heed, asyncio.Event(), **check)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"actions": [{"action_id": "another", "value": "s a"}]}, id="a button of others"),
        pytest.param({"actions": [{"action_id": "wirewatch_ack"}]}, id="no value"),
        pytest.param({"actions": [{"action_id": "wirewatch_ack", "value": "s"}]}, id="half a value"),
    ],
)
def test_what_is_no_press(body: dict[str, Any]) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    ("user", "by"),
    [
        ({"username": "anna", "id": "U1"}, "anna"),
        ({"name": "anna\r\nb\u202e", "id": "U1"}, "anna b"),
        ({"id": "U1"}, "U1"),
        ({}, "somebody"),
    ],
)
def test_who_pressed(user: dict[str, str], by: str) -> None:
    press = read({"user": user, "actions": [{"action_id": "wirewatch_mute_story", "value": "s a"}]})
    assert press == Press(Wish.MUTE_STORY, "s", "a", by)


def test_an_app_token_needs_the_extra_which_is_there() -> None:
    assert missing(SlackConfig(type="slack", channel="#desk"), settings("https://slack.com/api/")) == ""
    assert APP_TOKEN not in repr(outside(settings("https://slack.com/api/")))


def test_without_the_extra_it_says_how_to_get_it() -> None:
    """In a process in which no package can be found any more."""
    code = (
        "import asyncio\n"
        "from monitor.channels.slack import SlackConfig\n"
        "from monitor.channels.slack_buttons import listen\n"
        "from monitor.config import load\n"
        "from monitor.errors import Closed\n"
        "import sys; sys.path.clear()\n"
        "settings = load({'WIREWATCH_SLACK_TOKEN': 'xoxb-1', 'WIREWATCH_SLACK_APP_TOKEN': 'xapp-1'})\n"
        "print(SlackConfig(type='slack', channel='#desk').missing(settings))\n"
        "try: asyncio.run(listen(settings, None, asyncio.Event()))\n"
        "except Closed as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    words = "buttons need slack-bolt: pip install 'wirewatch[slack-interactive]'"
    assert done.stdout == f"{words}\nSlack: {words}\n"
