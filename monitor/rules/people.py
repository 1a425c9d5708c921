"""People called by a part of their name.

`Wang` in a text is the Wang whose full name was told last before it, or the
one beside whose title it stands; of several people who share the form the
nearer. Names that are known to hold the form and are somebody else's (another
entity, a namesake) take it as well, and then it is nobody's. So it is where
nothing before it could have been meant, but for one case: a headline may say
`Wang` before the text names him, and this is he when the item names no other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.model import Span
from monitor.rules.names import Entity, Known, Pattern
from monitor.rules.text import Text, Words
from monitor.rules.wanted import Leaf, Row, Spellings

TITLE_REACH = 3
"""Words that may stand between a title and a short form that it explains."""

_NOBODY = ""


@dataclass(frozen=True, slots=True, eq=False)
class Short:
    """A short form, and all whose it may be."""

    form: Pattern
    full_names: Mapping[str, Spellings]
    """Of each entity that has the form."""
    titles: Mapping[str, Spellings]
    """Words beside which the form is an entity's, without its full name."""
    others: Spellings
    """Known names that hold the form and are of none of these entities."""

    def owners(self, text: Text) -> Iterator[tuple[Span, str]]:
        """Each place of the form that is somebody's, and whose."""
        places = list(self.form.find(text))
        if not places:
            return
        named = list(self._named(text))
        for place in places:
            owner = self._titled(place, text) or _antecedent(place, named)
            if owner != _NOBODY:
                yield place, owner

    def _named(self, text: Text) -> Iterator[tuple[int, str]]:
        """Where each full name ends, and whose it is."""
        for entity, names in self.full_names.items():
            for span in text.find(names):
                yield span.end, entity
        for span in text.find(self.others):
            yield span.end, _NOBODY

    def _titled(self, place: Span, text: Text) -> str:
        """Whose title stands beside a place, if it is one entity's."""
        nearest: dict[str, int] = {}
        for entity, titles in self.titles.items():
            gaps = [
                max(title.start - place.end, place.start - title.end)
                for title in text.find(titles)
                if text.field_of(title) == text.field_of(place)
            ]
            gap = min((gap for gap in gaps if gap >= 0), default=TITLE_REACH + 1)
            if gap <= TITLE_REACH:
                nearest[entity] = gap
        least = min(nearest.values(), default=0)
        owners = [entity for entity, gap in nearest.items() if gap == least]
        return owners[0] if len(owners) == 1 else _NOBODY


def _antecedent(place: Span, named: Sequence[tuple[int, str]]) -> str:
    """Whose name ends last before a place; before any name, the only one's."""
    nearest = max((end for end, _ in named if end <= place.start), default=None)
    people = {entity for end, entity in named if nearest in (None, end)}
    return people.pop() if len(people) == 1 else _NOBODY


class Person:
    """An entity with short forms: found under its full names, and where a short form is its."""

    __slots__ = ("_full", "_shorts", "entity")

    def __init__(self, full: Spellings, shorts: Sequence[Short]) -> None:
        self.entity = full.entity
        self._full = full
        self._shorts = tuple(shorts)

    def rows(self) -> Iterator[Row]:
        """Of these a text that has it must have one."""
        yield from self._full.rows()
        for short in self._shorts:
            if self.entity in short.titles:
                yield short.form.words

    def spans(self, text: Text) -> tuple[Span, ...]:
        """Where it stands, in words, in order."""
        found = list(text.find(self._full))
        for short in self._shorts:
            found += [place for place, owner in text.owners(short) if owner == self.entity]
        return tuple(sorted(found))


def people_of(entities: Sequence[Entity]) -> dict[str, Leaf]:
    """What is looked for under each entity's id."""
    known = Known(entities)
    full = {id_: Spellings(map(known.pattern, rows), id_) for id_, rows in known.full.items()}
    sharing: dict[Words, list[str]] = defaultdict(list)
    for id_, forms in known.short.items():
        for row in forms:
            sharing[row].append(id_)
    shorts = {row: _short(row, ids, known, full) for row, ids in sharing.items()}
    return {
        id_: Person(full[id_], [shorts[row] for row in known.short[id_]]) if known.short[id_] else full[id_]
        for id_ in full
    }


def _short(row: Words, ids: Sequence[str], known: Known, full: Mapping[str, Spellings]) -> Short:
    form = known.pattern(row)
    theirs = {name for id_ in ids for name in (*known.full[id_], *known.short[id_])}
    others = {name for longer in form.longer for name in longer.names} - theirs
    titles = {id_: Spellings(map(Pattern, known.short[id_][row])) for id_ in ids if known.short[id_][row]}
    return Short(form, {id_: full[id_] for id_ in ids}, titles, Spellings(map(known.pattern, sorted(others))))
