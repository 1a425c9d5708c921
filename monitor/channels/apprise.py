"""Some hundred other services (Telegram, Teams, Matrix, Pushover, ...), through Apprise: text, and text only.

An extra: `pip install 'wirewatch[apprise]'`. The service is one Apprise URL,
which holds its secrets and so comes from the environment alone. A channel is
one service: with several behind it, a failure of one would repeat the others.

Apprise does not tell a message that was refused from one whose answer was
lost, so every failure is `Ambiguous`: it is tried again, and may come twice.
What it says of a failure is told without any part of the URL.
"""

from __future__ import annotations

import asyncio
import logging
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from pydantic import Field

from monitor.channels import digest_text, render
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside
from monitor.config import SecretName, Settings, unset_secret, variable
from monitor.errors import Ambiguous
from monitor.model import Delivery, DigestEvent, OpsEvent, Receipt

if TYPE_CHECKING:
    from apprise import Apprise

TIMEOUT = 20
"""Seconds for one message, within a delivery's lease."""
LACKS = (
    "what Apprise sends is text that is never edited and knows no threads: corrections and withdrawals are messages of "
    "their own, copies are not shown; a message that failed may come twice, and why it failed is seldom said"
)

_MENTION = re.compile(r"@(?=\w)|<(?=\S)|\](?=\()")
_BREAK = "\u200b"


class AppriseConfig(Config):
    """`{type: apprise, secret: phone}`."""

    type: Literal["apprise"]
    secret: SecretName = Field(description="Name of the service's Apprise URL: phone is WIREWATCH_SECRET_PHONE.")

    def missing(self, settings: Settings) -> str:
        url = settings.secret(self.secret)
        if find_spec("apprise") is None:
            return "it needs Apprise: pip install 'wirewatch[apprise]'"
        if not url:
            return unset_secret(self.secret)
        known = "the URL of one service that Apprise knows, with its parts in place and its libraries installed"
        return "" if len(_service(url)) == 1 else f"{variable(self.secret)} is not {known}"

    def lacks(self) -> tuple[str, ...]:
        return (LACKS,)

    def build(self, name: str, outside: Outside) -> AppriseChannel:
        return AppriseChannel(name, outside.settings.secret(self.secret))


def _service(url: str) -> Apprise:
    """The service behind a URL; it counts none when Apprise cannot make anything of it."""
    for talkative in ("apprise", "urllib3", "requests"):  # they name addresses, and so secrets
        logging.getLogger(talkative).propagate = False
    from apprise import Apprise, AppriseAsset

    found = Apprise(asset=AppriseAsset(async_mode=False, interpret_escapes=False, interpret_emojis=False))
    found.add(url)
    return found


class AppriseChannel:
    """One service of Apprise's. There are no receipts."""

    pace = 0.0

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self._secrets = _parts(url)
        self._service = _service(url)
        self._kind = ", ".join(str(service.service_name) for service in self._service)

    async def open(self) -> tuple[str, ...]:
        """Nothing is asked: most services can only be sent messages."""
        return ()

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        if lines := _lines(delivery):
            title, *rest = [_defused(said) for said in lines]
            await asyncio.to_thread(self._notify, title, "\n".join(rest).strip())
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:  # noqa: ARG002 (the port's)
        """Always None: nothing can be read back."""
        return None

    async def close(self) -> None:
        """Nothing to do: each message has a connection of its own."""

    def _notify(self, title: str, body: str) -> None:
        from apprise import NotifyFormat

        result = self._service.notify(body=body, title=title, body_format=NotifyFormat.TEXT, timeout=TIMEOUT)
        if not result:
            said = [entry.message for entry in result.logs()]
            raise Ambiguous(f"Apprise ({self._kind}): {self._told(said[-1] if said else 'it was not accepted')}")

    def _told(self, text: str) -> str:
        """What Apprise said, without any part of the URL."""
        for part in self._secrets:
            text = text.replace(part, "…")
        return render.line(text, 200)


def _parts(url: str) -> tuple[str, ...]:
    """Whatever in the URL may be secret, the longest first."""
    parts = {part for text in (url, unquote(url)) for part in re.split(r"[\s/:@?&=#,]+", text.partition("://")[2])}
    return tuple(sorted((part for part in parts if len(part) > 3), key=len, reverse=True))


def _lines(delivery: Delivery) -> list[str]:
    """What is told, a title and what stands below it; empty: nothing."""
    event = delivery.event
    if isinstance(event, OpsEvent):
        return render.plain_ops(event)
    if isinstance(event, DigestEvent):
        return digest_text.lines(event)
    match acts(event).one_way:
        case Act.POST:
            return render.plain(event, whole=True)
        case Act.NOTHING:
            return []
        case _:
            return render.plain_alone(event)


def _defused(text: str) -> str:
    """With what some service would read as a mention or a link broken up, invisibly; a link stays one."""
    return text.replace("@", "%40") if render.link(text) else _MENTION.sub(lambda found: found[0] + _BREAK, text)
