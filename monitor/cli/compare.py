"""`wirewatch compare`: what two texts have in common, and what they are to each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.text import Text

from monitor import __version__, stories
from monitor.cli.screen import marked, now, out, plain, settings
from monitor.cli.trial import text_item
from monitor.config import Settings
from monitor.errors import ConfigError, Fault
from monitor.ingest.fetch import HttpFetcher
from monitor.ingest.text import page
from monitor.model import FetchFailed, Item, Page, Relation, Validators
from monitor.store import open_store
from monitor.stories import Evidence

SHARED = "green"
LONGEST = 6_000
"""Characters shown of each text."""


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A file, an address, or the key of an item.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The same.")],
    as_json: Annotated[bool, typer.Option("--json", help="relation, confidence and evidence as JSON.")] = False,
) -> None:
    """Compare two texts: copy, derived, update, report, template, roundup or none, and the evidence.

    A file's first line is its headline. Items that were seen are found by key, address or guid.

    Examples:
        wirewatch compare agency.txt outlet.txt
        wirewatch compare 3f2a9c0d11e84b57 https://example.org/world/lavrov-wang --json
    """
    one, other = (_file(needle) or asyncio.run(_found(settings(), needle)) for needle in (first, second))
    evidence = stories.compare(one, other)
    if as_json:
        print(json.dumps(as_document(one, other, evidence), ensure_ascii=False, indent=2))
        return
    for line in told(one, other, evidence):
        out.print(line)


def _file(name: str) -> Item | None:
    path = Path(name)
    return text_item(path.read_text(encoding="utf-8", errors="replace"), now(), name) if path.is_file() else None


async def _found(current: Settings, needle: str) -> Item:
    """An item known to the store, or a page of the web."""
    async with open_store(current, join=True) as store:
        for record in await store.find(needle):
            return record.item
    if urlsplit(needle).scheme not in ("http", "https"):
        raise ConfigError([Fault(needle, 0, 0, "is no file, and no item of that key or guid was seen this week")])
    async with HttpFetcher(f"wirewatch/{__version__} (feed monitor)", current.allow_nets) as fetcher:
        answer = await fetcher.fetch(needle, Validators())
    if not isinstance(answer, Page):
        reason = answer.reason if isinstance(answer, FetchFailed) else "the server says it is unchanged"
        raise ConfigError([Fault(needle, 0, 0, reason)])
    headline, text = page(answer.body.decode("utf-8", "replace"))
    return text_item(f"{headline}\n{text}", now(), urlsplit(needle).netloc)


def relation(evidence: Evidence) -> str:
    """The relation between two texts by its name; `none` when they are two stories."""
    found = evidence.verdict.relation
    return "none" if found is Relation.NEW else str(found)


def as_document(one: Item, other: Item, evidence: Evidence) -> dict[str, object]:
    """The comparison as what JSON is made of; in pairs the first text comes first."""
    verdict = evidence.verdict
    return {
        "relation": relation(evidence),
        "confidence": verdict.confidence,
        "evidence": {
            "summary": verdict.evidence,
            "shares": [round(share, 3) for share in evidence.text],
            "lead_shares": [round(share, 3) for share in evidence.lead],
            "headlines_alike": round(evidence.headlines, 3),
            "openings_alike": round(evidence.openings, 3),
            "longest_shared_passage": {"words": len(evidence.passage.split()), "text": evidence.passage},
            "shared_names": list(evidence.names),
            "same_quotation": evidence.quoted,
            "conflicts": [
                {"topic": conflict.topic.value, "first": conflict.here, "second": conflict.there}
                for conflict in evidence.conflicts
            ],
            "same_publisher": evidence.same_publisher,
            "publishers": [one.source, other.source],
            "credits": [one.wire.credit, other.wire.credit],
            "machine_translated": list(evidence.translated),
            "too_short_to_tell": evidence.too_short,
        },
    }


def told(one: Item, other: Item, evidence: Evidence) -> Iterator[Text]:
    """The comparison for a terminal: the verdict, the figures, and both texts with what they share in colour."""
    verdict = evidence.verdict
    yield Text.assemble((relation(evidence), "bold green"), f"  confidence {verdict.confidence:.0%}")
    yield Text(plain(verdict.evidence))
    for name, value in _rows(one, other, evidence):
        yield Text.assemble((f"{name:<18}", "dim"), plain(value))
    for item, spans in zip((one, other), evidence.shared, strict=True):
        yield Text(f"\n{plain(item.title)}", "bold").append(f"\n{plain(item.source)}", "not bold dim")
        yield marked(item.body[:LONGEST], spans, SHARED)


def _rows(one: Item, other: Item, evidence: Evidence) -> Iterator[tuple[str, str]]:
    yield "in the other", f"{evidence.text.first:.0%} of the first text, {evidence.text.second:.0%} of the second"
    yield "of the leads", f"{evidence.lead.first:.0%} and {evidence.lead.second:.0%}"
    yield "alike", f"headlines {evidence.headlines:.0%}, openings {evidence.openings:.0%}"
    if evidence.passage:
        yield "longest passage", f"{len(evidence.passage.split())} words: “{' '.join(evidence.passage.split())}”"
    if evidence.names:
        yield "both name", ", ".join(evidence.names).title()
    if evidence.quoted:
        yield "both quote", "the same words"
    for conflict in evidence.conflicts:
        below = " (which the first has further down)" if conflict.there in one.body else ""
        yield f"conflict: {conflict.topic}", f"{conflict.here}, the second {conflict.there}{below}"
    if evidence.same_publisher:
        yield "publisher", f"one for both: {one.source}"
    for item, translated in zip((one, other), evidence.translated, strict=True):
        if item.wire.credit:
            yield "credit", f"{item.wire.credit} in {item.source}"
        if translated:
            yield "translated", f"by a machine, says {item.source}"
    if evidence.too_short:
        yield "too short", "one of them says too little to tell"
