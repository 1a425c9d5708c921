"""`wirewatch feeds show`: everything that is known of one feed."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from monitor.channels.render import iso
from monitor.cli.feeds import listing
from monitor.cli.feeds.named import AsJson, OneId, chosen, listed
from monitor.cli.screen import ago, clock, counted, now, out, plain, settings
from monitor.config import Settings
from monitor.desk import FEEDS
from monitor.durations import written
from monitor.ingest import mend
from monitor.ingest.feeds import risks
from monitor.model import BadAnswer, Feed, FeedState, Priority, Subscription
from monitor.store import open_store
from monitor.web.reasons import redacted, status_line

LINES: Final = 12
"""Lines shown of a bad answer."""
DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of a feed, at one time."""

    feed: Feed
    state: FeedState
    bad: BadAnswer | None
    subscription: Subscription | None
    at: float
    floor: float


def show(
    wanted: OneId,
    body: Annotated[bool, typer.Option("--body", help="Only print the last bad answer, as far as it is kept.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a feed: health and why, next poll, rhythm, redirect, validators, its last bad answer.

    Examples:
        wirewatch feeds show bbc-world
        wirewatch feeds show bbc-world --body > block-page.html
    """
    current = settings()
    (feed,) = chosen([wanted], listed(current), current.rules_dir / FEEDS)
    known = asyncio.run(_known(current, feed))
    if body:
        _print_body(known.bad)
    elif as_json:
        print(json.dumps(document(known), ensure_ascii=False))
    else:
        out.print(table(known), soft_wrap=False)
        for line in _bad_lines(known.bad):
            out.print(line, soft_wrap=False, no_wrap=True, overflow="ellipsis")


async def _known(current: Settings, feed: Feed) -> Known:
    async with open_store(current, join=True) as store:
        state = (await store.feed_states([feed.id])).get(feed.id, FeedState(feed.id))
        bad, subscription = await store.last_bad(feed.id), await store.subscription(feed.id)
    return Known(feed, state, bad, subscription, now(), current.poll_floor)


def _print_body(bad: BadAnswer | None) -> None:
    if bad is None:
        out.print("No bad answer is kept of this feed.")
        raise typer.Exit(1)
    text = _text(bad)
    print(plain(text) if out.is_terminal else text)


# ── As a table ──────────────────────────────────────────────────────────────


def table(known: Known) -> Table:
    """A row for each thing that is known."""
    shown = Table(box=None, show_header=False, pad_edge=False)
    shown.add_column(style="dim", no_wrap=True)
    shown.add_column(overflow="fold")
    word = listing.health(known.state, known.at)
    shown.add_row(Text(known.feed.id, "bold"), Text(plain(known.feed.source)))
    shown.add_row("address", plain(redacted(known.feed.url)))
    if moved := listing.moved_to(known.feed, known.state):
        shown.add_row("moved to", Text(f"{plain(redacted(moved))}: write that into feeds.yaml", "yellow"))
    shown.add_row("health", Text(word, listing.STYLE.get(word, "yellow")))
    for name, said in (*_doing(known), *_document(known.state), *_ways(known)):
        shown.add_row(name, plain(said))
    return shown


def _doing(known: Known) -> Iterator[tuple[str, str]]:
    """How it goes, and why."""
    state, at = known.state, known.at
    yield from (("danger", risk) for risk in risks(known.feed))
    if state.failures:
        since = f"since {ago(state.failing_since, at)}"
        yield "trouble", f"{state.error}: {counted(state.failures, 'poll')} in a row failed, {since}"
    if state.pause and state.paused(at):
        until = "until resumed" if math.isinf(state.pause.until) else f"until {clock(state.pause.until)}"
        note = f": {state.pause.note}" if state.pause.note else ""
        yield "paused", f"{ago(state.pause.since, at)}, {until}{note}"
    status = f", {status_line(state.status)}" if state.status else ""
    yield "last poll", f"{ago(state.last_attempt, at)}{status}"
    yield "last answer", _when(state.last_success, at)
    yield "last news", _when(state.last_new, at)
    usual = f"something new every {written(state.rhythm)}" if state.rhythm else "not known yet"
    yield "rhythm", usual + (f", silent for up to {written(state.lull)}" if state.lull else "")
    yield "next poll", f"{listing.next_poll(state, at)}: {listing.reason(known.feed, state, known.floor)}"


def _document(state: FeedState) -> Iterator[tuple[str, str]]:
    """What its last good document said, and what it came with."""
    if not state.seeded:
        return
    title = f"“{state.title}”" if state.title else "without a title"
    yield "document", f"{title}, {counted(state.items, 'item')}"
    cadence = state.cadence
    asks = [f"{written(cadence.ttl)} between polls"] if cadence.ttl else []
    asks += [f"no polls at {', '.join(map(str, cadence.skip_hours))} h GMT"] if cadence.skip_hours else []
    asks += [f"no polls on {', '.join(DAYS[day] for day in cadence.skip_days)}"] if cadence.skip_days else []
    if asks:
        yield "it asks for", ", ".join(asks)
    yield "ETag", state.validators.etag or "none"
    yield "Last-Modified", state.validators.last_modified or "none"
    if state.habits.distrusted:
        yield (
            "ids",
            "its guids change" + (" and its links too" if state.habits.distrusted > 1 else "") + ", so are not used",
        )


def _ways(known: Known) -> Iterator[tuple[str, str]]:
    """How it is polled and asked, where that is not as all are; a secret by its name."""
    feed, access = known.feed, known.feed.access
    said = {
        "every": written(feed.every),
        "floor": written(feed.floor) if feed.floor else "",
        "lang": feed.lang,
        "tags": ", ".join(feed.tags),
        "priority": feed.priority.name.lower() if feed.priority is not Priority.NORMAL else "",
        "expect": written(feed.expect) if feed.expect else "",
        "headers": ", ".join(name for name, _ in access.headers),
        "auth": f"secret {access.auth.secret}" if access.auth else "",
        "proxy": redacted(access.proxy),
        "fulltext": "yes" if feed.fulltext else "",
    }
    yield "settings", "; ".join(f"{name}: {value}" for name, value in said.items() if value)
    if subscription := known.subscription:
        until = f" until {clock(subscription.until)}" if subscription.until else ""
        why = f": {subscription.reason}" if subscription.reason else ""
        yield "hub", f"{redacted(subscription.hub)}, {subscription.standing}{until}{why}"
    elif known.state.hub:
        yield "hub", f"{redacted(known.state.hub)}, not subscribed"


def _bad_lines(bad: BadAnswer | None) -> Iterator[Text]:
    if bad is None:
        return
    yield Text()
    yield Text.assemble(f"last bad answer, {clock(bad.at)}: ", (plain(bad.reason), "bold red"))
    yield Text(
        f"{status_line(bad.status)}, {plain(bad.content_type) or 'no type'}, from {plain(redacted(bad.url))}", "dim"
    )
    lines = [line for line in _text(bad).splitlines() if line.strip()]
    for line in lines[:LINES]:
        yield Text(f"    {plain(line)}", "dim")
    if len(lines) > LINES or bad.cut:
        yield Text("    … more: --body", "dim")


def _text(bad: BadAnswer) -> str:
    return mend.decode(bad.body, bad.content_type).text


def _when(moment: float, at: float) -> str:
    return f"{ago(moment, at)}, {clock(moment)}" if moment else "never"


# ── As JSON ─────────────────────────────────────────────────────────────────


def document(known: Known) -> dict[str, object]:
    """All of it as what JSON is made of."""
    state, bad, subscription = known.state, known.bad, known.subscription
    return listing.document(known.feed, state, known.at) | {
        "settings": dict(_ways(known))["settings"],
        "title": state.title or None,
        "lull_seconds": state.lull or None,
        "etag": state.validators.etag or None,
        "last_modified": state.validators.last_modified or None,
        "ttl_seconds": state.cadence.ttl or None,
        "skip_hours": list(state.cadence.skip_hours),
        "skip_days": list(state.cadence.skip_days),
        "hub": state.hub or None,
        "subscription": None if subscription is None else str(subscription.standing),
        "last_bad": None
        if bad is None
        else {
            "at": iso(bad.at),
            "reason": bad.reason,
            "status": bad.status,
            "url": redacted(bad.url),
            "content_type": bad.content_type,
            "text": _text(bad),
            "cut": bad.cut,
        },
    }
