"""The cases of Russian and Ukrainian names by the dictionaries of pymorphy3, for the lock file that a person reviews.

The words of a name agree: it is declined as a whole in one gender and number,
in the one in which most of its words are known as names. pymorphy3 is an
optional extra, needed when forms are made and never when rules are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from itertools import product
from typing import Any, Final, NamedTuple

from monitor.errors import ConfigError, Fault

_CASES: Final = ("gent", "datv", "accs", "ablt", "loct")
_NAMES: Final = frozenset(("Name", "Surn", "Patr"))
_ODD: Final = frozenset(
    ("V-oy", "V-ey", "V-be", "V-bi", "V-ie", "V-en", "V-ej", "Supr", "Infr", "Arch", "Erro", "Dist")
)
"""Marks of forms that newspapers do not print."""


class Agreement(NamedTuple):
    """What the words of a name have in common."""

    number: str
    gender: str | None
    animacy: str


_AGREEMENTS: Final = (
    *(Agreement("sing", gender, animacy) for animacy in ("anim", "inan") for gender in ("masc", "femn", "neut")),
    *(Agreement("plur", None, animacy) for animacy in ("anim", "inan")),
)
"""In the order in which they are preferred where nothing tells."""


class Declension:
    """A language's names, declined. Raises ConfigError when the optional extra is not installed."""

    def __init__(self, lang: str) -> None:
        dictionary = f"pymorphy3-dicts-{lang}"
        try:
            from pymorphy3 import MorphAnalyzer

            self._analyzer = MorphAnalyzer(lang=lang)
        except (ImportError, ValueError):
            hint = "pip install 'wirewatch[inflect]', or in a clone: pip install -e '.[inflect]'"
            raise ConfigError([Fault(dictionary, 0, 0, "is not installed", hint)]) from None
        self.versions: Final = {name: version(name) for name in ("pymorphy3", dictionary)}

    def declined(self, names: Sequence[str]) -> dict[str, tuple[str, ...] | None]:
        """The other cases of the names of one entity.

        A name that never changes has none; of what the dictionary cannot read
        as a name in the nominative that is not known: None. A family name alone
        is taken to be of the gender of the full names beside it.
        """
        full = [agreement for name in names if " " in name and (agreement := self._agreement(name, ()))]
        return {name: self._cases(name, full) for name in names}

    def _cases(self, name: str, preferred: Iterable[Agreement]) -> tuple[str, ...] | None:
        agreement = self._agreement(name, preferred)
        if agreement is None:
            return None
        return tuple(dict.fromkeys(form for form in self._forms(name, agreement) if form != name))

    def _agreement(self, name: str, preferred: Iterable[Agreement]) -> Agreement | None:
        """That in which all words of a name are in the nominative, and most of them known."""
        known = {
            agreement: sum(_known(found[0]) for found in words)
            for agreement in _AGREEMENTS
            if all(words := [self._nominatives(word, agreement) for word in _words(name)])
        }
        among = [agreement for agreement in preferred if agreement in known] or known
        return max(among, key=lambda agreement: known[agreement], default=None)

    def _nominatives(self, word: str, agreement: Agreement) -> list[Any]:
        """How a word may be read so that it agrees, the best known reading first."""
        readings = (parse for parse in self._analyzer.parse(word) if _agrees(parse.tag, agreement, "nomn"))
        return sorted(readings, key=_known, reverse=True)

    def _forms(self, name: str, agreement: Agreement) -> Iterator[str]:
        """The name in each case, in all its variants; all words are in the same one."""
        words = _words(name)
        readings = [self._nominatives(word, agreement)[0] for word in words]
        for case in _CASES:
            columns = [_in_case(reading, agreement, case) for reading in readings]
            for variant in product(*columns):
                yield _joined(name, variant)


def _words(name: str) -> list[str]:
    return re.split(r"[\s-]+", name)


def _joined(name: str, forms: Iterable[str]) -> str:
    """Forms of the words of a name, with its blanks, hyphens and capitals."""
    left = iter(forms)
    return re.sub(r"[^\s-]+", lambda word: _capitals(word[0], next(left)), name)


def _capitals(written: str, form: str) -> str:
    if written.isupper() and len(written) > 1:
        return form.upper()
    return form.capitalize() if written[:1].isupper() else form


def _known(parse: Any) -> int:
    """How well a reading of a word is known: as a name, as a word, or only guessed by its end."""
    if not parse.is_known:
        return 0
    return 2 if parse.tag.grammemes & _NAMES else 1


def _agrees(tag: Any, agreement: Agreement, case: str) -> bool:
    number, gender, animacy = agreement
    return (
        tag.case == case
        and (tag.number or "sing") == number
        and (number == "plur" or tag.gender in (None, gender))
        and tag.animacy in (None, animacy)
    )


def _in_case(parse: Any, agreement: Agreement, case: str) -> list[str]:
    odd = _ODD - parse.tag.grammemes
    return [
        form.word
        for form in parse.lexeme
        if _agrees(form.tag, agreement, case) and _kind(form) == _kind(parse) and not form.tag.grammemes & odd
    ]


def _kind(parse: Any) -> tuple[str | None, ...]:
    """What is the same in all cases of a word; a participle's lexeme has several."""
    return parse.tag.POS, parse.tag.voice, parse.tag.tense
