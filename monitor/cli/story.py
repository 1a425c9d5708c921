"""`wirewatch story` and `wirewatch stories`: how one event was told, and which events are told most."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor.cli.screen import clock, now, out, plain, settings
from monitor.config import Settings
from monitor.durations import seconds, written
from monitor.model import Record, Relation, Story
from monitor.ports import Archive
from monitor.store import open_store

MOST_STORIES = 20
HOUR = 3600.0
STYLE = {
    Relation.NEW: "bold",
    Relation.COPY: "dim",
    Relation.DERIVED: "cyan",
    Relation.UPDATE: "bold yellow",
    Relation.REPORT: "green",
}


def story(
    needle: Annotated[str, typer.Argument(metavar="ID|URL", help="A story's id, or an item's key, address or guid.")],
) -> None:
    """Show a story's timeline: who told it when, as what (copy, derived, update, report), and the evidence.

    Examples:
        wirewatch story 0c4f1e9a2b77
        wirewatch story https://example.org/world/lavrov-wang
    """
    found = asyncio.run(_timeline(settings(), needle))
    if found is None:
        out.print(f"Nothing is known of {plain(needle)!r}: no story of that id, and no item seen within a week.")
        raise typer.Exit(1)
    for line in timeline(*found):
        out.print(line)


async def _timeline(current: Settings, needle: str) -> tuple[Story, Sequence[Record]] | None:
    async with open_store(current, join=True) as store:
        told = await store.story(needle)
        if told is None:
            records = await store.find(needle)
            told = await store.story(records[0].story_id) if records else None
        return None if told is None else (told, await _texts(store, told))


async def _texts(store: Archive, told: Story) -> Sequence[Record]:
    """The newest version of each text that is left, oldest text first."""
    versions = [await store.find(carrier.item) for carrier in told.carriers]
    return [records[0] for records in versions if records]


def timeline(told: Story, records: Sequence[Record]) -> Iterator[Text]:
    """A story for a terminal, oldest text first."""
    yield Text(plain(told.headline), "bold")
    yield Text(
        f"story {told.id}, {told.status}: {len(told.carriers)} texts from {len({c.source for c in told.carriers})} "
        f"outlets, {clock(told.opened_at)} to {clock(told.last_at)}",
        "dim",
    )
    known = {record.item.key: record for record in records}
    for carrier in told.carriers:
        yield Text.assemble(
            f"\n{clock(carrier.at)}  ",
            (f"{carrier.relation:<8}", STYLE.get(carrier.relation, "")),
            (plain(carrier.source), "bold"),
            f"  {plain(carrier.title)}",
        )
        record = known.get(carrier.item)
        if record is not None:
            kind = f"{record.item.wire.kind} {record.item.wire.number or ''}".strip()
            named = "" if kind == "news" else f"{kind}; "
            yield Text(f"{'':25}{named}{plain(record.evidence)}; {record.outcome.fate}", "dim")
        yield Text(f"{'':25}{plain(carrier.url)}", "dim")
    for alert in told.alerts:
        yield Text(f"\nalert {alert.id} to {alert.channel}, {alert.severity}, rules {', '.join(alert.rules)}")


# ── The largest ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Growth:
    """How much was told of a story."""

    story: Story
    texts: int
    """Within the time that was asked for."""
    lately: int
    """Of these, within the last hour."""


def stories(
    since: Annotated[str, typer.Option("--since", help="How far to look back: 6h, 2d.")] = "24h",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = MOST_STORIES,
) -> None:
    """List the stories told most, and those growing fastest.

    Examples:
        wirewatch stories
        wirewatch stories --since 6h --limit 5
    """
    try:
        span = seconds(since)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from None
    found = asyncio.run(_told_since(settings(), now() - span, now()))
    if not found:
        out.print(f"No story within the last {written(span)}.")
        return
    for heading, rows in (
        (f"Told most within {written(span)}", largest(found, limit)),
        ("Growing fastest within the last hour", fastest(found, limit)),
    ):
        if rows:
            out.print(Text(heading, style="bold"))
            out.print(table(rows))


async def _told_since(current: Settings, since: float, at: float) -> Sequence[Growth]:
    """Every story with a text since then."""
    texts: Counter[str] = Counter()
    lately: Counter[str] = Counter()
    async with open_store(current, join=True) as store:
        async for records in store.stored(since):
            texts.update(record.story_id for record in records)
            lately.update(record.story_id for record in records if record.item.seen_at > at - HOUR)
        told = [(await store.story(story_id), count) for story_id, count in texts.most_common()]
    return [Growth(story, count, lately[story.id]) for story, count in told if story is not None]


def largest(found: Sequence[Growth], limit: int) -> Sequence[Growth]:
    """Those with most texts, the newest first among equals."""
    return sorted(found, key=lambda one: (-one.texts, -one.story.last_at))[:limit]


def fastest(found: Sequence[Growth], limit: int) -> Sequence[Growth]:
    """Those with most texts of the last hour; one text is no growth."""
    growing = [one for one in found if one.lately > 1]
    return sorted(growing, key=lambda one: (-one.lately, -one.story.last_at))[:limit]


def table(rows: Sequence[Growth]) -> Table:
    """Stories for a terminal."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("story", "texts", "last hour", "outlets", "alerts", "last text", "headline"):
        shown.add_column(heading, overflow="fold")
    for one in rows:
        outlets = len({carrier.source for carrier in one.story.carriers})
        shown.add_row(
            one.story.id,
            str(one.texts),
            str(one.lately),
            str(outlets),
            str(len(one.story.alerts)),
            clock(one.story.last_at),
            Text(plain(one.story.headline)),
        )
    return shown
