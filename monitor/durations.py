"""Durations as people write them: `0.3s`, `90s`, `5m`, `2h`, `7d`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd])", re.ASCII)


def seconds(text: object) -> float:
    """Seconds in a written duration.

    Raises ValueError, with the forms that are understood, for anything else.
    """
    if isinstance(text, float):  # a default, already in seconds
        return text
    written = _WRITTEN.fullmatch(text.strip()) if isinstance(text, str) else None
    if written is None:
        raise ValueError(f"{text!r} is not a duration: write a number and s, m, h or d, such as 90s, 5m, 2h")
    return float(written[1]) * _UNITS[written[2]]


def written(duration: float) -> str:
    """A duration for people: its largest whole unit and the next one, such as `2h 5m`."""
    if duration < 60:
        return f"{duration:.3g}s"
    whole = round(duration)
    days, rest = divmod(whole, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, secs = divmod(rest, 60)
    parts = [f"{n}{unit}" for n, unit in ((days, "d"), (hours, "h"), (minutes, "m"), (secs, "s")) if n]
    return " ".join(parts[:2])


_Text = Annotated[str, Field(pattern=r"^\s*[0-9]+(\.[0-9]+)?\s*[smhd]\s*$", examples=["90s", "5m", "2h", "7d"])]

Duration = Annotated[float, BeforeValidator(seconds, json_schema_input_type=_Text)]
"""A pydantic field in seconds that is written as a duration."""
