"""`wirewatch why`: what became of an item, and the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.screen import SHADOW, clock, out, passage, plain, settings
from monitor.config import Settings
from monitor.model import Record, Story
from monitor.ports import Progress
from monitor.store import open_store

MOST_HITS = 8
"""Places shown of one rule."""


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
        out.print(Text(f"Nothing is known of {item!r}: never seen in a feed, or seen more than a week ago."))
        raise typer.Exit(1)
    for known in found:
        _tell(known)


@dataclass(frozen=True, slots=True)
class _Known:
    """An item, its story, and how far what tells of it has come."""

    record: Record
    story: Story | None
    progress: tuple[Progress, ...]


async def _look_up(current: Settings, needle: str) -> Sequence[_Known]:
    async with open_store(current, join=True) as store:
        return [
            _Known(record, await store.story(record.story_id), await store.progress(record.deliveries))
            for record in await store.find(needle)
        ]


def _tell(known: _Known) -> None:
    record, item = known.record, known.record.item
    out.print()
    out.print(Text(plain(item.title), "bold"))
    out.print(Text(f"{item.source} · feed {item.feed} · item {item.key}\n{plain(item.url)}", "dim"))
    out.print(Text(f"seen      {clock(item.seen_at)}"))
    if item.whole:
        out.print(Text("text      of its page"))
    if item.unread:
        out.print(Text(f"text      of its feed, not of its page: {plain(item.unread)}"))
    if item.wire.kind != "news":
        out.print(Text(f"kind      {item.wire.kind} {item.wire.number or ''}"))
    out.print(
        Text.assemble("fate      ", (str(record.outcome.fate), "bold green"), f": {plain(record.outcome.reason)}")
    )
    out.print(Text(f"relation  {record.relation}: {plain(record.evidence)}"))
    for match in record.matches:
        shadow = SHADOW if match.shadow else ""
        out.print(Text.assemble("rule      ", (match.rule, "bold"), f" ({match.severity})", shadow))
        for hit in match.hits[:MOST_HITS]:
            named = f" as @{hit.entity}" if hit.entity else ""
            out.print(Text.assemble(f"          {hit.field}:{hit.start}-{hit.end}{named}  ", passage(item, hit)))
        if len(match.hits) > MOST_HITS:
            out.print(Text(f"          and {len(match.hits) - MOST_HITS} more places", "dim"))
    if known.story is not None:
        story = known.story
        out.print(Text(f"story     {story.id}: {plain(story.headline)} ({len(story.carriers)} texts, {story.status})"))
    for progress in known.progress:
        out.print(Text(f"delivery  {progress.channel}: {_words(progress)}"))


def _words(progress: Progress) -> str:
    """How far a delivery has come, for people."""
    digest = " in a digest" if progress.digest else ""
    match progress.state:
        case "sent":
            return f"accepted{digest} {clock(progress.at)}"
        case "dead":
            return f"given up{digest} {clock(progress.at)}: {plain(progress.reason)}"
        case "dropped":
            return f"given up, and dropped {clock(progress.at)}: {plain(progress.reason)}"
        case "queued" | "sending":
            return f"on its way{digest}"
        case "held":
            return f"held until {clock(progress.at)}: {plain(progress.reason)}"
    tries = f"{progress.attempts} tries" if progress.attempts > 1 else "1 try"
    return f"waiting after {tries}, next {clock(progress.at)}: {plain(progress.reason)}"
