"""`wirewatch try`: which rules match this text or feed, and where."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from monitor import desk
from monitor.alerts.counting import enough
from monitor.cli.screen import SEVERITY, SHADOW, busy, counted, marked, now, out, passage, plain, settings
from monitor.config import Settings
from monitor.errors import ConfigError, Fault
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.parse import ParserPool
from monitor.ingest.wire import read_wire
from monitor.model import Feed, FetchFailed, Field, Item, Match, Page, Span, Unreadable, Validators, digest
from monitor.rules import Miss, Misses, RuleSet, explain
from monitor.rules.explain import brief

MOST_HITS = 8
"""Places shown of one rule."""
FEED_LIKE = ("<?xml", "<rss", "<feed", "<rdf", "{")


def trial(
    source: Annotated[
        str, typer.Argument(metavar="[FILE|-|URL]", help="A text, a feed's document, or a feed's address.")
    ] = "-",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for each item.")] = False,
    near_miss: Annotated[
        bool, typer.Option("--near-miss", help="Also rules that a single clause kept from firing, and which.")
    ] = False,
) -> None:
    """Try the rules on a text or a feed, and see what matched where. Nothing is stored or sent.

    A text's first line is its title. `-` reads standard input. Beside each place stands the clause that found it.

    Examples:
        wirewatch try story.txt
        wirewatch try story.txt --near-miss
        echo 'Lavrov and Wang Yi praise a new "world order"' | wirewatch try
        wirewatch try https://feeds.bbci.co.uk/news/world/rss.xml
    """
    current = settings()
    rules = desk.load_rules(current.rules_dir)
    items = _items(source, current)
    near = Misses(rules) if near_miss else None
    hit = 0
    for item in items:
        matches, misses = rules.match(item), near.on(item) if near else []
        hit += bool(matches)
        if as_json:
            print(json.dumps(_as_json(item, matches, rules, misses), ensure_ascii=False))
        elif matches or misses or len(items) == 1:
            _show(item, matches, rules)
            for miss in misses:
                _show_miss(miss)
    if not as_json:
        tried = counted(len(rules.rules), "rule")
        out.print(f"\n{hit} of {counted(len(items), 'item')} matched; {tried} tried.", style="dim")


def _items(source: str, current: Settings) -> Sequence[Item]:
    """The items of a URL, a feed document, or the one item that a plain text is."""
    if urlsplit(source).scheme in ("http", "https"):
        with busy(f"fetching {source}"):
            return asyncio.run(_fetched(source, current))
    return items_in(body_of(source), source, now())


def body_of(source: str) -> bytes:
    """What is in a file, or on standard input (`-`); raises ConfigError."""
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise ConfigError([Fault(source, 0, 0, f"cannot be read: {error.strerror}")]) from None


def items_in(body: bytes, source: str, at: float) -> Sequence[Item]:
    """The items of a feed's document, or the one item that a plain text is, seen at `at`; raises ConfigError."""
    opening = body[:200].decode("utf-8", "replace").lstrip("\ufeff \r\n\t").lower()
    if opening.startswith(FEED_LIKE):
        return asyncio.run(_parsed(body, "", source, at))
    return [text_item(_text(body, "standard input" if source == "-" else source), at)]


def _text(body: bytes, name: str) -> str:
    """The text of a file that is no feed; raises ConfigError when there is none in it."""
    if b"\0" in body:
        raise ConfigError([Fault(name, 0, 0, "is a binary file", "give a feed, or a text saved as UTF-8")])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(name, 0, 0, f"is neither a feed nor UTF-8 text (byte {error.start})", "save it as UTF-8")
        raise ConfigError([fault]) from None
    if not text.strip():
        raise ConfigError([Fault(name, 0, 0, "there is no text in it", "its first line is the title")])
    return text


async def _fetched(source: str, current: Settings) -> Sequence[Item]:
    async with HttpFetcher(current.user_agent, current.allow_nets) as fetcher:
        answer = await fetcher.fetch(source, Validators())
    if isinstance(answer, Page):
        return await _parsed(answer.body, answer.content_type, source, now())
    reason = answer.reason if isinstance(answer, FetchFailed) else "the server says it is unchanged"
    raise ConfigError([Fault(source, 0, 0, reason)])


async def _parsed(body: bytes, content_type: str, source: str, at: float) -> Sequence[Item]:
    feed = Feed(id="try", url=source, source=urlsplit(source).hostname or source, every=0.0)
    async with ParserPool() as parser:
        parsed = await parser.parse(body, content_type, feed, at)
    if isinstance(parsed, Unreadable):
        raise ConfigError([Fault(source, 0, 0, parsed.reason)])
    return parsed.items


def text_item(text: str, at: float, source: str = "try") -> Item:
    """A plain text as an item seen at Unix time `at`: its first line is the title."""
    title, _, body = text.strip().partition("\n")
    title, body = title.strip(), body.strip()
    return Item(
        key=digest(source, text),
        revision=digest(text),
        feed=source,
        source=source,
        guid="",
        url="",
        title=title,
        body=body,
        author="",
        categories=(),
        lang="",
        published=None,
        updated=None,
        seen_at=at,
        wire=read_wire(title, body, at=at),
    )


def _show(item: Item, matches: Sequence[Match], rules: RuleSet) -> None:
    spans = [Span(hit.start, hit.end) for match in matches for hit in match.hits if hit.field is Field.TITLE]
    out.print()
    out.print(Text.assemble(marked(item.title, spans), style="bold"))
    if item.wire.kind != "news":
        out.print(f"  the desk calls it: {item.wire.kind}", style="dim")
    if not matches:
        out.print("  no rule matches", style="dim")
    for match in matches:
        title = f"  {plain(match.title)}" if match.title not in ("", match.rule) else ""
        severity = (str(match.severity), SEVERITY[str(match.severity)])
        shadow = SHADOW if match.shadow else ""
        out.print(Text.assemble("  ", (match.rule, "bold green"), title, "  ", severity, shadow))
        if match.when:
            out.print(f"    counts: fires with {enough(match.when)}", style="dim")
        clause = explain(rules, match.rule, item)
        for hit in match.hits[:MOST_HITS]:
            finder = clause.finder(hit)
            named = f"@{hit.entity}  " if hit.entity and finder != f"@{hit.entity}" else ""
            where = (f"{hit.field}:{hit.start}-{hit.end}", "cyan")
            asked = (f"  ← {plain(brief(finder))}", "dim")
            out.print(Text.assemble("    ", (named, "magenta"), where, "  ", passage(item, hit), asked))
        if len(match.hits) > MOST_HITS:
            out.print(f"    and {counted(len(match.hits) - MOST_HITS, 'more place', 'more places')}", style="dim")


def _show_miss(miss: Miss) -> None:
    found = list(dict.fromkeys(f"“{plain(hit.text)}”" for hit in miss.hits))
    has = ", ".join(found[:MOST_HITS]) + (" …" if len(found) > MOST_HITS else "")
    told = Text.assemble("  ", (miss.rule, "bold"), (" missed by one clause: ", "dim"), plain(miss.lacks))
    out.print(told.append(f"; it has {has}", "dim"))


def _as_json(item: Item, matches: Sequence[Match], rules: RuleSet, misses: Sequence[Miss]) -> dict[str, object]:
    clauses = {match.rule: explain(rules, match.rule, item) for match in matches}
    return {
        "title": plain(item.title),
        "url": item.url,
        "guid": item.guid,
        "kind": item.wire.kind,
        "matches": [
            {
                "rule": match.rule,
                "severity": str(match.severity),
                "shadow": match.shadow,
                "tags": list(match.tags),
                "when": asdict(match.when) if match.when else None,
                "hits": [
                    {
                        "field": hit.field,
                        "start": hit.start,
                        "end": hit.end,
                        "text": hit.text,
                        "entity": hit.entity,
                        "clause": clauses[match.rule].finder(hit),
                    }
                    for hit in match.hits
                ],
            }
            for match in matches
        ],
        "near_misses": [
            {"rule": miss.rule, "lacks": miss.lacks, "has": list(dict.fromkeys(hit.text for hit in miss.hits))}
            for miss in misses
        ],
    }
