"""Silences: what people do not want to hear of for a while."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Subject(StrEnum):
    """What a silence may be about."""

    RULE = "rule"
    TAG = "tag"
    STORY = "story"
    ENTITY = "entity"
    SOURCE = "source"
    FEED = "feed"
    CHANNEL = "channel"


class Matcher(NamedTuple):
    """A condition of a silence; names take `*` wildcards."""

    subject: Subject
    pattern: str

    def __str__(self) -> str:
        return f"{self.subject}={self.pattern}"


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing is told of what meets the matchers, until a time.

    Matchers of one subject are a choice; those of several subjects must all hold.
    """

    id: str
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    since: float
    until: float
