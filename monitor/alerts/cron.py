"""Times in cron's notation: minute, hour, day of the month, month, day of the week, as Debian's cron reads them.

Days of the week are names, or numbers with Sunday as 0 or 7; when both kinds
of day are given, either will do. A time that clocks put forward skip comes as
soon as there is one again, and one that clocks put back repeat comes once: a
digest is neither lost nor sent twice a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from monitor.alerts.hours import UTC

_COLUMNS = 5  # cronsim knows a sixth, of seconds


@dataclass(frozen=True, slots=True)
class Cron:
    """A time table."""

    text: str

    def next(self, after: float, zone: ZoneInfo) -> float | None:
        """The first of its times that is later than Unix time `after`; None when there is none for decades."""
        times = CronSim(self.text, datetime.fromtimestamp(after, zone))
        return next((at.timestamp() for at in times if at.timestamp() > after), None)


def parse(text: str) -> Cron:
    """A time table from its five columns. Raises ValueError that names the column which is wrong."""
    written = text.split()
    if len(written) != _COLUMNS:
        raise ValueError(f"{text!r} has {len(written)} columns: a cron has five, such as 0 7,17 * * mon-fri")
    cron = Cron(" ".join(written))
    try:
        first = cron.next(0.0, UTC)
    except CronSimError as error:
        raise ValueError(f"{text!r} is not a cron: {str(error).replace('Bad', 'it has a bad')}") from None
    if first is None:
        raise ValueError(f"{text!r} never comes: no such day is in such a month")
    return cron
