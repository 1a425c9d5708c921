"""How often a document asks to be looked at, from what its head says. Pure.

`ttl` counts minutes, skipHours and skipDays name hours and days in GMT (RSS 2.0,
and 0.91, which counts the last hour as 24); feedparser loses both. Of
`sy:updatePeriod` the hourly one is nobody's wish: WordPress says it for every
feed that it writes.
"""

from __future__ import annotations

import re

from feedparser import FeedParserDict

from monitor.ingest.mend import Mended
from monitor.model import Cadence

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {"hourly": 3600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0}
_UNCHOSEN = _PERIODS["hourly"]
_FIRST_ITEM = re.compile(r"<(?:[a-z][\w.-]*:)?(?:item|entry)[\s>]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LONGEST = 65_536
_SKIPPED = re.compile(r"<skip(Hours|Days)>(.{0,2000}?)</skip\1>", re.IGNORECASE | re.DOTALL)
_ONE = re.compile(r"<(?:hour|day)>\s*(\w{1,9})\s*<", re.IGNORECASE)


def read(document: Mended, head: FeedParserDict) -> Cadence:
    """That of a document; `head` is what feedparser made of it."""
    hours: set[int] = set()
    days: set[int] = set()
    for skipped in _SKIPPED.finditer(_COMMENT.sub("", _around_items(document))):
        for one in _ONE.findall(skipped[2]):
            if one.lower() in _DAYS:
                days.add(_DAYS.index(one.lower()))
            elif (number := _number(one)) is not None and number <= 24:
                hours.add(number % 24)
    ttl = 60.0 * (_number(head.get("ttl")) or 0)
    return Cadence(max(ttl, _syndication(head)), tuple(sorted(hours)), tuple(sorted(days)))


def _syndication(head: FeedParserDict) -> float:
    period = _PERIODS.get((head.get("sy_updateperiod") or "").strip().lower(), 0.0)
    wished = period / (_number(head.get("sy_updatefrequency")) or 1)
    return 0.0 if wished == _UNCHOSEN else wished


def _around_items(document: Mended) -> str:
    """A document without its items, or what stands before them where their places are in doubt."""
    if document.items:
        before, after = document.text[: document.items[0][0]], document.text[document.items[-1][1] :]
        return before[:_LONGEST] + after[-_LONGEST:]
    first = _FIRST_ITEM.search(document.text)
    return document.text[: first.start() if first else None][:_LONGEST]


def _number(written: str | None) -> int | None:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 8 else None
