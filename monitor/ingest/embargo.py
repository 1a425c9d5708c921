"""Until when a text must not be told, in the desk's own words. Pure.

"EMBARGOED UNTIL 10:00 GMT March 30", "Strictly embargoed to 0001 BST, Thursday
31 March 2022", "Embargo: 2022-03-30T10:00Z", "HOLD FOR RELEASE 6 a.m. ET".
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_STATEMENT = re.compile(
    r"\W{0,3}(?:(?:strictly |news )?embargoed(?: for (?:release|publication))?|embargo(?=\s*:|\s+(?:un)?till?\b)"
    r"|hold for release|not for (?:publication|release|use|broadcast))"
    r"\s*:?\s*(?:(?:until|till|before|to|from|on|at)\s+)*",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    "z": 0, "gmt": 0, "utc": 0, "bst": 1, "cet": 1, "cest": 2, "eet": 2, "eest": 3, "msk": 3, "ist": 5.5, "hkt": 8,
    "sgt": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "est": -5, "edt": -4, "et": -5, "cst": -6, "cdt": -5,
    "ct": -6, "mst": -7, "mdt": -6, "mt": -7, "pst": -8, "pdt": -7, "pt": -8,
}  # fmt: skip
"""Hours ahead of UTC. Where summer time is left open (ET) the later hour holds: rather late than early."""

_ISO = r"(?P<iso>\d{4}-\d\d-\d\d)(?:[T ](?P<iso_hour>\d\d):?(?P<iso_minute>\d\d)(?::\d\d)?)?"
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?::\d\d)?)?\s*(?P<half>[ap])\.?m\b\.?"
    r"|(?P<hour24>\d{1,2})[:.](?P<minute24>\d\d)(?::\d\d)?(?!\d)"
    r"|(?P<military>[0-2]\d[0-5]\d)(?=\s*(?:z\b|hrs?\b|hours\b|gmt|utc|[a-z]{2,4}\b))"
    r"|(?P<noon>noon)|(?P<midnight>midnight)"
)
_DATE = (
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
    r"(?:\s+(?P<day_after>\d{1,2})(?:st|nd|rd|th)?(?!\d|:\d))?(?:,?\s+(?P<year>20\d\d))?"
)
_ZONE = (
    r"(?P<zone>"
    + "|".join(sorted(_ZONES, key=len, reverse=True))
    + r")\b|(?P<offset>[+-]\d\d):?(?P<offset_minute>\d\d)"
)
_FILLING = r"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)day|on|at|of|the|hrs?|hours|local time)\b|[,;()]"
_PART = re.compile(rf"\s*(?:{_ISO}|{_DATE}|{_TIME}|{_ZONE}|{_FILLING})", re.IGNORECASE)
_OPEN_ENDED = re.compile(r"\W{0,3}EMBARGOED (?:UNTIL|TILL) (?:[A-Z]+ ?){1,5}(?=\W)")
_BREAK = re.compile(r"[\s.)\]]*(?:[:|]\s*|[-–—]{1,3}\s*|\Z)")


@dataclass(frozen=True, slots=True)
class Embargo:
    """An embargo's end (None: not said, or not understood), and where the words about it end."""

    until: float | None
    end: int


def read(line: str, start: int, now: float | None) -> Embargo | None:
    """The embargo that `line` states from `start` on; None when it states none.

    It must say a time, unless in capitals, and end there: "Embargo until May 1
    agreed" is news.
    What is not said is taken from `now` (Unix seconds): the year that brings
    the date nearest, the day that brings the hour nearest. Without a zone it is
    UTC.
    """
    statement = _STATEMENT.match(line, start)
    if statement is None:
        return None
    parts: dict[str, str] = {}
    end = statement.end()
    while part := _PART.match(line, end):
        parts |= {name: value for name, value in part.groupdict().items() if value and name not in parts}
        end = part.end()
    if parts and (rest := _BREAK.match(line, end)):
        return Embargo(_moment(parts, now), rest.end())
    if (open_ended := _OPEN_ENDED.match(line, start)) and (rest := _BREAK.match(line, open_ended.end())):
        return Embargo(None, rest.end())
    return None


def _moment(parts: dict[str, str], now: float | None) -> float | None:
    clock = _clock(parts)
    try:
        day = _day(parts, now, clock)
        if day is None or clock is None:
            return None
        return (day + clock - _offset(parts)).timestamp()
    except (ValueError, OverflowError):
        return None


def _clock(parts: dict[str, str]) -> timedelta | None:
    """The time of day; midnight when only a date is given."""
    if "noon" in parts:
        return timedelta(hours=12)
    if "military" in parts:
        return timedelta(hours=int(parts["military"][:2]), minutes=int(parts["military"][2:]))
    if "hour" in parts:
        hour = int(parts["hour"]) % 12 + (12 if parts["half"].lower() == "p" else 0)
        return timedelta(hours=hour, minutes=int(parts.get("minute", 0)))
    hour = int(parts.get("iso_hour") or parts.get("hour24") or 0)
    minute = int(parts.get("iso_minute") or parts.get("minute24") or 0)
    return timedelta(hours=hour, minutes=minute) if hour <= 24 and minute < 60 else None


def _day(parts: dict[str, str], now: float | None, clock: timedelta | None) -> datetime | None:
    if "iso" in parts:
        return datetime.fromisoformat(parts["iso"]).replace(tzinfo=UTC)
    today = None if now is None else datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    number = parts.get("day") or parts.get("day_after")
    if "month" not in parts or number is None:
        return _nearest([today + timedelta(days=n) for n in (-1, 0, 1)], now, clock) if today else None
    month = _MONTHS.index(parts["month"].lower()) + 1
    if "year" in parts:
        return datetime(int(parts["year"]), month, int(number), tzinfo=UTC)
    if today is None:
        return None
    years = range(today.year - 1, today.year + 2)
    dates = (f"{year}-{month:02}-{int(number):02}" for year in years if int(number) <= monthrange(year, month)[1])
    return _nearest([datetime.fromisoformat(date).replace(tzinfo=UTC) for date in dates], now, clock)


def _nearest(days: list[datetime], now: float | None, clock: timedelta | None) -> datetime:
    at = (now or 0.0) - (clock or timedelta()).total_seconds()
    return min(days, key=lambda day: abs(day.timestamp() - at))


def _offset(parts: dict[str, str]) -> timedelta:
    if "offset" in parts:
        sign = -1 if parts["offset"].startswith("-") else 1
        return sign * timedelta(hours=abs(int(parts["offset"])), minutes=int(parts["offset_minute"]))
    return timedelta(hours=_ZONES[parts["zone"].lower()] if "zone" in parts else 0)
