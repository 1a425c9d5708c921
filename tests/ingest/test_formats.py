"""Every format that is read, by a document of its own: RSS 0.90 to 2.0, Atom, JSON Feed, sitemaps, NewsML-G2, ninjs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.ingest.document import parse_document
from monitor.ingest.frames import ANSWER
from monitor.model import Kind, Parsed
from tests.ingest.documents import FEED, atom, message, news_item, ninjs, only_item, read, refusal, rss, sitemap
from tests.items import NOON

DATED = datetime(2022, 3, 30, 11, tzinfo=UTC).timestamp()
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CORE = "<channel><title>Meridian</title></channel><item{}><title>Envoys meet</title><link>https://m.example/1</link>{}</item>"

FEEDS = {
    "rss090": (
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://my.netscape.com/rdf/simple/0.9/">{CORE.format("", "")}</rdf:RDF>'
    ),
    "rss091u": (
        '<rss version="0.91"><channel><title>Meridian</title><item><title>Envoys meet</title>'
        "<link>https://m.example/1</link><description>They met.</description></item></channel></rss>"
    ),
    "rss092": (
        '<rss version="0.92"><channel><title>Meridian</title><item><title>Envoys meet</title>'
        "<link>https://m.example/1</link><description>They met.</description>"
        '<category domain="dmoz">World</category></item></channel></rss>'
    ),
    "rss10": (
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        + CORE.format(' rdf:about="https://m.example/1"', "<dc:date>2022-03-30T11:00:00Z</dc:date>")
        + "</rdf:RDF>"
    ),
    "rss20": (
        '<rss version="2.0"><channel><title>Meridian</title><item><title>Envoys meet</title>'
        "<link>https://m.example/1</link><guid>https://m.example/1</guid></item></channel></rss>"
    ),
    "atom03": (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Meridian</title><entry><title>Envoys meet</title>'
        '<link rel="alternate" href="https://m.example/1"/><issued>2022-03-30T11:00:00Z</issued></entry></feed>'
    ),
    "atom10": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Meridian</title><entry><title>Envoys meet</title>'
        '<link href="https://m.example/1"/><id>1</id><updated>2022-03-30T11:00:00Z</updated></entry></feed>'
    ),
    "json1.1": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Meridian",
            "items": [{"id": "1", "url": "https://m.example/1", "title": "Envoys meet", "content_text": "They met."}],
        }
    ),
    "sitemap-news": (
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://m.example/1</loc><news:news>'
        "<news:publication><news:name>Meridian</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>2022-03-30</news:publication_date><news:title>Envoys meet</news:title></news:news>"
        "</url></urlset>"
    ),
}


@pytest.mark.parametrize("version", FEEDS)
def test_each_format_is_told_by_its_document(version: str) -> None:
    parsed = read(FEEDS[version].encode())
    (item,) = parsed.items
    assert (parsed.version, parsed.title, parsed.problems) == (version, "Meridian", ())
    assert (item.title, item.url) == ("Envoys meet", "https://m.example/1")


# ── What feeds add to items ─────────────────────────────────────────────────


def test_media_rss_gives_the_text_that_is_told_nowhere_else() -> None:
    item = only_item(
        rss(
            "<media:group><media:title>Envoys meet</media:title><media:description type='html'>&lt;p&gt;They met."
            "&lt;/p&gt;</media:description></media:group><media:keywords>talks, Tunxi</media:keywords>"
            "<media:category scheme='urn:topics' label='World'>w</media:category>"
            "<media:credit role='photographer'>Xinhua</media:credit>"
        )
    )
    assert (item.title, item.body) == ("Envoys meet", "They met.")
    assert item.categories == ("talks", "Tunxi", "World", "urn:topics:w")
    assert item.wire.credit == ""


def test_categories_keep_their_domain_and_dublin_core_is_read() -> None:
    item = only_item(
        rss(
            "<title>Envoys meet</title><category domain='iptc'>China</category><dc:subject>Talks</dc:subject>"
            "<dc:creator>Ann Lee</dc:creator><dc:date>2022-03-30T11:00:00Z</dc:date>"
        )
    )
    assert item.categories == ("China", "iptc:China", "Talks")
    assert (item.author, item.published) == ("Ann Lee", DATED)


@pytest.mark.parametrize(
    ("body", "credit"),
    [
        pytest.param(
            rss("<title>x</title><source url='https://afp.example/'>Agence France-Presse</source>"),
            "AFP",
            id="an agency",
        ),
        pytest.param(rss("<title>x</title><source url='https://l.example/'>Ledger</source>"), "Ledger", id="an outlet"),
        pytest.param(rss("<title>x</title><source url='https://m.example/'>Meridian</source>"), "", id="itself"),
        pytest.param(rss("<title>x</title><dc:source>Reuters</dc:source>"), "Reuters", id="Dublin Core"),
        pytest.param(rss("<title>x</title><dc:source>https://l.example/7</dc:source>"), "", id="an address"),
        pytest.param(
            atom("<title>x</title><id>1</id><source><title>Ledger</title><id>l</id></source>"), "Ledger", id="Atom"
        ),
    ],
)
def test_an_aggregators_item_is_credited_to_the_outlet_that_it_names(body: bytes, credit: str) -> None:
    item = only_item(body)
    assert (item.title, item.source, item.wire.credit) == ("x", "Meridian Wire", credit)


# ── News sitemaps ───────────────────────────────────────────────────────────


NEWS = "<n:publication><n:name>Il Meridiano</n:name><n:language>it</n:language></n:publication>"


def test_a_whole_news_sitemap() -> None:
    page = (
        "<loc>https://m.example/2?utm_source=s</loc><lastmod>2022-03-30T13:30:00+02:00</lastmod>"
        f"<n:news>{NEWS}<n:publication_date>2022-03-30T11:00Z</n:publication_date>"
        "<n:title>UPDATE 1-Lavrov &amp;amp; Wang</n:title><n:keywords>Cina, Russia</n:keywords></n:news>"
    )
    parsed = read(sitemap("<loc>https://m.example/about</loc>", page))
    (item,) = parsed.items
    assert (parsed.title, item.title, item.headline) == ("Il Meridiano", "UPDATE 1-Lavrov & Wang", "Lavrov & Wang")
    assert (item.url, item.lang, item.categories) == ("https://m.example/2", "it", ("Cina", "Russia"))
    assert (item.published, item.updated) == (DATED, DATED + 1800)
    assert (item.wire.kind, item.wire.number) == (Kind.UPDATE, 1)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            sitemap("<loc>https://m.example/a</loc>"),
            "a sitemap of 1 pages without news: their titles and dates are not told",
            id="of pages",
        ),
        pytest.param(
            b"<sitemapindex><sitemap><loc>https://m.example/s.xml</loc></sitemap></sitemapindex>",
            "an index of sitemaps: poll one of those that it lists",
            id="of sitemaps",
        ),
        pytest.param(
            sitemap("<loc>https://m.example/a</loc>")[:-30],
            "a broken sitemap: not well-formed XML: mismatched tag: line 1, column 139",
            id="cut off",
        ),
        pytest.param(
            b'<!DOCTYPE urlset [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "XML that is no feed",
            id="with entities of its own",
        ),
    ],
)
def test_a_sitemap_that_tells_no_news_says_so(body: bytes, reason: str) -> None:
    assert refusal(body) == reason


def test_a_sitemap_in_place_of_a_feed_is_read_whole_whatever_the_feed_had_shown() -> None:
    before = read(FEEDS["rss20"].encode())
    assert before.slices
    after = parse_document(FEEDS["sitemap-news"].encode(), "", FEED, NOON, before.slices)
    assert isinstance(after, Parsed)
    assert (len(after.items), after.known, after.slices) == (1, (), "")


# ── NewsML-G2 and ninjs ─────────────────────────────────────────────────────

XHTML = (
    '<inlineXML contenttype="application/xhtml+xml"><x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:head><x:title/>'
    "</x:head><x:body><x:p>They <x:b>met</x:b>.</x:p><x:p/><x:p>They ate.</x:p></x:body></x:html></inlineXML>"
)
NITF = (
    '<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body><body.head>'
    "<hedline><hl1>Envoys meet</hl1></hedline></body.head><body.content><p>They met.</p><p>They ate.</p>"
    "</body.content></body></nitf></inlineXML>"
)
ESCAPED = '<inlineData contenttype="text/html">&lt;p&gt;They met.&lt;/p&gt;&lt;p&gt;They ate.&lt;/p&gt;</inlineData>'
PLAIN = '<inlineData contenttype="text/plain">They met.\nThey ate.</inlineData>'


@pytest.mark.parametrize("rendition", [XHTML, NITF, ESCAPED, PLAIN], ids=["xhtml", "nitf", "html", "plain"])
def test_a_newsml_text_is_read_in_each_rendition(rendition: str) -> None:
    elsewhere = '<remoteContent href="https://m.example/1.jpg"/><inlineData encoding="encd:base64">QUJD</inlineData>'
    item = only_item(message(news_item(rendition=elsewhere + rendition)))
    assert " ".join(item.body.split()) in ("They met. They ate.", "They met.They ate.")


def test_a_whole_newsml_item() -> None:
    content = (
        "<urgency>4</urgency><language tag='fr'/><by>By Ann Lee</by><creditline>Agence France-Presse</creditline>"
        "<dateline>TUNXI, March 30</dateline><slugline>CHINA-RUSSIA/TALKS</slugline>"
        "<description>What for.</description>"
        "<genre qcode='genre:Current'/><subject qcode='medtop:11000000'><name>politics</name></subject>"
        "<keyword>envoys</keyword>"
    )
    parsed = read(news_item("<provider><name>Meridian</name></provider>", content, PLAIN).encode())
    (item,) = parsed.items
    assert (parsed.version, parsed.title, parsed.problems) == ("newsml-g2", "Meridian", ())
    assert (item.guid, item.url, item.lang) == ("tag:m.example,2022:1", "", "fr")
    assert (item.title, item.body) == ("Envoys meet", "What for.\n\nThey met.\nThey ate.")
    assert item.categories == ("genre:Current", "politics", "medtop:11000000", "envoys")
    assert (item.published, item.updated, item.author) == (DATED, DATED + 1800, "By Ann Lee")
    assert (item.wire.kind, item.wire.slug, item.wire.place) == (Kind.NEWS, "CHINA-RUSSIA/TALKS", "TUNXI")
    assert (item.wire.credit, item.wire.byline) == ("AFP", "Ann Lee")


def test_a_whole_ninjs_item() -> None:
    parsed = read(
        ninjs(
            firstcreated="2022-03-30T11:00:00Z",
            versioncreated="2022-03-30T11:30:00Z",
            urgency=4,
            language="fr",
            byline="By Ann Lee",
            located="TUNXI, China",
            slugline="CHINA-RUSSIA/TALKS",
            description_text="What for.",
            body_html="<p>They met.</p><p>They ate.</p>",
            subject=[{"code": "11000000", "scheme": "medtop", "name": "politics"}],
            infosource=[{"name": "Agence France-Presse"}],
        )
    )
    (item,) = parsed.items
    assert (parsed.version, parsed.problems) == ("ninjs", ())
    assert (item.guid, item.url, item.lang) == ("tag:m.example,2022:1", "", "fr")
    assert (item.title, item.body) == ("Envoys meet", "What for.\n\nThey met.\nThey ate.")
    assert item.categories == ("politics", "medtop:11000000")
    assert (item.published, item.updated, item.author) == (DATED, DATED + 1800, "By Ann Lee")
    assert (item.wire.slug, item.wire.place, item.wire.credit) == ("CHINA-RUSSIA/TALKS", "TUNXI", "AFP")


def test_ninjs_3_has_its_words_in_lists() -> None:
    item = only_item(
        json.dumps(
            {
                "uri": "https://m.example/1",
                "standard": {"name": "ninjs", "version": "3.0"},
                "pubStatus": "usable",
                "versionCreated": "2022-03-30T11:00:00Z",
                "headlines": [{"role": "main", "value": "Envoys meet"}],
                "descriptions": [{"contentType": "text/plain", "value": "What for."}],
                "bodies": [
                    {"contentType": "text/plain", "value": "They met."},
                    {"contentType": "text/html", "value": "<p>They met.</p><p>They ate.</p>"},
                ],
                "by": "Ann Lee",
                "subjects": [{"name": "politics", "uri": "https://m.example/politics"}],
            }
        ).encode()
    )
    assert (item.title, item.body) == ("Envoys meet", "What for.\n\nThey met.\nThey ate.")
    assert (item.url, item.author, item.published) == ("https://m.example/1", "Ann Lee", DATED)
    assert item.categories == ("politics", "https://m.example/politics")


EARLIER, LATER = "2022-03-30T06:00:00Z", "2022-03-31T06:00:00Z"
UNTIL = datetime(2022, 3, 31, 6, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("g2", "fields", "kind", "number", "embargo"),
    [
        pytest.param('<pubStatus qcode="stat:usable"/>', {"pubstatus": "usable"}, Kind.NEWS, 0, None, id="usable"),
        pytest.param(
            '<pubStatus qcode="stat:withheld"/>', {"pubStatus": "withheld"}, Kind.HOLD, 0, None, id="withheld"
        ),
        pytest.param(
            '<pubStatus uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>',
            {"pubstatus": "Canceled"},
            Kind.WITHDRAWAL,
            0,
            None,
            id="canceled",
        ),
        pytest.param(
            f"<embargoed>{LATER}</embargoed>", {"embargoed": LATER}, Kind.EMBARGO, 0, UNTIL, id="embargoed until"
        ),
        pytest.param(
            f"<embargoed>{EARLIER}</embargoed><signal qcode='sig:correction'/>",
            {"embargoed": EARLIER, "ednote": "Corrects the spelling of Wang"},
            Kind.CORRECTION,
            0,
            None,
            id="an embargo that is over",
        ),
        pytest.param("<embargoed/>", {"embargoed": ""}, Kind.HOLD, 0, None, id="embargoed without an end"),
        pytest.param(
            "<edNote>Corrects the spelling of Wang</edNote>",
            {"ednote": "Corrects the spelling of Wang"},
            Kind.CORRECTION,
            0,
            None,
            id="a note that corrects",
        ),
    ],
)
def test_a_status_is_the_kind_that_its_desks_words_would_be(
    g2: str, fields: dict[str, object], kind: Kind, number: int, embargo: float | None
) -> None:
    for item in (only_item(message(news_item(g2, rendition=PLAIN))), only_item(ninjs(**fields))):
        assert (item.wire.kind, item.wire.number, item.wire.embargo) == (kind, number, embargo)


@pytest.mark.parametrize(
    ("urgency", "kind"), [(1, Kind.FLASH), (2, Kind.URGENT), (3, Kind.NEWS), (9, Kind.NEWS)], ids=str
)
def test_urgency_is_what_flashes_and_urgents_are(urgency: int, kind: Kind) -> None:
    items = only_item(message(news_item(content=f"<urgency>{urgency}</urgency>"))), only_item(ninjs(urgency=urgency))
    assert [item.wire.kind for item in items] == [kind, kind]


def test_a_signal_corrects_and_the_gravest_kind_holds() -> None:
    item = only_item(message(news_item('<signal qcode="sig:correction"/>', "<urgency>1</urgency>", version="3")))
    assert (item.wire.kind, item.wire.number) == (Kind.CORRECTION, 2)


def test_a_later_version_is_an_update_and_only_the_last_in_a_document_counts() -> None:
    old, new = news_item(rendition=PLAIN), news_item(rendition=PLAIN.replace("ate", "drank"), version="3")
    for body in (message(old, new), message(new, old)):
        item = only_item(body)
        assert (item.wire.kind, item.wire.number, "drank" in item.body) == (Kind.UPDATE, 2, True)
    assert only_item(message(old)).key == only_item(message(new)).key


def test_a_status_alone_is_another_revision_and_a_version_alone_is_not() -> None:
    usable, later = only_item(ninjs(body_text="They met.")), only_item(ninjs(body_text="They met.", version="2"))
    killed = only_item(ninjs(body_text="They met.", pubstatus="canceled"))
    embargoed = only_item(ninjs(body_text="They met.", embargoed=LATER))
    assert usable.revision == later.revision
    assert len({usable.revision, killed.revision, embargoed.revision}) == 3


def test_a_withdrawal_without_words_is_an_item_with_its_desks_note() -> None:
    item = only_item(ninjs(headline="", pubstatus="canceled", ednote="Please disregard, sent in error."))
    assert (item.wire.kind, item.title) == (Kind.WITHDRAWAL, "Please disregard, sent in error.")
    assert item.wire.note == "Please disregard, sent in error."


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(lambda item: [item], id="a list"),
        pytest.param(lambda item: {"_items": [item], "_meta": {}}, id="a service's page"),
        pytest.param(lambda item: {"data": {"items": [{"item": item}]}}, id="within an answer"),
    ],
)
def test_ninjs_items_are_found_where_services_put_them(wrapped: Callable[[object], object]) -> None:
    item = only_item(json.dumps(wrapped(json.loads(ninjs()))).encode())
    assert item.title == "Envoys meet"


def test_pictures_are_left_out_and_strange_statuses_named() -> None:
    odd = '<pubStatus qcode="stat:maybe"/>'
    parsed = read(message(news_item(odd), news_item(kind="picture")))
    assert len(parsed.items) == 1
    assert parsed.problems == ("1 item is no text, and left out", "pubStatus 'maybe' is unknown")
    items = [
        json.loads(ninjs(uri=f"tag:{kind}", type=kind, pubstatus="maybe")) for kind in ("text", "picture", "video")
    ]
    parsed = read(json.dumps([*items, {"uri": "tag:broken", "headline": ["x"]}]).encode())
    assert [item.guid for item in parsed.items] == ["tag:text"]
    assert parsed.problems == (
        "pubStatus 'maybe' is unknown",
        "item 4 left out: headline: Input should be a valid string",
        "2 items are no texts, and left out",
    )


def test_newsml_that_is_broken_says_where() -> None:
    assert refusal(message(news_item())[:-80]).startswith("a broken NewsML document: not well-formed XML: ")


def test_a_message_without_items_is_an_empty_one() -> None:
    assert read(message()).items == ()


def test_deep_newsml_is_read_in_bounds() -> None:
    item = only_item(message(news_item(rendition=f"<inlineXML>{'<p>' * 20_000}They met.{'</p>' * 20_000}</inlineXML>")))
    assert item.body == "They met."


# ── Anything ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            ninjs(slugline="\ud800", located="\ud800", byline="\ud800", ednote="\ud800" * 1000), id="lone surrogates"
        ),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1\\ud800", "feed_url": "\\ud800", "items": [{"title": "x"}]}',
            id="a version and an address of none",
        ),
        pytest.param(
            b'<feed xmlns="http://www.w3.o00rg/2005/Atom"><title>M</title><entry><title>x</title><links x</title>'
            b'<link href="https://m.example/1"/><id>1</i></entry></feed>',
            id="a link that is taken for no link",
        ),
    ],
)
def test_what_nobody_should_write_is_read_and_can_be_sent_on(body: bytes) -> None:
    parsed = read(body)
    assert ANSWER.validate_json(ANSWER.dump_json(parsed)) == parsed
    assert len(parsed.items) == 1
