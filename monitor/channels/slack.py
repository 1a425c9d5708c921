"""Slack, by bot token: one message for an alert, edited in place, its news in the thread.

Scopes: `chat:write`. With `channels:read` (and `groups:read` for private
channels) a wrong name is found at start; with `channels:history` (and
`groups:history`) a message whose answer was lost is looked for before it is
sent again. Without the history scope it cannot be found and is sent again.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import aiohttp
from pydantic import BeforeValidator
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from monitor.channels import slack_message
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside, unset
from monitor.channels.slack_message import SlackMessage
from monitor.config import Settings
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Delivery, DigestEvent, OpsEvent, Receipt

TIMEOUT = 8
"""Seconds for one call, whole; an edit, a reply and a look-up fit into a delivery's lease."""
METADATA = "wirewatch_delivery"
SKEW = 600.0
"""Seconds by which Slack's clock and ours may differ when a message is looked for."""
PAGE = 200
MOST_PAGES = 20

_ID = re.compile(r"[CGD][A-Z0-9]{6,}")
_NAME = re.compile(r"#?[^\s#@,<>&A-Z]{1,80}")


# ── What Slack says no with ─────────────────────────────────────────────────

_TOKEN = "set WIREWATCH_SLACK_TOKEN to the bot token (xoxb-…) of an installed app"  # noqa: S105 (words, no token)
_WORDS = {
    "not_authed": f"there is no token: {_TOKEN}",
    "invalid_auth": f"the token is not valid: {_TOKEN}",
    "token_revoked": f"the token was revoked: {_TOKEN}",
    "token_expired": f"the token has expired: {_TOKEN}",
    "account_inactive": f"the bot was removed or its workspace closed: {_TOKEN}",
    "missing_scope": "the app lacks the scope {needed}: add it under OAuth & Permissions and install the app again",
    "channel_not_found": "there is no channel {channel} that the bot can see: check the name in routes.yaml; "
    "into a private channel invite it with /invite @{bot}",
    "not_in_channel": "the bot is not in {channel}: invite it with /invite @{bot}",
    "is_archived": "{channel} is archived: unarchive it, or name another channel in routes.yaml",
    "restricted_action": "a workspace setting keeps apps from posting in {channel}",
    "msg_too_long": "the message is longer than Slack takes",
}
_SHUT = {
    *("not_authed", "invalid_auth", "token_revoked", "token_expired", "account_inactive", "missing_scope"),
    *("channel_not_found", "not_in_channel", "is_archived", "restricted_action"),
}
"""Refusals of the channel as it is now, whatever the message."""
_LATER = {
    "ratelimited": "too many messages at once",
    "rate_limited": "too many messages at once",
    "service_unavailable": "it is out of service for the moment",
    "request_timeout": "the request did not arrive whole",
    "team_added_to_org": "the workspace is being moved",
    "org_login_required": "the workspace is being moved",
}
_UNCLEAR = {"internal_error", "fatal_error"}
_GONE = {"message_not_found", "thread_not_found"}
_NOT_EDITABLE = {"cant_update_message", "edit_window_closed"}


class _Refused(Permanent):
    """A clear no to this message, with Slack's own word for it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


class _Shut(Closed):
    """A no to all messages, with Slack's own word for it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


# ── The channel ─────────────────────────────────────────────────────────────


def _channel(value: object) -> object:
    if value is None:  # what YAML makes of an unquoted #name
        raise ValueError('empty: # starts a comment in YAML, so write the channel in quotes, such as "#world-desk"')
    if isinstance(value, str) and not (_ID.fullmatch(value) or _NAME.fullmatch(value)):
        raise ValueError(f'{value!r} is not a channel: write "#world-desk" in quotes, or an id such as C0123456789')
    return value


class SlackConfig(Config):
    """`{type: slack, channel: "#world-desk"}`."""

    type: Literal["slack"]
    channel: Annotated[str, BeforeValidator(_channel)]

    def missing(self, settings: Settings) -> str:
        return "" if settings.slack_token else unset("slack_token")

    def build(self, name: str, outside: Outside) -> SlackChannel:
        token = outside.settings.slack_token
        return SlackChannel(
            name,
            self.channel,
            token=token.get_secret_value() if token else "",
            base_url=outside.settings.slack_base_url,
        )


class SlackChannel:
    """A Slack channel. A receipt's `ref` is `CHANNEL_ID/TS`, the address of the alert's message.

    Every event after the first edits that message, which may be repeated
    without harm, and only then replies; so a lost answer leaves at most the
    reply in doubt, and `find` looks for it in the thread.

    A message that somebody deleted is not posted again: its later events are
    settled. An alert whose first message was never accepted is posted with the
    first event that is more than an edit.
    """

    pace = 1.0
    """Seconds: what Slack allows a channel."""

    def __init__(self, name: str, channel: str, *, token: str, base_url: str, timeout: int = TIMEOUT) -> None:
        self.name = name
        self._shown = channel if _ID.fullmatch(channel) else f"#{channel.removeprefix('#')}"
        self._channel = channel.removeprefix("#")
        self._id = channel if _ID.fullmatch(channel) else ""
        self._bot = "wirewatch"
        self._client = AsyncWebClient(
            token=token,
            base_url=base_url,
            timeout=timeout,
            retry_handlers=[],  # its own would post again after a lost answer
        )

    async def open(self) -> tuple[str, ...]:
        """Check the token, and the channel as far as the token's scopes allow.

        Raises `Retryable` when Slack cannot be reached, `Closed` with what an
        operator has to do.
        """
        answer = await self._read("auth.test")
        self._bot = str(answer.get("user") or self._bot)
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        channel = await self._look_up()
        if channel is not None and channel.get("is_archived"):
            raise self._refusal("is_archived")
        open_to_all = "chat:write.public" in scopes or not scopes
        if channel is not None and channel.get("is_member") is False and not open_to_all:
            raise self._refusal("not_in_channel")
        return ()

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
            return await self._post(slack_message.card(event), delivery.id)
        if await self._edit(slack_message.card(event), root) and act is not Act.EDIT:
            await self._reply(event, delivery.id, root, broadcast=act is Act.BROADCAST)
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        """Look for a message with the delivery's id in its metadata.

        None also when the token may not read the channel's history, and for
        an event that only edits, which may be repeated. Raises `Retryable`
        when Slack cannot be reached or asks to wait.
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
        except (_Refused, _Shut):
            return None

    async def close(self) -> None:
        """Nothing to do: each call has a connection of its own."""

    # ── Writing ─────────────────────────────────────────────────────────────

    async def _post(self, message: SlackMessage, delivery_id: str, **thread: object) -> Receipt:
        answer = await self._call(
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
            await self._call("chat.update", {"channel": channel, "ts": ts, **message.content()})
        except _Refused as refused:
            if refused.code not in _NOT_EDITABLE | _GONE:
                raise
            return refused.code in _NOT_EDITABLE  # what cannot be edited can still be replied to
        except _Shut as shut:
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
        except _Refused as refused:
            if refused.code not in _GONE:
                raise

    # ── Reading ─────────────────────────────────────────────────────────────

    async def _search(self, method: str, delivery: Delivery, **where: str) -> Receipt | None:
        oldest = max(delivery.created_at, delivery.not_before) - SKEW
        written = self._each(method, "messages", **where, oldest=f"{oldest:.6f}", include_all_metadata="true")
        async for message in written:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("delivery_id") == delivery.id:
                return Receipt(f"{where['channel']}/{message['ts']}")
        return None

    async def _channel_id(self) -> str:
        """The channel's id, which reading needs; raises `_Shut` when it cannot be learnt."""
        if not self._id:
            await self._look_up()
        if not self._id:
            raise self._refusal("channel_not_found")
        return self._id

    async def _look_up(self) -> dict[str, Any] | None:
        """What Slack knows of the channel; None when the token may not ask.

        Raises `_Shut` when the token may ask and there is no such channel.
        """
        try:
            if _ID.fullmatch(self._channel):
                answer = await self._read("conversations.info", channel=self._channel)
                return dict(answer["channel"])
            return await self._listed()
        except _Shut as shut:
            if shut.code != "missing_scope":
                raise
            return None

    async def _listed(self) -> dict[str, Any]:
        """The channel from the list of all, public ones first."""
        for kind in ("public_channel", "private_channel"):
            async for channel in self._each("conversations.list", "channels", types=kind):
                if channel.get("name") == self._channel:
                    self._id = str(channel["id"])
                    return channel
        raise self._refusal("channel_not_found")

    async def _each(self, method: str, rows: str, **form: str) -> AsyncIterator[dict[str, Any]]:
        """The rows of a list that comes in pages, as far as is worth waiting for."""
        for _ in range(MOST_PAGES):
            answer = await self._read(method, limit=str(PAGE), **form)
            for row in answer.get(rows) or []:
                yield row
            form["cursor"] = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not form["cursor"]:
                return

    # ── Calling ─────────────────────────────────────────────────────────────

    async def _read(self, method: str, **form: str) -> AsyncSlackResponse:
        """A call that changes nothing, so that a lost answer is no matter."""
        try:
            return await self._call(method, form=form)
        except Ambiguous as error:
            raise Retryable(str(error)) from None

    async def _call(
        self, method: str, body: dict[str, object] | None = None, form: dict[str, str] | None = None
    ) -> AsyncSlackResponse:
        """One call, its failures told apart by whether Slack may have acted on it.

        Causes are not chained: they hold the request with its token.
        """
        try:
            return await self._client.api_call(method, json=body, data=form)
        except SlackApiError as error:
            raise self._judged(error) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise Retryable(f"Slack: cannot be reached: {error}") from None
        except TimeoutError:
            raise Ambiguous("Slack: no answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Ambiguous(
                f"Slack: the connection broke before it answered: {error or type(error).__name__}"
            ) from None
        except (ValueError, AttributeError):  # what slack_sdk does with a body that is not JSON
            raise Ambiguous("Slack: something else answered in its place (a proxy?)") from None

    def _judged(self, error: SlackApiError) -> ChannelError:
        answer = error.response
        if not isinstance(answer, AsyncSlackResponse):
            return Ambiguous("Slack: answered with something that is not JSON")
        if answer.status_code == 429:
            return Retryable("Slack: too many messages at once", _seconds(answer.headers.get("Retry-After")))
        if answer.status_code >= 500:
            return Ambiguous(f"Slack: in trouble, it answered {answer.status_code}")
        data = answer.data if isinstance(answer.data, dict) else {}
        code = str(data.get("error", ""))
        if code in _UNCLEAR:
            return Ambiguous(f"Slack: in trouble, it answered {code}")
        if code in _LATER:
            return Retryable(f"Slack: {_LATER[code]}", _seconds(answer.headers.get("Retry-After")))
        if not code:
            return Closed(f"Slack: it answered {answer.status_code}: is WIREWATCH_SLACK_BASE_URL right?")
        return self._refusal(code, needed=str(data.get("needed", "")))

    def _refusal(self, code: str, needed: str = "") -> _Refused | _Shut:
        words = _WORDS.get(code, f"refused with {code}")
        told = "Slack: " + words.format(channel=self._shown, bot=self._bot, needed=needed or "it needs")
        return _Shut(told, code) if code in _SHUT else _Refused(told, code)


def _address(receipt: Receipt) -> tuple[str, str]:
    channel, _, ts = receipt.ref.partition("/")
    return channel, ts


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
