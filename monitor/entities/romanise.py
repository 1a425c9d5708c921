"""Cyrillic names in Latin letters, as the newspapers of several languages write them, and back.

Sources: BGN/PCGN 1947 and ICAO 9303 (English, Russian), resolution 55 of the
Cabinet of Ministers of Ukraine of 2010 (English, Ukrainian), the Duden (German),
the transcription of the Imprimerie nationale (French), PWN (Polish), and ISO 9
as libraries and Slavic languages in Latin letters use it. Each is a table, with
what a letter becomes after a vowel or at the beginning of a word, and what the
ends of names become. They propose; a person accepts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_VOWELS: Final = "аеёиоуыэюяіїє"


def _table(letters: str, latin: str) -> dict[str, str]:
    return {letter: "" if written == "-" else written for letter, written in zip(letters, latin.split(), strict=True)}


@dataclass(frozen=True)
class Romanisation:
    """How one language writes the names of another."""

    lang: str
    letters: Mapping[str, str]
    initial: Mapping[str, str] = field(default_factory=dict)
    """What a letter becomes at the beginning of a word, after a vowel and after a soft or hard sign."""
    ends: Mapping[str, str] = field(default_factory=dict)
    """What the end of a word becomes, longest first."""
    mends: tuple[tuple[str, str], ...] = ()
    """Patterns of the Latin word and what replaces them, in order."""

    def found(self, match: re.Match[str]) -> str:
        """A word found in a name, with its capital."""
        word = match[0]
        lower = word.lower()
        end = next((end for end in self.ends if lower.endswith(end) and len(lower) > len(end)), "")
        latin = "".join(self._letters(lower.removesuffix(end))) + self.ends.get(end, "")
        for pattern, written in self.mends:
            latin = re.sub(pattern, written, latin)
        return latin[:1].upper() + latin[1:] if word[:1].isupper() else latin

    def _letters(self, word: str) -> Iterator[str]:
        before = ""
        for letter in word:
            opens = not before or before in _VOWELS or before in "ьъ"
            yield self.initial[letter] if opens and letter in self.initial else self.letters.get(letter, letter)
            before = letter


_RU: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_UK: Final = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
_RU_EN: Final = _table(_RU, "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya")
_UK_EN: Final = _table(_UK, "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch - iu ia")
_OPENINGS: Final = (("^ie", "ye"), ("^i(?=[ua])", "y"))
"""How a Ukrainian word begins, otherwise than it goes on."""

TO_LATIN: Final[Mapping[str, tuple[Romanisation, ...]]] = {
    "ru": (
        Romanisation("en", _RU_EN, {"е": "ye"}, {"ский": "sky", "цкий": "tsky", "ий": "y", "ый": "y", "ия": "ia"}),
        Romanisation("en", _RU_EN, {}, {"ский": "skiy", "цкий": "tskiy", "ий": "iy", "ый": "yy"}),
        Romanisation("en", _RU_EN | {"й": "i", "ю": "iu", "я": "ia"}, {}, {"ский": "skii", "ий": "ii", "ый": "yi"}),
        Romanisation(
            "de",
            _table(_RU, "a b w g d e jo sch s i i k l m n o p r s t u f ch z tsch sch schtsch - y - e ju ja"),
            {"е": "je"},
            {"ий": "i", "ый": "y"},
            ((r"(?<=[aeiouy])s(?=[aeiouy])", "ss"), ("ks", "x"), ("(?<=sch)jo", "o")),
        ),
        Romanisation(
            "fr",
            _table(_RU, "a b v g d e io j z i ï k l m n o p r s t ou f kh ts tch ch chtch - y - e iou ia"),
            {"е": "ie"},
            {"ский": "ski", "ий": "i", "ый": "y", "ин": "ine", "ын": "yne"},
            ((r"(?<=[aeiouy])s(?=[aeiouy])", "ss"), (r"g(?=[ei])", "gu"), ("ks", "x"), ("(?<=ch)io", "e")),
        ),
        Romanisation(
            "pl",
            _table(_RU, "a b w g d ie io ż z i j k ł m n o p r s t u f ch c cz sz szcz - y ~ e iu ia"),
            {"е": "je", "ё": "jo", "ю": "ju", "я": "ja"},
            {"ский": "ski", "цкий": "cki", "ий": "ij", "ый": "y"},
            (
                ("ł(?=[i~])", "l"),
                ("(?<=[cs]z)io", "o"),
                ("(?<=[lżc])ie|(?<=[cs]z)ie", "e"),
                ("(?<=l)i(?=[aou])", ""),
                ("(?<=[żc])i|(?<=[cs]z)i", "y"),
                ("n~", "ń"),
                ("s~", "ś"),
                ("z~", "ź"),
                ("~", ""),
            ),
        ),
        Romanisation(
            "cs",
            _table(_RU, "a b v g d e jo ž z i j k l m n o p r s t u f ch c č š šč - y - e ju ja"),
            {"е": "je"},
            {"ский": "skij", "ий": "ij", "ый": "yj"},
            (("(?<=[čšž])jo", "o"),),
        ),
    ),
    "uk": (
        Romanisation("en", _UK_EN, {}, {"ський": "sky", "цький": "tsky", "ий": "y"}, _OPENINGS),
        Romanisation(
            "en",
            _UK_EN,
            {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"},
            {"ський": "skyi", "цький": "tskyi", "ий": "yi", "ій": "ii"},
        ),
        Romanisation("en", _UK_EN, {}, {"ський": "skyy", "цький": "tskyy", "ий": "yy", "ій": "iy"}, _OPENINGS),
        Romanisation(
            "de",
            _table(_UK, "a b w h g d e je sch s y i ji j k l m n o p r s t u f ch z tsch sch schtsch - ju ja"),
            {},
            {"ський": "skyj", "ий": "yj"},
        ),
        Romanisation(
            "pl",
            _table(_UK, "a b w h g d e ie ż z y i ji j k ł m n o p r s t u f ch c cz sz szcz ~ iu ia"),
            {"є": "je", "ю": "ju", "я": "ja"},
            {"ський": "ski", "цький": "cki", "ий": "y"},
            (("ł(?=[i~])", "l"), ("n~", "ń"), ("s~", "ś"), ("z~", "ź"), ("c~", "ć"), ("~", "")),
        ),
    ),
}
"""For names in a language, how others write them."""

_BACK: Final = (
    *(("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш")),
    *(("[yij]u", "ю"), ("[yij]a", "я"), ("yo", "ё"), ("ye", "е"), ("x", "кс")),
    *zip("abvwgdezklmnoprstufj", "абввгдезклмнопрстуфй", strict=True),
)
_TO_CYRILLIC: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "ru": (
        (r"iy?a$", "ия"),
        (r"sk(?:y|iy|ii|i|ij|yi)$", "ский"),
        (r"(?<=[bcdfgklmnprstvz])(?:iy|ii|y|ij)$", "ий"),
        (r"(?<=[aeou])[yi](?![aeou])", "й"),
        *_BACK,
        ("h", "х"),
        ("[iy]", "и"),
    ),
    "uk": (
        (r"iy?a$", "ія"),
        (r"(?:iy|ii)$", "ій"),
        (r"sk(?:y|iy|ii|i|yi|yy)$", "ський"),
        (r"(?<=[bcdfgklmnprstvz])(?:yi|yy)$", "ий"),
        (r"^yi|(?<=[aeou])yi", "ї"),
        (r"^ye|(?<=[aeou])(?:ye|ie)", "є"),
        (r"(?<=[aeou])[yi](?![aeou])", "й"),
        *_BACK,
        ("h", "г"),
        ("i", "і"),
        ("y", "и"),
    ),
}


def to_latin(name: str, lang: str) -> Iterator[tuple[str, str]]:
    """(language of the readers, spelling) of a Cyrillic name in Russian (`ru`) or Ukrainian (`uk`)."""
    for romanisation in TO_LATIN[lang]:
        yield romanisation.lang, _WORD.sub(romanisation.found, name)


def to_cyrillic(name: str, lang: str) -> str:
    """A guess at the Cyrillic name that an English spelling stands for."""
    return _WORD.sub(lambda word: _word_to_cyrillic(word[0], lang), name)


def _word_to_cyrillic(word: str, lang: str) -> str:
    written = word.lower().replace("ï", "i").replace("é", "e")
    for latin, cyrillic in _TO_CYRILLIC[lang]:
        written = re.sub(latin, cyrillic, written)
    return written[:1].upper() + written[1:] if word[:1].isupper() else written
