"""Fetching politely: requests, answers, redirects, and where we may connect."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import zlib

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from backports import zstd

from monitor.ingest.fetch import HttpFetcher, Limits
from monitor.model import FetchFailed, Page, Unchanged, Validators
from tests.ingest.fetching import AGENT, LOOPBACK, NONE, knowing, reason
from tests.servers.hostile import Answer, HostileServer, hang, head, raw

# ── Good manners ────────────────────────────────────────────────────────────


async def test_a_page_comes_with_all_that_was_said_of_it(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    headers = (("Cache-Control", "max-age=300"),)
    hostile.serve("/feed", Answer(b"<rss/>", headers=headers, etag='"1"', last_modified="monday"))
    assert await fetcher.fetch(hostile.url("/feed"), NONE) == Page(
        body=b"<rss/>",
        url=hostile.url("/feed"),
        content_type="application/rss+xml",
        validators=Validators('"1"', "monday"),
        max_age=300.0,
    )


async def test_the_request_is_plain_and_honest(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.serve("/feed", Answer(b"<rss/>", headers=(("Set-Cookie", "id=1"),)))
    hostile.serve("/old", raw(head(302, ("Location", "/feed"), ("Set-Cookie", "id=2"))))
    for path in ("/feed", "/old"):
        await fetcher.fetch(hostile.url(path), NONE)
    for request in hostile.requests:
        assert request.method == "GET"
        assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding"}
        assert request.headers["user-agent"] == AGENT
        assert request.headers["accept"].startswith("application/atom+xml, application/rss+xml")
        assert request.headers["accept-encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize(
    ("etag", "last_modified"),
    [
        pytest.param('"33a64df5"', "Wed, 30 Mar 2022 10:00:00 GMT", id="both"),
        pytest.param('W/"a, b"', "", id="weak, with a comma"),
        pytest.param("unquoted", "", id="unquoted"),
        pytest.param('"é"'.encode().decode("latin-1"), "", id="UTF-8"),
        pytest.param('"a-gzip"', "", id="with an encoding's suffix"),
        pytest.param("", "30.3.2022 10 Uhr", id="a date that is none"),
    ],
)
async def test_validators_go_back_byte_for_byte(
    hostile: HostileServer, fetcher: HttpFetcher, etag: str, last_modified: str
) -> None:
    hostile.set("/feed", b"<rss/>", etag=etag, last_modified=last_modified)
    page = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert isinstance(page, Page)
    assert await fetcher.fetch(hostile.url("/feed"), page.validators) == Unchanged(page.validators)
    sent = hostile.requests[1].headers
    assert (sent.get("if-none-match", ""), sent.get("if-modified-since", "")) == (etag, last_modified)


async def test_a_304_may_bring_other_validators(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.serve("/feed", raw(head(304, ("ETag", '"2"'), ("Cache-Control", "max-age=60"))))
    answer = await fetcher.fetch(hostile.url("/feed"), Validators('"1"', "monday"))
    assert answer == Unchanged(Validators('"2"', ""), max_age=60.0)


async def test_a_304_to_a_request_without_conditions_is_a_failure(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.serve("/feed", raw(head(304)))
    assert await fetcher.fetch(hostile.url("/feed"), NONE) == FetchFailed("HTTP 304 Not Modified", 304)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"<rss/>")),
        ("GZIP", gzip.compress(b"<rss") + gzip.compress(b"/>")),
        ("deflate", zlib.compress(b"<rss/>")),
        ("deflate", zlib.compress(b"<rss/>", wbits=-15)),
        ("br", brotli.compress(b"<rss/>")),
        ("zstd", zstd.compress(b"<rss/>")),
        ("utf-8", b"<rss/>"),
        ("identity", b"<rss/>"),
    ],
    ids=["gzip", "gzip in two members", "deflate", "raw deflate", "br", "zstd", "not an encoding", "identity"],
)
async def test_packed_bodies_are_unpacked(
    hostile: HostileServer, fetcher: HttpFetcher, encoding: str, packed: bytes
) -> None:
    hostile.serve("/feed", Answer(packed, headers=(("Content-Encoding", encoding),)))
    page = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert isinstance(page, Page)
    assert page.body == b"<rss/>"


async def test_one_request_at_a_time_to_one_host(hostile: HostileServer) -> None:
    hostile.serve("/feed", Answer(b"<rss/>", delay=0.02))
    async with knowing("news.example") as fetcher:
        url = hostile.url("/feed", "news.example")
        answers = await asyncio.gather(*(fetcher.fetch(url, NONE) for _ in range(5)))
    assert all(isinstance(answer, Page) for answer in answers)
    assert hostile.most_at_once == 1


async def test_other_hosts_need_not_wait(hostile: HostileServer) -> None:
    hostile.serve("/slow", hang)
    hostile.set("/feed", b"<rss/>")
    async with knowing("slow.example", "news.example") as fetcher:
        slow = asyncio.create_task(fetcher.fetch(hostile.url("/slow", "slow.example"), NONE))
        assert isinstance(await fetcher.fetch(hostile.url("/feed", "news.example"), NONE), Page)
        assert not slow.done()
        slow.cancel()


async def test_a_feed_that_hangs_does_not_hold_up_its_neighbours(hostile: HostileServer) -> None:
    hostile.set("/feed", b"<rss/>")
    async with HttpFetcher(AGENT, LOOPBACK, Limits(patience=0.05)) as fetcher:
        slow = asyncio.create_task(fetcher.fetch(hostile.url("/hang"), NONE))
        await asyncio.sleep(0)
        assert isinstance(await fetcher.fetch(hostile.url("/feed"), NONE), Page)
        assert not slow.done()
        slow.cancel()


async def test_waiting_for_a_turn_does_not_count_as_the_servers_slowness(hostile: HostileServer) -> None:
    hostile.serve("/feed", Answer(b"<rss/>", delay=0.3))
    async with HttpFetcher(AGENT, LOOPBACK, Limits(deadline=0.8)) as fetcher:
        answers = await asyncio.gather(*(fetcher.fetch(hostile.url("/feed"), NONE) for _ in range(4)))
    assert all(isinstance(answer, Page) for answer in answers)


async def test_a_fetch_can_be_cancelled(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    task = asyncio.create_task(fetcher.fetch(hostile.url("/hang"), NONE))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# ── Redirects ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("chain", "moved"),
    [
        pytest.param([301], True, id="301"),
        pytest.param([308, 301], True, id="308, 301"),
        pytest.param([302], False, id="302"),
        pytest.param([301, 302], False, id="301, 302"),
        pytest.param([307, 301], False, id="307, 301"),
        pytest.param([303], False, id="303"),
    ],
)
@pytest.mark.parametrize("known", [False, True], ids=["new", "unchanged"])
async def test_only_a_chain_of_permanent_redirects_moves_a_feed(
    hostile: HostileServer, fetcher: HttpFetcher, chain: list[int], moved: bool, known: bool
) -> None:
    hostile.set("/feed", b"<rss/>", etag='"1"')
    for number, status in enumerate(chain):
        target = "/feed#top" if status == chain[-1] else f"/hop/{number + 1}"
        hostile.serve(f"/hop/{number}", raw(head(status, ("Location", target))))
    answer = await fetcher.fetch(hostile.url("/hop/0"), Validators('"1"') if known else NONE)
    assert isinstance(answer, Unchanged if known else Page)
    assert isinstance(answer, Unchanged | Page)
    assert answer.moved_to == (hostile.url("/feed") if moved else "")


async def test_a_feed_does_not_move_to_where_nothing_is(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    answer = await fetcher.fetch(hostile.url("/301?/missing"), NONE)
    assert answer == FetchFailed(f"redirected to {hostile.url('/missing')}: HTTP 404 Not Found", 404)


@pytest.mark.parametrize(("status", "gone"), [(301, True), (302, False)])
async def test_a_feed_is_gone_only_when_it_says_so_itself(
    hostile: HostileServer, fetcher: HttpFetcher, status: int, gone: bool
) -> None:
    answer = await fetcher.fetch(hostile.url(f"/{status}?/gone"), NONE)
    assert isinstance(answer, FetchFailed)
    assert (answer.status, answer.gone) == (410, gone)


async def test_relative_links_count_from_where_the_page_was(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.set("/new/feed", b"<rss/>")
    page = await fetcher.fetch(hostile.url("/302?new/feed"), NONE)
    assert isinstance(page, Page)
    assert page.url == hostile.url("/new/feed")


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("file:///etc/passwd", "redirects to file:///etc/passwd, which is not http"),
        ("ftp://example.org/feed", "redirects to ftp://example.org/feed, which is not http"),
        ("javascript:alert(1)", "redirects to javascript:alert(1), which is not http"),
        ("http://[::bad/?key=abc", "redirects to http://[::bad/?key=***, which is not an address"),
        ("http://169.254.169.254/", "refused: 169.254.169.254 is a cloud metadata address"),
        ("http://10.0.0.5/", "refused: 10.0.0.5 is a private address"),
        ("http://[::1]/", "refused: ::1 is a loopback address"),
        ("http://[::ffff:10.0.0.5]/", "is a private address"),
        ("http://[64:ff9b::7f00:1]/", "refused: 64:ff9b::7f00:1 is a NAT64 address"),
        ("http://0.0.0.0/", "refused: 0.0.0.0 is an unspecified address"),
        ("http://2130706433/", "2130706433 is not a usable host name or address"),
        ("http://127.1/", "127.1 is not a usable host name or address"),
        ("http://0177.0.0.1/", "0177.0.0.1 is not a usable host name or address"),
        ("http://127.0.0.1./", "127.0.0.1. is not a usable host name or address"),
        ("http://" + "a" * 64 + ".example/", "a" * 64 + ".example is not a usable host name or address"),
    ],
)
async def test_redirects_lead_nowhere_they_should_not(
    hostile: HostileServer, fetcher: HttpFetcher, target: str, why: str
) -> None:
    answer = reason(await fetcher.fetch(hostile.url(f"/301?{target}"), NONE))
    assert why in answer
    assert [request.path for request in hostile.requests] == ["/301"]


async def test_a_number_that_the_system_reads_as_loopback_is_refused(hostile: HostileServer) -> None:
    async with HttpFetcher(AGENT) as fetcher:
        answer = await fetcher.fetch(f"http://0x7f000001:{hostile.port}/feed", NONE)
    assert "resolves to 127.0.0.1, a loopback address (allow with WIREWATCH_ALLOW_NETS)" in reason(answer)
    assert not hostile.requests


async def test_credentials_stay_within_their_origin(hostile: HostileServer) -> None:
    abroad = hostile.url("/feed", "other.example")
    hostile.serve("/moved", raw(head(301, ("Location", "/feed"))))
    hostile.serve("/abroad", raw(head(301, ("Location", abroad.replace("http://", "http://their:own@")))))
    hostile.set("/feed", b"<rss/>")
    async with knowing("news.example", "other.example") as fetcher:
        home = hostile.url("", "desk:hunter2@news.example")
        moved = await fetcher.fetch(home + "/moved", NONE)
        gone_abroad = await fetcher.fetch(home + "/abroad", NONE)
    assert isinstance(moved, Page)
    assert (moved.moved_to, moved.url) == (home + "/feed", hostile.url("/feed", "news.example"))
    assert isinstance(gone_abroad, Page)
    assert gone_abroad.moved_to == abroad
    assert ["authorization" in request.headers for request in hostile.requests] == [True, True, True, False]


# ── Where we may connect ────────────────────────────────────────────────────


async def test_loopback_is_refused_unless_allowed(hostile: HostileServer) -> None:
    async with HttpFetcher(AGENT) as fetcher:
        answer = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert answer == FetchFailed("refused: 127.0.0.1 is a loopback address (allow with WIREWATCH_ALLOW_NETS)")
    assert not hostile.requests


@pytest.mark.parametrize(
    ("addresses", "why"),
    [
        pytest.param(["10.0.0.5"], "refused: news.example resolves to 10.0.0.5, a private address", id="one"),
        pytest.param(
            ["fd00::1", "::1"], "refused: news.example resolves to ::1, a loopback address", id="two, in turn"
        ),
        pytest.param(
            ["fd00::1", "10.0.0.5"], "refused: news.example resolves to fd00::1, a private address", id="race"
        ),
        pytest.param(["::1", "10.0.0.5"], "refused: news.example resolves to addresses that are not allowed", id="mix"),
        pytest.param(["fd00::1", "127.0.0.1"], "cannot connect", id="one refused, at the other nobody"),
        pytest.param([], "host name not found", id="none"),
    ],
)
async def test_the_addresses_are_judged_and_not_the_name(addresses: list[str], why: str) -> None:
    async with knowing(**{"news.example": addresses}) as fetcher:
        answer = reason(await fetcher.fetch("http://news.example:1/", NONE))
    assert answer.removesuffix(" (allow with WIREWATCH_ALLOW_NETS)") == why


async def test_an_allowed_address_among_others_is_used(hostile: HostileServer) -> None:
    hostile.set("/feed", b"<rss/>")
    async with knowing(**{"news.example": ["10.0.0.5", "127.0.0.1"]}) as fetcher:
        assert isinstance(await fetcher.fetch(hostile.url("/feed", "news.example"), NONE), Page)


async def test_names_are_looked_up_by_the_system(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.set("/feed", b"<rss/>")
    assert isinstance(await fetcher.fetch(hostile.url("/feed", "localhost"), NONE), Page)


async def test_a_name_server_that_fails() -> None:
    async with knowing() as fetcher:
        answer = await fetcher.fetch("http://news.example/", NONE)
    assert reason(answer) == "the host name could not be looked up just now"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", " is not an http address"),
        ("example.org/feed", "example.org/feed is not an http address"),
        ("http:///feed", "http:///feed is not an http address"),
        ("file:///etc/passwd", "file:///etc/passwd is not an http address"),
        ("https://desk:hunter2@[::1/feed", "https://***@[::1/feed is not a usable host name or address"),
        ("http://127.0.0.1:1/feed?token=abc", "cannot connect: connection refused"),
        ("http://desk:hunter2@10.0.0.5/", "refused: 10.0.0.5 is a private address (allow with WIREWATCH_ALLOW_NETS)"),
    ],
)
async def test_addresses_that_cannot_be_asked(fetcher: HttpFetcher, url: str, why: str) -> None:
    assert await fetcher.fetch(url, NONE) == FetchFailed(why)


async def test_a_host_that_takes_no_more_connections() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, contextlib.ExitStack() as stack:
        for _ in range(8):  # fill the queue of connections that nobody accepts
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        async with HttpFetcher(AGENT, LOOPBACK, Limits(connect=0.2)) as fetcher:
            answer = await fetcher.fetch(f"http://127.0.0.1:{full.getsockname()[1]}/", NONE)
    assert answer == FetchFailed("no connection within 0.2 s")
