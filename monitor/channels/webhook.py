"""Another program, told by HTTP: each event as JSON, signed by Standard Webhooks.

The body is what a console channel writes as JSON. The receiver proves with the
signature that it came from here and with `webhook-timestamp` that it is not an
old one played again. A delivery whose answer was lost is sent again under the
same `webhook-id`, by which the receiver tells that it has it already.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from standardwebhooks import Webhook

from monitor.channels import event_json, render
from monitor.channels.config import Config, Outside
from monitor.channels.receiver import Receiver
from monitor.config import SecretName, Settings, unset_secret, variable
from monitor.model import Delivery, Receipt
from monitor.web.guard import refusal

PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64
"""Bytes, as the standard asks."""

_SHUT = {
    401: "it does not accept the signature: is {variable} the secret that it knows?",
    403: "it does not let us in: is {variable} the secret that it knows?",
    404: "there is nothing at this address: mend `url` in routes.yaml",
    405: "it takes no POST: mend `url` in routes.yaml",
    410: "it says that it is gone for good: take the channel out of routes.yaml, or mend its `url`",
}


def _url(text: str) -> str:
    if render.link(text) != text or "@" in urlsplit(text).netloc:
        raise ValueError("write an address such as https://hooks.example.org/wire, without user and password")
    return text


class WebhookConfig(Config):
    """`{type: webhook, url: "https://hooks.example.org/wire", secret: desk-hook}`."""

    type: Literal["webhook"]
    url: Annotated[str, AfterValidator(_url), Field(description="Where events are sent, as JSON.")]
    secret: SecretName = Field(description="Name of the signing secret: desk-hook is WIREWATCH_SECRET_DESK_HOOK.")

    def missing(self, settings: Settings) -> str:
        lacks = []
        if not settings.secret(self.secret):
            lacks.append(unset_secret(self.secret))
        elif not _usable(settings.secret(self.secret)):
            form = f"{PREFIX} and the base64 of {SHORTEST_KEY} to {LONGEST_KEY} bytes"
            lacks.append(f"{variable(self.secret)} is not a signing secret: {form}")
        if refused := _refused(self.url, settings):
            lacks.append(f"`url` is {refused} (allow with WIREWATCH_ALLOW_NETS)")
        return "; ".join(lacks)

    def build(self, name: str, outside: Outside) -> WebhookChannel:
        return WebhookChannel(name, self, outside)


def _usable(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return secret.startswith(PREFIX) and SHORTEST_KEY <= len(key) <= LONGEST_KEY


def _refused(url: str, settings: Settings) -> str:
    """Why an address written in figures may not be connected to; a name is judged when it is used."""
    host = urlsplit(url).hostname or ""
    try:
        return refusal(ip_address(host), settings.allow_nets)
    except ValueError:
        return ""


class WebhookChannel:
    """A receiver of signed events. There is no receipt: each event says which alert it is about."""

    pace = 0.0

    def __init__(self, name: str, config: WebhookConfig, outside: Outside) -> None:
        self.name = name
        shut = {status: words.format(variable=variable(config.secret)) for status, words in _SHUT.items()}
        self._receiver = Receiver("Webhook", config.url, outside, shut)
        self._signer = Webhook(outside.settings.secret(config.secret))
        self._clock = outside.clock

    async def open(self) -> tuple[str, ...]:
        """Nothing is asked: a receiver is sent what it is to be told, and nothing else."""
        return ()

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        body, at = event_json.one_line(delivery), int(self._clock())
        signed = {
            "webhook-id": delivery.id,
            "webhook-timestamp": str(at),
            "webhook-signature": self._signer.sign(delivery.id, datetime.fromtimestamp(at, UTC), body),
        }
        await self._receiver.post(body, signed)
        return root

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:  # noqa: ARG002 (the port's)
        """Always None: a receiver cannot be asked. It tells a repeat by its `webhook-id`."""
        return None

    async def close(self) -> None:
        """Nothing to do: each call has a connection of its own."""
