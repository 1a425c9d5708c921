"""What is hushed before anybody asks what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.ingest import arrivals
from monitor.ingest.arrivals import BACKFILL, OLDER, RENAMED, SEEDED
from monitor.model import FeedState, Item, Kind, Outcome
from tests.ingest.polls import DAY, FEED, SETTLED
from tests.items import NOON, an_item

NEW = [an_item(f"Story {number}", guid=str(number), published=NOON - 60 * (9 - number)) for number in range(8)]
READ = replace(SETTLED, newest=NOON)


def hushed(items: list[Item], texts: list[Item], state: FeedState = READ, backfill: int = 0) -> list[Outcome | None]:
    """What becomes of items that are all unknown, when these texts are known."""
    feed = replace(FEED, backfill=backfill)
    keys = {item.key for item in items}
    found = arrivals.hushed(feed, state, items, keys, frozenset(item.revision for item in texts))
    return [found.get(item.key) for item in items]


@pytest.mark.parametrize(("backfill", "seeded"), [(0, 8), (3, 5), (8, 0), (12, 0)])
def test_of_a_first_poll_the_newest_may_alert(backfill: int, seeded: int) -> None:
    assert hushed(NEW, [], FeedState(FEED.id), backfill) == [SEEDED] * seeded + [None] * (8 - seeded)
    moved = replace(READ, configured_url="https://meridian.example/old")
    assert hushed(NEW, [], moved, backfill) == [SEEDED] * seeded + [None] * (8 - seeded)


RENAMINGS = [
    # texts known, what becomes of the eight items, oldest first
    pytest.param([], [None] * 8, id="nothing is known"),
    pytest.param(NEW, [RENAMED] * 8, id="all are"),
    pytest.param(NEW[:6], [RENAMED] * 6 + [None] * 2, id="but the newest"),
    pytest.param(NEW[2:7], [OLDER] * 2 + [RENAMED] * 5 + [None], id="older ones are forgotten"),
    pytest.param(NEW[1:5], [None] * 8, id="too few to be sure"),
]


@pytest.mark.parametrize(("texts", "expected"), RENAMINGS)
def test_other_ids_for_known_texts(texts: list[Item], expected: list[Outcome | None]) -> None:
    assert hushed(NEW, texts) == expected


@pytest.mark.parametrize("kind", [Kind.CORRECTION, Kind.WITHDRAWAL])
def test_what_a_desk_says_of_its_own_text_is_heard_among_other_ids(kind: Kind) -> None:
    spoken = replace(NEW[0], wire=replace(NEW[0].wire, kind=kind))
    assert hushed([spoken, *NEW[1:]], NEW[2:7]) == [None, OLDER, *[RENAMED] * 5, None]


@pytest.mark.parametrize(
    ("item", "late"),
    [
        pytest.param(an_item(published=NOON - 3 * DAY), True, id="three days old"),
        pytest.param(an_item(published=NOON - 1.5 * DAY), False, id="a day and a half"),
        pytest.param(an_item(published=None), False, id="no date"),
        pytest.param(replace(an_item(published=NOON - 3 * DAY), updated=NOON), False, id="old, updated now"),
        pytest.param(an_item(published=NOON - 3 * DAY, kind=Kind.CORRECTION), False, id="a correction"),
        pytest.param(an_item(published=NOON - 3 * DAY, kind=Kind.WITHDRAWAL), False, id="a withdrawal"),
    ],
)
def test_what_is_late_is_backfill(item: Item, late: bool) -> None:
    assert hushed([item], []) == [BACKFILL if late else None]
    assert hushed([item], [], replace(READ, newest=NOON - 4 * DAY)) == [None], "it is the newest of its feed"
    assert hushed([item], [], replace(READ, last_success=NOON - 4 * DAY)) == [None], "we were away"
