"""One feed's own way of being asked: headers, secrets, proxy, user agent, limits, certificates."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
from yarl import URL

from monitor.ingest.fetch import HttpFetcher, Limits, same_site
from monitor.model import Access, Auth, Page
from tests.ingest.fetching import AGENT, LOOPBACK, NONE, Zone, reason
from tests.servers.certificates import Authority
from tests.servers.hostile import Answer, HostileServer, head, raw

SECRETS = {"agency": "s3cret", "pass": "pa:ss wörd"}


@pytest.fixture
async def trusted() -> AsyncIterator[HttpFetcher]:
    """A fetcher that knows secrets, and three names for this machine."""
    names = Zone({name: ["127.0.0.1"] for name in ("here.example", "there.example")} | {"inner.example": ["10.0.0.1"]})
    async with HttpFetcher(AGENT, LOOPBACK, secret=lambda name: SECRETS.get(name, ""), resolver=names) as fetcher:
        yield fetcher


def for_site(hostile: HostileServer, **auth: str) -> Access:
    return Access(auth=Auth(**({"secret": "agency"} | auth), site=hostile.url("/feed", "here.example")))


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({}, "authorization", "Bearer s3cret"),
        ({"header": "X-Api-Key"}, "x-api-key", "s3cret"),
        (
            {"secret": "pass", "user": "desk"},
            "authorization",
            "Basic " + base64.b64encode("desk:pa:ss wörd".encode()).decode(),
        ),
    ],
    ids=["bearer", "a header", "basic"],
)
async def test_who_asks(
    hostile: HostileServer, trusted: HttpFetcher, auth: dict[str, str], header: str, value: str
) -> None:
    hostile.set("/feed", b"<rss/>")
    assert isinstance(await trusted.fetch(hostile.url("/feed", "here.example"), NONE, for_site(hostile, **auth)), Page)
    assert hostile.requests[0].headers[header] == value


async def test_a_secret_is_told_to_its_own_site_only(hostile: HostileServer, trusted: HttpFetcher) -> None:
    there = hostile.url("/there", "there.example")
    hostile.serve("/feed", raw(head(302, ("Location", "/again"))))
    hostile.serve("/again", raw(head(301, ("Location", there))))
    hostile.set("/there", b"<rss/>")
    for start in ("/feed", "/there"):  # the latter: where the feed was seen to have moved
        host = "there.example" if start == "/there" else "here.example"
        assert isinstance(await trusted.fetch(hostile.url(start, host), NONE, for_site(hostile)), Page)
    told = [(request.path, "authorization" in request.headers) for request in hostile.requests]
    assert told == [("/feed", True), ("/again", True), ("/there", False), ("/there", False)]


async def test_further_headers_are_told_to_the_first_site_only(hostile: HostileServer, trusted: HttpFetcher) -> None:
    hostile.serve("/feed", raw(head(302, ("Location", "/again"))))
    hostile.serve("/again", raw(head(302, ("Location", hostile.url("/there", "there.example")))))
    hostile.set("/there", b"<rss/>")
    access = Access(headers=(("X-Desk", "world"), ("Accept", "text/html")))
    assert isinstance(await trusted.fetch(hostile.url("/feed", "here.example"), NONE, access), Page)
    told = [(request.headers.get("x-desk"), request.headers["accept"]) for request in hostile.requests]
    assert told == [("world", "text/html"), ("world", "text/html"), (None, "text/html")]


async def test_what_a_feed_links_to_is_in_an_allowed_network_on_its_own_host_only(
    hostile: HostileServer, trusted: HttpFetcher
) -> None:
    access = Access(home="https://here.example/feed")
    there = hostile.url("/there", "there.example")
    hostile.set("/page", b"<html/>")
    hostile.set("/there", b"<html/>")
    hostile.serve("/away", raw(head(302, ("Location", there))))
    assert isinstance(await trusted.fetch(hostile.url("/page", "here.example"), NONE, access), Page)
    for url in (there, hostile.url("/away", "here.example")):
        assert "there.example resolves to 127.0.0.1, a loopback address" in reason(
            await trusted.fetch(url, NONE, access)
        )
    assert [request.path for request in hostile.requests] == ["/page", "/away"]


async def test_a_proxy_in_an_allowed_network_is_no_way_for_links_into_it(
    hostile: HostileServer, trusted: HttpFetcher
) -> None:
    hostile.set("/page", b"<html/>")
    access = Access(home="https://here.example/feed", proxy=hostile.url(""))
    assert isinstance(await trusted.fetch("http://outside.example/page", NONE, access), Page)
    assert isinstance(await trusted.fetch("http://here.example/page", NONE, access), Page)
    assert "there.example is a loopback address" in reason(
        await trusted.fetch("http://there.example/page", NONE, access)
    )
    assert len(hostile.requests) == 2


@pytest.mark.parametrize(
    ("here", "site", "same"),
    [
        ("https://a.example/feed", "https://a.example/old", True),
        ("https://a.example/feed", "http://a.example/feed", True),
        ("http://a.example/feed", "https://a.example/feed", False),
        ("https://a.example:8443/feed", "https://a.example/feed", False),
        ("https://a.example:8443/feed", "http://a.example/feed", False),
        ("https://b.a.example/feed", "https://a.example/feed", False),
        ("https://a.example./feed", "https://a.example/feed", False),
    ],
    ids=["another page", "made secure", "made insecure", "another port", "insecure to another port", "below", "a dot"],
)
def test_where_a_secret_belongs(here: str, site: str, same: bool) -> None:
    assert same_site(URL(here), URL(site)) is same


async def test_a_secret_that_is_not_set_is_told_by_name(hostile: HostileServer, trusted: HttpFetcher) -> None:
    fetched = await trusted.fetch(hostile.url("/feed", "here.example"), NONE, for_site(hostile, secret="unknown"))
    assert reason(fetched) == "WIREWATCH_SECRET_UNKNOWN is not set (nor WIREWATCH_SECRET_UNKNOWN_FILE)"
    assert hostile.requests == []


async def test_further_headers_and_a_name_of_its_own(hostile: HostileServer, trusted: HttpFetcher) -> None:
    hostile.set("/feed", b"<rss/>")
    access = Access(headers=(("Accept-Language", "en"), ("Accept", "text/xml")), user_agent="desk/1")
    await trusted.fetch(hostile.url("/feed", "here.example"), NONE, access)
    headers = hostile.requests[0].headers
    assert (headers["accept-language"], headers["accept"], headers["user-agent"]) == ("en", "text/xml", "desk/1")


async def test_a_longest_document_of_its_own(hostile: HostileServer) -> None:
    hostile.set("/feed", b"x" * 1500)
    async with HttpFetcher(AGENT, LOOPBACK, Limits(body=1000)) as fetcher:
        assert reason(await fetcher.fetch(hostile.url("/feed"), NONE)) == "more than 0.001 MB"
        assert isinstance(await fetcher.fetch(hostile.url("/feed"), NONE, Access(max_bytes=2000)), Page)


async def test_a_time_of_its_own(hostile: HostileServer) -> None:
    hostile.serve("/feed", Answer(b"<rss/>", delay=0.4))
    async with HttpFetcher(AGENT, LOOPBACK, Limits(deadline=0.1)) as fetcher:
        assert reason(await fetcher.fetch(hostile.url("/feed"), NONE)) == "no complete answer within 0.1 s"
        assert isinstance(await fetcher.fetch(hostile.url("/feed"), NONE, Access(timeout=10.0)), Page)


async def test_a_host_is_spared_between_two_fetches_and_no_other(hostile: HostileServer) -> None:
    hostile.serve("/old", raw(head(302, ("Location", "/feed"))))
    hostile.set("/feed", b"<rss/>")
    names = Zone({"here.example": ["127.0.0.1"], "there.example": ["127.0.0.1"]})
    async with HttpFetcher(AGENT, LOOPBACK, Limits(gap=3600.0), resolver=names) as fetcher:
        assert isinstance(await fetcher.fetch(hostile.url("/old", "here.example"), NONE), Page), "redirects do not wait"
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await fetcher.fetch(hostile.url("/again", "here.example"), NONE)
        for host in ("there.example", "127.0.0.1", "127.0.0.1"):
            assert isinstance(await fetcher.fetch(hostile.url("/feed", host), NONE), Page)
    assert "/again" not in {request.path for request in hostile.requests}


async def test_a_spared_host_is_asked_in_the_end(hostile: HostileServer) -> None:
    hostile.set("/feed", b"<rss/>")
    names = Zone({"here.example": ["127.0.0.1"], "there.example": ["127.0.0.1"]})
    async with HttpFetcher(AGENT, LOOPBACK, Limits(gap=0.02), resolver=names) as fetcher:
        urls = [hostile.url("/feed", host) for host in ("here.example", "there.example") * 3]
        assert all([isinstance(await fetcher.fetch(url, NONE), Page) for url in urls])


# ── Certificates ────────────────────────────────────────────────────────────


async def test_an_insecure_feed_is_believed_and_nobody_else_on_the_way(trusted: HttpFetcher) -> None:
    insecure = Access(insecure=True)
    with HostileServer(Authority().self_signed()) as hostile:
        hostile.set("/feed", b"<rss/>")
        hostile.serve("/there", raw(head(302, ("Location", hostile.url("/feed", "there.example")))))
        url = hostile.url("/feed", "here.example")
        assert "certificate not accepted" in reason(await trusted.fetch(url, NONE))
        assert isinstance(await trusted.fetch(url, NONE, insecure), Page)
        away = await trusted.fetch(hostile.url("/there", "here.example"), NONE, insecure)
        assert "certificate not accepted" in reason(away)


# ── Proxies ─────────────────────────────────────────────────────────────────


async def test_a_proxy_is_asked_for_the_whole_address(hostile: HostileServer, trusted: HttpFetcher) -> None:
    hostile.set("/feed", b"<rss/>")
    page = await trusted.fetch("http://outside.example/feed", NONE, Access(proxy=hostile.url("")))
    assert isinstance(page, Page)
    assert hostile.requests[0].target == "http://outside.example/feed", "a name that only the proxy can look up"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is a cloud metadata address"),
        ("http://inner.example/", "inner.example is a private address"),
    ],
)
async def test_a_proxy_is_not_asked_for_what_we_may_not_reach(
    hostile: HostileServer, trusted: HttpFetcher, url: str, kind: str
) -> None:
    hostile.serve("/feed", raw(head(302, ("Location", url))))
    for start in (url, "http://outside.example/feed"):
        assert kind in reason(await trusted.fetch(start, NONE, Access(proxy=hostile.url(""))))
    assert [request.target for request in hostile.requests] == ["http://outside.example/feed"]


async def test_a_proxy_that_may_not_be_reached_or_does_not_answer_is_told_of(hostile: HostileServer) -> None:
    async with HttpFetcher(AGENT) as fetcher:
        refused = await fetcher.fetch("http://192.0.32.7/feed", NONE, Access(proxy=hostile.url("")))
        assert reason(refused).startswith("the proxy: refused: 127.0.0.1 is a loopback address")
    async with HttpFetcher(AGENT, LOOPBACK) as fetcher:
        away = await fetcher.fetch("http://192.0.32.7/feed", NONE, Access(proxy="http://127.0.0.1:1"))
        assert reason(away) == "the proxy: cannot connect: connection refused"
        denied = await fetcher.fetch("https://192.0.32.7/feed", NONE, Access(proxy=hostile.url("")))
        assert reason(denied) == "the proxy answers HTTP 404 Not Found"
