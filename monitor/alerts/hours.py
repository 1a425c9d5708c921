"""Hours of the week as people write them, in a zone: `{hours: "22:00-06:30", days: mon-fri, zone: Europe/Berlin}`.

Hours that end before they begin end on the next day; `days` are those on which
they begin. Where clocks are put forward, a time that does not exist comes as
much later as the clocks moved; where they are put back, hours begin with the
first and end with the second of the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

UTC = ZoneInfo("UTC")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES_A_DAY = 24 * 60

_HOURS = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*", re.ASCII)


class Span(NamedTuple):
    """A stretch of a day, in minutes after midnight; one that ends before it begins ends on the next day."""

    start: int
    end: int


def _span(value: object) -> object:
    if isinstance(value, Span):
        return value
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} are not hours: write them such as 22:00-06:30")
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    span = Span(start_hour * 60 + start_minute, end_hour * 60 + end_minute)
    if max(start_minute, end_minute) > 59 or span.start >= MINUTES_A_DAY or span.end > MINUTES_A_DAY:
        raise ValueError(f"{value!r} are not hours of a day: they go from 00:00 to 24:00")
    if span.start == span.end:
        raise ValueError(f"{value!r} begin and end at once: leave `hours` out to mean whole days")
    return span


def _days(value: object) -> object:
    """Days by name, alone, listed or from one to another, as numbers; Monday is 0."""
    if isinstance(value, frozenset):
        return value
    written = value if isinstance(value, list | tuple) else [value]
    return frozenset(day for entry in written for day in _named(entry))


def _named(entry: object) -> Sequence[int]:
    first, dash, last = entry.lower().partition("-") if isinstance(entry, str) else ("", "", "")
    if first not in DAYS or (dash and last not in DAYS):
        raise ValueError(f"{entry!r} is not a day of the week: write {', '.join(DAYS)}, or two of them such as mon-fri")
    start, end = DAYS.index(first), DAYS.index(last if dash else first)
    return [day % 7 for day in range(start, end + 1 if end >= start else end + 8)]


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(value: object) -> object:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(str(value), _zones(), n=1)
        mend = f"did you mean {near[0]}?" if near else "write one of the IANA's, such as Europe/Berlin"
        raise ValueError(f"there is no time zone {value!r}; {mend}") from None


_Day = Annotated[str, Field(pattern=rf"^({'|'.join(DAYS)})(-({'|'.join(DAYS)}))?$")]
_Hours = Annotated[str, Field(pattern=r"^\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}\s*$", examples=["22:00-06:30"])]

Zone = Annotated[ZoneInfo, BeforeValidator(_zone, json_schema_input_type=str)]
"""A pydantic field that is written as an IANA zone, such as `Europe/Berlin`."""


class Hours(BaseModel):
    """Hours that come again each week."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hours: Annotated[Span, BeforeValidator(_span, json_schema_input_type=_Hours)] = Field(
        default=Span(0, MINUTES_A_DAY), description='From and to, such as "22:00-06:30"; whole days, when left out.'
    )
    days: Annotated[frozenset[int], BeforeValidator(_days, json_schema_input_type=_Day | list[_Day])] = Field(
        default=frozenset(range(7)), description="Days on which they begin, such as [mon-fri]; all, when left out."
    )
    zone: Zone = Field(default=UTC, description="Time zone, such as Europe/Berlin; UTC when left out.")

    def __str__(self) -> str:
        """As an editor would write it in a line: `22:00-06:30 mon-fri Europe/Berlin`."""
        hours = "" if self.hours == (0, MINUTES_A_DAY) else f"{_clock(self.hours.start)}-{_clock(self.hours.end)}"
        days = "" if len(self.days) == len(DAYS) else ",".join(_stretches(sorted(self.days)))
        return " ".join(filter(None, (hours, days or ("" if hours else "every day"), self.zone.key)))

    def end(self, at: float) -> float | None:
        """When the hours end that last at Unix time `at`; None when none do."""
        today = datetime.fromtimestamp(at, self.zone).date()
        return next((end for start, end in map(self._on, (today, today - timedelta(1))) if start <= at < end), None)

    def _on(self, day: date) -> tuple[float, float]:
        """From when to when the hours that begin on a day last; an empty stretch on other days."""
        if day.weekday() not in self.days:
            return 0.0, 0.0
        start, end = self.hours
        end_day = day + timedelta(end <= start)
        return moment(day, start, self.zone), max(moment(end_day, end, self.zone, fold) for fold in (0, 1))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _stretches(days: Sequence[int]) -> list[str]:
    """Days by name, three and more that follow one another from the first to the last."""
    if not days:
        return []
    run = next((number for number in range(len(days), 0, -1) if days[number - 1] == days[0] + number - 1), 1)
    first, last = DAYS[days[0]], DAYS[days[run - 1]]
    return [f"{first}-{last}", *_stretches(days[run:])] if run > 2 else [first, *_stretches(days[1:])]


def moment(day: date, minute: int, zone: ZoneInfo, fold: int = 0) -> float:
    """Unix time of a minute of a day by the clocks of a zone; of two, the first, or with `fold` 1 the second."""
    days, of_day = divmod(minute, MINUTES_A_DAY)
    clock = time(of_day // 60, of_day % 60, tzinfo=zone, fold=fold)
    return datetime.combine(day + timedelta(days), clock).timestamp()
