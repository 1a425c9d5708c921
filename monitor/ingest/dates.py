"""Dates as machines write them."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(written: str) -> float | None:
    """Unix seconds of an ISO 8601 date (RFC 3339, xs:dateTime); without an offset it is taken as UTC."""
    try:
        date = datetime.fromisoformat(written.strip())
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):  # the latter from a year that the offset carries out of the calendar
        return None
