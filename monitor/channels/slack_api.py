"""Slack's Web API: one call, and what its failure means.

Whether Slack may have acted on a call is told apart from whether it has not:
what the channel promises rests on it. A method to which Slack answered 429 is
left alone until the time that it named, by every process: that is kept in the
store, for the workspace, which is that of the one token.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from monitor.channels.config import Outside
from monitor.durations import written
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable

TIMEOUT = 8
"""Seconds for one call, whole; an edit, a reply and a look-up fit into a delivery's lease."""
PAGE = 200
MOST_PAGES = 20

ENDLESS = "endless"
"""Our own word, beside Slack's: a list went on for longer than is worth waiting for."""

_TOKEN = "set WIREWATCH_SLACK_TOKEN to the bot token (xoxb-…) of an installed app"  # noqa: S105 (words, no token)
_LET_IN = "ask an administrator of the workspace to let the app in"
_SHUT = {
    "not_authed": f"there is no token: {_TOKEN}",
    "invalid_auth": f"the token is not valid: {_TOKEN}",
    "token_revoked": f"the token was revoked: {_TOKEN}",
    "token_expired": f"the token has expired: {_TOKEN}",
    "account_inactive": f"the bot was removed or its workspace closed: {_TOKEN}",
    "not_allowed_token_type": f"the token is not that of a bot: {_TOKEN}",
    "missing_scope": "the app lacks the scope {needed}: add it under OAuth & Permissions and install the app again",
    "channel_not_found": (
        "there is no channel {channel} that the bot can see: check the name in routes.yaml; "
        "into a private channel invite it with /invite @{bot}"
    ),
    "not_in_channel": "the bot is not in {channel}: invite it with /invite @{bot}",
    "is_archived": "{channel} is archived: unarchive it, or name another channel in routes.yaml",
    "restricted_action": "a workspace setting keeps apps from posting in {channel}: allow it, or name another channel",
    "access_denied": f"the workspace keeps the app out: {_LET_IN}",
    "no_permission": f"the app may not do this: {_LET_IN}",
    "team_access_not_granted": f"the app is not installed in the workspace of {{channel}}: {_LET_IN}",
    "accesslimited": "the workspace takes no calls from this network: have its administrator allow our address",
    ENDLESS: f"{{channel}} is not among the first {PAGE * MOST_PAGES} channels: write its id (C…) in routes.yaml",
}
"""Refusals of the channel as it is now, whatever the message, and what an operator has to do."""
_ALSO_SHUT = {
    "restricted_action_read_only_channel": "restricted_action",
    "restricted_action_thread_only_channel": "restricted_action",
    "restricted_action_non_threadable_channel": "restricted_action",
    "ekm_access_denied": "access_denied",
    "enterprise_is_restricted": "access_denied",
    "team_not_found": "team_access_not_granted",
}
_NEVER = {
    "msg_too_long": "the message is longer than Slack takes",
    "msg_blocks_too_long": "the message is longer than Slack takes",
    "invalid_blocks": "Slack cannot read this message: please report it as a fault of Wirewatch",
    "invalid_blocks_format": "Slack cannot read this message: please report it as a fault of Wirewatch",
}
_LATER = {
    "ratelimited": "too many messages at once",
    "rate_limited": "too many messages at once",
    "message_limit_exceeded": "the workspace has sent more messages than it may for now",
    "service_unavailable": "it is out of service for the moment",
    "request_timeout": "the request did not arrive whole",
    "team_added_to_org": "the workspace is being moved",
    "org_login_required": "the workspace is being moved",
}
_UNCLEAR = {"internal_error", "fatal_error"}


class Refused(Permanent):
    """A clear no to this message, with Slack's own word for it."""

    def __init__(self, message: str, code: str) -> None:
        self.code = code
        super().__init__(message)


class Shut(Closed):
    """A no to all messages, with Slack's own word for it, and the scopes that it asks for."""

    def __init__(self, message: str, code: str, needed: str) -> None:
        self.code = code
        self.needed = needed
        super().__init__(message)


class Api:
    """The methods of the token, as one channel uses them. `shown` is that channel, in words for operators."""

    def __init__(self, shown: str, outside: Outside, timeout: int = TIMEOUT) -> None:
        settings = outside.settings
        self.bot = "wirewatch"
        """What the bot is called, once known."""
        self._shown = shown
        self._pauses = outside.pauses
        self._clock = outside.clock
        self._client = AsyncWebClient(
            token=settings.slack_token.get_secret_value() if settings.slack_token else "",
            base_url=settings.slack_base_url,
            timeout=timeout,
            retry_handlers=[],  # its own would post again after a lost answer
        )

    async def write(self, method: str, body: Mapping[str, object]) -> AsyncSlackResponse:
        """A call that changes something. Raises `ChannelError`, and StoreError when pauses cannot be read."""
        return await self._call(method, body=dict(body))

    async def read(self, method: str, **form: str) -> AsyncSlackResponse:
        """A call that changes nothing, so that a lost answer is no matter."""
        try:
            return await self._call(method, form=form)
        except Ambiguous as error:
            raise Retryable(str(error)) from None

    async def each(self, method: str, rows: str, **form: str) -> AsyncIterator[dict[str, Any]]:
        """The rows of a list that comes in pages. Raises `Shut` with `ENDLESS` when there are too many."""
        for _ in range(MOST_PAGES):
            answer = await self.read(method, limit=str(PAGE), **form)
            for row in answer.get(rows) or []:
                yield row
            form["cursor"] = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not form["cursor"]:
                return
        raise self.refusal(ENDLESS)

    def refusal(self, code: str, needed: str = "") -> Refused | Shut:
        """The error for one of Slack's words."""
        if words := _SHUT.get(_ALSO_SHUT.get(code, code)):
            told = words.format(channel=self._shown, bot=self.bot, needed=needed or "it needs")
            return Shut(f"Slack: {told}", code, needed)
        return Refused(f"Slack: {_NEVER.get(code, f'refused with {code}')}", code)

    async def _call(
        self, method: str, body: dict[str, object] | None = None, form: dict[str, str] | None = None
    ) -> AsyncSlackResponse:
        """One call, its failures told apart by whether Slack may have acted on it.

        Causes are not chained: they hold the request with its token.
        """
        await self._wait_out(method)
        try:
            return await self._client.api_call(method, json=body, data=form)
        except SlackApiError as error:
            judged = self._judged(error)
            if isinstance(judged, Retryable) and judged.retry_after:
                await self._pauses.pause(_pause(method), self._clock() + judged.retry_after)
            raise judged from None
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

    async def _wait_out(self, method: str) -> None:
        """Raises `Retryable` while the method is to be left alone."""
        left = await self._pauses.paused(_pause(method)) - self._clock()
        if left > 0:
            raise Retryable(f"Slack: it asked us to leave {method} alone for another {written(left)}", left)

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
        return self.refusal(code, needed=str(data.get("needed", "")))


def _pause(method: str) -> str:
    return f"slack {method}"


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isdigit() else None
