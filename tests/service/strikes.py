"""A wire of two hundred strikes, each told in its own made-up words, and what becomes of each.

A story is new at its moment; four moments later it is corrected, updated,
withdrawn or copied by another outlet, or nothing; and four after that, what was
corrected is withdrawn. Texts are the same at every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.desk import FEEDS, ROUTES
from tests.servers.hostile import HostileServer
from tests.servers.service import rss

STORIES = 200
FEEDS_AT_WORK = 4
"""Each with a channel of its own; another feed copies."""
COPIES = "copies"
LATER = 4
"""Moments from one version of a story to the next."""
SHOWN = 10
"""Moments for which a feed shows a version."""
SYLLABLES = ("ba", "ko", "ri", "tel", "mun", "sha", "ved", "or", "lin", "gra", "pu", "zem", "hal", "ist", "ne", "fo")


@dataclass(frozen=True, slots=True)
class Version:
    """What one feed says at a moment."""

    moment: int
    feed: str
    guid: str
    title: str
    body: str

    @property
    def url(self) -> str:
        return f"https://news.example/{self.guid}"


def wire(stories: int = STORIES, moments: int = 40) -> tuple[Version, ...]:
    """Every version of every story, told within so many moments and two times `LATER`; oldest first."""
    versions = (version for n in range(stories) for version in _story(n, n * moments // stories))
    return tuple(sorted(versions, key=lambda version: (version.moment, version.guid)))


def _story(n: int, moment: int) -> Iterator[Version]:
    chance = random.Random(n)
    feed, guid = f"f{n % FEEDS_AT_WORK}", f"strike-{n}"
    name, place = _word(chance, 4).title(), _word(chance, 4).title()
    title = f"{name} strike closes {place} {_word(chance, 3)}"
    body = f"Talks at {place} failed on Monday. " + _sentence(chance, 14) + _sentence(chance, 12)
    yield Version(moment, feed, guid, title, body)
    later, last = moment + LATER, moment + 2 * LATER
    match n % 5:
        case 0:
            corrected = body.replace("Monday", "Tuesday")
            yield Version(later, feed, guid, f"CORRECTED-{title}", corrected)
            yield Version(last, feed, guid, f"{title} - STORY WITHDRAWN", corrected)
        case 1:
            yield Version(later, feed, guid, f"UPDATE 1-{title}", body + _sentence(chance, 12))
        case 2:
            yield Version(later, feed, guid, f"{title} - STORY WITHDRAWN", body)
        case 3:
            yield Version(later, COPIES, f"copy-{n}", f"{place} stands still in {name} strike", body)


def _word(chance: random.Random, syllables: int) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(syllables))


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(_word(chance, 3) for _ in range(words)).capitalize() + ". "


def show(server: HostileServer, versions: tuple[Version, ...], moment: int) -> None:
    """Let the feeds say what they say at a moment: of each item the latest version, for a while."""
    for feed in feeds():
        shown = {v.guid: v for v in versions if v.feed == feed and moment - SHOWN <= v.moment <= moment}
        items = [(v.guid, v.title, v.body) for v in sorted(shown.values(), key=lambda v: -v.moment)]
        server.set(f"/{feed}", rss(*items), etag=f'"{moment}"')


def feeds() -> tuple[str, ...]:
    return (*(f"f{n}" for n in range(FEEDS_AT_WORK)), COPIES)


def write_rules(folder: Path, server: HostileServer, rooms: Sequence[str]) -> None:
    """The folder of a desk that watches these feeds; each but the copies has a Slack channel."""
    listed = [f"  - {{id: {feed}, url: '{server.url('/' + feed)}', every: 0.1s, backfill: 99}}" for feed in feeds()]
    channels = [f"  f{n}: {{type: slack, channel: '{room}', gather: 1s}}" for n, room in enumerate(rooms)]
    routes = [f"  - {{when: {{feed: f{n}}}, to: f{n}}}" for n in range(len(rooms))]
    folder.mkdir()
    (folder / FEEDS).write_text("\n".join(["feeds:", *listed, ""]), encoding="utf-8")
    (folder / ROUTES).write_text("\n".join(["channels:", *channels, "routes:", *routes, ""]), encoding="utf-8")
    (folder / "strike.yaml").write_text("rules: [{id: strike, query: strike}]\n", encoding="utf-8")
