"""A mail server with TLS and login that keeps what it takes, and can be told to misbehave."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import NamedTuple

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.certificates import Authority
from tests.servers.threaded import ThreadedServer

USER = "wire@example.org"
PASSWORD = "correct horse"
HANG_UP = ""
"""Instead of an answer: the connection is closed."""


class Mail(NamedTuple):
    """A mail as it was taken: one envelope."""

    sender: str
    to: tuple[str, ...]
    data: bytes

    @property
    def message(self) -> EmailMessage:
        message = message_from_bytes(self.data, policy=default)
        assert isinstance(message, EmailMessage)
        return message


class MailServer(ThreadedServer):
    """Takes mail from `USER`, over `security` (`starttls`, `tls` or `none`).

    `inbox` holds what was taken. `answers` gives the coming answers to a
    command (`MAIL`, `RCPT`, `DATA` after its final dot), for one address or
    for all (`""`); an answer that starts with 2 is the usual one.
    """

    def __init__(self, authority: Authority, security: str = "starttls", host: str = "127.0.0.1") -> None:
        super().__init__()
        self.inbox: list[Mail] = []
        self.sessions = 0
        self._tls = None if security == "none" else authority.server(host)
        self._security = security
        self._answers: dict[tuple[str, str], list[str]] = {}

    def answers(self, command: str, *lines: str, to: str = "") -> None:
        """Answer the coming commands like this, one after the other."""
        self._answers[command, to] = list(lines)

    @property
    def scheme(self) -> str:
        return {"starttls": "smtp+starttls", "tls": "smtps", "none": "smtp"}[self._security]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        loop = asyncio.get_running_loop()
        ssl_context = self._tls if self._security == "tls" else None
        server = await loop.create_server(self._protocol, "127.0.0.1", 0, ssl=ssl_context)
        yield int(server.sockets[0].getsockname()[1])
        server.close()

    def _protocol(self) -> SMTP:
        self.sessions += 1
        starttls = self._tls if self._security == "starttls" else None
        return SMTP(
            self,
            hostname="mail.test",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_require_tls=starttls is not None,  # aiosmtpd knows of no TLS but STARTTLS
            authenticator=_authenticate,
            loop=asyncio.get_running_loop(),
        )

    # ── aiosmtpd's hooks ────────────────────────────────────────────────────

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._tls is not None and not session.authenticated:
            return "530 log in first"
        envelope.mail_from = address
        return self._answer(server, "MAIL", address, "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer(server, "RCPT", address, "250 OK")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        to = tuple(envelope.rcpt_tos)
        answer = self._answer(server, "DATA", to[0], "250 taken")
        if answer.startswith("2") or answer == HANG_UP:
            assert isinstance(envelope.original_content, bytes)
            self.inbox.append(Mail(envelope.mail_from or "", to, envelope.original_content))
        return answer or "250 lost"

    def _answer(self, server: SMTP, command: str, address: str, usual: str) -> str:
        lines = self._answers.get((command, address)) or self._answers.get((command, ""))
        answer = lines.pop(0) if lines else usual
        transport = server.transport
        assert isinstance(transport, asyncio.WriteTransport)
        if answer == HANG_UP:
            transport.abort()
        elif answer.startswith("421"):
            asyncio.get_running_loop().call_soon(transport.close)
        return answer


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
) -> AuthResult:
    right = data.login == USER.encode() and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Who vouches for the servers of tests."""
    return Authority()


@pytest.fixture
def mail_server(authority: Authority) -> Iterator[MailServer]:
    """A mail server of this test's own, with STARTTLS and login."""
    with MailServer(authority) as server:
        yield server


@pytest.fixture
def trust(authority: Authority) -> ssl.SSLContext:
    """What a client uses that trusts the servers of tests."""
    return authority.trust
