"""`feeds.yaml`: which feeds to poll.

defaults: {every: 10m}
feeds:
  - {id: bbc-world, url: https://…, source: BBC, every: 2m, lang: en, tags: [uk], backfill: 0}
  - {id: agency, url: https://…, floor: 30s, auth: {user: desk, secret: agency}, priority: high, expect: 6h}

A feed with an `every` of its own and no `floor` is polled just so often. Any
other goes by its own rhythm: between its `floor` (the operator's, if it has none)
and its `every` (15m, if nobody gives one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor import yamldoc
from monitor.config import SecretName
from monitor.durations import Duration
from monitor.errors import ConfigError, Fault
from monitor.ingest import article
from monitor.ingest.identity import canonical_url
from monitor.model import Access, Auth, Feed, Priority

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_SAID_OTHERWISE = {"user-agent": "user_agent", "authorization": "auth", "proxy-authorization": "proxy"}
"""Headers that have a key of their own."""
_OURS = re.compile(
    "accept-encoding|connection|content-length|expect|host|if-.*|keep-alive|range|referer|te|trailer|transfer-encoding"
    "|upgrade",
    re.IGNORECASE,
)
"""Headers that are the fetcher's affair, or would break what it does."""
_SECRET = re.compile(r"auth(?!or(?!i[sz]))|cookie|credential|key(?![a-z])|passw|secret|session|token", re.IGNORECASE)
"""What the name of a header that holds a secret is made of; authors and keywords are none."""
_CEILING = 900.0
"""Seconds: the most between two polls of a feed that goes by its own rhythm, when nobody says otherwise."""
_LONGEST_TIMEOUT = 120.0
_LARGEST = 16_000_000
"""As much as is read at all."""


def _id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f"{value!r} may only hold lower-case letters, digits, and - _ . after the first")
    return value


def web_address(value: str) -> str:
    """An address, without blanks around it. Raises ValueError for what is none; never quotes it, for passwords."""
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


def language_tag(value: str) -> str:
    """A language tag in lower case, or nothing at all. Raises ValueError for what is none."""
    if value and not _LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is not a language tag: write one such as en, zh or pt-BR")
    return value.lower()


def _header(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a header")
    if _OURS.fullmatch(name):
        raise ValueError(f"{name} is not yours to set: it is sent as the request needs it")
    return name


def _headers(written: dict[str, str]) -> dict[str, str]:
    """Never quotes a value: it may be a secret all the same."""
    for name, value in written.items():
        _header(name)
        if key := _SAID_OTHERWISE.get(name.lower()):
            raise ValueError(f"{name} has a key of its own: `{key}`")
        if _SECRET.search(name):
            raise ValueError(f"{name} seems to hold a secret: write `auth: {{header: {name}, secret: its-name}}`")
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"the value of {name} may only hold printable ASCII")
    return written


def _printable(value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError("may only hold printable ASCII")
    return value


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


_Every = Annotated[Duration, Field(gt=0)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Shape):
    """What holds for feeds that say nothing else."""

    every: _Every | None = Field(
        default=None, description="Time between two polls; the feed's own rhythm decides without."
    )
    floor: _Every | None = Field(
        default=None, description="Least time between two polls, for feeds without an `every` of their own."
    )


class AuthEntry(_Shape):
    """Who asks: a bearer token, with `user` a password, with `header` a key that is sent in it."""

    secret: SecretName = Field(description="Name of the secret: agency is WIREWATCH_SECRET_AGENCY.")
    user: Annotated[str, AfterValidator(_printable)] = Field(default="", description="Whose password the secret is.")
    header: Annotated[str, AfterValidator(_header)] | None = Field(
        default=None, description="The header that carries the secret, such as X-Api-Key."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.user and self.header:
            raise ValueError("`user` and `header` are two ways: leave one out")
        return self


class FeedEntry(_Shape):
    """One feed."""

    id: Annotated[str, AfterValidator(_id)] = Field(
        description="Its name in commands, filters and routes: lower-case letters, digits and dashes.",
        json_schema_extra={"pattern": f"^{_ID.pattern}$"},
    )
    url: Annotated[str, AfterValidator(web_address)] = Field(
        description="Its address: https://… or http://…", json_schema_extra={"pattern": "^\\s*https?://"}
    )
    source: str = Field(default="", description="The outlet, as alerts show it; the host when left out.")
    every: _Every | None = Field(default=None, description="Time between two polls; the most, when there is a `floor`.")
    floor: _Every | None = Field(
        default=None, description="Least time between two polls: the feed's own rhythm decides, up to `every`."
    )
    lang: Annotated[str, AfterValidator(language_tag)] = Field(default="", description="Its language, such as en.")
    tags: tuple[str, ...] = Field(default=(), description="For your own order.")
    backfill: int = Field(default=0, ge=0, description="Items of the first poll that may alert; others seed silently.")
    priority: Literal["low", "normal", "high"] = Field(
        default="normal", description="Which feeds are polled first when more are due than can be."
    )
    expect: _Every | None = Field(
        default=None, description="Its longest normal silence; learnt from what it does when left out."
    )
    fulltext: bool = Field(default=False, description="Fetch the pages of its items, for their whole text.")
    headers: Annotated[dict[str, str], AfterValidator(_headers)] = Field(
        default={}, description="Further headers of its requests; never secrets."
    )
    auth: AuthEntry | None = Field(default=None, description="How its requests say who asks.")
    proxy: Annotated[str, AfterValidator(web_address)] | None = Field(
        default=None, description="HTTP proxy to ask through: http://proxy.example:3128."
    )
    user_agent: Annotated[str, AfterValidator(_printable)] = Field(
        default="", description="What it is told that we are, in place of our own words."
    )
    timeout: Annotated[Duration, Field(gt=0, le=_LONGEST_TIMEOUT)] | None = Field(
        default=None, description="How long a poll may take; 20s when left out."
    )
    max_bytes: int | None = Field(
        default=None, ge=1_000, le=_LARGEST, description="Its longest document, unpacked; 10000000 when left out."
    )
    insecure: bool = Field(
        default=False, description="Believe its certificate unseen: anybody on the way can then write its news."
    )

    @model_validator(mode="after")
    def _floor_below(self) -> Self:
        if self.floor and self.every and self.floor > self.every:
            raise ValueError(
                "`floor` is the least and `every` the most time between two polls: make `every` the longer"
            )
        return self


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
    if not article.installed():
        asking = (index for index, entry in enumerate(listed.feeds) if entry.fulltext)
        faults += (
            document.fault(("feeds", index, "fulltext"), "needs trafilatura", article.NEEDED) for index in asking
        )
    if faults:
        raise ConfigError(faults)
    return tuple(_feed(entry, listed.defaults, floor) for entry in listed.feeds)


def _feed(entry: FeedEntry, defaults: Defaults, least: float) -> Feed:
    every, floor = _pace(entry, defaults, least)
    return Feed(
        id=entry.id,
        url=entry.url,
        source=entry.source or (urlsplit(entry.url).hostname or "").removeprefix("www."),
        every=every,
        floor=floor,
        lang=entry.lang,
        tags=tuple(dict.fromkeys(entry.tags)),
        backfill=entry.backfill,
        access=Access(
            headers=tuple(entry.headers.items()),
            auth=Auth(entry.auth.secret, entry.auth.user, entry.auth.header or "", entry.url) if entry.auth else None,
            proxy=entry.proxy or "",
            user_agent=entry.user_agent,
            timeout=entry.timeout or 0.0,
            max_bytes=entry.max_bytes or 0,
            insecure=entry.insecure,
        ),
        priority=Priority[entry.priority.upper()],
        expect=entry.expect or 0.0,
        fulltext=entry.fulltext,
    )


def _pace(entry: FeedEntry, defaults: Defaults, least: float) -> tuple[float, float]:
    """`every` and `floor` of a feed."""
    every = entry.every or defaults.every
    floor = entry.floor or (None if entry.every else defaults.floor)
    if floor is None and every is not None:
        return max(least, every), 0.0
    most = max(least, every or _CEILING)
    return most, min(most, max(least, floor or 0.0))


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


def risks(feed: Feed) -> tuple[str, ...]:
    """What is dangerous about how a feed is asked, in words that are to be seen wherever it is."""
    told = []
    if feed.access.insecure:
        told.append("INSECURE: its certificate is believed unseen, anybody on the way can write its news")
    if feed.access.auth and feed.url.startswith("http://"):
        told.append("its secret is sent unencrypted: make its address https://")
    return tuple(told)
