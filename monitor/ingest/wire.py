"""What the desk says of its own text, parsed off into fields. Pure.

A title reads

    [slug] [signal…] HEADLINE [signal]      UKRAINE-CRISIS/CHINA CORRECTED-UPDATE 2-Lavrov meets Wang

and a body

    [slug | signals | embargo | note]…      BC-EU--Russia-China,1st Ld-Writethru
    COPY: [byline | credit]…                By JOE SMITH
          [dateline] TEXT                   TUNXI, March 30 (AP) — Lavrov met Wang …
          [note | credit | sign-off]…       (Reporting by …)

`signals` has the words that count, `dateline` the places and agencies,
`embargo` the times. Where several kinds are named, the gravest holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from monitor.ingest import dateline, embargo, notes, signals
from monitor.ingest.entry import UNSTATED, Stated
from monitor.model import Kind, Span, Wire

_GRAVEST_FIRST = (
    Kind.WITHDRAWAL,
    Kind.EMBARGO,
    Kind.HOLD,
    Kind.CORRECTION,
    Kind.REFILE,
    Kind.REPEAT,
    Kind.ADVISORY,
    Kind.FLASH,
    Kind.URGENT,
    Kind.UPDATE,
    Kind.NEWS,
)
_MOST_HEADER_LINES = 8
_MOST_SIGNED_LINES = 4
_MOST_TRAILER_LINES = 6

_C = r"[A-Z0-9.'’&]"
_TOPIC = rf"[A-Z]{{2,}}(?:-{_C}+)+/{_C}*(?:-{_C}+)*"
_SLUG_LINE = re.compile(rf"(BC-[\w'’.&/-]+|{_TOPIC})(?=\s*(?:[,(]|\Z))")
_SLUG_IN_TITLE = re.compile(
    rf"(BC-\w*--[\w-]+|BC-{_C}+(?:(?:-{_C}+)+/?|/){_C}*|{_TOPIC})(?:\s*[,:]\s*|\s+[-–—]\s+|\s+|\Z)"
)
"""In a title BC may be British Columbia: two words in capitals, a slash or two hyphens must follow."""
_ADVISORY = re.compile(
    r"(?:\S+ ){0,3}(?:news|photo|video|coverage) (?:digest|schedule|advisory|budget|planner)"
    r"(?=\W*\Z|\W+(?:at|for|as of|\d|on)\b)",
    re.IGNORECASE,
)
_LATIN_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’.-]+")
_FEWEST_CAPITALS = 3


@dataclass(slots=True)
class _Said:
    """What has been read off so far."""

    kinds: set[Kind] = field(default_factory=lambda: {Kind.NEWS})
    genre: str = ""
    number: int = 0
    slug: str = ""
    note: str = ""
    until: float | None = None
    place: str = ""
    credit: str = ""
    byline: str = ""

    @classmethod
    def so_far(cls, stated: Stated, at: float | None) -> _Said:
        """By what is stated outside the text; there an embargo stands on when it is over."""
        until = stated.embargo if stated.embargo is not None and stated.embargo > (at or 0.0) else None
        said = cls(
            kinds={Kind.NEWS, *stated.kinds, *(() if until is None else (Kind.EMBARGO,))},
            number=stated.number,
            slug=stated.slug,
            until=until,
            place=stated.place,
            credit=stated.credit,
            byline=stated.byline,
        )
        said.note_of(notes.heading(f"({stated.note})") or notes.Note(stated.note, None, 0))
        said.note = said.note or stated.note
        return said

    def signal(self, found: signals.Found) -> None:
        self.kinds.add(found.signal.kind)
        self.genre = self.genre or found.signal.genre
        self.number = max(self.number, found.number)

    def hold_until(self, found: embargo.Embargo) -> None:
        self.kinds.add(Kind.EMBARGO)
        self.until = found.until if self.until is None else self.until

    def note_of(self, found: notes.Note) -> None:
        if found.kind is not None:
            self.kinds.add(found.kind)
            self.note = self.note or found.words


def read_wire(
    title: str,
    body: str,
    author: str = "",
    *,
    at: float | None = None,
    capitals_are_style: bool = False,
    stated: Stated = UNSTATED,
) -> Wire:
    """The desk's signals in an item, and the spans of title and body that are not signals.

    `at` (Unix seconds) is when it was read, for embargoes that name no year or
    day. A title in capitals without a body is a flash, unless
    `capitals_are_style`: some feeds shout every headline. `stated` is what the
    item says in fields of their own.
    """
    said = _Said.so_far(stated, at)
    headline = _read_title(title, said, at)
    copy = _read_header(body, said, at)
    text = _read_signed(body, copy, said)
    end = _read_trailer(body, text, said)
    _read_notes(body, copy, said)
    if not body[copy:].strip() and not capitals_are_style and shouts(title):
        said.kinds.add(Kind.FLASH)
    return Wire(
        headline=headline,
        copy=Span(copy, len(body)),
        text=Span(text, end),
        kind=next(kind for kind in _GRAVEST_FIRST if kind in said.kinds),
        number=said.number,
        genre=said.genre,
        slug=said.slug,
        place=said.place,
        credit=said.credit or dateline.agency_among(author),
        byline=said.byline,
        note=said.note,
        embargo=said.until,
    )


def shouts(title: str) -> bool:
    """Whether a title is all Latin capitals, and long enough for that to mean something."""
    return title == title.upper() and len(_LATIN_CAPITALS.findall(title)) >= _FEWEST_CAPITALS


# ── Title ───────────────────────────────────────────────────────────────────


def _read_title(title: str, said: _Said, at: float | None) -> Span:
    start = 0
    while (end := _read_prefix(title, start, said, at)) > start:
        start = end
    if _ADVISORY.match(title, start):
        said.kinds.add(Kind.ADVISORY)
    end = len(title)
    if found := signals.ending(title[start:]):
        said.signal(found)
        end = start + found.edge
    return Span(start, end) if any(map(str.isalnum, title[start:end])) else Span(0, len(title))


def _read_prefix(title: str, start: int, said: _Said, at: float | None) -> int:
    """One slug, embargo or run of signals; returns where the rest begins."""
    if slug := _SLUG_IN_TITLE.match(title, start):
        said.slug = said.slug or slug[1]
        return slug.end()
    if held := embargo.read(title, start, at):
        said.hold_until(held)
        return held.end
    for found in signals.opening(title, start):
        said.signal(found)
        start = found.edge
    return start


# ── Body ────────────────────────────────────────────────────────────────────


def _read_header(body: str, said: _Said, at: float | None) -> int:
    """Slugs, signals, embargoes and notes at the head; returns where the copy begins."""
    start = _next_word(body, 0)
    for _ in range(_MOST_HEADER_LINES):
        taken = _header(_line(body, start), said, at)
        if not taken:
            break
        start = _next_word(body, start + taken)
    return start


def _header(line: str, said: _Said, at: float | None) -> int:
    """How many characters of a line are the desk's: all, a first part, or none."""
    if held := embargo.read(line, 0, at):
        said.hold_until(held)
        return held.end
    if slug := _SLUG_LINE.match(line):
        said.slug = said.slug or slug[1]
        for part in re.split(r"[,()]", line[slug.end() :]):
            for found in signals.opening(part.strip()):
                said.signal(found)
        return len(line)
    if note := notes.heading(line):
        said.note_of(note)
        return note.end
    taken = 0
    for found in signals.opening(line):
        written = line[taken : found.edge]
        if found.signal.genre or not (found.signal.style in signals.OF_THE_DESK or written == written.upper()):
            break
        said.signal(found)
        taken = found.edge
    return taken


def _read_signed(body: str, start: int, said: _Said) -> int:
    """Bylines, credit lines and dateline; returns where the text begins."""
    for _ in range(_MOST_SIGNED_LINES):
        line = _line(body, start)
        following = _next_word(body, start + len(line))
        if following >= len(body):
            break
        if who := dateline.byline(line):
            said.byline = said.byline or who
            said.credit = said.credit or dateline.agency_among(who)
        elif agency := dateline.credit_line(line):
            said.credit = said.credit or agency
        else:
            break
        start = following
    if found := dateline.read(body, start):
        said.place, said.credit = found.place, found.credit or said.credit
        start = found.end
    return start


def _read_trailer(body: str, start: int, said: _Said) -> int:
    """Notes, credit lines and sign-offs at the foot; returns where the text ends."""
    end = _last_word(body, start, len(body))
    for _ in range(_MOST_TRAILER_LINES):
        first = body.rfind("\n", start, end) + 1
        if not first:  # the only line left is the text
            break
        line = body[first:end]
        if agency := dateline.credit_line(line):
            said.credit = said.credit or agency
        elif not (dateline.is_trailer(line) or notes.own_correction(line)):
            break
        end = _last_word(body, start, first)
    return dateline.sign_off(body, start, end)


def _read_notes(body: str, start: int, said: _Said) -> None:
    note = notes.withdrawal(_line(body, start)) or notes.correction(body, start)
    if note:
        said.note_of(note)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start:] if end < 0 else text[start:end]


def _next_word(text: str, start: int) -> int:
    return len(text) - len(text[start:].lstrip())


def _last_word(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())
