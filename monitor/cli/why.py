"""`wirewatch why`: what became of an item, and the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.screen import clock, out, passage, plain, settings
from monitor.config import Settings
from monitor.model import Record, Story
from monitor.store import open_store


def why(
    item: Annotated[str, typer.Argument(help="An item's key, address or guid.")],
) -> None:
    """Tell what became of an item: which rules matched where, which story it joined, who was told, and why.

    Examples:
        wirewatch why https://example.org/world/lavrov-wang
        wirewatch why 3f2a9c0d11e84b57
    """
    found = asyncio.run(_look_up(settings(), item))
    if not found:
        out.print(f"Nothing is known of {plain(item)!r}: never seen in a feed, or seen more than a week ago.")
        raise typer.Exit(1)
    for record, story in found:
        _tell(record, story)


async def _look_up(current: Settings, needle: str) -> Sequence[tuple[Record, Story | None]]:
    async with open_store(current, join=True) as store:
        return [(record, await store.story(record.story_id)) for record in await store.find(needle)]


def _tell(record: Record, story: Story | None) -> None:
    item = record.item
    out.print()
    out.print(Text(plain(item.title), "bold"))
    out.print(Text(f"{item.source} · feed {item.feed} · item {item.key}\n{plain(item.url)}", "dim"))
    out.print(Text(f"seen      {clock(item.seen_at)}"))
    if item.wire.kind != "news":
        out.print(f"kind      {item.wire.kind} {item.wire.number or ''}")
    out.print(Text.assemble("fate      ", (str(record.outcome.fate), "bold green"), f": {record.outcome.reason}"))
    out.print(Text(f"relation  {record.relation}: {plain(record.evidence)}"))
    for match in record.matches:
        out.print(Text.assemble("rule      ", (match.rule, "bold"), f" ({match.severity})"))
        for hit in match.hits:
            named = f" as @{hit.entity}" if hit.entity else ""
            out.print(Text.assemble(f"          {hit.field}:{hit.start}-{hit.end}{named}  ", passage(item, hit)))
    if story is not None:
        out.print(Text(f"story     {story.id}: {plain(story.headline)} ({len(story.carriers)} texts, {story.status})"))
        for alert in story.alerts:
            told = "told by this item" if alert.id in record.alerts else "told by another item of the story"
            out.print(Text(f"alert     {alert.id} to {alert.channel}, {alert.severity}: {told}"))
