"""Slack by an incoming webhook: what is said, what is not, and what its answers mean."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from monitor.channels import ChannelConfig, build, missing, slack_message
from monitor.channels.slack_message import SlackMessage
from monitor.channels.slack_webhook import SlackWebhookConfig
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Event, Receipt
from monitor.ports import Channel
from tests.channels.contract.subjects import SLACK_PATH, settings
from tests.channels.samples import (
    COPY,
    CORRECTION,
    DIGEST,
    RAISED,
    REFILE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
    outside,
)
from tests.channels.test_slack_message import check, shown
from tests.servers.receiver import ReceiverServer, Reply

CONFIG = SlackWebhookConfig(type="slack-webhook", secret="desk-slack")


def channel(receiver: ReceiverServer) -> Channel:
    return build("desk", CONFIG, outside(settings(SECRET_DESK_SLACK=receiver.url(f"/services/{SLACK_PATH}"))))


def said(receiver: ReceiverServer) -> list[dict[str, Any]]:
    return [json.loads(post.body) for post in receiver.posts]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(RAISED, slack_message.card(RAISED), id="raised"),
        pytest.param(UPDATE, slack_message.alone(UPDATE), id="update"),
        pytest.param(CORRECTION, slack_message.alone(CORRECTION), id="correction"),
        pytest.param(WITHDRAWAL, slack_message.alone(WITHDRAWAL), id="withdrawal"),
        pytest.param(DIGEST, slack_message.digest(DIGEST), id="digest"),
        pytest.param(TROUBLE, slack_message.ops(TROUBLE), id="ops"),
    ],
)
async def test_a_message(receiver: ReceiverServer, event: Event, message: SlackMessage) -> None:
    root = Receipt("x")
    assert await channel(receiver).send(delivery(event), root) == root
    assert [post.path for post in receiver.posts] == [f"/services/{SLACK_PATH}"]
    assert said(receiver) == [
        {
            "text": message.text,
            "blocks": message.blocks,
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }
    ]


@pytest.mark.parametrize("event", [COPY, REFILE], ids=["copy", "edit"])
async def test_what_is_not_worth_a_message(receiver: ReceiverServer, event: AlertEvent) -> None:
    assert await channel(receiver).send(delivery(event), None) is None
    assert receiver.posts == []


def test_news_say_on_which_alert() -> None:
    event = replace(CORRECTION, item=replace(CORRECTION.item, title="CORRECTED: Two ministers meet"))
    message = slack_message.alone(event)
    check(message)
    assert shown(message).startswith("Correction · Globe Wire\nCORRECTED: Two ministers meet")
    assert shown(message).endswith("On the alert Ministers hail a new world order")
    assert message.text.endswith(
        "On the alert “Ministers hail a new world order”\nhttps://globe.example/news/1?a=1&amp;b=2"
    )


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        pytest.param(Reply(400, "invalid_payload"), Permanent, r"answered 400 \(invalid_payload\)", id="400"),
        pytest.param(Reply(403, "action_prohibited"), Closed, "a workspace setting keeps it from posting", id="403"),
        pytest.param(
            Reply(404, "no_service"), Closed, "gone: make a new webhook and set WIREWATCH_SECRET_DESK", id="404"
        ),
        pytest.param(Reply(410, "channel_is_archived"), Closed, "its channel is archived: unarchive it", id="410"),
        pytest.param(Reply(429), Retryable, "answered 429", id="429"),
        pytest.param(Reply(500, "rollup_error"), Ambiguous, "rollup_error", id="500"),
        pytest.param(Reply(302, headers={"Location": "/"}), Closed, "redirects are not followed", id="302"),
    ],
)
async def test_refused(receiver: ReceiverServer, reply: Reply, error: type[ChannelError], words: str) -> None:
    receiver.replies = [reply]
    with pytest.raises(error, match=f"Slack: 127.0.0.1.*{words}") as caught:
        await channel(receiver).send(delivery(RAISED), None)
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__}"


async def test_nothing_is_looked_for(receiver: ReceiverServer) -> None:
    desk = channel(receiver)
    await desk.send(delivery(RAISED), None)
    assert await desk.find(delivery(RAISED), None) is None
    assert len(receiver.posts) == 1


# ── Configuration ───────────────────────────────────────────────────────────


def test_it_says_what_it_lacks() -> None:
    (lack,) = CONFIG.lacks()
    assert "no threads" in lack
    assert "type: slack" in lack


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://hooks.slack.com/services/T/B/x", ""),
        ("", "WIREWATCH_SECRET_DESK_SLACK is not set"),
        ("hooks.slack.com/hunter2", "WIREWATCH_SECRET_DESK_SLACK is not an address such as https://hooks.slack.com"),
    ],
)
def test_missing(url: str, words: str) -> None:
    lacking = missing(CONFIG, settings(SECRET_DESK_SLACK=url))
    assert words in lacking
    assert bool(words) is bool(lacking)
    assert "hunter2" not in lacking


def test_the_address_is_not_for_yaml() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(ChannelConfig)
    with pytest.raises(ValidationError, match="never the secret itself"):
        adapter.validate_python({"type": "slack-webhook", "secret": "https://hooks.slack.com/services/T/B/x"})
