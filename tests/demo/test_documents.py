"""Every outlet's document, at several moments, says to a plain reader of its format what the script says."""

from __future__ import annotations

import calendar
import io
import json
from typing import Any

import feedparser
import pytest

from monitor.demo import script
from monitor.demo.documents import CONTENT_TYPES, render
from monitor.demo.script import Outlet, Release
from monitor.demo.server import Play

WIRE = script.load()
OPENED = 1_700_000_000.0
PLAY = Play(WIRE, OPENED)
FEEDS = [outlet for outlet in WIRE.outlets.values() if outlet.format not in ("html", "json")]


def _render(outlet: Outlet, second: float) -> tuple[tuple[Release, ...], bytes]:
    releases = WIRE.showing(outlet.id, second)
    return releases, render(outlet, releases, PLAY.date)


def _parse(body: bytes, outlet: Outlet) -> Any:
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": CONTENT_TYPES[outlet.format]},
        sanitize_html=False,
    )


@pytest.mark.parametrize("second", [0.0, 4.7, 9.5, WIRE.length])
@pytest.mark.parametrize("outlet", FEEDS, ids=lambda outlet: outlet.id)
def test_xml_feeds_say_what_the_script_says(outlet: Outlet, second: float) -> None:
    releases, body = _render(outlet, second)
    found = _parse(body, outlet)
    assert not found.bozo
    assert found.encoding == outlet.encoding
    assert found.feed.title == outlet.name
    assert found.feed.language == outlet.lang
    assert [(entry.id, entry.link, entry.title) for entry in found.entries] == [
        (release.guid, release.url, _markup(release.title) if outlet.format == "atom" else release.title)
        for release in releases
    ]
    for release, entry in zip(releases, found.entries, strict=True):
        text = entry.content[0].value if "content" in entry else entry.get("summary", "")
        for paragraph in release.paragraphs:
            assert paragraph in text or _markup(paragraph) in text
        date = entry.get("published_parsed") or entry.get("updated_parsed")
        dated = None if release.dated is None else int(PLAY.date(release.dated))
        assert (None if date is None else calendar.timegm(date)) == dated


def _markup(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def test_an_excerpt_stands_beside_the_whole_text() -> None:
    releases, body = _render(WIRE.outlets["harbour"], 6.1)
    entry = _parse(body, WIRE.outlets["harbour"]).entries[0]
    assert releases[0].id == "tunxi-copy"
    assert entry.summary == f"<p>{releases[0].story[0]}</p>"
    assert len(entry.content[0].value) > 3 * len(entry.summary)
    assert entry.author == "Meridian Wire"


def test_characters_that_an_encoding_lacks_are_written_as_references() -> None:
    _, body = _render(WIRE.outlets["deich"], 7.5)
    assert "Außenminister".encode("iso-8859-1") in body
    assert b"&#8222;multipolare" in body


@pytest.mark.parametrize("second", [0.0, 9.5, WIRE.length])
def test_json_feed_says_what_the_script_says(second: float) -> None:
    outlet = WIRE.outlets["ledger"]
    releases, body = _render(outlet, second)
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(item["id"], item["url"], item["title"]) for item in feed["items"]] == [
        (release.guid, release.url, release.title) for release in releases
    ]
    for release, item in zip(releases, feed["items"], strict=True):
        assert all(_markup(paragraph) in item["content_html"] for paragraph in release.paragraphs)
        assert item.get("authors", [{"name": ""}])[0]["name"] == release.author
        assert item["date_published"].endswith("Z")


def test_the_page_that_is_no_feed_is_none() -> None:
    _, body = _render(WIRE.outlets["gazette"], 3.0)
    assert body.startswith(b"<!DOCTYPE html>")
    assert not feedparser.parse(io.BytesIO(body)).version


@pytest.mark.parametrize(
    ("style", "mark"), [("json", b"date_published"), ("atom", b"<published>"), ("rdf", b"<dc:date>")]
)
def test_an_undated_item_has_no_date(style: str, mark: bytes) -> None:
    releases = WIRE.showing("ringside", 2.9)
    body = render(WIRE.outlets["ringside"].model_copy(update={"format": style}), releases, PLAY.date)
    assert [release.dated is None for release in releases] == [True, False]
    assert body.count(mark) == 1
