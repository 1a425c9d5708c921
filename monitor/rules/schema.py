"""The shapes of the YAML files in which editors write entities and rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor.durations import Duration
from monitor.rules.names import MAX_WORDS, spellings
from monitor.rules.structured import Part

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")


def _id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise ValueError(f"'{text}' is no id: use small letters, digits and dashes, such as wang-yi")
    return text


def _name(text: str) -> str:
    rows = spellings(text)
    if not rows:
        raise ValueError("a name needs letters or digits")
    if len(rows[0]) > MAX_WORDS:
        raise ValueError(f"a name of {len(rows[0])} words: use at most {MAX_WORDS}")
    return text


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, AfterValidator(_name)]
Tag = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class Short(_Entry):
    """Parts of a name that stand for it only where it is clear who is meant."""

    forms: tuple[Name, ...] = Field(min_length=1, description="Such as the family name alone.")
    need: Literal["full_name_in_item"] = Field(
        default="full_name_in_item", description="The full name must stand in the item; the last one before counts."
    )
    or_near: tuple[Name, ...] = Field(
        default=(), description="Titles and the like: within three words of one no full name is needed."
    )


class Inflect(_Entry):
    """Spellings in the nominative, by language, whose other cases stand in the lock file."""

    ru: tuple[Name, ...] = Field(default=(), description="Russian.")
    uk: tuple[Name, ...] = Field(default=(), description="Ukrainian.")

    def by_language(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The languages that have any, as they are called in files."""
        yield from ((lang, names) for lang, names in (("ru", self.ru), ("uk", self.uk)) if names)


class EntityEntry(_Entry):
    """A person, office or organisation, in all its spellings."""

    id: Id = Field(description="What queries call it: `@id`.")
    name: Name = Field(description="The usual spelling.")
    aka: tuple[Name, ...] = Field(default=(), description="Other spellings, in any script.")
    inflect: Inflect = Field(
        default=Inflect(), description="Spellings to be found in every case; made by `wirewatch entities inflect`."
    )
    namesakes: tuple[Name, ...] = Field(
        default=(), alias="not", description="Longer names that contain a spelling and are somebody else's."
    )
    short: Annotated[tuple[Short, ...], BeforeValidator(_listed, json_schema_input_type=Short | list[Short])] = ()
    tags: tuple[Tag, ...] = Field(default=(), description="`@tag` asks for all entities that have it.")
    office: Id | None = Field(default=None, description="`office:id` asks for whoever holds it.")
    wikidata: str | None = Field(default=None, pattern=r"^Q[1-9][0-9]*$", description="Such as Q58217.")


class EntityFile(_Entry):
    """`rules/entities/NAME.yaml`."""

    entities: tuple[EntityEntry, ...] = ()


class InflectionFile(_Entry):
    """`rules/entities/inflect.lock.yaml`."""

    made_with: dict[str, str] = Field(
        default={}, description="The libraries that proposed the forms, and their versions."
    )
    inflections: dict[str, dict[str, dict[str, tuple[Name, ...]]]] = Field(
        default={}, description="For each entity, language and spelling, its other cases."
    )


def _time(value: object) -> object:
    """Unix seconds of a date or a date with a time, in UTC unless it says otherwise; a float has been read already."""
    if isinstance(value, float):
        return value
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!r} is no date: write 2026-12-31 or 2026-12-31T18:00") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


_Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$")]

Time = Annotated[float, BeforeValidator(_time, json_schema_input_type=_Date)]


class Sample(_Entry):
    """An item in a test, in the parts that matter."""

    title: str = ""
    body: str = ""
    author: str = ""
    feed: str = ""
    source: str = ""
    lang: str = ""
    at: Time = Field(default=0.0, description="When it came, such as 2026-03-30T12:00.")


def _sample(value: object) -> object:
    return {"body": value} if isinstance(value, str) else value


Sampled = Annotated[Sample, BeforeValidator(_sample, json_schema_input_type=str | Sample)]


class RuleTest(_Entry):
    """A text on which the rule must fire (`match`), or must not (`no`)."""

    match: Sampled | None = None
    no: Sampled | None = None
    spans: tuple[str, ...] = Field(default=(), description="Passages that must be among those found.")
    entities: tuple[str, ...] = Field(default=(), description="Entities that must be among those found.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.match is None) == (self.no is None):
            raise ValueError("a test has either `match` or `no`, with a text")
        if self.no and (self.spans or self.entities):
            raise ValueError("`spans` and `entities` go with `match`")
        return self


class WhenEntry(_Entry):
    """How many make a rule fire."""

    count: int = Field(ge=2, le=1000)
    distinct: Literal["source", "story"] = "story"
    within: Duration


class FilterTargets(_Entry):
    """The rules that a filter is for; a name may have wildcards."""

    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class FilterEntry(_Entry):
    """A query that several rules share, to fire on such items only, or on all but such."""

    id: Id
    query: str
    note: str = Field(default="", description="Why it is here, for colleagues.")
    only: FilterTargets = Field(default=FilterTargets(), description="Rules that fire on such items only.")
    except_: FilterTargets = Field(
        default=FilterTargets(), alias="except", description="Rules that never fire on such items."
    )


class FilterFile(_Entry):
    """`rules/filters.yaml`."""

    filters: tuple[FilterEntry, ...] = ()


class RuleEntry(_Entry):
    """What to watch for, and how loudly to tell."""

    id: Id
    query: str = Field(default="", description="What must be in an item: see rules/README.md.")
    structured: Part | None = Field(default=None, description="The same as mappings and lists.")
    title: str = Field(default="", description="Its name in alerts; the id when empty.")
    note: str = Field(default="", description="Why it is here, for colleagues.")
    severity: Literal["low", "normal", "high", "flash"] = "normal"
    tags: tuple[Tag, ...] = ()
    status: Literal["live", "shadow", "disabled"] = Field(
        default="live", description="A rule in the shadow matches and is counted, and alerts nobody."
    )
    expires: Time | None = Field(default=None, description="From then on it does not fire, such as 2026-12-31.")
    throttle: Duration = Field(default=0.0, description="After an alert none for so long, such as 2h.")
    group: Literal["event", "text", "off"] = Field(
        default="event",
        description="What shares one alert: all texts of an event, the copies of one text, or nothing (off).",
    )
    when: WhenEntry | None = Field(default=None, description="Fire only when so many came within a time.")
    only: tuple[str, ...] = Field(default=(), description="Filters of filters.yaml that an item must pass.")
    except_: tuple[str, ...] = Field(default=(), alias="except", description="Filters that an item must not pass.")
    tests: tuple[RuleTest, ...] = ()

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if "query" in self.model_fields_set and self.structured is not None:
            raise ValueError("a rule has either `query` or `structured`")
        if "query" not in self.model_fields_set and self.structured is None:
            raise ValueError("`query` is missing")
        return self


class RuleFile(_Entry):
    """`rules/NAME.yaml`."""

    rules: tuple[RuleEntry, ...] = ()
