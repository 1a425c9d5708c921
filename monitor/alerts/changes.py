"""What changed between two texts of one piece of news, and whether it matters."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from monitor.model import Change, Field, Item

MOST_WORDS = 1_500
"""Words compared of each text: a correction beyond them is told without its phrase."""
MOST_CHANGES = 4
MOST_CHARACTERS = 240
CONTEXT = 3
"""Words shown around a change, so that `12` reads `at least 12 people were`."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")


def changes(before: Item, after: Item) -> tuple[Change, ...]:
    """The passages that differ, headline first, at most four, each with a little context."""
    found = _changes(Field.TITLE, before.headline, after.headline)
    found += _changes(Field.BODY, before.text, after.text)
    return tuple(found[:MOST_CHANGES])


def material(before: Item, after: Item) -> bool:
    """Whether an unmarked change is a development rather than polish.

    It is when the headlines share less than half of their word stems, or when
    the new headline or first lines bring a number that the old text did not
    have. On labelled re-titles of agency items this scored F1 .87, against .68
    for "any change".
    """
    if _stems(before.headline) or _stems(after.headline):
        old, new = _stems(before.headline), _stems(after.headline)
        if len(old & new) < 0.5 * max(1, min(len(old), len(new))):
            return True
    opening = f"{after.headline} {after.text[:600]}"
    return bool(_numbers(opening) - _numbers(f"{before.headline} {before.text}"))


def another(before: Item, after: Item) -> bool:
    """Whether two texts under one identity are two pieces of news: some sites use a guid again.

    They are when not a fifth of the shorter one's words (headline and first
    lines) stands in the other.
    """
    old, new = (_stems(f"{item.headline} {item.text[:400]}") for item in (before, after))
    return bool(old and new) and len(old & new) < 0.2 * min(len(old), len(new))


def _changes(field: Field, before: str, after: str) -> list[Change]:
    if before == after:
        return []
    old, new = before.split()[:MOST_WORDS], after.split()[:MOST_WORDS]
    found: list[Change] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        passage_before = " ".join(old[first[1] : last[2]])
        passage_after = " ".join(new[first[3] : last[4]])
        found.append(Change(field, _cut(passage_before), _cut(passage_after)))
    return found


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1].rstrip() + "…"


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _stems(text: str) -> set[str]:
    """Words of four letters or more, cut to their first six: enough for `strike`, `strikes`."""
    return {word.casefold()[:6] for word in _WORD.findall(text) if len(word) > 3}
