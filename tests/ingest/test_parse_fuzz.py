"""Any bytes at all: an answer, never an error, and one that can be sent."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.ingest.document import parse_document
from monitor.ingest.frames import ANSWER
from monitor.ingest.wire import read_wire
from monitor.model import Parsed
from tests.ingest.documents import FEED, atom, message, news_item, ninjs, read, rss, sitemap
from tests.items import NOON

WHOLE = [
    rss(
        "<title>UPDATE 1-Lavrov &amp; Wang</title><link>https://m.example/1?a=1&amp;b=2</link><guid>1</guid>"
        "<pubDate>Wed, 30 Mar 2022 11:00:00 GMT</pubDate><category>World</category>"
        "<description>&lt;p&gt;TUNXI (AP) — They met.&lt;/p&gt;</description>"
    ),
    atom(
        "<title type='html'>They &lt;b&gt;met&lt;/b&gt;</title><id>tag:m,1</id><link href='/1'/>"
        "<updated>2022-03-30T11:30:00Z</updated><content type='xhtml'><div><p>They met.</p></div></content>"
    ),
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "title": "\\ud800", "tags": []}]}',
    sitemap("<loc>https://m.example/1</loc><n:news><n:publication_date>2022-03-30</n:publication_date></n:news>"),
    message(news_item("<embargoed/>", "<urgency>1</urgency>", "<inlineXML><p>They <b/>met.</p></inlineXML>")),
    ninjs(urgency=1, embargoed="2022", body_html="<p>They met.</p>", subject=[{"name": "Talks"}], version=2.5),
]
SEVERAL = [
    form(
        *(
            f"<title>{town} votes</title><{name}>{town}</{name}><link>/{town}</link><author><name>Ann</name></author>"
            f"<{text}>&lt;p&gt;{town} &amp;amp; all. <![CDATA[<!-- </item> -->]]></{text}>"
            for town in ("Lima", "Turin", "Malta", "Genoa")
        )
    )
    for form, name, text in ((rss, "guid", "description"), (atom, "id", "summary"))
]
"""Documents of several items."""
SCRAPS = st.sampled_from(
    [
        *(
            b"<",
            b">",
            b"&",
            b"]]>",
            b"<![CDATA[",
            b"<!--",
            b"-->",
            b"<?xml",
            b"<!DOCTYPE",
            b"\0",
            b"{",
            b"}",
            b"[",
            b'"',
        ),
        *(
            b"</item>",
            b"<item>",
            b"<entry>",
            b"<title>",
            b"</title>",
            b"<source>",
            b"<textInput>",
            b"<svg>",
            b"<image>",
        ),
        *(b"<media:player>", b"</media:player>", b"</category>", b"<tags>", b"</tags>", b"<content>!!!</content>"),
        *(b"&#xD800;", b"&#x110000;", b"&nbsp;", b"<link>http://[</link>", b"xml:base='http://['", b"null"),
        b"<updated>99999-13-45T99:99:99Z</updated>",
    ]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), SCRAPS | st.binary(max_size=4)), max_size=8)
QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def edited(body: bytes, edits: list[tuple[float, int, bytes]]) -> bytes:
    """The document with some stretches of bytes replaced."""
    for place, length, scrap in edits:
        start = int(place * len(body))
        body = body[:start] + scrap + body[start + length :]
    return body


@QUIET
@given(st.sampled_from(WHOLE), EDITS, st.sampled_from(["", "text/xml; charset=utf-16", "x; charset=idna"]))
def test_any_document_has_an_answer(whole: bytes, edits: list[tuple[float, int, bytes]], content_type: str) -> None:
    answer = parse_document(edited(whole, edits), content_type, FEED, NOON)
    assert ANSWER.validate_json(ANSWER.dump_json(answer)) == answer
    if isinstance(answer, Parsed):
        assert len({item.key for item in answer.items}) == len(answer.items)


@QUIET
@given(st.sampled_from(SEVERAL), EDITS)
def test_any_document_is_read_alike_sliced_and_whole(before: bytes, edits: list[tuple[float, int, bytes]]) -> None:
    body = edited(before, edits)
    whole, sliced = (parse_document(body, "", FEED, NOON, slices) for slices in ("", read(before).slices))
    assert isinstance(whole, Parsed) == isinstance(sliced, Parsed)
    if isinstance(whole, Parsed) and isinstance(sliced, Parsed):
        items = {item.key: item for item in whole.items}
        assert [items[item.key] for item in sliced.items] == list(sliced.items)
        assert {*sliced.known, *(item.key for item in sliced.items)} == items.keys()


WORDS = st.sampled_from(
    [
        *(
            "UPDATE 1-",
            "CORRECTED-",
            "(OFFICIAL)",
            "FLASH",
            "STORY WITHDRAWN",
            "RPT-",
            "KILL",
            "HOLD",
            "LIVE",
            "1st Ld",
        ),
        *(
            ":",
            "-",
            "—",
            "|",
            "(",
            ")",
            "[",
            "]",
            "\n",
            "BC-EU--X",
            "AAA-BBB/",
            "EMBARGOED UNTIL",
            "10:00 GMT",
            "March 30",
        ),
        *("By AFP", "(AFP)", "TUNXI, China", "Lavrov meets Wang", "Eds:", "(Corrects x y)", "© 2022"),
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=6), max_size=12).map(" ".join)


@QUIET
@given(TEXTS, TEXTS, st.none() | st.just(NOON))
def test_the_spans_of_any_text_lie_within_it(title: str, body: str, at: float | None) -> None:
    wire = read_wire(title, body, at=at)
    assert 0 <= wire.headline.start <= wire.headline.end <= len(title)
    assert (wire.headline.start < wire.headline.end) or not title
    assert 0 <= wire.copy.start <= wire.text.start <= wire.text.end <= wire.copy.end == len(body)
