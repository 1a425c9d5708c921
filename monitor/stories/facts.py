"""Figures and names: what distinguishes two texts that share their wording.

They are read from a headline and the first lines only. A background paragraph
has figures of other days, and everybody's names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.stories.vocabulary import AGENCIES, CALENDAR, COUNTED, NUMBER_WORDS, PLAIN, SCALES, STOP
from monitor.stories.words import Words, words

MONEY = "in money"
SHORT_NAME = 5
"""Letters up to which a name is not taken to have an ending."""
LEAST_STYLED = 4
"""Words of a text in which capitals can be a matter of style."""
REACH = 4
"""Words between a number and the word that says what it counts."""

_WRITTEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W\d_][\w'’-]*")
_LONG = re.compile(r"[^\W\d_][\w'’-]{3,}")
_NOT_SMALL = re.compile(r"(?<!\w)(?<!\w['’-])[^\W\d_a-z][\w'’-]*")
_SENTENCE_START = re.compile(r"""(?:^|[.!?:;|\n]["'“”‘’»)\]]*\s+|["“«‘]\s*|[-–—]\s+)$""")
_OWNER = re.compile(r"['’]s$")  # `Russia's Lavrov` is two names
_SOFT = re.compile("[aeiouyjhъьаеиоуыэюя]")
_PEOPLE = re.compile("(?:ian|an|ese|ish)$")
_TWICE = re.compile(r"(.)\1+")
_CURRENCY = frozenset("$€£¥₹₽")
_MONEY = frozenset(
    ("dollar", "dollars", "euro", "euros", "yuan", "yen", "pounds", "roubles", "rubles", "rupees", "usd")
)
_ABOUT = frozenset(("about", "almost", "around", "least", "nearly", "over", "some", "than"))
_NEXT_CLAUSE = frozenset(("and", "after", "as", "but", "including", "when", "while", "with"))
_NO_NAMES = STOP | PLAIN | AGENCIES | CALENDAR


class Figure(NamedTuple):
    """A number and what it counts: a kind of `COUNTED`, `MONEY`, or the word after it."""

    kind: str
    value: float


def figures(text: Words) -> tuple[Figure, ...]:
    """The counted things of a text, in its order; dates, clock times and years are none."""
    found: list[Figure] = []
    numbers = [at for at, word in enumerate(text) if word[0].isdecimal() or word in NUMBER_WORDS]
    for nth, at in enumerate(numbers):
        value = _value(text[at])
        if value is None or _is_date(text, at, value):
            continue
        scale = SCALES.get(text[at + 1], 1.0) if at + 1 < len(text) else 1.0
        start = at + 1 if scale == 1.0 else at + 2
        end = min(start + REACH, numbers[nth + 1] if nth + 1 < len(numbers) else len(text))
        begin = max(at - REACH, numbers[nth - 1] + 1 if nth else 0)
        kind = _kind(text[start:end], text[begin:at])
        if kind:
            found.append(Figure(kind, value * scale))
    return tuple(found)


def _value(word: str) -> float | None:
    if word in NUMBER_WORDS:
        return float(NUMBER_WORDS[word])
    try:
        return float(word.replace(",", "."))
    except ValueError:  # a clock time, or thousands written in a way we cannot be sure of
        return None


def _is_date(text: Words, at: int, value: float) -> bool:
    before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
    if any(word in CALENDAR for word in (*before, *after)):
        return True
    counts = any(word in _ABOUT for word in before) or any(word in COUNTED or word == "people" for word in after)
    return 1900 <= value <= 2100 and value == int(value) and not counts


def _kind(after: Words, before: Words) -> str:
    """What a number counts: a known kind behind it, then before it, else the next telling word."""
    if before and before[-1] in _CURRENCY:
        return MONEY
    until = next((at for at, word in enumerate(after) if word in _NEXT_CLAUSE), len(after))
    for word in (*after[:until], *reversed(before)):
        if word in _MONEY:
            return MONEY
        if word in COUNTED:
            return COUNTED[word]
    return next((word for word in after[:2] if word not in STOP and word.isalpha()), "")


def names(texts: Iterable[str]) -> frozenset[Words]:
    """The names of a text as far as capitals tell, each as its folded words: `("wang", "yi")`.

    Everyday words and agencies are left out. A capital at the start of a
    sentence proves nothing, unless the word stands there twice and nowhere
    without one. A text in capitals, or a headline in Title Case, proves nothing
    either.
    """
    sure: set[Words] = set()
    unsure: Counter[Words] = Counter()
    telling = [text for text in texts if not _styled(text)]
    for text in telling:
        for name, first in _runs(text):
            if first and len(name) == 1:
                unsure[name] += 1
            else:
                sure.add(name)
    twice = {name for name, times in unsure.items() if times > 1}
    if twice:
        small = {word for text in telling for word in _WRITTEN.findall(text) if word.islower()}
        sure |= {name for name in twice if name[0] not in small}
    longer = [frozenset(name) for name in sure if len(name) > 1]
    return frozenset(name for name in sure if not any(other > set(name) for other in longer))


def _styled(text: str) -> bool:
    """Whether its capitals are a matter of style: no word has none that Title Case would write with one."""
    if any(word[0].islower() and word[0] not in STOP for word in _LONG.finditer(text)):
        return False
    return len(_WRITTEN.findall(text)) >= LEAST_STYLED


def _runs(text: str) -> Iterator[tuple[Words, bool]]:
    """Capitalised words that follow one another without an everyday word between; and whether they begin a sentence."""
    run: list[str] = []
    first, end = False, -1
    for word in _NOT_SMALL.finditer(text):
        if not word[0][0].isupper():
            continue
        tokens = _parts(word[0])
        if run and (not tokens or text[end : word.start()] != " " or _OWNER.search(text, end - 2, end)):
            yield tuple(run), first
            run = []
        if tokens and not run:
            first = _SENTENCE_START.search(text, max(0, word.start() - 4), word.start()) is not None
        run += tokens
        end = word.end()
    if run:
        yield tuple(run), first


@lru_cache(maxsize=1 << 14)
def _parts(word: str) -> Words:
    """What of a capitalised word may be part of a name."""
    return tuple(token for token in words(word) if token not in _NO_NAMES and len(token) > 1 and token.isalpha())


@lru_cache(maxsize=1 << 14)
def skeleton(name: str) -> str:
    """What transliterations of a name, and a country and its people, share: its hard consonants.

    `Evgeny` and `Yevgeny`, `Sergei` and `Sergej`, `Libya` and `Libyan` have the same.
    """
    sounds = re.sub("^[yj](?=[aeiou])", "", name).replace("w", "v").replace("ck", "k").replace("c", "k")
    if len(sounds) > SHORT_NAME:
        sounds = _PEOPLE.sub("", sounds)
    hard = _TWICE.sub(r"\1", _SOFT.sub("", sounds[1:]))
    return sounds[:1] + hard if len(hard) > 1 else sounds.rstrip("aeiouy")


def meeting(first: frozenset[Words], second: frozenset[Words]) -> frozenset[Words]:
    """The names of `first` that `second` has too, in full or in part, in some transliteration.

    `Lavrov` and `Sergei Lavrov` meet; `Wang Yi` and `Wang Wenbin` do not.
    """
    known = [frozenset(map(skeleton, name)) for name in second]
    parts = {name: frozenset(map(skeleton, name)) for name in first}
    return frozenset(name for name, its in parts.items() if any(its <= other or other <= its for other in known))
