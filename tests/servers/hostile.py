"""A web server that misbehaves: every path of `VICES` has its own way.

`set` and `serve` give further paths an answer for good or a script of
successive ones, in which well-behaved answers (`Answer`) and vices mix:

    server.set("/feed", b"<rss/>", etag='"1"')            # answers 304 to that ETag
    server.serve("/feed", Answer(b"<rss/>"), hang, raw(b"gibberish"))  # the last one stays

`requests` is the log. The server runs in a thread of its own, so that
coroutines, plain tests and child processes can all talk to it; every
connection carries one request.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import brotli  # type: ignore[import-untyped]  # ships no types
from backports import zstd

from tests.memory import MEGABYTE
from tests.servers.threaded import ThreadedServer


class Request(NamedTuple):
    """A request as it came."""

    method: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """By name in lower case; bytes read as Latin-1, so that none is lost."""
    at: float
    """`time.monotonic()` when its head was complete."""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> str:
        return unquote(urlsplit(self.target).query)


Behaviour = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def head(status: int, *headers: tuple[str, str]) -> bytes:
    """Status line and headers, with the empty line after them."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-behaved answer: 304 when the request carries its validators."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    last_modified: str = ""
    content_type: str = "application/rss+xml"
    delay: float = 0.0
    """Seconds before it comes."""

    def confirms(self, request: Request) -> bool:
        """Whether the client has this already; If-None-Match overrules If-Modified-Since (RFC 9110 §13.2.2)."""
        if "if-none-match" in request.headers:
            return self.etag != "" and request.headers["if-none-match"] == self.etag
        return self.last_modified != "" and request.headers.get("if-modified-since") == self.last_modified

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.delay)
        validators = [(n, v) for n, v in (("ETag", self.etag), ("Last-Modified", self.last_modified)) if v]
        if self.confirms(request):
            writer.write(head(304, *validators, *self.headers))
            return
        length = ("Content-Length", str(len(self.body)))
        writer.write(head(self.status, ("Content-Type", self.content_type), length, *validators, *self.headers))
        writer.write(self.body)
        await writer.drain()


def raw(*pieces: bytes, every: float = 0.0) -> Behaviour:
    """Exactly these bytes, `every` so many seconds one piece, then the connection ends."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


def endless(start: bytes, piece: bytes, every: float = 0.0) -> Behaviour:
    """`start`, then `piece` again and again until the client has enough."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return answer


async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
    """Takes the request and never answers."""
    await asyncio.sleep(3600)


async def stall(request: Request, writer: asyncio.StreamWriter) -> None:
    """Half of the body, then silence."""
    writer.write(head(200, ("Content-Length", "1000")) + b"x" * 500)
    await asyncio.sleep(3600)


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    """Half of the body, then the connection is cut off."""
    writer.write(head(200, ("Content-Length", "1000")) + b"x" * 500)
    await writer.drain()
    writer.transport.abort()


async def big(request: Request, writer: asyncio.StreamWriter) -> None:
    """50 MB without a word on how long it will be."""
    writer.write(head(200, ("Content-Type", "application/xml")))
    for _ in range(50):
        writer.write(b"<item/> " * (MEGABYTE // 8))
        await writer.drain()


async def elsewhere(request: Request, writer: asyncio.StreamWriter) -> None:
    """`/301?http://…` redirects there, with the status that the path names."""
    writer.write(head(int(request.path.removeprefix("/")), ("Location", request.query), ("Content-Length", "0")))


async def further(request: Request, writer: asyncio.StreamWriter) -> None:
    """Redirects to itself with one more, for ever."""
    writer.write(head(302, ("Location", f"/redirects/endless?{int(request.query or 0) + 1}"), ("Content-Length", "0")))


BOMB = 256 * MEGABYTE


def _pack(pieces: Iterable[bytes], pack: Callable[[bytes], bytes], finish: Callable[[], bytes]) -> bytes:
    return b"".join([*map(pack, pieces), finish()])


@cache
def bomb(encoding: str) -> bytes:
    """256 MB of zeros, packed into 405 bytes (br) to 1.2 MB (gzip, deflate)."""
    zeros = [bytes(MEGABYTE)] * (BOMB // MEGABYTE)
    match encoding:
        case "gzip" | "deflate" | "raw-deflate":
            deflate = zlib.compressobj(1, wbits={"gzip": 31, "deflate": 15, "raw-deflate": -15}[encoding])
            return _pack(zeros, deflate.compress, deflate.flush)
        case "br":
            squeeze = brotli.Compressor(quality=5)
            return _pack(zeros, squeeze.process, squeeze.finish)
        case "zstd":
            pack = zstd.ZstdCompressor(level=1)
        case "zstd-window":  # asks the client for a window of 128 MB
            pack = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
        case _:
            raise ValueError(encoding)
    return _pack(zeros, pack.compress, pack.flush)


def explode(encoding: str, header: str = "", packed: Callable[[str], bytes] = bomb) -> Behaviour:
    """Answers with a bomb, built when first asked for."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        await Answer(packed(encoding), headers=(("Content-Encoding", header or encoding),))(request, writer)

    return answer


def _twice(encoding: str) -> bytes:
    return zlib.compress(bomb(encoding), wbits=31)


def _members(encoding: str) -> bytes:
    """A million empty gzip members: work without a byte to show for it."""
    return zlib.compress(b"", wbits=31) * 1_000_000


CHUNKED = head(200, ("Transfer-Encoding", "chunked"), ("Content-Type", "application/xml"))
PLAIN = head(200, ("Content-Type", "application/xml"))
OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n"

VICES: Mapping[str, Behaviour] = {
    # Slow
    "/hang": hang,
    "/stall": stall,
    "/drip": endless(head(200, ("Content-Length", "1000000")), b"x", every=0.02),
    "/drip/head": endless(OPEN, b"X-Drip: 1\r\n", every=0.02),
    # Redirects
    **{f"/{status}": elsewhere for status in (301, 302, 303, 307, 308)},
    "/redirects/endless": further,
    "/redirects/self": raw(head(302, ("Location", "/redirects/self"))),
    "/redirects/circle": raw(head(302, ("Location", "/redirects/circle/back"))),
    "/redirects/circle/back": raw(head(301, ("Location", "/redirects/circle"))),
    "/redirects/nowhere": raw(head(302)),
    "/redirects/nonsense": raw(head(302, ("Location", "http://[::bad/"))),
    # Bombs
    "/bomb/gzip": explode("gzip"),
    "/bomb/deflate": explode("deflate"),
    "/bomb/raw-deflate": explode("raw-deflate", "deflate"),
    "/bomb/br": explode("br"),
    "/bomb/zstd": explode("zstd"),
    "/bomb/zstd-window": explode("zstd-window", "zstd"),
    "/bomb/twice": explode("gzip", "gzip, gzip", _twice),
    "/bomb/members": explode("gzip", "gzip", _members),
    "/not-packed": raw(head(200, ("Content-Encoding", "gzip")), b"<rss/>"),
    # Too much
    "/big": big,
    "/big/said": raw(head(200, ("Content-Length", "50000000"))),
    "/headers/long": raw(OPEN + b"X-Long: ", *[b"x" * 65536] * 160, b"\r\n\r\n"),
    "/headers/many": raw(OPEN, *[b"X-Many: 1\r\n" * 1000] * 1000, b"\r\n"),
    "/headers/endless": endless(OPEN, b"X-Endless: " + b"x" * 4000 + b"\r\n"),
    "/headers/one-endless": endless(OPEN + b"X-Endless: ", b"x" * 65536),
    "/headers/folded": endless(OPEN + b"X-Folded: x\r\n", b" x" * 2000 + b"\r\n"),
    "/headers/trailers": endless(CHUNKED + b"1\r\nx\r\n0\r\n", b"X-Trailer: " + b"x" * 4000 + b"\r\n"),
    "/headers/early-hints": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"),
    "/status/long": endless(b"HTTP/1.1 200 ", b"O" * 65536),
    "/chunks/extension": endless(CHUNKED + b"5;x=", b"x" * 65536),
    # Broken
    "/silent": raw(),
    "/reset": reset,
    "/cut": raw(head(200, ("Content-Length", "1000")), b"x" * 500),
    "/length/short": raw(head(200, ("Content-Length", "6")) + b"<rss/> and more"),
    "/length/negative": raw(head(200, ("Content-Length", "-1")), b"<rss/>"),
    "/length/words": raw(head(200, ("Content-Length", "many")), b"<rss/>"),
    "/length/two": raw(head(200, ("Content-Length", "6"), ("Content-Length", "7")), b"<rss/>"),
    "/chunks/nonsense": raw(CHUNKED + b"banana\r\n<rss/>\r\n0\r\n\r\n"),
    "/chunks/nonsense/late": raw(CHUNKED, b"6\r\n<rss/>\r\n", b"banana\r\n\r\n", every=0.05),
    "/chunks/huge": raw(CHUNKED + b"ffffffffffffffffffff\r\n<rss/>\r\n0\r\n\r\n"),
    "/chunks/cut": raw(CHUNKED, b"6\r\n<rss/>\r\n"),
    "/not-http": raw(b"220 mail.example.org ESMTP ready\r\n"),
    "/status/words": raw(b"HTTP/1.1 banana\r\n\r\n"),
    "/status/unknown": raw(b"HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n"),
    "/status/ancient": raw(b"HTTP/0.9 200 OK\r\n\r\n<rss/>"),
    "/binary": raw(bytes(range(256)) * 16),
    # Not what was asked for
    "/html": Answer(b"<!doctype html><title>Just a moment</title>", content_type="text/html"),
    "/empty": Answer(b""),
    "/charset": Answer("<rss><title>Łavrov</title></rss>".encode("utf-16"), content_type="text/xml; charset=us-ascii"),
    "/gone": Answer(b"", 410),
    "/missing": Answer(b"", 404),
    "/busy": Answer(b"", 429, headers=(("Retry-After", "120"),)),
    "/down": Answer(
        b"", 503, headers=(("Retry-After", "Wed, 30 Mar 2022 10:01:30 GMT"), ("Date", "Wed, 30 Mar 2022 10:00:00 GMT"))
    ),
    "/nothing": raw(head(204)),
}


class HostileServer(ThreadedServer):
    """The server, on a port of its own of 127.0.0.1 while its `with` block lasts.

    `requests` lists every request so far, in order; `most_at_once` is the
    largest number that were open at one time.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._tls = tls
        self._open = 0
        self._scripts: dict[str, list[Behaviour]] = {}

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of a path, for a client on this machine."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def set(self, path: str, body: bytes, *, etag: str = "", last_modified: str = "", status: int = 200) -> None:
        """Answer `path` like this from now on."""
        self.serve(path, Answer(body, status, etag=etag, last_modified=last_modified))

    def serve(self, path: str, *behaviours: Behaviour) -> None:
        """Answer the coming requests for `path` like these, one after the other; the last one stays."""
        self._scripts[path] = list(behaviours)

    def requests_for(self, path: str) -> list[Request]:
        """The requests for one path, in order."""
        return [request for request in self.requests if request.path == path]

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        """Serve while the context lasts; it yields the port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        yield server.sockets[0].getsockname()[1]
        server.close()  # answers that hang are cancelled with the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            request = _read(await reader.readuntil(b"\r\n\r\n"))
            self.requests.append(request)
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
            try:
                await self._behaviour(request.path)(request, writer)
                await writer.drain()
            finally:
                self._open -= 1
        writer.close()

    def _behaviour(self, path: str) -> Behaviour:
        script = self._scripts.get(path)
        if script:
            return script.pop(0) if len(script) > 1 else script[0]
        return VICES.get(path, VICES["/missing"])


def _read(data: bytes) -> Request:
    first, *lines = data.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    headers = (line.split(": ", 1) for line in lines)
    return Request(method, target, {name.lower(): value for name, value in headers}, time.monotonic())
