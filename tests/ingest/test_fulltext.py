"""The text of items' pages: which are fetched, how, and what is made of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from monitor.ingest import article, fulltext
from monitor.ingest.parse import ParserPool
from monitor.ingest.wire import read_wire
from monitor.model import Access, Article, Auth, Feed, Item, Kind, Unreadable
from tests.items import NOON, an_item

FEED = Feed("meridian", "https://meridian.example/feed.xml", "Meridian", every=300.0, fulltext=True)
PARAGRAPH = "The ministers met in Tunxi on Wednesday and spoke for three hours about grain, gas and the border. "
TEXT = f"{PARAGRAPH * 4}\nThey will meet again in Kazan when the river is free of ice. {PARAGRAPH * 3}".strip()
PAGE = (
    "<!doctype html><html><head><title>Envoys meet - Meridian</title></head><body><nav><a href='/'>Home</a></nav>"
    f"<article><h1>Envoys meet</h1>{''.join(f'<p>{line}</p>' for line in TEXT.splitlines())}</article>"
    "<footer>All rights reserved. Meridian 2022</footer></body></html>"
)


def told(body: str, kind: Kind = Kind.NEWS) -> Item:
    return replace(an_item("Envoys meet", body, kind=kind), url="https://meridian.example/1")


@pytest.mark.parametrize(
    ("feed", "item", "wanted"),
    [
        pytest.param(FEED, told("They met."), True, id="a summary"),
        pytest.param(FEED, told(""), True, id="a title alone"),
        pytest.param(FEED, told("x" * fulltext.ENOUGH), False, id="a whole text"),
        pytest.param(replace(FEED, fulltext=False), told("They met."), False, id="not asked for"),
        pytest.param(FEED, replace(told("They met."), url=""), False, id="without a page"),
        pytest.param(FEED, told("They met.", Kind.UPDATE), True, id="an update"),
        pytest.param(FEED, told("They met.", Kind.FLASH), False, id="a flash does not wait"),
        pytest.param(FEED, told("Do not use.", Kind.WITHDRAWAL), False, id="a withdrawal has no more"),
    ],
)
def test_pages_are_fetched_for_items_that_need_it(feed: Feed, item: Item, wanted: bool) -> None:
    assert fulltext.wanted(feed, item) is wanted


PAGES = ("Accept", "text/html, application/xhtml+xml, */*;q=0.1")
HOME = "https://meridian.example/feed.xml"
ACCESS = Access((("X-Desk", "world"),), Auth("key"), user_agent="ours", timeout=5.0, insecure=True)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://meridian.example/1", replace(ACCESS, headers=(PAGES, *ACCESS.headers)), id="its site"),
        pytest.param("https://other.example/1", Access((PAGES,), user_agent="ours", timeout=5.0), id="another site"),
        pytest.param("http://meridian.example/1", Access((PAGES,), user_agent="ours", timeout=5.0), id="unencrypted"),
    ],
)
def test_what_is_for_the_feeds_site_is_told_to_nobody_else(url: str, expected: Access) -> None:
    assert fulltext.access(replace(FEED, access=ACCESS), url) == replace(expected, home=HOME)


def test_an_item_keeps_what_its_feed_told_and_gets_the_rest() -> None:
    item = replace(told("Grain came first.", Kind.CORRECTION), revision="of the feed")
    page = f"Envoys meet\nTUNXI, March 30 (AFP) - {TEXT}"
    whole = fulltext.completed(item, Article(page))
    assert whole.whole
    assert whole.body == f"Grain came first.\n\nTUNXI, March 30 (AFP) - {TEXT}"
    assert (whole.revision, whole.wire.kind, whole.key) == ("of the feed", Kind.CORRECTION, item.key)
    assert whole.body[whole.wire.copy.start : whole.wire.copy.end] == whole.body
    alone = fulltext.completed(told(""), Article(page))
    assert (alone.wire.place, alone.wire.credit) == ("TUNXI", "AFP")
    assert alone.text == TEXT


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Unreadable("HTTP 403 Forbidden"), "HTTP 403 Forbidden"),
        (Article("Envoys meet\nThey met."), "it has no more than its feed"),
    ],
    ids=["not read", "no more"],
)
def test_an_item_without_its_page_is_as_it_was_and_says_why(said: Article | Unreadable, why: str) -> None:
    item = told("They met.")
    assert fulltext.completed(item, said) == replace(item, unread=why)


def test_a_text_of_a_feed_is_not_compared_with_one_of_a_page() -> None:
    short, whole = told("They met."), fulltext.completed(told("They met."), Article(TEXT))
    for before, after in ((short, whole), (whole, short)):
        compared = fulltext.comparable(replace(before, title="Before"), after)
        assert (compared.title, compared.body, compared.text) == ("Before", after.body, after.text)
    assert fulltext.comparable(short, told("They ate.")) == short
    assert fulltext.comparable(whole, whole) == whole


# ── Pages ───────────────────────────────────────────────────────────────────


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(1, seconds=20.0) as pool:
        yield pool


async def test_an_article_is_found_on_its_page_by_a_worker(pool: ParserPool) -> None:
    found = await pool.article(PAGE.encode(), "text/html; charset=utf-8", FEED, NOON)
    assert isinstance(found, Article)
    assert [line.strip() for line in found.text.splitlines()] == ["Envoys meet", *map(str.strip, TEXT.splitlines())]
    none = await pool.article(b"<html><body></body></html>", "text/html", FEED, NOON)
    assert none == Unreadable("there is no article on it")
    assert isinstance(await pool.parse(PAGE.encode(), "text/html", FEED, NOON), Unreadable)


async def test_a_page_that_takes_too_much_costs_itself_only() -> None:
    async with ParserPool(1, seconds=0.05) as hasty:
        late = await hasty.article(b"<div>" * 1_000_000, "text/html", FEED, NOON)
        assert isinstance(late, Unreadable)
    long = await ParserPool(1).article(b" " * (17 * 2**20), "text/html", FEED, NOON)
    assert long == Unreadable("18 MB long; more than 17 MB are not read")


@pytest.mark.parametrize(
    ("content_type", "meta"),
    [("text/html; charset=windows-1251", ""), ("text/html", "<meta charset='windows-1251'>")],
    ids=["by the header", "by the page"],
)
def test_a_page_is_read_in_its_charset(content_type: str, meta: str) -> None:
    words = "Министры встретились в Туньси и говорили три часа о зерне, газе и границе. " * 8
    body = f"<html><head>{meta}</head><body><article><p>{words}</p></article></body></html>".encode("windows-1251")
    found = article.read(body, content_type)
    assert isinstance(found, Article)
    assert found.text == words.strip()


def test_without_the_extra_feeds_that_ask_for_pages_are_told_of() -> None:
    """In a process in which no package can be found any more."""
    code = (
        "from monitor import yamldoc\n"
        "from monitor.errors import ConfigError\n"
        "from monitor.ingest.feeds import load_feeds\n"
        "import sys; sys.path.clear()\n"
        "text = 'feeds:\\n  - {id: a, url: https://a.example/}\\n"
        "  - {id: b, url: https://b.example/, fulltext: true}'\n"
        "try: load_feeds(yamldoc.read(text, 'feeds.yaml'), 60)\n"
        "except ConfigError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "feeds.yaml:3:48: needs trafilatura (pip install 'wirewatch[fulltext]')\n"


def test_wire_conventions_are_those_of_the_feed() -> None:
    """A page's own correction note does not make its first sight a correction."""
    whole = fulltext.completed(told("They met."), Article(f"{TEXT}\nThis story was corrected to fix a name."))
    assert read_wire(whole.title, whole.body).kind is Kind.CORRECTION
    assert whole.wire.kind is Kind.NEWS
