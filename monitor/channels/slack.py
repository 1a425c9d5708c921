"""Slack, by bot token: one message for an alert, edited in place, its news in the thread.

Scopes: `chat:write`. With `channels:read` (and `groups:read` for private
channels) a wrong name is found at start; with `channels:history` (and
`groups:history`) a message whose answer was lost is looked for before it is
sent again. Where it cannot be looked for, `in_doubt` says whether it is sent
again or held for an operator.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from monitor.channels import slack_buttons, slack_message
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside
from monitor.channels.slack_api import ENDLESS, TIMEOUT, Api, Refused, Shut
from monitor.channels.slack_message import SlackMessage
from monitor.config import Settings, unset
from monitor.durations import Duration
from monitor.errors import Ambiguous, Permanent, Retryable
from monitor.model import AlertEvent, Delivery, DigestEvent, Event, EventKind, Manner, OpsEvent, Receipt

METADATA = "wirewatch_delivery"
SKEW = 600.0
"""Seconds by which Slack's clock and ours may differ when a message is looked for."""

_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_NAME = re.compile(r"#?[^\s#@,<>&A-Z]{1,80}")
_GONE = {"message_not_found", "thread_not_found", "cannot_reply_to_message"}
_NOT_EDITABLE = {"cant_update_message", "edit_window_closed"}
_BLIND = {"missing_scope", "not_in_channel", ENDLESS}
"""Why a message cannot be looked for although one may be sent."""


# ── The channel ─────────────────────────────────────────────────────────────


def _channel(value: object) -> object:
    if value is None:  # what YAML makes of an unquoted #name
        raise ValueError('empty: # starts a comment in YAML, so write the channel in quotes, such as "#world-desk"')
    if isinstance(value, str) and not (_ID.fullmatch(value) or _NAME.fullmatch(value)):
        raise ValueError(f'{value!r} is not a channel: write "#world-desk" in quotes, or an id such as C0123456789')
    return value


InDoubt: TypeAlias = Literal["resend", "hold"]


class SlackConfig(Config):
    """`{type: slack, channel: "#world-desk"}`."""

    type: Literal["slack"]
    channel: Annotated[str, BeforeValidator(_channel)]
    gather: Annotated[Duration, Field(ge=0, le=30)] = Field(
        default=20.0,
        description="How long copies are gathered before the alert's message is edited, up to 30s; 0s: not at all.",
    )
    in_doubt: InDoubt = Field(
        default="resend",
        description="A message whose answer was lost, where the app may not read the channel's history: send it again, "
        "or hold it among the dead letters.",
    )

    def missing(self, settings: Settings) -> str:
        lacks = [] if settings.slack_token else [unset("slack_token")]
        if settings.slack_app_token and not slack_buttons.installed():
            lacks.append(slack_buttons.NEEDED)
        return "; ".join(lacks)

    def patience(self, event: Event) -> float:
        if isinstance(event, AlertEvent) and event.kind is EventKind.ATTACHED and event.manner is not Manner.PING:
            return self.gather
        return 0.0

    def build(self, name: str, outside: Outside) -> SlackChannel:
        return SlackChannel(name, self, outside)


class SlackChannel:
    """A Slack channel. A receipt's `ref` is `CHANNEL_ID/TS`, the address of the alert's message.

    Every event after the first edits that message, which may be repeated
    without harm, and only then replies; so a lost answer leaves at most the
    reply in doubt, and `find` looks for it in the thread. Of copies that go out
    together only the last edits.

    A message that somebody deleted is not posted again: its later events are
    settled. An alert whose first message was never accepted is posted with the
    first event that is more than an edit.
    """

    pace = 1.0
    """Seconds: what Slack allows a channel."""

    def __init__(self, name: str, config: SlackConfig, outside: Outside, *, timeout: int = TIMEOUT) -> None:
        self.name = name
        self._channel = config.channel.removeprefix("#")
        self._id = self._channel if _ID.fullmatch(self._channel) else ""
        self._shown = self._id or f"#{self._channel}"
        self._in_doubt = config.in_doubt
        self._api = Api(self._shown, outside, timeout)
        self._buttons = outside.settings.slack_app_token is not None

    async def open(self) -> tuple[str, ...]:
        """Check the token, and the channel as far as the token's scopes allow; what they do not allow.

        Raises `Retryable` when Slack cannot be reached, `Closed` with what an
        operator has to do.
        """
        answer = await self._api.read("auth.test")
        self._api.bot = str(answer.get("user") or self._api.bot)
        scopes = str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(",")
        known = scopes != [""]
        if known and "chat:write" not in scopes:
            raise self._api.refusal("missing_scope", "chat:write")
        lacks = [await self._check_channel(open_to_all="chat:write.public" in scopes or not known)]
        lacks.append(await self._check_history())
        return tuple(filter(None, lacks))

    async def _check_channel(self, *, open_to_all: bool) -> str:
        """Raises `Shut` for a channel in which nothing can be posted. What cannot be checked, in words."""
        try:
            channel = await self._look_up()
        except Shut as shut:
            if shut.code != "missing_scope":
                raise
            return f"without the scope {shut.needed} the channel's name and membership show with the first message"
        self._id = str(channel["id"])
        if channel.get("is_archived"):
            raise self._api.refusal("is_archived")
        if channel.get("is_member") is False and not open_to_all:
            raise self._api.refusal("not_in_channel")
        return ""

    async def _check_history(self) -> str:
        """Why messages cannot be looked for, and what comes of it, in words; empty: they can."""
        try:
            await self._api.read("conversations.history", channel=await self._channel_id(), limit="1")
        except Shut as shut:
            if shut.code not in _BLIND:
                raise
            fate = "sent again" if self._in_doubt == "resend" else "held among the dead letters"
            return f"{_unseen(shut)}: a message whose answer was lost is {fate} (in_doubt: {self._in_doubt})"
        return ""

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        event = delivery.event
        if isinstance(event, OpsEvent):
            return await self._post(slack_message.ops(event), delivery.id)
        if isinstance(event, DigestEvent):
            return await self._post(slack_message.digest(event), delivery.id)
        act = acts(event).slack
        if act is Act.EDIT and root is None:
            return None  # nobody was told: there is nothing to change
        if act is Act.POST or root is None:
            return await self._post(slack_message.card(event, buttons=self._buttons), delivery.id)
        stands = delivery.followed or await self._edit(slack_message.card(event, buttons=self._buttons), root)
        if stands and act is not Act.EDIT:
            await self._reply(event, delivery.id, root, broadcast=act is Act.BROADCAST)
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Look for a message with the delivery's id in its metadata.

        None also for an event that only edits, which may be repeated. Raises
        `Retryable` when Slack cannot be reached or asks to wait, and `Permanent`
        for what cannot be looked for and is to be held.
        """
        event = delivery.event
        act = acts(event).slack if isinstance(event, AlertEvent) else Act.POST
        if act is Act.EDIT:
            return None
        try:
            if root is None or act is Act.POST:
                return await self._search("conversations.history", delivery, channel=await self._channel_id())
            channel, ts = _address(root)
            return root if await self._search("conversations.replies", delivery, channel=channel, ts=ts) else None
        except Refused:  # the thread is gone
            return None
        except Shut as shut:
            if shut.code not in _BLIND:
                raise
            if self._in_doubt == "hold":
                words = f"look whether it stands in {self._shown}; if not, send it again (`--anyway`), else let it go"
                raise Permanent(f"Slack: its answer was lost, and {_unseen(shut)}: {words}") from None
            return None

    async def close(self) -> None:
        """Nothing to do: each call has a connection of its own."""

    # ── Writing ─────────────────────────────────────────────────────────────

    async def _post(self, message: SlackMessage, delivery_id: str, **thread: object) -> Receipt:
        answer = await self._api.write(
            "chat.postMessage",
            {
                "channel": self._id or self._channel,
                **slack_message.UNFURL_NOTHING,
                "metadata": {"event_type": METADATA, "event_payload": {"delivery_id": delivery_id}},
                **message.content(),
                **thread,
            },
        )
        if not thread:
            self._id = str(answer["channel"])
        return Receipt(f"{answer['channel']}/{answer['ts']}")

    async def _edit(self, message: SlackMessage, root: Receipt) -> bool:
        """Show the card as it is now; false when its message is gone."""
        channel, ts = _address(root)
        try:
            await self._api.write("chat.update", {"channel": channel, "ts": ts, **message.content()})
        except Refused as refused:
            if refused.code not in _NOT_EDITABLE | _GONE:
                raise
            return refused.code in _NOT_EDITABLE  # what cannot be edited can still be replied to
        except Shut as shut:
            if self._id in (channel, ""):
                raise
            raise Permanent(f"{shut} (the alert stands in {channel}, from before routes.yaml changed)") from None
        except Ambiguous as error:
            raise Retryable(str(error)) from None  # an edit does no harm twice
        return True

    async def _reply(self, event: AlertEvent, delivery_id: str, root: Receipt, *, broadcast: bool) -> None:
        channel, ts = _address(root)
        try:
            await self._post(
                slack_message.reply(event), delivery_id, channel=channel, thread_ts=ts, reply_broadcast=broadcast
            )
        except Refused as refused:
            if refused.code not in _GONE:
                raise

    # ── Reading ─────────────────────────────────────────────────────────────

    async def _search(self, method: str, delivery: Delivery, **where: str) -> Receipt | None:
        oldest = delivery.due - SKEW
        written = self._api.each(method, "messages", **where, oldest=f"{oldest:.6f}", include_all_metadata="true")
        async for message in written:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("delivery_id") == delivery.id:
                return Receipt(f"{where['channel']}/{message['ts']}")
        return None

    async def _channel_id(self) -> str:
        """The channel's id, which reading needs. Raises `Shut` when it cannot be learnt."""
        if not self._id:
            self._id = str((await self._look_up())["id"])
        return self._id

    async def _look_up(self) -> dict[str, Any]:
        """What Slack knows of the channel. Raises `Shut` when there is none of that name, or the token may not ask."""
        if _ID.fullmatch(self._channel):
            answer = await self._api.read("conversations.info", channel=self._channel)
            return dict(answer["channel"])
        for kind in ("public_channel", "private_channel"):
            async for channel in self._api.each("conversations.list", "channels", types=kind):
                if channel.get("name") == self._channel:
                    return channel
        raise self._api.refusal("channel_not_found")


def _unseen(shut: Shut) -> str:
    """Why a message cannot be looked for."""
    match shut.code:
        case "missing_scope":
            return f"without the scope {shut.needed} nothing can be looked for"
        case "not_in_channel":
            return "where the bot is no member nothing can be looked for"
        case _:
            return "there is too much in the channel to look through"


def _address(receipt: Receipt) -> tuple[str, str]:
    channel, _, ts = receipt.ref.partition("/")
    return channel, ts
