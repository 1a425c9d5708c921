"""What was re-worded: the words taken out and put in, with a few of those around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from monitor.channels import render
from monitor.model import Change

AROUND = 4
"""Words shown beside a difference."""
STRAY = 3
"""As many words alike between two differences are chance; with more, the differences stand apart."""
LONGEST = 110
"""Characters shown of one difference."""
FOLLOWING = 3
"""Words that follow the difference in a `Change`: the longer text may have lost them where it was cut."""

_WORD = re.compile(r"(?:\w+(?:[.,:'’-]\w+)*|[^\w\s])\s*")


class Edit(NamedTuple):
    """Words taken out (`before`), words put in (`after`), or words that stay (both alike)."""

    before: str
    after: str

    @property
    def stays(self) -> bool:
        return self.before == self.after


def edits(change: Change) -> tuple[Edit, ...]:
    """The differences of a change in order, with words that stay between and beside them.

    Empty when nothing that is shown differs.
    """
    before, after = _words(change)
    stretches = list(_apart(before, after))
    last = len(stretches) - 1
    shown = [
        _beside(edit.after, first=n == 0, last=n == last) if edit.stays else Edit(_clip(edit.before), _clip(edit.after))
        for n, edit in enumerate(stretches)
    ]
    return tuple(shown) if any(not edit.stays for edit in shown) else ()


def _words(change: Change) -> tuple[list[str], list[str]]:
    """The words of both texts, each with the space behind it."""
    before, after = render.line(change.before, render.CHANGE), render.line(change.after, render.CHANGE)
    old, new = _WORD.findall(before), _WORD.findall(after)
    if after.endswith("…") and not before.endswith("…"):
        return old[:-FOLLOWING], new
    if before.endswith("…") and not after.endswith("…"):
        return old, new[:-FOLLOWING]
    return old, new


def _apart(before: Sequence[str], after: Sequence[str]) -> Iterator[Edit]:
    """Stretches that stay and stretches that differ, in turn."""
    old = new = 0
    for start, other, size in _alike([word.rstrip() for word in before], [word.rstrip() for word in after]):
        at_an_end = start == other == 0 or (start + size, other + size) == (len(before), len(after))
        if size <= STRAY and not at_an_end:
            continue
        if (old, new) != (start, other):
            yield Edit("".join(before[old:start]), "".join(after[new:other]))
        if size:
            same = "".join(after[other : other + size])
            yield Edit(same, same)
        old, new = start + size, other + size


def _alike(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where and how long both are alike, such that what is put in begins with a word, not with the stop before it."""
    start = other = size = 0
    for next_start, next_other, next_size in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
        at, end = start + size, other + size
        if next_size and before[at] == after[end] and not before[at][0].isalnum():
            size, next_start, next_other, next_size = size + 1, next_start + 1, next_other + 1, next_size - 1
        yield start, other, size
        start, other, size = next_start, next_other, next_size
    yield start, other, size


def _beside(text: str, *, first: bool, last: bool) -> Edit:
    """Words that stay, only those near a difference."""
    words = _WORD.findall(text)
    head, tail = words[: 0 if first else AROUND], words[len(words) if last else -AROUND :]
    if len(words) > len(head) + len(tail):
        gap = "… " if first else "…" if last else " … "
        text = "".join(head).rstrip() + gap + "".join(tail)
    return Edit(text, text)


def _clip(text: str) -> str:
    """A difference as shown, with the space behind it."""
    return render.clip(text.rstrip(), LONGEST) + text[len(text.rstrip()) :]
