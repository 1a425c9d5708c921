"""What was re-worded: which words differ, and which stay beside them."""

from __future__ import annotations

import pytest
from hypothesis import given

from monitor.channels import render
from monitor.channels.wording import LONGEST, edits
from monitor.model import Change, Field
from tests.channels.nasty import texts

LONG = "one two three four five six seven eight nine ten eleven twelve"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        pytest.param(
            "at noon on Thursday, he said",
            "at noon on Friday, he said",
            "at noon on [Thursday>Friday], he said",
            id="word",
        ),
        pytest.param("rate at 6.5 percent", "rate at 6.7 percent", "rate at [6.5 >6.7 ]percent", id="figure"),
        pytest.param("was hurt", "was not hurt", "was [>not ]hurt", id="put in"),
        pytest.param("was not hurt", "was hurt", "was [not >]hurt", id="taken out"),
        pytest.param("", "It came", "[>It came]", id="came"),
        pytest.param("It went", "", "[It went>]", id="went"),
        pytest.param("the same", "the  same", "", id="spaces only"),
        pytest.param("a day. A b c", "a day. A d. A b c", "a day. A [>d. A ]b c", id="one of two that are alike"),
        pytest.param(
            "the evening. The end",
            "the evening. New words. The end",
            "the evening. [>New words. ]The end",
            id="begins with a word",
        ),
        pytest.param(
            "ships of the line sail",
            "boats of the bay row",
            "[ships of the line sail>boats of the bay row]",
            id="alike by chance",
        ),
        pytest.param(f"A {LONG}", f"B {LONG}", "[A >B ]one two three four…", id="far behind"),
        pytest.param(f"{LONG} A", f"{LONG} B", "… nine ten eleven twelve [A>B]", id="far before"),
        pytest.param(
            f"A {LONG} C", f"B {LONG} D", "[A >B ]one two three four … nine ten eleven twelve [C>D]", id="far between"
        ),
        pytest.param(
            "He said. The end is",
            "He said. And so on and…",
            "He said. [>And so on and…]",
            id="what follows was cut off",
        ),
        pytest.param(
            "He said. And so on and…", "He said. The end is", "He said. [And so on and…>]", id="cut off before"
        ),
    ],
)
def test_edits(before: str, after: str, shown: str) -> None:
    found = edits(Change(Field.BODY, before, after))
    assert "".join(e.after if e.stays else f"[{e.before}>{e.after}]" for e in found) == shown


def test_a_long_difference_is_cut() -> None:
    (edit,) = edits(Change(Field.BODY, "", "x" * 200))
    assert edit.after == "x" * (LONGEST - 1) + "…"


@given(texts, texts)
def test_some_word_differs_when_any_does(before: str, after: str) -> None:
    found = edits(Change(Field.BODY, before, after))
    told = [render.line(text, render.CHANGE).split() for text in (before, after)]
    assert not found or told[0] != told[1]
    assert not found or any(not edit.stays for edit in found)
