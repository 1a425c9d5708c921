"""Wire stories written for these tests, and items made of them.

A file of `texts/` holds one event, or several each under a line `=== name`, in
sections: `text` is the agency's, `headlines` what other outlets put above it,
`translation` the same text come back through a machine, `report` another
outlet's own words, `update` the agency's later version with newer figures,
`later` a development of the same affair with recycled background, `other`
another event told in the same form. The first line of a section is its
headline; a line `{3}` stands for the third paragraph of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.model import Fate, Item, Kind, Outcome, Record, Relation, Span, Story, Verdict, Wire, digest
from monitor.ports import Neighbours
from monitor.stories import judge

TEXTS = Path(__file__).parent / "texts"
NOON = 1_648_641_600.0
"""30 March 2022, 12:00 UTC."""
HOUR = 3600.0

_EVENT = re.compile(r"^=== (.+)\n", re.MULTILINE)
_RECYCLED = re.compile(r"^\{(\d)\}$", re.MULTILINE)
_SECTION = re.compile(r"^# (\w+)\n", re.MULTILINE)
_DATELINE = re.compile(r"[A-Z]{3}[^\n]{2,40}? - ")


@dataclass(frozen=True, slots=True)
class Text:
    """A headline and what stands below it."""

    headline: str
    body: str


@dataclass(frozen=True, slots=True)
class Event:
    """All that the files have on one event."""

    name: str
    text: Text
    headlines: tuple[str, ...]
    translations: tuple[Text, ...]
    reports: tuple[Text, ...]
    updates: tuple[Text, ...]
    later: tuple[Text, ...]
    other: tuple[Text, ...]


def events(folder: Path = TEXTS) -> Mapping[str, Event]:
    """Every event of a folder by its name."""
    found: dict[str, Event] = {}
    for path in sorted(folder.glob("*.txt")):
        whole, *named = _EVENT.split(path.read_text(encoding="utf-8"))
        written = dict(zip(named[::2], named[1::2], strict=True)) or {path.stem: whole}
        found |= {name: _event(name, content) for name, content in written.items()}
    return found


def _event(name: str, written: str) -> Event:
    _, *parts = _SECTION.split(written)
    sections: dict[str, list[Text]] = {}
    headlines: tuple[str, ...] = ()
    for section, content in zip(parts[::2], parts[1::2], strict=True):
        first, _, rest = content.strip().partition("\n")
        if section == "headlines":
            headlines = (first, *rest.splitlines())
        else:
            sections.setdefault(section, []).append(Text(first, rest))
    (text,) = sections["text"]
    paragraphs = [_bare(paragraph) for paragraph in text.body.split("\n")]
    for told in sections.values():
        told[:] = [Text(one.headline, _RECYCLED.sub(lambda n: paragraphs[int(n[1]) - 1], one.body)) for one in told]
    kinds = ("translation", "report", "update", "later", "other")
    return Event(name, text, headlines, *(tuple(sections.get(kind, ())) for kind in kinds))


def _bare(paragraph: str) -> str:
    """Without the dateline."""
    return paragraph[dateline.end() :] if (dateline := _DATELINE.match(paragraph)) else paragraph


def an_item(
    text: Text | str,
    source: str = "Meridian",
    *,
    headline: str = "",
    after: float = 0.0,
    key: str = "",
    feed: str = "",
    url: str = "",
    guid: str = "",
    kind: Kind = Kind.NEWS,
    number: int = 0,
    slug: str = "",
    credit: str = "",
    genre: str = "",
    published: float | None = None,
) -> Item:
    """An item seen `after` seconds past noon; a string is a headline without a text."""
    text = Text(text, "") if isinstance(text, str) else text
    title, body = headline or text.headline, text.body
    dateline = _DATELINE.match(body)
    key = key or digest(title, body, source, repr(after))
    return Item(
        key=key,
        revision=digest(title, body),
        feed=feed or source.lower(),
        source=source,
        guid=guid or key,
        url=url or f"https://{source.lower()}.example/{key}",
        title=title,
        body=body,
        author="",
        categories=(),
        lang="",
        published=published,
        updated=None,
        seen_at=NOON + after,
        wire=Wire(
            headline=Span(0, len(title)),
            copy=Span(0, len(body)),
            text=Span(dateline.end() if dateline else 0, len(body)),
            kind=kind,
            number=number,
            slug=slug,
            credit=credit,
            genre=genre,
        ),
    )


def a_record(item: Item, story: str = "") -> Record:
    """What the store would remember of an item; it opened a story named like it, unless one is given."""
    relation = Relation.REPORT if story else Relation.NEW
    return Record(item.kept(), story or item.key, relation, "", (), Outcome(Fate.UNMATCHED, ""))


def near(records: Iterable[Record], linked: Iterable[Record] = (), *, opened: float = NOON) -> Neighbours:
    """Records as the store hands them out, with their stories still open."""
    records, linked = tuple(records), tuple(linked)
    stories = {
        record.story_id: Story(record.story_id, 1, opened, max(opened, record.item.seen_at), "", ())
        for record in (*records, *linked)
    }
    return Neighbours(records, linked, stories, clock=1)


def judged(item: Item, *others: Item) -> Verdict:
    """The verdict on an item that follows these, each of them a story."""
    return judge(item, near(map(a_record, others)), item.seen_at)
