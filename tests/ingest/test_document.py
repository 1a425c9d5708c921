"""One document to items: RSS, RDF, Atom and JSON Feed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.ingest import text
from monitor.model import Kind, Span
from tests.ingest.documents import FEED, atom, only_item, read, rss
from tests.items import NOON

DATE = "Wed, 30 Mar 2022 11:00:00 GMT"
DATED = datetime(2022, 3, 30, 11, tzinfo=UTC).timestamp()


def test_a_whole_rss_item() -> None:
    item = only_item(
        rss(
            "<title>UPDATE 1-Lavrov meets Wang</title><link>https://Meridian.example/a?utm_source=rss</link>"
            "<guid isPermaLink='false'>id-1</guid><dc:creator>Ann Lee</dc:creator><dc:creator>Joe Smith</dc:creator>"
            f"<category>World</category><category domain='x'>China</category><pubDate>{DATE}</pubDate>"
            "<description>&lt;p&gt;TUNXI (Reuters) - Lavrov met Wang.&lt;/p&gt;</description>",
            head="<title>Meridian</title><language>en-GB</language><ttl>30</ttl>",
        )
    )
    assert (item.feed, item.source, item.guid) == ("meridian", "Meridian Wire", "id-1")
    assert item.url == "https://meridian.example/a"
    assert (item.title, item.headline) == ("UPDATE 1-Lavrov meets Wang", "Lavrov meets Wang")
    assert (item.body, item.text) == ("TUNXI (Reuters) - Lavrov met Wang.", "Lavrov met Wang.")
    assert item.author == "Ann Lee, Joe Smith"
    assert (item.categories, item.lang) == (("World", "China", "x:China"), "en-gb")
    assert (item.published, item.updated, item.seen_at) == (DATED, None, NOON)
    assert (item.wire.kind, item.wire.number, item.wire.credit) == (Kind.UPDATE, 1, "Reuters")


def test_a_whole_atom_entry() -> None:
    item = only_item(
        atom(
            "<title type='html'>Lavrov &amp;amp; Wang</title><id>tag:m,1</id><link href='a/1'/>"
            "<author><name>Ann Lee</name><email>ann@m.example</email></author><category term='w' label='World'/>"
            "<updated>2022-03-30T11:30:00Z</updated><published>2022-03-30T13:00:00+02:00</published>"
            "<summary>They met.</summary><content type='xhtml'>"
            "<div xmlns='http://www.w3.org/1999/xhtml'><p>They met.</p><p>They ate.</p></div></content>",
            attributes="xml:lang='en' xml:base='https://meridian.example/world/'",
        )
    )
    assert (item.title, item.body) == ("Lavrov & Wang", "They met.\nThey ate.")
    assert (item.url, item.guid, item.author) == ("https://meridian.example/world/a/1", "tag:m,1", "Ann Lee")
    assert (item.categories, item.lang) == (("World",), "en")
    assert (item.published, item.updated) == (DATED, DATED + 1800)


def test_an_rdf_item() -> None:
    body = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://d.example/"><title>Deich</title></channel>'
        b'<item rdf:about="https://d.example/1"><title>Treffen in Tunxi</title><link>https://d.example/1</link>'
        b"<dc:date>2022-03-30T11:00:00Z</dc:date><dc:language>de</dc:language></item></rdf:RDF>"
    )
    parsed = read(body)
    (item,) = parsed.items
    assert (parsed.title, parsed.version) == ("Deich", "rss10")
    assert (item.guid, item.url, item.published) == ("https://d.example/1", "https://d.example/1", DATED)


def json_feed(*items: object, **head: object) -> bytes:
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Ledger", **head, "items": items}
    return json.dumps(feed).encode()


def test_a_whole_json_feed() -> None:
    parsed = read(
        json_feed(
            {
                "id": 7,
                "url": "https://l.example/7?utm_id=1",
                "title": "Lavrov &amp; Wang",
                "content_html": "<p>They met.</p>",
                "summary": "What for.",
                "date_published": "2022-03-30T11:00:00Z",
                "date_modified": "2022-03-30T11:30:00",
                "authors": [{"name": "Ann Lee"}, {"name": None, "url": "https://l.example/joe"}],
                "tags": ["World", "World"],
                "language": "en_GB",
            },
            language="fr",
        )
    )
    (item,) = parsed.items
    assert (parsed.title, parsed.version) == ("Ledger", "json1.1")
    assert (item.guid, item.url, item.title) == ("7", "https://l.example/7", "Lavrov & Wang")
    assert (item.body, item.author) == ("What for.\n\nThey met.", "Ann Lee")
    assert (item.categories, item.lang) == (("World",), "en-gb")
    assert (item.published, item.updated) == (DATED, DATED + 1800)


def test_a_lean_json_feed() -> None:
    item = only_item(
        json_feed({"content_text": "a < b", "external_url": "/b", "author": {"name": "Ann"}, "date_published": "soon"})
    )
    assert (item.title, item.body, item.author) == ("a < b", "a < b", "Ann")
    assert (item.url, item.published) == ("https://meridian.example/b", None)


def test_a_bad_json_item_costs_its_neighbours_nothing() -> None:
    parsed = read(json_feed({"title": "one"}, {"title": ["two"]}, "three", {"title": "lone \ud800 surrogate"}))
    assert [item.title for item in parsed.items] == ["lone surrogate", "one"]
    assert parsed.problems == (
        "item 2 left out: title: Input should be a valid string",
        "item 3 left out: Input should be a valid dictionary or instance of _Item",
    )


# ── Order, dates, addresses ─────────────────────────────────────────────────


def titles(body: bytes) -> list[str]:
    return [item.title for item in read(body).items]


def test_items_come_oldest_first_by_date_when_all_have_one() -> None:
    dates = [f"<title>{day}</title><pubDate>{day} Mar 2022 10:00:00 GMT</pubDate>" for day in (28, 30, 29)]
    assert titles(rss(*dates)) == ["28", "29", "30"]


def test_without_dates_the_document_is_newest_first() -> None:
    undated = ["<title>c</title>", f"<title>b</title><pubDate>{DATE}</pubDate>", "<title>a</title>"]
    assert titles(rss(*undated)) == ["a", "b", "c"]
    same = [f"<title>{name}</title><pubDate>{DATE}</pubDate>" for name in "cba"]
    assert titles(rss(*same)) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Wed, 30 Mar 2022 13:00:00 +0200", DATED, id="offset"),
        pytest.param("Wed, 30 Mar 2022 07:00:00 EDT", DATED, id="named zone"),
        pytest.param("2022-03-30T11:00:00", DATED, id="naive is UTC"),
        pytest.param("30 Mar 2022 11:00", DATED, id="no weekday, no seconds"),
        pytest.param("Tue, 30 Mar 2022 11:00:00 GMT", DATED, id="the wrong weekday"),
        pytest.param("Wed, 30 Mar 2022 22:00:00 GMT", DATED + 11 * 3600, id="some hours ahead"),
        pytest.param("Fri, 01 Apr 2022 12:00:00 GMT", None, id="days ahead"),
        pytest.param("Wed, 30 Mar 2922 11:00:00 GMT", None, id="a thousand years ahead"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, id="the epoch"),
        pytest.param("0001-01-01T00:00:00Z", None, id="year one"),
        pytest.param("0000-01-01T00:00:00Z", None, id="year nought"),
        pytest.param("99999-13-45", None, id="no date"),
        pytest.param("this morning", None, id="words"),
    ],
)
def test_dates(written: str, expected: float | None) -> None:
    assert only_item(rss(f"<title>t</title><pubDate>{written}</pubDate>")).published == expected


def test_an_update_stands_in_for_a_missing_publication_and_not_the_other_way_round() -> None:
    item = only_item(atom("<title>t</title><updated>2022-03-30T11:00:00Z</updated>"))
    assert (item.published, item.updated) == (DATED, DATED)


@pytest.mark.parametrize(
    ("link", "home", "expected"),
    [
        ("https://a.example/1", "", "https://a.example/1"),
        ("/1", "", "https://meridian.example/1"),
        ("1", "", "https://meridian.example/feeds/1"),
        ("/1", "https://www.meridian.example/news/", "https://www.meridian.example/1"),
        ("/1", "/news/", "https://meridian.example/1"),
        ("/1", "javascript:alert(1)", "https://meridian.example/1"),
        ("//a.example/1", "", "https://a.example/1"),
        ("https://a.example/1?a=1&amp;b=2", "", "https://a.example/1?a=1&b=2"),
        ("https://a.example/1?a=1&amp;amp;b=2", "", "https://a.example/1?a=1&b=2"),
        ("https://a.example/a b|c", "", "https://a.example/a%20b|c"),
        ("javascript:alert(1)", "", ""),
        ("data:text/html,x", "", ""),
        ("http://[::1", "", ""),
        ("", "", ""),
        ("https://a.example/" + "x" * 3000, "", ""),
    ],
)
def test_addresses(link: str, home: str, expected: str) -> None:
    body = rss(f"<title>t</title><link>{link}</link>", head=f"<title>M</title><link>{home}</link>")
    assert only_item(body).url == expected


# ── Texts ───────────────────────────────────────────────────────────────────


def test_summary_and_content_become_one_body() -> None:
    item = only_item(
        rss(
            "<title>t</title><description>What for.</description>"
            "<content:encoded><![CDATA[<p>The story itself.</p><script>x</script>]]></content:encoded>"
        )
    )
    assert item.body == "What for.\n\nThe story itself."


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("Tom &amp; Jerry", "Tom & Jerry", id="escaped once"),
        pytest.param("R&amp;amp;D", "R&D", id="escaped twice"),
        pytest.param("R&amp;amp;amp;D", "R&D", id="escaped three times"),
        pytest.param("<![CDATA[R&amp;D]]>", "R&D", id="escaped within CDATA"),
        pytest.param("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move", id="markup"),
        pytest.param("How to use the &lt;b&gt; tag", "How to use the <b> tag", id="a tag as content"),
        pytest.param("5 &lt; 7 &gt; 3", "5 < 7 > 3", id="signs"),
        pytest.param(" two\n lines ", "two lines", id="one line"),
        pytest.param("&#8220;World&#160;Order&#8221;", "“World Order”", id="references"),
    ],
)
def test_titles(written: str, expected: str) -> None:
    assert only_item(rss(f"<title>{written}</title><link>/a</link>")).title == expected


def test_an_item_without_a_title_is_called_by_its_first_line() -> None:
    item = only_item(rss(f"<description>{'Lavrov met Wang. ' * 20}</description>"))
    assert item.title.startswith("Lavrov met Wang. Lavrov met")
    assert len(item.title) <= 100
    assert item.title.endswith("…")
    assert item.body.startswith("Lavrov met Wang.")


def test_an_item_that_says_nothing_is_left_out() -> None:
    assert titles(rss("<guid>1</guid>", "<title>t</title>", "")) == ["t"]


def test_long_fields_are_cut() -> None:
    item = only_item(
        rss(
            f"<title>{'word ' * 9000}</title><link>/a</link><dc:creator>{'name ' * 900}</dc:creator>"
            f"<guid>{'g' * 9000}</guid><description>{'word ' * 90_000}</description>"
            + "".join(f"<category>c{number}</category>" for number in range(500))
        )
    )
    assert len(item.title) <= 1000
    assert len(item.author) <= 300
    assert len(item.guid) == 2000
    assert len(item.body) <= text.LONGEST
    assert len(item.categories) == 50
    assert item.wire.copy == Span(0, len(item.body))


def test_no_more_items_are_read_than_a_feed_can_hold() -> None:
    parsed = read(rss(*(f"<title>{number}</title>" for number in range(5100))))
    assert len(parsed.items) == 5000
    assert parsed.items[-1].title == "0"
    assert parsed.problems == ("5100 items, of which the first 5000 were read",)


@pytest.mark.parametrize(
    ("item_lang", "feed_lang", "editor", "expected"),
    [
        ("fr", "en", "de", "fr"),
        ("", "en_US", "de", "en-us"),
        ("", "english", "de", "de"),
        ("", "", "de", "de"),
        ("", "", "", ""),
    ],
)
def test_the_language_is_what_item_feed_or_editor_say(
    item_lang: str, feed_lang: str, editor: str, expected: str
) -> None:
    lang = f" xml:lang='{item_lang}'" if item_lang else ""
    body = rss(f"<title{lang}>t</title>", head=f"<title>M</title><language>{feed_lang}</language>")
    (item,) = read(body, feed=replace(FEED, lang=editor)).items
    assert item.lang == expected


# ── Whole documents ─────────────────────────────────────────────────────────


def test_an_empty_feed_is_a_feed() -> None:
    parsed = read(rss())
    assert (parsed.items, parsed.title, parsed.version, parsed.problems) == ((), "Meridian", "rss20", ())


def test_an_item_listed_twice_is_one_item() -> None:
    assert titles(rss(*["<guid>1</guid><title>t</title>"] * 2)) == ["t"]


def test_a_revision_keeps_its_key() -> None:
    before = only_item(rss("<guid>1</guid><title>12 killed</title>"))
    after = only_item(rss(f"<guid>1</guid><title>30 killed</title><pubDate>{DATE}</pubDate>"))
    assert before.key == after.key
    assert before.revision != after.revision


def test_capitals_are_a_flash_unless_the_feed_shouts_every_headline() -> None:
    shout = "<title>LAVROV LANDS IN TUNXI {}</title><link>/{}</link>"
    calm = "<title>Ministers meet</title><link>/calm/{}</link>"
    alone = read(rss(shout.format(1, 1), *(calm.format(number) for number in range(9)))).items
    assert [item.wire.kind for item in alone].count(Kind.FLASH) == 1
    always = read(rss(*(shout.format(number, number) for number in range(9)))).items
    assert {item.wire.kind for item in always} == {Kind.NEWS}
