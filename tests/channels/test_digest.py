"""A digest on every channel: what it says, and that nothing breaks out of it."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.channels import event_json, render, slack_message
from monitor.channels.console import ConsoleChannel
from monitor.model import DigestEntry, DigestEvent, DigestSection, HoldReason
from tests.channels import test_email_message, test_slack_message
from tests.channels.nasty import digests
from tests.channels.samples import AT, DIGEST, HAIL, QUAKE, delivery

LINES = [
    "World, this morning: 2 stories since 30 Mar 2022, 14:05 UTC, 3 silenced",
    "",
    "World order",
    "- Ministers hail a new world order",
    "  HIGH · Globe Wire · 30 Mar 2022, 14:05 UTC · 2 more",
    "  https://globe.example/news/1?a=1&b=2",
    "",
    "Quakes",
    "- Quake kills 30",
    "  Correction · Normal · Daily Echo · 30 Mar 2022, 14:06 UTC",
    "  Text: “at least 12 people” → “at least 30 people”",
    "  https://echo.example/quake",
    "Corrects the toll.",
]


def test_as_plain_text() -> None:
    assert render.plain_digest(DIGEST) == LINES


def test_what_is_left_out_is_counted() -> None:
    many = DigestSection("world-order", "World order", (HAIL,) * (render.MOST_ENTRIES + 2))
    rest = DigestSection("quakes", "Quakes", (QUAKE,))
    lines = render.plain_digest(DigestEvent(AT, "", HoldReason.QUIET, AT, (many, rest)))
    assert lines[0] == "Quiet hours: 43 stories since 30 Mar 2022, 14:05 UTC"
    assert lines[-1] == "and 3 more"
    assert sum(line.startswith("- ") for line in lines) == render.MOST_ENTRIES
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
    assert render.entry_label(entry) == label


def test_in_slack() -> None:
    message = slack_message.digest(DIGEST)
    assert test_slack_message.shown(message) == "\n".join(LINES)
    assert message.text == "\n".join(LINES).replace("&", "&amp;")


def test_as_mail() -> None:
    mail = test_email_message.read_any(delivery(DIGEST))
    text, _ = test_email_message.parts(mail)
    assert mail["Subject"].strip() == LINES[0]
    assert mail["Message-ID"] == f"<digest.{delivery(DIGEST).id}@example.org>"
    assert mail["In-Reply-To"] is None
    for line in LINES[2:]:
        assert line.strip() in text


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
