"""Markup to plain text: what a reader would see, and not a character less."""

from __future__ import annotations

import pytest

from monitor.ingest import text

MARKUP = [
    pytest.param("<p>One <b>two</b></p><p>three</p>", "One two\nthree", id="a line for each block"),
    pytest.param("one<br>two<br/>three", "one\ntwo\nthree", id="br"),
    pytest.param("<ul><li>one<li>two</ul>", "one\ntwo", id="list items left open"),
    pytest.param("<div><div><p>deep</p></div></div>rest", "deep\nrest", id="nested blocks, one break"),
    pytest.param("<p>  many \n\t blanks </p>", "many blanks", id="blanks fold"),
    pytest.param("a&nbsp;b &ndash; &#8220;c&#x201d;", "a\xa0b – “c”", id="entities, and the hard space stays"),
    pytest.param("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc", id="cells apart, rows on lines"),
    pytest.param("<pre>one\n  two</pre>", "one\ntwo", id="lines of pre"),
    pytest.param("x<script>var y</script><style>z{}</style><!-- c -->y", "xy", id="script, style, comment"),
    pytest.param("<iframe>i</iframe><noscript>n</noscript>seen", "seen", id="embedded pages"),
    pytest.param("<p hidden>h</p><span style='color:red; Display : NONE'>d</span>seen", "seen", id="hidden"),
    pytest.param("<html><head><title>t</title></head><body><p>b</p></body></html>", "b", id="a whole page"),
    pytest.param("text <a href='cut off", "text", id="cut within a tag"),
    pytest.param("profits were &lt; 5 &amp; falling<br>", "profits were < 5 & falling", id="signs that are no tags"),
    pytest.param("in<wbr>side a<i>b</i>c", "inside abc", id="inline tags part no words"),
    pytest.param(
        "zero\u200bwidth so\u00adft e\u0301<br>", "zero\u200bwidth so\u00adft e\u0301", id="nothing is normalised"
    ),
    pytest.param("a&#xD800;b&#0;c&#x1b;d<br>", "a\ufffdb\ufffdcd", id="impossible and control characters"),
    pytest.param("", "", id="nothing"),
]


@pytest.mark.parametrize(("markup", "expected"), MARKUP)
def test_markup_becomes_what_a_reader_sees(markup: str, expected: str) -> None:
    assert text.plain(markup, markup=True) == expected


PLAIN = [
    pytest.param("one\n\n  two ", True, "one\n\n  two", id="text without tags keeps its lines"),
    pytest.param("a < b and c > d", True, "a < b and c > d", id="signs"),
    pytest.param("how to use the <b> tag", False, "how to use the <b> tag", id="a tag as content of plain text"),
    pytest.param("<b>bold</b> claim", False, "bold claim", id="a closing tag betrays markup in plain text"),
    pytest.param("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;two&lt;/p&gt;", True, "One\ntwo", id="escaped once too often"),
    pytest.param("Tom &amp; Jerry", False, "Tom & Jerry", id="entities of plain text"),
    pytest.param("fish&chips &copyright &nosuch;", False, "fish&chips &copyright &nosuch;", id="no entities"),
    pytest.param("one\r\ntwo\rthree\x0cfour", False, "one\ntwo\nthree\nfour", id="line ends"),
    pytest.param("bell\x07 escape\x1b[31m lone\ud800", False, "bell escape[31m lone", id="controls and surrogates"),
]


@pytest.mark.parametrize(("raw", "markup", "expected"), PLAIN)
def test_plain_text_stays_as_it_is(raw: str, markup: bool, expected: str) -> None:
    assert text.plain(raw, markup) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param(" two\n  lines ", "two lines", id="one line"),
        pytest.param("R&amp;amp;D", "R&D", id="escaped twice"),
        pytest.param("<i>Ship</i> sinks", "Ship sinks", id="markup"),
        pytest.param("hard\xa0space\u3000wide", "hard space wide", id="all blanks are one"),
        pytest.param("Wang\u200bYi", "Wang\u200bYi", id="zero width stays"),
    ],
)
def test_titles(raw: str, expected: str) -> None:
    assert text.title(raw, markup=False) == expected


@pytest.mark.parametrize(
    ("summary", "content", "expected"),
    [
        pytest.param("Short.", "Short. And the rest.", "Short. And the rest.", id="summary begins the content"),
        pytest.param("The quick bro…", "The quick brown fox.", "The quick brown fox.", id="cut with an ellipsis"),
        pytest.param("The quick [...]", "The  quick\nbrown.", "The  quick\nbrown.", id="cut, other blanks"),
        pytest.param("What for.", "The story itself.", "What for.\n\nThe story itself.", id="both say something"),
        pytest.param("Known.\nNew.", "Known. And more.", "New.\n\nKnown. And more.", id="only what it lacks"),
        pytest.param("A longer summary than", "longer", "A longer summary than", id="the longer one is the content"),
        pytest.param("", "Content", "Content", id="no summary"),
        pytest.param("Summary", "", "Summary", id="no content"),
        pytest.param("Same", "Same", "Same", id="equal"),
    ],
)
def test_summary_and_content_become_one_body(summary: str, content: str, expected: str) -> None:
    assert text.join(summary, content) == expected


@pytest.mark.parametrize(
    ("raw", "limit", "expected"),
    [
        pytest.param("fits", 4, "fits", id="fits"),
        pytest.param("one two three", 9, "one two…", id="at a word's end"),
        pytest.param("unbroken" * 3, 10, "unbrokenu…", id="a word longer than the limit"),
    ],
)
def test_shorten(raw: str, limit: int, expected: str) -> None:
    assert text.shorten(raw, limit) == expected


def test_no_more_than_the_limit_is_read() -> None:
    assert len(text.plain("word " * 100_000, markup=False)) <= text.LONGEST
    assert len(text.from_html("<p>word" * 100_000)) <= text.LONGEST


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div>" * 30_000, id="nesting"),
        pytest.param("<!--" * 30_000, id="comments left open"),
        pytest.param("<b><i><p>" * 11_000, id="formatting carried over blocks"),
        pytest.param("<p a=" * 20_000, id="attributes left open"),
        pytest.param("<" * 100_000, id="angle brackets"),
    ],
)
def test_hostile_markup_is_read_to_its_end(markup: str) -> None:
    assert text.from_html(markup + "<p>") in ("", markup[: text.LONGEST])
