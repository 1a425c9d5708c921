"""The email channel against a real server with TLS and login, well-behaved and not."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from monitor.channels import ChannelConfig, build, missing
from monitor.channels.email import REMEMBERED, EmailConfig
from monitor.config import Settings
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Event, Receipt
from monitor.ports import Channel, Pauses
from monitor.store.memory import MemoryStore
from tests.channels.samples import AT, COPY, CORRECTION, RAISED, REFILE, TROUBLE, UPDATE, WITHDRAWAL, delivery, outside
from tests.servers.certificates import Authority
from tests.servers.smtp import HANG_UP, PASSWORD, USER, MailServer

ANNA, BEN, CLEO = "anna@example.org", "ben@example.org", "cleo@example.org"


def settings(url: str, password: str | None = PASSWORD) -> Settings:
    return Settings(
        smtp_url=SecretStr(url),
        smtp_password=SecretStr(password) if password else None,
        email_from=f"Wirewatch <{USER}>",
    )


def channel(
    server: MailServer,
    trust: ssl.SSLContext,
    *to: str,
    password: str = PASSWORD,
    pauses: Pauses | None = None,
    clock: Callable[[], float] = lambda: AT + 60,
) -> Channel:
    url = f"{server.scheme}://{USER.replace('@', '%40')}@127.0.0.1:{server.port}"
    given = outside(settings(url, password), tls=trust, pauses=pauses, clock=clock)
    return build("night", EmailConfig(type="email", to=to or (ANNA,)), given)


def inbox(server: MailServer) -> list[str]:
    """Who got a mail, in order."""
    return [to for mail in server.inbox for to in mail.to]


# ── What becomes of each event ──────────────────────────────────────────────


async def test_each_recipient_has_an_envelope(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    night = channel(mail_server, trust, ANNA, BEN, ANNA)
    receipt = await night.send(delivery(RAISED), None)
    assert receipt == Receipt("<alert.a1@example.org> [HIGH] Ministers hail a new world order")
    assert [(mail.sender, mail.to) for mail in mail_server.inbox] == [(USER, (ANNA,)), (USER, (BEN,))]
    assert [mail.message["To"] for mail in mail_server.inbox] == [ANNA, BEN]
    assert {mail.message["Message-ID"] for mail in mail_server.inbox} == {"<alert.a1@example.org>"}
    assert mail_server.sessions == 1


async def test_a_thread(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    night = channel(mail_server, trust)
    root = await night.send(delivery(RAISED), None)
    for event in (UPDATE, CORRECTION, WITHDRAWAL):
        assert await night.send(delivery(event), root) == root
    first, *later = [mail.message for mail in mail_server.inbox]
    assert [message["References"] for message in later] == [first["Message-ID"]] * 3
    assert {message["Subject"] for message in later} == {first["Subject"]}


@pytest.mark.parametrize("event", [COPY, REFILE], ids=["copy", "edit"])
async def test_what_is_not_worth_a_mail(mail_server: MailServer, trust: ssl.SSLContext, event: AlertEvent) -> None:
    night = channel(mail_server, trust)
    root = Receipt("<x@example.org> A subject")
    assert await night.send(delivery(event), root) == root
    assert mail_server.sessions == 0


async def test_ops(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    assert await channel(mail_server, trust).send(delivery(TROUBLE), None) is None
    assert [mail.message["Subject"] for mail in mail_server.inbox] == ["Wirewatch: feed globe"]


@pytest.mark.parametrize("event", [RAISED, TROUBLE], ids=["alert", "ops"])
async def test_mail_cannot_be_looked_up(mail_server: MailServer, trust: ssl.SSLContext, event: Event) -> None:
    night = channel(mail_server, trust)
    await night.send(delivery(event), None)
    assert await night.find(delivery(event), None) is None


# ── TLS and login ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_open_logs_in(authority: Authority, trust: ssl.SSLContext, security: str) -> None:
    with MailServer(authority, security) as server:
        night = channel(server, trust)
        await night.open()
        await night.send(delivery(RAISED), None)
        await night.close()
        assert inbox(server) == [ANNA]


async def test_a_local_relay_without_tls(authority: Authority) -> None:
    with MailServer(authority, "none") as server:
        plain = settings(f"smtp://127.0.0.1:{server.port}", None)
        night = build("night", EmailConfig(type="email", to=(ANNA,)), outside(plain))
        await night.send(delivery(RAISED), None)
        assert inbox(server) == [ANNA]


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_nobody_known(authority: Authority, security: str) -> None:
    with MailServer(authority, security) as server:
        night = channel(server, ssl.create_default_context())
        with pytest.raises(Closed, match="certificate that cannot be trusted"):
            await night.send(delivery(RAISED), None)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_another_host(authority: Authority, trust: ssl.SSLContext, security: str) -> None:
    wrong = MailServer(authority, security, host="mail.example.org")
    with wrong as server, pytest.raises(Closed, match="certificate that cannot be trusted"):
        await channel(server, trust).open()


async def test_a_server_without_starttls(authority: Authority, trust: ssl.SSLContext) -> None:
    with MailServer(authority, "none") as server:
        url = f"smtp+starttls://127.0.0.1:{server.port}"
        night = build("night", EmailConfig(type="email", to=(ANNA,)), outside(settings(url), tls=trust))
        with pytest.raises(Closed, match=r"cannot do what WIREWATCH_SMTP_URL asks: .*STARTTLS"):
            await night.open()


async def test_a_wrong_password(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    night = channel(mail_server, trust, password="hunter2")
    with pytest.raises(Closed, match=r"refused the login .*check WIREWATCH_SMTP_PASSWORD") as caught:
        await night.open()
    assert "hunter2" not in f"{caught.value} {caught.value.__cause__} {night!r} {vars(night)}"


async def test_a_server_that_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    night = build("night", EmailConfig(type="email", to=(ANNA,)), outside(settings(f"smtps://127.0.0.1:{port}", None)))
    with pytest.raises(Retryable, match="cannot be reached"):
        await night.open()
    with pytest.raises(Retryable, match="cannot be reached"):
        await night.send(delivery(RAISED), None)


@pytest.mark.parametrize(("greeting", "error"), [("421 busy", Retryable), ("554 go away", Closed)])
async def test_a_server_that_turns_everybody_away(greeting: str, error: type[ChannelError]) -> None:
    async def turn_away(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(turn_away, "127.0.0.1", 0) as server:
        url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        night = build("night", EmailConfig(type="email", to=(ANNA,)), outside(settings(url, None)))
        with pytest.raises(error, match=greeting):
            await night.open()


# ── Faults ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "answer", "error", "words"),
    [
        pytest.param("RCPT", "450 mailbox busy", Retryable, "put off anna.*450 mailbox busy", id="450 to RCPT"),
        pytest.param("DATA", "451 try later", Retryable, "put off anna.*451 try later", id="451 to DATA"),
        pytest.param("MAIL", "421 closing", Retryable, "put off anna.*421 closing", id="421 to MAIL"),
        pytest.param("RCPT", "421 closing", Retryable, "put off anna.*421 closing", id="421 to RCPT"),
        pytest.param("RCPT", "550 no such user", Permanent, "refused anna.*550 no such user", id="550 to RCPT"),
        pytest.param("DATA", "554 looks like spam", Permanent, "refused anna.*554 looks like", id="554 to DATA"),
        pytest.param("MAIL", "553 not your address", Permanent, "refused anna.*553", id="553 to MAIL"),
        pytest.param("RCPT", HANG_UP, Retryable, "put off anna", id="hangs up at RCPT"),
        pytest.param(
            "DATA", HANG_UP, Ambiguous, "did not say whether it took the mail to anna", id="hangs up at the dot"
        ),
    ],
)
async def test_a_fault_and_the_mail_after_it(
    mail_server: MailServer,
    trust: ssl.SSLContext,
    command: str,
    answer: str,
    error: type[ChannelError],
    words: str,
) -> None:
    night = channel(mail_server, trust)
    mail_server.answers(command, answer)
    with pytest.raises(error, match=words) as caught:
        await night.send(delivery(RAISED), None)
    assert type(caught.value) is error
    await night.send(delivery(RAISED), None)
    assert {mail.message["Message-ID"] for mail in mail_server.inbox} == {"<alert.a1@example.org>"}
    assert len(mail_server.inbox) == (2 if command == "DATA" and answer == HANG_UP else 1)


@pytest.mark.parametrize(
    ("command", "answer", "error", "first", "then"),
    [
        pytest.param("RCPT", "450 busy", Retryable, [ANNA, CLEO], [BEN], id="put off"),
        pytest.param("RCPT", "550 unknown", Permanent, [ANNA, CLEO], [BEN], id="refused"),
        pytest.param("RCPT", "421 closing", Retryable, [ANNA], [BEN, CLEO], id="closing"),
        pytest.param("RCPT", HANG_UP, Retryable, [ANNA], [BEN, CLEO], id="hangs up"),
        pytest.param("DATA", HANG_UP, Ambiguous, [ANNA, BEN], [BEN, CLEO], id="hangs up at the dot"),
    ],
)
async def test_those_who_were_reached_get_no_second_mail(
    mail_server: MailServer,
    trust: ssl.SSLContext,
    command: str,
    answer: str,
    error: type[ChannelError],
    first: list[str],
    then: list[str],
) -> None:
    night = channel(mail_server, trust, ANNA, BEN, CLEO)
    mail_server.answers(command, answer, to=BEN)
    with pytest.raises(error, match=BEN):
        await night.send(delivery(RAISED), None)
    assert inbox(mail_server) == first
    assert await night.send(delivery(RAISED), None) is not None
    assert inbox(mail_server) == first + then
    assert await night.send(delivery(UPDATE), None) is not None
    assert inbox(mail_server)[len(first + then) :] == [ANNA, BEN, CLEO]


async def test_a_refusal_names_those_who_were_reached(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    night = channel(mail_server, trust, ANNA, BEN, CLEO)
    mail_server.answers("RCPT", "550 unknown", to=BEN)
    with pytest.raises(Permanent) as caught:
        await night.send(delivery(RAISED), None)
    assert str(caught.value) == (
        "Email: 127.0.0.1 refused ben@example.org (550 unknown) (reached: anna@example.org, cleo@example.org)"
    )


async def test_who_was_reached_is_known_to_every_process(mail_server: MailServer, trust: ssl.SSLContext) -> None:
    now, pauses = [AT], MemoryStore()
    here, there = (
        channel(mail_server, trust, ANNA, BEN, pauses=pauses, clock=lambda: now[0]) for _ in ("here", "there")
    )
    mail_server.answers("RCPT", *["450 busy"] * 2, to=BEN)
    for process in (here, there):
        with pytest.raises(Retryable, match=f"reached: {ANNA}"):
            await process.send(delivery(RAISED), None)
    assert inbox(mail_server) == [ANNA]
    await here.send(delivery(RAISED, "another"), None)
    assert inbox(mail_server) == [ANNA, ANNA, BEN]
    now[0] += REMEMBERED
    await there.send(delivery(RAISED), None)
    assert inbox(mail_server) == [ANNA, ANNA, BEN, ANNA, BEN]


# ── Configuration ───────────────────────────────────────────────────────────

CONFIG: TypeAdapter[Any] = TypeAdapter(ChannelConfig)


@pytest.mark.parametrize(
    ("to", "taken"),
    [
        pytest.param([ANNA, BEN], (ANNA, BEN), id="a list"),
        pytest.param(ANNA, (ANNA,), id="one"),
        pytest.param("o'neil+wire@mail.example.co.uk", ("o'neil+wire@mail.example.co.uk",), id="odd but valid"),
    ],
)
def test_recipients_that_are_taken(to: object, taken: tuple[str, ...]) -> None:
    assert CONFIG.validate_python({"type": "email", "to": to}).to == taken


@pytest.mark.parametrize(
    "to",
    [
        pytest.param([], id="none"),
        pytest.param(["desk"], id="no host"),
        pytest.param(["desk@example.org\r\nRCPT TO:<evil@example.org>"], id="line break"),
        pytest.param(["Desk <desk@example.org>"], id="with a name"),
        pytest.param(["désk@example.org"], id="not ASCII"),
        pytest.param("a@example.org, b@example.org", id="several in one"),
    ],
)
def test_recipients_that_are_refused(to: object) -> None:
    with pytest.raises(ValidationError):
        CONFIG.validate_python({"type": "email", "to": to})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({}, ["WIREWATCH_SMTP_URL is not set", "WIREWATCH_EMAIL_FROM is not set"], id="nothing"),
        pytest.param(
            {"smtp_url": "smtps://mail.example.org", "email_from": "wire@example.org"}, [], id="a server without login"
        ),
        pytest.param(
            {"smtp_url": "smtps://mail.example.org", "email_from": "wire"}, ["WIREWATCH_EMAIL_FROM is no"], id="from"
        ),
        pytest.param({"smtp_url": "smtps:///x", "email_from": USER}, ["WIREWATCH_SMTP_URL is not a URL"], id="no host"),
        pytest.param(
            {"smtp_url": "smtps://h:x", "email_from": USER}, ["WIREWATCH_SMTP_URL is not a URL"], id="bad port"
        ),
        pytest.param(
            {"smtp_url": "smtps://me@h", "email_from": USER}, ["WIREWATCH_SMTP_PASSWORD is not set"], id="no password"
        ),
        pytest.param({"smtp_url": "smtps://me:pw@h", "email_from": USER}, [], id="password in the URL"),
        pytest.param(
            {"smtp_url": "smtp://me@h", "smtp_password": "pw", "email_from": USER}, ["in clear"], id="password in clear"
        ),
        pytest.param(
            {"smtp_url": "smtp://me@localhost", "smtp_password": "pw", "email_from": USER}, [], id="on this machine"
        ),
    ],
)
def test_missing(given: dict[str, str], words: list[str]) -> None:
    said = missing(EmailConfig(type="email", to=(ANNA,)), Settings.model_validate(given))
    assert bool(said) is bool(words)
    assert all(word in said for word in words)
    assert "pw" not in said
