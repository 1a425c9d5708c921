"""Spellings of a name that its editor may not have thought of, for a person to accept."""

from __future__ import annotations

import re
from typing import Final

from monitor.entities.cases import cases
from monitor.entities.entry import Entry, an_id, is_bare, unlike
from monitor.entities.romanise import to_cyrillic, to_latin

LANGUAGES: Final = ("ru", "uk", "pl")
_CYRILLIC: Final = re.compile("[а-яёіїєґ]", re.IGNORECASE)


def language(name: str) -> str:
    """A guess at the language of a name, by its letters."""
    if re.search("[іїєґ]|[сц]ьк|енко\\b", name, re.IGNORECASE):
        return "uk"
    return "pl" if re.search("[ąćęłńśźż]", name, re.IGNORECASE) else "ru"


def suggest(name: str, lang: str) -> Entry:
    """Romanisations, cases and (of a Latin name) the Cyrillic form of a Russian, Ukrainian or Polish name.

    Of a single word, a family name, the spellings become short forms, which
    count only beside the full name.
    """
    names = [(lang, form) for form in cases(name, lang)]
    latin = name
    if lang != "pl":
        cyrillic = name if _CYRILLIC.search(name) else to_cyrillic(name, lang)
        romanised = list(to_latin(cyrillic, lang))
        latin = romanised[0][1] if cyrillic == name else name
        names = [*romanised, (lang, cyrillic), *((lang, form) for form in cases(cyrillic, lang))]
    found = unlike(names, known=[latin])
    if is_bare(name):
        return Entry(an_id(latin), latin, {}, short=[latin, *(form for listed in found.values() for form in listed)])
    return Entry(an_id(latin), latin, found)
