"""Source texts from outside: a folder of plain texts, or an archive of feeds as they were served.

A text's first line is its headline. A feed may stand there in many versions:
each of its items counts once, as it was first seen. Texts are taken to be of
different events, so an archive in which several feeds tell the same is told
back as wrong merges that are none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from monitor.ingest.document import parse_document
from monitor.model import Feed, Parsed
from monitor.stories.words import words
from tests.items import NOON
from tests.stories.wire import Event, Text

LEAST_WORDS = 12
"""Words of a body from which a text can be told from others."""


def events_of(folder: Path) -> Mapping[str, Event]:
    """What can be made of texts alone, without reports, updates or later news: an event of each, by name."""
    found: dict[str, Event] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for name, text in _plain(path) if path.suffix == ".txt" else _served(path):
            if len(words(text.body)) >= LEAST_WORDS:
                found.setdefault(name, Event(name, text, (), (), (), (), (), ()))
    return found


def _plain(path: Path) -> Iterator[tuple[str, Text]]:
    headline, _, body = path.read_text(encoding="utf-8", errors="replace").strip().partition("\n")
    yield str(path), Text(headline, body.strip())


def _served(path: Path) -> Iterator[tuple[str, Text]]:
    """The items of a feed; none of what is no feed."""
    parsed = parse_document(path.read_bytes(), "", Feed("any", "https://feed.example/", "Any", every=60.0), NOON)
    if isinstance(parsed, Parsed):
        for item in parsed.items:
            yield f"{path.parent.name} {item.guid or item.url}", Text(item.headline, item.text)
