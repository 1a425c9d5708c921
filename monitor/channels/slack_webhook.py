"""Slack by an incoming webhook: messages and nothing else, for workspaces where no bot may be installed.

Such a webhook answers `ok` and no more: its messages have no address, so none
can be edited, replied to or looked for. What changes the picture is told in a
message of its own; copies are not told at all.
"""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field

from monitor.channels import render, slack_message
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside
from monitor.channels.receiver import Receiver
from monitor.channels.slack_message import SlackMessage
from monitor.config import SecretName, Settings, unset_secret, variable
from monitor.model import Delivery, DigestEvent, OpsEvent, Receipt

LACKS = (
    "incoming webhooks edit nothing and know no threads: corrections and withdrawals are messages of their own, copies "
    "are not shown, and a message whose answer was lost is sent again; with a bot token (type: slack) it is otherwise"
)


class SlackWebhookConfig(Config):
    """`{type: slack-webhook, secret: desk-slack}`."""

    type: Literal["slack-webhook"]
    secret: SecretName = Field(description="Name of the webhook's URL: desk-slack is WIREWATCH_SECRET_DESK_SLACK.")

    def missing(self, settings: Settings) -> str:
        url = settings.secret(self.secret)
        if not url:
            return unset_secret(self.secret)
        return (
            "" if render.link(url) else f"{variable(self.secret)} is not an address such as https://hooks.slack.com/…"
        )

    def lacks(self) -> tuple[str, ...]:
        return (LACKS,)

    def build(self, name: str, outside: Outside) -> SlackWebhookChannel:
        return SlackWebhookChannel(name, self.secret, outside)


class SlackWebhookChannel:
    """A Slack channel that can only be spoken to. There are no receipts."""

    pace = 1.0
    """Seconds: what Slack allows a channel."""

    def __init__(self, name: str, secret: str, outside: Outside) -> None:
        self.name = name
        anew = f"make a new webhook and set {variable(secret)} to its address"
        shut = {
            403: f"a workspace setting keeps it from posting: allow it, or {anew}",
            404: f"the webhook or its channel is gone: {anew}",
            410: f"its channel is archived: unarchive it, or {anew}",
        }
        self._receiver = Receiver("Slack", outside.settings.secret(secret), outside, shut)

    async def open(self) -> tuple[str, ...]:
        """Nothing is asked: a webhook takes messages only."""
        return ()

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        if message := _message(delivery):
            await self._receiver.post(json.dumps({**message.content(), **slack_message.UNFURL_NOTHING}))
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:  # noqa: ARG002 (the port's)
        """Always None: a webhook reads nothing back."""
        return None

    async def close(self) -> None:
        """Nothing to do: each call has a connection of its own."""


def _message(delivery: Delivery) -> SlackMessage | None:
    event = delivery.event
    if isinstance(event, OpsEvent):
        return slack_message.ops(event)
    if isinstance(event, DigestEvent):
        return slack_message.digest(event)
    match acts(event).one_way:
        case Act.POST:
            return slack_message.card(event)
        case Act.NOTHING:  # a copy elsewhere, or a small change, is not worth a message
            return None
        case _:
            return slack_message.alone(event)
