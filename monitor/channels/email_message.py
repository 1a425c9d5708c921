"""An event as a mail: headers that make a thread of an alert, a text and an HTML part.

The same delivery always makes the same bytes, Message-ID and Date included, so
that a mail sent twice is one mail to whoever files it. Nothing from outside
can add a header: the subject is one line without control characters, and an
encoded word in it (`=?…?=`) is broken up, because `email` would decode it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import quote

from monitor.channels import digest_text, email_html, render
from monitor.model import AlertEvent, Delivery, DigestEvent, EventKind, Manner, OpsEvent, Receipt, Severity, digest

SUBJECT = 150
WIDTH = 76

_NOT_IN_ID = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all mails of a channel share."""

    channel: str
    sender: Address


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an alert's first mail stands: its Message-ID and the subject that all its mails bear."""

    message_id: str
    subject: str

    def receipt(self) -> Receipt:
        return Receipt(f"{self.message_id} {self.subject}")


def thread(event: AlertEvent, root: Receipt | None, head: Letterhead) -> Thread:
    """The thread that an alert's mails belong to, known from its first mail or made anew."""
    if root is not None:
        message_id, _, subject = root.ref.partition(" ")
        return Thread(message_id, subject)
    urgency = f"[{render.urgency(event.severity)}] " if event.severity >= Severity.HIGH else ""
    return Thread(_message_id("alert", event.alert_id, head), _subject(urgency + render.headline(event.card)))


def compose(delivery: Delivery, root: Receipt | None, head: Letterhead, to: Address) -> EmailMessage:
    """The mail of a delivery to one recipient."""
    event = delivery.event
    message = EmailMessage(policy=SMTP)
    message["From"] = head.sender
    message["To"] = to
    message["Date"] = render.moment(max(event.at, delivery.due))  # what waited is dated when it no longer had to
    if isinstance(event, OpsEvent):
        first = _message_id("ops", digest(head.channel, event.subject), head)
        message["Subject"] = _subject(f"Wirewatch: {render.line(event.subject, render.NAME)}")
        message["Message-ID"] = _message_id("event", delivery.id, head)
        message["References"] = first  # no mail has this id; trouble and recovery share it, so they are shown together
        lines, html = render.plain_ops(event), email_html.ops(event, head.channel)
    elif isinstance(event, DigestEvent):
        message["Subject"] = _subject(f"{digest_text.title(event)}: {digest_text.count(event)}")
        message["Message-ID"] = _message_id("digest", delivery.id, head)
        lines, html = digest_text.lines(event, email_html.MOST), email_html.digest(event, head.channel)
    else:
        told = thread(event, root, head)
        whole = event.kind in (EventKind.RAISED, EventKind.DIGEST)
        message["Subject"] = told.subject
        message["Message-ID"] = told.message_id if whole else _message_id("event", delivery.id, head)
        if not whole:
            message["In-Reply-To"] = message["References"] = told.message_id
        if event.manner is Manner.PING and event.severity >= Severity.HIGH:
            message["Importance"] = "high"
        lines, html = _lines(event, whole=whole), email_html.alert(event, head.channel, whole=whole)
    _list_headers(message, head)
    message.set_content(
        "\n".join([*_wrapped(lines), "", "-- ", email_html.footer(head.channel)]) + "\n", cte="quoted-printable"
    )
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{digest(delivery.id, to.addr_spec)}")  # no line of quoted-printable holds `=_`
    return message


def _lines(event: AlertEvent, *, whole: bool) -> list[str]:
    if whole:
        return render.plain(event, whole=True)
    return [*render.plain(event, whole=False), "", "The alert as it stands now:", "", *render.plain(event, whole=True)]


def _wrapped(lines: Sequence[str]) -> list[str]:
    """Lines of mail width; a URL stays whole."""
    wrapped: list[str] = []
    for text in "\n".join(lines).split("\n"):
        wrapped += textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return wrapped


def _list_headers(message: EmailMessage, head: Letterhead) -> None:
    message["List-Id"] = f"<{_NOT_IN_ID.sub('-', head.channel).lower()}.wirewatch.{head.sender.domain}>"
    subject = quote(f"unsubscribe {head.channel}")
    message["List-Unsubscribe"] = f"<mailto:{head.sender.addr_spec}?subject={subject}>"
    message["Auto-Submitted"] = "auto-generated"


def _message_id(kind: str, identity: str, head: Letterhead) -> str:
    return f"<{kind}.{_NOT_IN_ID.sub('-', identity)}@{head.sender.domain}>"


def _subject(text: str) -> str:
    return render.line(text.replace("=?", "= ?"), SUBJECT)
