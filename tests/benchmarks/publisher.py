"""Thousands of feeds in a process of their own: python -m tests.benchmarks.publisher PORT DELAY

Every address of 127.0.0.0/8 is a host. Four polls in five bring nothing: where a
feed has an ETag its server answers 304, and a quarter of them, which have none,
answer with the same bytes again. The fifth brings one new item. Answers come
after a random delay of DELAY seconds on average.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter
from functools import lru_cache

from tests.benchmarks.news import COMMON, TOPICS

SHOWN = 20
"""Items in a document."""
UNCHANGED = 0.8
"""Share of the polls that bring nothing."""
WITHOUT_ETAG = 4
"""One of so many feeds."""
FIRST = SHOWN
"""Number of a feed's newest item at the start."""

_WORDS = (COMMON + TOPICS).split()
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Feed {feed}</title>'
    "<link>https://www.feed-{feed}.example/</link><language>en</language>\n"
)
_ITEM = (
    '<item><title>{title}</title><link>https://www.feed-{feed}.example/world/{number}</link><guid isPermaLink="false">'
    "{feed}-{number}</guid><description>&lt;p&gt;{text}&lt;/p&gt;</description><category>World</category>"
    "<pubDate>Wed, 30 Mar 2022 {hour:02}:{minute:02}:00 GMT</pubDate></item>\n"
)


def address(feed: int, port: int) -> str:
    """A feed's own address, on a host that it shares with three others."""
    host = feed // 4
    return f"http://127.{host // 62_500 + 1}.{host // 250 % 250 + 1}.{host % 250 + 1}:{port}/{feed}"


def has_etag(feed: int) -> bool:
    return feed % WITHOUT_ETAG != 0


def document(feed: int, newest: int) -> bytes:
    """What a feed shows once its newest item is that number: the same bytes at every call."""
    items = (_item(feed, number) for number in range(newest, newest - SHOWN, -1))
    return f"{_HEAD.format(feed=feed)}{''.join(items)}</channel></rss>".encode()


@lru_cache(100_000)
def _item(feed: int, number: int) -> str:
    words = random.Random(feed * 1_000_003 + number).choices(_WORDS, k=50)
    hour, minute = divmod(number % 1440, 60)
    title, text = " ".join(words[:9]).capitalize(), " ".join(words[9:]).capitalize()
    return _ITEM.format(title=title, feed=feed, number=number, text=text, hour=hour, minute=minute)


class _Connection(asyncio.Protocol):
    """Requests one after the other, as little of HTTP as they need."""

    def __init__(self, newest: Counter[int], delay: float) -> None:
        self._newest = newest
        """Items of each feed that came since the start."""
        self._delay = delay
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            head, self._came = self._came[:end].lower(), self._came[end + 4 :]
            asyncio.get_running_loop().call_later(random.expovariate(1 / self._delay), self._answer, head)

    def _answer(self, head: bytes) -> None:
        feed = int(head.partition(b" /")[2].partition(b" ")[0])
        known = head.partition(b'if-none-match: "')[2].partition(b'"')[0]
        if random.random() >= UNCHANGED:
            self._newest[feed] += 1
        newest = FIRST + self._newest[feed]
        etag = b'ETag: "%d"\r\n' % newest if has_etag(feed) else b""
        if known and int(known) == newest:
            self._transport.write(b"HTTP/1.1 304 Not Modified\r\n" + etag + b"\r\n")
            return
        body = document(feed, newest)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n" % len(body)
        self._transport.write(head + etag + b"\r\n" + body)


async def _serve(port: int, delay: float) -> None:
    loop = asyncio.get_running_loop()
    newest: Counter[int] = Counter()
    server = await loop.create_server(lambda: _Connection(newest, delay), "0.0.0.0", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
