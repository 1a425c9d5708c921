"""Fetching from servers that break, lie, stall and attack."""

from __future__ import annotations

import asyncio
import gzip
import random
import ssl
import sys
import zlib

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from backports import zstd

from monitor.ingest.fetch import HttpFetcher, Limits
from monitor.model import BAD_KEPT, Fetched, FetchFailed, Page, Unchanged, Validators
from tests.ingest.fetching import AGENT, LOOPBACK, NONE, reason
from tests.memory import MEGABYTE, memory_watched
from tests.servers.certificates import Authority
from tests.servers.hostile import PLAIN, Answer, HostileServer, bomb, head, raw

QUICK = Limits(deadline=0.3)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


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
    assert " bomb: " in reason(answer)
    assert reason(answer).endswith(" bytes unpack to more than 10 MB")


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


async def test_an_error_comes_with_its_page(hostile: HostileServer, fetcher: HttpFetcher) -> None:
    blocked = b"<title>Access denied</title>" + b"." * 2 * BAD_KEPT
    hostile.serve("/feed", Answer(blocked, 403, content_type="text/html"))
    answer = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert answer == FetchFailed(
        "HTTP 403 Forbidden: “Access denied”",
        403,
        page=Page(blocked[: BAD_KEPT + 1], hostile.url("/feed"), "text/html"),
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param((head(503) + b"sorry", b"never"), id="one that does not end"),
        pytest.param((head(503, ("Content-Encoding", "gzip")) + b"sorry",), id="not packed as it says"),
        pytest.param((head(503, ("Content-Length", "99")) + b"sorry",), id="cut off"),
    ],
)
async def test_an_error_stands_whatever_comes_with_it(hostile: HostileServer, body: tuple[bytes, ...]) -> None:
    hostile.serve("/feed", raw(*body, every=0.4))
    async with HttpFetcher(AGENT, LOOPBACK, Limits(words=0.05)) as fetcher:
        answer = await fetcher.fetch(hostile.url("/feed"), NONE)
    assert reason(answer) == "HTTP 503 Service Unavailable"


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
