"""Other people's feeds, where they are at hand: nothing refused, nothing lost, nothing mistaken for a signal."""

from __future__ import annotations

import io
from pathlib import Path

import feedparser
import pytest

from monitor.ingest.document import parse_document
from monitor.model import Feed, Item, Kind, Parsed

DATA = Path(__file__).parents[3] / "shared" / "data"
FEEDS = sorted((DATA / "feeds").glob("*.xml"))
REPLAYS = sorted(path for path in (DATA / "replay").glob("*") if path.is_dir())
FEBRUARY_2026 = 1_771_400_000.0

pytestmark = pytest.mark.skipif(not FEEDS, reason="the folder of real feeds is not here")


def read(path: Path, now: float) -> Parsed:
    feed = Feed(id="real", url="https://real.example/feed", source="Real", every=300.0)
    parsed = parse_document(path.read_bytes(), "", feed, now)
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
