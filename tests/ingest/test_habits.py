"""What a feed teaches of itself: ids that do not last, lines that do not keep still."""

from __future__ import annotations

import pytest

from monitor.ingest import habits
from monitor.ingest.identity import revision
from monitor.model import UNTAUGHT, Habits

TOWNS = ("Aleppo", "Bergen", "Cadiz", "Delft", "Evora", "Fes")
COPY = "The council of {} met on Monday.{}"


def changed(before: str, after: str, towns: int = 6) -> list[tuple[str, str]]:
    """Texts of as many towns, each with this at its end before and after."""
    return [(COPY.format(town, before), COPY.format(town, after)) for town in TOWNS[:towns]]


LEARNT = [
    pytest.param("\n1,204 readers", "\n1,377 readers", id="a line that counts"),
    pytest.param(" 1,204 readers so far.", " 1,377 readers so far.", id="a sentence that counts"),
    pytest.param(" Ref. a83f at 10:42.", " Ref. 9c1d at 11:07.", id="a token and a time"),
    pytest.param(" First seen 3h ago.", " First seen 5h ago.", id="an age"),
]


@pytest.mark.parametrize(("before", "after"), LEARNT)
def test_what_changes_in_many_items_at_once_is_overlooked_from_then_on(before: str, after: str) -> None:
    taught = habits.overlooking(UNTAUGHT, changed(before, after))
    assert taught.restless
    texts = [COPY.format("Ghent", end) for end in (before, after, after.replace("7", "8"))]
    assert len({revision("Council", text, "", taught.restless) for text in texts}) == 1
    edited = texts[0].replace("Monday", "Tuesday")
    assert revision("Council", edited, "", taught.restless) != revision("Council", texts[0], "", taught.restless)


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(changed(" 4 readers.", " 5 readers.", towns=4), id="too few"),
        pytest.param(changed(" 4 died.", " 5 died.", towns=5) + [("a", "b")] * 9, id="not most of them"),
        pytest.param([(f"{town} counts 12 dead.", f"{town} counts 30 dead.") for town in TOWNS], id="each its own"),
        pytest.param(changed(" Fair.", " Rain ahead."), id="other words, not other figures"),
        pytest.param([], id="nothing to compare with"),
    ],
)
def test_what_may_be_news_is_not_overlooked(texts: list[tuple[str, str]]) -> None:
    assert habits.overlooking(UNTAUGHT, texts) == UNTAUGHT


def test_what_was_learnt_stays_and_is_bounded() -> None:
    taught = habits.overlooking(Habits(restless=("old",)), changed(" 1 reader.", " 2 readers."))
    assert taught.restless == ("old",), "singular and plural are two shapes"
    for number in range(60):
        taught = habits.overlooking(taught, changed(f" Note {'x' * number} 1.", f" Note {'x' * number} 2."))
    assert len(taught.restless) == 50
    shared = habits.remembered(Habits(shared=("b", "c")), ["a", "b"]).shared
    assert shared == ("a", "b", "c")
    assert len(habits.remembered(UNTAUGHT, [str(number) for number in range(999)]).shared) == 200


@pytest.mark.parametrize(
    ("some", "shown", "mass"),
    [(4, 4, False), (5, 5, True), (5, 10, True), (5, 11, False), (50, 99, True)],
)
def test_a_mass_is_most_and_not_a_few(some: int, shown: int, mass: bool) -> None:
    assert habits.is_mass(some, shown) is mass


def test_each_habit_is_told_once() -> None:
    taught, told = UNTAUGHT, []
    for churned, stirred in [(True, False)] * 5 + [(False, True)] * 9 + [(True, False)]:
        before, taught = taught, habits.learnt(taught, churned=churned, stirred=stirred)
        told.append(habits.notice(before, taught))
    assert [number for number, text in enumerate(told) if text] == [0, 8]


def test_a_document_that_keeps_still_ends_what_was_stirred() -> None:
    assert habits.learnt(Habits(stirs=9), churned=False, stirred=False).stirs == 0
