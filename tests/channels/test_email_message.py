"""Mails as bytes: headers, thread, text and HTML, and that nothing breaks out of them."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.channels import render
from monitor.channels.email_message import Letterhead, compose, thread
from monitor.model import AlertEvent, Delivery, Event, EventKind, OpsEvent, Receipt, Severity
from tests.channels.nasty import NASTY, URLS, alert, events
from tests.channels.samples import (
    ACKNOWLEDGED,
    COPY,
    CORRECTION,
    HOLD,
    RAISED,
    RECOVERY,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
)

HEAD = Letterhead("night_desk", Address("Wirewatch", addr_spec="wire@example.org"))
TO = Address(addr_spec="desk@example.org")

ALWAYS = {
    "From",
    "To",
    "Date",
    "Subject",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
}
TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "h1", "p", "a", "b", "i", "s",
    "span", "blockquote", "ul", "li", "del", "ins", "br", "hr", "table", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"style", "class", "dir", "href", "charset", "name", "content", "scope"}


class Page(HTMLParser):
    """What a mail program finds in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(event: Event, root: Receipt | None = None) -> EmailMessage:
    """The mail of an event, as the far side reads it."""
    return read_any(delivery(event), root)


def read_any(on_its_way: Delivery, root: Receipt | None = None) -> EmailMessage:
    """The mail of a delivery, as the far side reads it."""
    message = message_from_bytes(compose(on_its_way, root, HEAD, TO).as_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def parts(message: EmailMessage) -> tuple[str, str]:
    """Text and HTML."""
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert page is not None
    return text.get_content().replace("\r\n", "\n"), page.get_content()


def check(message: EmailMessage) -> None:
    """What holds for every mail: our headers and no others, our markup and no other."""
    extra = {"In-Reply-To", "References", "Importance"}
    assert ALWAYS <= set(message.keys()) <= ALWAYS | extra
    assert len(message.keys()) == len(set(message.keys()))
    assert not message.defects
    assert [address.addr_spec for address in message["To"].addresses] == ["desk@example.org"]
    assert 0 < len(message["Subject"]) <= 160  # folding may double a blank
    text, html = parts(message)
    assert not any(ord(letter) < 32 and letter != "\n" for letter in text)
    page = Page(html)
    assert page.open == []
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= ATTRIBUTES
    for name, value in page.attributes:
        assert name != "href" or (value and render.link(value) == value)
    data = message.as_bytes()
    assert data.isascii()
    assert max(map(len, data.split(b"\n"))) <= 998


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("kind", [EventKind.RAISED, EventKind.CORRECTED, EventKind.WITHDRAWN])
def test_no_text_breaks_out(text: str, kind: EventKind) -> None:
    check(read(alert(text, kind=kind)))
    check(read(replace(TROUBLE, subject=text, text=text)))


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_no_url_breaks_out(url: str) -> None:
    check(read(alert("A headline", url)))


@given(events)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=40)
def test_no_event_breaks_out(event: Event) -> None:
    check(read(event))


@pytest.mark.parametrize("name", ["header", "script", "entities", "attribute", "scripts", "channel mention"])
def test_outside_text_is_shown_as_it_is(name: str) -> None:
    message = read(alert(NASTY[name]))
    headline = render.line(NASTY[name], render.HEADLINE)
    text, html = parts(message)
    assert message["Subject"] == f"[HIGH] {headline}"
    assert text.split("\n")[0].startswith(headline[:60])
    assert headline in Page(html).text


def test_an_encoded_word_in_a_title_stays_text() -> None:
    message = read(alert(NASTY["encoded header"]))
    assert message["Subject"] == "[HIGH] = ?utf-8?q?Toll=0D=0ABcc:_everyone=40example.org?="
    assert message["Bcc"] is None


def test_the_first_mail() -> None:
    message = read(RAISED)
    check(message)
    assert message["From"] == "Wirewatch <wire@example.org>"
    assert message["To"] == "desk@example.org"
    assert message["Subject"] == "[HIGH] Ministers hail a new world order"
    assert message["Date"] == "Wed, 30 Mar 2022 14:05:05 +0000"
    assert message["Message-ID"] == "<alert.a1@example.org>"
    assert message["References"] is None
    assert message["List-Id"] == "<night-desk.wirewatch.example.org>"
    assert message["List-Unsubscribe"] == "<mailto:wire@example.org?subject=unsubscribe%20night_desk>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Importance"] == "high"
    text, html = parts(message)
    assert text == (
        "Ministers hail a new world order\n"
        "Globe Wire · 30 Mar 2022, 14:05 UTC · HIGH · Urgent\n"
        "https://globe.example/news/1?a=1&b=2\n"
        "\n"
        "… Lawrow said that a fair world order was near …\n"
        "\n"
        "His guest agreed.\n"
        "\n"
        "Why: World order, Lavrov (“world order”, “Lawrow”)\n"
        "\n"
        "-- \n"
        "Sent by Wirewatch to the channel night_desk\n"
    )
    page = Page(html)
    assert ("href", "https://globe.example/news/1?a=1&b=2") in page.attributes
    assert "Lawrow said that a fair world order was near" in page.text
    assert page.tags.count("span") == 3  # two hits, and the severity


@pytest.mark.parametrize("event", [UPDATE, CORRECTION, HOLD, WITHDRAWAL], ids=["update", "correction", "hold", "kill"])
def test_later_mails_join_the_thread(event: AlertEvent) -> None:
    root = thread(RAISED, None, HEAD).receipt()
    changed = replace(event, card=replace(event.card, headline="Another headline", severity=Severity.FLASH))
    for message in (read(changed, root), read(event)):
        check(message)
        assert message["Subject"] == "[HIGH] Ministers hail a new world order"
        assert message["In-Reply-To"] == message["References"] == "<alert.a1@example.org>"
        assert message["Message-ID"] == f"<event.{delivery(event).id}@example.org>"


def test_what_waited_is_dated_when_it_went_out() -> None:
    held = replace(delivery(RAISED), created_at=RAISED.at + 3600)
    for attempt in (held, replace(held, not_before=RAISED.at + 60)):
        assert read_any(attempt)["Date"] == "Wed, 30 Mar 2022 15:05:05 +0000"


def test_a_mail_says_who_is_on_it() -> None:
    for part in parts(read(replace(CORRECTION, card=ACKNOWLEDGED.card))):
        assert "Acknowledged by Änne, 30 Mar 2022, 14:10 UTC" in part


def test_a_correction_shows_the_words_before_and_after() -> None:
    text, html = parts(read(CORRECTION))
    assert "Correction: URGENT: Ministers hail a new world order\n" in text
    assert "Text: “at least 12 people were hurt” → “at least 30 people were hurt”\n" in text
    assert "The alert as it stands now:\n\nCORRECTED\nMinisters hail a new world order\n" in text
    page = Page(html)
    assert "at least 12 people were hurt → at least 30 people were hurt" in page.text
    assert {"del", "ins"} <= set(page.tags)


def test_a_withdrawal_is_struck_through_and_says_so() -> None:
    text, html = parts(read(WITHDRAWAL))
    assert text.startswith("WITHDRAWN: do not use: ~STORY WITHDRAWN: Ministers hail a new world order~\n")
    page = Page(html)
    assert page.text.count("WITHDRAWN: do not use") == 3  # title, what is new, and the card
    assert page.tags.count("s") == 4  # two headlines and two passages


def test_carriers_are_named_and_counted() -> None:
    (carrier,) = COPY.card.carriers
    card = replace(COPY.card, carriers=(carrier,) * 11, published=None)
    text, html = parts(read(replace(RAISED, card=card)))
    assert "and 3 more" in text
    assert "Daily Echo (copy)and 3 more" in Page(html).text
    assert "seen 30 Mar 2022, 14:05 UTC" in Page(html).text


@pytest.mark.parametrize(("event", "said"), [(TROUBLE, "answers 503"), (RECOVERY, "answers again")])
def test_ops(event: OpsEvent, said: str) -> None:
    message = read(event)
    check(message)
    assert message["Subject"] == "Wirewatch: feed globe"
    assert message["References"] == read(TROUBLE)["References"]
    text, html = parts(message)
    assert said in text
    assert said in Page(html).text


@pytest.mark.parametrize("event", [RAISED, CORRECTION, TROUBLE], ids=["raised", "correction", "ops"])
def test_the_same_delivery_makes_the_same_bytes(event: Event) -> None:
    first, again = (compose(delivery(event), None, HEAD, TO).as_bytes() for _ in range(2))
    assert first == again


def test_nothing_is_fetched() -> None:
    _, html = parts(read(CORRECTION))
    assert not {"img", "link", "script", "iframe", "object"} & set(Page(html).tags)
    assert "url(" not in html
    assert "@import" not in html
