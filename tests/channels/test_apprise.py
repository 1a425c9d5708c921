"""Apprise: no mention or link in its text, its URL in no message, and a clear word when the extra is absent.

What is told and how it is configured: `test_one_way`.
"""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from monitor.channels import build, render
from monitor.channels.apprise import AppriseConfig
from monitor.errors import Ambiguous
from monitor.ports import Channel
from tests.channels.contract.subjects import nobody, settings
from tests.channels.nasty import NASTY, alert
from tests.channels.samples import RAISED, delivery, outside
from tests.servers.receiver import ReceiverServer, Reply

CONFIG = AppriseConfig(type="apprise", secret="phone")
SECRET_PATH = "token-hunter2"


def channel(port: int) -> Channel:
    """Apprise's JSON service: what it is given, it posts."""
    url = f"json://anna:correct-horse@127.0.0.1:{port}/{SECRET_PATH}"
    return build("phone", CONFIG, outside(settings(SECRET_PHONE=url)))


def said(receiver: ReceiverServer) -> tuple[str, str]:
    """Title and text of the one message that came."""
    (post,) = receiver.posts
    written = json.loads(post.body)
    return written["title"], written["message"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@everyone look", "@\u200beveryone look"),
        ("mail a@b", "mail a@\u200bb"),
        ("at @ noon, 3 < 4", "at @ noon, 3 < 4"),
        ("<!channel> <@U012>", "<\u200b!channel> <\u200b@\u200bU012>"),
        ("[bbc.co.uk](http://evil.example)", "[bbc.co.uk]\u200b(http://evil.example)"),
    ],
)
async def test_nobody_is_mentioned_and_no_link_forged(receiver: ReceiverServer, text: str, shown: str) -> None:
    await channel(receiver.port).send(delivery(alert(text, "https://news.example/@anna/1")), None)
    title, body = said(receiver)
    assert title == shown
    assert "https://news.example/%40anna/1" in body.splitlines()
    assert text == shown or text not in body


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
async def test_no_text_breaks_out(receiver: ReceiverServer, text: str) -> None:
    event = alert(text)
    await channel(receiver.port).send(delivery(event), None)
    message = "\n".join(said(receiver))
    assert not re.search(r"@\w|<[^\s\u200b]|\]\(", message)
    plain = "\n".join(render.plain(event, whole=True))
    assert message.replace("\u200b", "").split() == plain.replace("\u200b", "").split()


@contextmanager
def logging_to(stream: io.StringIO) -> Iterator[None]:
    """What the service would log, at its most talkative; the receiver, which runs beside it, left out."""
    handler, level = logging.StreamHandler(stream), logging.root.level
    handler.addFilter(lambda record: record.name != "aiohttp.access")
    logging.root.addHandler(handler)
    logging.root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logging.root.setLevel(level)
        logging.root.removeHandler(handler)


@pytest.mark.parametrize(
    "reply", [Reply(403), Reply(500), Reply(429), Reply(reset=True)], ids=["403", "500", "429", "reset"]
)
async def test_a_failure_is_told_without_the_url(receiver: ReceiverServer, reply: Reply) -> None:
    receiver.replies = [reply]
    logged = io.StringIO()
    with logging_to(logged), pytest.raises(Ambiguous, match=r"Apprise \(JSON\): ") as caught:
        await channel(receiver.port).send(delivery(RAISED), None)
    told = f"{caught.value} {caught.value.__cause__} {logged.getvalue()}"
    assert not any(secret in told for secret in ("hunter2", "correct-horse", "anna", "127.0.0.1"))


async def test_nobody_there() -> None:
    with pytest.raises(Ambiguous, match="error occurred sending JSON notification to …"):
        await channel(nobody()).send(delivery(RAISED), None)


def test_without_the_extra_it_says_how_to_get_it() -> None:
    """In a process in which no package can be found any more."""
    code = (
        "from monitor.channels.apprise import AppriseConfig\n"
        "from monitor.config import Settings\n"
        "import sys; sys.path.clear()\n"
        "print(AppriseConfig(type='apprise', secret='phone').missing(Settings()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "it needs Apprise: pip install 'wirewatch[apprise]'\n"
