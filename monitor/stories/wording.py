"""Shared wording: the other's text again, whole, cut, within a longer one, or reworded.

The lead decides: texts on a running story recycle whole paragraphs below it.
Within one publisher much more is asked, for there an equal text is an update
more often than a copy.
"""

from __future__ import annotations

from collections.abc import Set
from math import fsum
from typing import NamedTuple

from monitor.model import Conflict, Kind, Relation, Topic
from monitor.stories.compare import Comparison
from monitor.stories.desk import UPDATE_WINDOW, newer_version, tells_of_many, version
from monitor.stories.guards import apart
from monitor.stories.pair import Finding, Pair, margin, percent
from monitor.stories.text import LEAST_TEXT, TOO_SHORT
from monitor.stories.weights import rarity

WINDOW = 48 * 3600.0
"""Seconds within which 99 % of copies come."""
SAME = 0.60
"""Share of both leads above which they are one text."""
VERBATIM = 0.90
EMBEDDED = 0.50
ENTIRE = 0.80
MAIN_PART = 0.40
"""Share of a text above which another within it is no mere item of a digest."""
LEAST_EMBEDDED = 40
"""Words of a text that can be told within another; a shorter one may be a quotation."""
PARALLEL = 0.50
FIRST_SENTENCE = 0.55
SAME_EVENT = 0.33
REWORDED_EVENT = 0.40
EXTRACT = 70
"""Words that a feed's extract of a text has at most."""
HEADLINE = 0.25
"""Share of a headline that must stand in the other text: a few stock sentences can stand below any."""
SAME_HEADLINE = 0.75
OWN_HEADLINE = 0.80
PARTICULAR = 0.5
HEADLINES = 0.6
"""Confidence where a headline is all that there is."""


class _Wording(NamedTuple):
    relation: Relation
    strength: float
    what: str
    confidence: float


def same_text(pair: Pair) -> Finding | None:
    """Copy or derived, if the two share their wording and nothing contradicts."""
    if pair.gap > WINDOW:
        return None
    found = _by_headline(pair) if pair.shorter < LEAST_TEXT else _by_text(pair)
    if found is None or (_of_many(pair) and pair.c.whole.least < VERBATIM):
        return None
    if pair.c.conflict and not _misdated(pair, pair.c.conflict):
        return _newer(pair, found, pair.c.conflict)
    relation, strength, what, confidence = found
    if newer_version(pair):
        relation = version(pair)
    elif pair.other.wire.kind is Kind.FLASH and pair.item.wire.kind is not Kind.FLASH:
        relation = Relation.UPDATE
    if pair.this.translated and not pair.that.translated:
        relation, what = Relation.DERIVED, "a machine translation"
    return pair.found(relation, strength, f"{what}: {_shares(pair)}", confidence, worded=pair.shorter >= LEAST_TEXT)


def _newer(pair: Pair, found: _Wording, conflict: Conflict) -> Finding | None:
    """The same text with another count of the same thing, or within one publisher with other figures."""
    own = pair.same_publisher and pair.gap <= UPDATE_WINDOW and conflict.topic is Topic.FIGURES
    if conflict.topic is not Topic.TOLL and not (own and pair.shorter >= LEAST_TEXT):
        return None
    what = f"{apart(conflict)}; otherwise {found.what}: {_shares(pair)}"
    if pair.later:
        return pair.found(Relation.UPDATE, found.strength, f"newer figures, {what}", found.confidence, worded=True)
    return pair.found(Relation.REPORT, found.strength, f"figures of before, {what}", found.confidence, worded=True)


def _misdated(pair: Pair, conflict: Conflict) -> bool:
    """Whether the two are one long text, word for word, but for a date: an error of one of them."""
    return conflict.topic is Topic.DATE and pair.c.whole.least >= VERBATIM and pair.shorter > EXTRACT


def _of_many(pair: Pair) -> bool:
    return tells_of_many(pair.item) or tells_of_many(pair.other)


def _by_headline(pair: Pair) -> _Wording | None:
    """Texts of which one is hardly more than a headline."""
    c, this, that = pair.c, set(pair.this.title), set(pair.that.title)
    if c.title < SAME_HEADLINE or fsum(map(rarity, this & that)) < TOO_SHORT:
        return None
    if pair.shorter and c.event < SAME_HEADLINE:
        return None
    if _particular(this - that) and _particular(that - this):  # one word for another: Chile for Peru
        return None
    if max(len(pair.this.body), len(pair.that.body)) < LEAST_TEXT:
        return _Wording(Relation.COPY, c.title, "same headline, no text to compare", HEADLINES)
    return _Wording(Relation.DERIVED, c.title, "the headline without the text", HEADLINES)


def _particular(words: Set[str]) -> bool:
    return any(rarity(word) > PARTICULAR for word in words)


def _by_text(pair: Pair) -> _Wording | None:
    c = pair.c
    if pair.same_publisher:
        return _own_text(pair)
    if c.lead.least >= SAME:
        if pair.shorter <= EXTRACT and c.headlines.most < HEADLINE:
            return None
        if c.whole.least >= SAME or pair.shorter <= EXTRACT:
            return _Wording(Relation.COPY, c.lead.least + c.whole.least, "same text", margin(c.lead.least, SAME))
        cut = "a text cut short" if c.whole.most >= SAME else "same opening, another continuation"
        return _Wording(Relation.DERIVED, c.lead.least, cut, margin(c.lead.least, SAME))
    if _within(c):
        if pair.shorter <= EXTRACT and c.first >= VERBATIM:
            return _Wording(Relation.COPY, c.lead.most, "the opening of the same text", margin(c.first, VERBATIM))
        if pair.shorter >= LEAST_EMBEDDED:
            return _Wording(Relation.DERIVED, c.whole.most, "a text within a text", margin(c.whole.most, EMBEDDED))
    if c.event >= REWORDED_EVENT and c.first >= FIRST_SENTENCE and c.parallel.most >= PARALLEL:
        sure = min(margin(c.parallel.most, PARALLEL), margin(c.event, REWORDED_EVENT))
        return _Wording(Relation.DERIVED, c.lead.least, "a reworded text", sure)
    return None


def _within(c: Comparison) -> bool:
    """Whether one text with its lead stands in the other: most of it, on the same event, or all as the main part.

    A text that begins anew and recycles another below is none.
    """
    part = max((whole for lead, whole in zip(c.lead, c.whole, strict=True) if lead >= SAME), default=0.0)
    if part >= ENTIRE:
        return c.event >= SAME_EVENT or c.whole.least >= MAIN_PART
    return part >= EMBEDDED and c.event >= SAME_EVENT


def _own_text(pair: Pair) -> _Wording | None:
    """A publisher's text beside another of its own."""
    c = pair.c
    if c.lead.least < SAME or c.headlines.most < HEADLINE or max(c.first, c.title) < FIRST_SENTENCE:
        return None
    sure = margin(c.lead.least, SAME)
    if c.title >= OWN_HEADLINE:
        return _Wording(Relation.COPY, c.lead.least, "same text and headline", sure)
    if c.whole.least >= VERBATIM or not pair.later:
        return _Wording(Relation.DERIVED, c.lead.least, "the same text under another headline", sure)
    return _Wording(Relation.UPDATE, c.lead.least, "a newer version of the same text", sure)


def _shares(pair: Pair) -> str:
    """What an editor can check: how much stands where."""
    c = pair.c
    if pair.shorter < LEAST_TEXT:
        return f"headlines alike by {percent(c.title)}, with {pair.who}"
    if c.lead.most < EMBEDDED:
        return f"{percent(c.parallel.most)} of its sentences are near to those of {pair.who}"
    if c.lead.first >= c.lead.second:
        return f"{percent(c.lead.first)} of its lead stands in {pair.who}"
    return f"{percent(c.lead.second)} of the lead of {pair.who} stands in it"
