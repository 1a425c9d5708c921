"""Feeds found on a page: those that it names in its head; if it names none, those that stand where they often do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

from monitor.feedlist.looking import Look, Looker
from monitor.ingest import mend
from monitor.ingest.identity import canonical_url
from monitor.model import Feed, Page, Unreadable

_KINDS: Final = ("rss+xml", "atom+xml", "rdf+xml", "feed+json", "application/json", "text/xml", "application/xml")
_NO_FEED: Final = "/wp-json/"
"""What every page of WordPress names besides its feeds."""
_USUAL: Final = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml")
_MOST: Final = 10
"""Feeds of one page that are looked at."""
_LONGEST: Final = 2_000_000
"""Bytes of a page that are searched."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an address led to."""

    first: Look
    """The look at the address itself."""
    feeds: tuple[Look, ...]
    """Those that can be polled; the address itself, or those that its page led to."""
    named: int
    """How many feeds its page names; 0 when it is a feed itself."""


async def find(looker: Looker, feed: Feed, now: float) -> Found:
    """The feeds at an address, looked at one after the other."""
    first = await looker.look(feed, now)
    if not first.fault:
        return Found(first, (first,), 0)
    if not isinstance(first.answer, Page) or not isinstance(first.parsed, Unreadable):
        return Found(first, (), 0)
    links = named(first.answer)
    feeds = []
    for url in links[:_MOST] or [urljoin(first.answer.url, path) for path in _USUAL]:
        look = await looker.look(replace(feed, url=url), now)
        if not look.fault:
            feeds.append(look)
            if not links:
                break
    return Found(first, tuple(feeds), len(links))


def named(page: Page) -> list[str]:
    """Addresses of the feeds that a page names, each once; those of comments last."""
    head = LexborHTMLParser(mend.decode(page.body[:_LONGEST], page.content_type).text)
    links = {canonical_url(url): (url, title) for url, title in _alternates(head, page.url)}
    return [url for url, title in sorted(links.values(), key=lambda link: "comment" in " ".join(link).lower())]


def _alternates(page: LexborHTMLParser, url: str) -> Iterator[tuple[str, str]]:
    """Address and title of each feed that a page names."""
    base = page.css_first("base[href]")
    start = _joined(url, base.attributes.get("href") if base else "") or url
    for link in page.css("link[href]"):
        about = {name: (value or "").strip() for name, value in link.attributes.items()}
        relations = about.get("rel", "").lower().split()
        if "alternate" not in relations or not about.get("type", "").lower().split(";")[0].endswith(_KINDS):
            continue
        target = _joined(start, about["href"])
        if target.startswith(("http://", "https://")) and _NO_FEED not in target:
            yield target, about.get("title", "")


def _joined(start: str, reference: str | None) -> str:
    """Where a reference leads; empty: nowhere."""
    try:
        return urljoin(start, (reference or "").strip().removeprefix("feed:")) if reference else ""
    except ValueError:
        return ""
