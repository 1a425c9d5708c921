"""An entity as YAML text for an entity file: its spellings by language, one line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.rules import tokens
from monitor.rules.names import spellings
from monitor.yamldoc.writing import Line, bracketed, scalar


@dataclass(frozen=True, slots=True)
class Entry:
    """An entity to be written."""

    id: str
    name: str
    aka: Mapping[str, Sequence[str]]
    """Other spellings by language."""
    short: Sequence[str] = ()
    """Parts of the name that stand for it beside the full name."""
    wikidata: str = ""

    def text(self) -> str:
        """The entry as it stands in the list of a file."""
        lines = [f"  - id: {self.id}", f"    name: {scalar(self.name)}"]
        if self.wikidata:
            lines.append(f"    wikidata: {self.wikidata}")
        if self.aka:
            lines += ["    aka: [", *bracketed(by_language(self.aka), " " * 6), "    ]"]
        if self.short:
            lines.append(f"    short: {{forms: [{', '.join(map(scalar, self.short))}]}}")
        return "\n".join(lines) + "\n"


def by_language(names: Mapping[str, Sequence[str]]) -> list[Line]:
    """A line for each language, which a comment names."""
    return [Line([scalar(name) for name in listed], lang) for lang, listed in names.items()]


def unlike(names: Iterable[tuple[str, str]], known: Iterable[str] = ()) -> dict[str, list[str]]:
    """Of (language, name) those that are found by no name before them nor a known one, by language."""
    seen = {row for name in known for row in spellings(name)}
    found: dict[str, list[str]] = {}
    for lang, name in names:
        rows = spellings(name)
        if rows and not seen.intersection(rows):
            found.setdefault(lang, []).append(name)
            seen.update(rows)
    return found


def is_bare(name: str) -> bool:
    """Whether a name is a single word: too little to mean one person and nobody else."""
    return len(spellings(name)[0]) < 2


def an_id(name: str) -> str:
    """An id made of a name's words: `Sergey Lavrov` is `sergey-lavrov`; empty when none of them is in Latin letters."""
    return "-".join(word for word in tokens.words(name) if word.isascii())
