"""Thirty hostile feeds: each is refused for a reason, little memory is taken, and news comes through."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

import psutil
import pytest

from tests.memory import MEGABYTE
from tests.servers.certificates import Authority
from tests.servers.hostile import HostileServer, bomb
from tests.servers.service import Wirewatch, rss

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

MOST = 128 * MEGABYTE
"""Of memory, over what the service and its workers take while nobody is hostile: 96 for a document in its worker."""
READ = "read"
LONG = 9_900_000
"""Bytes of a document that is just short enough to be read."""
ENTITIES = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
FILE = '<!DOCTYPE rss [<!ENTITY j SYSTEM "file:///etc/passwd">'
DOCUMENTS: Sequence[Mapping[str, bytes]] = (
    {
        "/entities": f"{ENTITIES}]><rss version='2.0'>&j;</rss>".encode(),
        "/file": f"{FILE}]><rss version='2.0'><channel><item><title>&j;</title></item></channel></rss>".encode(),
        "/title": rss(("1", "word " * (LONG // 5), "")),
    },
    {"/items": b"<rss version='2.0'><channel>" + b"<item><guid>1</guid></item>" * 100_000 + b"</channel></rss>"},
    {"/lists": b'{"version":"https://jsonfeed.org/version/1","items":[' + b"[]," * (LONG // 3) + b"1]}"},
)
"""Read as far as may be, but for the last."""
VICES: Mapping[str, str] = {
    **{f"/bomb/{packed}": "bomb" for packed in ("gzip", "br", "zstd")},
    "/bomb/twice": "packed as gzip, gzip",
    "/big": "more than 10 MB",
    "/big/said": "more than 10 MB",
    "/drip": "no complete answer within 2 s",
    "/drip/head": "no complete answer within 2 s",
    "/hang": "no complete answer within 2 s",
    "/headers/many": "too many headers",
    "/headers/one-endless": "not proper HTTP",
    "/chunks/nonsense": "not proper HTTP",
    "/chunks/huge": "not proper HTTP",
    "/redirects/endless": "more than 5 redirects",
    "/redirects/circle": "in a circle",
    "/302?file:///etc/passwd": "not http",
    "/302?http://169.254.169.254/": "a cloud metadata address",
    "/302?http://127.0.0.2/": "a loopback address",
    "/302?http://2130706434/": "not a usable host name",
    "/302?http://[::1]/": "a loopback address",
    "/302?http://[::ffff:169.254.169.254]/": "a cloud metadata address",
    "/302?http://[::ffff:7f00:2]/": "a loopback address",
    "/html": "an HTML page titled “Just a moment”",
}
"""Why each is not read."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Wirewatch]:
    """A service that may reach one address of this machine; not started."""
    running = Wirewatch(tmp_path, allow_nets="127.0.0.1/32")
    running.rule("strike", "strike")
    yield running
    running.kill()


@contextmanager
def memory_of(service: Wirewatch) -> Iterator[list[int]]:
    """What it and its workers hold, looked at as often as can be; the store's server is not ours to bound."""
    found: list[int] = []
    over = threading.Event()

    def look() -> None:
        parent = psutil.Process(service.pid)
        while not over.wait(0.02):
            found.append(sum(map(resident, [parent, *parent.children()])))

    looking = threading.Thread(target=look)
    looking.start()
    yield found
    over.set()
    looking.join()


def resident(process: psutil.Process) -> int:
    try:
        return 0 if "server" in process.name() else process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def brief(url: str) -> str:
    """A time limit for those that would take any."""
    return ", timeout: 2s" if any(url.endswith(path) for path, why in VICES.items() if "complete" in why) else ""


def write_feeds(service: Wirewatch, good: str, *hostile: str) -> None:
    urls = [good, good + "?2", *hostile]
    lines = [
        f"- {{id: 'f{crc32(url.encode())}', url: '{url}', every: {'0.3s' if n < 2 else '30s'}{brief(url)}}}"
        for n, url in enumerate(urls)
    ]
    service.write("feeds.yaml", "\n".join(["feeds:", *lines, ""]))


def test_hostile_feeds_harm_nobody_else(service: Wirewatch, hostile: HostileServer) -> None:
    bomb("br")  # built before the service waits for it
    for documents in DOCUMENTS:
        for path, body in documents.items():
            hostile.set(path, body)
    with HostileServer() as good, HostileServer(Authority().self_signed()) as strange:
        waves = [
            {strange.url("/feed"): "certificate not accepted"}
            | {hostile.url(path): why for path, why in VICES.items()},
            *({hostile.url(path): READ for path in documents} for documents in DOCUMENTS[:-1]),
            {hostile.url("/lists"): "needs more memory than a document may"},
        ]
        news = [(str(n), f"Pilots call strike number {n}", f"It is their walk-out number {n}.") for n in range(6)]
        good.set("/good", rss())
        write_feeds(service, good.url("/good"))
        service.start()
        service.until(lambda: len(good.requests_for("/good")) > 3)
        with memory_of(service) as memory:
            publish(good, service, news[:1])
            calm = max(memory)
            for shown, wave in enumerate(waves, 2):
                write_feeds(service, good.url("/good"), *wave)
                publish(good, service, news[:shown])
                refuses(service, wave)
        assert max(memory) - calm < MOST
        publish(good, service, news)
        assert service.stop() == 0
    assert "Traceback" not in service.log.read_text()


def refuses(service: Wirewatch, wave: Mapping[str, str]) -> None:
    """Wait until all of these were polled; each is read, or refused for its reason."""
    service.until(lambda: wave.keys() <= polled(service).keys())
    heard = polled(service)
    assert {url: heard[url] for url, why in wave.items() if why not in (heard[url] or READ)} == {}


def publish(server: HostileServer, service: Wirewatch, news: Sequence[tuple[str, str, str]]) -> None:
    """Show the last of these too, and wait until it is told."""
    server.set("/good", rss(*reversed(news)))
    service.until(lambda: news[-1][1] in service.titles())


def polled(service: Wirewatch) -> dict[str, str]:
    """What is said of each feed that was polled, by its address; nothing when it was read."""
    feeds = json.loads(service.command("feeds", "--json").stdout)["feeds"]
    return {feed["url"]: feed["error"] or "" for feed in feeds if feed["error"] or feed["last_success"]}
