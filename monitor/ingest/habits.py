"""What a feed teaches us of itself: which of its ids last, and which words change though nobody edited them. Pure.

most of a document                        once                       twice
────────────────────────────────────────  ─────────────────────────  ───────────────────────────────────────
has other ids, and texts that we know     operators are told,        ids are believed no longer: its items
                                          nobody is alerted          are told apart by link, then by headline
says something else than at the last      (a busy desk)              lines of one shape that change in many
poll, poll after poll                                                items are overlooked; where that does not
                                                                     help, changes are kept quiet, and told
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b

from monitor.model import Habits

MASS = 5
"""Items that have to change together before we ask whether it is their feed that changes them."""
QUIET_AFTER = 2
"""Polls in a row that changed most items, after which changes are kept quiet."""
_MOST_SHARED = 200
_MOST_RESTLESS = 50
_MOST_READ = 4_000
"""Characters of a text in which restless lines are looked for."""

_PIECE = re.compile(r"[^\s].*?(?:[.!?…。！？](?=\s)|(?=\n)|\Z)", re.DOTALL)
_FIGURE = re.compile(r"\w*\d[\w.,:]*")


def is_mass(some: int, shown: int) -> bool:
    """Whether that many of a document's items can be no chance."""
    return some >= MASS and 2 * some >= shown


def remembered(habits: Habits, shared: Sequence[str]) -> Habits:
    """With ids that several items of a document have."""
    return replace(habits, shared=tuple(dict.fromkeys((*shared, *habits.shared)))[:_MOST_SHARED])


def learnt(habits: Habits, *, churned: bool, stirred: bool) -> Habits:
    """After a document. It `churned`: most ids were others; it `stirred`: most texts were."""
    return replace(habits, churns=habits.churns + churned, stirs=habits.stirs + 1 if stirred else 0)


def overlooking(habits: Habits, changed: Sequence[tuple[str, str]]) -> Habits:
    """With the shapes of what changed in many of these texts at once; each text before and after."""
    return replace(habits, restless=tuple(dict.fromkeys((*_restless(changed), *habits.restless)))[:_MOST_RESTLESS])


def reads_otherwise(before: Habits, after: Habits) -> bool:
    """Whether items known under the one have other keys or revisions under the other."""
    return (before.distrusted, before.restless) != (after.distrusted, after.restless)


def notice(before: Habits, after: Habits) -> str:
    """What operators are told of it, if anything; each of the two things once."""
    if after.churns and not before.churns:
        return "gave most of its items other ids, though their texts are known: they alert nobody again"
    if after.stirs > QUIET_AFTER + 1 >= before.stirs:
        return "changes most of its items at every poll: what changes there is told when its desk says so, and not else"
    return ""


# ── Restless lines ──────────────────────────────────────────────────────────


def _restless(changed: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    shapes: Counter[str] = Counter()
    for before, after in changed:
        old, new = set(_pieces(before)), set(_pieces(after))
        shapes.update({_shape(piece) for piece in new - old} & {_shape(piece) for piece in old - new})
    return tuple(sorted(shape for shape, held in shapes.items() if is_mass(held, len(changed))))


def settled(text: str, shapes: Collection[str]) -> str:
    """The text without pieces of these shapes."""
    if not shapes:
        return text
    return _PIECE.sub(lambda piece: "" if _shape(piece[0]) in shapes else piece[0], text)


def _pieces(text: str) -> Iterator[str]:
    """Sentences and lines."""
    return (piece[0] for piece in _PIECE.finditer(text[:_MOST_READ]))


def _shape(piece: str) -> str:
    """A hash of a piece's words, all figures alike."""
    words = " ".join(_FIGURE.sub("#", piece.casefold()).split())
    return blake2b(words.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
