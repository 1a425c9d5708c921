"""How long what waits has to wait, and what a route hands down."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from monitor.alerts.terms import Digest, Quiet, Terms, Throttle, WrittenTerms, next_digest, quiet_until
from monitor.model import Severity
from tests.alerts.clocks import at, said

BERLIN = "Europe/Berlin"
NIGHT = {"hours": "22:00-06:30", "zone": BERLIN}
WEEKEND = {"days": ["sat", "sun"], "zone": BERLIN}
LUNCH = {"hours": "12:00-13:00", "zone": BERLIN, "passes": "high"}


@pytest.mark.parametrize(
    ("quiet", "severity", "now", "until"),
    [
        pytest.param([NIGHT], "high", "2026-03-10 23:00", "wed 2026-03-11 06:30", id="waits for the morning"),
        pytest.param([NIGHT], "high", "2026-03-11 12:00", "never", id="told by day"),
        pytest.param([NIGHT], "flash", "2026-03-10 23:00", "never", id="a flash passes"),
        pytest.param([LUNCH], "high", "2026-03-10 12:30", "never", id="high passes where it may"),
        pytest.param([LUNCH], "normal", "2026-03-10 12:30", "tue 2026-03-10 13:00", id="less than that waits"),
        pytest.param([NIGHT, LUNCH], "high", "2026-03-10 12:30", "never", id="each hours by themselves"),
        pytest.param([WEEKEND], "low", "2026-03-07 12:00", "mon 2026-03-09 00:00", id="days that follow are one"),
        pytest.param([NIGHT, WEEKEND], "low", "2026-03-06 23:00", "mon 2026-03-09 06:30", id="nights and weekend"),
        pytest.param([], "low", "2026-03-06 23:00", "never", id="no quiet"),
    ],
)
def test_quiet_until(quiet: list[dict[str, object]], severity: str, now: str, until: str) -> None:
    hours = [Quiet.model_validate(line) for line in quiet]
    assert said(quiet_until(hours, at(now, BERLIN), Severity[severity.upper()]), BERLIN) == until


@pytest.mark.parametrize(
    ("digest", "now", "comes"),
    [
        pytest.param({"every": "2h"}, "2026-03-10 11:10", "tue 2026-03-10 12:00", id="counted from midnight"),
        pytest.param({"every": "2h"}, "2026-03-10 12:00", "tue 2026-03-10 14:00", id="later than, not at"),
        pytest.param({"every": "7h"}, "2026-03-10 22:00", "wed 2026-03-11 00:00", id="midnight begins anew"),
        pytest.param({"every": "1d"}, "2026-03-10 22:00", "wed 2026-03-11 00:00", id="daily"),
        pytest.param({"every": "6h"}, "2026-03-29 01:00", "sun 2026-03-29 06:00", id="by the clock in a short night"),
        pytest.param({"every": "1d"}, "2026-10-25 00:00", "mon 2026-10-26 00:00", id="a day of 25 hours"),
        pytest.param({"cron": "0 7,17 * * mon-fri"}, "2026-03-13 18:00", "mon 2026-03-16 07:00", id="cron"),
    ],
)
def test_next_digest(digest: dict[str, object], now: str, comes: str) -> None:
    written = Digest.model_validate({**digest, "zone": BERLIN})
    assert said(next_digest(written, at(now, BERLIN)), BERLIN) == comes


ABOVE = {"to": "desk", "quiet": NIGHT, "digest": {"every": "2h"}, "inhibit": "1h", "catch_up": {"cap": 3}}


def terms(written: dict[str, object]) -> Terms:
    """What a route means below one that says `ABOVE`."""
    return WrittenTerms.model_validate(written).over(WrittenTerms.model_validate(ABOVE).over(Terms()))


def test_a_route_has_the_terms_of_the_route_above() -> None:
    assert terms({}) == WrittenTerms.model_validate(ABOVE).over(Terms())
    assert terms({}).inhibit == 3600.0


def test_a_route_replaces_what_it_says_itself() -> None:
    assert terms({"to": ["night", "desk"]}).to == ("night", "desk")
    assert terms({"digest": {"cron": "0 7 * * *"}}).digest == Digest.model_validate({"cron": "0 7 * * *"})
    assert terms({"quiet": [LUNCH, WEEKEND]}).quiet == (Quiet.model_validate(LUNCH), Quiet.model_validate(WEEKEND))


@pytest.mark.parametrize("option", ["quiet", "digest", "throttle", "catch_up", "inhibit", "escalate"])
def test_off_ends_what_the_route_above_says(option: str) -> None:
    assert getattr(terms({option: "off"}), option) == getattr(Terms(), option)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        pytest.param({"digest": {}}, "write either `every` or `cron`", id="digest without a clock"),
        pytest.param(
            {"digest": {"every": "2h", "cron": "0 7 * * *"}}, "write either `every` or `cron`", id="two clocks"
        ),
        pytest.param({"digest": {"every": "2d"}}, "less than or equal to 86400", id="rarer than daily"),
        pytest.param({"digest": {"cron": 7}}, "7 is not a cron: write it in quotes", id="cron as a number"),
        pytest.param({"digest": {"cron": "0 25 * * *"}}, "it has a bad hour", id="bad cron"),
        pytest.param(
            {"digest": {"every": "2h", "zone": "Mars"}}, "there is no time zone 'Mars'", id="zone of a digest"
        ),
        pytest.param({"quiet": {"hours": "22-6"}}, "are not hours", id="bad hours"),
        pytest.param({"quiet": {"passes": "loud", "days": "sun"}}, "'loud' is not a severity", id="bad severity"),
        pytest.param({"quiet": [{}]}, "`quiet` never ends", id="always quiet"),
        pytest.param(
            {"quiet": [WEEKEND, {"days": "mon-fri", "zone": BERLIN}]}, "never ends", id="always, in two parts"
        ),
        pytest.param({"throttle": {"by": "rule"}}, "Field required", id="throttle without end"),
        pytest.param({"throttle": {"every": "0s"}}, "greater than 0", id="throttle of no time"),
        pytest.param({"throttle": {"by": "feed", "every": "1h"}}, "'rule', 'story' or 'entity'", id="throttle by feed"),
        pytest.param({"throttle": {"every": "2d"}}, "`longest` is shorter than `every`", id="longer than the longest"),
        pytest.param({"catch_up": {"cap": -1}}, "greater than or equal to 0", id="less than none"),
        pytest.param({"escalate": {"after": "10m"}}, "Field required", id="escalation to nobody"),
        pytest.param({"escalate": {"after": "10m", "to": []}}, "at least 1 item", id="escalation to an empty list"),
        pytest.param({"inhibit": "1 hour"}, "'1 hour' is not a duration", id="duration in words"),
        pytest.param({"to": []}, "at least 1 item", id="to nobody"),
    ],
)
def test_terms_that_mean_nothing_are_refused(written: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        WrittenTerms.model_validate(written)


def test_a_throttle_grows_up_to_a_day() -> None:
    assert Throttle.model_validate({"every": "1h", "exponential": True}).longest == 86_400.0
