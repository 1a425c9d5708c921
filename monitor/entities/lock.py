"""The lock file of inflected names: what is missing is made, what a person reviewed is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from monitor import yamldoc
from monitor.entities.inflect import Declension
from monitor.errors import Fault
from monitor.rules.inflections import Inflections, Key, nominatives
from monitor.rules.schema import EntityFile
from monitor.yamldoc.writing import scalar

HEAD: Final = """\
# yaml-language-server: $schema=../schema/inflections.json
# $schema: ../schema/inflections.json

# The other cases of the spellings that entities have under `inflect`. Proposed
# by `wirewatch entities inflect`, to be reviewed by a person: delete what is
# wrong, add what is missing. The command adds what is new, drops what no entity
# asks for any more, and leaves the rest as it is, but for comments.

"""


@dataclass(slots=True)
class Lock:
    """What the file is to say, and how that differs from what it said."""

    forms: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    """Of the libraries that made the forms."""
    made: list[Key] = field(default_factory=list)
    """Spellings whose cases are new."""
    dropped: list[Key] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """Spellings whose cases the dictionary does not know."""

    @property
    def text(self) -> str:
        """The file, sorted."""
        lines = ["made_with:" if self.versions else "made_with: {}"]
        lines += [f"  {name}: {version}" for name, version in sorted(self.versions.items())]
        lines += ["", "inflections:" if self.forms else "inflections: {}"]
        for entity, of_entity in groupby(sorted(self.forms), key=lambda key: key.entity):
            lines.append(f"  {scalar(entity)}:")
            for lang, keys in groupby(of_entity, key=lambda key: key.spelling.lang):
                lines.append(f"    {lang}:")
                lines += [f"      {scalar(key.spelling.name)}: {_listed(self.forms[key])}" for key in keys]
        return HEAD + "\n".join(lines) + "\n"


def locked(files: Iterable[tuple[str, str]], before: Inflections, *, again: bool = False) -> Lock:
    """What the lock file is to say for these entity files; what it said `before` stays, unless it is made `again`.

    Raises ConfigError for a faulty entity file, and where forms must be made
    and pymorphy3 is not installed.
    """
    kept = {} if again else before.forms
    lock = Lock(versions=dict(before.made_with) if kept else {})
    declensions: dict[str, Declension] = {}
    for places in _asked(files):
        lock.forms |= {key: kept[key] for key in places if key in kept}
        lacking = {key: place for key, place in places.items() if key not in kept}
        if lacking:
            lang = next(iter(lacking)).spelling.lang
            if lang not in declensions:
                declensions[lang] = Declension(lang)
                lock.versions |= declensions[lang].versions
            _make(lock, lacking, declensions[lang].declined([key.spelling.name for key in places]))
    lock.made = [key for key, forms in lock.forms.items() if before.forms.get(key) != forms]
    lock.dropped = sorted(before.forms.keys() - lock.forms.keys())
    return lock


_Place = tuple[yamldoc.Document, yamldoc.Loc]


def _asked(files: Iterable[tuple[str, str]]) -> Iterator[dict[Key, _Place]]:
    """The spellings of each entity in each language, and where they stand."""
    for name, text in files:
        document = yamldoc.read(text, name)
        for number, entry in enumerate(yamldoc.validate(document, EntityFile).entities):
            for _, of_one in groupby(nominatives(entry), key=lambda found: found[1].lang):
                yield {Key(entry.id, asked): (document, ("entities", number, *way)) for way, asked in of_one}


def _make(lock: Lock, lacking: Mapping[Key, _Place], declined: Mapping[str, tuple[str, ...] | None]) -> None:
    for key, (document, loc) in lacking.items():
        name = key.spelling.name
        forms = declined[name]
        if forms is None:
            message = f"the dictionary does not know {name} as a name in the nominative"
            lock.faults.append(document.fault(loc, message, "list its cases under `aka`"))
        else:
            lock.forms[key] = forms


def _listed(forms: Sequence[str]) -> str:
    return f"[{', '.join(map(scalar, forms))}]"
