"""Moments as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def at(written: str, zone: str = "UTC", fold: int = 0) -> float:
    """Unix time of `2026-03-29 06:30` by the clocks of a zone; of two, the second with `fold` 1."""
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone), fold=fold).timestamp()


def said(moment: float | None, zone: str = "UTC") -> str:
    """A moment as `sun 2026-03-29 06:30`, so that a failed test can be read; and `never`."""
    if moment is None or moment == float("inf"):
        return "never"
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).strftime("%a %Y-%m-%d %H:%M").lower()
