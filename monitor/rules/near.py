"""Places near each other. Between words that are near stand at most `within` others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from monitor.model import Span
from monitor.rules.text import Text


def pairs(
    text: Text, ones: Sequence[Span], others: Sequence[Span], within: int, *, ordered: bool
) -> Iterator[tuple[Span, Span]]:
    """Each of `ones` with each of `others` that is near it in the same field and does not overlap it.

    When `ordered`, the other comes after the one. Both are in order.
    """
    by_end = sorted(others, key=_end)
    for one in ones:
        first = bisect_left(others, one.end, key=_start)
        last = bisect_right(others, one.end + within, key=_start)
        near = list(others[first:last])
        if not ordered:
            first = bisect_left(by_end, one.start - within, key=_end)
            last = bisect_right(by_end, one.start, key=_end)
            near += by_end[first:last]
        for other in near:
            if text.field_of(one) == text.field_of(other):
                yield one, other


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
