"""Hubs: which one a feed names, what is asked of it, and what is believed."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

import pytest

from monitor.ingest import websub
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.hub import HttpHubs
from monitor.model import (
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    Page,
    Parsed,
    Standing,
    Subscription,
    Unchanged,
    Unreadable,
    Validators,
)
from tests.ingest.documents import atom, read, rss
from tests.ingest.fetching import AGENT, LOOPBACK
from tests.items import NOON
from tests.servers.certificates import Authority
from tests.servers.hostile import Answer, HostileServer, head, raw
from tests.servers.receiver import ReceiverServer, Reply

HUB, TOPIC, BASE = "https://hub.example/", "https://m.example/feed", "https://wire.example"
FEED = Feed("meridian", TOPIC, "Meridian", every=300.0)
STATE = FeedState("meridian", hub=HUB, topic=TOPIC)
ASKED = Subscription("meridian", HUB, TOPIC, BASE, "tok", "s3cret", tries=1)
ACTIVE = replace(ASKED, standing=Standing.ACTIVE, until=NOON + 1000, tries=0)


# ── Which hub ───────────────────────────────────────────────────────────────

ATOM_LINKS = f"<title>M</title><link rel='hub' href='{HUB}'/><link rel='self' href='{TOPIC}'/>"
RSS_LINKS = ATOM_LINKS.replace("<link ", '<a:link xmlns:a="http://www.w3.org/2005/Atom" ')
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "feed_url": TOPIC,
    "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": HUB}],
    "items": [],
}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(atom("<title>x</title>", head=ATOM_LINKS), id="Atom"),
        pytest.param(rss("<title>x</title>", head=RSS_LINKS), id="RSS"),
        pytest.param(json.dumps(JSON_FEED).encode(), id="JSON Feed"),
    ],
)
def test_a_document_names_its_hub_and_itself(body: bytes) -> None:
    parsed = read(body)
    assert (parsed.hub, parsed.topic) == (HUB, TOPIC)


@pytest.mark.parametrize(
    ("header", "hub", "topic"),
    [
        pytest.param(f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', HUB, TOPIC, id="both"),
        pytest.param(f"<{HUB}>; rel=hub", HUB, "", id="the hub alone"),
        pytest.param('<https://m.example/next>; rel="next"', "", "", id="other links"),
        pytest.param('<https://[::1>; rel="hub"', "", "", id="no address"),
    ],
)
async def test_a_head_names_its_hub(
    header: str, hub: str, topic: str, fetcher: HttpFetcher, hostile: HostileServer
) -> None:
    hostile.serve("/feed", Answer(rss(), headers=(("Link", header),)))
    page = await fetcher.fetch(hostile.url("/feed"), Validators())
    assert isinstance(page, Page)
    assert (page.hub, page.topic) == (hub, topic)


def page(hub: str = "", topic: str = "") -> Page:
    return Page(b"", TOPIC, hub=hub, topic=topic)


IN_DOCUMENT = Parsed((), hub="https://other.example/", topic="https://m.example/self")


@pytest.mark.parametrize(
    ("answer", "parsed", "hub", "topic"),
    [
        pytest.param(page("https://h.example/", "https://m.example/t"), IN_DOCUMENT, "https://h.example/",
                     "https://m.example/t", id="its head, before its document"),
        pytest.param(page("https://h.example/"), None, "https://h.example/", TOPIC, id="without self, its address"),
        pytest.param(page(), IN_DOCUMENT, "https://other.example/", "https://m.example/self", id="its document"),
        pytest.param(page(), Parsed(()), "", "", id="no longer any"),
        pytest.param(page(), Parsed((), known=("a",)), HUB, TOPIC, id="not read again"),
        pytest.param(page(), None, HUB, TOPIC, id="the same bytes"),
        pytest.param(Unchanged(), None, HUB, TOPIC, id="304"),
        pytest.param(FetchFailed("no"), None, HUB, TOPIC, id="a failure"),
        pytest.param(page("https://h.example/"), Unreadable("no"), HUB, TOPIC, id="no feed"),
        pytest.param(page("file:///etc/passwd"), None, "", "", id="no web address"),
        pytest.param(page("https://[::1"), None, "", "", id="no address"),
    ],
)  # fmt: skip
def test_what_a_feed_names(answer: Fetched, parsed: Parsed | Unreadable | None, hub: str, topic: str) -> None:
    state = websub.discovered(STATE, answer, parsed)
    assert (state.hub, state.topic) == (hub, topic)


@pytest.mark.parametrize(
    ("subscription", "stands"),
    [
        (ACTIVE, True),
        (None, False),
        (replace(ACTIVE, hub="https://other.example/"), False),
        (replace(ACTIVE, topic="https://m.example/2"), False),
        (replace(ACTIVE, base="https://moved.example"), False),
    ],
    ids=["the same", "none", "another hub", "another topic", "we moved"],
)
def test_a_subscription_stands_while_all_is_the_same(subscription: Subscription | None, stands: bool) -> None:
    assert websub.stands(subscription, STATE, BASE) is stands


# ── Asking ──────────────────────────────────────────────────────────────────


def test_a_request_says_who_asks_for_what() -> None:
    callback = "https://wire.example/websub/meridian/tok"
    assert websub.request(ASKED) == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": callback,
        "hub.lease_seconds": "864000",
        "hub.secret": "s3cret",
    }
    ending = websub.request(replace(ASKED, standing=Standing.ENDING))
    assert ending == {"hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.callback": callback}
    assert "s3cret" not in repr(ASKED)
    assert "tok" not in repr(ASKED)


@pytest.mark.parametrize(("tries", "wait"), [(1, 300), (2, 600), (5, 4800), (12, 86_400), (5000, 86_400)], ids=str)
def test_a_hub_that_does_not_agree_is_asked_ever_more_rarely(tries: int, wait: float) -> None:
    assert websub.next_try(replace(ASKED, tries=tries), NOON) == NOON + wait


def query(mode: str, topic: str = TOPIC, **more: str) -> dict[str, str]:
    return {"hub.mode": mode, "hub.topic": topic, **{f"hub.{name}": value for name, value in more.items()}}


ENDING = replace(ACTIVE, standing=Standing.ENDING)


@pytest.mark.parametrize(
    ("subscription", "asked", "standing", "until"),
    [
        pytest.param(ASKED, query("subscribe", lease_seconds="500"), Standing.ACTIVE, NOON + 500, id="agreed"),
        pytest.param(ACTIVE, query("subscribe", lease_seconds="5000"), Standing.ACTIVE, NOON + 5000, id="renewed"),
        pytest.param(ASKED, query("subscribe"), Standing.ACTIVE, NOON + websub.LEASE, id="without a lease"),
        pytest.param(
            ASKED, query("subscribe", lease_seconds="-1"), Standing.ACTIVE, NOON + websub.LEASE, id="no lease"
        ),
        pytest.param(ASKED, query("subscribe", lease_seconds="1"), Standing.ACTIVE, NOON + 60, id="a short lease"),
        pytest.param(
            ASKED, query("subscribe", lease_seconds="9" * 11), Standing.ACTIVE, NOON + 30 * 86_400, id="a long"
        ),
        pytest.param(ENDING, query("unsubscribe"), Standing.ENDING, 0.0, id="ended"),
        pytest.param(ACTIVE, query("denied", reason="no such\ntopic"), Standing.REFUSED, 0.0, id="denied"),
    ],
)
def test_what_a_hub_asks_or_tells_is_answered(
    subscription: Subscription, asked: dict[str, str], standing: Standing, until: float
) -> None:
    after = websub.verified(subscription, asked, NOON)
    assert after is not None
    assert (after.standing, after.until) == (standing, until)
    assert after.reason == ("denied: no such topic" if standing is Standing.REFUSED else "")


@pytest.mark.parametrize(
    ("subscription", "asked"),
    [
        pytest.param(ACTIVE, query("subscribe", "https://m.example/other"), id="another topic"),
        pytest.param(ACTIVE, query("unsubscribe"), id="to end what we want"),
        pytest.param(ENDING, query("subscribe"), id="to keep what we do not"),
        pytest.param(ACTIVE, query("publish"), id="something else"),
        pytest.param(ACTIVE, {}, id="nothing"),
    ],
)
def test_what_we_did_not_mean_is_not_confirmed(subscription: Subscription, asked: dict[str, str]) -> None:
    assert websub.verified(subscription, asked, NOON) is None


def test_a_lease_is_renewed_before_its_end_and_outlives_a_refusal() -> None:
    assert websub.renewal(ACTIVE, NOON) == NOON + 800
    assert websub.refused(ACTIVE, "HTTP 500") == replace(ACTIVE, reason="HTTP 500")
    assert websub.refused(ASKED, "HTTP 500").standing is Standing.REFUSED


# ── Believing and concluding ────────────────────────────────────────────────


def signed(algorithm: str, secret: str = "s3cret", body: bytes = b"news") -> str:
    return f"{algorithm}={hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()}"


@pytest.mark.parametrize(
    ("signature", "believed"),
    [
        *((signed(algorithm), True) for algorithm in ("sha1", "sha256", "sha384", "sha512")),
        (signed("sha256").upper().replace("SHA256", "sha256"), True),
        (signed("md5"), False),
        (signed("sha256", secret="guessed"), False),
        (signed("sha256", body=b"other"), False),
        ("sha256=", False),
        ("sha256=é", False),
        ("", False),
    ],
    ids=["sha1", "sha256", "sha384", "sha512", "capitals", "md5", "another's", "of another", "empty", "odd", "none"],
)
def test_only_what_is_signed_with_our_secret_is_believed(signature: str, believed: bool) -> None:
    assert websub.authentic(ACTIVE, signature, b"news") is believed


PROVEN = replace(ACTIVE, proven=True, until=NOON + 86_400)
POLLED = replace(STATE, next_poll=NOON + 300, reason="every 5m")


@pytest.mark.parametrize(
    ("subscription", "state", "every", "wait"),
    [
        pytest.param(PROVEN, POLLED, 300.0, 3600, id="proven"),
        pytest.param(PROVEN, POLLED, 60.0, 720, id="a feed polled often"),
        pytest.param(PROVEN, replace(POLLED, next_poll=NOON + 7200), 7200.0, 7200, id="polled more rarely anyway"),
        pytest.param(replace(PROVEN, until=NOON + 900), POLLED, 300.0, 900, id="its lease ends before"),
        pytest.param(replace(PROVEN, until=NOON - 1), POLLED, 300.0, 300, id="its lease is over"),
        pytest.param(ACTIVE, POLLED, 300.0, 300, id="has told nothing yet"),
        pytest.param(PROVEN, replace(POLLED, failures=1), 300.0, 300, id="the feed fails"),
        pytest.param(None, POLLED, 300.0, 300, id="no hub"),
    ],
)
def test_polls_become_a_safety_net_while_a_hub_is_proven(
    subscription: Subscription | None, state: FeedState, every: float, wait: float
) -> None:
    after = websub.relaxed(replace(FEED, every=every), state, subscription, NOON)
    assert after.next_poll == NOON + wait
    assert ("its hub tells at once" in after.reason) is (wait not in (300, 7200))


def test_a_feed_whose_hub_brought_news_is_not_silent() -> None:
    state = replace(STATE, last_new=NOON - 900)
    assert websub.told(state, replace(PROVEN, last_new=NOON)).last_new == NOON
    assert websub.told(state, PROVEN).last_new == NOON - 900
    assert websub.told(state, None) == state


# ── Requests ────────────────────────────────────────────────────────────────


async def test_a_hub_is_asked_by_a_form(receiver: ReceiverServer) -> None:
    async with HttpHubs(AGENT, LOOPBACK) as hubs:
        assert await hubs.ask(receiver.url("/hub"), websub.request(ASKED), receiver.url("/feed")) == ""
        receiver.replies.append(Reply(403))
        assert await hubs.ask(receiver.url("/hub"), {}, receiver.url("/feed")) == "HTTP 403 Forbidden"
        receiver.replies += [Reply(307, headers={"Location": "/moved"}), Reply(202)]
        assert await hubs.ask(receiver.url("/hub"), {"hub.mode": "subscribe"}, receiver.url("/feed")) == ""
        receiver.replies.append(Reply(302, headers={"Location": "/page"}))
        assert (
            await hubs.ask(receiver.url("/hub"), {}, receiver.url("/feed"))
            == f"redirects to {receiver.url('/page')} as a page"
        )
    first = receiver.posts[0]
    assert first.headers["user-agent"] == AGENT
    assert b"hub.callback=https%3A%2F%2Fwire.example%2Fwebsub%2Fmeridian%2Ftok" in first.body
    assert (receiver.posts[3].path, receiver.posts[3].body) == ("/moved", b"hub.mode=subscribe")


async def test_a_hub_where_we_may_not_go_is_refused_and_one_that_is_not_there_told(receiver: ReceiverServer) -> None:
    async with HttpHubs(AGENT) as hubs:
        assert "a loopback address" in await hubs.ask(receiver.url("/hub"), {}, receiver.url("/feed"))
        assert receiver.posts == []
        assert await hubs.ask("http://127.0.0.1:70000/", {}, TOPIC) != ""


async def test_a_hub_in_an_allowed_network_is_asked_for_a_feed_of_its_host_only(receiver: ReceiverServer) -> None:
    hub = receiver.url("/hub")
    elsewhere = hub.replace("127.0.0.1", "localhost")
    async with HttpHubs(AGENT, LOOPBACK) as hubs:
        assert "a loopback address" in await hubs.ask(hub, {}, TOPIC)
        assert "a loopback address" in await hubs.ask(hub, {}, "")
        assert receiver.posts == []
        receiver.replies.append(Reply(307, headers={"Location": elsewhere}))
        assert await hubs.ask(hub, {}, hub) != "", "sent on by a hub that may be asked"
    assert len(receiver.posts) == 1


async def test_a_hub_that_sends_us_round_is_left(receiver: ReceiverServer) -> None:
    hub = receiver.url("/hub")
    receiver.replies += [Reply(308, headers={"Location": "/hub"})] * 4
    async with HttpHubs(AGENT, LOOPBACK) as hubs:
        assert await hubs.ask(hub, {}, hub) == "more than 3 redirects"


async def test_a_secret_is_not_sent_on_unencrypted(receiver: ReceiverServer) -> None:
    authority, plain = Authority(), receiver.url("/hub")
    with HostileServer(authority.server()) as secure:
        secure.serve("/hub", raw(head(307, ("Location", plain))))
        async with HttpHubs(AGENT, LOOPBACK, tls=authority.trust) as hubs:
            refusal = await hubs.ask(secure.url("/hub"), websub.request(ASKED), plain)
    assert refusal == f"redirects to {plain}, which is not encrypted"
    assert receiver.posts == []
