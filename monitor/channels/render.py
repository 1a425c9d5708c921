"""What every channel shows of an event, before it is dressed for one of them.

Headlines, names and passages come from outside and may hold anything. Here
they become text that is safe to lay out: one line, no control characters, no
marks that reverse the reading order, no half of a surrogate pair, and not too
long. Escaping is left to the channel, which knows its own markup.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from monitor.model import (
    AlertEvent,
    AlertStatus,
    Card,
    Carrier,
    Change,
    EventKind,
    Excerpt,
    Field,
    Kind,
    Manner,
    OpsEvent,
    Relation,
    Severity,
)

# Most characters shown of each part, and most parts: together they stay below
# what any channel takes, so that nothing is ever refused for its length.
HEADLINE = 300
NAME = 80
PASSAGE = 700
CHANGE = 300
NOTE = 500
OPS = 2_500
LINK = 2_000
MOST_PASSAGES = 3
MOST_CARRIERS = 8
MOST_RULES = 8
MOST_SPELLINGS = 10
MOST_CHANGES = 4

_REORDER = re.compile(r"[\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_LEFT_TO_RIGHT = "\u200e"
"""Behind a name in Arabic or Hebrew, so that the date behind it is not taken for a part of it."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NO_LINK = re.compile(r"[\s\x00-\x20\x7f-\x9f<>\"\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_EARLIEST, _LATEST = 0.0, 253_402_300_799.0  # 1970 to 9999: what calendars and Slack can show


class Run(NamedTuple):
    """A stretch of text; `strong` when it is what to look at: a hit, a changed word."""

    text: str
    strong: bool = False


Runs = tuple[Run, ...]


# ── Text from outside ───────────────────────────────────────────────────────


def line(text: str, limit: int) -> str:
    """The text as one line of at most `limit` characters."""
    return clip(_tame(text).strip(), limit)


def paragraph(text: str, limit: int) -> str:
    """The text with its line breaks, each line tamed, at most `limit` characters in all."""
    return clip("\n".join(_tame(part).strip() for part in text.splitlines()).strip(), limit)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where it was cut, never inside a letter and its accents."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end > 0 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f"):
        end -= 1
    return text[:end].rstrip() + "…"


def passage(excerpt: Excerpt, limit: int = PASSAGE) -> Runs:
    """An excerpt as runs, hits strong; a long one is cut to the surroundings of its first hit."""
    text, marks = excerpt.text, sorted(excerpt.marks)
    first = marks[0].start if marks else 0
    start = max(0, min(first - limit // 4, len(text) - limit))
    end = min(len(text), start + limit)
    runs = [Run("… ")] if start else []
    at = start
    for mark in marks:
        opens, closes = max(mark.start, at), min(mark.end, end)
        if opens < closes:
            runs += [Run(_tame(text[at:opens])), Run(_tame(text[opens:closes]), strong=True)]
            at = closes
    runs += [Run(_tame(text[at:end])), Run(" …" if end < len(text) else "")]
    return tuple(run for run in runs if run.text)


def link(url: str, limit: int = LINK) -> str:
    """The URL when it is safe to link to (http or https, a host and no user before it, nothing odd), else nothing."""
    if len(url) > limit or _NO_LINK.search(url):
        return ""
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if named and parts.scheme in ("http", "https") else ""


def _tame(text: str) -> str:
    return _BLANK.sub(" ", _SURROGATE.sub("\ufffd", _REORDER.sub("", text)))


# ── Times ───────────────────────────────────────────────────────────────────


def moment(at: float) -> datetime:
    """A time as a date in UTC; one beyond the calendar becomes its edge."""
    return datetime.fromtimestamp(min(max(at, _EARLIEST), _LATEST), UTC)


def when(at: float) -> str:
    """A time for people, such as `30 Mar 2022, 14:05 UTC`."""
    instant = moment(at)
    return f"{instant.day} {instant:%b %Y, %H:%M} UTC"


def iso(at: float) -> str:
    """A time in ISO 8601, in UTC, to the millisecond."""
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# ── Labels ──────────────────────────────────────────────────────────────────

KINDS = {
    Kind.NEWS: "",
    Kind.FLASH: "Flash",
    Kind.URGENT: "Urgent",
    Kind.UPDATE: "Update",
    Kind.CORRECTION: "Correction",
    Kind.REFILE: "Refile",
    Kind.REPEAT: "Repeat",
    Kind.WITHDRAWAL: "Withdrawal",
    Kind.HOLD: "Hold",
    Kind.EMBARGO: "Embargo",
    Kind.ADVISORY: "Note to editors",
}
RELATIONS = {
    Relation.NEW: "New text",
    Relation.COPY: "Copy",
    Relation.DERIVED: "Derived",
    Relation.UPDATE: "Update",
    Relation.REPORT: "Report",
    Relation.TEMPLATE: "New text",
    Relation.ROUNDUP: "New text",
}
STATUSES = {
    AlertStatus.LIVE: "",
    AlertStatus.CORRECTED: "CORRECTED",
    AlertStatus.HELD: "ON HOLD: do not use until checked",
    AlertStatus.WITHDRAWN: "WITHDRAWN: do not use",
}
FIELDS = {Field.TITLE: "Headline", Field.BODY: "Text", Field.AUTHOR: "Author"}


def label(event: AlertEvent) -> str:
    """What happened, in a word or two."""
    if event.kind is EventKind.UPDATED and event.manner is Manner.EDIT:
        return "Small change"
    return happened(event.kind, event.relation, event.severity)


def happened(kind: EventKind, relation: Relation, severity: Severity) -> str:
    """What happened to an alert, in a word or two."""
    match kind:
        case EventKind.ATTACHED:
            return RELATIONS[relation]
        case EventKind.CORRECTED:
            return "Correction"
        case EventKind.WITHDRAWN:
            return STATUSES[AlertStatus.WITHDRAWN]
        case EventKind.HELD:
            return STATUSES[AlertStatus.HELD]
        case EventKind.RELEASED:
            return "Released: free to use again"
        case EventKind.UPDATED:
            return "Update"
        case EventKind.SEVERITY_RAISED:
            return f"Now {severity}"
        case _:
            return kind.capitalize()


def withdrawn(card: Card) -> bool:
    """Whether everything on the card is to be struck through."""
    return card.status is AlertStatus.WITHDRAWN


def headline(card: Card) -> str:
    """The headline on one line, or words for its absence."""
    return line(card.headline, HEADLINE) or "(no headline)"


def title(event: AlertEvent) -> str:
    """The headline of the item that caused the event, as its outlet wrote it."""
    return line(event.item.title, HEADLINE) or "(no headline)"


def source(name: str) -> str:
    """The name of an outlet."""
    shown = line(name, NAME) or "unknown source"
    return f"{shown}{_LEFT_TO_RIGHT}" if _RIGHT_TO_LEFT.search(shown) else shown


def urgency(severity: Severity) -> str:
    """The severity as shown: in capitals from `high` on."""
    return str(severity).upper() if severity >= Severity.HIGH else str(severity).capitalize()


# ── Parts of a card ─────────────────────────────────────────────────────────


def passages(card: Card) -> tuple[Runs, ...]:
    """The excerpts that have anything to show."""
    shown = (passage(excerpt) for excerpt in card.excerpts[:MOST_PASSAGES])
    return tuple(runs for runs in shown if any(run.text.strip() for run in runs))


def reason(card: Card) -> str:
    """Why the alert was raised: rules, and the spellings that made them fire."""
    rules = _listed([line(rule, NAME) for rule in card.rules], MOST_RULES)
    spellings = _listed([f"“{spelling}”" for s in card.spellings if (spelling := line(s, NAME))], MOST_SPELLINGS)
    return f"{rules or '(no rule)'} ({spellings})" if spellings else rules or "(no rule)"


def footing(card: Card) -> str:
    """Who is on it, and whether it is over; mostly nothing."""
    said = ["Closed: nothing new for two days"] if card.closed else []
    if card.acknowledged:
        said.insert(0, f"Acknowledged by {line(card.acknowledged.by, NAME)}, {when(card.acknowledged.at)}")
    return " · ".join(said)


def carriers(card: Card) -> tuple[tuple[Carrier, ...], int]:
    """The outlets to name under "also carried by", and how many more there are."""
    return card.carriers[:MOST_CARRIERS], max(0, len(card.carriers) - MOST_CARRIERS)


def carrier_label(carrier: Carrier) -> str:
    """What an outlet's text is to the story, in brackets; the first text is just the story."""
    return "" if carrier.relation is Relation.NEW else f" ({carrier.relation})"


def _listed(names: Sequence[str], most: int) -> str:
    rest = len(names) - most
    return ", ".join(filter(None, names[:most])) + (f" and {rest} more" if rest > 0 else "")


def difference(change: Change) -> tuple[Runs, Runs]:
    """The words before and after, with those that differ strong."""
    before, after = line(change.before, CHANGE).split(), line(change.after, CHANGE).split()
    most = min(len(before), len(after))
    head = next((n for n in range(most) if before[n] != after[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != after[-1 - n]), most - head)
    return _around(before, head, tail), _around(after, head, tail)


def _around(words: Sequence[str], head: int, tail: int) -> Runs:
    """`words` with the middle strong, between `head` and `tail` words that stay."""
    middle = len(words) - tail
    before, between, after = (" ".join(part) for part in (words[:head], words[head:middle], words[middle:]))
    if not between:
        return (Run(" ".join(words) or "(nothing)"),)
    runs = (Run(before and before + " "), Run(between, strong=True), Run(after and " " + after))
    return tuple(run for run in runs if run.text)


# ── Plain text: Slack's fallback, and the text part of mail ─────────────────


def plain(event: AlertEvent, *, whole: bool) -> list[str]:
    """The event as lines of plain text; `whole`: the card, else what is new about it."""
    return _plain_card(event.card) if whole else _plain_news(event)


def plain_alone(event: AlertEvent) -> list[str]:
    """What is new about an alert, and on which, for where there is no thread that says so."""
    lines = [*_plain_news(event), "", f"On the alert “{headline(event.card)}”", link(event.card.url)]
    return lines if lines[-1] else lines[:-1]


def plain_ops(event: OpsEvent) -> list[str]:
    """A word of the service about itself, as lines of plain text."""
    return [f"{ops_subject(event)}:", paragraph(event.text, OPS)]


def ops_subject(event: OpsEvent) -> str:
    """The part of the service that has trouble, or had."""
    return line(event.subject, NAME) + (" (recovered)" if event.recovered else "")


def _plain_card(card: Card) -> list[str]:
    strike = "~" if withdrawn(card) else ""
    kind = KINDS[card.kind]
    facts = [source(card.source), _published(card), urgency(card.severity), *([kind] if kind else [])]
    lines = [STATUSES[card.status], f"{strike}{headline(card)}{strike}", " · ".join(facts), link(card.url)]
    lines = [said for said in lines if said]
    for runs in passages(card):
        text = "".join(run.text for run in runs).strip()
        lines += ["", f"{strike}{text}{strike}"]
    lines += ["", f"Why: {reason(card)}"]
    named, rest = carriers(card)
    if named:
        outlets = [source(carrier.source) + carrier_label(carrier) for carrier in named]
        lines.append("Also carried by " + ", ".join(outlets) + (f" and {rest} more" if rest else ""))
    lines += [said] if (said := footing(card)) else []
    return _with_note(lines, card.note)


def _plain_news(event: AlertEvent) -> list[str]:
    strike = "~" if event.kind is EventKind.WITHDRAWN else ""
    facts = f"{source(event.item.source)} · {when(event.at)}"
    lines = [f"{label(event)}: {strike}{title(event)}{strike}", facts, link(event.item.url)]
    lines = [said for said in lines if said]
    for change in event.changes[:MOST_CHANGES]:
        before, after = ("".join(run.text for run in runs) for runs in difference(change))
        lines.append(f"{FIELDS[change.field]}: “{before}” → “{after}”")
    return _with_note(lines, event.note)


def _published(card: Card) -> str:
    return f"seen {when(card.seen_at)}" if card.published is None else when(card.published)


def _with_note(lines: list[str], note: str) -> list[str]:
    said = line(note, NOTE)
    return [*lines, said] if said else lines
