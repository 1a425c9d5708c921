"""Items and alerts given to a command as JSON: what an item says, or an event as the console and webhooks write it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import ConfigError, Fault
from monitor.ingest.wire import read_wire
from monitor.model import Field as Part
from monitor.model import Hit, Item, Kind, Match, Relation, Severity, digest
from monitor.rules import RuleSet


def _severity(value: object) -> object:
    return Severity[value.upper()] if isinstance(value, str) and value.upper() in Severity.__members__ else value


class _Shape(BaseModel):
    """Keys that are not asked for here may stand beside those that are."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class GivenItem(_Shape):
    """An item, in as many words as matter; its kind is read off the title when it is left out."""

    title: str
    body: str = Field(default="", validation_alias=AliasChoices("body", "text"))
    feed: str = "given"
    source: str = "given"
    url: str = ""
    author: str = ""
    lang: str = ""
    kind: Kind | None = None
    categories: tuple[str, ...] = ()

    def item(self, at: float) -> Item:
        """The item, seen at Unix time `at`."""
        wire = read_wire(self.title, self.body, at=at)
        return Item(
            key=digest(self.feed, self.title, self.body),
            revision=digest(self.title, self.body),
            feed=self.feed,
            source=self.source,
            guid="",
            url=self.url,
            title=self.title,
            body=self.body,
            author=self.author,
            categories=self.categories,
            lang=self.lang,
            published=None,
            updated=None,
            seen_at=at,
            wire=wire if self.kind is None else replace(wire, kind=self.kind),
        )


class _GivenHit(_Shape):
    rule: str
    field: Part
    start: int
    end: int
    text: str
    entity: str = ""


class GivenAlert(_Shape):
    """An event of an alert. A rule that is gone by now is taken to be as loud as the alert."""

    item: GivenItem
    rules: tuple[str, ...]
    severity: Annotated[Severity, BeforeValidator(_severity)] = Severity.NORMAL
    relation: Relation = Relation.NEW
    hits: tuple[_GivenHit, ...] = ()

    def matches(self, rules: RuleSet) -> tuple[Match, ...]:
        """Its rules as if they fired now, with the tags and severity that they have now."""
        return tuple(self._match(rules, rule_id) for rule_id in self.rules)

    def _match(self, rules: RuleSet, rule_id: str) -> Match:
        hits = tuple(Hit(**hit.model_dump()) for hit in self.hits if hit.rule == rule_id)
        rule = rules.rules.get(rule_id)
        if rule is None:
            return Match(rule_id, self.severity, (), hits)
        return Match(rule_id, rule.severity, rule.tags, hits, rule.title)


def from_json(text: str, name: str) -> GivenItem | GivenAlert | None:
    """The item or alert in a JSON object; None when the text is no JSON or a feed.

    Raises ConfigError for JSON that is neither, with what it lacks.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError([Fault(name, error.lineno, error.colno, f"is no JSON: {error.msg}")]) from None
    if "items" in found:
        return None
    shape = GivenAlert if "item" in found else GivenItem
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        raise ConfigError([_fault(name, problem) for problem in error.errors()]) from None


def _fault(name: str, problem: ErrorDetails) -> Fault:
    key = ".".join(map(str, problem["loc"]))
    if problem["type"] == "missing":
        return Fault(name, 0, 0, f"`{key}` is missing", "give an item with a `title`, or an alert's event as JSON")
    return Fault(name, 0, 0, f"`{key}`: {problem['msg'].replace('Input should', 'it should')}")
