"""What is common to all channels: text from outside made safe to lay out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.channels import render
from monitor.channels.render import Run
from monitor.model import AlertEvent, Card, Carrier, Change, EventKind, Excerpt, Field, Kind, Relation, Severity, Span
from tests.channels.nasty import NASTY, URLS, excerpts, texts
from tests.channels.samples import (
    ACKNOWLEDGED,
    AT,
    CARD,
    COPY,
    CORRECTION,
    EXPIRED,
    HOLD,
    LOUDER,
    RAISED,
    RECOVERY,
    REFILE,
    RELEASE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("  two\n\twords ", "two words", id="blanks are one space"),
        pytest.param("a\x00\x1b[2Jb", "a [2Jb", id="control characters are blanks"),
        pytest.param("in\u202egnp", "ingnp", id="overrides of direction go"),
        pytest.param("half \ud83d", "half \ufffd", id="half a surrogate pair is a replacement character"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="joiners that Persian needs stay"),
        pytest.param("abcdefghijkl", "abcdefghi…", id="too long ends in an ellipsis"),
        pytest.param("abcdefgh\u0301\u0301\u0301xyz", "abcdefg…", id="a letter goes with its accents"),
        pytest.param("abcdefgh jkl", "abcdefgh…", id="no blank before the ellipsis"),
    ],
)
def test_line(text: str, shown: str) -> None:
    assert render.line(text, 10) == shown


def test_paragraph_keeps_its_lines() -> None:
    assert render.paragraph("\nnot reloaded:\n  a.yaml:1:2:\tbad \x1b\n", 100) == "not reloaded:\na.yaml:1:2: bad"


@given(texts, st.integers(2, 400))
def test_line_is_one_line_of_visible_width(text: str, limit: int) -> None:
    shown = render.line(text, limit)
    assert len(shown) <= limit
    assert shown == shown.strip()
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 for letter in shown)
    assert shown.splitlines() in ([], [shown])
    assert shown.encode("utf-8").decode("utf-8") == shown


@pytest.mark.parametrize(
    ("excerpt", "runs"),
    [
        pytest.param(
            Excerpt(Field.BODY, "one two three", (Span(4, 7),)),
            [Run("one "), Run("two", strong=True), Run(" three")],
            id="a mark in the middle",
        ),
        pytest.param(
            Excerpt(Field.BODY, "one two", (Span(4, 7), Span(0, 3))),
            [Run("one", strong=True), Run(" "), Run("two", strong=True)],
            id="marks in any order, at both ends",
        ),
        pytest.param(
            Excerpt(Field.BODY, "one two", (Span(0, 5), Span(2, 7))),
            [Run("one t", strong=True), Run("wo", strong=True)],
            id="marks that overlap",
        ),
        pytest.param(
            Excerpt(Field.BODY, "one", (Span(2, 90), Span(50, 60), Span(1, 1))),
            [Run("on"), Run("e", strong=True)],
            id="marks beyond the text",
        ),
        pytest.param(Excerpt(Field.BODY, "one\n two", ()), [Run("one two")], id="no mark"),
        pytest.param(Excerpt(Field.BODY, "", ()), [], id="no text"),
    ],
)
def test_passage(excerpt: Excerpt, runs: list[Run]) -> None:
    assert list(render.passage(excerpt)) == runs


def test_a_long_passage_is_cut_around_its_first_hit() -> None:
    text = "a " * 200 + "Lavrov" + " b" * 200
    runs = render.passage(Excerpt(Field.BODY, text, (Span(400, 406),)), 100)
    assert [run.text for run in runs if run.strong] == ["Lavrov"]
    assert runs[0].text == "… "
    assert runs[-1].text == " …"
    assert sum(len(run.text) for run in runs) <= 100 + 4


@given(excerpts())
def test_a_passage_shows_its_text_once(excerpt: Excerpt) -> None:
    shown = "".join(run.text for run in render.passage(excerpt, 10**6))
    plain = "".join(run.text for run in render.passage(replace(excerpt, marks=()), 10**6))
    assert shown.split() == plain.split() or "".join(shown.split()) == "".join(plain.split())


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_only_safe_urls_are_links(url: str) -> None:
    safe = {"slack link", "many ampersands", "cyrillic", "markdown", "percent"}
    assert render.link(url) == (url if url in {URLS[name] for name in safe} else "")


@pytest.mark.parametrize(
    ("at", "people", "programs"),
    [
        pytest.param(AT, "30 Mar 2022, 14:05 UTC", "2022-03-30T14:05:00.000Z", id="a time"),
        pytest.param(AT + 0.25, "30 Mar 2022, 14:05 UTC", "2022-03-30T14:05:00.250Z", id="with milliseconds"),
        pytest.param(-1e12, "1 Jan 1970, 00:00 UTC", "1970-01-01T00:00:00.000Z", id="before the calendar"),
        pytest.param(1e15, "31 Dec 9999, 23:59 UTC", "9999-12-31T23:59:59.000Z", id="after the calendar"),
    ],
)
def test_times(at: float, people: str, programs: str) -> None:
    assert render.when(at) == people
    assert render.iso(at) == programs


@pytest.mark.parametrize(
    ("event", "label"),
    [
        pytest.param(RAISED, "Raised", id="raised"),
        pytest.param(COPY, "Copy", id="copy"),
        pytest.param(replace(COPY, relation=Relation.DERIVED), "Derived", id="derived"),
        pytest.param(replace(COPY, relation=Relation.REPORT), "Report", id="report"),
        pytest.param(UPDATE, "Update", id="update"),
        pytest.param(REFILE, "Small change", id="refile"),
        pytest.param(CORRECTION, "Correction", id="correction"),
        pytest.param(HOLD, "ON HOLD: do not use until checked", id="hold"),
        pytest.param(RELEASE, "Released: free to use again", id="release"),
        pytest.param(WITHDRAWAL, "WITHDRAWN: do not use", id="withdrawal"),
        pytest.param(LOUDER, "Now flash", id="severity raised"),
        pytest.param(ACKNOWLEDGED, "Acknowledged", id="acknowledged"),
        pytest.param(EXPIRED, "Expired", id="expired"),
    ],
)
def test_label(event: AlertEvent, label: str) -> None:
    assert render.label(event) == label


@pytest.mark.parametrize(
    ("card", "footing"),
    [
        pytest.param(RAISED.card, "", id="neither"),
        pytest.param(ACKNOWLEDGED.card, "Acknowledged by Änne, 30 Mar 2022, 14:10 UTC", id="acknowledged"),
        pytest.param(
            EXPIRED.card,
            "Acknowledged by Änne, 30 Mar 2022, 14:10 UTC · Closed: nothing new for two days",
            id="both",
        ),
    ],
)
def test_who_is_on_it_and_whether_it_is_over(card: Card, footing: str) -> None:
    assert render.footing(card) == footing
    assert [line for line in render.plain(replace(RAISED, card=card), whole=True) if "Acknowledged" in line] == (
        [footing] if footing else []
    )


def test_every_label_table_is_complete() -> None:
    assert set(render.KINDS) == set(Kind)
    assert set(render.RELATIONS) == set(Relation)
    assert set(render.FIELDS) == set(Field)
    assert set(render.STATUSES) == {event.card.status for event in (RAISED, CORRECTION, HOLD, WITHDRAWAL)}


@pytest.mark.parametrize(
    ("severity", "shown"),
    [(Severity.LOW, "Low"), (Severity.NORMAL, "Normal"), (Severity.HIGH, "HIGH"), (Severity.FLASH, "FLASH")],
)
def test_urgency(severity: Severity, shown: str) -> None:
    assert render.urgency(severity) == shown


@pytest.mark.parametrize(
    ("rules", "spellings", "shown"),
    [
        pytest.param(("A",), ("x", "y"), "A (“x”, “y”)", id="rule and spellings"),
        pytest.param(("A", "B"), (), "A, B", id="rules alone"),
        pytest.param((), ("x",), "(no rule) (“x”)", id="spellings alone"),
        pytest.param((), (), "(no rule)", id="neither"),
        pytest.param(tuple("ABCDEFGHIJ"), (), "A, B, C, D, E, F, G, H and 2 more", id="many"),
    ],
)
def test_reason(rules: tuple[str, ...], spellings: tuple[str, ...], shown: str) -> None:
    assert render.reason(replace(CARD, rules=rules, spellings=spellings)) == shown


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        pytest.param(
            "at least 12 were hurt",
            "at least 30 were hurt",
            (
                [("at least ", False), ("12", True), (" were hurt", False)],
                [("at least ", False), ("30", True), (" were hurt", False)],
            ),
            id="one word",
        ),
        pytest.param("12", "30", ([("12", True)], [("30", True)]), id="nothing in common"),
        pytest.param("", "not", ([("(nothing)", False)], [("not", True)]), id="a word that is new"),
        pytest.param(
            "was hurt",
            "was not hurt",
            ([("was hurt", False)], [("was ", False), ("not", True), (" hurt", False)]),
            id="inserted",
        ),
        pytest.param("the same", "the same", ([("the same", False)], [("the same", False)]), id="no difference"),
        pytest.param("a a", "a a a", ([("a a", False)], [("a a ", False), ("a", True)]), id="repeated words"),
    ],
)
def test_difference(before: str, after: str, shown: tuple[list[tuple[str, bool]], list[tuple[str, bool]]]) -> None:
    assert tuple(list(map(tuple, runs)) for runs in render.difference(Change(Field.BODY, before, after))) == shown


@given(texts, texts)
def test_a_difference_leaves_out_no_word(before: str, after: str) -> None:
    for text, runs in zip((before, after), render.difference(Change(Field.BODY, before, after)), strict=True):
        assert "".join(run.text for run in runs) == (render.line(text, render.CHANGE) or "(nothing)")


def test_a_card_as_plain_text() -> None:
    many = tuple(Carrier(f"i{n}", f"Paper {n}", "", "", Relation.REPORT, AT) for n in range(10))
    card = replace(COPY.card, carriers=(*COPY.card.carriers, *many), published=None, note="Editors: see note.")
    assert render.plain(replace(COPY, card=card), whole=True) == [
        "Ministers hail a new world order",
        "Globe Wire · seen 30 Mar 2022, 14:05 UTC · HIGH · Urgent",
        "https://globe.example/news/1?a=1&b=2",
        "",
        "… Lawrow said that a fair world order was near …",
        "",
        "His guest agreed.",
        "",
        "Why: World order, Lavrov (“world order”, “Lawrow”)",
        "Also carried by Daily Echo (copy), " + ", ".join(f"Paper {n} (report)" for n in range(7)) + " and 3 more",
        "Editors: see note.",
    ]


def test_a_withdrawn_card_is_struck_through() -> None:
    lines = render.plain(WITHDRAWAL, whole=True)
    assert lines[:2] == ["WITHDRAWN: do not use", "~Ministers hail a new world order~"]
    assert "~His guest agreed.~" in lines


def test_news_as_plain_text() -> None:
    assert render.plain(CORRECTION, whole=False) == [
        "Correction: URGENT: Ministers hail a new world order",
        "Globe Wire · 30 Mar 2022, 14:08 UTC",
        "https://globe.example/news/1?a=1&b=2",
        "Text: “at least 12 people were hurt” → “at least 30 people were hurt”",
        "Corrects the toll in the second paragraph.",
    ]
    assert render.plain(WITHDRAWAL, whole=False)[0] == (
        "WITHDRAWN: do not use: ~STORY WITHDRAWN: Ministers hail a new world order~"
    )


def test_ops_as_plain_text() -> None:
    assert render.plain_ops(TROUBLE)[0] == "feed globe:"
    assert render.plain_ops(RECOVERY) == ["feed globe (recovered):", "answers again"]


def test_what_is_not_there_has_words() -> None:
    card = replace(CARD, headline=NASTY["nothing"], source=" ", url="", kind=Kind.NEWS, excerpts=())
    assert render.plain(replace(RAISED, card=card), whole=True)[:2] == [
        "(no headline)",
        "unknown source · 30 Mar 2022, 14:05 UTC · HIGH",
    ]
    assert render.title(replace(RAISED, item=replace(RAISED.item, title="\n"))) == "(no headline)"
    assert render.label(replace(RAISED, kind=EventKind.DIGEST)) == "Digest"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Globe Wire", "Globe Wire"),
        ("ТАСС", "ТАСС"),
        ("الأخبار", "الأخبار\u200e"),
        ("הארץ", "הארץ\u200e"),
        ("", "unknown source"),
    ],
)
def test_a_name_does_not_turn_round_the_date_behind_it(name: str, shown: str) -> None:
    assert render.source(name) == shown
