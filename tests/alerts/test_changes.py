"""What changed between two texts, and whether it matters."""

from __future__ import annotations

import pytest

from monitor.alerts.changes import MOST_CHANGES, MOST_CHARACTERS, another, changes, material
from monitor.model import Change, Field
from tests.items import an_item

BODY = "Two foreign ministers met in Tunxi on Wednesday. They spoke of a just and democratic order."


def test_a_corrected_phrase_is_shown_before_and_after_with_a_little_context() -> None:
    before = an_item("Ministers meet", BODY)
    after = an_item("Ministers meet", BODY.replace("in Tunxi on", "in Beijing on"))
    assert changes(before, after) == (
        Change(
            Field.BODY,
            "foreign ministers met in Tunxi on Wednesday. They"[8:],
            "foreign ministers met in Beijing on Wednesday. They"[8:],
        ),
    )


def test_the_desks_prefix_is_no_change() -> None:
    assert changes(an_item("Ministers meet", BODY), an_item("Ministers meet", BODY, prefix="CORRECTED-")) == ()


def test_headline_first_then_text_and_no_flood() -> None:
    words = [f"word{n}" for n in range(200)]
    swapped = [f"other{n}" if n % 20 == 0 else word for n, word in enumerate(words)]
    found = changes(an_item("Ten dead", " ".join(words)), an_item("Twelve dead", " ".join(swapped)))
    assert found[0] == Change(Field.TITLE, "Ten dead", "Twelve dead")
    assert len(found) == MOST_CHANGES


def test_a_rewritten_text_is_cut() -> None:
    before, after = an_item("A", "old " * 900), an_item("A", "new " * 900)
    (change,) = changes(before, after)
    assert len(change.before) <= MOST_CHARACTERS
    assert change.after.endswith("…")


@pytest.mark.parametrize(
    ("before", "after", "matters"),
    [
        pytest.param("Strike closes port of Rotterdam", "Strike closes Rotterdam port", False, id="word order"),
        pytest.param("Strike closes port", "Strikes closed the port", False, id="inflection"),
        pytest.param("Quake kills 12 in Herat", "Quake kills 30 in Herat", True, id="a newer figure"),
        pytest.param("Talks open in Tunxi", "Ministers part without agreement", True, id="another headline"),
        pytest.param("Toll at 1,200", "Toll at 1200", False, id="the same figure, other comma"),
        pytest.param("", "", False, id="nothing at all"),
    ],
)
def test_material(before: str, after: str, matters: bool) -> None:
    assert material(an_item(before, BODY), an_item(after, BODY)) is matters


def test_a_new_figure_in_the_first_lines_matters() -> None:
    assert material(an_item("Quake hits Herat", "At least 12 died."), an_item("Quake hits Herat", "At least 30 died."))


@pytest.mark.parametrize(
    ("before", "after", "is_another"),
    [
        pytest.param(
            ("Lavrov opens embassy", "In Tunis."), ("Cup final ends in a draw", "No goals."), True, id="reused"
        ),
        pytest.param(("Talks open in Tunxi", BODY), ("Ministers part", BODY + " They left."), False, id="re-titled"),
        pytest.param(("Ministers meet", ""), ("Ministers meet again", ""), False, id="headlines only"),
        pytest.param(("", ""), ("Ministers meet", ""), False, id="nothing before"),
    ],
)
def test_another(before: tuple[str, str], after: tuple[str, str], is_another: bool) -> None:
    assert another(an_item(*before), an_item(*after)) is is_another
