"""A digest on every channel: what it says, and that nothing breaks out of it."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.channels import digest_text, event_json, slack_message
from monitor.channels.console import ConsoleChannel
from monitor.channels.slack_message import SlackMessage
from monitor.model import AlertStatus, DigestEntry, DigestEvent, DigestSection, EventKind, HoldReason
from tests.channels import test_email_message, test_slack_message
from tests.channels.nasty import digests
from tests.channels.samples import AT, DIGEST, HAIL, QUAKE, delivery

LINES = [
    "World, this morning: 2 stories since 30 Mar 2022, 14:05 UTC, 3 silenced",
    "",
    "World order",
    "- Ministers hail a new world order",
    "  HIGH · Globe Wire · 30 Mar 2022, 14:05 UTC · 2 more texts",
    "  https://globe.example/news/1?a=1&b=2",
    "",
    "Quakes",
    "- Quake kills 30",
    "  Correction · Normal · Daily Echo · 30 Mar 2022, 14:06 UTC",
    "  Text: “at least 12 people” → “at least 30 people”",
    "  Corrects the toll.",
    "  https://echo.example/quake",
]


def test_as_plain_text() -> None:
    assert digest_text.lines(DIGEST) == LINES


def test_what_is_left_out_is_counted() -> None:
    many = DigestSection("world-order", "World order", (HAIL,) * (digest_text.MOST + 2))
    rest = DigestSection("quakes", "Quakes", (QUAKE,))
    lines = digest_text.lines(DigestEvent(AT, "", HoldReason.QUIET, AT, (many, rest)))
    assert lines[0] == "Quiet hours: 43 stories since 30 Mar 2022, 14:05 UTC"
    assert lines[-1] == "and 3 more"
    assert sum(line.startswith("- ") for line in lines) == digest_text.MOST
    assert "Quakes" not in lines


@pytest.mark.parametrize(
    ("entry", "label"),
    [
        (HAIL, ""),
        (QUAKE, "Correction"),
    ],
    ids=["told for the first time", "told before"],
)
def test_what_happened(entry: DigestEntry, label: str) -> None:
    assert digest_text.label(entry) == label


def test_in_slack() -> None:
    message = slack_message.digest(DIGEST)
    head, count, order, quakes = message.blocks
    assert test_slack_message.shown(SlackMessage("", [head])) == "World, this morning"
    assert test_slack_message.shown(SlackMessage("", [order])) == (
        "World orderMinisters hail a new world order\n🟠 HIGH · Globe Wire ·  · 2 more texts"
    )
    assert "Correction: Quake kills 30\nNormal · Daily Echo" in test_slack_message.shown(SlackMessage("", [quakes]))
    assert [part["fallback"] for part in test_slack_message.objects(message.blocks) if part["type"] == "date"] == [
        "30 Mar 2022, 14:05 UTC",
        "30 Mar 2022, 14:06 UTC",
    ]
    assert count["elements"][0]["text"].startswith("2 stories since <!date^1648649100^")  # type: ignore[index]
    assert message.text == "\n".join(LINES).replace("&", "&amp;")


def test_as_mail() -> None:
    mail = test_email_message.read_any(delivery(DIGEST))
    text, _ = test_email_message.parts(mail)
    assert mail["Subject"].strip() == LINES[0]
    assert mail["Message-ID"] == f"<digest.{delivery(DIGEST).id}@example.org>"
    assert mail["In-Reply-To"] is None
    for line in LINES[2:]:
        assert line.strip() in text


def test_slack_shows_as_many_as_there_is_room_for() -> None:
    entry = replace(HAIL, headline="world order " * 30, url="https://globe.example/" + "n" * 900)
    message = slack_message.digest(replace(DIGEST, sections=(DigestSection("r", "World order", (entry,) * 30),)))
    test_slack_message.check(message)
    links = [part["url"] for part in test_slack_message.objects(message.blocks) if part["type"] == "link"]
    assert set(links) == {entry.url}
    assert 5 < len(links) < 30
    assert test_slack_message.shown(message).endswith(f"and {30 - len(links)} more")


def test_a_mail_has_a_table_of_stories_for_each_rule() -> None:
    _, html = test_email_message.parts(test_email_message.read_any(delivery(DIGEST)))
    page = test_email_message.Page(html)
    assert page.tags.count("table") == 2
    assert page.tags.count("tr") == 4
    assert ("href", HAIL.url) in page.attributes
    cells = [re.sub(r"<[^>]*>", " ", cell).split() for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", html)]
    assert cells[:3] == [["World", "order"], ["Severity"], ["Texts"]]
    assert cells[3][:6] == ["Ministers", "hail", "a", "new", "world", "order"]
    assert cells[4:6] == [["HIGH"], ["3"]]


def test_a_mail_strikes_what_was_withdrawn_and_says_so() -> None:
    gone = replace(HAIL, kind=EventKind.WITHDRAWN, status=AlertStatus.WITHDRAWN)
    event = replace(DIGEST, sections=(DigestSection("r", "World order", (gone,)),))
    _, html = test_email_message.parts(test_email_message.read_any(delivery(event)))
    assert "WITHDRAWN: do not use</div>" in html
    assert re.search(r"<s><a [^>]*>Ministers hail a new world order</a></s>", html)


def test_a_mail_holds_more_than_a_chat() -> None:
    event = replace(DIGEST, sections=(DigestSection("r", "World order", (HAIL,) * 201),))
    text, html = test_email_message.parts(test_email_message.read_any(delivery(event)))
    assert html.count("<tr>") == 201
    assert "and 1 more" in html
    assert text.count("- Ministers hail") == 200


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
async def test_on_a_console(as_json: bool) -> None:
    stream = io.StringIO()
    await ConsoleChannel("here", stream, as_json=as_json).send(delivery(DIGEST), None)
    if as_json:
        written = json.loads(stream.getvalue())
        assert (written["event"], written["title"], written["silenced"]) == ("digest", "World, this morning", 3)
        assert [section["rule"] for section in written["sections"]] == ["world-order", "quakes"]
        entry = written["sections"][1]["entries"][0]
        assert (entry["event"], entry["headline"], entry["published"]) == ("corrected", "Quake kills 30", None)
        assert entry["changes"] == [{"field": "body", "before": "at least 12 people", "after": "at least 30 people"}]
    else:
        assert "DIGEST" in stream.getvalue()
        assert "Ministers hail a new world order" in stream.getvalue()


@given(digests)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=30)
def test_no_digest_breaks_out(event: DigestEvent) -> None:
    test_slack_message.check(slack_message.digest(event))
    test_email_message.check(test_email_message.read_any(delivery(event)))
    line = event_json.one_line(delivery(event))
    assert line.splitlines() == [line]
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line)
