"""Wikidata's names into the entity files of a rules folder: new spellings for those we know, new entries for others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from monitor import yamldoc
from monitor.entities.entry import Entry, an_id, is_bare, unlike
from monitor.entities.wikidata import Named
from monitor.entities.writing import appended, more_spellings
from monitor.rules.inflections import nominatives
from monitor.rules.names import spellings
from monitor.rules.schema import EntityEntry, EntityFile
from monitor.yamldoc.writing import Insertion, added


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one entity of Wikidata."""

    entity: str
    """Its id with us."""
    file: str
    names: int
    """Spellings that it got."""
    is_new: bool
    bare: tuple[str, ...] = ()
    """Single words that were left out, because they may mean others."""


@dataclass(slots=True)
class Merge:
    """The entity files after merging, and what was done."""

    texts: dict[str, str]
    done: list[Done] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Known:
    file: str
    number: int
    entry: EntityEntry


def merge(files: Mapping[str, str], named: Sequence[Named], into: str) -> Merge:
    """Entities of Wikidata merged into files (texts by name); new ones come last in the file `into`.

    One is known by its number or by its name. Raises ConfigError when a file has a fault.
    """
    known = list(_known(files))
    ids = {each.entry.id for each in known}
    insertions: dict[str, list[Insertion]] = {}
    entries: list[str] = []
    merged = Merge(dict(files))
    for each in named:
        if (found := _find(known, each)) is not None:
            done, more = _more(files[found.file], found, each)
            insertions.setdefault(found.file, []).extend(more)
        else:
            entry = _new(each, ids)
            ids.add(entry.id)
            entries.append(entry.text())
            count = sum(map(len, entry.aka.values())) + len(entry.short) + 1
            done = Done(entry.id, into, count, is_new=True)
        merged.done.append(done)
    for file, more in insertions.items():
        merged.texts[file] = added(files[file], more)
    if entries:
        merged.texts[into] = appended(merged.texts.get(into, ""), entries)
    return merged


def _known(files: Mapping[str, str]) -> Iterator[_Known]:
    for file, text in files.items():
        entities = yamldoc.validate(yamldoc.read(text, file), EntityFile).entities
        yield from (_Known(file, number, entry) for number, entry in enumerate(entities))


def _find(known: Sequence[_Known], named: Named) -> _Known | None:
    by_number = (each for each in known if each.entry.wikidata == named.id)
    rows = set(spellings(named.name))
    by_name = (
        each
        for each in known
        if not each.entry.wikidata and any(rows.intersection(spellings(name)) for name in _names(each.entry))
    )
    return next(by_number, None) or next(by_name, None)


def _names(entry: EntityEntry) -> tuple[str, ...]:
    inflected = (spelling.name for _, spelling in nominatives(entry))
    return (entry.name, *entry.aka, *inflected)


def _more(text: str, known: _Known, named: Named) -> tuple[Done, list[Insertion]]:
    """New spellings for an entity that is known. Its short forms are its editor's."""
    entry = known.entry
    parts = (form for short in entry.short for form in short.forms)
    found = unlike(named.others, known=(*_names(entry), *entry.namesakes, *parts))
    whole = {lang: kept for lang, names in found.items() if (kept := [name for name in names if not is_bare(name)])}
    bare = tuple(name for names in found.values() for name in names if is_bare(name))
    done = Done(entry.id, known.file, sum(map(len, whole.values())), is_new=False, bare=bare)
    return done, more_spellings(text, known.number, whole, named.id if not entry.wikidata else "")


def _new(named: Named, ids: set[str]) -> Entry:
    found = unlike(named.others, known=[named.name])
    whole = {lang: kept for lang, names in found.items() if (kept := [name for name in names if not is_bare(name)])}
    bare = [name for names in found.values() for name in names if is_bare(name)]
    id_ = an_id(named.name)
    return Entry(id_ if id_ and id_ not in ids else named.id.lower(), named.name, whole, bare, named.id)
