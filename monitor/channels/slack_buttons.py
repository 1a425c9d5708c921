"""The buttons under alerts in Slack, heard over Socket Mode: an extra.

`pip install 'wirewatch[slack-interactive]'`, and an app token with the scope
`connections:write` in `WIREWATCH_SLACK_APP_TOKEN`. Without the token there are
no buttons. Every process listens; Slack hands each press to one of them. Who
may read the channel may press.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from monitor.channels import render, slack_message
from monitor.config import Settings
from monitor.errors import Closed, Retryable
from monitor.model import Press, Wish

if TYPE_CHECKING:
    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.respond.async_respond import AsyncRespond

Heed = Callable[[Press], Awaitable[str]]
"""Does what a press asks for; what to say to who pressed."""

NEEDED = "buttons need slack-bolt: pip install 'wirewatch[slack-interactive]'"
"""What to do where the extra is not installed."""
CHECK = 600.0
"""Seconds between two looks whether the app token is good still."""

_MEND = "set WIREWATCH_SLACK_APP_TOKEN to an app token (xapp-…) with the scope connections:write"
_NO_GOOD = frozenset(
    (
        "not_authed",
        "invalid_auth",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "not_allowed_token_type",
        "missing_scope",
        "access_denied",
        "no_permission",
        "forbidden_team",
    )
)
"""Slack's words for an app token that opens no connection."""


def installed() -> bool:
    """Whether the extra is."""
    return find_spec("slack_bolt") is not None


async def listen(settings: Settings, heed: Heed, stopping: asyncio.Event, *, check: float = CHECK) -> None:
    """Heed presses until told to stop; a connection that breaks is made anew.

    Raises `Closed` when the extra is missing or the app token no good, also
    later on, and `Retryable` when Slack cannot be reached.
    """
    if not installed():
        raise Closed(f"Slack: {NEEDED}")
    from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
    from slack_bolt.async_app import AsyncApp

    async def pressed(ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        await ack()
        if press := read(body):
            said = slack_message.escaped(await heed(press))
            await respond(text=said, response_type="ephemeral", replace_original=False)

    bot, app_token = (
        token.get_secret_value() if token else "" for token in (settings.slack_token, settings.slack_app_token)
    )
    app = AsyncApp(client=AsyncWebClient(token=bot, base_url=settings.slack_base_url, retry_handlers=[]))
    for wish in Wish:
        app.action(slack_message.action(wish))(pressed)
    client = AsyncWebClient(token=app_token, base_url=settings.slack_base_url, retry_handlers=[])
    handler = AsyncSocketModeHandler(app, app_token, web_client=client)
    try:
        await client.apps_connections_open(app_token=app_token)  # connecting by itself tries a bad token for ever
        await handler.connect_async()  # type: ignore[no-untyped-call]
        while not await _set_within(stopping, check):
            await client.apps_connections_open(app_token=app_token)  # and so does connecting anew
    except SlackApiError as error:
        code = error.response.get("error")
        if code in _NO_GOOD:
            raise Closed(f"Slack: buttons are not heard ({code}): {_MEND}") from None
        raise Retryable(f"Slack: buttons are not heard ({code or 'no clear answer'})") from None
    except (aiohttp.ClientError, OSError) as error:
        raise Retryable(f"Slack: buttons are not heard: {error}") from None
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


def read(body: Mapping[str, Any]) -> Press | None:
    """The press in what Slack sends; None when it says nothing that a button of ours would."""
    user, actions = body.get("user") or {}, body.get("actions") or [{}]
    wish = {slack_message.action(known): known for known in Wish}.get(actions[0].get("action_id"))
    story, _, alert = str(actions[0].get("value") or "").partition(" ")
    if wish is None or not story or not alert:
        return None
    by = render.line(str(user.get("username") or user.get("name") or user.get("id") or ""), render.NAME)
    return Press(wish, story, alert, by or "somebody")
