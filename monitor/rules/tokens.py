"""Text to words, and words back to where they stand.

Rules and items are read through the same folding, so that what an editor
types finds what agencies write: case, diacritics, width and compatibility
forms, quotes, dashes and apostrophes are folded, soft hyphens and zero-width
characters are dropped. A word is a run of letters and digits. Hyphens and
apostrophes part words (`world-order` reads as `world order`), but an English
possessive `'s` belongs to its word and is not read. Scripts without spaces
(Han, kana, Thai, Lao, Burmese, Khmer), and Hangul, whose particles are
attached to names, are read character by character; their punctuation is a word
of its own, so that no phrase runs across it.

Words are the fast path of the engine: a text that is ASCII, or is so once
folded, costs a few microseconds. Places are found only for texts in which a
rule has fired.
"""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from unicodedata import category, combining, normalize

from monitor.model import Span

BREAK = "。"
"""The word that stands for all punctuation of scripts without spaces."""

# ── Words ───────────────────────────────────────────────────────────────────

_SOLID = (
    "\u0e00-\u109f\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u303b-\u303c\u3040-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Scripts read character by character."""

_INDIC = "\u0900-\u0963\u0966-\u096f\u0971-\u0dff"
"""Scripts whose vowel signs are part of a word, though `re` does not say so."""

_POSSESSIVE = r"'s(?![^\W_])(?<=[^\W_]'s)"  # begins with its rarest character, which `re` looks for first
_NOT_POSSESSIVE = r"(?!(?<=[^\W_]')s(?![^\W_]))"
_WORD = re.compile(rf"{BREAK}|[{_SOLID}]|{_NOT_POSSESSIVE}(?:[^\W_{_SOLID}{_INDIC}]+|[{_INDIC}]+)++")
_ASCII_POSSESSIVE = re.compile(_POSSESSIVE, re.ASCII)
_ASCII_BLANKED = "".join(chr(code) if chr(code).isalnum() else " " for code in range(128))


_FEW = 8


class Folded:
    """A text, folded once: its words, and where they stand in it."""

    def __init__(self, text: str) -> None:
        self._raw = text
        folded = text.lower() if text.isascii() else _fold(text)
        self._is_ascii = folded.isascii()
        self._folded = _blanked(folded) if self._is_ascii else folded
        """If it is ASCII, with blanks for all that is no word."""
        self._asked = 0
        self.words: list[str] = self._folded.split() if self._is_ascii else _WORD.findall(self._folded)

    @cached_property
    def spans(self) -> list[Span]:
        """Where each of its words stands in the raw text: with its diacritics, without its possessive."""
        stretches = [Span(*found.span()) for found in _WORD.finditer(self._folded)]
        if self._is_in_place:
            return stretches
        starts, ends = _origins(self._raw)
        return [Span(starts[start], ends[end - 1]) for start, end in stretches]

    def span(self, number: int) -> Span:
        """Where one of its words stands; for the first few that are asked for much faster than `spans`."""
        self._asked += 1
        if self._asked > _FEW or not (self._is_ascii and self._is_in_place):
            return self.spans[number]
        rest = self._folded.split(None, number)[number]
        start = len(self._folded) - len(rest)
        return Span(start, start + len(self.words[number]))

    @cached_property
    def _is_in_place(self) -> bool:
        """Whether each of its characters is folded to one, in its place."""
        return self._raw.isascii() or all(map(_keeps_places, set(_RUN.findall(self._raw))))


def words(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return Folded(text).words


def spans(text: str) -> list[Span]:
    """Where each of `words(text)` stands in `text`."""
    return Folded(text).spans


def _blanked(folded: str) -> str:
    """A folded text in ASCII with blanks for all that is no word."""
    if "'s" in folded:
        folded = _ASCII_POSSESSIVE.sub("  ", folded)
    return folded.translate(_ASCII_BLANKED)


def exact(word: str) -> str:
    """A word with its case and accents, without invisible characters."""
    return normalize("NFC", "".join(part for part in word if category(part) != "Cf"))


def cased(word: str) -> str:
    """A word with its case, without accents."""
    decomposed = normalize("NFKD", exact(word))
    return normalize("NFC", "".join(part for part in decomposed if not _is_accent(part)))


# ── Folding ─────────────────────────────────────────────────────────────────

_ATTACHED = "\u3099\u309a\uff9e\uff9f\u1160-\u11ff\ud7b0-\ud7fb"
"""What makes one letter with the character before: Japanese voicing marks and conjoining Hangul."""

_RUN = re.compile(rf"[^\x00-\x7f][^\x00-\x7f]{{0,31}}[{_ATTACHED}]{{0,8}}")
"""Short, because folded runs are remembered; begins with one character, which `re` finds twice as fast as several."""

_LETTER = re.compile(rf".[{_ATTACHED}]*", re.DOTALL)


def _fold(text: str) -> str:
    return _RUN.sub(_folded_run, text).lower()


def _folded_run(run: re.Match[str]) -> str:
    return _fold_run(run[0])


@lru_cache(maxsize=1 << 15)
def _fold_run(run: str) -> str:
    return "".join(map(_fold_letter, _LETTER.findall(run)))


@lru_cache(maxsize=1 << 15)
def _keeps_places(run: str) -> bool:
    """Whether each character of a run is folded to one, in its place."""
    return all(len(letter) == 1 == len(_fold_letter(letter)) for letter in _LETTER.findall(run))


def _origins(text: str) -> tuple[list[int], list[int]]:
    """Where what each character of the folded text was made from starts and ends in `text`."""
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for run in _RUN.finditer(text):
        starts += range(done, run.start())
        ends += range(done + 1, run.start() + 1)
        for letter in _LETTER.finditer(run[0]):
            start, end = run.start() + letter.start(), run.start() + letter.end()
            length = len(_fold_letter(letter[0]))
            if not length and ends and category(letter[0][0]).startswith("M"):
                ends[-1] = end  # an accent belongs to the letter before
            starts += [start] * length
            ends += [end] * length
        done = run.end()
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return starts, ends


_FORMS: dict[str, str] = {
    **dict.fromkeys("’‘‛ʼʻʹʾʿ′´＇׳", "'"),
    **dict.fromkeys("·•‧・･᛫", " "),  # between the parts of foreign names in Chinese and Japanese
    **dict.fromkeys("\u034f\u0640\u17b4\u17b5", ""),  # joiners, the Arabic stretch
    **{chr(code): "" for code in range(0xFE00, 0xFE10)},  # variation selectors
    **dict(zip("æœþøłđðħŧıŋ", ("ae", "oe", "th", *"olddhtin"), strict=True)),
    **dict(zip("ىیک", "ييك", strict=True)),  # Persian and final forms of Arabic letters
}
"""Forms of one character that Unicode does not fold."""


def _fold_letter(letter: str) -> str:
    first = letter[0]
    if first in _FORMS:
        return _FORMS[first]
    kind = category(first)
    if kind == "Cf":
        return ""
    if kind[0] in "PSZC":
        return BREAK if kind[0] == "P" and _is_east_asian(first) else " "
    decomposed = normalize("NFKD", normalize("NFKD", letter).casefold())
    return normalize("NFC", "".join(_FORMS.get(part, part) for part in decomposed if not _is_accent(part)))


def _is_east_asian(mark: str) -> bool:
    return "\u3001" <= mark <= "\u301f" or "\ufe10" <= mark <= "\ufe6f" or "\uff01" <= mark <= "\uff65"


def _is_accent(part: str) -> bool:
    """Whether a combining mark only colours its letter.

    Others are letters in their own right: Japanese voicing, Indic and Thai
    vowel signs and viramas.
    """
    position = combining(part)
    return position == 1 or 10 <= position <= 36 or position >= 200 or category(part) == "Me"
