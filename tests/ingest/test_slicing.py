"""Documents read but for the items that are known: nothing is read otherwise than in the whole document."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.ingest import slicing
from monitor.ingest.document import parse_document
from monitor.ingest.mend import mend
from monitor.model import Cadence, Feed, Kind, Parsed
from tests.ingest.documents import FEED, atom, read, rss
from tests.items import NOON

DATA = Path(__file__).parents[3] / "shared" / "data"
FEEDS = sorted((DATA / "feeds").glob("*.xml"))
REPLAYS = sorted(path for path in (DATA / "replay").glob("*") if path.is_dir())
NOW = 1_771_400_000.0

STORIES = tuple(
    f"<title>{title}</title><guid isPermaLink='false'>{title}</guid><link>/{n}</link><description>{title} today"
    f"</description><pubDate>Wed, 30 Mar 2022 1{n}:00:00 GMT</pubDate>"
    for n, title in enumerate(("Fog shuts port", "Malta votes", "Lima frees two", "Tunnel opens"))
)
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b"<channel><title>Old</title></channel><item><title>One</title><link>http://m.example/1</link></item>"
    b"<item><title>Two</title><link>http://m.example/2</link></item></rdf:RDF>"
)
ENTRIES = tuple(f"<id>urn:{n}</id><title>{n} said</title><link href='{n}'/><summary>S{n}</summary>" for n in range(3))
ATOM = atom(*ENTRIES, attributes="xml:base='https://meridian.example/x/' xml:lang='de'")


def after(first: bytes, then: bytes, feed: Feed = FEED, now: float = NOON) -> Parsed:
    """The second document, read with what is known from the first."""
    parsed = parse_document(then, "", feed, now, read(first, feed=feed, now=now).slices)
    assert isinstance(parsed, Parsed), parsed
    return parsed


@pytest.mark.parametrize("body", [rss(*STORIES), ATOM, RDF], ids=["RSS", "Atom", "RDF"])
def test_a_document_without_news_is_known_whole(body: bytes) -> None:
    whole, again = read(body), after(body, body)
    assert (again.items, set(again.known)) == ((), {item.key for item in whole.items})
    assert again.only_known
    assert not whole.only_known


@pytest.mark.parametrize(
    ("first", "then", "new"),
    [
        (rss(*STORIES[1:]), rss(*STORIES), ["Fog shuts port"]),
        (rss(*STORIES), rss(*STORIES[:2], STORIES[2].replace("today", "at last"), STORIES[3]), ["Lima frees two"]),
        (rss(*STORIES[:3]), rss(*STORIES[1:]), ["Tunnel opens"]),
        (rss(*STORIES[:2]), rss(*reversed(STORIES)), ["Lima frees two", "Tunnel opens"]),
        (atom(*ENTRIES[:2]), ATOM, ["2 said"]),
    ],
    ids=["one on top", "one changed", "one below", "in another order", "under another head"],
)
def test_only_what_is_new_is_read_and_as_in_the_whole(first: bytes, then: bytes, new: list[str]) -> None:
    sliced = after(first, then)
    whole = {item.key: item for item in read(then).items}
    assert sorted(item.title for item in sliced.items) == new
    assert [whole[item.key] for item in sliced.items] == list(sliced.items)
    assert {*sliced.known, *(item.key for item in sliced.items)} == whole.keys()
    assert after(then, then).known == tuple(slicing.unpack(read(then).slices)[d].key for d in digests(then))


HOURS = "<skipHours><hour>3</hour></skipHours>"
DAYS = "<skipDays><day>Sunday</day></skipDays>"
LINKS = "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://m.example/rss'/>"


@pytest.mark.parametrize("step", [2, 3], ids=["every other item is new", "every third item is known"])
def test_what_a_document_asks_for_is_read_before_between_and_after_its_items(step: int) -> None:
    head = f"<title>M</title><ttl>30</ttl>{HOURS}"
    body = rss(*STORIES, head=head).replace(b"<rss", b"<rss xmlns:atom='http://www.w3.org/2005/Atom'", 1)
    then = body.replace(b"</channel>", f"{DAYS}{LINKS}</channel>".encode())
    whole = read(then)
    assert whole.cadence == Cadence(1800.0, (3,), (6,))
    assert (whole.hub, whole.topic) == ("https://hub.example/", "https://m.example/rss")
    sliced = after(rss(*STORIES[::step]), then)
    assert len(sliced.known) == len(STORIES[::step])
    assert (sliced.cadence, sliced.hub, sliced.topic) == (whole.cadence, whole.hub, whole.topic)


def digests(body: bytes) -> tuple[bytes, ...]:
    mended = mend(body.decode())
    assert mended is not None
    cut = slicing.cut(mended)
    assert cut is not None
    return cut.digests


ENTITY = b'<!DOCTYPE rss [<!ENTITY port "Port of Genoa">]>'


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (rss(*STORIES[1:]), rss(*STORIES).replace(b"</channel></rss>", b"")),
        (rss(*STORIES[1:]), ENTITY + rss(*STORIES, declaration="")),
        (rss(*STORIES[1:]), rss(*STORIES[1:], STORIES[1].replace("today", "again"))),
        (rss(*STORIES[1:]), rss(*STORIES[1:], "<title>Twin</title><link>/1</link><guid>t</guid>")),
        (rss(*STORIES[1:]), rss(*STORIES, head="<title>M</title><image><item>no</item></image>")),
        (rss(*STORIES[1:]), rss(*STORIES).replace(b"</channel>", b"<item/></channel>")),
    ],
    ids=["cut off", "own entities", "guid twice", "address twice", "item elsewhere", "empty item"],
)
def test_what_is_in_doubt_is_read_whole(first: bytes, then: bytes) -> None:
    parsed = after(first, then)
    assert parsed.known == ()
    assert parsed == read(then)


@pytest.mark.parametrize("slices", ["", "no base64!", "AAAA"])
def test_slices_that_cannot_be_read_are_none(slices: str) -> None:
    parsed = parse_document(rss(*STORIES), "", FEED, NOON, slices)
    assert isinstance(parsed, Parsed)
    assert parsed == read(rss(*STORIES))


def test_capitals_are_judged_with_the_known_headlines() -> None:
    loud = tuple(f"<title>KILL SWITCH {n} FOUND IN LAB</title><guid>{n}</guid>" for n in range(6))
    sliced, whole = after(rss(*loud[1:]), rss(*loud)), read(rss(*loud))
    (item,) = sliced.items
    assert item == next(one for one in whole.items if one.key == item.key)


@pytest.mark.parametrize(
    ("headline", "kind"), [("KILL SWITCH {} FOUND IN LAB", Kind.NEWS), ("Lab {} opens", Kind.FLASH)]
)
def test_capitals_of_a_document_that_shows_none_of_the_last_are_judged_with_those(headline: str, kind: Kind) -> None:
    before = tuple(f"<title>{headline.format(n)}</title><guid>{n}</guid>" for n in range(6))
    (item,) = after(rss(*before), rss("<title>LAVROV LANDS IN TUNXI</title><guid>new</guid>")).items
    assert item.wire.kind is kind


def test_headlines_in_capitals_that_are_shown_again_are_counted_once() -> None:
    few = tuple(f"<title>KILL SWITCH {n} FOUND IN LAB</title><guid>{n}</guid>" for n in range(2))
    again = after(rss(*few), rss(*few, declaration="").replace(b"KILL", b"OFF"))
    assert {item.wire.kind for item in again.items} == {Kind.FLASH}


# ── Real feeds ──────────────────────────────────────────────────────────────


@pytest.mark.skipif(not FEEDS, reason="the folder of real feeds is not here")
@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem[:6])
def test_real_feeds_read_alike_sliced_and_whole(path: Path) -> None:
    feed = Feed(id="real", url="https://real.example/feed", source="Real", every=300.0)
    body = path.read_bytes()
    whole = read(body, feed=feed, now=NOW)
    slices = list(slicing.unpack(whole.slices).values())
    for step in (2, 3, 7):
        for first in range(min(step, 3)):
            known = [one for n, one in enumerate(slices) if n % step != first]
            parsed = parse_document(body, "", feed, NOW, slicing.pack(known))
            assert isinstance(parsed, Parsed)
            alike(parsed, whole)


@pytest.mark.slow
@pytest.mark.parametrize("folder", REPLAYS, ids=lambda path: path.name)
def test_two_weeks_of_a_feed_read_alike_sliced_and_whole(folder: Path) -> None:
    feed = Feed(id="real", url="https://real.example/feed", source="Real", every=300.0)
    slices, sliced = "", 0
    for frame in sorted(folder.glob("*.xml"))[::2]:
        body, now = frame.read_bytes(), float(frame.stem)
        parsed = parse_document(body, "", feed, now, slices)
        assert isinstance(parsed, Parsed)
        alike(parsed, read(body, feed=feed, now=now))
        slices, sliced = parsed.slices, sliced + bool(parsed.known)
    assert sliced > 10


def alike(parsed: Parsed, whole: Parsed) -> None:
    """What was read is as in the whole document, and nothing is missing."""
    items = {item.key: item for item in whole.items}
    assert [items[item.key] for item in parsed.items] == list(parsed.items)
    assert {*parsed.known, *(item.key for item in parsed.items)} == items.keys()
    if not parsed.only_known:
        assert (parsed.cadence, parsed.hub, parsed.topic) == (whole.cadence, whole.hub, whole.topic)
