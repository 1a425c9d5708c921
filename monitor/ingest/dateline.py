"""Where a text says it comes from: dateline, byline, credit line. Pure.

Only these name an agency's copy. An agency in the running text, in a photo
credit ("Xinhua via AP") or as the source of a quote does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AGENCIES = {
    "AFP": "AFP|Agence France[- ]Presse",
    "AP": "AP|(?:The )?Associated Press",
    "Reuters": r"(?:Thomson )?Reuters(?: Breakingviews)?",
    "dpa": "dpa(?:-AFX)?|Deutsche Presse-Agentur",
    "Xinhua": "Xinhua(?: News Agency)?|新华社",
    "TASS": "(?:ITAR-)?TASS|ТАСС",
    "RIA Novosti": "RIA(?: Novosti)?|РИА Новости",
    "Interfax": "Interfax(?:-[A-Z][a-z]+)?|Интерфакс",
    "Sputnik": "Sputnik",
    "Ukrinform": "Ukrinform",
    "UNIAN": "UNIAN",
    "Bloomberg": "Bloomberg(?: News)?",
    "Dow Jones": "Dow Jones(?: Newswires)?",
    "UPI": "UPI|United Press International",
    "PA": "PA(?: Media)?|Press Association",
    "CP": "CP|(?:The )?Canadian Press",
    "AAP": "AAP|Australian Associated Press",
    "EFE": "EFE",
    "ANSA": "ANSA",
    "Lusa": "Lusa",
    "Belga": "Belga",
    "ANP": "ANP",
    "NTB": "NTB",
    "TT": "TT",
    "STT": "STT",
    "Ritzau": "Ritzau",
    "APA": "APA",
    "ATS": "ATS|Keystone-(?:ATS|SDA)",
    "PAP": "PAP",
    "CTK": "CTK|ČTK",
    "MTI": "MTI",
    "BTA": "BTA",
    "Agerpres": "Agerpres",
    "Tanjug": "Tanjug",
    "Kyodo": "Kyodo(?: News)?|共同",
    "Jiji": "Jiji(?: Press)?|時事",
    "Yonhap": "Yonhap|연합뉴스",
    "KCNA": "KCNA",
    "CNA": "CNA|中央社",
    "PTI": "PTI|Press Trust of India",
    "ANI": "ANI",
    "IANS": "IANS",
    "APP": "APP",
    "Antara": "Antara",
    "Bernama": "Bernama",
    "VNA": "VNA",
    "Anadolu": "AA|Anadolu(?: Agency)?",
    "IRNA": "IRNA",
    "SANA": "SANA",
    "SPA": "SPA",
    "WAM": "WAM",
    "MENA": "MENA",
    "QNA": "QNA",
    "Petra": "Petra",
}
"""Agencies, and how they sign."""

_ANY_AGENCY = "|".join(f"(?P<a{index}>{pattern})" for index, pattern in enumerate(_AGENCIES.values()))
_NAMES = tuple(_AGENCIES)
_AGENCY = re.compile(rf"(?:{_ANY_AGENCY})\Z")
_CREDIT_LINE = re.compile(rf"[\s(/©–—-]*(?:{_ANY_AGENCY})[\s)/.]*\Z")

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?"
_DASH = r"\s*(?:[-‐‑‒–—―]{1,3}|:)\s*"
_CITY = r"[A-ZÀ-ÖØ-ÞЀ-Я一-鿿][\w .’'/-]{1,40}?"
_SHOUTED_CITY = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .’'/-]{1,40}"
_REGION = r"(?:, (?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[A-Z][\w. ]{1,30}?)?"
_SIGNED = re.compile(
    rf"(?P<place>{_CITY}{_REGION})?(?:[,.]? ?{_DAY}[,.]?)?\s*"
    rf"[(/](?P<credit>[^()/\d\n]{{2,40}})(?P<close>[)/])\.?(?:(?P<dash>{_DASH})|\s+)"
)
_UNSIGNED = re.compile(rf"(?P<place>{_SHOUTED_CITY}{_REGION})(?:, {_DAY})?\s*(?:[–—―]|--)\s*(?=[\"'“‘«]?\w)")
_BETWEEN = re.compile(r"\s*[,|/]\s*|\s+(?:of|for|and|with)\s+")
_BYLINE = re.compile(
    r"(?:By|BY|Par|Von|Por)(?P<who>(?:,?\s+(?:[A-ZÀ-ÖØ-ÞЀ-Я][\w.'’-]*|and|of|for|in|de|da|di|van|von|der|den|al|el|bin"
    r"|with|et|und|y|&|[|/])){1,16})[.\s]*\Z"
)
_TRAILER = re.compile(
    r"\W*(?:(?:additional |further )?(?:reporting|writing|editing|compiled|graphic) by\b"
    r"|(?:©|\(c\)|copyright)\s|all rights reserved|ends?\W*\Z|-?\s?0\s?-"
    r"|(?:bur-)?[a-z]{2,4}(?:[-/][a-z]{2,4}){1,5}\W*\Z)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(r"\s*[(\[](?:[A-Z]\w+ )?(?:[Rr]eporting|[Ww]riting|[Ee]diting) by [^()\n]{3,400}[)\]]\s*\Z")


@dataclass(frozen=True, slots=True)
class Dateline:
    """Place and agency at the head of a text; `end` is where its words begin."""

    place: str
    credit: str
    end: int


def agency(words: str) -> str:
    """The agency that `words` name and nothing else, by its usual name; empty when none."""
    return _known(_AGENCY.match(words.strip()))


def agency_among(names: str) -> str:
    """The agency that a byline names beside people: `Joe Smith, Associated Press`, not `Petra Smith`."""
    return next(filter(None, map(agency, _BETWEEN.split(names))), "")


def read(text: str, start: int) -> Dateline | None:
    """`BEIJING, March 30 (AFP) -`, `MOSCOW. March 30 /TASS/.`, `(Reuters) -`, `TUNXI, China —` at `start`.

    Brackets that hold no agency we know still sign a text when a place in
    capitals stands before them: `LOS ANGELES (KTLA) —`.
    """
    signed = _SIGNED.match(text, start)
    if signed:
        place, credit = (signed["place"] or "").strip(), signed["credit"].strip()
        known, shouted = agency(credit), place.partition(",")[0].isupper()
        marked = signed["dash"] is not None or signed["close"] == "/"
        if (known and (marked or shouted)) or (marked and shouted and credit[0].isupper()):
            return Dateline(place, known or credit, signed.end())
    unsigned = _UNSIGNED.match(text, start)
    if unsigned:
        return Dateline(unsigned["place"].strip(), "", unsigned.end())
    return None


def byline(line: str) -> str:
    """Who wrote it, when the line is a byline."""
    found = _BYLINE.match(line.strip())
    return found["who"].strip() if found else ""


def credit_line(line: str) -> str:
    """The agency, when the line names one and nothing else."""
    return _known(_CREDIT_LINE.match(line)) if len(line) < 60 else ""


def is_trailer(line: str) -> bool:
    """Whether a last line is the desk's: who reported and edited, rights, END, initials."""
    return len(line) < 400 and _TRAILER.match(line) is not None


def sign_off(text: str, start: int, end: int) -> int:
    """Where the text ends without "(Reporting by …)" at the end of its last line."""
    found = _SIGN_OFF.search(text, max(start, end - 500), end)
    return found.start() if found else end


def _known(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    index = next(name for name, value in found.groupdict().items() if value is not None and name.startswith("a"))
    return _NAMES[int(index[1:])]
