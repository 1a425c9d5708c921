"""Places near each other. Between words that are near stand at most `within` others.

All of it takes time in proportion to the number of places, whatever the text:
of the stretches from one thing to another only the shortest count, those that
hold no other such stretch.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from monitor.model import Span
from monitor.rules.text import Text


class Stretch(NamedTuple):
    """From one thing to another that is near it."""

    whole: Span
    one: Span
    other: Span


def stretches(text: Text, ones: Sequence[Span], others: Sequence[Span], within: int, *, ordered: bool) -> list[Stretch]:
    """The shortest stretches from one of `ones` to one of `others` near it, in one field and not overlapping it.

    When `ordered`, the other comes after the one. Both are in order.
    """
    by_end = sorted(others, key=_end)
    found: list[Stretch] = []
    for one in ones:
        found += (Stretch(Span(one.start, other.end), one, other) for other in _after(text, one, others, within))
        if not ordered:
            found += (Stretch(Span(other.start, one.end), one, other) for other in _before(text, one, by_end, within))
    return _shortest(found)


def _after(text: Text, one: Span, others: Sequence[Span], within: int) -> list[Span]:
    """Of those near after a place the one that ends first, or several that do."""
    best: list[Span] = []
    at = bisect_left(others, one.end, key=_start)
    while at < len(others) and others[at].start <= one.end + within:
        other = others[at]
        if best and other.start >= best[0].end:
            break
        if text.field_of(other) == text.field_of(one) and (not best or other.end <= best[0].end):
            best = [*best, other] if best and other.end == best[0].end else [other]
        at += 1
    return best


def _before(text: Text, one: Span, by_end: Sequence[Span], within: int) -> list[Span]:
    """Of those near before a place the one that starts last, or several that do."""
    best: list[Span] = []
    at = bisect_right(by_end, one.start, key=_end) - 1
    while at >= 0 and by_end[at].end >= one.start - within:
        other = by_end[at]
        if best and other.end <= best[0].start:
            break
        if text.field_of(other) == text.field_of(one) and (not best or other.start >= best[0].start):
            best = [*best, other] if best and other.start == best[0].start else [other]
        at -= 1
    return best


def _shortest(found: Sequence[Stretch]) -> list[Stretch]:
    """Those that hold no other."""
    kept: list[Stretch] = []
    for stretch in sorted(found, key=lambda each: (-each.whole.start, each.whole.end)):
        if not kept or stretch.whole.end < kept[-1].whole.end or stretch.whole == kept[-1].whole:
            kept.append(stretch)
    return kept


def alone(text: Text, ones: Sequence[Span], others: Sequence[Span], within: int) -> tuple[Span, ...]:
    """Those of `ones` that none of `others` overlaps or is near, in the same field. All are in order."""
    by_field: dict[int, list[Span]] = defaultdict(list)
    for other in others:
        by_field[text.field_of(other)].append(other)
    reach = {field: list(accumulate((other.end for other in there), max)) for field, there in by_field.items()}
    return tuple(one for one in ones if not _is_near(one, within, by_field, reach, text.field_of(one)))


def _is_near(
    one: Span, within: int, others: Mapping[int, Sequence[Span]], reach: Mapping[int, Sequence[int]], field: int
) -> bool:
    begun = bisect_right(others.get(field, ()), one.end + within, key=_start)
    return begun > 0 and reach[field][begun - 1] >= one.start - within


def count(places: Sequence[Span]) -> int:
    """How many places there are, of those that overlap one."""
    number, end = 0, 0
    for place in sorted(places, key=_end):
        if place.start >= end:
            number, end = number + 1, place.end
    return number


def _start(span: Span) -> int:
    return span.start


def _end(span: Span) -> int:
    return span.end
