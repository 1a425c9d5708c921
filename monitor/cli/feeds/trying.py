"""`wirewatch feeds try`: a feed fetched and read as a poll would, shown from the first redirect to the rules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

import typer
from rich.text import Text

from monitor import desk
from monitor.channels.render import iso
from monitor.cli.feeds.looks import summary
from monitor.cli.feeds.named import AsJson, chosen, listed
from monitor.cli.screen import ago, busy, clock, counted, now, out, plain, settings
from monitor.config import Settings
from monitor.feedlist.looking import Exchange, Look, looking, unlisted
from monitor.model import Feed, Item, Parsed
from monitor.store import open_store
from monitor.web.reasons import redacted

SHOWN = 20
"""Items shown of a feed."""

Matched = Mapping[str, Sequence[str]]
"""Rules that match, by the key of an item."""


def attempt(
    source: Annotated[str, typer.Argument(metavar="URL|ID", help="A feed's address, or the id of one in feeds.yaml.")],
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many items to show, the newest.")] = SHOWN,
    as_json: AsJson = False,
) -> None:
    """Fetch and read a feed as a poll would, and show everything: redirects, headers, items, what our rules match.

    Nothing is stored or sent, and what the service remembers of the feed stays as it is. Exit 1 when it is no feed.

    Examples:
        wirewatch feeds try https://feeds.bbci.co.uk/news/world/rss.xml
        wirewatch feeds try bbc-world --json
    """
    current, at = settings(), now()
    rules = desk.load_rules(current.rules_dir)
    feed, is_listed = _meant(source, current)
    with busy(f"fetching {redacted(feed.url)}"):
        look = asyncio.run(_look(current, feed, is_listed, at))
    items = list(reversed(look.items))
    matched = {item.key: [match.rule for match in rules.match(item)] for item in items}
    if as_json:
        print(json.dumps(document(look, items, matched, at), ensure_ascii=False))
    else:
        for line in told(look, items, matched, at, limit):
            out.print(line)
    if look.fault:
        raise typer.Exit(1)


def _meant(source: str, current: Settings) -> tuple[Feed, bool]:
    """The feed of this id, or one at this address, and whether it is listed. Raises ConfigError."""
    if "/" in source or ":" in source:  # no id has them
        return unlisted(source), False
    known = listed(current)
    if source in known or "." not in source:
        return chosen([source], known, current.rules_dir / desk.FEEDS)[0], True
    return unlisted(source), False


async def _look(current: Settings, feed: Feed, is_listed: bool, at: float) -> Look:
    state = None
    if is_listed:
        async with open_store(current, join=True) as store:
            state = (await store.feed_states([feed.id])).get(feed.id)
    async with looking(current) as looker:
        return await looker.look(feed, at, state)


# ── As lines ────────────────────────────────────────────────────────────────


def told(look: Look, items: Sequence[Item], matched: Matched, at: float, limit: int) -> Iterator[Text]:
    """All of it, in the order in which it came about."""
    for exchange in look.exchanges:
        yield from _exchange(exchange)
    if look.after.url:
        yield Text(f"moved for good to {plain(redacted(look.after.url))}: write that into feeds.yaml", "yellow")
    if look.fault:
        yield Text(plain(look.fault), "bold red")
    if isinstance(look.parsed, Parsed):
        yield summary(look, at)
        yield from (Text(f"  mended: {plain(problem)}", "yellow") for problem in look.parsed.problems)
        yield from (Text(f"  not mended: {lack}", "yellow") for lack in look.lacks(at))
    yield Text(f"next poll {ago(look.after.next_poll, at)}: {plain(look.after.reason)}")
    if not items:
        return
    for item in items[:limit]:
        yield Text()
        yield from _item(item, matched[item.key])
    hits = sum(bool(rules) for rules in matched.values())
    shown = f"; the newest {limit} are shown" if len(items) > limit else ""
    yield Text(f"\n{hits} of {counted(len(items), 'item')} matched{shown}.", "dim")


def _exchange(exchange: Exchange) -> Iterator[Text]:
    phrase = HTTPStatus(exchange.status).phrase if exchange.status in set(HTTPStatus) else ""
    style = "green" if exchange.status < 300 else "yellow" if exchange.status < 400 else "bold red"
    yield Text.assemble((f"{exchange.status} {phrase}", style), "  ", plain(redacted(exchange.url)))
    for name, value in exchange.headers:
        yield Text.assemble((f"    {name}: ", "dim"), plain(redacted(value)))


def _item(item: Item, rules: Sequence[str]) -> Iterator[Text]:
    date = clock(item.published) if item.published is not None else "no date"
    kind = "" if item.wire.kind == "news" else f"  [{item.wire.kind}]"
    yield Text.assemble((date, "dim"), "  ", (plain(item.title) or "without a title", "bold"), kind)
    yield Text.assemble(("  id    ", "dim"), plain(item.guid) or "none")
    if item.url != item.guid:
        yield Text.assemble(("  link  ", "dim"), plain(item.url) or "none")
    if rules:
        yield Text.assemble(("  rules ", "dim"), (", ".join(rules), "bold green"))


# ── As JSON ─────────────────────────────────────────────────────────────────


def document(look: Look, items: Sequence[Item], matched: Matched, at: float) -> dict[str, object]:
    """All of it as what JSON is made of."""
    return {
        "url": redacted(look.feed.url),
        "exchanges": [
            {
                "url": redacted(exchange.url),
                "status": exchange.status,
                "headers": [[name, redacted(value)] for name, value in exchange.headers],
            }
            for exchange in look.exchanges
        ],
        "moved_to": look.after.url or None,
        "fault": look.fault or None,
        "title": look.title,
        "lang": look.lang or None,
        "version": look.parsed.version if isinstance(look.parsed, Parsed) else None,
        "mended": list(look.parsed.problems) if isinstance(look.parsed, Parsed) else [],
        "not_mended": list(look.lacks(at)),
        "next_poll": iso(look.after.next_poll),
        "reason": look.after.reason,
        "items": [
            {
                "id": item.guid,
                "url": item.url,
                "title": item.title,
                "published": None if item.published is None else iso(item.published),
                "updated": None if item.updated is None else iso(item.updated),
                "kind": item.wire.kind,
                "lang": item.lang or None,
                "rules": list(matched[item.key]),
            }
            for item in items
        ],
    }
