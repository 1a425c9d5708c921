"""What an OPML file lists, as feeds to be written: each address once, with an id of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import Fault
from monitor.feedlist.entry import Entry, an_id, polled_address
from monitor.feedlist.file import Subscribed
from monitor.feedlist.opml import Outline
from monitor.ingest.feeds import language_tag
from monitor.ingest.identity import canonical_url


@dataclass(frozen=True, slots=True)
class Import:
    """What is to be written, and what is not."""

    entries: tuple[Entry, ...]
    listed: int
    """How many were in `feeds.yaml` already."""
    repeated: int
    """How many stood in the OPML file before."""
    faults: tuple[Fault, ...]
    """Those that cannot be polled, each with its line."""


def taken(outlines: Iterable[Outline], known: Subscribed, name: str) -> Import:
    """What to write of these outlines, which stand in the file `name`."""
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    ids, addresses = set(known.ids), {canonical_url(feed.url) for feed in known.feeds}
    listed = repeated = 0
    for outline in outlines:
        try:
            url = polled_address(outline.url)
        except ValueError as error:
            faults.append(Fault(name, outline.line, 1, f"the address of {outline.name or 'a feed'!r} {error}"))
            continue
        same = canonical_url(url)
        if same in addresses:
            listed += 1
        elif same in entries:
            repeated += 1
        else:
            feed_id = an_id(outline.name, url, ids)
            ids.add(feed_id)
            entries[same] = Entry(feed_id, url, outline.name, lang=_language(outline.lang), tags=outline.tags)
    return Import(tuple(entries.values()), listed, repeated, tuple(faults))


def _language(said: str) -> str:
    """What feed readers put there besides languages says nothing."""
    try:
        return language_tag(said)
    except ValueError:
        return ""
