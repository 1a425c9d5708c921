"""Texts as folded words."""

from __future__ import annotations

import unicodedata

import pytest

from monitor.stories.words import fold, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("‘World Order’ – “new”", ("world", "order", "new"), id="quotes-and-dashes"),
        pytest.param("Niinistö, Ławrow, Møller", ("niinisto", "lawrow", "moller"), id="diacritics-and-strokes"),
        pytest.param("СЕРГЕЙ Лавров", ("сергеи", "лавров"), id="cyrillic-case"),
        pytest.param("so\u00adft hy\u200bphen", ("soft", "hyphen"), id="invisible-characters"),
        pytest.param("Russia's envoy, the ministers’ talks", ("russia", "envoy", "the", "ministers", "talks"), id="'s"),
        pytest.param("1,200 dead, 6.8 quake, 10:30", ("1200", "dead", "6.8", "quake", "10:30"), id="numbers"),
        pytest.param("2%, 2 percent, 2 pct", ("2", "percent", "2", "percent", "2", "percent"), id="percent"),
        pytest.param("$3.2bn for COVID-19", ("$", "3.2", "bn", "for", "covid", "19"), id="units"),
        pytest.param("外长王毅", ("外长", "长王", "王毅"), id="script-without-spaces"),
        pytest.param("屯", ("屯",), id="one-character"),
        pytest.param("中国AI公司", ("中国", "ai", "公司"), id="mixed-scripts"),
        pytest.param("हिन्दी में", ("हिन्दी", "में"), id="vowel-signs-belong-to-the-word"),
        pytest.param("ガザ", ("ガザ",), id="voicing-marks-stay"),
        pytest.param("a" * 65, ("a" * 64, "a"), id="longer-than-any-word"),
        pytest.param("", (), id="empty"),
        pytest.param(" .,;!? — … ", (), id="no-word"),
    ],
)
def test_words(text: str, folded: tuple[str, ...]) -> None:
    assert words(text) == folded


@pytest.mark.parametrize("text", ["Niinistö", "Ελλάδα", "ガザ", "한국"])
def test_composed_and_decomposed_are_one(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
