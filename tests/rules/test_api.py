"""What the room's docstring shows is so."""

from __future__ import annotations

import doctest

from monitor import rules


def test_the_example_runs() -> None:
    assert doctest.testmod(rules, optionflags=doctest.NORMALIZE_WHITESPACE) == (0, 5)
