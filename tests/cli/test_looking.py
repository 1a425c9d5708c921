"""Feeds looked into: `wirewatch feeds try` and `show`."""

from __future__ import annotations

import json
import math

import pytest
from rich.console import Console

from monitor.cli.feeds.showing import Known, document, table
from monitor.model import (
    Access,
    Auth,
    BadAnswer,
    Cadence,
    Feed,
    FeedHealth,
    FeedState,
    Habits,
    Pause,
    Priority,
    Standing,
    Subscription,
    Validators,
)
from tests.cli.inside import inside
from tests.items import NOON
from tests.servers.hostile import Answer, HostileServer, head, raw
from tests.servers.service import Wirewatch, rss

STRIKE = ("1", "UPDATE 2-Strike closes port", "The port was closed on Thursday by a strike of its dock workers.")
MESSY = (
    b"\n<?xml version='1.0'?><rss version='2.0'><channel><title>Messy</title>"
    b"<item><title>Rain</title></item></channel></rss>"
)


def test_a_feed_is_tried_from_its_redirect_to_our_rules(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.serve("/old", raw(head(301, ("Location", "/news?token=hush"))))
    told = (("Cache-Control", "max-age=900"), ("Set-Cookie", "a=b"))
    hostile.serve("/news", Answer(rss(STRIKE, ("2", "Rain", "")), etag='"abc"', headers=told))
    done = user.command("feeds", "try", hostile.url("/old"))
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"301 Moved Permanently  {hostile.url('/old')}", "    Location: /news?token=***"]
    assert f"200 OK  {hostile.url('/news')}?token=***" in lines
    assert '    ETag: "abc"' in lines
    assert f"moved for good to {hostile.url('/news')}?token=***: write that into feeds.yaml" in lines
    assert "2022-03-30 12:00:00 UTC  UPDATE 2-Strike closes port  [update]" in lines
    assert "  rules strike" in lines
    assert lines[-1] == "1 of 2 items matched."
    assert "Cookie" not in done.stdout
    assert "hush" not in done.stdout
    assert not (user.rules.parent / "data").exists(), "an address needs no store"


def test_a_listed_feed_as_json(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/messy", MESSY)
    user.feeds(hostile.url("/messy"), every="5m")
    said = json.loads(inside(user, "feeds", "try", "one", "--json").text)
    assert said["mended"][0] == "something stands before the XML declaration"
    assert said["not_mended"] == ["1 of 1 without an id", "1 of 1 without a link", "1 of 1 without a date"]
    assert (said["title"], said["reason"], said["fault"]) == ("Messy", "every 5m", None)
    assert [(item["title"], item["rules"]) for item in said["items"]] == [("Rain", [])]
    feed = json.loads(inside(user, "feeds", "--json").text)["feeds"][0]
    assert feed["health"] == "not polled", "nothing was stored"


@pytest.mark.parametrize(
    ("source", "code", "said"),
    [
        pytest.param("/busy", 1, "429 Too Many Requests", id="asked to wait"),
        pytest.param("/html", 1, "an HTML page titled “Just a moment”", id="no feed"),
        pytest.param("oen", 2, "there is no feed 'oen' did you mean one?", id="a slip"),
    ],
)
def test_what_is_no_feed(user: Wirewatch, hostile: HostileServer, source: str, code: int, said: str) -> None:
    user.feeds(hostile.url("/feed"))
    done = inside(user, "feeds", "try", hostile.url(source) if "/" in source else source)
    assert (done.code, said in done.flat) == (code, True), done.text


# ── show ────────────────────────────────────────────────────────────────────

ODD = Feed(
    id="odd",
    url="http://odd.example/feed?key=hush",
    source="The Odd",
    every=3600.0,
    floor=60.0,
    lang="en",
    tags=("a", "b"),
    access=Access(headers=(("X-Key", "hush"),), auth=Auth("odd-token"), proxy="http://me:hush@proxy.example/"),
    priority=Priority.HIGH,
    expect=7200.0,
    fulltext=True,
)
DOING = FeedState(
    "odd",
    next_poll=NOON + 60,
    reason="every 1m",
    url="https://new.example/feed?key=hush",
    configured_url=ODD.url,
    validators=Validators('"abc"', "Wed, 30 Mar 2022 12:00:00 GMT"),
    last_attempt=NOON - 9,
    last_success=NOON - 600,
    last_new=NOON - 1200,
    rhythm=600.0,
    lull=7200.0,
    cadence=Cadence(900.0, (1, 2), (6,)),
    failures=3,
    failing_since=NOON - 500,
    error="HTTP 503 Service Unavailable",
    status=503,
    items=30,
    title="Odd\x1b[2J News",
    habits=Habits(churns=4),
    health=FeedHealth.FAILING,
    pause=Pause(NOON - 60, math.inf, "moving"),
    hub="https://hub.example/",
)
SUBSCRIBED = Subscription("odd", DOING.hub, "", "", "", "", Standing.ACTIVE, until=NOON + 3600)
BAD = BadAnswer(NOON, "HTTP 503 Service Unavailable", 503, ODD.url, "text/html", b"<title>Down</title>")


def _table(known: Known) -> str:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(table(known))
    assert all(len(line) <= 80 for line in capture.get().splitlines())
    return " ".join(capture.get().split())


@pytest.mark.parametrize(
    "said",
    [
        "odd The Odd",
        "moved to https://new.example/feed?key=***: write that into feeds.yaml",
        "health paused",
        "trouble HTTP 503 Service Unavailable: 3 polls in a row failed, since 8m 20s ago",
        "paused 1m ago, until resumed: moving",
        "last poll 9s ago, HTTP 503 Service Unavailable",
        "last answer 10m ago, 2022-03-30 11:50:00 UTC",
        "rhythm something new every 10m, silent for up to 2h",
        "next poll once resumed: every 1m",
        "document “Odd�[2J News”, 30 items",
        "it asks for 15m between polls, no polls at 1, 2 h GMT, no polls on Sundays",
        'ETag "abc"',
        "ids its guids change and its links too, so are not used",
        (
            "every: 1h; floor: 1m; lang: en; tags: a, b; priority: high; expect: 2h; headers: X-Key; "
            "auth: secret odd-token; proxy: http://***@proxy.example/; fulltext: yes"
        ),
        "hub https://hub.example/, active until 2022-03-30 13:00:00 UTC",
    ],
)
def test_all_that_is_known_is_shown(said: str) -> None:
    assert said in _table(Known(ODD, DOING, BAD, SUBSCRIBED, NOON, 60.0))


def test_no_secret_is_shown() -> None:
    assert "hush" not in _table(Known(ODD, DOING, BAD, SUBSCRIBED, NOON, 60.0))


def test_a_feed_that_was_never_polled_has_little_to_show() -> None:
    known = Known(Feed("new", "https://new.example/", "New", 300.0), FeedState("new"), None, None, NOON, 60.0)
    assert "health not polled last poll never last answer never" in _table(known)
    assert document(known)["last_bad"] is None


def test_the_last_bad_answer_is_shown_as_it_came(user: Wirewatch, hostile: HostileServer) -> None:
    page = b"<!doctype html>\n<title>Just a moment</title>\n" + b"<p>Are you human?</p>\n" * 20
    hostile.serve("/feed", Answer(page, 403, content_type="text/html"))
    user.feeds(hostile.url("/feed"))
    assert inside(user, "feeds", "show", "one", "--body") == (1, "No bad answer is kept of this feed.\n")
    user.start("--once")
    assert user.wait() == 1
    shown = user.command("feeds", "show", "one")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"HTTP 403 Forbidden, text/html, from {hostile.url('/feed')}\n    <!doctype html>\n" in shown.stdout
    assert shown.stdout.endswith("    … more: --body\n")
    assert inside(user, "feeds", "show", "one", "--body").text == page.decode() + "\n"
