"""Durations as people write them."""

from __future__ import annotations

import pytest

from monitor.durations import seconds, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.3s", 0.3), ("90s", 90.0), ("5m", 300.0), ("2h", 7200.0), ("7d", 604800.0), (" 1.5h ", 5400.0)],
)
def test_seconds(text: str, expected: float) -> None:
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "5", "m", "-5m", "5 minutes", "1h30m", 5, None, True, "٥m"])
def test_anything_else_is_refused_with_the_forms_understood(text: object) -> None:
    with pytest.raises(ValueError, match="write a number and s, m, h or d"):
        seconds(text)


@pytest.mark.parametrize(
    ("duration", "expected"),
    [(0.25, "0.25s"), (59, "59s"), (60, "1m"), (3661, "1h 1m"), (90061, "1d 1h"), (604800, "7d")],
)
def test_written(duration: float, expected: str) -> None:
    assert written(duration) == expected
