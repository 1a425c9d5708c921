"""Slack by an incoming webhook: where it posts, and what its answers mean.

What is told and how it is configured: `test_one_way`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.channels import build, slack_message
from monitor.channels.slack_webhook import SlackWebhookConfig
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.ports import Channel
from tests.channels.contract.subjects import SLACK_PATH, settings
from tests.channels.samples import (
    CORRECTION,
    RAISED,
    delivery,
    outside,
)
from tests.channels.test_slack_message import check, shown
from tests.servers.receiver import ReceiverServer, Reply

CONFIG = SlackWebhookConfig(type="slack-webhook", secret="desk-slack")


def channel(receiver: ReceiverServer) -> Channel:
    return build("desk", CONFIG, outside(settings(SECRET_DESK_SLACK=receiver.url(f"/services/{SLACK_PATH}"))))


async def test_where_it_posts(receiver: ReceiverServer) -> None:
    await channel(receiver).send(delivery(RAISED), None)
    assert [post.path for post in receiver.posts] == [f"/services/{SLACK_PATH}"]


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
