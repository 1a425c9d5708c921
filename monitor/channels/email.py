"""Mail over SMTP: the alert, and in its thread what is corrected, withdrawn or new.

Each recipient gets an envelope of their own. When some were reached and others
were not, only the others are tried again, by whichever process: who was reached
is kept in the store. A process that dies between the server's answer and that
leaves the same mail, with the same Message-ID, to be sent once more. A recipient
refused for good, beside others who were reached, is told as `Permanent` with the
names of both.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

import aiosmtplib
from pydantic import AfterValidator, BeforeValidator, Field

from monitor.channels import render
from monitor.channels.acts import Act, acts
from monitor.channels.config import Config, Outside
from monitor.channels.email_message import Letterhead, compose, thread
from monitor.config import Settings, unset
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Delivery, Receipt

TIMEOUT = 8.0
"""Seconds for the answer to one command."""
DEADLINE = 24.0
"""Seconds for all recipients of a mail: within a delivery's lease."""
REMEMBERED = 7 * 86_400.0
"""Seconds for which who was reached by a mail that failed for others is not sent it again."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


# ── Configuration ───────────────────────────────────────────────────────────


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not a mail address: write one such as desk@example.org")
    return text


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


class EmailConfig(Config):
    """`{type: email, to: [desk@example.org]}`."""

    type: Literal["email"]
    to: Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_several), Field(min_length=1)]

    def missing(self, settings: Settings) -> str:
        lacks = [] if settings.email_from else ["WIREWATCH_EMAIL_FROM is not set"]
        if settings.email_from and not _ADDRESS.fullmatch(parseaddr(settings.email_from)[1]):
            lacks.append("WIREWATCH_EMAIL_FROM is no address such as Wirewatch <wire@example.org>")
        if settings.smtp_url is None:
            return "; ".join([unset("smtp_url"), *lacks])
        try:
            server = _server(settings)
        except ValueError:
            return "; ".join(["WIREWATCH_SMTP_URL is not a URL with a host such as smtps://mail.example.org", *lacks])
        if server.user and not server.password:
            lacks.insert(0, f"{unset('smtp_password')}, though WIREWATCH_SMTP_URL names a user")
        if server.user and server.scheme == "smtp" and not server.local:
            lacks.insert(0, "WIREWATCH_SMTP_URL would send the password in clear: use smtp+starttls:// or smtps://")
        return "; ".join(lacks)

    def build(self, name: str, outside: Outside) -> EmailChannel:
        display, address = parseaddr(outside.settings.email_from)
        sender = Address(display, addr_spec=address)
        return EmailChannel(name, self.to, sender, _server(outside.settings), outside)


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server, as `WIREWATCH_SMTP_URL` writes it."""

    scheme: str
    """`smtp`, `smtps` or `smtp+starttls`."""
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def local(self) -> bool:
        """Whether it runs on this machine."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False


def _server(settings: Settings) -> Server:
    """Raises ValueError for a URL without a host or with a bad port."""
    parts = urlsplit(settings.smtp_url.get_secret_value() if settings.smtp_url else "")
    if not parts.hostname:
        raise ValueError("no host")
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else unquote(parts.password or "")
    port = parts.port or _PORTS[parts.scheme]
    return Server(parts.scheme, parts.hostname, port, unquote(parts.username or ""), password)


# ── The channel ─────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Tally:
    """How it went with each recipient of one mail."""

    reached: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    later: dict[str, str] = field(default_factory=dict)
    unclear: str = ""
    """The one whose mail was sent and not yet answered for."""


class EmailChannel:
    """Mail to a few people. A receipt's `ref` is the first mail's Message-ID and subject."""

    pace = 0.0

    def __init__(
        self,
        name: str,
        to: tuple[str, ...],
        sender: Address,
        server: Server,
        outside: Outside,
        *,
        timeout: float = TIMEOUT,
    ) -> None:
        self.name = name
        self._to = tuple(dict.fromkeys(to))
        self._head = Letterhead(name, sender)
        self._server = server
        self._tls = outside.tls
        self._pauses = outside.pauses
        self._clock = outside.clock
        self._timeout = timeout

    async def open(self) -> tuple[str, ...]:
        """Connect and log in once, to find out now whether that works."""
        async with self._session():
            return ()

    async def send(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:
        event = delivery.event
        if isinstance(event, AlertEvent) and acts(event).email is Act.NOTHING:
            return root  # a mail cannot be edited, and a copy elsewhere is not worth one
        reached = await self._reached(delivery)
        tally = await self._deliver(delivery, root, [to for to in self._to if to not in reached])
        if trouble := self._trouble(tally, reached | tally.reached):
            for recipient in tally.reached:
                await self._pauses.pause(_mark(delivery, recipient), self._clock() + REMEMBERED)
            raise trouble
        return root or thread(event, None, self._head).receipt() if isinstance(event, AlertEvent) else None

    async def find(self, delivery: Delivery, root: Receipt | None) -> Receipt | None:  # noqa: ARG002 (the port's)
        """Always None: mail cannot be looked up. A repeat has the same Message-ID."""
        return None

    async def close(self) -> None:
        """Nothing to do: each delivery has a connection of its own."""

    async def _deliver(self, delivery: Delivery, root: Receipt | None, to: list[str]) -> _Tally:
        """Send to each; what the connection's loss or the deadline leaves undone counts as put off."""
        tally = _Tally()
        try:
            async with asyncio.timeout(DEADLINE):
                async with self._session() as smtp:
                    for recipient in to:
                        message = compose(delivery, root, self._head, Address(addr_spec=recipient))
                        await self._hand_over(smtp, recipient, message.as_bytes(), tally)
        except (TimeoutError, aiosmtplib.SMTPServerDisconnected) as error:
            done = {*tally.reached, *tally.refused, *tally.later, tally.unclear}
            tally.later |= {recipient: _words(error) for recipient in to if recipient not in done}
        return tally

    async def _reached(self, delivery: Delivery) -> set[str]:
        """Who has the mail already, from an attempt that failed for others."""
        several = self._to if len(self._to) > 1 else ()
        return {to for to in several if await self._pauses.paused(_mark(delivery, to)) > self._clock()}

    async def _hand_over(self, smtp: aiosmtplib.SMTP, recipient: str, message: bytes, tally: _Tally) -> None:
        """One envelope. Raises only when the connection is lost or time is up."""
        try:
            await smtp.mail(self._head.sender.addr_spec)
            await smtp.rcpt(recipient)
            tally.unclear = recipient
            await smtp.data(message)
        except aiosmtplib.SMTPResponseException as error:
            tally.unclear = ""
            (tally.later if _temporary(error.code) else tally.refused)[recipient] = _words(error)
            with suppress(aiosmtplib.SMTPResponseException):
                await smtp.rset()
        else:
            tally.unclear = ""
            tally.reached.add(recipient)

    def _trouble(self, tally: _Tally, reached: set[str]) -> ChannelError | None:
        """What to raise for a mail that did not reach everybody."""
        so_far = f" (reached: {', '.join(sorted(reached))})" if reached else ""
        if tally.unclear:
            return Ambiguous(f"Email: {self._server.host} did not say whether it took the mail to {tally.unclear}")
        if tally.later:
            return Retryable(f"Email: {self._server.host} put off {_each(tally.later)}{so_far}")
        if tally.refused:
            return Permanent(f"Email: {self._server.host} refused {_each(tally.refused)}{so_far}")
        return None

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection, encrypted and logged in as the URL says.

        Raises `Retryable` while the server is away, `Closed` for what an
        operator has to mend.
        """
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.scheme == "smtps",
            start_tls=False,  # not whenever the server offers it, but as the URL says
            tls_context=self._tls,
            timeout=self._timeout,
        )
        transport = None
        try:
            try:
                await smtp.connect()
                if server.scheme == "smtp+starttls":
                    await smtp.starttls()
                transport = smtp.transport
                if server.user:
                    await smtp.login(server.user, server.password)
            except (aiosmtplib.SMTPException, OSError) as error:
                raise self._not_connected(error) from None  # its cause may hold the password
            yield smtp
            with suppress(aiosmtplib.SMTPException):  # what it took stays taken
                await smtp.quit()
        finally:
            smtp.close()
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()  # or TLS waits half a minute for the far side to end it too

    def _not_connected(self, error: aiosmtplib.SMTPException | OSError) -> ChannelError:
        at = f"Email: {self._server.host}:{self._server.port}"
        unverified = error if isinstance(error, ssl.SSLCertVerificationError) else error.__cause__
        if isinstance(unverified, ssl.SSLCertVerificationError):
            return Closed(f"{at} has a certificate that cannot be trusted: {unverified.verify_message}")
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) and not _temporary(error.code):
            return Closed(f"{at} refused the login ({_words(error)}): check WIREWATCH_SMTP_PASSWORD and the user")
        if isinstance(error, aiosmtplib.SMTPResponseException):
            kind = Retryable if _temporary(error.code) else Closed
            return kind(f"{at} answered {_words(error)}")
        if isinstance(error, OSError):  # refused, unknown, timed out, reset
            return Retryable(f"{at} cannot be reached: {_words(error)}")
        return Closed(f"{at} cannot do what WIREWATCH_SMTP_URL asks: {_words(error)}")


def _mark(delivery: Delivery, recipient: str) -> str:
    """Under which name it is kept that somebody has a mail."""
    return f"mail {delivery.id} {recipient}"


def _temporary(code: int) -> bool:
    return code < 500


def _words(error: Exception) -> str:
    """What a server or the system said, on one line."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {render.line(error.message, 200)}"
    return render.line(str(error), 200) or "no answer in time"


def _each(recipients: dict[str, str]) -> str:
    return ", ".join(f"{recipient} ({why})" for recipient, why in recipients.items())
