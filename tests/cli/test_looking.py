"""Feeds looked into: `wirewatch feeds try` and `show`."""

from __future__ import annotations

import json

import pytest

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
    done = user.command("feeds", "try", "one", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert said["mended"][0] == "something stands before the XML declaration"
    assert said["not_mended"] == ["1 of 1 without an id", "1 of 1 without a link", "1 of 1 without a date"]
    assert (said["title"], said["reason"], said["fault"]) == ("Messy", "every 5m", None)
    assert [(item["title"], item["rules"]) for item in said["items"]] == [("Rain", [])]
    feed = json.loads(user.command("feeds", "--json").stdout)["feeds"][0]
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
    done = user.command("feeds", "try", hostile.url(source) if "/" in source else source)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())
