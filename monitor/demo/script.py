"""The demo's wire: invented outlets, and what each of them publishes at which second.

The script is the YAML in `wire/`, to be read and added to by hand. An entry is
one version of one piece of news:

    id        names it within the script; items that copy or revise it refer to it
    at        play second in which it appears; below 0, it is there from the start
    outlet    who publishes it
    title, text, author, slug
    dated     play second that its date shows, if not `at`; `undated: true`: none
    guid      default: made from outlet and id (RSS 1.0: the page's address)
    page      path of its page at the outlet; default: its id
    revises   replaces that entry in place: same guid, page and date
    copy      takes the text of that entry, its first `keep` paragraphs if given,
              with the paragraphs of `after` below
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor import yamldoc
from monitor.durations import Duration
from monitor.errors import ConfigError, Fault

WIRE = Path(__file__).parent / "wire"

Format = Literal["rss", "atom", "json", "rdf", "html"]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outage(_Written):
    """Play seconds in which an outlet's server answers with an error."""

    start: float = Field(alias="from")
    until: float
    status: int


class Outlet(_Written):
    """A publisher and its feed."""

    id: str
    name: str
    site: str
    format: Format
    encoding: str = "utf-8"
    excerpt: bool = False
    """Description holds the first paragraph, content:encoded the whole text (RSS)."""
    lang: str = "en"
    every: Duration = 0.5
    """Seconds between two polls by the demo's desk."""
    shows: int = 12
    backfill: int = 0
    tags: tuple[str, ...] = ()
    outages: tuple[Outage, ...] = ()
    renumbers: float = math.inf
    """Play second from which all its items have other guids."""

    @property
    def home(self) -> str:
        """Address of its front page."""
        return f"https://{self.site}/"

    def status(self, second: float) -> int:
        """The HTTP status its server answers with."""
        return next((outage.status for outage in self.outages if outage.start <= second < outage.until), 200)


class Entry(_Written):
    """One version of one piece of news, as written in the script."""

    id: str
    at: float
    outlet: str = ""
    guid: str = ""
    page: str = ""
    title: str
    author: str = ""
    slug: str = ""
    text: str = ""
    copied: Annotated[str, Field(alias="copy")] = ""
    keep: int | None = None
    after: str = ""
    revises: str = ""
    dated: float | None = None
    undated: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.outlet) == bool(self.revises):
            raise ValueError("name either its `outlet` or the entry that it `revises`")
        if self.text and self.copied:
            raise ValueError("`text` and `copy` exclude each other")
        return self


class WireFile(_Written):
    """One file of the script."""

    outlets: tuple[Outlet, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """One version of one piece of news, as its outlet publishes it."""

    id: str
    at: float
    outlet: str
    guid: str
    url: str
    title: str
    author: str
    slug: str
    story: tuple[str, ...]
    """Its paragraphs, without the slug line."""
    dated: float | None
    number: int
    """1 for the first version under its guid, then 2, 3 and so on."""
    first_at: float
    """When the first version appeared: what orders a feed."""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body as published."""
        return (self.slug, *self.story) if self.slug else self.story

    def renumbered(self) -> Release:
        """The same under another guid, as after its outlet moved to another system."""
        return replace(self, guid=f"{self.guid}?moved")


@dataclass(frozen=True)
class Script:
    """Who publishes what, when: outlets by id, releases by id in order of appearance."""

    outlets: Mapping[str, Outlet]
    releases: Mapping[str, Release]

    @cached_property
    def length(self) -> float:
        """Play seconds until the last release and the end of the last outage."""
        ends = [outage.until for outlet in self.outlets.values() for outage in outlet.outages]
        return max(0.0, *ends, *(release.at for release in self.releases.values()))

    @property
    def items(self) -> int:
        """Pieces of news, whatever the number of their versions."""
        return sum(release.number == 1 for release in self.releases.values())

    def showing(self, outlet: str, second: float) -> tuple[Release, ...]:
        """What an outlet's feed holds: the newest items, newest first, each in its latest version."""
        latest: dict[str, Release] = {}
        for release in self.releases.values():
            if release.outlet == outlet and release.at <= second:
                latest[release.guid] = release
        newest = sorted(latest.values(), key=lambda release: release.first_at, reverse=True)[
            : self.outlets[outlet].shows
        ]
        again = second >= self.outlets[outlet].renumbers
        return tuple(release.renumbered() if again else release for release in newest)


def load(folder: Path = WIRE) -> Script:
    """Read the script from every YAML file of a folder.

    Raises ConfigError with the faults found, each with its place.
    """
    outlets: dict[str, Outlet] = {}
    entries: dict[str, _Placed] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob("*.yaml")):
        document = yamldoc.read(path.read_text(encoding="utf-8"), path.name)
        written = yamldoc.validate(document, WireFile)
        outlets |= {outlet.id: outlet for outlet in written.outlets}
        for index, entry in enumerate(written.entries):
            if entry.id in entries:
                faults.append(document.fault(("entries", index, "id"), f"there is a second entry {entry.id!r}"))
            entries[entry.id] = _Placed(entry, document, index)
    faults += [fault for placed in entries.values() for fault in _unknown_names(placed, outlets, entries)]
    if faults:
        raise ConfigError(faults)
    releases: dict[str, Release] = {}
    for placed in sorted(entries.values(), key=lambda placed: placed.entry.at):
        releases[placed.entry.id] = _release(placed.entry, outlets, releases)
    return Script(outlets, releases)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry, and where it is written."""

    entry: Entry
    document: yamldoc.Document
    index: int


def _unknown_names(placed: _Placed, outlets: Mapping[str, Outlet], entries: Mapping[str, _Placed]) -> Iterator[Fault]:
    entry = placed.entry
    if entry.outlet and entry.outlet not in outlets:
        yield _fault(placed, "outlet", f"there is no outlet {entry.outlet!r}", outlets)
    for key, name in (("revises", entry.revises), ("copy", entry.copied)):
        if not name:
            continue
        if name not in entries:
            yield _fault(placed, key, f"there is no entry {name!r}", entries)
        elif entries[name].entry.at >= entry.at:
            yield _fault(placed, key, f"{name!r} appears no earlier than this entry", ())


def _fault(placed: _Placed, key: str, message: str, known: Mapping[str, object] | tuple[()]) -> Fault:
    name = str(getattr(placed.entry, "copied" if key == "copy" else key))
    return placed.document.fault(("entries", placed.index, key), message, yamldoc.suggestion(name, known))


def _release(entry: Entry, outlets: Mapping[str, Outlet], earlier: Mapping[str, Release]) -> Release:
    before = earlier.get(entry.revises)
    outlet = outlets[before.outlet if before else entry.outlet]
    text = "\n".join(earlier[entry.copied].story[: entry.keep]) if entry.copied else entry.text
    url = before.url if before else outlet.home + (entry.page or entry.id)
    guid = url if outlet.format == "rdf" else f"tag:{outlet.site},2022:{entry.id}"  # RSS 1.0 knows no other
    dated = entry.at if entry.dated is None else entry.dated
    versions = [release for release in earlier.values() if before and release.guid == before.guid]
    return Release(
        id=entry.id,
        at=entry.at,
        outlet=outlet.id,
        guid=before.guid if before else entry.guid or guid,
        url=url,
        title=entry.title,
        author=entry.author or (before.author if before else ""),
        slug=entry.slug,
        story=tuple(line for line in (*text.split("\n"), *entry.after.split("\n")) if line),
        dated=before.dated if before else None if entry.undated else dated,
        number=1 + sum(release.outlet == outlet.id for release in versions),
        first_at=before.first_at if before else entry.at,
    )
