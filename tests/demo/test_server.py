"""The server that plays the script, asked over HTTP at any second of the play."""

from __future__ import annotations

import io
from itertools import pairwise

import aiohttp
import feedparser
import pytest

from monitor.demo import script
from monitor.demo.server import Play, WireServer

WIRE = script.load()
OPENED = 1_700_000_000.0


class Clock:
    """Unix time that stands until it is moved."""

    def __init__(self, second: float = 0.0) -> None:
        self.second = second

    def __call__(self) -> float:
        return OPENED + self.second


async def _get(server: WireServer, outlet: str, etag: str = "") -> tuple[int, str, str, bytes]:
    headers = {"If-None-Match": etag} if etag else {}
    async with aiohttp.ClientSession() as session, session.get(f"{server.base}/{outlet}/feed", headers=headers) as got:
        return got.status, got.content_type, got.headers.get("ETag", ""), await got.read()


@pytest.mark.parametrize("outlet", WIRE.outlets.values(), ids=lambda outlet: outlet.id)
async def test_a_feed_is_served_with_its_type_and_an_etag(outlet: script.Outlet) -> None:
    async with WireServer(WIRE, Clock(9.5), begun=OPENED) as server:
        status, content_type, etag, body = await _get(server, outlet.id)
    assert (status, outlet.format in content_type or content_type == "application/feed+json") == (200, True)
    assert etag
    found = feedparser.parse(io.BytesIO(body))
    if outlet.format not in ("html", "json"):
        assert len(found.entries) == len(WIRE.showing(outlet.id, 9.5)) > 0


async def test_a_known_etag_gets_304_until_something_new_appears() -> None:
    clock = Clock(1.0)
    async with WireServer(WIRE, clock, begun=OPENED) as server:
        _, _, etag, _ = await _get(server, "meridian")
        again = await _get(server, "meridian", etag)
        clock.second = 1.3
        later = await _get(server, "meridian", etag)
    assert (again[0], again[2], again[3]) == (304, etag, b"")
    assert later[0] == 200
    assert later[2] != etag
    assert b"URGENT-Strong quake" in later[3]


@pytest.mark.parametrize(
    ("second", "status"), [(10.9, 200), (11.0, 500), (16.7, 500), (16.9, 200)], ids=["before", "dies", "dead", "back"]
)
async def test_the_feed_that_dies_answers_500_and_returns(second: float, status: int) -> None:
    async with WireServer(WIRE, Clock(second), begun=OPENED) as server:
        got, _, etag, body = await _get(server, "isthmus")
        other, *_ = await _get(server, "meridian")
    assert (got, other) == (status, 200)
    assert bool(etag) == (status == 200)
    assert (b"Power cut takes" in body) == (second >= 16.8)


async def test_the_outage_outlasts_twice_the_rhythm_of_its_feed() -> None:
    firsts = sorted({release.first_at for release in WIRE.releases.values() if release.outlet == "isthmus"})
    live = [second for second in firsts if 0 < second < 11]
    widest = max(later - earlier for earlier, later in pairwise(live))
    outage = WIRE.outlets["isthmus"].outages[0]
    assert outage.until - outage.start > 2 * widest


async def test_the_play_waits_until_every_feed_has_been_asked() -> None:
    clock = Clock()
    async with WireServer(WIRE, clock, speed=2.0) as server:
        for outlet in WIRE.outlets:
            clock.second += 5
            assert server.second == 0.0
            _, _, _, body = await _get(server, outlet)
            assert b"URGENT" not in body
        assert server.second == 0.0
        clock.second += 3
        assert server.second == 6.0


async def test_an_unknown_outlet_is_not_found() -> None:
    async with WireServer(WIRE, Clock(), begun=OPENED) as server:
        assert (await _get(server, "nowhere"))[0] == 404


def test_dates_follow_the_speed_but_old_items_keep_their_age() -> None:
    play = Play(WIRE, OPENED, speed=4.0)
    assert play.date(8.0) == OPENED + 2.0
    assert play.date(-3600) == OPENED - 3600
