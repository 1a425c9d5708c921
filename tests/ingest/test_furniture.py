"""What a site puts around every text, learnt from its feed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.furniture import MOST_KNOWN, marked, recurring, remembered
from monitor.model import Item
from tests.items import an_item

DISCLAIMER = "Opinions in these pages belong to those who wrote them and to nobody else."
NEWS = (
    "The harbour of Rotterdam closed at noon. Fog kept the pilots ashore for nine hours.",
    "Voters in Malta chose a new parliament. Turnout fell to its lowest in forty years.",
    "A court in Lima freed two journalists. Their lawyer called the charges absurd.",
    "Engineers reopened the Brenner tunnel. Trains had gone by way of Tarvisio since May.",
)


def items(*bodies: str) -> list[Item]:
    return [an_item(f"Headline {n}", body, guid=str(n)) for n, body in enumerate(bodies)]


def left(item: Item, furniture: tuple[str, ...]) -> str:
    """What is compared of an item."""
    return " ".join(marked(item, frozenset(furniture)).prose.split())


@pytest.mark.parametrize(
    "around",
    ["{}\n" + DISCLAIMER, DISCLAIMER + "\n{}", "Listen to this.\n{}", "{} " + DISCLAIMER, "{}\nMarkets"],
    ids=["below", "above", "a short line", "at the end of a line", "a label"],
)
def test_what_recurs_around_the_news_is_furniture(around: str) -> None:
    found = items(*(around.format(news) for news in NEWS))
    assert [left(item, recurring(found)) for item in found] == list(NEWS)


@pytest.mark.parametrize(
    "bodies",
    [
        [NEWS[0], NEWS[0], NEWS[0], NEWS[1]],
        [f"{NEWS[0]} {more}" for more in ("Ferries ran.", "Cranes stood still.", "Two ships anchored.")],
        [NEWS[0].partition(".")[0] + "."] * 4,
        [f"{NEWS[0]}\n{DISCLAIMER}", f"{NEWS[1]}\n{DISCLAIMER}", NEWS[2]],
    ],
    ids=["one text thrice", "versions of one text", "a summary under several headlines", "twice is no habit"],
)
def test_a_text_that_comes_several_times_is_news(bodies: list[str]) -> None:
    assert recurring(items(*bodies)) == ()


def test_it_is_remembered_for_documents_in_which_it_stands_once() -> None:
    learnt = remembered(recurring(items(*(f"{news}\n{DISCLAIMER}" for news in NEWS[:3]))), ())
    later = an_item("Tunnel open", f"{NEWS[3]}\n{DISCLAIMER}", guid="9")
    assert left(later, remembered((), learnt)) == NEWS[3]


def test_what_is_remembered_is_capped_and_the_newest_stays() -> None:
    known = tuple(f"{n:012x}" for n in range(MOST_KNOWN))
    assert remembered(("new", known[3]), known) == ("new", known[3], *(k for k in known if k != known[3]))[:MOST_KNOWN]


def test_the_body_itself_stays_as_it_came() -> None:
    found = items(*(f"{news}\n{DISCLAIMER}" for news in NEWS))
    shown = marked(found[0], frozenset(recurring(found)))
    assert replace(shown, furniture=()) == found[0]
    assert [shown.body[span.start : span.end] for span in shown.furniture] == [DISCLAIMER]


def test_marks_beyond_what_the_store_keeps_go_with_it() -> None:
    long = an_item("Long", "word " * 900 + "\n" + DISCLAIMER, guid="long")
    furniture = frozenset(recurring(items(*(f"{news}\n{DISCLAIMER}" for news in NEWS))))
    kept = marked(long, furniture).kept()
    assert kept.furniture == ()
    assert kept.prose == kept.text


@given(st.lists(st.text("ab .\n!?", max_size=40), max_size=12))
def test_marks_are_in_order_and_within_the_body(bodies: list[str]) -> None:
    found = items(*bodies)
    furniture = frozenset(recurring(found))
    for item in found:
        spans = marked(item, furniture).furniture
        ends = [end for span in spans for end in span]
        assert ends == sorted(ends)
        assert all(0 <= end <= len(item.body) for end in ends)
