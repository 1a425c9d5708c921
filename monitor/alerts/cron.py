"""Times in cron's notation: minute, hour, day of the month, month, day of the week.

Days of the week are names, or numbers with Sunday as 0 or 7; when both kinds
of day are given, either will do. A time that clocks put forward skip comes as
much later, and one that clocks put back repeat comes once: a digest is neither
lost nor sent twice a year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from monitor.alerts.hours import DAYS, UTC, moment

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FARTHEST = 8 * 366
"""Days looked ahead: a 29 February may be eight years away."""

_PART = re.compile(r"(\*|\w+)(?:-(\w+))?(?:/(\d+))?", re.ASCII)


class _Column(NamedTuple):
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    """What its numbers are called, from `least` on."""


_COLUMNS = (
    _Column("minute", 0, 59),
    _Column("hour", 0, 23),
    _Column("day of the month", 1, 31),
    _Column("month", 1, 12, MONTHS),
    _Column("day of the week", 0, 7, ("sun", *DAYS)),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """A time table."""

    text: str
    minutes: tuple[int, ...]
    """Of the day, in order."""
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """Monday is 0."""
    either: bool
    """Whether a day of the month or of the week is enough."""

    def next(self, after: float, zone: ZoneInfo) -> float | None:
        """The first of its times that is later than Unix time `after`; None when there is none for eight years."""
        today = datetime.fromtimestamp(after, zone).date()
        for ahead in range(FARTHEST):
            day = today + timedelta(ahead)
            if self._has(day):
                times = [at for minute in self.minutes if (at := moment(day, minute, zone)) > after]
                if times:
                    return min(times)  # not the first: a skipped time comes later than some that follow it
        return None

    def _has(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        of_month, of_week = day.day in self.days, day.weekday() in self.weekdays
        return of_month or of_week if self.either else of_month and of_week


def parse(text: str) -> Cron:
    """A time table from its five columns.

    Raises ValueError that names the column which is wrong.
    """
    written = text.split()
    if len(written) != len(_COLUMNS):
        raise ValueError(f"{text!r} has {len(written)} columns: a cron has five, such as 0 7,17 * * mon-fri")
    minutes, hours, days, months, weekdays = map(_numbers, written, _COLUMNS)
    cron = Cron(
        text=" ".join(written),
        minutes=tuple(sorted(hour * 60 + minute for hour in hours for minute in minutes)),
        days=days,
        months=frozenset((month - 1) % 12 + 1 for month in months),
        weekdays=frozenset((day - 1) % 7 for day in weekdays),
        either="*" not in (written[2][0], written[4][0]),
    )
    if cron.next(0.0, UTC) is None:
        raise ValueError(f"{text!r} never comes: no such day is in such a month")
    return cron


def _numbers(written: str, column: _Column) -> frozenset[int]:
    """The numbers that a column stands for."""
    return frozenset(number for part in written.split(",") for number in _range(part, column))


def _range(part: str, column: _Column) -> range:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"{part!r} is not a {column.name}")
    first, last, step = found.groups()
    if first == "*":
        start, end = column.least, column.most
    else:
        start = _number(first, column)
        end = _number(last, column) if last else column.most if step else start
    if end < start and column.names:  # sat-mon, nov-feb
        end += 7 if column.most == 7 else 12
    if end < start or step == "0" or (first == "*" and last):
        raise ValueError(f"{part!r} is not a {column.name}: it leads nowhere")
    return range(start, end + 1, int(step or 1))


def _number(name: str, column: _Column) -> int:
    if name.lower() in column.names:
        return column.least + column.names.index(name.lower())
    if not name.isdigit() or not column.least <= int(name) <= column.most:
        raise ValueError(f"{name!r} is not a {column.name}: it goes from {column.least} to {column.most}")
    return int(name)
