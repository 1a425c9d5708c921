"""`feeds.yaml`: which feeds to poll.

defaults: {every: 5m}
feeds:
  - {id: bbc-world, url: https://…, source: BBC, every: 2m, lang: en, tags: [uk], backfill: 0}
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from monitor import yamldoc
from monitor.durations import Duration
from monitor.errors import ConfigError, Fault
from monitor.ingest.identity import canonical_url
from monitor.model import Feed

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"{value!r} may only hold lower-case letters, digits, and - _ . after the first")
    return value


def _url(value: str) -> str:
    """Never quotes the address: it may hold a password."""
    try:
        parts = urlsplit(value.strip())
        parts.port  # noqa: B018 # raises for what is no port
    except ValueError as error:
        raise ValueError(f"is not an address: {error}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("must start with https:// or http://")
    if not parts.hostname or re.search(r"[\s<>\"]", value.strip()):
        raise ValueError("is not an address: write one such as https://example.org/feed.xml")
    if "@" in parts.netloc:
        raise ValueError("holds a user name or password: take them out, the file is no place for secrets")
    return value.strip()


def _language(value: str) -> str:
    if value and not _LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is not a language tag: write one such as en, zh or pt-BR")
    return value.lower()


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


_Every = Annotated[Duration, Field(gt=0)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Shape):
    """What holds for feeds that say nothing else."""

    every: _Every = Field(default=300.0, description="Time between two polls; 5m when left out.")


class FeedEntry(_Shape):
    """One feed."""

    id: Annotated[str, AfterValidator(_id)] = Field(
        description="Its name in commands, filters and routes: lower-case letters, digits and dashes.",
        json_schema_extra={"pattern": f"^{_ID.pattern}$"},
    )
    url: Annotated[str, AfterValidator(_url)] = Field(
        description="Its address: https://… or http://…", json_schema_extra={"pattern": "^\\s*https?://"}
    )
    source: str = Field(default="", description="The outlet, as alerts show it; the host when left out.")
    every: _Every | None = Field(default=None, description="Time between two polls.")
    lang: Annotated[str, AfterValidator(_language)] = Field(default="", description="Its language, such as en.")
    tags: tuple[str, ...] = Field(default=(), description="For your own order.")
    backfill: int = Field(default=0, ge=0, description="Items of the first poll that may alert; others seed silently.")


class FeedsFile(_Shape):
    """The shape of `feeds.yaml`."""

    defaults: Defaults = Field(default=Defaults(), description="What holds for feeds that say nothing else.")
    feeds: Annotated[
        list[FeedEntry], BeforeValidator(_none_is_empty, json_schema_input_type=list[FeedEntry] | None)
    ] = Field(description="What to poll.")


def load_feeds(document: yamldoc.Document, floor: float) -> tuple[Feed, ...]:
    """The feeds of a file, in its order. An interval below the operator's `floor` (seconds) is raised to it.

    Raises ConfigError with every fault of the file.
    """
    faults = list(_repeated(document))
    try:
        listed = yamldoc.validate(document, FeedsFile)
    except ConfigError as error:
        raise ConfigError([*faults, *error.faults]) from None
    if faults:
        raise ConfigError(faults)
    return tuple(_feed(entry, listed.defaults, floor) for entry in listed.feeds)


def _feed(entry: FeedEntry, defaults: Defaults, floor: float) -> Feed:
    return Feed(
        id=entry.id,
        url=entry.url,
        source=entry.source or (urlsplit(entry.url).hostname or "").removeprefix("www."),
        every=max(floor, entry.every or defaults.every),
        lang=entry.lang,
        tags=tuple(dict.fromkeys(entry.tags)),
        backfill=entry.backfill,
    )


def _repeated(document: yamldoc.Document) -> Iterator[Fault]:
    """Ids and addresses that stand twice; looked for in the raw values, so that other faults hide none."""
    listed = document.value.get("feeds") if isinstance(document.value, dict) else None
    first: dict[tuple[str, str], str] = {}
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        for key in ("id", "url"):
            value = entry.get(key) if isinstance(entry, dict) else None
            if not isinstance(value, str):
                continue
            same = (key, canonical_url(value) if key == "url" else value)
            line = document.place(("feeds", index, key))[0]
            if same in first:
                noun = "id" if key == "id" else "address"
                yield document.fault(("feeds", index, key), f"another feed has this {noun} ({first[same]})")
            first.setdefault(same, f"line {line}")
