"""The desk's signals to its clients: which words, written how, mean what. Pure.

`TABLE` is the list; `opening` reads the signals that a text begins with,
`ending` those it ends with. A signal counts only where convention puts it, with
the colon, dash, bracket or number that convention demands: "UPDATE 2-Oil falls"
and "Update: oil falls" are updates, "Update on oil talks" is a headline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from monitor.model import Kind

_DASH = "[-‐‑‒–—―]"
_OPENING = (
    r"(?P<open>[(\[【]\s*)?(?P<words>WORDS)(?:\s*\((?:OFFICIAL|\d)\))?(?:"
    r"(?(open)\s*[)\]】](?:\s*[:：]|\s*" + _DASH + r"{1,3})?\s*|(?:"
    r"(?P<colon>\s*[:：|]\s*|\s*[*+!]{2,}\s*|\*\s+)"
    r"|(?P<spaced>\s+" + _DASH + r"{1,3}\s*|" + _DASH + r"{1,3}\s+|" + _DASH + r"{2,3})"
    r"|(?P<tight>" + _DASH + r")"
    r"|(?P<alone>\s*[.!*+]*\Z)"
    r"|(?P<blank>\s+))))"
)
_ENDING = (
    r"(?:(?P<open>\s*[(\[【]\s*)|\s+(?:" + _DASH + r"{1,3}|[|:])\s*|\s*" + _DASH + r"{2,3}\s*)"
    r"(?P<words>WORDS)(?:\s*\(OFFICIAL\))?(?(open)\s*[)\]】])[\s.*+–—-]*\Z"
)


class Style(Enum):
    """How sure the words alone are, and so what else they need."""

    DESK = auto()
    """Words of the trade: any case, any separator; a hyphen only before a capital ("Refile-Oil falls")."""
    ORDINAL = auto()
    """A number says it all: as DESK, and "LEAD" or "Ld" may stand before a blank ("2ND LEAD Oil falls")."""
    WORD = auto()
    """Also ordinary words: any case before a colon or spaced dash; before a hyphen in capitals only."""
    SHOUTED = auto()
    """Ordinary words that would silence news or call people out: in capitals only."""


OF_THE_DESK = (Style.DESK, Style.ORDINAL)
"""Words that nobody else uses so."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A row of the table. `words` is a pattern; its group `n` is the number."""

    words: str
    style: Style
    kind: Kind = Kind.NEWS
    genre: str = ""
    opening: re.Pattern[str] = field(init=False, repr=False)
    ending: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name, frame in (("opening", _OPENING), ("ending", _ENDING)):
            object.__setattr__(self, name, re.compile(frame.replace("WORDS", self.words), re.IGNORECASE))


@dataclass(frozen=True, slots=True)
class Found:
    """A signal in a text; `end` is where the rest begins (of an opening) or ends (of an ending)."""

    signal: Signal
    number: int
    edge: int


TABLE = (
    # do not use
    Signal(r"STORY (?:WITHDRAWN|KILLED|RETRACTED)", Style.DESK, Kind.WITHDRAWAL),
    Signal(r"WITHDRAW(?:N|AL)|RETRACT(?:ED|ION)", Style.SHOUTED, Kind.WITHDRAWAL),
    Signal(r"(?:MANDATORY |BULLETIN )?KILL(?:ED)?(?!-(?:SWITCH|SHOT|TEAM|ZONE)\b)", Style.SHOUTED, Kind.WITHDRAWAL),
    Signal(r"(?:STORY ON |PLEASE )?HOLD(?! FOR)(?!-(?:UP|OUT|OVER)\b)", Style.SHOUTED, Kind.HOLD),
    Signal(r"(?:STRICTLY )?EMBARGO(?:ED)?", Style.SHOUTED, Kind.EMBARGO),
    # something told was wrong
    Signal(r"(?:OFFICIAL )?CORRECTED", Style.DESK, Kind.CORRECTION),
    Signal(r"(?:OFFICIAL )?CORRECTION|CORRECTS|CLARIFICATION|CLARIFIED", Style.WORD, Kind.CORRECTION),
    # the same again
    Signal(r"REFILED?", Style.DESK, Kind.REFILE),
    Signal(r"RPT", Style.DESK, Kind.REPEAT),
    Signal(r"REPEAT(?:ED|ING)?(?!-OFFENDER)", Style.SHOUTED, Kind.REPEAT),
    # notes to editors
    Signal(r"(?:MEDIA |PRESS |COVERAGE )?ADVISORY|DIARY|(?:NEWS )?DIGEST|NEWS (?:COVERAGE|SCHEDULE|BUDGET)"
           r"|(?:NOTE TO|ATTENTION) EDITORS", Style.SHOUTED, Kind.ADVISORY),
    # the first lines of something big
    Signal(r"FLASH(?!-(?:FLOOD|POINT|SALE|MOB|CRASH|FIRE|BACK)\b)", Style.WORD, Kind.FLASH),
    Signal(r"(?:AP)?NEWS ?ALERT", Style.DESK, Kind.FLASH),
    Signal(r"BULLETIN|ALERT(?!-LEVEL)", Style.SHOUTED, Kind.FLASH),
    Signal(r"(?:AP )?NEWSBREAK", Style.DESK, Kind.URGENT),
    Signal(r"URGENT|BREAKING(?: NEWS)?", Style.WORD, Kind.URGENT),
    Signal(r"(?P<n>1)\s?(?:ST)?[ -]?(?:LEAD|LD)(?![ -]?WRITE)", Style.ORDINAL, Kind.URGENT),
    # longer versions
    Signal(r"(?P<n>\d{1,2})\s?(?:ST|ND|RD|TH|D)?[ -]?(?:LEAD|LD)(?:[ -]WRITE-?THRU)?", Style.ORDINAL, Kind.UPDATE),
    Signal(r"WRITE-?THRU", Style.DESK, Kind.UPDATE),
    Signal(r"(?:UPDATE|WRAP-?UP|LEAD)[ -]?(?P<n>\d{1,2})", Style.DESK, Kind.UPDATE),
    Signal(r"UPDATED?|WRAP-?UP", Style.WORD, Kind.UPDATE),
    Signal(r"LEAD", Style.SHOUTED, Kind.UPDATE),
    # kinds of text
    Signal(r"(?:AP )?EXCLUSIVE", Style.DESK, genre="exclusive"),
    Signal(r"(?:NEWS )?ANALYSIS", Style.DESK, genre="analysis"),
    Signal(r"FACT ?BOX", Style.DESK, genre="factbox"),
    Signal(r"EXPLAINER|AP EXPLAINS", Style.DESK, genre="explainer"),
    Signal(r"COLUMN", Style.DESK, genre="column"),
    Signal(r"OPINION", Style.WORD, genre="column"),
    Signal(r"LIVE(?: UPDATES?| ?BLOG| COVERAGE)?(?!-)", Style.WORD, genre="live"),
)  # fmt: skip

_SOME = re.compile("|".join(row.words.replace("?P<n>", "?:") for row in TABLE), re.IGNORECASE)
_DECORATION = re.compile(r"[\s*+=#•·>|]*")
_MAY_END = re.compile(r"[)\]】]\W*\Z|[-–—―|:]\s*[\w ()]{3,40}\W*\Z")
_LONGEST_ENDING = 60
_NEVER_AT_END = (Kind.FLASH, Kind.URGENT, Kind.EMBARGO, Kind.ADVISORY)
_AT_END_IN_ANY_CASE = ("analysis", "explainer", "live")


def opening(text: str, start: int = 0) -> Iterator[Found]:
    """The signals that `text` begins with from `start` on, one after another."""
    while found := _next(text, start):
        yield found
        start = found.edge


def ending(text: str) -> Found | None:
    """The signal that `text` ends with: after a spaced dash or bar, or in brackets."""
    if not _MAY_END.search(text):
        return None
    start = max(0, len(text) - _LONGEST_ENDING)
    for signal in TABLE:
        if signal.kind in _NEVER_AT_END:
            continue
        match = signal.ending.search(text, start)
        if match and match.start() > 0 and _fits_end(signal, match):
            return Found(signal, _number(match), match.start())
    return None


def _next(text: str, start: int) -> Found | None:
    start = _matched_end(_DECORATION, text, start)
    if not _SOME.match(text, start + (text[start : start + 1] in tuple("([【"))):
        return None
    for signal in TABLE:
        match = signal.opening.match(text, start)
        if match and _stands(signal, match, text):
            return Found(signal, _number(match), match.end())
    return None


def _stands(signal: Signal, match: re.Match[str], text: str) -> bool:
    """Whether the words are the desk's, by how they are written and what follows."""
    words, style = match["words"], signal.style
    capitals = words == words.upper()
    if style is Style.SHOUTED and not capitals:
        return False
    if match["open"] or match["colon"] is not None or match["spaced"] is not None:
        return True
    desk = style in OF_THE_DESK
    if match["alone"] is not None:
        return capitals or desk
    if match["blank"] is not None:
        if style is Style.ORDINAL and ("LEAD" in words or "LD" in words.upper()):
            return True
        return (capitals or desk) and _next(text, match.end()) is not None
    rest = text[match.end() :]
    if not rest or rest[0].isspace():
        return False
    if desk:
        return capitals or not rest[0].islower()
    return capitals and not rest[0].islower() and rest != rest.upper()


def _fits_end(signal: Signal, match: re.Match[str]) -> bool:
    words = match["words"]
    if words == words.upper() or signal.genre in _AT_END_IN_ANY_CASE:
        return True
    return signal.style is not Style.SHOUTED and bool(match["open"] or signal.kind is Kind.WITHDRAWAL)


def _number(match: re.Match[str]) -> int:
    return int(match.groupdict().get("n") or 0)


def _matched_end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
