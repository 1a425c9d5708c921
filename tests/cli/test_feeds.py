"""`wirewatch feeds`: the list in its orders, and feeds that are paused, resumed and polled at once."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace

import pytest

from monitor.cli.feeds.listing import Order, because, document, shown_by
from monitor.model import Access, Feed, FeedHealth, FeedState, Pause
from tests.cli.inside import inside
from tests.items import NOON
from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss

STRIKE = ("1", "Strike closes port", "The port was closed on Thursday by a strike of its dock workers.")


def _feed(feed_id: str) -> Feed:
    return Feed(feed_id, f"https://{feed_id}.example/", feed_id.title(), 300.0)


SOON = FeedState("soon", next_poll=NOON + 10, last_attempt=NOON, last_new=NOON - 9000, rhythm=600.0)
BUSY = FeedState("busy", next_poll=NOON + 60, last_attempt=NOON, last_new=NOON - 60, rhythm=60.0)
DEAD = FeedState("dead", next_poll=NOON + 900, last_attempt=NOON, failures=7, health=FeedHealth.FAILING)
REST = FeedState(
    "rest", next_poll=NOON + 5, last_attempt=NOON, last_new=NOON - 30, pause=Pause(NOON, math.inf, "moves")
)
LISTED = [(_feed(state.id), state) for state in (REST, BUSY, DEAD, SOON)]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        pytest.param(Order.HEALTH, "dead rest busy soon", id="trouble"),
        pytest.param(Order.DUE, "soon busy dead rest", id="next poll, paused last"),
        pytest.param(Order.RHYTHM, "busy soon rest dead", id="unknown rhythm last"),
        pytest.param(Order.LAST_NEW, "dead soon busy rest", id="longest without news"),
        pytest.param(Order.FAILURES, "dead rest busy soon", id="most failures"),
        pytest.param(Order.ID, "busy dead rest soon", id="name"),
    ],
)
def test_orders(order: Order, first: str) -> None:
    assert [feed.id for feed, _ in shown_by(order, LISTED, NOON)] == first.split()


def test_a_feed_that_has_moved_says_where_to() -> None:
    moved = FeedState("a", last_attempt=NOON, url="https://new.example/", configured_url="https://a.example/")
    assert document(_feed("a"), moved, NOON)["moved_to"] == "https://new.example/"
    assert document(_feed("b"), moved, NOON)["moved_to"] is None, "its editor has changed the address since"


def test_what_is_dangerous_comes_first() -> None:
    feed = replace(_feed("soon"), access=Access(insecure=True))
    assert because(feed, SOON, floor=60.0).startswith("INSECURE: its certificate is believed unseen")
    assert because(_feed("soon"), SOON, floor=60.0) == SOON.reason
    assert document(feed, SOON, NOON)["risks"] == [because(feed, SOON, floor=60.0).removesuffix(f"; {SOON.reason}")]


def _listed(user: Wirewatch, *arguments: str) -> dict[str, dict[str, object]]:
    return {feed["id"]: feed for feed in json.loads(inside(user, "feeds", "--json", *arguments).text)["feeds"]}


@pytest.mark.slow
def test_a_paused_feed_is_not_polled_until_it_is_resumed(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/one", rss(STRIKE))
    hostile.set("/two", rss())
    user.feeds(hostile.url("/one"), hostile.url("/two"), every="5m")
    said = inside(user, "feeds", "pause", "one", "--for", "2h", "--note", "they move house").text
    assert re.fullmatch(r"paused one until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: they move house\n", said)
    user.start("--once")
    assert user.wait() == 0
    assert [request.path for request in hostile.requests] == ["/two"]
    listed = _listed(user)
    assert (listed["one"]["health"], listed["two"]["health"]) == ("paused", "ok")
    assert listed["one"]["paused"] == {**listed["one"]["paused"], "note": "they move house"}  # type: ignore[dict-item]
    assert inside(user, "feeds", "poll", "one").text == "one is paused: resume it first\n"
    assert inside(user, "feeds", "resume", "one").text == "resumed one: due now\n"
    user.start("--once")
    assert user.wait() == 0
    assert [request.path for request in hostile.requests].count("/one") == 1
    assert _listed(user)["one"]["health"] == "ok"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("resume", "one"), 1, "one is not paused", id="resume what is not paused"),
        pytest.param(("poll", "on"), 2, "there is no feed 'on' did you mean one?", id="a slip"),
        pytest.param(("pause", "xyz", "zzz"), 2, "there is no feed 'zzz'", id="unknown feeds"),
        pytest.param(("pause", "one", "--for", "soon"), 2, "'soon' is not a duration", id="no duration"),
        pytest.param(("pause", "one", "--for", "0s"), 2, "'0s' is no time at all", id="for no time"),
        pytest.param(("--sort", "colour"), 2, "'colour' is not one of", id="no order"),
        pytest.param(("pause",), 2, "Missing argument 'ID...'", id="no feed"),
    ],
)
def test_what_is_refused(
    user: Wirewatch, hostile: HostileServer, arguments: tuple[str, ...], code: int, said: str
) -> None:
    user.feeds(hostile.url("/feed"))
    done = inside(user, "feeds", *arguments)
    assert (done.code, said in done.flat) == (code, True), done.text


@pytest.mark.slow
def test_a_service_that_runs_heeds_them_all(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/one", rss())
    hostile.set("/two", rss())
    user.feeds(hostile.url("/one"), hostile.url("/two"))
    user.start()
    user.until(lambda: all(feed["last_success"] for feed in _listed(user).values()))
    assert user.command("feeds", "pause", "one").returncode == 0
    paused_at = len(hostile.requests)
    user.until(
        lambda: len(hostile.requests_for("/two")) > 3 + sum(r.path == "/two" for r in hostile.requests[:paused_at])
    )
    assert [request.path for request in hostile.requests[paused_at:]].count("/one") == 0
    hostile.set("/one", rss(STRIKE))
    assert user.command("feeds", "resume", "one").returncode == 0
    user.until(lambda: user.titles() == [STRIKE[1]])
    user.write("feeds.yaml", (user.rules / "feeds.yaml").read_text().replace("every: 0.3s", "every: 1h"))
    user.until(lambda: "set=" in user.log.read_text().rpartition("rules reloaded")[2])
    user.until(lambda: all("1h" in str(feed["reason"]) for feed in _listed(user).values()))
    before = len(hostile.requests_for("/two"))
    assert user.command("feeds", "poll", "two").stdout == "due now: two\n"
    user.until(lambda: len(hostile.requests_for("/two")) == before + 1)
    assert user.stop() == 0
