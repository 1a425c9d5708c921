"""The entries of the files that editors write, each with where it is written.

A fault in one entry hides neither those of the others nor its own further
ones: what can be made sense of is handed on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

from pydantic import ValidationError

from monitor import yamldoc
from monitor.errors import MOST_FAULTS, ConfigError, Fault
from monitor.rules.schema import EntityEntry, EntityFile, FilterEntry, FilterFile, RuleEntry, RuleFile

File = tuple[str, str]
"""A file's name, as faults give it, and its text."""

T = TypeVar("T")
Entry = TypeVar("Entry", EntityEntry, RuleEntry, FilterEntry)

_UNNAMED = "0"
"""The id of an entry whose own is faulty."""


@dataclass(frozen=True, slots=True)
class Written(Generic[Entry]):
    """An entry, and where it is written."""

    entry: Entry
    document: yamldoc.Document
    loc: yamldoc.Loc

    def fault(self, way: yamldoc.Loc, message: str, hint: str, *, offset: int | None = None) -> Fault:
        return self.document.fault((*self.loc, *way), message, hint, offset=offset)

    @property
    def place(self) -> str:
        line, column = self.document.place((*self.loc, "id"))
        return f"{self.document.name}:{line}:{column}"


def patiently(entries: Iterable[T], faults: Sequence[Fault]) -> Iterator[T]:
    """The entries, as long as there are not too many faults."""
    return takewhile(lambda _: len(faults) < MOST_FAULTS, entries)


def documents(files: Sequence[File], faults: list[Fault]) -> list[yamldoc.Document]:
    """The files that can be read; of the others what is wrong with them is added to the faults."""
    read = []
    for name, text in files:
        try:
            read.append(yamldoc.read(text, name))
        except ConfigError as error:
            faults += error.faults
    return read


def listed(document: yamldoc.Document, key: str) -> Iterator[dict[str, object]]:
    """The mappings in the list at `key`, faulty ones among them."""
    values = document.value.get(key) if isinstance(document.value, dict) else None
    return (raw for raw in (values if isinstance(values, list) else ()) if isinstance(raw, dict))


def entries(
    read: Iterable[yamldoc.Document],
    shape: type[EntityFile | RuleFile | FilterFile],
    key: str,
    model: type[Entry],
    faults: list[Fault],
) -> list[Written[Entry]]:
    """The entries that make sense, some of them perhaps with the same id; what does not is added to the faults."""
    found: list[Written[Entry]] = []
    first: dict[str, Written[Entry]] = {}
    for document in read:
        for number, entry in patiently(enumerate(_sound(document, shape, key, model, faults)), faults):
            if entry is None:
                continue
            written = Written(entry, document, (key, number))
            found.append(written)
            if entry.id != _UNNAMED and first.setdefault(entry.id, written) is not written:
                message = f"the id {entry.id} is used for the second time"
                faults.append(written.fault(("id",), message, f"the first is at {first[entry.id].place}"))
    return found


def taken(written: list[Written[Entry]]) -> Iterator[Written[Entry]]:
    """Each of a list, and then it is gone: to free so many at once would hold up the other threads."""
    written.reverse()
    while written:
        yield written.pop()


def _sound(
    document: yamldoc.Document,
    shape: type[EntityFile | RuleFile | FilterFile],
    key: str,
    model: type[Entry],
    faults: list[Fault],
) -> Iterable[Entry | None]:
    """The entries of a file; of a faulty one what is without fault, or None."""
    try:
        whole: Iterable[Entry] = getattr(yamldoc.validate(document, shape), key)
    except ConfigError as error:
        faults += error.faults
        values = document.value.get(key) if isinstance(document.value, dict) else None
        return (_salvaged(raw, model) for raw in (values if isinstance(values, list) else ()))
    return whole


def _salvaged(raw: object, model: type[Entry]) -> Entry | None:
    """An entry, without those of its keys that are faulty; None when it needs them."""
    if not isinstance(raw, dict):
        return None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faulty = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
    sound = {key: value for key, value in raw.items() if key not in faulty}
    try:
        return model.model_validate({"id": _UNNAMED, **sound})
    except ValidationError:
        return None
