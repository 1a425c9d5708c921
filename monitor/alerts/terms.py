"""On which terms a channel hears: what waits, until when, and who hears when nobody answers.

A route's terms hold for the routes below it too; `off` ends one of them there.
`quiet_until` and `next_digest` say when what waits goes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor.alerts.cron import Cron, parse
from monitor.alerts.hours import MINUTES_A_DAY, UTC, Hours, Zone, moment
from monitor.durations import Duration, written
from monitor.model import Grouping, Severity

WEEK = 7 * 86_400.0
DAY = 86_400.0


def several(value: object) -> object:
    """One value as a list of one."""
    return value if isinstance(value, list | tuple) else [value]


def _severity(value: object) -> object:
    if isinstance(value, Severity):
        return value
    if isinstance(value, str) and value.upper() in Severity.__members__:
        return Severity[value.upper()]
    raise ValueError(f"{value!r} is not a severity: write low, normal, high or flash")


def _off(value: object) -> object:
    return None if value == "off" else value


def _no_quiet(value: object) -> object:
    return () if value == "off" else several(value)


def _cron(value: object) -> object:
    if isinstance(value, Cron):
        return value
    if isinstance(value, str):
        return parse(value)
    raise ValueError(f'{value!r} is not a cron: write it in quotes, such as "0 7,17 * * mon-fri"')


WrittenSeverity = Literal["low", "normal", "high", "flash"]
OneSeverity = Annotated[Severity, BeforeValidator(_severity, json_schema_input_type=WrittenSeverity)]
Channels = Annotated[
    tuple[str, ...], Field(min_length=1), BeforeValidator(several, json_schema_input_type=str | list[str])
]
Time = Annotated[Duration, Field(gt=0)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Digest(_Shape):
    """Alerts gathered into one message, sent now and then."""

    every: Annotated[Duration, Field(ge=60, le=DAY)] | None = Field(
        default=None, description="Time between two, from 1m to 1d, counted from midnight; longer with `cron`."
    )
    cron: Annotated[Cron, BeforeValidator(_cron, json_schema_input_type=str)] | None = Field(
        default=None, description='When, in cron\'s notation, such as "0 7,17 * * mon-fri".'
    )
    zone: Zone = Field(default=UTC, description="Time zone of both, such as Europe/Berlin; UTC when left out.")
    title: str = Field(default="", description="What it is called, such as: World, this morning.")

    def __str__(self) -> str:
        clock = f"cron {self.cron.text}" if self.cron else f"every {written(self.every or DAY)}"
        return f"{clock} {self.zone.key}" + (f", “{self.title}”" if self.title else "")

    @model_validator(mode="after")
    def _one_clock(self) -> Self:
        if (self.every is None) == (self.cron is None):
            raise ValueError("write either `every` or `cron`: when is it sent?")
        return self


class Quiet(Hours):
    """Hours in which nobody is called: alerts wait for their end, and come as one digest."""

    passes: OneSeverity = Field(default=Severity.FLASH, description="The least severity that is told all the same.")

    def __str__(self) -> str:
        return super().__str__() + (f", {self.passes} passes" if self.passes is not Severity.FLASH else "")


class Throttle(_Shape):
    """At most one alert in so long; what is more comes as one digest afterwards."""

    by: Literal["rule", "story", "entity"] = Field(default="rule", description="What is counted by itself.")
    every: Time = Field(description="Time from one alert to the next, such as 1h.")
    exponential: bool = Field(default=False, description="Twice as long each time that more alerts come meanwhile.")
    longest: Time = Field(default=DAY, description="As long as it may get; 1d when left out.")

    def __str__(self) -> str:
        grows = f", doubling up to {written(self.longest)}" if self.exponential else ""
        return f"one for each {self.by} in {written(self.every)}{grows}"

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if self.longest < self.every:
            raise ValueError("`longest` is shorter than `every`")
        return self


class CatchUp(_Shape):
    """How much of a backlog is told alert by alert; the rest is one digest."""

    cap: Annotated[int, Field(ge=0)] = Field(default=5, description="Alerts told one by one; 5 when left out.")
    within: Time = Field(default=600.0, description="Time in which they are counted; 10m when left out.")

    def __str__(self) -> str:
        return f"{self.cap} in {written(self.within)}"


class Escalation(_Shape):
    """Who hears of an alert that nobody acknowledges."""

    after: Time = Field(description="How long an acknowledgement is waited for, such as 10m.")
    to: Channels = Field(description="Channels that hear of it then.")

    def __str__(self) -> str:
        return f"to {', '.join(self.to)} after {written(self.after)}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for the alerts of a route, by itself or by the routes above it."""

    to: tuple[str, ...] = ()
    digest: Digest | None = None
    quiet: tuple[Quiet, ...] = ()
    throttle: Throttle | None = None
    catch_up: CatchUp | None = None
    inhibit: float | None = None
    """Seconds for which a flash on a story holds back what is less of it."""
    escalate: Escalation | None = None
    group: Grouping | None = None
    """What shares one alert there; None: as each rule says."""


class WrittenTerms(_Shape):
    """The keys of a route that hold for the routes below it too."""

    to: Channels = Field(default=(), description="Channels that hear of it; those of the route above, when left out.")
    digest: Annotated[Digest | None, BeforeValidator(_off, json_schema_input_type=Digest | Literal["off"])] = Field(
        default=None, description="Gather alerts and send them together; a flash does not wait."
    )
    quiet: Annotated[
        tuple[Quiet, ...], BeforeValidator(_no_quiet, json_schema_input_type=Quiet | list[Quiet] | Literal["off"])
    ] = Field(default=(), description="Hours in which alerts wait.")
    throttle: Annotated[Throttle | None, BeforeValidator(_off, json_schema_input_type=Throttle | Literal["off"])] = (
        Field(default=None, description="How often one thing may alert.")
    )
    catch_up: Annotated[CatchUp | None, BeforeValidator(_off, json_schema_input_type=CatchUp | Literal["off"])] = Field(
        default=None, description="What becomes of a backlog, after a feed or the service was down."
    )
    inhibit: Annotated[Time | None, BeforeValidator(_off)] = Field(
        default=None, description="Time for which a flash on a story holds back what is less of it, such as 1h."
    )
    escalate: Annotated[
        Escalation | None, BeforeValidator(_off, json_schema_input_type=Escalation | Literal["off"])
    ] = Field(default=None, description="Who hears of an alert that nobody acknowledges.")
    group: Grouping | None = Field(
        default=None, description="What shares one alert: event, text or off (nothing); as each rule says, if left out."
    )

    @model_validator(mode="after")
    def _quiet_ends(self) -> Self:
        if self.quiet and quiet_until(self.quiet, 0.0, Severity.LOW) == _NEVER:
            raise ValueError("`quiet` never ends: its hours fill the week")
        return self

    def over(self, above: Terms) -> Terms:
        """The terms of this route, below one with other terms."""
        return Terms(
            **{
                name: getattr(self if name in self.model_fields_set else above, name)
                for name in WrittenTerms.model_fields
            }
        )


_NEVER = float("inf")


def quiet_until(quiet: Sequence[Quiet], now: float, severity: Severity) -> float | None:
    """When the quiet ends in which an alert of this severity falls at Unix time `now`; None: it may be told.

    Hours that follow one another are one stretch. Infinite when they fill the week.
    """
    binding = [hours for hours in quiet if severity < hours.passes]
    until = now
    while until < now + WEEK + DAY:
        end = max((end for hours in binding if (end := hours.end(until)) is not None), default=None)
        if end is None:
            return until if until > now else None
        until = end
    return _NEVER


def next_digest(digest: Digest, now: float) -> float:
    """When the first digest after Unix time `now` goes out."""
    if digest.cron is not None:
        at = digest.cron.next(now, digest.zone)
        return _NEVER if at is None else at
    minutes = range(0, MINUTES_A_DAY, round((digest.every or DAY) / 60))
    today = datetime.fromtimestamp(now, digest.zone).date()
    days = (today, today + timedelta(1))
    return min(at for day in days for minute in minutes if (at := moment(day, minute, digest.zone)) > now)
