"""Documents as they come: mended, with what was wrong, or refused, with what came instead."""

from __future__ import annotations

import codecs
import gzip

import pytest

from monitor.ingest.mangled import undone
from tests.ingest.documents import atom, only_item, read, refusal, rss

CYRILLIC = "<title>Лавров и Ван И: новый мировой порядок</title>"
WESTERN = "<title>Übergabe in São Tomé — “fin”</title>"


def declared(encoding: str, title: str, written_as: str = "") -> bytes:
    text = rss(title, declaration=f'<?xml version="1.0" encoding="{encoding}"?>').decode()
    return text.encode(written_as or encoding)


CHARSETS = [
    # body, content type, title, problem
    pytest.param(declared("utf-8", CYRILLIC), "", CYRILLIC, "", id="utf-8"),
    pytest.param(declared("windows-1251", CYRILLIC), "", CYRILLIC, "", id="windows-1251"),
    pytest.param(declared("koi8-r", CYRILLIC), "text/xml; charset=utf-8", CYRILLIC, "", id="declaration before header"),
    pytest.param(
        rss(CYRILLIC).decode().encode("cp1251"), "text/xml; charset='windows-1251'", CYRILLIC, "", id="header alone"
    ),
    pytest.param(declared("iso-8859-1", WESTERN, "cp1252"), "", WESTERN, "", id="Latin-1 means windows-1252"),
    pytest.param(declared("us-ascii", WESTERN, "cp1252"), "", WESTERN, "", id="so does ASCII"),
    pytest.param(declared("gb2312", "<title>王毅镕</title>", "gb18030"), "", "<title>王毅镕</title>", "", id="gb2312"),
    pytest.param(
        declared("iso-2022-jp", "<title>王毅外相</title>"), "", "<title>王毅外相</title>", "", id="an escaping charset"
    ),
    pytest.param(
        rss("<title>esc\x1bape é</title>"), "", "<title>escape é</title>", "control characters", id="a stray escape"
    ),
    pytest.param(
        declared("windows-1251", CYRILLIC, "utf-8"), "", CYRILLIC, "claims to be cp1251, is UTF-8", id="a lie"
    ),
    pytest.param(declared("no-such-charset", CYRILLIC, "utf-8"), "", CYRILLIC, "", id="an unknown charset"),
    pytest.param(declared("zlib", CYRILLIC, "utf-8"), "", CYRILLIC, "claims to be zlib, is UTF-8", id="no charset"),
    pytest.param(codecs.BOM_UTF8 + declared("utf-8", CYRILLIC), "", CYRILLIC, "", id="UTF-8 with a mark"),
    pytest.param(codecs.BOM_UTF16_LE + declared("utf-16", CYRILLIC, "utf-16-le"), "", CYRILLIC, "", id="UTF-16 little"),
    pytest.param(codecs.BOM_UTF16_BE + declared("utf-16", CYRILLIC, "utf-16-be"), "", CYRILLIC, "", id="UTF-16 big"),
    pytest.param(codecs.BOM_UTF32_LE + declared("utf-32", CYRILLIC, "utf-32-le"), "", CYRILLIC, "", id="UTF-32"),
    pytest.param(declared("utf-16", CYRILLIC, "utf-16-le"), "", CYRILLIC, "", id="UTF-16 without a mark"),
    pytest.param(
        declared("utf-8", WESTERN, "cp1252"),
        "",
        WESTERN,
        "neither UTF-8 nor the claimed charset: read as windows-1252",
        id="neither what it claims nor UTF-8",
    ),
    pytest.param(
        declared("utf-8", CYRILLIC).replace("порядок".encode(), "порядо".encode() + b"\xd0"),
        "",
        CYRILLIC.replace("порядок", "порядо\ufffd"),
        "1 bytes are not UTF-8",
        id="one byte broken",
    ),
]


@pytest.mark.parametrize(("body", "content_type", "title", "problem"), CHARSETS)
def test_charsets(body: bytes, content_type: str, title: str, problem: str) -> None:
    parsed = read(body, content_type)
    assert f"<title>{parsed.items[0].title}</title>" == title
    assert parsed.problems == ((problem,) if problem else ())


ITEM = "<title>R{}D</title><link>https://m.example/?a=1&amp;b=2</link>"
FEED = rss(ITEM.format("&amp;")).decode()
MENDED = [
    # document, title, part of the problem named
    pytest.param("\n \n" + FEED, "R&D", "something stands before the XML declaration", id="blank lines first"),
    pytest.param("<!-- cached -->" + FEED, "R&D", "before the XML declaration", id="a comment first"),
    pytest.param(
        "<br />\n<b>Warning</b>: fopen() failed on line <b>7</b><br />" + FEED,
        "R&D",
        "before",
        id="a PHP warning first",
    ),
    pytest.param("junk " + FEED, "R&D", "before the XML declaration", id="junk first"),
    pytest.param(FEED.replace("R&amp;D", "R & D"), "R & D", "not well-formed XML", id="a bare ampersand"),
    pytest.param(FEED.replace("R&amp;D", "R&nbsp;D&eacute;"), "R Dé", "undefined entity", id="entities of HTML"),
    pytest.param(FEED.replace("R&amp;D", "R&nosuch;D"), "R&nosuch;D", "undefined entity", id="an unknown entity"),
    pytest.param(FEED.replace("R&amp;D", "R&LT;D"), "R<D", "undefined entity", id="an entity that would be a tag"),
    pytest.param(FEED.replace("R&amp;D", "R\x08\x0bD"), "RD", "control characters", id="control characters"),
    pytest.param(FEED.replace("R&amp;D", "R&#8;D"), "RD", "invalid character number", id="references to them"),
    pytest.param(
        FEED.replace("R&amp;D", "R&#xD800;&#x110000;D"), "RD", "invalid character", id="impossible references"
    ),
    pytest.param(
        FEED.replace("R&amp;D", "<![CDATA[R & &nosuch; D]]>&"), "R & &nosuch; D&", "", id="CDATA is left alone"
    ),
    pytest.param(FEED.replace("<item>", "<!-- R & D --><item>").replace("R&amp;D", "R&"), "R&", "", id="comments too"),
    pytest.param(FEED + "<script>track()</script>", "R&D", "junk after document element", id="a script after the end"),
    pytest.param(FEED.replace("</item>", "<media:x></item>"), "R&D", "mismatched tag", id="tags out of order"),
    pytest.param(
        FEED.replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', "").replace("</item>", "<dc:x/></item>"),
        "R&D",
        "unbound prefix",
        id="a prefix not declared",
    ),
]


LINK = "<link>https://m.example/?a=1&amp;b=2</link>"
ADDRESS = LINK[6:-7]
MENDED += [
    pytest.param(FEED.replace(LINK, f"<link/>{ADDRESS}"), "R&D", "links mangled", id="a link without content"),
    pytest.param(FEED.replace(LINK, f"<link />\n {ADDRESS}\n"), "R&D", "links mangled", id="and on a line of its own"),
    pytest.param(FEED.replace(LINK, f"<link>{ADDRESS}"), "R&D", "links mangled", id="a link without an end"),
    pytest.param(
        FEED.replace("R&amp;D", "<!--[CDATA[R&D]]-->"), "R&D", "CDATA mangled", id="CDATA written as a comment"
    ),
    pytest.param(
        FEED.replace("R&amp;D", "&lt;![CDATA[R&amp;D]]&gt;"), "R&D", "CDATA mangled", id="CDATA written as text"
    ),
    pytest.param(
        f"<html><head></head><body>{FEED.split('?>')[1]}</body></html>", "R&D", "before the XML", id="put into a page"
    ),
]


@pytest.mark.parametrize(("document", "title", "problem"), MENDED)
def test_what_is_broken_is_mended_and_named(document: str, title: str, problem: str) -> None:
    parsed = read(document.encode())
    (item,) = parsed.items
    assert item.title == title
    assert item.url == "https://m.example/?a=1&b=2"
    assert any(problem in told for told in parsed.problems)


ATOM = atom("<title>T</title><id>1</id><link href='/a'/><content type='text'>1 &lt; 2</content>").decode()
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
    "<item><title>T</title><link>/a</link><dc:date>2022-03-30T11:00:00Z</dc:date>"
    "<content:encoded>Whole</content:encoded></item></rdf:RDF>"
)
SLIPS = [
    pytest.param(ATOM, "http://www.w3.org/2005/Atom", slip, id=slip)
    for slip in (
        "https://www.w3.org/2005/Atom",
        "http://www.w3.org/2005/atom",
        "http://www.w3.org/2005/Atom/",
        " http://www.w3.org/2005/Atom ",
    )
] + [
    pytest.param(
        RDF, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "https://www.w3.org/1999/02/22-rdf-syntax-ns#", id="rdf"
    ),
    pytest.param(RDF, "http://purl.org/rss/1.0/", "https://purl.org/rss/1.0", id="rss"),
    pytest.param(RDF, "http://purl.org/dc/elements/1.1/", "http://purl.org/DC/elements/1.1", id="dc"),
    pytest.param(
        RDF, "http://purl.org/rss/1.0/modules/content/", "http://purl.org/rss/1.0/modules/content", id="content"
    ),
]


@pytest.mark.parametrize(("document", "namespace", "slip"), SLIPS)
def test_a_slip_in_a_namespace_changes_nothing(document: str, namespace: str, slip: str) -> None:
    right, wrong = read(document.encode()), read(document.replace(f'"{namespace}"', f'"{slip}"').encode())
    assert right.items == wrong.items
    assert right.version == wrong.version
    assert (right.problems, wrong.problems) == ((), ("namespaces misspelt",))


def test_what_html_tools_write_is_undone_in_linear_time() -> None:
    for piece in (
        "&lt;![CDATA[",
        "<!--[CDATA[",
        "<link/>https://m.example/ ",
        "<link>https://m.example/ ",
        "]]",
        "&lt;",
    ):
        assert undone("<rss>" + piece * 200_000)[0].startswith("<rss>")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(FEED, id="a clean one"),
        pytest.param(FEED.split("?>")[1], id="no declaration"),
        pytest.param("\n\n" + FEED.split("?>")[1], id="blank lines and no declaration"),
        pytest.param(
            FEED.replace("?><rss", "?><!-- by us --><?xml-stylesheet href='x'?>\n<rss"), id="comment, stylesheet"
        ),
        pytest.param(
            FEED.replace("?><rss", '?><!DOCTYPE rss PUBLIC "-//N//DTD" "http://n.example/r.dtd"><rss'), id="doctype"
        ),
    ],
)
def test_what_is_in_order_is_no_problem(document: str) -> None:
    parsed = read(document.encode())
    assert (parsed.problems, parsed.items[0].title) == ((), "R&D")


def test_entities_of_the_documents_own_are_read_and_bombs_are_not() -> None:
    own = '<!DOCTYPE rss [<!ENTITY desk "Meridian Wire">]>'
    assert only_item(rss("<title>&desk;</title>", declaration=own)).title == "Meridian Wire"
    bomb = '<!DOCTYPE rss [\n<!ENTITY a "aaaaaaaaaa">\n' + "\n".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    item = only_item(rss("<title>&k;</title><link>/a</link>", declaration=bomb + "]>"))
    assert len(item.title) < 100


def test_external_entities_are_not_fetched() -> None:
    declaration = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    assert "root" not in only_item(rss("<title>a &x; b</title>", declaration=declaration)).title


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_a_feed_cut_off_in_the_middle_gives_its_whole_items(kind: str) -> None:
    whole = (
        rss("<title>one</title>", "<title>two</title>")
        if kind == "rss"
        else atom("<title>one</title>", "<title>two</title>")
    )
    parsed = read(whole[: whole.rfind(b"two") + 2])
    assert [item.title for item in parsed.items] == ["one"]
    assert "breaks off in the middle of an item" in parsed.problems


PAGE = b"<!DOCTYPE html><html><head><title>\n Just a\n moment&hellip; </title></head><body>wait</body></html>"
IMPOSTORS = [
    pytest.param(b"", "the answer was empty", id="empty"),
    pytest.param(b" \r\n\t", "the answer was empty", id="blank"),
    pytest.param(PAGE, "an HTML page titled “Just a moment…”", id="a page"),
    pytest.param(b"<html><body>x</body></html>", "an HTML page", id="a page without a title"),
    pytest.param(b"<h1>404 Not Found</h1>", "an HTML page", id="a fragment of one"),
    pytest.param(
        PAGE.replace(b"wait", b"<pre><rss version='2.0'></pre>"), "an HTML page titled", id="a page about RSS"
    ),
    pytest.param(b'<?xml version="1.0"?><opml version="2.0"/>', "XML with the root <opml>, not a feed", id="OPML"),
    pytest.param(b'<?xml version="1.0"?>', "XML that breaks off before it says anything", id="cut at once"),
    pytest.param(
        b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>a', "a feed that breaks off", id="cut"
    ),
    pytest.param(
        b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "XML that is no feed", id="RDF"
    ),
    pytest.param(
        b"<rss><a b='" + b"x" * 70_000 + b"'></rss>", "a broken feed with a tag of more than", id="a long tag"
    ),
    pytest.param(b"Service Unavailable\n", "plain text, not a feed: “Service Unavailable”", id="text"),
    pytest.param(b'{"error": {"message": "rate limit"}}', "JSON, not a feed: “rate limit”", id="a JSON error"),
    pytest.param(b'{"errors": [{"detail": "no key"}]}', "JSON, not a feed: “no key”", id="a list of JSON errors"),
    pytest.param(b'{"errors": []}', "JSON, not a feed", id="an empty list of them"),
    pytest.param(b'{"data": 1}', "JSON, not a feed", id="other JSON"),
    pytest.param(b"[1, 2]", "a JSON list, not a feed", id="a JSON list"),
    pytest.param(b'{"items": [', 'broken JSON, not a feed: “{"items": [”', id="JSON cut off"),
    pytest.param(b"[" * 200_000, "plain text, not a feed", id="JSON without a floor"),
    pytest.param(b'{"error":' * 400 + b'"x"' + b"}" * 400, "JSON, not a feed", id="an error within errors"),
    pytest.param(
        b'{"version": "https://jsonfeed.org/version/1", "title": "x"}', "a JSON feed without what", id="no items"
    ),
    pytest.param(b"%PDF-1.7 ...", "a PDF file, not a feed", id="PDF"),
    pytest.param(gzip.compress(b"x"), "data that is still compressed, not a feed", id="gzip"),
    pytest.param(b"\x01\x02\x00\x03" * 9, "binary data, not a feed", id="binary"),
]


@pytest.mark.parametrize(("body", "reason"), IMPOSTORS)
def test_what_is_no_feed_is_said_in_words(body: bytes, reason: str) -> None:
    assert refusal(body).startswith(reason)


def test_what_breaks_the_lenient_parser_is_refused_too() -> None:
    broken = rss("<title>a</title></media:player><media:player>").replace(b"</item></media:player>", b"</media:player>")
    assert refusal(broken).startswith("a feed too broken to read: not well-formed XML")
