"""Who hears of a match: the `routes:` of `routes.yaml`, read from the top, first fit wins.

A route fits when every condition of its `when:` holds; a condition holds when
one of its values does. `continue: true` lets the routes below it be read too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.model import Item, Kind, Match, Severity


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


def _severity(value: object) -> object:
    if isinstance(value, str) and value.upper() in Severity.__members__:
        return Severity[value.upper()]
    raise ValueError(f"{value!r} is not a severity: write low, normal, high or flash")


_Written = Literal["low", "normal", "high", "flash"]
_Names = BeforeValidator(_several, json_schema_input_type=str | list[str])

Patterns = Annotated[tuple[str, ...], _Names]
Severities = Annotated[
    tuple[Annotated[Severity, BeforeValidator(_severity)], ...],
    BeforeValidator(_several, json_schema_input_type=_Written | list[_Written]),
]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(_several, json_schema_input_type=Kind | list[Kind])]


class When(BaseModel):
    """Conditions of a route; one that is left out always holds. Names take `*` wildcards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severities = Field(default=(), description="How loud the rule is.")
    rule: Patterns = Field(default=(), description="Ids of rules.")
    tag: Patterns = Field(default=(), description="Tags of rules.")
    kind: Kinds = Field(default=(), description="What the desk says the item is.")
    source: Patterns = Field(default=(), description="Names of outlets, as in feeds.yaml.")
    feed: Patterns = Field(default=(), description="Ids of feeds.")
    lang: Patterns = Field(default=(), description="Languages of items, such as en.")

    def holds(self, item: Item, match: Match) -> bool:
        """Whether a rule that fired on an item meets every condition."""
        return (
            (not self.severity or match.severity in self.severity)
            and (not self.kind or item.wire.kind in self.kind)
            and _fits(self.rule, [match.rule])
            and _fits(self.tag, match.tags)
            and _fits(self.source, [item.source])
            and _fits(self.feed, [item.feed])
            and _fits(self.lang, [item.lang])
        )


def _fits(patterns: Sequence[str], names: Sequence[str]) -> bool:
    if not patterns:
        return True
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names)


class Route(BaseModel):
    """One line of the `routes:` list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: When = Field(default=When(), description="Which matches this route is for; all, when left out.")
    to: Annotated[tuple[str, ...], Field(min_length=1), _Names] = Field(description="Channels that hear of it.")
    goes_on: bool = Field(default=False, alias="continue", description="Read the routes below this one too.")


@dataclass(frozen=True, slots=True)
class Routed:
    """A channel and the matches that it is to hear of."""

    channel: str
    matches: tuple[Match, ...]

    @property
    def severity(self) -> Severity:
        """The loudest of the matches."""
        return max(match.severity for match in self.matches)


def route(routes: Sequence[Route], item: Item, matches: Sequence[Match]) -> tuple[Routed, ...]:
    """Each channel that hears of this item, once, with the matches that lead to it; nobody hears of rules on trial."""
    heard: dict[str, list[Match]] = {}
    for match in matches:
        if match.shadow:
            continue
        for fitting in routes:
            if not fitting.when.holds(item, match):
                continue
            for channel in fitting.to:
                listed = heard.setdefault(channel, [])
                if match not in listed:
                    listed.append(match)
            if not fitting.goes_on:
                break
    return tuple(Routed(channel, tuple(listed)) for channel, listed in heard.items())
