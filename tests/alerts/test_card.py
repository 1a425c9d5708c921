"""What a card shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alerts.card import MOST_EXCERPTS, OPENING, card, excerpts
from monitor.model import Field, Hit
from tests.items import a_match, an_item

LONG = "Filler words stand here. " * 40


def hit_on(body: str, words: str) -> Hit:
    start = body.index(words)
    return Hit("r", Field.BODY, start, start + len(words), words)


def test_an_excerpt_is_whole_words_around_the_hit_with_the_hit_marked() -> None:
    body = LONG + "a multipolar world order came up " + LONG
    (excerpt,) = excerpts(an_item(body=body), [hit_on(body, "world order")])
    (mark,) = excerpt.marks
    assert excerpt.text[mark.start : mark.end] == "world order"
    assert excerpt.text.startswith("… ")
    assert excerpt.text.endswith(" …")
    assert all(word in body.split() for word in excerpt.text.strip("… ").split())


def test_near_hits_share_an_excerpt_and_far_ones_are_capped() -> None:
    body = "Lavrov and Wang Yi met. " + LONG + "Lavrov left. " + LONG + "Wang Yi stayed."
    hits = [hit_on(body, "Lavrov"), hit_on(body, "Wang Yi"), hit_on(body, "Lavrov left"), hit_on(body, "Wang Yi stay")]
    found = excerpts(an_item(body=body), hits)
    assert len(found) == MOST_EXCERPTS
    assert [found[0].text[m.start : m.end] for m in found[0].marks] == ["Lavrov", "Wang Yi"]


def test_without_a_hit_in_the_body_its_first_lines_are_shown() -> None:
    (excerpt,) = excerpts(an_item(body=LONG), [])
    assert excerpt.marks == ()
    assert LONG.startswith(excerpt.text.removesuffix(" …"))
    assert len(excerpt.text) <= OPENING + 2


def test_an_item_without_body_has_no_excerpt() -> None:
    assert excerpts(an_item(body=""), []) == ()


@pytest.mark.parametrize(
    ("note", "excerpts"), [("Please do not\nuse it.", 0), ("Do not use it.", 1), ("", 1)], ids=["all", "else", "none"]
)
def test_what_the_desks_note_says_is_not_shown_twice(note: str, excerpts: int) -> None:
    assert len(card(an_item(body="Please do not use it.", note=note), []).excerpts) == excerpts


def test_rules_and_spellings_are_listed_once() -> None:
    item = an_item("Lavrov meets Wang Yi", "Lavrov met Wang Yi.")
    shown = card(
        item, [a_match(item, "lavrov", "Lavrov"), a_match(item, "wang", "Wang Yi"), a_match(item, "x", "Lavrov")]
    )
    assert shown.rules == ("lavrov", "wang", "x")
    assert shown.spellings == ("Lavrov", "Wang Yi")


@given(body=st.text(max_size=800), data=st.data())
def test_marks_always_stand_on_the_words_that_hit(body: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.tuples(st.integers(0, len(body)), st.integers(1, 30)), max_size=5))
    hits = [
        Hit("r", Field.BODY, start, min(len(body), start + length), body[start : start + length])
        for start, length in cuts
        if start < len(body)
    ]
    words = {hit.text.replace("\n", " ") for hit in hits}
    for excerpt in excerpts(an_item(body=body), hits):
        for mark in excerpt.marks:
            assert excerpt.text[mark.start : mark.end] in words
