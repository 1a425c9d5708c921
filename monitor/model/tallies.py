"""Tallies: what was counted so far, for decisions that one item alone does not bear."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that was counted, such as a story or an outlet."""

    member: str
    at: float
    """When it was counted last."""
    spent: bool = False
    """It was told of, and counts towards nothing more."""
    title: str = ""
    """What it is, for people."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted under one key. It is changed as a whole; the store refuses a change made from an older one."""

    key: str
    version: int = 0
    """Counts changes; 0: nothing is known under this key."""
    marks: tuple[Mark, ...] = ()
    keep: float = 0.0
    """Seconds after its last change for which it says anything."""
