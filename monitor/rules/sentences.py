"""Where sentences begin.

A full stop ends a sentence when blanks and no small letter follow, unless it
ends an initial or a title: `U.S. President J. Smith met Gen. Wu` is one. Marks
of scripts without spaces need no blank; an empty line ends a sentence too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLOSING = "\"'”’»›)\\]」』）】"
_END = re.compile(
    rf"""
      [。！？｡]++[{_CLOSING}]*+
    | (?<![.!?…؟۔।॥])(?P<mark>[.!?…؟۔।॥]++)[{_CLOSING}]*+\s++
    | \n[^\S\n]*\n\s*
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\W\d_]*\Z")
_LONGEST_TITLE = 6
_TITLES = frozenset(
    "adm amb brig capt col cmdr dr gen gov hon jr lt maj messrs mr mrs ms pres prof rep rev sen sgt sr st vs".split()  # noqa: SIM905
)


def begins(text: str) -> Iterator[int]:
    """The index of the first character of each sentence but the first."""
    for end in _END.finditer(text):
        if end["mark"] == "." and _is_abbreviated(text, end.start()):
            continue
        if end["mark"] and text[end.end() : end.end() + 1].islower():
            continue
        yield end.end()


def _is_abbreviated(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` belongs to the word before it."""
    word = _LAST_WORD.search(text[max(0, stop - _LONGEST_TITLE - 1) : stop])
    return word is not None and (len(word[0]) == 1 or word[0].lower() in _TITLES)
