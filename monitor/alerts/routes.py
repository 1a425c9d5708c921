"""Who hears of a match: the `routes:` of `routes.yaml`, a tree read from the top, first fit wins.

A route fits when every condition of its `when:` holds; a condition holds when
one of its values does. What fits a route is held against the routes below it;
what fits none of them stays with it. `continue: true` lets the routes that
follow on the same level be read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor.alerts.hours import Hours
from monitor.alerts.terms import OneSeverity, Terms, WrittenSeverity, WrittenTerms, several
from monitor.model import Item, Kind, Match, Relation, Severity

_Names = BeforeValidator(several, json_schema_input_type=str | list[str])

Patterns = Annotated[tuple[str, ...], _Names]
Severities = Annotated[
    tuple[OneSeverity, ...],
    BeforeValidator(several, json_schema_input_type=WrittenSeverity | list[WrittenSeverity]),
]
Kinds = Annotated[tuple[Kind, ...], BeforeValidator(several, json_schema_input_type=Kind | list[Kind])]
Relations = Annotated[tuple[Relation, ...], BeforeValidator(several, json_schema_input_type=Relation | list[Relation])]
Times = Annotated[tuple[Hours, ...], BeforeValidator(several, json_schema_input_type=Hours | list[Hours])]


@dataclass(frozen=True, slots=True)
class Firing:
    """A rule that fired on an item: what routes are held against."""

    item: Item
    match: Match
    relation: Relation
    """What the item is to its story."""
    now: float


class When(BaseModel):
    """Conditions of a route; one that is left out always holds. Names take `*` wildcards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    severity: Severities = Field(default=(), description="How loud the rule is.")
    rule: Patterns = Field(default=(), description="Ids of rules.")
    tag: Patterns = Field(default=(), description="Tags of rules.")
    entity: Patterns = Field(default=(), description="Ids of entities whose names the rule found.")
    kind: Kinds = Field(default=(), description="What the desk says the item is.")
    source: Patterns = Field(default=(), description="Names of outlets, as in feeds.yaml.")
    feed: Patterns = Field(default=(), description="Ids of feeds.")
    lang: Patterns = Field(default=(), description="Languages of items, such as en.")
    relation: Relations = Field(default=(), description="What the item is to its story; new: the first text of it.")
    time: Times = Field(default=(), description="Hours of the week, in a zone; one of those listed.")

    def unmet(self, firing: Firing) -> tuple[str, ...]:
        """The conditions that do not hold; none: the route fits."""
        item, match = firing.item, firing.match
        holds = {
            "severity": not self.severity or match.severity in self.severity,
            "rule": _fits(self.rule, [match.rule]),
            "tag": _fits(self.tag, match.tags),
            "entity": _fits(self.entity, [hit.entity for hit in match.hits if hit.entity]),
            "kind": not self.kind or item.wire.kind in self.kind,
            "source": _fits(self.source, [item.source]),
            "feed": _fits(self.feed, [item.feed]),
            "lang": _fits(self.lang, [item.lang]),
            "relation": not self.relation or firing.relation in self.relation,
            "time": not self.time or any(hours.end(firing.now) is not None for hours in self.time),
        }
        return tuple(name for name, held in holds.items() if not held)


def _fits(patterns: Sequence[str], names: Sequence[str]) -> bool:
    if not patterns:
        return True
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns for name in names)


class Route(WrittenTerms):
    """One line of the `routes:` list."""

    when: When = Field(default=When(), description="Which matches this route is for; all, when left out.")
    goes_on: bool = Field(default=False, alias="continue", description="Read the routes that follow this one too.")
    routes: tuple[Route, ...] = Field(
        default=(), description="Routes below: what fits one of them goes there, the rest stays here."
    )


Way = tuple[int, ...]
"""Which route of the tree: its place in the list, then in the list below that one, and so on."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A route that was read for a firing, and what came of it."""

    way: Way
    unmet: tuple[str, ...]
    """The conditions that did not hold; none: it fits."""
    terms: Terms | None = None
    """When the firing stays with this route: on which terms its channels hear."""


def legs(routes: Sequence[Route], firing: Firing) -> Iterator[Leg]:
    """The routes read for a firing, in that order; a route comes after those below it."""
    return _legs(routes, firing, (), Terms())


def _legs(routes: Sequence[Route], firing: Firing, way: Way, above: Terms) -> Iterator[Leg]:
    for index, route_ in enumerate(routes):
        here, unmet = (*way, index), route_.when.unmet(firing)
        if unmet:
            yield Leg(here, unmet)
            continue
        terms = route_.over(above)
        below = tuple(_legs(route_.routes, firing, here, terms))
        yield from below
        taken = any(leg.terms for leg in below)
        yield Leg(here, (), None if taken else terms)
        if not route_.goes_on:
            return


@dataclass(frozen=True, slots=True)
class Routed:
    """A channel, the matches that it is to hear of, and on which terms."""

    channel: str
    matches: tuple[Match, ...]
    terms: Terms
    """Those of the loudest match."""
    way: Way
    """The route that set them."""

    @property
    def severity(self) -> Severity:
        """The loudest of the matches."""
        return max(match.severity for match in self.matches)


def route(
    routes: Sequence[Route], item: Item, matches: Sequence[Match], relation: Relation, now: float
) -> tuple[Routed, ...]:
    """Each channel that hears of this item, once, with the matches that lead to it; nobody hears of rules on trial."""
    heard: dict[str, Routed] = {}
    for match in matches:
        if match.shadow:
            continue
        for leg in legs(routes, Firing(item, match, relation, now)):
            if leg.terms is None:
                continue
            for channel in leg.terms.to:
                grouped = match if leg.terms.group is None else replace(match, group=leg.terms.group)
                routed = Routed(channel, (grouped,), leg.terms, leg.way)
                heard[channel] = _joined(heard[channel], routed) if channel in heard else routed
    return tuple(heard.values())


def _joined(known: Routed, more: Routed) -> Routed:
    louder = more if more.severity > known.severity else known
    rules = {match.rule for match in known.matches}
    return replace(louder, matches=(*known.matches, *(match for match in more.matches if match.rule not in rules)))


def unread(routes: Sequence[Route]) -> Iterator[Way]:
    """The routes that are never read, because one before them fits everything and ends the reading."""
    ended = False
    for index, route_ in enumerate(routes):
        if ended:
            yield (index,)
            continue
        yield from ((index, *way) for way in unread(route_.routes))
        ended = route_.when == When() and not route_.goes_on


def nowhere(routes: Sequence[Route], above: Sequence[str] = ()) -> Iterator[Way]:
    """The routes where a match may end up although no channel is named there or above."""
    for index, route_ in enumerate(routes):
        to = route_.to or above
        if not to and all(below.when != When() for below in route_.routes):
            yield (index,)
        for way in nowhere(route_.routes, to):
            yield (index, *way)
