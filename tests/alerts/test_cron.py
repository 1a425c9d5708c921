"""Times in cron's notation, also where clocks are changed: in Berlin on 2026-03-29 and 2026-10-25."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from monitor.alerts.cron import parse
from tests.alerts.clocks import at, said

BERLIN = "Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "after", "comes"),
    [
        pytest.param("0 7 * * *", "2026-03-10 06:59", "tue 2026-03-10 07:00", id="today"),
        pytest.param("0 7 * * *", "2026-03-10 07:00", "wed 2026-03-11 07:00", id="later than, not at"),
        pytest.param("0 7,17 * * mon-fri", "2026-03-13 12:00", "fri 2026-03-13 17:00", id="twice a day"),
        pytest.param("0 7,17 * * mon-fri", "2026-03-13 17:00", "mon 2026-03-16 07:00", id="over the weekend"),
        pytest.param("*/20 * * * *", "2026-03-10 12:41", "tue 2026-03-10 13:00", id="steps"),
        pytest.param("5-59/20 9 * * *", "2026-03-10 09:26", "tue 2026-03-10 09:45", id="steps of a range"),
        pytest.param("30/10 9 * * *", "2026-03-10 09:41", "tue 2026-03-10 09:50", id="steps from a minute"),
        pytest.param("0 0 * * 0", "2026-03-10 12:00", "sun 2026-03-15 00:00", id="0 is Sunday"),
        pytest.param("0 0 * * 7", "2026-03-10 12:00", "sun 2026-03-15 00:00", id="7 is Sunday"),
        pytest.param("0 0 * * 1", "2026-03-10 12:00", "mon 2026-03-16 00:00", id="1 is Monday"),
        pytest.param("0 0 * * 6-7", "2026-03-14 12:00", "sun 2026-03-15 00:00", id="to Sunday"),
        pytest.param("0 0 13 * fri", "2026-03-14 12:00", "fri 2026-03-20 00:00", id="either day: Friday"),
        pytest.param("0 0 13 * fri", "2026-04-11 12:00", "mon 2026-04-13 00:00", id="either day: the 13th"),
        pytest.param("0 0 29 2 *", "2026-03-10 12:00", "tue 2028-02-29 00:00", id="leap day"),
        pytest.param("30 2 * * *", "2026-03-28 12:00", "sun 2026-03-29 03:00", id="a skipped time comes later"),
        pytest.param("30 2 * * *", "2026-03-29 03:00", "mon 2026-03-30 02:30", id="and only once"),
        pytest.param("0,30 2,3 * * *", "2026-03-29 01:00", "sun 2026-03-29 03:00", id="in order of the hour that is"),
        pytest.param("30 2 * * *", "2026-10-25 00:00", "sun 2026-10-25 02:30", id="the first of two equal times"),
        pytest.param("30 2 * * *", "2026-10-25 02:30", "mon 2026-10-26 02:30", id="not the second"),
    ],
)
def test_the_next_time(text: str, after: str, comes: str) -> None:
    assert said(parse(text).next(at(after, BERLIN), ZoneInfo(BERLIN)), BERLIN) == comes


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("0 7 * *", "has 4 columns: a cron has five", id="four columns"),
        pytest.param("@daily", "has 1 columns", id="a nickname"),
        pytest.param("60 7 * * *", "bad minute", id="minute"),
        pytest.param("0 24 * * *", "bad hour", id="hour"),
        pytest.param("0 7 0 * *", "bad day-of-month", id="day"),
        pytest.param("0 7 * 13 *", "bad month", id="month"),
        pytest.param("0 7 * * 8", "bad day-of-week", id="day of the week"),
        pytest.param("0 7 * * funday", "bad day-of-week", id="name"),
        pytest.param("9-5 7 * * *", "bad minute", id="range backwards"),
        pytest.param("*/0 7 * * *", "bad minute", id="no step"),
        pytest.param("1,,2 7 * * *", "bad minute", id="nothing between commas"),
        pytest.param("0 0 31 2 *", "bad day-of-month", id="31 February"),
        pytest.param("0 0 31 4,6 *", "bad day-of-month", id="31 April or June"),
    ],
)
def test_what_is_no_cron(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(text)
