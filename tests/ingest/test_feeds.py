"""`feeds.yaml`: what it means, and every fault of it at once, with its place."""

from __future__ import annotations

import pytest

from monitor import yamldoc
from monitor.errors import ConfigError
from monitor.ingest.feeds import load_feeds, risks
from monitor.model import Access, Auth, Feed, Priority

WHOLE = """\
defaults: {every: 10m}
feeds:
  - id: meridian
    url: https://www.meridian.example/feed.xml
    source: Meridian Wire
    every: 2m
    headers: {Accept-Language: en}
    auth: {user: desk, secret: meridian}
    proxy: http://proxy.example:3128
    user_agent: desk/1
    timeout: 40s
    max_bytes: 15000000
    insecure: true
    priority: high
    expect: 6h
    fulltext: true
    lang: en
    tags: [agency, uk, agency]
    backfill: 3
  - id: harbour.post
    url: http://www.harbour.example:8080/rss?section=world
"""

SITE = "https://a.example/"
SECRET_HEADERS = (
    "X-Api-Key",
    "X-AccessToken",
    "X-AuthKey",
    "X_Api_Key",
    "X-AccessKey",
    "X-Authorization",
    "X-User-Credentials",
)


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
            access=Access(
                headers=(("Accept-Language", "en"),),
                auth=Auth("meridian", user="desk", site="https://www.meridian.example/feed.xml"),
                proxy="http://proxy.example:3128",
                user_agent="desk/1",
                timeout=40.0,
                max_bytes=15_000_000,
                insecure=True,
            ),
            priority=Priority.HIGH,
            expect=21_600.0,
            fulltext=True,
        ),
        Feed(
            id="harbour.post",
            url="http://www.harbour.example:8080/rss?section=world",
            source="harbour.example",
            every=600.0,
        ),
    )


@pytest.mark.parametrize(
    ("defaults", "own", "pace"),
    [
        pytest.param("", "", (900.0, 60.0), id="nobody says: its rhythm, between the operator's floor and 15m"),
        pytest.param("every: 10m", "", (600.0, 0.0), id="every for all"),
        pytest.param("every: 10m", "every: 2m", (120.0, 0.0), id="every of its own"),
        pytest.param("floor: 2m", "", (900.0, 120.0), id="a floor for all"),
        pytest.param("floor: 2m, every: 30m", "", (1800.0, 120.0), id="floor and most for all"),
        pytest.param("floor: 2m", "every: 5m", (300.0, 0.0), id="every of its own overrules a floor for all"),
        pytest.param("every: 10m", "floor: 2m", (600.0, 120.0), id="a floor of its own makes every the most"),
        pytest.param("", "floor: 2m, every: 1h", (3600.0, 120.0), id="both of its own"),
        pytest.param("", "floor: 10s", (900.0, 60.0), id="a floor below the operator's"),
        pytest.param("", "floor: 2h", (900.0, 900.0), id="a floor above the most"),
        pytest.param("", "floor: 10s, every: 20s", (60.0, 60.0), id="all below the operator's floor"),
    ],
)
def test_pace(defaults: str, own: str, pace: tuple[float, float]) -> None:
    (feed,) = load(f"defaults: {{{defaults}}}\nfeeds: [{{id: a, url: https://a.example/feed, {own}}}]")
    assert (feed.every, feed.floor) == pace


@pytest.mark.parametrize(
    ("written", "auth"),
    [
        ("{secret: a-token}", Auth("a-token", site=SITE)),
        ("{secret: a-key, header: X-Api-Key}", Auth("a-key", header="X-Api-Key", site=SITE)),
        ("{secret: pass, user: desk}", Auth("pass", user="desk", site=SITE)),
    ],
    ids=["bearer", "a header", "basic"],
)
def test_who_asks(written: str, auth: Auth) -> None:
    assert load(f"feeds: [{{id: a, url: {SITE}, auth: {written}}}]")[0].access.auth == auth


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("url: https://a.example/", []),
        ("url: https://a.example/, insecure: true", ["INSECURE"]),
        ("url: http://a.example/, auth: {secret: a}", ["its secret is sent unencrypted"]),
    ],
)
def test_what_is_dangerous_is_told(entry: str, told: list[str]) -> None:
    found = risks(load(f"feeds: [{{id: a, {entry}}}]")[0])
    assert [risk.startswith(start) for risk, start in zip(found, told, strict=True)] == [True] * len(told)


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
        ("{id: a, url: https://a.example/, floor: 5m, every: 1m}", "`floor` is the least and `every` the most"),
        ("{id: a, url: https://a.example/, priority: urgent}", "`priority` must be one of low, normal, high"),
        ("{id: a, url: https://a.example/, expect: often}", "`expect`: 'often' is not a duration"),
        ("{id: a, url: https://a.example/, timeout: 5m}", "`timeout`: it should be less than or equal to 120"),
        ("{id: a, url: https://a.example/, max_bytes: 17000000}", "less than or equal to 16000000"),
        ("{id: a, url: https://a.example/, proxy: proxy:3128}", "`proxy`: must start with https:// or http://"),
        ("{id: a, url: https://a.example/, proxy: 'http://me:hunter2@proxy/'}", "holds a user name or password"),
        ('{id: a, url: https://a.example/, user_agent: "a\\nb"}', "may only hold printable ASCII"),
        ("{id: a, url: https://a.example/, headers: {X Y: a}}", "'X Y' is not the name of a header"),
        ("{id: a, url: https://a.example/, headers: {Host: b}}", "Host is not yours to set"),
        (
            '{id: a, url: https://a.example/, headers: {X-A: "a\\r\\nb"}}',
            "the value of X-A may only hold printable ASCII",
        ),
        ("{id: a, url: https://a.example/, headers: {User-Agent: b}}", "a key of its own: `user_agent`"),
        *(
            (
                f"{{id: a, url: https://a.example/, headers: {{{name}: hunter2}}}}",
                "seems to hold a secret: write `auth:",
            )
            for name in SECRET_HEADERS
        ),
        (
            "{id: a, url: https://a.example/, auth: {secret: Hunter2}}",
            "write a name in small letters, never the secret",
        ),
        ("{id: a, url: https://a.example/, auth: {user: desk}}", "`secret` is missing"),
        (
            "{id: a, url: https://a.example/, auth: {secret: a, user: b, header: X-C}}",
            "`user` and `header` are two ways",
        ),
        ("meridian", "must be a mapping, not 'meridian'"),
    ],
)
def test_faults(entry: str, expected: str) -> None:
    (fault,) = faults(f"feeds:\n  - {entry}\n")
    assert fault.startswith("feeds.yaml:2:")
    assert expected in fault
    assert "hunter2" not in fault.lower()


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


def test_headers_that_only_sound_like_secrets_are_taken() -> None:
    names = ("X-Author", "X-Authority", "X-Keyword", "X-Keep", "X-Compass", "Accept-Language")
    headers = ", ".join(f"{name}: a" for name in names)
    (feed,) = load(f"feeds: [{{id: a, url: https://a.example/, headers: {{{headers}}}}}]")
    assert feed.access.headers == tuple((name, "a") for name in names)
