"""Channels that can only be spoken to, Slack's incoming webhooks and the services of Apprise: what they are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.channels import ChannelConfig, build, digest_text, missing, render, slack_message
from monitor.channels.apprise import AppriseConfig
from monitor.channels.slack_message import UNFURL_NOTHING, SlackMessage
from monitor.channels.slack_webhook import SlackWebhookConfig
from monitor.model import Event, Receipt
from tests.channels.contract.subjects import settings
from tests.channels.samples import (
    COPY,
    CORRECTION,
    DIGEST,
    RAISED,
    RECOVERY,
    REFILE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
    outside,
)
from tests.servers.receiver import ReceiverServer

EVENTS: Mapping[str, Event] = {
    "raised": RAISED,
    "update": UPDATE,
    "correction": CORRECTION,
    "withdrawal": WITHDRAWAL,
    "digest": DIGEST,
    "trouble": TROUBLE,
    "recovery": RECOVERY,
}
CONFIGS: TypeAdapter[Any] = TypeAdapter(ChannelConfig)


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them: where its messages go, what stands in one, and what each event is to look like."""

    config: ChannelConfig
    url: Callable[[ReceiverServer], str]
    said: Callable[[Any], object]
    expected: Mapping[str, object]


def _text(lines: list[str]) -> tuple[str, str]:
    """Title and text."""
    return lines[0], "\n".join(lines[1:]).strip()


def _content(message: SlackMessage) -> dict[str, object]:
    return {**message.content(), **UNFURL_NOTHING}


KINDS = {
    "slack-webhook": Kind(
        SlackWebhookConfig(type="slack-webhook", secret="phone"),
        lambda receiver: receiver.url("/services/T000/B000/hunter2"),
        lambda written: written,
        {
            "raised": _content(slack_message.card(RAISED)),
            "update": _content(slack_message.alone(UPDATE)),
            "correction": _content(slack_message.alone(CORRECTION)),
            "withdrawal": _content(slack_message.alone(WITHDRAWAL)),
            "digest": _content(slack_message.digest(DIGEST)),
            "trouble": _content(slack_message.ops(TROUBLE)),
            "recovery": _content(slack_message.ops(RECOVERY)),
        },
    ),
    "apprise": Kind(
        AppriseConfig(type="apprise", secret="phone"),
        lambda receiver: f"json://127.0.0.1:{receiver.port}/hunter2",
        lambda written: (written["title"], written["message"]),
        {
            "raised": _text(render.plain(RAISED, whole=True)),
            "update": _text(render.plain_alone(UPDATE)),
            "correction": _text(render.plain_alone(CORRECTION)),
            "withdrawal": _text(render.plain_alone(WITHDRAWAL)),
            "digest": _text(digest_text.lines(DIGEST)),
            "trouble": _text(render.plain_ops(TROUBLE)),
            "recovery": _text(render.plain_ops(RECOVERY)),
        },
    ),
}


@pytest.fixture(params=list(KINDS.values()), ids=list(KINDS))
def kind(request: pytest.FixtureRequest) -> Kind:
    assert isinstance(request.param, Kind)
    return request.param


@pytest.mark.parametrize("name", EVENTS)
async def test_a_message(receiver: ReceiverServer, kind: Kind, name: str) -> None:
    channel, root = build("phone", kind.config, outside(settings(SECRET_PHONE=kind.url(receiver)))), Receipt("x")
    assert await channel.send(delivery(EVENTS[name]), root) == root
    assert [kind.said(json.loads(post.body)) for post in receiver.posts] == [kind.expected[name]]


@pytest.mark.parametrize("event", [COPY, REFILE], ids=["copy", "edit"])
async def test_what_is_not_worth_a_message(receiver: ReceiverServer, kind: Kind, event: Event) -> None:
    channel = build("phone", kind.config, outside(settings(SECRET_PHONE=kind.url(receiver))))
    assert await channel.send(delivery(event), None) is None
    assert receiver.posts == []


async def test_nothing_is_looked_for(receiver: ReceiverServer, kind: Kind) -> None:
    channel = build("phone", kind.config, outside(settings(SECRET_PHONE=kind.url(receiver))))
    await channel.send(delivery(RAISED), None)
    assert await channel.find(delivery(RAISED), None) is None
    assert len(receiver.posts) == 1


def test_it_says_what_it_lacks(kind: Kind) -> None:
    (lack,) = kind.config.lacks()
    assert "know no threads" in lack or "knows no threads" in lack


@pytest.mark.parametrize(
    ("name", "url", "words"),
    [
        ("slack-webhook", "https://hooks.slack.com/services/T/B/x", ""),
        ("slack-webhook", "", "WIREWATCH_SECRET_PHONE is not set (nor WIREWATCH_SECRET_PHONE_FILE)"),
        ("slack-webhook", "hooks.slack.com/hunter2", "is not an address such as https://hooks.slack.com"),
        ("apprise", "json://127.0.0.1/x", ""),
        ("apprise", "tgram://123456789:abcdefg_hijklmnop/12315544/", ""),
        ("apprise", "", "WIREWATCH_SECRET_PHONE is not set (nor WIREWATCH_SECRET_PHONE_FILE)"),
        ("apprise", "hunter2", "WIREWATCH_SECRET_PHONE is not the URL of one service that Apprise knows"),
        ("apprise", "nosuch://hunter2/x", "is not the URL of one service"),
        ("apprise", "tgram://hunter2", "is not the URL of one service"),
        ("apprise", "json://127.0.0.1/x, json://127.0.0.1/y", "is not the URL of one service"),
    ],
)
def test_missing(name: str, url: str, words: str) -> None:
    lacking = missing(KINDS[name].config, settings(SECRET_PHONE=url))
    assert words in lacking
    assert bool(words) is bool(lacking)
    assert "hunter2" not in lacking


@pytest.mark.parametrize("url", ["https://hooks.slack.com/services/T/B/x", "tgram://123456789:abcdefg/1"])
@pytest.mark.parametrize("name", KINDS)
def test_its_address_is_not_for_yaml(name: str, url: str) -> None:
    with pytest.raises(ValidationError, match="never the secret itself"):
        CONFIGS.validate_python({"type": name, "secret": url})
