"""Texts as folded words, so that spelling habits do not hide equal texts.

Case, diacritics, width and quote forms are folded; dashes and punctuation only
separate. Scripts that write no spaces become overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata

Words = tuple[str, ...]

_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"  # accents, Hebrew points, Arabic vowels
    "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]+"  # seen by nobody
)
_STROKED = str.maketrans("łøđħŧı", "lodhti")  # letters that Unicode does not take apart
_TYPESET = dict(zip("‘’“”–—…\u00a0", "''\"\"--. ", strict=True))
"""What is not ASCII in most English texts: without it they are folded ten times as fast."""
_POSSESSIVE = re.compile(r"['’ʼ‘`´](?<=\w.)s\b")
_INDIC = "\u0900-\u0963\u0966-\u0dff"  # vowel signs there are not \w
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_WORD = re.compile(rf"\d{{1,15}}(?:[.,:]\d{{1,15}}){{0,3}}|(?:[^\W\d_]|[{_INDIC}]){{1,64}}\d{{0,9}}|[%$€£¥₹₽]")
"""A number or a word; a run longer than any word is several."""
_ASCII_WORD = re.compile(r"[a-z]{1,64}\d{0,9}|\d{1,15}(?:[.,:]\d{1,15}){0,3}|[%$]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SAME = {"%": "percent", "pct": "percent", "cent": "percent"}  # "per cent": `per` is a function word


def fold(text: str) -> str:
    """The text without differences of case, accent, width or invisible characters."""
    if not text.isascii():
        for typeset, plain in _TYPESET.items():
            text = text.replace(typeset, plain)
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare).translate(_STROKED)


def words(text: str) -> Words:
    """The words of a text, folded; numbers without thousands separators."""
    folded = _POSSESSIVE.sub("", fold(text))
    if "," in folded:
        folded = _THOUSANDS.sub("", folded)
    found = _ASCII_WORD.findall(folded) if folded.isascii() else _WORD.findall(_UNSPACED_RUN.sub(_pairs, folded))
    return tuple(found) if _SAME.keys().isdisjoint(found) else tuple(_SAME.get(word, word) for word in found)


def _pairs(run: re.Match[str]) -> str:
    """`外长王毅` as ` 外长 长王 王毅 `."""
    written = run[0]
    pairs = (written[at : at + 2] for at in range(max(1, len(written) - 1)))
    return f" {' '.join(pairs)} "
