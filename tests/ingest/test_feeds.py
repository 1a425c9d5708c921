"""`feeds.yaml`: what it means, and every fault of it at once, with its place."""

from __future__ import annotations

import pytest

from monitor import yamldoc
from monitor.errors import ConfigError
from monitor.ingest.feeds import load_feeds
from monitor.model import Feed

WHOLE = """\
defaults: {every: 10m}
feeds:
  - id: meridian
    url: https://www.meridian.example/feed.xml
    source: Meridian Wire
    every: 2m
    lang: en
    tags: [agency, uk, agency]
    backfill: 3
  - id: harbour.post
    url: http://www.harbour.example:8080/rss?section=world
"""


def load(text: str, floor: float = 60.0) -> tuple[Feed, ...]:
    return load_feeds(yamldoc.read(text, "feeds.yaml"), floor)


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text)
    return [str(fault) for fault in caught.value.faults]


def test_a_whole_file() -> None:
    assert load(WHOLE) == (
        Feed(
            id="meridian",
            url="https://www.meridian.example/feed.xml",
            source="Meridian Wire",
            every=120.0,
            lang="en",
            tags=("agency", "uk"),
            backfill=3,
        ),
        Feed(
            id="harbour.post",
            url="http://www.harbour.example:8080/rss?section=world",
            source="harbour.example",
            every=600.0,
        ),
    )


def test_without_defaults_feeds_are_polled_every_five_minutes() -> None:
    assert load("feeds: [{id: a, url: https://a.example/feed}]")[0].every == 300.0


@pytest.mark.parametrize("text", ["feeds: []", "feeds:", "defaults: {every: 1m}\nfeeds: []"])
def test_no_feeds(text: str) -> None:
    assert load(text) == ()


@pytest.mark.parametrize(
    ("every", "floor", "expected"), [("10s", 60.0, 60.0), ("0.3s", 0.2, 0.3), ("0.1s", 0.2, 0.2), ("2h", 60.0, 7200.0)]
)
def test_the_operators_floor_holds(every: str, floor: float, expected: float) -> None:
    text = f"defaults: {{every: {every}}}\nfeeds: [{{id: a, url: https://a.example/}}]"
    assert load(text, floor)[0].every == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("{url: https://a.example/}", "`id` is missing"),
        ("{id: a}", "`url` is missing"),
        ("{id: A b, url: https://a.example/}", "`id`: 'A b' may only hold lower-case letters, digits"),
        ("{id: -a, url: https://a.example/}", "`id`: '-a' may only hold"),
        ("{id: a, url: feed://a.example/}", "`url`: must start with https:// or http://"),
        ("{id: a, url: a.example/feed}", "`url`: must start with https:// or http://"),
        ("{id: a, url: 'https:///feed'}", "`url`: is not an address"),
        ("{id: a, url: 'https://a.example/a b'}", "`url`: is not an address"),
        ("{id: a, url: 'https://a.example:port/'}", "`url`: is not an address"),
        ("{id: a, url: 'https://[::1/'}", "`url`: is not an address"),
        ("{id: a, url: 'https://me:hunter2@a.example/'}", "`url`: holds a user name or password"),
        ("{id: a, url: https://a.example/, every: 0s}", "`every`: it should be greater than 0"),
        ("{id: a, url: https://a.example/, every: soon}", "`every`: 'soon' is not a duration"),
        ("{id: a, url: https://a.example/, every: 5}", "`every`: 5 is not a duration"),
        ("{id: a, url: https://a.example/, lang: english}", "`lang`: 'english' is not a language tag"),
        ("{id: a, url: https://a.example/, backfill: -1}", "`backfill`: it should be greater than or equal to 0"),
        ("{id: a, url: https://a.example/, soruce: A}", "unknown key `soruce` (did you mean source?)"),
        ("meridian", "must be a mapping, not 'meridian'"),
    ],
)
def test_faults(entry: str, expected: str) -> None:
    (fault,) = faults(f"feeds:\n  - {entry}\n")
    assert fault.startswith("feeds.yaml:2:")
    assert expected in fault


def test_a_password_is_never_quoted() -> None:
    text = (
        "feeds:\n  - {id: a, url: 'https://me:hunter2@a.example/'}\n  - {id: b, url: 'https://me:hunter2@a.example/'}\n"
    )
    assert all("hunter2" not in fault for fault in faults(text))


def test_all_faults_at_once_with_their_places() -> None:
    text = """\
feeds:
  - id: one
    url: https://one.example/feed
  - id: one
    url: ftp://two.example/feed
  - id: three
    url: https://ONE.example/feed?utm_source=x
    evry: 5m
"""
    assert faults(text) == [
        "feeds.yaml:4:9: another feed has this id (line 2)",
        "feeds.yaml:5:10: `url`: must start with https:// or http://",
        "feeds.yaml:7:10: another feed has this address (line 3)",
        "feeds.yaml:8:5: unknown key `evry` (did you mean every?)",
    ]


def test_repeats_alone_are_faults_too() -> None:
    text = "feeds:\n  - {id: a, url: https://a.example/}\n  - {id: a, url: https://b.example/}\n"
    assert faults(text) == ["feeds.yaml:3:10: another feed has this id (line 2)"]


@pytest.mark.parametrize("text", ["", "feeds: 7", "[]", "feeds: [1, {}]"])
def test_what_is_no_list_of_feeds_is_told_so(text: str) -> None:
    assert faults(text)
