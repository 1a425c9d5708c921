"""Figures and names."""

from __future__ import annotations

import pytest

from monitor.stories.facts import MONEY, Figure, figures, meeting, names
from monitor.stories.words import Words, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("at least 12 people were killed", [("dead", 12)], id="killed-behind"),
        pytest.param("killing at least 12 people and injuring 85", [("dead", 12), ("hurt", 85)], id="verb-before"),
        pytest.param("the death toll rose to 1,200", [("dead", 1200)], id="toll"),
        pytest.param("Twelve dead", [("dead", 12)], id="word-for-a-number"),
        pytest.param("a magnitude 6.1 quake", [("magnitude", 6.1)], id="magnitude-before"),
        pytest.param("a 6.1-magnitude quake", [("magnitude", 6.1)], id="magnitude-behind"),
        pytest.param("oil rose 2%", [("percent", 2)], id="percent"),
        pytest.param("$3.2 billion and 3.2bn euros", [(MONEY, 3.2e9), (MONEY, 3.2e9)], id="money-and-scale"),
        pytest.param("30 countries signed", [("countries", 30)], id="any-other-noun"),
        pytest.param("more than 2,000 people are feared dead", [("dead", 2000)], id="a-count-like-a-year"),
        pytest.param("since 2014, on March 30, at 10:30", [], id="dates-and-times-are-none"),
        pytest.param("the 1.2.3 release", [], id="not-a-number"),
        pytest.param("won 3", [], id="nothing-counted"),
    ],
)
def test_figures(text: str, found: list[tuple[str, float]]) -> None:
    assert figures(words(text)) == tuple(Figure(kind, value) for kind, value in found)


def _names(*found: str) -> frozenset[Words]:
    return frozenset(words(name) for name in found)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        pytest.param(["talks between Sergey Lavrov and Wang Yi"], _names("Sergey Lavrov", "Wang Yi"), id="in-a-row"),
        pytest.param(["the Chinese Foreign Minister Wang Yi said"], _names("Chinese", "Wang Yi"), id="office-parts"),
        pytest.param(["he met Sergei Lavrov. Lavrov said"], _names("Sergei Lavrov"), id="short-form-is-the-long"),
        pytest.param(["Rescuers worked all night. They found"], _names(), id="sentence-start-proves-nothing"),
        pytest.param(["Nestle raises outlook", "Nestle raised it."], _names("Nestle"), id="twice-and-never-small"),
        pytest.param(["Oil rises", "Oil rose as oil stocks fell"], _names(), id="twice-but-small-elsewhere"),
        pytest.param(["Oil Prices Rise On Supply Fears"], _names(), id="title-case"),
        pytest.param(["LAVROV TELLS WANG YI OF WORLD ORDER"], _names(), id="capitals"),
        pytest.param(["a Reuters report on Wednesday"], _names(), id="agencies-and-weekdays"),
        pytest.param(["the U.S. envoy told Kemal Kilicdaroglu"], _names("Kemal Kilicdaroglu"), id="initials"),
        pytest.param(["with Alder Foods Q1 profit"], _names("Alder Foods"), id="no-digits"),
        pytest.param(["外长王毅"], _names(), id="no-capitals-no-names"),
    ],
)
def test_names(texts: list[str], found: frozenset[Words]) -> None:
    assert names(texts) == found


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        ("Sergey Lavrov", "Sergei Lavrov", True),
        ("Lavrov", "Sergej Lawrow", True),
        ("Yevgeny Prigozhin", "Evgeny Prigozhin", True),
        ("Volodymyr Zelenskiy", "Zelensky", True),
        ("Wang Yi", "Wang Wenbin", False),
        ("Wang Yi", "Wang Yibo", False),
        ("Tamsin Energy", "Orion Energy", False),
        ("Al Haouz", "Taroudant", False),
    ],
)
def test_names_meet(one: str, other: str, meet: bool) -> None:
    assert bool(meeting(_names(one), _names(other))) is meet
    assert bool(meeting(_names(other), _names(one))) is meet
