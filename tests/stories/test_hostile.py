"""Whatever a feed holds: bounded, no exception, a sensible verdict."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Item, Kind, Relation
from monitor.stories import fingerprint, judge
from tests.stories.test_candidates import MOST_KEYS
from tests.stories.wire import HOUR, NOON, Text, a_record, an_item, events, judged, near

MEGABYTE = 1_000_000
LONGEST_EVIDENCE = 400
ALONE = (Relation.NEW, Relation.TEMPLATE, Relation.ROUNDUP)
AGENCY = an_item(events()["tunxi-meeting"].text)

BAD = {
    "empty": "",
    "one-word": "Lavrov",
    "only-a-link": "https://example.org/a/b?c=d",
    "all-digits": "12 34 56 78 " * 40,
    "one-line-repeated": "Read all about it in the evening edition.\n" * 400,
    "one-letter": "a" * MEGABYTE,
    "letters": "a b " * (MEGABYTE // 4),
    "sentences": "A. " * (MEGABYTE // 3),
    "words": "word " * (MEGABYTE // 5),
    "names": "Ab Cd " * (MEGABYTE // 6),
    "possessives": "x's " * (MEGABYTE // 4),
    "quotes": "'" * MEGABYTE,
    "open-quotes": "“a" * (MEGABYTE // 2),
    "ellipses": "…" * MEGABYTE,
    "numbers": "1,000," * (MEGABYTE // 6),
    "machine": "machine x x x " * (MEGABYTE // 14),
    "newsletter": "newsletter " * (MEGABYTE // 11),
    "views": "views expressed " * (MEGABYTE // 16),
    "ideographs": "中" * MEGABYTE,
    "marks": "\u0301" * MEGABYTE,
    "blank": " \n" * (MEGABYTE // 2),
    "mixed-scripts": "Лавров met 王毅 in تونشي यहाँ ในวันพุธ. " * 200,
    "lone-surrogate": "\ud800 broken \udfff text",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_text_is_no_copy_of_news_nor_news_of_it(text: str) -> None:
    for item in (an_item(Text(text, text)), an_item(Text("Lavrov meets Wang", text)), an_item(text)):
        found = fingerprint(item)
        assert len(found.keys) <= MOST_KEYS
        for verdict in (judged(item, AGENCY), judged(AGENCY, item)):
            assert verdict.relation in ALONE
            assert len(verdict.evidence) <= LONGEST_EVIDENCE


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_bad_text_twice_is_judged_within_bounds(text: str) -> None:
    once, again = an_item(Text("Lavrov meets Wang", text)), an_item(Text("Lavrov meets Wang", text), "Harbour")
    crowd = [a_record(an_item(Text("Lavrov meets Wang", text), f"Outlet {n}", key=str(n))) for n in range(7)]
    assert len(judge(again, near([a_record(once), *crowd]), NOON).evidence) <= LONGEST_EVIDENCE


# ── Any text at all ─────────────────────────────────────────────────────────

_WORDS = """
Lavrov Wang Yi Tunxi met said on Wednesday 12 people killed 30 % the of 6.1 magnitude quake . “order” 王毅 …
"""
_words = st.sampled_from((*_WORDS.split(), "\n"))
_prose = st.lists(_words, max_size=120).map(" ".join)
_texts = st.one_of(_prose, st.text(max_size=300))
_kinds = st.sampled_from(Kind)


@st.composite
def _items(draw: st.DrawFn) -> Item:
    return an_item(
        Text(draw(_texts), draw(_texts)),
        draw(st.sampled_from(("Meridian", "Harbour", ""))),
        after=draw(st.floats(-HOUR, 100 * HOUR)),
        key=draw(st.text(min_size=1, max_size=3)),
        url=draw(st.sampled_from(("https://a.example/1", "https://a.example/2", "https://a.example/", ""))),
        guid=draw(st.text(max_size=4)),
        kind=draw(_kinds),
        number=draw(st.integers(0, 3)),
        slug=draw(st.sampled_from(("", "BC-TUNXI"))),
        genre=draw(st.sampled_from(("", "live", "analysis"))),
        published=draw(st.one_of(st.none(), st.floats(0, 2 * NOON))),
    )


@settings(max_examples=150, deadline=None)
@given(_items(), st.lists(_items(), max_size=4), st.lists(_items(), max_size=2))
def test_a_verdict_is_always_one_of_the_stories_at_hand(item: Item, others: list[Item], linked: list[Item]) -> None:
    neighbours = near(map(a_record, others), map(a_record, linked))
    verdict = judge(item, neighbours, item.seen_at)
    assert verdict == judge(item, neighbours, item.seen_at)
    assert 0 < len(verdict.evidence) <= LONGEST_EVIDENCE
    assert 0 <= verdict.confidence <= 1
    if verdict.relation in ALONE:
        assert (verdict.story_id, verdict.other) == ("", "")
    else:
        assert verdict.other in {other.key for other in (*others, *linked)}
        assert verdict.story_id in neighbours.stories


@settings(max_examples=150, deadline=None)
@given(_prose, _prose, _prose, _prose)
def test_being_a_copy_is_mutual(headline: str, body: str, other_headline: str, other_body: str) -> None:
    one, other = an_item(Text(headline, body)), an_item(Text(other_headline, other_body), "Harbour")
    assert (judged(one, other).relation is Relation.COPY) == (judged(other, one).relation is Relation.COPY)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(events())), st.integers(0, 5), st.integers(3, 9))
def test_copies_of_parts_of_real_texts_are_mutual(name: str, start: int, end: int) -> None:
    event = events()[name]
    part = Text(event.headlines[0], "\n".join(event.text.body.split("\n")[start:end]))
    one, other = an_item(event.text), an_item(part, "Harbour")
    assert (judged(one, other).relation is Relation.COPY) == (judged(other, one).relation is Relation.COPY)
