"""What sets two texts apart, however alike their words: other names, another quake, newer figures."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Conflict, Topic
from monitor.stories.facts import Figure, figures, meeting
from monitor.stories.text import LEAD, Reading
from monitor.stories.vocabulary import MOVES, TOLLS
from monitor.stories.words import Words

SAME_QUAKE = 0.35
"""By how much measurements of one earthquake's magnitude differ at most."""
HIGHEST_MAGNITUDE = 10.0
SHOWN = 3


def conflict(a: Reading, b: Reading) -> Conflict | None:
    """The weightiest contradiction between the headlines and leads of two texts, if there is one."""
    return _names(a, b) or _magnitudes(a, b) or _tolls(a, b) or _dates(a, b) or _moves(a, b) or _figures(a, b)


def apart(found: Conflict) -> str:
    """A contradiction in words."""
    verb = {Topic.NAMES: "names", Topic.MOVE: "says it went", Topic.DATE: "names"}.get(found.topic, "has")
    return f"one {verb} {found.here}, the other {found.there}"


def _names(a: Reading, b: Reading) -> Conflict | None:
    """More than half of the names on each side are unheard of on the other."""
    only_a, only_b = _strangers(a, b), _strangers(b, a)
    if 2 * len(only_a) <= len(a.names) or 2 * len(only_b) <= len(b.names):
        return None
    return Conflict(Topic.NAMES, _list(only_a), _list(only_b))


def _strangers(a: Reading, b: Reading) -> frozenset[Words]:
    told = {*b.title, *b.body}
    unknown = frozenset(name for name in a.names if 2 * len(told.intersection(name)) < len(name))
    return unknown - meeting(unknown, b.names)


def _magnitudes(a: Reading, b: Reading) -> Conflict | None:
    quakes_a, quakes_b = (
        [figure.value for figure in text.figures if figure.kind == "magnitude" and figure.value < HIGHEST_MAGNITUDE]
        for text in (a, b)
    )
    if not quakes_a or not quakes_b or min(abs(x - y) for x in quakes_a for y in quakes_b) <= SAME_QUAKE:
        return None
    return Conflict(Topic.MAGNITUDE, f"magnitude {quakes_a[0]:g}", f"magnitude {quakes_b[0]:g}")


def _tolls(a: Reading, b: Reading) -> Conflict | None:
    """The first count of the dead, hurt, arrested ... of a text is nowhere in the other."""
    for kind in sorted(TOLLS):
        first_a, first_b = _first(a.figures, kind), _first(b.figures, kind)
        if first_a and first_b and (first_a.value not in b.numbers or first_b.value not in a.numbers):
            return Conflict(Topic.TOLL, written(first_a), written(first_b))
    return None


def _dates(a: Reading, b: Reading) -> Conflict | None:
    """Each names a day or a month that the other does not: what comes every week, or the next turn of an affair."""
    if a.dates <= b.dates or b.dates <= a.dates:
        return None
    return Conflict(Topic.DATE, _list((day,) for day in a.dates - b.dates), _list((day,) for day in b.dates - a.dates))


def _moves(a: Reading, b: Reading) -> Conflict | None:
    """Headline and first sentence say up, and on the other side only down."""
    ways_a, ways_b = (
        {MOVES[word] for word in (*text.title, *(text.sentences[0] if text.sentences else ())) if word in MOVES}
        for text in (a, b)
    )
    if not ways_a or not ways_b or ways_a & ways_b:
        return None
    return Conflict(Topic.MOVE, min(ways_a), min(ways_b))


def _figures(a: Reading, b: Reading) -> Conflict | None:
    """Each has figures that the other has not, as far as both go."""
    reach = min(len(a.body), len(b.body), LEAD)
    only_a, only_b = _unheard(a, b, reach), _unheard(b, a, reach)
    if not only_a or not only_b:
        return None
    kinds = {figure.kind for figure in only_b}
    figure_a = next((figure for figure in only_a if figure.kind in kinds), only_a[0])
    figure_b = next((figure for figure in only_b if figure.kind == figure_a.kind), only_b[0])
    return Conflict(Topic.FIGURES, written(figure_a), written(figure_b))


def _unheard(text: Reading, other: Reading, reach: int) -> list[Figure]:
    """Figures of headline and opening that the other has nowhere; a quake is measured twice."""
    found = figures(text.title) + figures(text.body[:reach])
    return [figure for figure in found if figure.value not in other.numbers and figure.kind != "magnitude"]


def _first(some: Iterable[Figure], kind: str) -> Figure | None:
    return next((figure for figure in some if figure.kind == kind), None)


def _list(names: Iterable[Words]) -> str:
    return ", ".join(sorted(" ".join(name).title() for name in names)[:SHOWN])


def written(figure: Figure) -> str:
    """A figure for people: `3.2 billion in money`."""
    value, scale = figure.value, ""
    for size, name in ((1e9, " billion"), (1e6, " million")):
        if value >= size:
            value, scale = value / size, name
            break
    return f"{value:,.6g}{scale} {figure.kind}"
