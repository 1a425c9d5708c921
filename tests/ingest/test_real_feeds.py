"""Other people's feeds, where they are at hand: nothing refused, nothing lost, nothing mistaken for a signal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest

from monitor.ingest import arrivals, habits
from monitor.ingest.document import parse_document
from monitor.model import Feed, FeedState, Item, Kind, Parsed

DATA = Path(__file__).parents[3] / "shared" / "data"
FEEDS = sorted((DATA / "feeds").glob("*.xml"))
REPLAYS = sorted(path for path in (DATA / "replay").glob("*") if path.is_dir())
FEBRUARY_2026 = 1_771_400_000.0

pytestmark = pytest.mark.skipif(not FEEDS, reason="the folder of real feeds is not here")


FEED = Feed(id="real", url="https://real.example/feed", source="Real", every=300.0)


def read(path: Path, now: float, slices: str = "", ids: str = "") -> Parsed:
    """A document, with `ids` at the beginning of each guid."""
    body = path.read_bytes().replace(b'<guid isPermaLink="false">', f'<guid isPermaLink="false">{ids}'.encode())
    parsed = parse_document(body, "", FEED, now, slices)
    assert isinstance(parsed, Parsed), parsed
    return parsed


def holds(item: Item) -> None:
    """What every item promises."""
    wire = item.wire
    assert item.title
    assert item.title == " ".join(item.title.split())
    assert item.body == item.body.strip()
    assert 0 <= wire.headline.start < wire.headline.end <= len(item.title)
    assert 0 <= wire.copy.start <= wire.text.start <= wire.text.end <= wire.copy.end == len(item.body)
    assert item.url.startswith("http") or not item.url


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem[:6])
def test_every_item_is_read(path: Path) -> None:
    parsed = read(path, FEBRUARY_2026)
    plain = feedparser.parse(io.BytesIO(path.read_bytes()))
    assert parsed.items
    fields = ("id", "link", "title", "summary", "published")
    assert len(parsed.items) == len({tuple(entry.get(name) for name in fields) for entry in plain.entries})
    assert parsed.problems == ()
    for item in parsed.items:
        holds(item)
        assert item.wire.kind is Kind.NEWS, item.title


@pytest.mark.slow
@pytest.mark.parametrize("folder", REPLAYS, ids=lambda path: path.name)
def test_two_weeks_of_a_feed_give_each_item_one_key(folder: Path) -> None:
    keys: dict[str, str] = {}
    for frame in sorted(folder.glob("*.xml"))[::4]:
        parsed = read(frame, float(frame.stem))
        dates = [item.published for item in parsed.items if item.published is not None]
        assert dates == sorted(dates)
        for item in parsed.items:
            holds(item)
            assert item.wire.kind is Kind.NEWS, item.title
            assert keys.setdefault(item.guid, item.key) == item.key
    assert len(set(keys.values())) == len(keys)


@pytest.mark.parametrize("folder", REPLAYS, ids=lambda path: path.name)
def test_in_two_weeks_of_a_feed_nothing_is_mistaken_for_its_ways(folder: Path) -> None:
    """And on the last day all its guids change, of which nobody hears."""
    seen: dict[str, str] = {}
    state, slices = FeedState(FEED.id, configured_url=FEED.url), ""
    for frame in sorted(folder.glob("*.xml")):
        now = float(frame.stem)
        parsed = read(frame, now, slices)
        unknown = [item for item in parsed.items if item.key not in seen]
        changed = [item for item in parsed.items if seen.get(item.key, item.revision) != item.revision]
        if state.seeded:
            keys = {item.key for item in unknown}
            assert arrivals.hushed(FEED, state, parsed.items, keys, frozenset(seen.values())) == {}
        assert not habits.is_mass(len(changed), len(parsed.items) + len(parsed.known))
        seen |= {item.key: item.revision for item in parsed.items}
        dates = [min(item.published, now) for item in parsed.items if item.published is not None]
        state, slices = replace(state, last_success=now, newest=max([state.newest, *dates])), parsed.slices
    churned = read(frame, now + 300, ids="new-").items
    keys = {item.key for item in churned}
    assert not keys & seen.keys()
    assert set(arrivals.hushed(FEED, state, churned, keys, frozenset(seen.values()))) == keys
