"""The least quality on the labelled wire; `python -m tests.stories.measure` prints all figures."""

from __future__ import annotations

import pytest

from tests.stories.generated import Shape, wire
from tests.stories.measure import measure, simhash, table, title_hash


@pytest.mark.parametrize("shape", Shape)
def test_copies_and_stories_are_told_apart(shape: Shape) -> None:
    measured, labelled = measure(shape), wire(shape)
    assert measured.copies.precision >= 0.98
    assert measured.copies.recall >= 0.95
    assert measured.story.precision >= 0.95
    assert measured.story.recall >= 0.85
    assert measured.updates_swallowed == 0
    assert measured.news_swallowed <= 0.15
    assert measured.copies.f1 > 2 * max(title_hash(labelled).f1, simhash(labelled).f1)


def test_table_has_all_figures() -> None:
    assert table(Shape.SUMMARY).count("F1") == 4
