"""Which item is this: addresses, keys, revisions."""

from __future__ import annotations

import pytest

from monitor.ingest.entry import Entry
from monitor.ingest.identity import canonical_url, keys, links, revision, shared
from monitor.model import Habits

SAME_PAGE = [
    ("HTTPS://WWW.Example.ORG/News?id=7", "https://www.example.org/News?id=7"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:80/a", "http://example.org/a"),
    ("http://example.org:8080/a", "http://example.org:8080/a"),
    ("https://example.org", "https://example.org/"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a?utm_source=rss&utm_medium=feed&id=7", "https://example.org/a?id=7"),
    ("https://example.org/a?fbclid=x&gclid=y&msclkid=z", "https://example.org/a"),
    ("https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a"),
    ("https://example.org/a?cmpid=rss&CMP=share&smid=tw&mc_cid=1", "https://example.org/a"),
    ("https://example.org/a?mod=rss_markets_main&partner=rss&emc=rss", "https://example.org/a"),
    ("https://example.org/a?ref=rss&source=feed", "https://example.org/a"),
    ("https://example.org/a?b=2&a=1&a=0", "https://example.org/a?a=0&a=1&b=2"),
    ("https://example.org/a#0", "https://example.org/a"),
    ("https://example.org/a#:~:text=Lavrov", "https://example.org/a"),
    (" https://example.org/a ", "https://example.org/a"),
    ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
]
ANOTHER_PAGE = [
    "https://example.org/a/",
    "https://m.example.org/a",
    "https://example.org/a?ref=homepage",
    "https://example.org/a?source=agency",
    "https://example.org/a?campaign=42",
    "https://example.org/a?12345",
    "https://example.org/a?empty=&q=%20b+c",
    "https://example.org/#!/story/7",
    "https://example.org/#/story/7",
    "https://reader@example.org/a",
]
NO_PAGE = ["", "tag:example.org,2022:7", "urn:uuid:1", "mailto:a@example.org", "/relative?utm_source=x", "http://[::1/"]


@pytest.mark.parametrize(("url", "canonical"), SAME_PAGE)
def test_one_address_for_one_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("url", ANOTHER_PAGE + NO_PAGE)
def test_what_names_a_page_or_is_no_address_stays(url: str) -> None:
    assert canonical_url(url) == url


def test_posts_of_a_live_blog_keep_the_fragments_that_tell_them_apart() -> None:
    posts = ["https://example.org/live#post-1", "https://example.org/live#post-2", "https://example.org/other#top"]
    assert links(posts) == (posts[0], posts[1], "https://example.org/other")


def test_one_address_listed_twice_is_not_two() -> None:
    assert links(["https://example.org/a?utm_source=x"] * 2) == ("https://example.org/a",) * 2


def entry(guid: str = "", link: str = "", title: str = "", body: str = "", published: float | None = None) -> Entry:
    return Entry(guid=guid, link=link, title=title, body=body, published=published)


SAME_ITEM = [
    pytest.param(entry("g", "/a", "old title"), entry("g", "/b", "new title", "new body"), id="guid says so"),
    pytest.param(entry("", "https://e.org/a", "old"), entry("", "https://e.org/a?utm_id=1", "new"), id="link says so"),
    pytest.param(entry("", "", "title", "old", 5.0), entry("", "", "title", "new", 5.0), id="title and date say so"),
    pytest.param(entry("https://e.org/a#0"), entry("https://e.org/a#1"), id="a guid that counts its versions"),
]
OTHER_ITEM = [
    pytest.param(entry("g"), entry("h"), id="guid"),
    pytest.param(entry("", "https://e.org/a"), entry("", "https://e.org/b"), id="link"),
    pytest.param(entry("", "", "title", "", 5.0), entry("", "", "title", "", 6.0), id="date"),
    pytest.param(entry("", "", "", "one body"), entry("", "", "", "another body"), id="nothing but a body"),
]


@pytest.mark.parametrize(("before", "after"), SAME_ITEM)
def test_an_item_keeps_its_key_from_poll_to_poll(before: Entry, after: Entry) -> None:
    assert keys("f", [before]) == keys("f", [after])


@pytest.mark.parametrize(("one", "other"), OTHER_ITEM)
def test_another_item_has_another_key(one: Entry, other: Entry) -> None:
    assert keys("f", [one]) != keys("f", [other])
    assert len(set(keys("f", [one, other]))) == 2


def test_the_same_guid_in_another_feed_is_another_item() -> None:
    assert keys("f", [entry("g")]) != keys("g", [entry("g")])


def test_items_that_share_a_guid_are_told_apart_and_the_others_keep_theirs() -> None:
    alone = entry("alone", "https://e.org/a")
    shared = [entry("shared", "https://e.org/b"), entry("shared", "https://e.org/c")]
    together = keys("f", [alone, *shared])
    assert len(set(together)) == 3
    assert together[0] == keys("f", [alone])[0]


def test_items_that_share_guid_and_link_are_told_apart_by_title() -> None:
    found = keys("f", [entry("g", "https://e.org/live", "first"), entry("g", "https://e.org/live", "second")])
    assert len(set(found)) == 2


def test_guids_that_differ_only_in_their_fragment_are_told_apart_within_a_document() -> None:
    assert len(set(keys("f", [entry("https://e.org/p#comment-1"), entry("https://e.org/p#comment-2")]))) == 2


def test_an_item_listed_twice_is_one() -> None:
    assert len(set(keys("f", [entry("g", "/a", "t", "b"), entry("g", "/a", "t", "b")]))) == 1


TWINS = [entry("g", "https://e.org/a", "first", "text"), entry("g", "https://e.org/b", "second", "text")]
LISTED_TWICE = [entry("g", "https://e.org/a", "first", "old", 5.0), entry("g", "https://e.org/a", "first", "new", 5.0)]


def test_an_id_that_two_items_had_tells_none_of_them_when_one_is_left() -> None:
    taught = Habits(shared=shared(TWINS))
    assert keys("f", TWINS, taught) == keys("f", TWINS)
    assert keys("f", TWINS[:1], taught) == keys("f", TWINS)[:1]
    assert keys("f", TWINS[1:], taught) == keys("f", TWINS)[1:]
    assert keys("f", [entry("h", "https://e.org/c")], taught) == keys("f", [entry("h", "https://e.org/c")])


def test_two_versions_of_one_item_share_no_id_for_long() -> None:
    alone = keys("f", LISTED_TWICE[:1], Habits(shared=shared(LISTED_TWICE)))
    edited = keys("f", [entry("g", "https://e.org/a", "first", "newer", 5.0)], Habits(shared=shared(LISTED_TWICE)))
    assert alone == edited


@pytest.mark.parametrize(
    ("churns", "same"),
    [(0, "guid"), (1, "guid"), (2, "link"), (3, "link"), (4, "headline"), (99, "headline")],
)
def test_what_does_not_last_names_no_item(churns: int, same: str) -> None:
    taught = Habits(churns=churns)
    before = entry("g", "https://e.org/a", "title", "body", 5.0)
    others = {
        "guid": entry("g", "https://e.org/b", "another", "body", 5.0),
        "link": entry("h", "https://e.org/a", "another", "body", 5.0),
        "headline": entry("h", "https://e.org/b", "title", "other", 5.0),
    }
    kept = {name for name, other in others.items() if keys("f", [before], taught) == keys("f", [other], taught)}
    assert kept == {same}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Talks end.\n42 comments", "Talks end.\n57 comments", id="comments"),
        pytest.param("Points: 42 | Comments: (7)", "Points: 43 | Comments: (9)", id="points"),
        pytest.param("3 minutes ago\nTalks end.", "an hour ago\nTalks end.", id="age"),
        pytest.param("Talks end.\nLast updated 10:42 GMT", "Talks end.\nLast updated 11:01 GMT", id="stamp"),
        pytest.param("Talks  end.", "Talks\nend.", id="blanks"),
        pytest.param("See https://e.org/a?utm_source=1", "See https://e.org/a?utm_source=2", id="tracking"),
    ],
)
def test_what_changes_by_itself_makes_no_revision(before: str, after: str) -> None:
    assert revision("Talks", before) == revision("Talks", after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("12 people were killed.", "30 people were killed.", id="a figure"),
        pytest.param("They met on March 30.", "They met on March 31.", id="a date in the copy"),
        pytest.param("The index fell 300 points.", "The index fell 500 points.", id="points that are news"),
        pytest.param(
            "Investors sold 42 shares of the company on Monday, according to the exchange's own figures.",
            "Investors sold 57 shares of the company on Monday, according to the exchange's own figures.",
            id="a counter's word in a sentence",
        ),
        pytest.param("Talks end", "Talks ended", id="a word"),
        pytest.param("no", "No", id="a capital"),
    ],
)
def test_what_an_editor_changes_makes_a_revision(before: str, after: str) -> None:
    assert revision("Talks", before) != revision("Talks", after)
    assert revision(before, "") != revision(after, "")


def test_a_revision_tells_title_from_body() -> None:
    assert revision("a", "b") != revision("a b", "")
