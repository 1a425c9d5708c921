"""Texts that try to break out of where they are shown, and events made of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from monitor.model import (
    AlertEvent,
    AlertStatus,
    Card,
    Carrier,
    Change,
    DigestEntry,
    DigestEvent,
    DigestSection,
    Event,
    EventKind,
    Excerpt,
    Field,
    HoldReason,
    ItemRef,
    Kind,
    Manner,
    OpsEvent,
    Relation,
    Severity,
    Span,
)
from tests.channels.samples import AT, CARD, ITEM, RAISED

NASTY = {
    "channel mention": "<!channel> <!here> <!everyone>",
    "user mention": "<@U012ABCDEF> <!subteam^S012|desk>",
    "at here": "@here @channel @everyone",
    "forged link": "<http://evil.example|bbc.co.uk>",
    "forged date": "<!date^0^{date}^http://evil.example|now>",
    "channel link": "<#C012AB3CD|general> <#C012AB3CD>",
    "forged address": "<mailto:evil@example.org|the desk> <tel:+15550100|call>",
    "half a link": "<http://evil.example| <!chan nel> <! channel> ＜!channel＞",
    "mrkdwn": "*bold* _italic_ ~strike~ `code` ```block``` > quote",
    "markdown link": "[bbc.co.uk](http://evil.example)",
    "emoji code": ":rotating_light: :bbc:",
    "entities": "&lt;!channel&gt; &amp;amp; &#60;!here&#62;",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=\"alert(1)' style='x",
    "end of style": "</style><style>*{display:none}</style>",
    "outlook comment": "<!--[if mso]><b>owned</b><![endif]-->",
    "half entities": "&lt&gt;&colon;&#0000106avascript&NewLine;&amp",
    "closing tags": "</a></p></body></html><!-- --> ]]>",
    "header": "Toll rises\r\nBcc: everyone@example.org\r\n\r\nbody",
    "encoded header": "=?utf-8?q?Toll=0D=0ABcc:_everyone=40example.org?=",
    "encoded header in base64": "=?utf-8?B?VG9sbA0KQmNjOiBldmVyeW9uZUBleGFtcGxlLm9yZw==?=",
    "encoded header in two": "=?utf-8?q?Toll?= =?utf-8?q?=0D=0ABcc:_x=40example.org?=",
    "folded header": "Toll\r\n\tBcc: everyone@example.org\r\n Reply-To: evil@example.org",
    "boundary": "\r\n--=_0000\r\nContent-Type: text/html\r\n\r\n<script>",
    "bare carriage return": "one\rtwo\x0bthree\x0cfour\x85five\u2028six\u2029seven",
    "smtp dot": "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
    "terminal escape": "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x07click\x1b]8;;\x07",
    "c1 escape": "\x9b2J\x9d0;owned\x9c",
    "console markup": "[bold red]owned[/bold red] [link=http://evil.example]x[/link]",
    "right to left override": "invoice\u202egnp.exe \u2066x\u2069",
    "isolates and marks": "\u2067evil\u2069 \u202b\u061c\u200f\u200eok\u202c",
    "byte order mark": "\ufeffone\ufefftwo\ufffe",
    "tags": "flag \U000e0067\U000e0062\U000e007f",
    "variation selectors": "a" + "\ufe0f\u200d" * 3_000,
    "lone surrogate": "\ud83d half \udc00",
    "nul": "a\x00b",
    "nothing visible": " \u200b\t\n ",
    "nothing": "",
    "very long": "world order " * 2_000,
    "one long word": "x" * 20_000,
    "ampersands": "&" * 9_000,
    "accents": "a" + "\u0301" * 5_000,
    "scripts": "Лавров 拉夫罗夫 لافروف लावरोव 👩‍👩‍👧‍👦",
    "format string": "{0} {channel} %s %(x)s ${x}",
}
URLS = {
    "script": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "no host": "http:///news",
    "line break": "https://bbc.example/\r\nBcc: x",
    "slack link": "https://evil.example|bbc.co.uk",
    "closing": 'https://evil.example/"><script>',
    "angle": "https://evil.example/<!channel>",
    "brackets": "http://[::1",
    "long": "https://bbc.example/" + "a" * 5_000,
    "many ampersands": "https://bbc.example/?" + "&a=1" * 300,
    "credentials": "https://bbc.co.uk@evil.example/",
    "backslashes": "https:\\\\evil.example\\x",
    "tab in scheme": "java\tscript:alert(1)",
    "slack at its end": "https://evil.example/>|<!channel",
    "markdown": "https://evil.example/)[x](http://y",
    "percent": "https://evil.example/%0d%0aBcc:%20x",
    "cyrillic": "https://пример.example/новости",
    "escape": "https://bbc.example/\x1b[2J",
    "empty": "",
}


def alert(text: str, url: str = ITEM.url, kind: EventKind = EventKind.RAISED) -> AlertEvent:
    """An alert in which every word from outside is `text`."""
    excerpt = Excerpt(Field.BODY, text, (Span(0, min(4, len(text))),))
    card = replace(
        CARD,
        headline=text,
        url=url,
        source=text,
        rules=(text, text),
        spellings=(text,),
        excerpts=(excerpt,),
        carriers=(Carrier("item-2", text, url, text, Relation.COPY, AT),) * 12,
        note=text,
    )
    item = replace(ITEM, url=url, title=text, source=text, guid=text)
    return replace(
        RAISED, kind=kind, item=item, card=card, changes=(Change(Field.BODY, text, f"{text} more"),), note=text
    )


texts = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(list(NASTY.values())),
    st.lists(st.sampled_from(list(NASTY.values())), max_size=4).map("".join),
)
urls = st.one_of(st.sampled_from(list(URLS.values())), texts.map(lambda text: f"https://news.example/{text}"), texts)
times = st.floats(min_value=-1e13, max_value=1e13)
severities = st.sampled_from(Severity)


@st.composite
def excerpts(draw: st.DrawFn) -> Excerpt:
    """A passage whose marks may lie anywhere, as those of a bad sender would."""
    text = draw(texts)
    place = st.integers(0, len(text) + 5)
    marks = draw(st.lists(st.tuples(place, place).map(lambda ends: Span(*ends)), max_size=4))
    return Excerpt(draw(st.sampled_from(Field)), text, tuple(marks))


carriers = st.builds(Carrier, texts, texts, urls, texts, st.sampled_from(Relation), times)
cards = st.builds(
    Card,
    headline=texts,
    url=urls,
    source=texts,
    published=st.none() | times,
    seen_at=times,
    severity=severities,
    kind=st.sampled_from(Kind),
    status=st.sampled_from(AlertStatus),
    rules=st.lists(texts, max_size=12).map(tuple),
    spellings=st.lists(texts, max_size=12).map(tuple),
    excerpts=st.lists(excerpts(), max_size=4).map(tuple),
    carriers=st.lists(carriers, max_size=12).map(tuple),
    note=texts,
)
items = st.builds(
    ItemRef,
    key=texts,
    feed=texts,
    guid=texts,
    source=texts,
    url=urls,
    title=texts,
    kind=st.sampled_from(Kind),
    published=st.none() | times,
    seen_at=times,
)
changes = st.lists(st.builds(Change, st.sampled_from(Field), texts, texts), max_size=6).map(tuple)
alerts = st.builds(
    AlertEvent,
    kind=st.sampled_from([kind for kind in EventKind if kind is not EventKind.OPS]),
    at=times,
    alert_id=st.just("a1"),
    story_id=st.just("s1"),
    rules=st.just(("world-order",)),
    severity=severities,
    item=items,
    relation=st.sampled_from(Relation),
    hits=st.just(()),
    card=cards,
    manner=st.sampled_from(Manner),
    changes=changes,
    note=texts,
)
entries = st.builds(
    DigestEntry,
    alert_id=st.just("a1"),
    story_id=st.just("s1"),
    kind=st.sampled_from([kind for kind in EventKind if kind not in (EventKind.OPS, EventKind.DIGEST)]),
    at=times,
    relation=st.sampled_from(Relation),
    headline=texts,
    url=urls,
    source=texts,
    published=st.none() | times,
    severity=severities,
    status=st.sampled_from(AlertStatus),
    carriers=st.integers(0, 300),
    changes=changes,
    note=texts,
)
sections = st.builds(DigestSection, texts, texts, st.lists(entries, min_size=1, max_size=3).map(tuple))
digests = st.builds(
    DigestEvent,
    at=times,
    title=texts,
    reason=st.sampled_from([reason for reason in HoldReason if reason.gathers]),
    since=times,
    sections=st.lists(sections, min_size=1, max_size=2).map(tuple),
    silenced=st.integers(0, 99),
)
ops = st.builds(OpsEvent, times, texts, texts, st.booleans())
events: st.SearchStrategy[Event] = alerts | digests | ops
