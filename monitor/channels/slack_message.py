"""An event as a Slack message: Block Kit blocks and the text for notifications.

Words from outside go into `rich_text` blocks only. Their text elements are
shown as they are: Slack reads no mrkdwn, no `<!channel>`, no `<url|text>`, no
`:emoji:` in them, so nothing has to be escaped and nothing can break out. The
one mrkdwn object, the line with severity and time, holds words of our own. The
fallback `text`, which Slack does read, has `& < >` escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.channels import digest_text, render
from monitor.model import (
    AlertEvent,
    Card,
    Carrier,
    Change,
    DigestEntry,
    DigestEvent,
    EventKind,
    Kind,
    OpsEvent,
    Severity,
    Wish,
)

FALLBACK = 4_000
"""Characters of fallback text that Slack advises not to exceed."""
DIGEST = 11_000
"""Characters of a digest: Slack takes 12,000 in the blocks of a message."""
CARRIER_LINK = 400
"""Longest URL behind the name of a carrier: eight of them leave room within 12,000 characters."""

Json = dict[str, object]

_SIGNS = {Severity.FLASH: "🔴 ", Severity.HIGH: "🟠 "}


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message, whichever way it goes."""

    text: str
    blocks: list[Json]

    def content(self) -> Json:
        """As Slack takes it: names and addresses in it are text, and no pages are shown beneath."""
        return {"text": self.text, "blocks": self.blocks, "parse": "none", "link_names": False}


UNFURL_NOTHING: Mapping[str, bool] = {"unfurl_links": False, "unfurl_media": False}
"""For new messages; `chat.update` knows no such thing."""


BUTTONS: Mapping[Wish, str] = {
    Wish.ACK: "Ack",
    Wish.MUTE_STORY: "Mute story 4 h",
    Wish.MUTE_RULE: "Mute rule 1 h",
    Wish.NOT_RELEVANT: "Not relevant",
}


def card(event: AlertEvent, *, buttons: bool = False) -> SlackMessage:
    """The message of an alert, as it looks after the event."""
    shown = event.card
    gone = render.withdrawn(shown)
    status = render.STATUSES[shown.status]
    blocks = [
        _rich(
            [
                *([_text(status, bold=True), _text("\n")] if status else []),
                _linked(render.headline(shown), shown.url, bold=True, strike=gone),
                _text("\n"),
                _text(render.source(shown.source)),
            ]
        ),
        _facts(shown),
    ]
    blocks += [_rich(_runs(runs, strike=gone), "rich_text_quote") for runs in render.passages(shown)]
    blocks.append(_rich([_text(f"Why: {render.reason(shown)}")]))
    named, rest = render.carriers(shown)
    if named:
        blocks.append(_rich(_carried_by(named, rest)))
    if footing := render.footing(shown):
        blocks.append(_rich([_text(footing, bold=True)]))
    blocks += _note(shown.note)
    if buttons and not (gone or shown.closed):
        blocks.append(_buttons(event))
    return SlackMessage(_fallback(render.plain(event, whole=True)), blocks)


def action(wish: Wish) -> str:
    """How Slack names a button of ours when it is pressed."""
    return f"wirewatch_{wish}"


def reply(event: AlertEvent) -> SlackMessage:
    """What is new about an alert, for the thread under its message."""
    item = event.item
    blocks = [
        _rich(
            [
                _text(render.label(event), bold=True),
                _text(f" · {render.source(item.source)}\n"),
                _linked(render.title(event), item.url, strike=event.kind is EventKind.WITHDRAWN),
            ]
        ),
        _context(_date(event.at)),
    ]
    blocks += [_rich(_changed(change)) for change in event.changes[: render.MOST_CHANGES]]
    return SlackMessage(_fallback(render.plain(event, whole=False)), blocks + _note(event.note))


def alone(event: AlertEvent) -> SlackMessage:
    """What is new about an alert, where there is no thread that says which."""
    said, shown = reply(event), event.card
    headline = _linked(render.headline(shown), shown.url, bold=True, strike=render.withdrawn(shown))
    return SlackMessage(_fallback(render.plain_alone(event)), [*said.blocks, _rich([_text("On the alert "), headline])])


def ops(event: OpsEvent) -> SlackMessage:
    """A word of the service about itself."""
    sign = "✅" if event.recovered else "⚠️"
    said = render.paragraph(event.text, render.OPS) or "(nothing said)"
    blocks = [_rich([_text(f"{sign} {render.ops_subject(event)}", bold=True), _text(f"\n{said}")])]
    return SlackMessage(_fallback(render.plain_ops(event)), blocks)


def digest(event: DigestEvent) -> SlackMessage:
    """What waited, in one message: a list for each rule, as long as there is room."""
    blocks = [_rich([_text(digest_text.title(event), bold=True)]), _context(digest_text.count(event, _date))]
    room, shown = DIGEST, 0
    for part in digest_text.parts(event):
        items: list[list[Json]] = []
        for entry in part.entries:
            item = _entry(entry)
            room -= sum(map(_length, item))
            if room < 0:
                break
            items.append(item)
        if items:
            blocks.append(_list(part.title, items))
            shown += len(items)
        if room < 0:
            break
    if left := digest_text.rest(event, shown):
        blocks.append(_rich([_text(left)]))
    return SlackMessage(_fallback(digest_text.lines(event)), blocks)


def _entry(entry: DigestEntry) -> list[Json]:
    """A story in a digest: its headline, and below it what is to be said of it."""
    label, others = digest_text.label(entry), digest_text.others(entry)
    facts = f"{_SIGNS.get(entry.severity, '')}{render.urgency(entry.severity)} · {render.source(entry.source)} · "
    item = [
        *([_text(f"{label}: ", bold=True)] if label else []),
        _linked(digest_text.headline(entry), entry.url, bold=True, strike=digest_text.gone(entry)),
        _text(f"\n{facts}"),
        _moment(digest_text.at(entry)),
        *([_text(f" · {others}")] if others else []),
    ]
    for change in entry.changes[: render.MOST_CHANGES]:
        item += [_text("\n"), *_changed(change)]
    if note := render.line(entry.note, render.NOTE):
        item.append(_text(f"\n{note}", italic=True))
    return item


def _facts(card: Card) -> Json:
    """Severity, kind and time: words of our own, so mrkdwn is safe."""
    urgency = render.urgency(card.severity)
    facts = [f"{_SIGNS[card.severity]}*{urgency}*" if card.severity in _SIGNS else urgency]
    if card.kind is not Kind.NEWS:
        facts.append(render.KINDS[card.kind])
    facts.append(f"seen {_date(card.seen_at)}" if card.published is None else _date(card.published))
    return _context("  ·  ".join(facts))


def _carried_by(named: Sequence[Carrier], rest: int) -> list[Json]:
    elements = [_text("Also carried by ")]
    for place, carrier in enumerate(named):
        elements += [_text(", ")] if place else []
        elements.append(_linked(render.source(carrier.source), render.link(carrier.url, CARRIER_LINK)))
        elements += [_text(label)] if (label := render.carrier_label(carrier)) else []
    return [*elements, _text(f" and {rest} more")] if rest else elements


def _changed(change: Change) -> list[Json]:
    """`Headline: before → after`, the words that went struck, those that came bold."""
    before, after = render.difference(change)
    return [
        _text(f"{render.FIELDS[change.field]}: "),
        *(_text(run.text, strike=run.strong) for run in before),
        _text(" → "),
        *(_text(run.text, bold=run.strong) for run in after),
    ]


def _note(note: str) -> list[Json]:
    said = render.line(note, render.NOTE)
    return [_rich([_text(said, italic=True)])] if said else []


def _buttons(event: AlertEvent) -> Json:
    """What may be asked for with a press; nobody is to acknowledge twice."""
    wishes = [wish for wish in Wish if not (wish is Wish.ACK and event.card.acknowledged)]
    return {"type": "actions", "elements": [_button(wish, event) for wish in wishes]}


def _button(wish: Wish, event: AlertEvent) -> Json:
    return {
        "type": "button",
        "action_id": action(wish),
        "text": {"type": "plain_text", "text": BUTTONS[wish]},
        "value": f"{event.story_id} {event.alert_id}",
    }


# ── Slack's building blocks ─────────────────────────────────────────────────


def _rich(elements: list[Json], kind: str = "rich_text_section") -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": elements}]}


def _text(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **_style(style)}


def _linked(text: str, url: str, **style: bool) -> Json:
    """The text as a link, or as text when the URL is not one to link to."""
    target = render.link(url)
    return {"type": "link", "url": target, "text": text, **_style(style)} if target else _text(text, **style)


def _style(style: dict[str, bool]) -> Json:
    on = {name: True for name, wanted in style.items() if wanted}
    return {"style": on} if on else {}


def _runs(runs: render.Runs, *, strike: bool) -> list[Json]:
    return [_text(run.text, bold=run.strong, strike=strike) for run in runs]


def _context(mrkdwn: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn, "verbatim": True}]}


def _list(title: str, items: Sequence[list[Json]]) -> Json:
    """A title and a list of things below it."""
    rows = [{"type": "rich_text_section", "elements": item} for item in items]
    head = {"type": "rich_text_section", "elements": [_text(title, bold=True)]}
    return {"type": "rich_text", "elements": [head, {"type": "rich_text_list", "style": "bullet", "elements": rows}]}


def _length(element: Json) -> int:
    """Characters that count towards what Slack takes in a message."""
    return sum(len(str(element.get(part, ""))) for part in ("text", "url", "fallback"))


def _moment(at: float) -> Json:
    """A time among rich text, which Slack shows in each reader's own zone."""
    stamp = int(render.moment(at).timestamp())
    return {"type": "date", "timestamp": stamp, "format": "{date_short_pretty} at {time}", "fallback": render.when(at)}


def _date(at: float) -> str:
    """The same among mrkdwn."""
    return f"<!date^{render.moment(at).timestamp():.0f}^{{date_short_pretty}} at {{time}}|{render.when(at)}>"


def escaped(text: str) -> str:
    """As text that Slack reads for markup: no mention and no link is in it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fallback(lines: Sequence[str]) -> str:
    text = escaped("\n".join(lines))
    if len(text) <= FALLBACK:
        return text
    kept = text[: FALLBACK - 1]
    opened = kept.rfind("&")
    if ";" not in kept[opened:] and opened >= 0:
        kept = kept[:opened]  # not half an entity
    return kept + "…"
