"""The shapes of the YAML files in which editors write entities and rules."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor.rules.names import MAX_WORDS, spellings

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


class EntityEntry(_Entry):
    """A person, office or organisation, in all its spellings."""

    id: Id = Field(description="What queries call it: `@id`.")
    name: Name = Field(description="The usual spelling.")
    aka: tuple[Name, ...] = Field(default=(), description="Other spellings, in any script.")
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


class RuleTest(_Entry):
    """A text on which the rule must fire (`match`), or must not (`no`)."""

    match: str | None = None
    no: str | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.match is None) == (self.no is None):
            raise ValueError("a test has either `match` or `no`, with a text")
        return self


class RuleEntry(_Entry):
    """What to watch for, and how loudly to tell."""

    id: Id
    query: str = Field(description="What must be in an item: see rules/README.md.")
    title: str = Field(default="", description="Its name in alerts; the id when empty.")
    note: str = Field(default="", description="Why it is here, for colleagues.")
    severity: Literal["low", "normal", "high", "flash"] = "normal"
    tags: tuple[Tag, ...] = ()
    tests: tuple[RuleTest, ...] = ()


class RuleFile(_Entry):
    """`rules/NAME.yaml`."""

    rules: tuple[RuleEntry, ...] = ()
