"""WebSub (W3C Recommendation, 2018) from the subscriber's side: what is asked, believed and concluded. Pure.

    a feed names a hub       asked ──(the hub verifies: topic and token are ours)──▶ active until its lease ends
    a fifth of it is left    asked once more, with the same token and secret
    it refuses, or is away   tried again after 5m, doubled each time, up to a day
    the feed is dropped      asked to end; who tells us more gets 410
    another hub or address   a new subscription; the old one gets 410

What a hub sends is believed when it is signed with our secret. A hub that told
of the newest items is proven: then its feed is polled as a safety net only,
until a poll finds something that the hub did not tell.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.durations import written
from monitor.model import Feed, FeedState, Fetched, Page, Parsed, Standing, Subscription, Unreadable

LEASE = 10 * 86_400.0
"""Seconds that we ask for; the hub decides."""
_SHORTEST_LEASE = 60.0
_LONGEST_LEASE = 30 * 86_400.0
_RENEWED_AFTER = 0.8
"""Of the lease."""
_FIRST_RETRY = 300.0
LONGEST_RETRY = 86_400.0
_NET_ROUNDS = 12
"""Times `every` between two polls of a feed whose hub is proven."""
_WIDEST_NET = 3_600.0
_LONGEST_ADDRESS = 2_000
_ALGORITHMS = frozenset(("sha1", "sha256", "sha384", "sha512"))


# ── Which hub ───────────────────────────────────────────────────────────────


def discovered(state: FeedState, answer: Fetched, parsed: Parsed | Unreadable | None) -> FeedState:
    """With the hub and the topic that the feed names, in its answer's head or else in its document.

    What was not read again stands.
    """
    if not isinstance(answer, Page) or isinstance(parsed, Unreadable):
        return state
    if answer.hub:
        hub, topic = answer.hub, answer.topic or answer.url
    elif parsed is None or parsed.only_known:
        return state
    else:
        hub, topic = parsed.hub, parsed.topic or answer.url
    usable = _is_address(hub) and _is_address(topic)
    return replace(state, hub=hub if usable else "", topic=topic if usable else "")


def stands(subscription: Subscription | None, state: FeedState, base: str) -> bool:
    """Whether a subscription is the one that a feed wants now."""
    return subscription is not None and (subscription.hub, subscription.topic, subscription.base) == (
        state.hub,
        state.topic,
        base,
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= _LONGEST_ADDRESS
    except ValueError:
        return False


# ── Asking ──────────────────────────────────────────────────────────────────


def request(subscription: Subscription) -> Mapping[str, str]:
    """The form to send to the hub (§5.1)."""
    ends = subscription.standing is Standing.ENDING
    form = {
        "hub.mode": "unsubscribe" if ends else "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": subscription.callback,
    }
    return form if ends else form | {"hub.lease_seconds": f"{LEASE:.0f}", "hub.secret": subscription.secret}


def next_try(subscription: Subscription, now: float) -> float:
    """When to ask again, unless the hub agrees."""
    return now + min(_FIRST_RETRY * 2.0 ** min(subscription.tries - 1, 16), LONGEST_RETRY)


def renewal(subscription: Subscription, now: float) -> float:
    """When to ask for a longer lease."""
    return now + _RENEWED_AFTER * (subscription.until - now)


def refused(subscription: Subscription, reason: str) -> Subscription:
    """After the hub said no, or nothing; a lease that runs is not ended by it."""
    standing = subscription.standing if subscription.standing is Standing.ACTIVE else Standing.REFUSED
    return replace(subscription, standing=standing, reason=reason)


def verified(subscription: Subscription, query: Mapping[str, str], now: float) -> Subscription | None:
    """After the hub asked whether we meant it (§5.3), or told that it denies (§5.2); None: we did not."""
    mode = query.get("hub.mode", "")
    if query.get("hub.topic") != subscription.topic:
        return None
    if mode == "denied":
        said = " ".join(query.get("hub.reason", "").split())[:200]
        return replace(subscription, standing=Standing.REFUSED, until=0.0, reason=f"denied: {said}".rstrip(": "))
    if mode == "unsubscribe" and subscription.standing is Standing.ENDING:
        return replace(subscription, until=0.0)
    if mode == "subscribe" and subscription.standing is not Standing.ENDING:
        until = now + _lease(query.get("hub.lease_seconds", ""))
        return replace(subscription, standing=Standing.ACTIVE, until=until, tries=0, reason="")
    return None


def _lease(stated: str) -> float:
    lease = float(stated) if stated.isdecimal() and len(stated) < 12 else LEASE
    return max(_SHORTEST_LEASE, min(lease, _LONGEST_LEASE))


# ── Believing and concluding ────────────────────────────────────────────────


def authentic(subscription: Subscription, signature: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature` was made from this body with our secret, by whichever algorithm it names (§7.1)."""
    algorithm, _, signed = signature.strip().partition("=")
    if algorithm not in _ALGORITHMS or not signed.isascii():
        return False
    expected = hmac.new(subscription.secret.encode(), body, getattr(hashlib, algorithm)).hexdigest()
    return hmac.compare_digest(expected, signed.lower())


def told(state: FeedState, subscription: Subscription | None) -> FeedState:
    """With the news that the hub brought since the last poll: a feed that is told of is not silent."""
    return replace(state, last_new=max(state.last_new, subscription.last_new)) if subscription else state


def relaxed(feed: Feed, state: FeedState, subscription: Subscription | None, now: float) -> FeedState:
    """After a poll: the next one is later while a proven hub tells us at once; never after the end of its lease."""
    if subscription is None or not subscription.proven or state.failures or state.retired:
        return state
    net = max(feed.every, min(_NET_ROUNDS * feed.every, _WIDEST_NET))
    at = min(now + net, subscription.until)
    if at <= state.next_poll:
        return state
    return replace(state, next_poll=at, reason=f"its hub tells at once what is new; every {written(net)} to be sure")
