"""Words of texts, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.rules.tokens import BREAK, Folded, spans, words

SCRIPTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aZsS09 '’\"“.,-_\n\u00ad\u200b\u0301\u0327"),
        st.sampled_from("ßİıŁøæﬁ½™²ёйЖλςΣأىکمـ"),
        st.sampled_from("王毅，。·「ラブｶﾞ゙ガ라\u1112\u1161\u11abนี้हिं"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n.,!", []),
        ("It’s Lavrov's 'sure' thing", ["it", "lavrov", "sure", "thing"]),
        ("dogs' s 's a's's", ["dogs", "s", "s", "a"]),
        ("Łódź Đoković Strauß Æsir œuvre Þór", ["lodz", "dokovic", "strauss", "aesir", "oeuvre", "thor"]),
        ("ё й Ё", ["е", "и", "е"]),
        ("أحمد الطيب مـحمد کی", ["احمد", "الطيب", "محمد", "كي"]),
        ("2022年G7", ["2022", "年", "g7"]),
        ("王毅，外长", ["王", "毅", BREAK, "外", "长"]),
        ("ガ ｶﾞ か\u3099", ["ガ", "ガ", "が"]),
        ("한 \u1112\u1161\u11ab", ["한", "한"]),
        ("ነው ምን", ["ነው", "ምን"]),
        ("\ufe0fA\ufe0f e\u20dd x\u0303", ["a", "e", "x"]),
        ("\ue000\ud800a", ["a"]),
    ],
    ids=lambda value: str(value)[:20],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("Lavrov's visit", ["Lavrov", "visit"]),
        ("cafe\u0301\u0323!", ["cafe\u0301\u0323"]),
        ("\u0301a", ["a"]),
        ("La\u00advrov\u200b.", ["La\u00advrov"]),
        ("½ ﬁne", ["½", "½", "ﬁne"]),
        ("ｶﾞ王", ["ｶﾞ", "王"]),
        ("é" * 40, ["é" * 40]),
    ],
)
def test_spans_are_passages_of_the_raw_text(text: str, passages: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text)] == passages


@given(SCRIPTS)
@example("a's's 's")
@example("ẞ’s")
@example("é" * 31 + "か\u3099" * 40)
def test_every_word_has_one_place_in_order(text: str) -> None:
    places = spans(text)
    assert len(places) == len(words(text))
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(SCRIPTS)
@example("Lavrov’s visit, “world order”")
@example("a b c d e f g h i j k l")
def test_the_place_of_a_word_alone_is_that_among_all(text: str) -> None:
    assert [Folded(text).span(number) for number in range(len(words(text)))] == spans(text)
    folded = Folded(text)
    assert [folded.span(number) for number in range(len(folded.words))] == spans(text)


@given(SCRIPTS)
def test_words_read_alike_in_their_place_and_alone(text: str) -> None:
    for word, (start, end) in zip(words(text), spans(text), strict=True):
        assert word in words(text[start:end])
