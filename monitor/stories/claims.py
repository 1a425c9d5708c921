"""What texts of one story disagree on: a count, a magnitude, a place, a day. Which is right is not ours to say.

A claim is what a text says in its opening about a thing that every text on the
event may speak of: how many dead, how strong, where they met, on what day.
Texts disagree when both make the claim, in other terms, and neither has the
other's terms anywhere in its opening: `at the High Atlas, 70 km from Marrakech`
contradicts neither `High Atlas` nor `Marrakech`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from monitor.model import Conflict, Topic
from monitor.stories.guards import HIGHEST_MAGNITUDE, written
from monitor.stories.pair import Pair
from monitor.stories.text import LONGEST_HEADLINE, READINGS, Reading
from monitor.stories.vocabulary import AGENCIES, CALENDAR, OCCURRENCES, TOLLS, WEEKDAYS
from monitor.stories.words import words

OPENING = 700
"""Characters in which places are looked for."""
BEFORE, AFTER = 90, 40
"""Characters around a place in which it must be said what happened there."""
SAME_SENTENCE = 0.55
"""How far first sentences must go together for their days to be of one thing."""

_NAME = r"(?P<name>[A-ZÀ-Þ][\w’'-]+(?:[ -][A-ZÀ-Þ][\w’'-]+){0,2})"
_AT = re.compile(
    r"(?:\b(?:in|at|near|outside|off)\ (?:the\ )?(?:(?:north|south|east|west)\w*\ |central\ |downtown\ )?"
    r"|\b(?:city|town|village|province|district|capital|port|region|resort|suburb|state|island)\ of\ "
    r"|\bwelcom\w+\b[^.\n]{1,90}?\bto\ )" + _NAME
)
_MENTIONED = re.compile(r"\b(?:in|into|at|to|from|near|outside|off|of|across|around|through)\ (?:the\ )?" + _NAME)
_PEOPLE = re.compile(r"(?:ian|ean|ish|ese|can)$")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”’')\]]*\s+|\n")
_NO_PLACES = CALENDAR | AGENCIES


class Claim(NamedTuple):
    """What a text says of something."""

    topic: Topic
    of: str
    """What it says it of: `dead`, `meeting`."""
    said: str


def disagreements(pairs: Sequence[Pair]) -> tuple[Conflict, ...]:
    """What an item and the texts of its story beside it disagree on, if none of them agrees with it."""
    found: list[Conflict] = []
    beside = [(pair, claims(pair.that)) for pair in pairs]
    for claim in claims(pairs[0].this) if pairs else ():
        others = [(pair, theirs) for pair, them in beside for theirs in them if theirs[:2] == claim[:2]]
        if not others or any(_agree(pair, claim, theirs) for pair, theirs in others):
            continue
        (there, _), *_ = Counter(theirs.said for _, theirs in others).most_common(1)
        sources = {pair.other.source for pair, theirs in others if theirs.said == there}
        found.append(Conflict(claim.topic, claim.said, there, next(iter(sources)) if len(sources) == 1 else ""))
    return tuple(found)


@lru_cache(maxsize=READINGS)
def claims(text: Reading) -> tuple[Claim, ...]:
    """What a text says, one claim for each thing; where it says two things of one, it claims neither."""
    said: dict[tuple[Topic, str], list[str]] = {}
    for claim in (*_counts(text), *_places(text), *_days(text)):
        listed = said.setdefault(claim[:2], [])
        if claim.said not in listed:
            listed.append(claim.said)
    return tuple(Claim(*key, listed[0]) for key, listed in said.items() if len(listed) == 1 or key[0] is Topic.TOLL)


def _counts(text: Reading) -> Iterator[Claim]:
    for figure in text.figures:
        if figure.kind in TOLLS:
            yield Claim(Topic.TOLL, figure.kind, written(figure))
        elif figure.kind == "magnitude" and figure.value < HIGHEST_MAGNITUDE:
            yield Claim(Topic.MAGNITUDE, "", f"magnitude {figure.value:g}")


def _places(text: Reading) -> Iterator[Claim]:
    for sentence in _SENTENCE.split(_opening(text)):
        for at in _AT.finditer(sentence):
            place = at["name"].removesuffix("'s").removesuffix("’s")
            if _PEOPLE.search(place) or not _NO_PLACES.isdisjoint(words(place)):
                continue
            around = words(sentence[max(0, at.start() - BEFORE) : at.start()] + " " + sentence[at.end() :][:AFTER])
            for what in dict.fromkeys(OCCURRENCES[word] for word in around if word in OCCURRENCES):
                yield Claim(Topic.PLACE, what, place)


def _days(text: Reading) -> Iterator[Claim]:
    first = text.sentences[0] if text.sentences else ()
    for word in first:
        if word in WEEKDAYS:
            yield Claim(Topic.DATE, "", word.capitalize())


def _agree(pair: Pair, ours: Claim, theirs: Claim) -> bool:
    if ours.said == theirs.said:
        return True
    match ours.topic:
        case Topic.TOLL:
            here, there = _values(pair.this, ours.of), _values(pair.that, ours.of)
            return here <= pair.that.numbers or there <= pair.this.numbers
        case Topic.PLACE:
            return _mentions(pair.this, theirs.said) or _mentions(pair.that, ours.said)
        case Topic.DATE:
            return pair.c.first < SAME_SENTENCE or pair.gap > 12 * 3600.0
        case _:
            return False


def _values(text: Reading, kind: str) -> set[float]:
    """The first count of a kind."""
    return {next(figure.value for figure in text.figures if figure.kind == kind)}


def _mentions(text: Reading, place: str) -> bool:
    """Whether a text speaks of that place, or one within or around it, as a place."""
    asked = set(words(place))
    return any(
        asked <= said or said <= asked for at in _MENTIONED.finditer(_opening(text)) if (said := set(words(at["name"])))
    )


def _opening(text: Reading) -> str:
    return f"{text.headline[:LONGEST_HEADLINE]}\n{text.written[:OPENING]}"
