"""The cases of names: proposed by a library, reviewed by a person, kept in a lock file.

Nothing is inflected when rules are loaded or run: what the lock file does not
have is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitor import yamldoc
from monitor.errors import Fault
from monitor.rules.names import Nominative
from monitor.rules.schema import EntityEntry, InflectionFile

MEND = "run `wirewatch entities inflect` and review what it writes"


class Key(NamedTuple):
    """A spelling of an entity."""

    entity: str
    spelling: Nominative


class Inflections:
    """What the lock file says. Raises ConfigError for one that is faulty."""

    def __init__(self, files: Iterable[tuple[str, str]] = ()) -> None:
        self.forms: dict[Key, tuple[str, ...]] = {}
        """The other cases of each spelling."""
        self.made_with: dict[str, str] = {}
        """The libraries that proposed them, and their versions."""
        self._places: dict[Key, tuple[yamldoc.Document, yamldoc.Loc]] = {}
        for name, text in files:
            document = yamldoc.read(text, name)
            written = yamldoc.validate(document, InflectionFile)
            self.made_with |= written.made_with
            for entity, languages in written.inflections.items():
                for lang, spellings in languages.items():
                    for spelling, forms in spellings.items():
                        key = Key(entity, Nominative(lang, spelling))
                        self.forms[key] = forms
                        self._places[key] = (document, ("inflections", entity, lang, spelling, yamldoc.KEY))

    def fault(self, key: Key, message: str, hint: str) -> Fault:
        """A fault where the cases of a spelling stand."""
        document, loc = self._places[key]
        return document.fault(loc, message, hint)


def nominatives(entry: EntityEntry) -> Iterator[tuple[yamldoc.Loc, Nominative]]:
    """The spellings of an entity that are to be found in all cases, and where in its entry each stands."""
    for lang, listed in entry.inflect.by_language():
        yield from ((("inflect", lang, number), Nominative(lang, name)) for number, name in enumerate(listed))
