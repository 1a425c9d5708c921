"""A feed as it is written into `feeds.yaml`, and the id that it gets there."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count
from urllib.parse import urlsplit

from monitor.ingest.feeds import web_address
from monitor.rules import tokens
from monitor.yamldoc.writing import scalar

_LONGEST_ID = 40
_NO_NAMES = frozenset(("www", "feeds", "feed", "rss", "com", "org", "net", "co"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A feed to be written."""

    id: str
    url: str
    source: str = ""
    every: str = ""
    """As people write durations."""
    lang: str = ""
    tags: tuple[str, ...] = ()

    def block(self) -> str:
        """As YAML, a line for each key."""
        return "\n".join(self._lines())

    def flow(self) -> str:
        """As YAML in braces."""
        return "{" + ", ".join(self._lines()) + "}"

    def _lines(self) -> list[str]:
        written = {"id": scalar(self.id), "url": scalar(self.url), "source": scalar(self.source)}
        written |= {"every": self.every, "lang": self.lang, "tags": f"[{', '.join(map(scalar, self.tags))}]"}
        given = {"id", "url", *(key for key in ("source", "every", "lang", "tags") if getattr(self, key))}
        return [f"{key}: {value}" for key, value in written.items() if key in given]


def polled_address(written: str) -> str:
    """The address that is polled where people or programs write one, such as `feed://…`. Raises ValueError."""
    url = written.strip()
    if url.startswith("feed:"):
        url = url.removeprefix("feed:").removeprefix("//")
        url = url if url.startswith(("http://", "https://")) else f"https://{url}"
    return web_address(url)


def an_id(name: str, url: str, taken: Collection[str]) -> str:
    """An id made of a feed's name, or of its host when the name has no Latin letters; not one that is taken."""
    words = [word for word in tokens.words(name) if word.isascii()]
    if not words:
        words = [part for part in (urlsplit(url).hostname or "").split(".") if part not in _NO_NAMES]
    made = re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower())[:_LONGEST_ID].strip("-") or "feed"
    others = (f"{made}-{number}" for number in count(2))
    return next(found for found in chain([made], others) if found not in taken)
