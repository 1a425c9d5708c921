"""The HTML part of a mail: styles inline, no images, nothing fetched, light and dark.

Colours are set on accents only, in shades that read on white and on black;
text keeps the colour of the reader's own program. `Html` is made by `_text`,
which escapes, and `_tag`; the type checker refuses a plain string where markup
is expected, so nothing from outside gets in unescaped.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import NewType

from monitor.channels import digest_text, render
from monitor.model import AlertEvent, AlertStatus, Card, Change, DigestEntry, DigestEvent, EventKind, OpsEvent, Severity

Html = NewType("Html", str)

MOST = 200
"""Entries of a digest in one mail."""

_FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans',sans-serif"
_DARK = (
    "@media (prefers-color-scheme:dark){"
    "body{background:#17191c!important;color:#e6e6e6!important}a{color:#8ab4f8!important}"
    ".quiet{color:#a0a4a8!important}.loud{color:#ffab91!important}.rule{border-color:#3c4043!important}}"
)
_LINK = "color:#1a5fb4;text-decoration:none"
_QUIET = "color:#5f6368"
_HIT = "background:#ffe58a;color:#1c1c1c;border-radius:2px;padding:0 2px;font-weight:600"
_CELL = "padding:8px 12px 8px 0;border-bottom:1px solid #c8ccd0;vertical-align:top"
_COLUMN = "white-space:nowrap;font-size:14px;font-weight:400;text-align:left"
_SAID = "color:#a34a00"
_LOUD = {Severity.FLASH: "#b3261e", Severity.HIGH: "#a34a00"}
_BANNERS = {
    AlertStatus.CORRECTED: "background:#a34a00;color:#ffffff",
    AlertStatus.HELD: "background:#a34a00;color:#ffffff",
    AlertStatus.WITHDRAWN: "background:#b3261e;color:#ffffff",
}


def alert(event: AlertEvent, channel: str, *, whole: bool) -> str:
    """A page with the card, and above it what is new when it is not the alert's first mail."""
    if whole:
        return _page(render.headline(event.card), _card(event.card), channel)
    now = _tag("p", _text("The alert as it stands now"), f"margin:0 0 12px;{_QUIET}", css="quiet")
    body = _join([_news(event), _rule(), now, _card(event.card)])
    return _page(render.label(event), body, channel)


def ops(event: OpsEvent, channel: str) -> str:
    """A page with a word of the service about itself."""
    sign = "✅" if event.recovered else "⚠️"
    said = [_text(part) for part in render.paragraph(event.text, render.OPS).split("\n")]
    body = _join([_heading(_text(f"{sign} {render.ops_subject(event)}")), _tag("p", _join(said, Html("<br>")))])
    return _page(render.ops_subject(event), body, channel)


def digest(event: DigestEvent, channel: str) -> str:
    """A page with what waited: a table of stories for each rule that asked."""
    parts = digest_text.parts(event, MOST)
    left = digest_text.rest(event, sum(len(part.entries) for part in parts))
    body = [
        _heading(_text(digest_text.title(event))),
        _tag("p", _text(digest_text.count(event)), f"margin:0 0 20px;{_QUIET}", css="quiet"),
        *map(_table, parts),
        *([_tag("p", _text(left), _QUIET, css="quiet")] if left else []),
    ]
    return _page(digest_text.title(event), _join(body), channel)


def footer(channel: str) -> str:
    """Who sent the mail, and by which line of `routes.yaml`."""
    return f"Sent by Wirewatch to the channel {channel}"


def _table(part: digest_text.Part) -> Html:
    head = [
        _tag("th", _text(part.title), f"{_CELL};text-align:left;font-size:17px", css="rule", scope="col", dir="auto"),
        _tag("th", _text("Severity"), f"{_CELL};{_COLUMN};{_QUIET}", css="rule quiet", scope="col"),
        _tag("th", _text("Texts"), f"{_CELL};{_COLUMN};{_QUIET}", css="rule quiet", scope="col"),
    ]
    rows = [_tag("tr", _join(head)), *map(_row, part.entries)]
    return _tag("table", _join(rows), "width:100%;margin:0 0 24px;border-collapse:collapse")


def _row(entry: DigestEntry) -> Html:
    """A story: its headline and what is to be said of it, how loud it is, in how many texts it stands."""
    facts = _text(f"{render.source(entry.source)} · {render.when(digest_text.at(entry))}")
    label = digest_text.label(entry)
    story = [
        *([_tag("div", _text(label), f"font-weight:700;{_SAID}", css="loud")] if label else []),
        _tag("div", _struck(_linked(digest_text.headline(entry), entry.url), digest_text.gone(entry)), dir="auto"),
        _tag("div", facts, f"font-size:14px;{_QUIET}", css="quiet"),
        *(_change(change) for change in entry.changes[: render.MOST_CHANGES]),
        _note(entry.note),
    ]
    loud = f"font-weight:700;color:{_LOUD[entry.severity]}" if entry.severity in _LOUD else _QUIET
    cells = [
        _tag("td", _join(story), f"{_CELL};width:100%", css="rule"),
        _tag(
            "td",
            _text(render.urgency(entry.severity)),
            f"{_CELL};{_COLUMN};{loud}",
            css="rule loud" if entry.severity in _LOUD else "rule quiet",
        ),
        _tag("td", _text(str(entry.carriers + 1)), f"{_CELL};{_COLUMN};text-align:right", css="rule"),
    ]
    return _tag("tr", _join(cells))


def _card(card: Card) -> Html:
    gone = render.withdrawn(card)
    parts = [_heading(_struck(_linked(render.headline(card), card.url), gone)), _facts(card)]
    if card.status in _BANNERS:
        parts.insert(0, _banner(card.status))
    for runs in render.passages(card):
        quote = "margin:0 0 12px;padding:2px 0 2px 12px;border-left:3px solid #c4a000"
        parts.append(_tag("blockquote", _struck(_runs(runs, "span", _HIT), gone), quote, dir="auto"))
    parts.append(_tag("p", _text(f"Why: {render.reason(card)}"), "margin:0 0 12px"))
    named, rest = render.carriers(card)
    if named:
        rows = [
            _tag("li", _join([_linked(render.source(c.source), c.url), _text(render.carrier_label(c))])) for c in named
        ]
        rows += [_tag("li", _text(f"and {rest} more"))] if rest else []
        parts.append(_tag("p", _text("Also carried by"), f"margin:0 0 4px;{_QUIET}", css="quiet"))
        parts.append(_tag("ul", _join(rows), "margin:0 0 12px;padding-left:20px"))
    if footing := render.footing(card):
        parts.append(_tag("p", _tag("b", _text(footing)), "margin:0 0 12px"))
    return _join([*parts, _note(card.note)])


def _news(event: AlertEvent) -> Html:
    item = event.item
    gone = event.kind is EventKind.WITHDRAWN
    loud = f";color:{_LOUD[Severity.FLASH]}" if gone else ""
    facts = f"{render.source(item.source)} · {render.when(event.at)}"
    parts = [
        _tag("p", _text(render.label(event)), f"margin:0 0 4px;font-weight:700{loud}", css="loud" if gone else ""),
        _heading(_struck(_linked(render.title(event), item.url), gone)),
        _tag("p", _text(facts), f"margin:0 0 12px;{_QUIET}", css="quiet"),
        *(_change(change) for change in event.changes[: render.MOST_CHANGES]),
    ]
    return _join([*parts, _note(event.note)])


def _change(change: Change) -> Html:
    before, after = render.difference(change)
    parts = [
        _tag("b", _text(f"{render.FIELDS[change.field]}:")),
        Html("<br>"),
        _runs(before, "del", "text-decoration:line-through"),
        _text(" → "),
        _runs(after, "ins", f"text-decoration:none;{_HIT}"),
    ]
    return _tag("p", _join(parts), "margin:0 0 12px", dir="auto")


def _facts(card: Card) -> Html:
    loud = f"font-weight:700;color:{_LOUD[card.severity]}" if card.severity in _LOUD else ""
    at = f"seen {render.when(card.seen_at)}" if card.published is None else render.when(card.published)
    facts = [_tag("b", _text(render.source(card.source))), _text(at)]
    facts.append(_tag("span", _text(render.urgency(card.severity)), loud, css="loud" if loud else ""))
    facts += [_text(kind)] if (kind := render.KINDS[card.kind]) else []
    return _tag("p", _join(facts, Html(" · ")), f"margin:0 0 12px;{_QUIET}", css="quiet")


def _banner(status: AlertStatus) -> Html:
    style = f"margin:0 0 12px;padding:8px 12px;border-radius:4px;font-weight:700;{_BANNERS[status]}"
    return _tag("p", _text(render.STATUSES[status]), style)


def _note(note: str) -> Html:
    said = render.line(note, render.NOTE)
    return _tag("p", _tag("i", _text(said)), "margin:0 0 12px", dir="auto") if said else Html("")


# ── Markup ──────────────────────────────────────────────────────────────────


def _text(text: str) -> Html:
    return Html(html.escape(text))


def _join(parts: Iterable[Html], between: Html = Html("")) -> Html:
    return Html(between.join(parts))


def _tag(name: str, inner: Html, style: str = "", *, css: str = "", **attributes: str) -> Html:
    given = {"class": css, "style": style, **attributes}
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in given.items() if value)
    return Html(f"<{name}{written}>{inner}</{name}>")


def _runs(runs: render.Runs, strong: str, style: str) -> Html:
    return _join(_tag(strong, _text(run.text), style) if run.strong else _text(run.text) for run in runs)


def _linked(text: str, url: str) -> Html:
    target = render.link(url)
    return _tag("a", _text(text), _LINK, href=target) if target else _text(text)


def _struck(inner: Html, gone: bool) -> Html:
    return _tag("s", inner) if gone else inner


def _heading(inner: Html) -> Html:
    return _tag("h1", inner, "margin:0 0 4px;font-size:20px;line-height:1.3", dir="auto")


def _rule() -> Html:
    return Html('<hr class="rule" style="margin:20px 0;border:0;border-top:1px solid #c8ccd0">')


def _page(title: str, body: Html, channel: str) -> str:
    sent_by = _tag("p", _text(footer(channel)), f"margin:0;font-size:13px;{_QUIET}", css="quiet")
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{_text(title)}</title><style>{_DARK}</style></head>\n"
        f'<body style="margin:0;font:16px/1.5 {_FONT}">\n'
        '<div style="max-width:600px;margin:0 auto;padding:20px;overflow-wrap:anywhere">\n'
        f"{body}{_rule()}{sent_by}\n</div></body></html>\n"
    )
