"""Fetching from a real server, well-behaved and hostile."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import re
import socket
import ssl
import sys
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from backports import zstd

from monitor.ingest.fetch import HttpFetcher, Limits
from monitor.model import Fetched, FetchFailed, Page, Unchanged, Validators
from tests.servers.certificates import Authority
from tests.servers.hostile import MEGABYTE, PLAIN, Answer, HostileServer, bomb, hang, head, raw

AGENT = "wirewatch/test (+desk@example.org)"
LOOPBACK = (ip_network("127.0.0.0/8"),)
QUICK = Limits(deadline=0.3)
NONE = Validators()


class Zone(AbstractResolver):
    """Names with the addresses that a test gives them."""

    def __init__(self, names: Mapping[str, list[str]]) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self._names:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer from the name server")
        if not self._names[host]:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._names[host]
        ]

    async def close(self) -> None:
        """Nothing to close."""


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    async with HttpFetcher(AGENT, LOOPBACK) as fetcher:
        yield fetcher


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def knowing(*local: str, **addresses: list[str]) -> HttpFetcher:
    """A fetcher that knows these names only: `local` ones are this machine, others have the addresses given."""
    return HttpFetcher(AGENT, LOOPBACK, resolver=Zone({name: ["127.0.0.1"] for name in local} | addresses))


def reason(fetched: Fetched) -> str:
    assert isinstance(fetched, FetchFailed)
    return fetched.reason


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


async def test_a_feed_does_not_wait_for_its_host_for_ever(hostile: HostileServer) -> None:
    hostile.set("/feed", b"<rss/>")
    async with HttpFetcher(AGENT, LOOPBACK, Limits(patience=0.05)) as fetcher:
        slow = asyncio.create_task(fetcher.fetch(hostile.url("/hang"), NONE))
        await asyncio.sleep(0)
        answer = await fetcher.fetch(hostile.url("/feed"), NONE)
        assert reason(answer) == "not asked: other feeds kept the host busy for 0.05 s"
        assert not hostile.requests_for("/feed")
        slow.cancel()
        assert isinstance(await fetcher.fetch(hostile.url("/feed"), NONE), Page)


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


# ── TLS ─────────────────────────────────────────────────────────────────────


async def over_tls(server: ssl.SSLContext, trust: ssl.SSLContext | None) -> Fetched:
    with HostileServer(server) as hostile:
        hostile.set("/feed", b"<rss/>")
        async with HttpFetcher(AGENT, LOOPBACK, tls=trust) as fetcher:
            return await fetcher.fetch(hostile.url("/feed"), NONE)


async def test_a_good_certificate(authority: Authority) -> None:
    assert isinstance(await over_tls(authority.server(), authority.trust), Page)


async def test_certificates_that_are_not_good(authority: Authority) -> None:
    unknown = await over_tls(authority.server(), None)
    assert reason(unknown) == "certificate not accepted: unable to get local issuer certificate"
    assert reason(await over_tls(authority.server(days=-1), authority.trust)) == "certificate expired"
    assert "self" in reason(await over_tls(authority.self_signed(), None))
    stranger = reason(await over_tls(authority.server("other.example"), authority.trust))
    assert stranger.startswith("certificate not accepted: IP address mismatch")


async def test_a_server_without_tls_on_a_secure_address(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org ESMTP ready\r\n")
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as plain:
        answer = await fetcher.fetch(f"https://127.0.0.1:{plain.sockets[0].getsockname()[1]}/", NONE)
    assert reason(answer) == "no secure connection (wrong version number)"


# ── Hostile servers ─────────────────────────────────────────────────────────


BROKEN = "the answer broke off or was garbled on its way"
NOT_HTTP = "the answer is not proper HTTP"
LONG_HEADER = f"{NOT_HTTP} (got more than 32768 bytes when reading)"
MANY_HEADERS = f"{NOT_HTTP} (too many headers received)"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/redirects/endless", "more than 5 redirects"),
        ("/redirects/self", "redirects in a circle"),
        ("/redirects/circle", "redirects in a circle"),
        ("/redirects/nowhere", "HTTP 302 Found"),
        ("/redirects/nonsense", "redirects to http://[::bad/, which is not an address"),
        ("/bomb/twice", "packed as gzip, gzip, which we did not ask for"),
        ("/not-packed", "the body is not packed as its Content-Encoding says"),
        ("/big", "more than 10 MB"),
        ("/big/said", "more than 10 MB"),
        ("/headers/long", LONG_HEADER),
        ("/headers/many", MANY_HEADERS),
        ("/headers/endless", MANY_HEADERS),
        ("/headers/one-endless", LONG_HEADER),
        ("/headers/folded", NOT_HTTP),
        ("/headers/trailers", BROKEN),
        ("/status/long", LONG_HEADER),
        ("/silent", "the server closed the connection without an answer"),
        ("/reset", BROKEN),
        ("/cut", BROKEN),
        ("/length/short", f"{NOT_HTTP} (data after `connection: close`)"),
        ("/length/negative", f"{NOT_HTTP} (invalid character in content-length)"),
        ("/length/words", f"{NOT_HTTP} (invalid character in content-length)"),
        ("/length/two", f"{NOT_HTTP} (duplicate content-length)"),
        ("/chunks/nonsense", f"{NOT_HTTP} (invalid character in chunk size)"),
        ("/chunks/huge", f"{NOT_HTTP} (chunk size overflow)"),
        ("/chunks/cut", BROKEN),
        ("/not-http", f"{NOT_HTTP} (bad status line)"),
        ("/status/words", f"{NOT_HTTP} (bad status line)"),
        ("/status/unknown", "HTTP 799"),
        ("/binary", f"{NOT_HTTP} (bad status line)"),
        ("/nothing", "HTTP 204 No Content"),
        ("/missing", "HTTP 404 Not Found"),
    ],
)
async def test_vices_end_with_a_reason_and_in_little_memory(
    hostile: HostileServer, fetcher: HttpFetcher, path: str, why: str
) -> None:
    with memory_watched():
        answer = await fetcher.fetch(hostile.url(path), NONE)
    assert why in reason(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/hang",
        "/stall",
        "/drip",
        "/drip/head",
        "/headers/early-hints",
        "/chunks/extension",
        "/chunks/nonsense/late",  # aiohttp drops the connection and tells nobody
    ],
)
async def test_what_has_no_end_is_ended(hostile: HostileServer, path: str) -> None:
    async with HttpFetcher(AGENT, LOOPBACK, QUICK) as fetcher:
        with memory_watched():
            answer = await fetcher.fetch(hostile.url(path), NONE)
    assert answer == FetchFailed("no complete answer within 0.3 s")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw-deflate", "br", "zstd", "zstd-window"])
async def test_bombs_do_not_go_off(hostile: HostileServer, fetcher: HttpFetcher, encoding: str) -> None:
    bomb(encoding)  # built before memory is watched
    with memory_watched():
        answer = await fetcher.fetch(hostile.url(f"/bomb/{encoding}"), NONE)
    assert "bomb:" in reason(answer)
    assert reason(answer).endswith("bytes unpack to more than 10 MB")


async def test_a_million_empty_members(hostile: HostileServer) -> None:
    async with HttpFetcher(AGENT, LOOPBACK, Limits(body=50_000_000)) as fetcher:
        answer = await fetcher.fetch(hostile.url("/bomb/members"), NONE)
    assert reason(answer) == "the body is not packed as its Content-Encoding says"


@pytest.mark.skipif(sys.platform != "linux", reason="memory is watched on Linux only")
def test_the_memory_watch_barks() -> None:
    with pytest.raises(AssertionError), memory_watched():
        assert (b"x" * 100 * MEGABYTE)[-1:] == b"x"


async def test_two_encoding_headers_are_one_list(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    headers = (("Content-Encoding", "gzip"), ("Content-Encoding", "br"))
    hostile.serve("/feed", Answer(gzip.compress(b"<rss/>"), headers=headers))
    answer = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert reason(answer) == "packed as gzip, br, which we did not ask for"


async def test_the_limit_on_a_body_is_exact(hostile: HostileServer) -> None:
    hostile.set("/full", b"x" * 1000)
    hostile.set("/over", b"x" * 1001)
    hostile.serve("/over/unsaid", raw(PLAIN + b"x" * 1001))
    async with HttpFetcher(AGENT, LOOPBACK, Limits(body=1000)) as fetcher:
        assert isinstance(await fetcher.fetch(hostile.url("/full"), NONE), Page)
        for path in ("/over", "/over/unsaid"):
            assert reason(await fetcher.fetch(hostile.url(path), NONE)) == "more than 0.001 MB"


@pytest.mark.parametrize(
    ("path", "body"),
    [("/html", b"<!doctype html><title>Just a moment</title>"), ("/empty", b""), ("/status/ancient", b"<rss/>")],
)
async def test_what_is_not_a_feed_is_for_the_parser_to_say(
    hostile: HostileServer, fetcher: HttpFetcher, path: str, body: bytes
) -> None:
    page = await fetcher.fetch(hostile.url(path), NONE)
    assert isinstance(page, Page)
    assert page.body == body


async def test_a_content_type_is_plain_text_whatever_came(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    hostile.serve("/feed", Answer(b"<rss/>", content_type="text/xml; charset=\xff"))
    lying = await fetcher.fetch(hostile.url("/charset"), NONE)
    odd = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert isinstance(lying, Page)
    assert lying.content_type == "text/xml; charset=us-ascii"
    assert isinstance(odd, Page)
    assert odd.content_type == "text/xml; charset=?"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/gone", FetchFailed("HTTP 410 Gone", 410, gone=True)),
        ("/busy", FetchFailed("HTTP 429 Too Many Requests", 429, retry_after=120.0)),
        ("/down", FetchFailed("HTTP 503 Service Unavailable", 503, retry_after=90.0)),
    ],
)
async def test_what_servers_say_of_themselves(
    hostile: HostileServer, fetcher: HttpFetcher, path: str, expected: FetchFailed
) -> None:
    assert await fetcher.fetch(hostile.url(path), NONE) == expected


async def test_redirects_share_one_deadline(hostile: HostileServer) -> None:
    for number in range(4):
        hostile.serve(f"/hop/{number}", Answer(status=302, headers=(("Location", f"/hop/{number + 1}"),), delay=0.1))
    async with HttpFetcher(AGENT, LOOPBACK, QUICK) as fetcher:
        answer = await fetcher.fetch(hostile.url("/hop/0"), NONE)
    assert reason(answer).endswith("no complete answer within 0.3 s")


async def test_no_answer_is_too_odd(hostile: HostileServer) -> None:
    """Answers broken at random places end in a value, never in an exception."""
    async with HttpFetcher(AGENT, LOOPBACK, Limits(deadline=0.2)) as fetcher:
        for seed in range(300):
            hostile.serve("/feed", raw(garbled(random.Random(seed))))
            answer = await fetcher.fetch(hostile.url("/feed"), Validators('"1"'))
            assert isinstance(answer, Page | Unchanged | FetchFailed)


def garbled(chance: random.Random) -> bytes:
    plain = b"<rss/>" * 20
    answers = [
        head(200, ("Content-Length", "120")) + plain,
        head(200, ("Transfer-Encoding", "chunked")) + b"78\r\n" + plain + b"\r\n0\r\n\r\n",
        head(200, ("Content-Encoding", "gzip")) + gzip.compress(plain),
        head(200, ("Content-Encoding", "deflate")) + zlib.compress(plain),
        head(200, ("Content-Encoding", "br")) + brotli.compress(plain),
        head(200, ("Content-Encoding", "zstd")) + zstd.compress(plain),
        head(301, ("Location", "/feed?moved")),
        head(304, ("ETag", '"1"')),
    ]
    answer = bytearray(chance.choice(answers))
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(answer))
        match chance.randrange(4):
            case 0:
                answer[place] = chance.randrange(256)
            case 1:
                del answer[place : place + chance.randrange(8)]
            case 2:
                answer[place:place] = chance.choice(
                    [b"\r\n", b"\0", b" ", b":", b"9" * 12, b"\xff", b"HTTP/1.1 101 x\r\n"]
                )
            case _:
                answer[place:place] = answer[place : place + 20]
    return bytes(answer)


@contextlib.contextmanager
def memory_watched(most: int = 60 * MEGABYTE) -> Iterator[None]:
    """Fails when this process grows by more than `most` bytes at any time within the block.

    The kernel keeps the mark, so that no moment is missed; only Linux can reset it.
    """
    if sys.platform != "linux":
        yield
        return
    Path("/proc/self/clear_refs").write_text("5")
    before = _high_water()
    yield
    assert _high_water() - before < most


def _high_water() -> int:
    """The largest resident size since the last reset, bytes."""
    marked = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert marked
    return int(marked[1]) * 1024
