"""The desk's notes on its own text: what it corrected, added, or took back. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.model import Kind

_LONGEST = 400

_KINDS = (
    (re.compile(r"correct|clarif", re.IGNORECASE), Kind.CORRECTION),
    (re.compile(r"kill|withdraw|do not use|disregard", re.IGNORECASE), Kind.WITHDRAWAL),
    (re.compile(r"refil|fix|restor", re.IGNORECASE), Kind.REFILE),
    (re.compile(r"repeat", re.IGNORECASE), Kind.REPEAT),
    (re.compile(r"add|updat|recast|writ", re.IGNORECASE), Kind.UPDATE),
)
_VERB = (
    r"(?:corrects|corrected|correcting|correction|clarifies|refiles|refiled|fixes|restores|repeats|repeating|adds"
    r"|updates|recasts|rewrites|writes through|removes|deletes|drops)"
)
_IN_BRACKETS = re.compile(rf"[(\[]\s*(?P<verb>{_VERB})\b[ ,:;][^()\[\]]{{3,{_LONGEST}}}[)\]]", re.IGNORECASE)
_TO_EDITORS = re.compile(
    r"[(\[]?(?:eds\.?\s*:|eds\.\s|(?:note to |attention )?editors?(?:['’]s note)?\s*(?::|[-–—]\s))", re.IGNORECASE
)
_BULLET = re.compile(r"(?:\*\s*)?(?P<verb>corrects)\s\S", re.IGNORECASE)

_SUBJECT = r"(?:story|article|report|item|post|piece|dispatch|version|alert|headline)"
_CORRECTION = re.compile(
    rf"^\W*(?:an? (?:earlier|previous) version of (?:this|the) {_SUBJECT}\b"
    rf"|this (?:\w+\.? \d{{1,2}} )?{_SUBJECT}\b[^.\n]{{0,60}}?\b(?:corrects|corrected|amended|clarifies)\b"
    r"|correction(?: \([^()\n]{1,30}\)|,? [^:.\n]{1,20})?\s?[:—]\s?(?=\S)"
    r"|a correction was made\b)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_WITHDRAWAL = re.compile(
    rf"\W*(?:this {_SUBJECT}\b[^.\n]{{0,80}}?\b(?:has been|is being|is|was) (?:withdrawn|retracted|killed)\b"
    rf"|the {_SUBJECT} (?:headlined|slugged|titled|moved|above|below)\b[^\n]{{0,200}}? (?:withdrawn|retracted|killed)\b"
    rf"|(?:we have|we are|\w+ has|\w+ is) withdraw(?:n|ing) (?:this|its|our|the) {_SUBJECT}\b"
    rf"|(?:please )?(?:kill|disregard|do not use|ignore) (?:the|this|our) {_SUBJECT}\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its words, the kind it makes the text (None: it says nothing of that), and where it ends."""

    words: str
    kind: Kind | None
    end: int


def heading(line: str) -> Note | None:
    """A note that a line begins with: "(Corrects spelling in paragraph 2)", "Eds: Adds quotes"."""
    for pattern in (_IN_BRACKETS, _BULLET):
        if found := pattern.match(line):
            end = found.end() if pattern is _IN_BRACKETS else len(line)
            return Note(_trim(line[:end]), _kind(found["verb"]), end)
    if _TO_EDITORS.match(line) and len(line) <= _LONGEST:
        return Note(_trim(line), _kind(line), len(line))
    return None


def correction(text: str, start: int) -> Note | None:
    """The first line from `start` on in which the text says of itself that it was corrected."""
    found = _CORRECTION.search(text, start)
    return Note(_trim(found[0]), Kind.CORRECTION, found.end()) if found else None


def own_correction(line: str) -> bool:
    """Whether a whole line is such a note."""
    return _CORRECTION.match(line) is not None


def withdrawal(line: str) -> Note | None:
    """A first line in which the text takes itself back."""
    found = _WITHDRAWAL.match(line)
    return Note(_trim(line), Kind.WITHDRAWAL, len(line)) if found else None


def _kind(words: str) -> Kind | None:
    return next((kind for pattern, kind in _KINDS if pattern.search(words)), None)


def _trim(words: str) -> str:
    return words.strip(" \t*()[]")[:_LONGEST]
