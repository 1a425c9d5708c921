"""Hours of the week, also where clocks are changed: in Berlin on 2026-03-29 at 02:00 and on 2026-10-25 at 03:00."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from monitor.alerts.hours import DAYS, Hours
from tests.alerts.clocks import at, said

BERLIN = "Europe/Berlin"


def hours(**written: object) -> Hours:
    return Hours.model_validate({"zone": BERLIN, **written})


NIGHT = {"hours": "22:00-06:30"}


@pytest.mark.parametrize(
    ("written", "now", "end"),
    [
        pytest.param(NIGHT, "2026-03-10 21:59", "never", id="before they begin"),
        pytest.param(NIGHT, "2026-03-10 22:00", "wed 2026-03-11 06:30", id="as they begin"),
        pytest.param(NIGHT, "2026-03-11 03:00", "wed 2026-03-11 06:30", id="after midnight"),
        pytest.param(NIGHT, "2026-03-11 06:30", "never", id="as they end"),
        pytest.param({"hours": "08:00-17:00"}, "2026-03-10 12:00", "tue 2026-03-10 17:00", id="within a day"),
        pytest.param({"hours": "08:00–17:00"}, "2026-03-10 12:00", "tue 2026-03-10 17:00", id="en dash"),
        pytest.param({"hours": "18:00-24:00"}, "2026-03-10 23:59", "wed 2026-03-11 00:00", id="to midnight"),
        pytest.param({"hours": "18:00-00:00"}, "2026-03-10 23:59", "wed 2026-03-11 00:00", id="to midnight as 00:00"),
        pytest.param({"days": "sun"}, "2026-03-08 12:00", "mon 2026-03-09 00:00", id="whole day"),
        pytest.param({"days": "sun"}, "2026-03-07 12:00", "never", id="another day"),
        pytest.param({"days": ["sat", "sun"]}, "2026-03-07 12:00", "sun 2026-03-08 00:00", id="each day by itself"),
        pytest.param({"days": "fri-mon"}, "2026-03-08 12:00", "mon 2026-03-09 00:00", id="days over the week's end"),
        pytest.param({"days": ["Mon-Tue", "THU"]}, "2026-03-12 12:00", "fri 2026-03-13 00:00", id="capitals"),
        pytest.param(
            {**NIGHT, "days": "fri"}, "2026-03-14 03:00", "sat 2026-03-14 06:30", id="day on which they begin"
        ),
        pytest.param({**NIGHT, "days": "sat"}, "2026-03-14 03:00", "never", id="not the day on which they end"),
        pytest.param(NIGHT, "2026-03-29 01:00", "sun 2026-03-29 06:30", id="the short night"),
        pytest.param(NIGHT, "2026-10-25 01:00", "sun 2026-10-25 06:30", id="the long night"),
        pytest.param({"hours": "02:30-06:00"}, "2026-03-29 03:15", "never", id="begin as much later as clocks moved"),
        pytest.param({"hours": "02:30-06:00"}, "2026-03-29 03:30", "sun 2026-03-29 06:00", id="and then last"),
        pytest.param({"hours": "01:00-02:30"}, "2026-03-29 01:59", "sun 2026-03-29 03:30", id="end at a skipped time"),
        pytest.param({"hours": "01:00-02:30"}, "2026-10-25 02:10", "sun 2026-10-25 02:30", id="end at a doubled time"),
        pytest.param({"days": "sun"}, "2026-10-25 23:59", "mon 2026-10-26 00:00", id="a day of 25 hours"),
    ],
)
def test_the_end_of_hours(written: dict[str, object], now: str, end: str) -> None:
    assert said(hours(**written).end(at(now, BERLIN)), BERLIN) == end


def test_hours_end_with_the_second_of_two_equal_times() -> None:
    doubled = hours(hours="01:00-02:30")
    assert doubled.end(at("2026-10-25 01:30", BERLIN)) == at("2026-10-25 02:30", BERLIN, fold=1)
    assert doubled.end(at("2026-10-25 02:29", BERLIN, fold=1)) is not None


def test_zones_differ() -> None:
    noon = at("2026-01-10 12:00")
    assert hours(hours="20:00-22:00", zone="Asia/Tokyo").end(noon) == at("2026-01-10 13:00")
    assert hours(hours="20:00-22:00").end(noon) is None


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        pytest.param({"hours": "22-6"}, "'22-6' are not hours: write them such as 22:00-06:30", id="no minutes"),
        pytest.param({"hours": 1350}, "1350 are not hours", id="a number"),
        pytest.param({"hours": "22:00-25:00"}, "they go from 00:00 to 24:00", id="hour 25"),
        pytest.param({"hours": "24:00-06:00"}, "they go from 00:00 to 24:00", id="begin at 24"),
        pytest.param({"hours": "21:60-23:00"}, "they go from 00:00 to 24:00", id="minute 60"),
        pytest.param({"hours": "06:00-06:00"}, "begin and end at once", id="empty"),
        pytest.param({"days": "weekend"}, "'weekend' is not a day of the week", id="day"),
        pytest.param({"days": "mon-"}, "'mon-' is not a day of the week", id="half a range"),
        pytest.param({"days": ["mon", 3]}, "3 is not a day of the week", id="day by number"),
        pytest.param({"zone": "Europe/Berln"}, "did you mean Europe/Berlin?", id="zone"),
        pytest.param({"zone": "/etc/passwd"}, "write one of the IANA's", id="a path is no zone"),
        pytest.param({"zone": "Europe"}, "there is no time zone 'Europe'", id="a folder is no zone"),
        pytest.param({"zone": ""}, "there is no time zone ''", id="empty zone"),
    ],
)
def test_what_are_no_hours(written: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint.replace("?", r"\?")):
        hours(**written)


def test_all_days_are_the_default() -> None:
    assert hours(hours="01:00-02:00").days == frozenset(range(len(DAYS)))
