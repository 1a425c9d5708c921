"""Feeds found at an address, by a real fetch of a real server's pages."""

from __future__ import annotations

import pytest

from monitor import config
from monitor.errors import ConfigError
from monitor.feedlist.discovery import Found, find, named
from monitor.feedlist.looking import looking, unlisted
from monitor.model import FetchFailed, Page
from tests.items import NOON
from tests.servers.hostile import Answer, HostileServer, head, raw
from tests.servers.service import rss

NEARBY = config.load({"WIREWATCH_ALLOW_NETS": "127.0.0.0/8"})
NEWS = rss(("1", "Strike closes port", "Dock workers."), ("2", "Rain", "On Friday."))


async def found(hostile: HostileServer, path: str) -> Found:
    async with looking(NEARBY) as looker:
        return await find(looker, unlisted(hostile.url(path)), NOON)


def a_page(*links: str) -> Answer:
    return Answer(f"<!doctype html><head><title>Us</title>{''.join(links)}</head>".encode(), content_type="text/html")


async def test_an_address_that_is_a_feed_is_it(hostile: HostileServer) -> None:
    hostile.set("/news", NEWS)
    hostile.serve("/old", raw(head(301, ("Location", "/news"))))
    at_old = await found(hostile, "/old")
    (look,) = at_old.feeds
    assert (look.title, look.address, look.lang) == ("News", hostile.url("/news"), "")
    assert (look.newest, look.after.next_poll) == (NOON, NOON + 300)
    assert [(each.url, each.status) for each in look.exchanges] == [
        (hostile.url("/old"), 301),
        (hostile.url("/news"), 200),
    ]
    assert ("Location", "/news") in look.exchanges[0].headers
    assert ("Content-Type", "application/rss+xml") in look.exchanges[1].headers


async def test_a_page_leads_to_the_feeds_that_it_names(hostile: HostileServer) -> None:
    hostile.set("/news", NEWS)
    hostile.set("/comments", NEWS)
    hostile.serve("/dead", Answer(b"", 404))
    links = [f"<link rel=alternate type=application/rss+xml href='{path}'>" for path in ("comments", "/dead", "/news")]
    hostile.serve("/page", a_page(*links))
    at_page = await found(hostile, "/page")
    assert [look.address for look in at_page.feeds] == [hostile.url("/news"), hostile.url("/comments")]
    assert at_page.named == 3
    assert [request.path for request in hostile.requests] == ["/page", "/dead", "/news", "/comments"]


async def test_a_page_that_names_none_is_asked_for_the_usual_ones(hostile: HostileServer) -> None:
    hostile.serve("/a/page", a_page())
    hostile.set("/rss", NEWS)
    at_page = await found(hostile, "/a/page")
    assert [look.address for look in at_page.feeds] == [hostile.url("/rss")]
    assert [request.path for request in hostile.requests] == ["/a/page", "/feed", "/rss"]


@pytest.mark.parametrize(
    ("path", "fault", "asked"),
    [
        pytest.param("/missing", "HTTP 404 Not Found", 1, id="nothing there"),
        pytest.param("/html", "an HTML page titled “Just a moment”", 7, id="a page without feeds"),
        pytest.param("/empty", "the answer was empty", 7, id="empty"),
    ],
)
async def test_what_leads_to_no_feed_says_what_it_is(hostile: HostileServer, path: str, fault: str, asked: int) -> None:
    nothing = await found(hostile, path)
    assert (nothing.feeds, nothing.first.fault) == ((), fault)
    assert len(hostile.requests) == asked


async def test_no_request_goes_where_the_service_may_not_go(hostile: HostileServer) -> None:
    async with looking(config.load({})) as looker:
        refused = await find(looker, unlisted(hostile.url("/news")), NOON)
    assert isinstance(refused.first.answer, FetchFailed)
    assert "loopback address" in refused.first.fault
    assert hostile.requests == []


@pytest.mark.parametrize(
    ("html", "links"),
    [
        pytest.param("<link rel=alternate type='application/rss+xml' href=/f>", ["https://a.example/f"], id="rss"),
        pytest.param(
            "<LINK REL='Alternate' TYPE='application/ATOM+xml' HREF='f'>", ["https://a.example/x/f"], id="case"
        ),
        pytest.param(
            "<link rel='home alternate' type='application/feed+json; charset=utf-8' href='//b.example/f'>",
            ["https://b.example/f"],
            id="several words",
        ),
        pytest.param(
            "<base href='/deep/'><link rel=alternate type=text/xml href=f>", ["https://a.example/deep/f"], id="base"
        ),
        pytest.param(
            "<link rel=alternate type=text/xml href='feed:https://b.example/f'>", ["https://b.example/f"], id="feed:"
        ),
        pytest.param("<link rel=alternate type=text/html hreflang=de href=/de>", [], id="another language"),
        pytest.param("<link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>", [], id="WordPress' own"),
        pytest.param("<link rel=stylesheet type=text/xml href=/style>", [], id="a style"),
        pytest.param("<link rel=alternate type=text/xml href='file:///etc/passwd'>", [], id="a file"),
        pytest.param("<link rel=alternate type=text/xml href='http://[::bad/'>", [], id="nonsense"),
        pytest.param("<base><link rel=alternate type=text/xml href><link>", [], id="nothing said"),
        pytest.param("<link rel=alternate type=text/xml href=/f>" * 2, ["https://a.example/f"], id="twice"),
        pytest.param("", [], id="empty"),
    ],
)
def test_the_feeds_that_a_page_names(html: str, links: list[str]) -> None:
    assert named(Page(html.encode(), "https://a.example/x/page", "text/html")) == links


@pytest.mark.parametrize(
    ("written", "url"),
    [
        pytest.param("https://a.example/f", "https://a.example/f", id="whole"),
        pytest.param(" a.example/f ", "https://a.example/f", id="without scheme"),
        pytest.param("feed://a.example/f", "https://a.example/f", id="feed://"),
        pytest.param("feed:http://a.example/f", "http://a.example/f", id="feed:http://"),
    ],
)
def test_addresses_as_people_write_them(written: str, url: str) -> None:
    assert unlisted(written).url == url


@pytest.mark.parametrize("written", ["", "ftp://a.example/f", "https://me:hush@a.example/", "a b", "https://"])
def test_what_is_no_address(written: str) -> None:
    with pytest.raises(ConfigError) as refused:
        unlisted(written)
    assert "hush" not in str(refused.value)
