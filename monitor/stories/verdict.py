"""What an item is to the stories around it, and the evidence, in a sentence an editor can check.

The cascade, first answer wins for each text compared with:

    a  the same address                          the same page, in another feed or re-titled
    b  the desk's own thread (UPDATE, kill ...)  a version of that story, whatever its words
    c  shared wording                            copy, or derived when cut, embedded or reworded
    d  own wording, same event                   report
    e  neither                                   a new story

Between several, the closest relation wins. Precision goes before recall: a
wrong merge hides news, a missed copy only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import Item, Kind, Record, Relation, Verdict
from monitor.ports import Neighbours
from monitor.stories import thread
from monitor.stories.candidates import LEAST_EXACT, addresses
from monitor.stories.compare import Comparison, compare
from monitor.stories.text import Reading, Shingle, rarity, read

COPY_WINDOW = 48 * 3600.0
"""Seconds within which 99 % of copies come."""
PAGE_WINDOW = 30 * 86400.0
STORY_PAUSE = 72 * 3600.0
STORY_LIFE = 7 * 86400.0
OLDEST_DATE = 30 * 86400.0
"""Seconds before it was seen up to which an item's own date is believed."""

SAME = 0.60
"""Share of both leads above which they are one text."""
PARALLEL = 0.50
FIRST_SENTENCE = 0.55
EMBEDDED = 0.50
TEMPLATE = 0.25
"""Share of a lead that two texts of different events have in common only when both fill in a form."""
SAME_HEADLINE = 0.75
EVENT = 0.40
EVENT_BY_NAMES = 0.33
EVENT_ALONE = 0.50
QUOTE = 3
"""Shared passages of a quotation that make it more than a phrase: five words."""
SUBJECTS = 0.50
MOST_SUBJECTS = 0.65
EXTRACT = 70
"""Words that a feed's extract of a text has at most."""
TOO_SHORT = 2.5
"""What a headline without a text must say to be recognised by it (`rarity`)."""

_CLOSENESS = {Relation.COPY: 3, Relation.DERIVED: 2, Relation.REPORT: 1}


@dataclass(frozen=True, slots=True)
class _Finding:
    """What an item is to one other text."""

    relation: Relation
    strength: float
    record: Record
    evidence: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """An item beside a text known already."""

    item: Item
    this: Reading
    record: Record
    that: Reading
    c: Comparison
    gap: float
    """Seconds between the two."""

    @property
    def other(self) -> Item:
        return self.record.item

    @property
    def who(self) -> str:
        """The other text, as an editor would call it."""
        at = datetime.fromtimestamp(_when(self.other), UTC)
        owner = f"{self.other.source}'s" if self.other.source else "the"
        return f"{owner} text of {at:%H:%M} UTC" if self.gap < 12 * 3600 else f"{owner} text of {at:%d %b %H:%M} UTC"

    @property
    def newer_version(self) -> bool:
        """Whether the desk says that this is not what it sent before."""
        now, then = self.item.wire, self.other.wire
        return now.kind in thread.FOLLOWING and (now.kind, now.number) != (then.kind, then.number)

    @property
    def brief(self) -> bool:
        """Whether a text is too short for its wording to tell."""
        return min(len(self.this.body), len(self.that.body)) < LEAST_EXACT

    def finding(self, relation: Relation, strength: float, evidence: str) -> _Finding:
        return _Finding(relation, strength, self.record, evidence)


def judge(item: Item, neighbours: Neighbours, now: float) -> Verdict:
    """Which story an item belongs to, as what, and why. Never raises, whatever the texts."""
    this = read(item)
    known = {record.item.key: record for record in (*neighbours.records, *neighbours.linked)}
    readings = {key: read(record.item) for key, record in known.items()}
    background = _background(this, [(record.story_id, readings[key]) for key, record in known.items()])
    pairs = [
        _Pair(item, this, record, readings[key], compare(this, readings[key], background), _gap(item, record.item))
        for key, record in known.items()
        if _open(record, neighbours, now)
    ]
    findings = [finding for pair in pairs if (finding := _same_page(pair) or _same_desk(pair) or _same_text(pair))]
    findings += _reports(pairs)
    if not findings:
        return Verdict(Relation.NEW, "", _nothing(pairs))
    best = max(findings, key=lambda found: (_CLOSENESS[found.relation], found.strength, -found.record.item.seen_at))
    return Verdict(best.relation, best.record.story_id, best.evidence, best.record.item.key)


def _open(record: Record, neighbours: Neighbours, now: float) -> bool:
    """Whether more may join: a page is remembered for a month, a story ends with its last text."""
    if record in neighbours.linked:
        return True
    story = neighbours.stories.get(record.story_id)
    return story is None or (now - story.last_at <= STORY_PAUSE and now - story.opened_at <= STORY_LIFE)


def _when(item: Item) -> float:
    """When an item came out: its own date, unless that cannot be."""
    if item.published is not None and 0 <= item.seen_at - item.published <= OLDEST_DATE:
        return item.published
    return item.seen_at


def _gap(item: Item, other: Item) -> float:
    return abs(_when(item) - _when(other))


def _background(this: Reading, others: Sequence[tuple[str, Reading]]) -> frozenset[Shingle]:
    """Passages that texts of several stories share: recycled paragraphs, a site's own phrases."""
    own = frozenset(this.shingles)
    stories: dict[Shingle, set[str]] = {}
    for story_id, reading in others:
        for shingle in own.intersection(reading.shingles):
            stories.setdefault(shingle, set()).add(story_id)
    return frozenset(shingle for shingle, ids in stories.items() if len(ids) > 1)


def _same_page(pair: _Pair) -> _Finding | None:
    """The same address: one page, unless its text has become another."""
    c = pair.c
    if pair.gap > PAGE_WINDOW or set(addresses(pair.item)).isdisjoint(addresses(pair.other)):
        return None
    wordless = not (pair.this.body and pair.that.body)
    if pair.newer_version and thread.same_desk(pair.item, pair.other) and (c.cover >= TEMPLATE or wordless):
        return pair.finding(Relation.DERIVED, 3 + c.whole.least, f"a new version of the page of {pair.who}")
    if c.conflict is None and (c.lead.least >= SAME or (wordless and c.title >= SAME_HEADLINE)):
        return pair.finding(Relation.COPY, 3 + c.lead.least, f"the same page as {pair.who}")
    if c.title >= SAME_HEADLINE or c.lead.most >= SAME or c.cover >= EVENT:
        changed = f": {c.conflict.words}" if c.conflict else ""
        return pair.finding(Relation.DERIVED, 3 + c.event, f"the page of {pair.who}, rewritten{changed}")
    return None


def _same_desk(pair: _Pair) -> _Finding | None:
    """What the desk calls an update, a correction, a kill: a version of the story that it names."""
    if pair.gap > STORY_LIFE:
        return None
    reason = thread.follows(pair.item, pair.other, pair.c)
    if reason and pair.newer_version:
        relation = Relation.COPY if pair.item.wire.kind is Kind.REPEAT else Relation.DERIVED
        return pair.finding(relation, 2 + pair.c.whole.least, f"{pair.item.wire.kind} to {pair.who}: {reason}")
    if thread.under_flash(pair.item, pair.other, pair.this, pair.that, pair.c, pair.gap):
        relation = Relation.DERIVED if thread.same_desk(pair.item, pair.other) else Relation.REPORT
        return pair.finding(relation, 2 + pair.c.cover, f"text and flash of one event: {pair.who}")
    return None


def _same_text(pair: _Pair) -> _Finding | None:
    """Shared wording: the other's text again, whole, cut, embedded or reworded."""
    c = pair.c
    if pair.gap > COPY_WINDOW or c.conflict or (_alone(pair) and c.whole.least < 0.9):
        return None
    found = _same_headline(pair) if pair.brief else _same_wording(pair)
    if found is None:
        return None
    relation, strength, what = found
    if pair.newer_version or (pair.other.wire.kind is Kind.FLASH):
        relation = Relation.DERIVED
    if pair.this.translated and not pair.that.translated:
        relation, what = Relation.DERIVED, "a machine translation"
    passage = f"; longest shared passage {c.passage} words" if c.passage else ""
    share = c.headlines.most if pair.brief else c.lead.first
    return pair.finding(
        relation,
        strength,
        f"{what}: {share:.0%} of its {'headline' if pair.brief else 'lead'} stands in {pair.who}{passage}",
    )


def _same_headline(pair: _Pair) -> tuple[Relation, float, str] | None:
    c = pair.c
    shared = set(pair.this.title) & set(pair.that.title)
    if c.title < SAME_HEADLINE or sum(map(rarity, shared)) < TOO_SHORT:
        return None
    if any(rarity(word) > 0.5 for word in set(pair.this.title) - shared) and any(
        rarity(word) > 0.5 for word in set(pair.that.title) - shared
    ):
        return None
    both = len(pair.this.body) < LEAST_EXACT and len(pair.that.body) < LEAST_EXACT
    if both:
        return Relation.COPY, c.title, "same headline, no text to compare"
    return Relation.DERIVED, c.title, "only the headline"


def _same_wording(pair: _Pair) -> tuple[Relation, float, str] | None:
    c = pair.c
    lengths = sorted((len(pair.this.body), len(pair.that.body)))
    if thread.same_publisher(pair.item, pair.other):
        if c.lead.least < SAME or c.headlines.most < 0.34:
            return None
        if c.title >= 0.80:
            return Relation.COPY, c.lead.least, "same text and headline"
        return Relation.DERIVED, c.lead.least, "a version of the same text"
    if c.lead.least >= SAME:
        if c.whole.least >= SAME or lengths[0] <= EXTRACT:
            return Relation.COPY, c.lead.least + c.whole.least, "same text"
        what = "a text cut short" if c.whole.most >= SAME else "same opening, another continuation"
        return Relation.DERIVED, c.lead.least, what
    if c.lead.most >= SAME and c.whole.most >= EMBEDDED and c.event >= EVENT_BY_NAMES:
        if lengths[0] <= EXTRACT and c.first >= 0.9:
            return Relation.COPY, c.lead.most, "the opening of the same text"
        return Relation.DERIVED, c.whole.most, "a text within a text"
    if c.parallel.most >= PARALLEL and c.first >= FIRST_SENTENCE and c.event >= EVENT:
        return Relation.DERIVED, c.lead.least, "a reworded text"
    return None


def _alone(pair: _Pair) -> bool:
    return thread.stands_alone(pair.item) or thread.stands_alone(pair.other)


def _reports(pairs: Sequence[_Pair]) -> Iterator[_Finding]:
    """Own wording on the same event, measured against all that is known of a story: no chains."""
    stories: dict[str, list[_Pair]] = {}
    for pair in pairs:
        stories.setdefault(pair.record.story_id, []).append(pair)
    for texts in stories.values():
        best = max((pair for pair in texts if _same_event(pair)), key=lambda pair: pair.c.event, default=None)
        if best is None or sum(pair.c.event for pair in texts) / len(texts) < EVENT_BY_NAMES * 0.8:
            continue
        names = f", both name {', '.join(best.c.shared_names[:4]).title()}" if best.c.shared_names else ""
        newer = f"; {best.c.conflict.words}" if best.c.conflict and best.c.conflict.kind == "toll" else ""
        evidence = f"own text on the same event as {best.who}: openings alike by {best.c.event:.0%}{names}{newer}"
        yield best.finding(Relation.REPORT, best.c.event, evidence)


def _same_event(pair: _Pair) -> bool:
    c = pair.c
    if pair.gap > COPY_WINDOW or _alone(pair):
        return False
    if c.conflict and (c.conflict.kind == "magnitude" or (c.conflict.kind != "toll" and c.lead.most >= TEMPLATE)):
        return False
    if c.subjects is None:
        return c.event >= EVENT_ALONE
    shared = len(c.shared_names) + (c.quoted >= QUOTE)
    if c.subjects < SUBJECTS or not shared:
        return False
    if shared == 1 or thread.same_publisher(pair.item, pair.other):
        return c.event >= EVENT_ALONE
    return c.event >= (EVENT if c.subjects < MOST_SUBJECTS else EVENT_BY_NAMES)


def _nothing(pairs: Sequence[_Pair]) -> str:
    nearest = max(pairs, key=lambda pair: pair.c.event, default=None)
    if nearest is None or not nearest.c.event:
        return "no recent text is like it"
    why = f": {nearest.c.conflict.words}" if nearest.c.conflict else ""
    return f"nearest is {nearest.who}, openings alike by {nearest.c.event:.0%}{why}"
