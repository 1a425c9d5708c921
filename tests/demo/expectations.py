"""What must become of the demo's wire: the table that the integration test compares a run with.

A row names a release of `monitor/demo/wire` by its id (which gives outlet,
guid, and number of the version) and says only what it is about: what is left
out is not judged. Story A is one event in many texts, B the two Wangs, C
correct, kill, die.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from monitor.model import EventKind, Fate, Manner, Relation

TUNXI = "tunxi-flash"
"""The release that opens story A."""


@dataclass(frozen=True, slots=True)
class Row:
    """What must become of one version of one item."""

    name: str
    release: str
    why: str
    fate: Fate | None = None
    event: EventKind | None = None
    """The event that tells the desk of it."""
    manner: Manner | None = None
    quiet: bool = False
    """No event at all speaks of it."""
    relation: Relation | None = None
    story_of: str = ""
    """It belongs to the story of this release."""
    not_story_of: str = ""
    rules: frozenset[str] | None = None
    """Exactly these rules fire."""
    hits: tuple[tuple[str, str], ...] = ()
    """(rule, text): the rule names this passage as a reason; the text stands at the hit's offsets."""
    change: tuple[str, str] = ("", "")
    """The event shows a change whose `before` holds the first and whose `after` holds the second."""
    note: str = ""
    """The event's note holds this."""


@dataclass(frozen=True, slots=True)
class OneAlert:
    """These releases belong to one story, of which the desk got exactly one new message."""

    name: str
    releases: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class FeedTrouble:
    """What operators hear of a feed."""

    name: str
    feed: str
    why: str
    failures: int
    """Messages that it is in trouble."""
    recoveries: int
    """Messages that it is back."""
    text: str = ""
    """The first message holds this."""


def _fired(*rules: str) -> frozenset[str]:
    return frozenset(rules)


STORY_A = (
    Row(
        "flash",
        TUNXI,
        "the first line of something big alerts at once, body or not",
        fate=Fate.ALERTED,
        event=EventKind.RAISED,
        manner=Manner.PING,
        relation=Relation.NEW,
        rules=_fired("lavrov-wang-world-order", "lavrov", "wang-yi", "world-order"),
    ),
    Row(
        "urgent",
        "tunxi-urgent",
        "first text under the flash, on the same page under a new guid: a reply, no ping",
        fate=Fate.FOLLOWED_UP,
        event=EventKind.UPDATED,
        manner=Manner.REPLY,
        story_of=TUNXI,
    ),
    Row(
        "update-1",
        "tunxi-update-1",
        "a longer version, no rule fires that had not: a reply, no ping",
        fate=Fate.FOLLOWED_UP,
        event=EventKind.UPDATED,
        manner=Manner.REPLY,
        story_of=TUNXI,
    ),
    Row(
        "update-2",
        "tunxi-update-2",
        "it quotes Wang Wenbin, so a rule newly asks for the story: this one pings",
        fate=Fate.FOLLOWED_UP,
        event=EventKind.UPDATED,
        manner=Manner.PING,
        story_of=TUNXI,
        rules=_fired("lavrov-wang-world-order", "lavrov", "wang-yi", "wang-wenbin", "world-order"),
    ),
    Row(
        "verbatim-copy",
        "tunxi-copy",
        "the agency's text under another headline, with boilerplate below",
        fate=Fate.ATTACHED,
        event=EventKind.ATTACHED,
        relation=Relation.COPY,
        story_of=TUNXI,
    ),
    Row(
        "syndicated-copy",
        "tunxi-syndicated",
        "another outlet, another headline and page, the agency's own guid",
        fate=Fate.ATTACHED,
        event=EventKind.ATTACHED,
        relation=Relation.COPY,
        story_of=TUNXI,
    ),
    Row(
        "cut-copy",
        "tunxi-cut",
        "the first three of seven paragraphs",
        fate=Fate.ATTACHED,
        relation=Relation.DERIVED,
        story_of=TUNXI,
    ),
    Row(
        "machine-translation",
        "tunxi-translated",
        "clumsy, by disclaimer automatic, and still the same text",
        fate=Fate.ATTACHED,
        relation=Relation.DERIVED,
        story_of=TUNXI,
    ),
    *(
        Row(
            f"report-{release.removeprefix('tunxi-')}",
            release,
            "the same event in its own words: listed under the alert, no second message",
            fate=Fate.ATTACHED,
            event=EventKind.ATTACHED,
            manner=Manner.REPLY,
            relation=Relation.REPORT,
            story_of=TUNXI,
        )
        for release in ("tunxi-ledger", "tunxi-pacific", "tunxi-lakes")
    ),
    Row(
        "report-disagrees",
        "tunxi-pacific",
        "it says Beijing where all others say Tunxi: the thread shows the conflict",
        note="Beijing",
    ),
    *(
        Row(
            f"rules-{release.removeprefix('tunxi-')}",
            release,
            "every text about the meeting fires all four rules, whatever its quotation marks",
            rules=_fired("lavrov-wang-world-order", "lavrov", "wang-yi", "world-order"),
        )
        for release in (
            "tunxi-urgent",
            "tunxi-update-1",
            "tunxi-copy",
            "tunxi-cut",
            "tunxi-syndicated",
            "tunxi-translated",
            "tunxi-ledger",
            "tunxi-pacific",
            "tunxi-pacific-corrected",
            "tunxi-lakes",
        )
    ),
    Row("curly-quotes", "tunxi-ledger", "‘World Order’", hits=(("lavrov-wang-world-order", "World Order"),)),
    Row("straight-quotes", "tunxi-pacific", '"World Order"', hits=(("lavrov-wang-world-order", "World Order"),)),
    Row("repeat", "tunxi-repeat", "RPT: unchanged, sent again", fate=Fate.REPEATED, quiet=True, story_of=TUNXI),
    Row("advisory", "tunxi-advisory", "a note to editors that names Lavrov", fate=Fate.ADVISORY, quiet=True),
    Row(
        "place-corrected",
        "tunxi-pacific-corrected",
        "same guid, same date, one word changed: whoever heard of it gets the word before and after",
        fate=Fate.CORRECTED,
        event=EventKind.CORRECTED,
        manner=Manner.PING,
        change=("Beijing", "Tunxi"),
        story_of="tunxi-pacific",
    ),
)

STORY_B = (
    Row(
        "spokesman",
        "wang-spokesman",
        "quotes only Wang Wenbin, later as `Wang added`",
        fate=Fate.ALERTED,
        rules=_fired("wang-wenbin"),
        hits=(("wang-wenbin", "Wang Wenbin"),),
    ),
    Row(
        "spokesman-short",
        "wang-spokesman",
        "`Wang added` binds to the only Wang of the text",
        rules=_fired("wang-wenbin"),
        hits=(("wang-wenbin", "Wang"),),
    ),
    Row(
        "both",
        "wang-both",
        "names both: each rule fires with its own passage",
        fate=Fate.ALERTED,
        rules=_fired("wang-yi", "wang-wenbin"),
        hits=(("wang-yi", "Wang Yi"), ("wang-wenbin", "Wang Wenbin")),
    ),
    Row(
        "both-short",
        "wang-both",
        "`Wang said` binds to the minister before it, `Wang added` to the spokesman",
        hits=(("wang-yi", "Wang"), ("wang-wenbin", "Wang")),
    ),
    Row("nobody", "wang-nobody", "a bare Wang is nobody", fate=Fate.UNMATCHED, rules=_fired(), quiet=True),
    Row("actor", "wang-actor", "Wang Yibo is not Wang Yi", fate=Fate.UNMATCHED, rules=_fired(), quiet=True),
    Row("lavrov-and-yi", "wang-lavrov-and-yi", "the surname that has no namesake", hits=(("lavrov", "Lavrov"),)),
    Row(
        "yi",
        "wang-lavrov-and-yi",
        "some outlets write `Lavrov and Yi`",
        rules=_fired("lavrov", "wang-yi"),
        hits=(("wang-yi", "Yi"),),
    ),
    Row("german", "tunxi-german", "Lawrow, from ISO-8859-1", rules=_fired("lavrov", "wang-yi"), fate=Fate.ALERTED),
    Row("german-spelling", "tunxi-german", "the alert names the spelling", hits=(("lavrov", "Lawrow"),)),
    Row("russian", "tunxi-russian", "Лаврова, from windows-1251", rules=_fired("lavrov"), fate=Fate.ALERTED),
    Row("russian-spelling", "tunxi-russian", "the alert names the spelling", hits=(("lavrov", "Лаврова"),)),
    Row("chinese", "tunxi-chinese", "a script without spaces", rules=_fired("lavrov", "wang-yi")),
    Row("chinese-spelling", "tunxi-chinese", "a script without spaces", hits=(("lavrov", "拉夫罗夫"),)),
    Row("wrestling", "order-wrestling", "New World Order is also a team", fate=Fate.UNMATCHED, rules=_fired()),
    Row("game", "order-game", "excluded by NOT; its title has square brackets", fate=Fate.UNMATCHED, rules=_fired()),
    Row(
        "analysis",
        "order-analysis",
        "“World Order” in curly quotes, and nobody of the two",
        fate=Fate.ALERTED,
        rules=_fired("world-order"),
        hits=(("world-order", "World Order"), ("world-order", "world order")),
    ),
)

STORY_C = (
    Row("truce", "truce", "an item alerts", fate=Fate.ALERTED, event=EventKind.RAISED, rules=_fired("ceasefire")),
    Row(
        "truce-corrected",
        "truce-corrected",
        "the same guid says CORRECTED- with one word changed",
        fate=Fate.CORRECTED,
        event=EventKind.CORRECTED,
        manner=Manner.PING,
        change=("Thursday", "Friday"),
        story_of="truce",
    ),
    Row(
        "truce-update",
        "truce-update",
        "UPDATE 1- with the same guid and date: not lost, threaded, no ping",
        fate=Fate.FOLLOWED_UP,
        event=EventKind.UPDATED,
        manner=Manner.REPLY,
        story_of="truce",
    ),
    Row(
        "truce-withdrawn",
        "truce-withdrawn",
        "everyone who was alerted is called",
        fate=Fate.WITHDRAWN,
        event=EventKind.WITHDRAWN,
        manner=Manner.PING,
        story_of="truce",
    ),
    Row(
        "back-on-air",
        "back-on-air",
        "published while the feed was down, read when it is back; names the station, as the truce does",
        fate=Fate.UNMATCHED,
        quiet=True,
        not_story_of="truce",
    ),
)

OTHER_TRAPS = (
    Row("seeded", "tunxi-preview", "matches, but came with the first poll", fate=Fate.SEEDED, quiet=True),
    Row("seeded-truce", "truce-talks", "matches, but came with the first poll", fate=Fate.SEEDED, quiet=True),
    Row("backfilled", "tunxi-host", "`backfill: 1`: the newest item of the first poll may alert", fate=Fate.ALERTED),
    Row("not-backfilled", "museum", "`backfill: 1`: the second newest may not", fate=Fate.SEEDED, quiet=True),
    Row("quake", "quake-urgent", "URGENT and a toll", fate=Fate.ALERTED, rules=_fired("quake-toll")),
    Row(
        "quake-toll-rises",
        "quake-update",
        "the same words with 30 for 12, new guid and page: an update, not a copy",
        fate=Fate.FOLLOWED_UP,
        event=EventKind.UPDATED,
        story_of="quake-urgent",
    ),
    Row(
        "quake-copy",
        "quake-copy",
        "a copy of the update ten seconds later",
        fate=Fate.ATTACHED,
        relation=Relation.COPY,
        story_of="quake-update",
    ),
    Row(
        "another-quake",
        "quake-other",
        "the same template, another quake",
        fate=Fate.ALERTED,
        relation=Relation.NEW,
        not_story_of="quake-urgent",
    ),
    Row("grain", "grain-ban", "plain news", fate=Fate.ALERTED, rules=_fired("grain-exports")),
    Row("equal-date", "grain-rice", "new, with the date of an older item", fate=Fate.ALERTED, not_story_of="grain-ban"),
    Row("older-date", "grain-late", "new, dated before all the others of its feed", fate=Fate.ALERTED),
    Row("markup-in-title", "grain-questions", "& < % and [brackets] in a headline", fate=Fate.ALERTED),
    Row("no-route", "oil-supply", "low severity leads nowhere here", fate=Fate.UNROUTED, rules=_fired("oil")),
    Row(
        "same-headline",
        "oil-demand",
        "the same headline over another story",
        fate=Fate.UNROUTED,
        not_story_of="oil-supply",
    ),
    Row("one-place", "oil-supply", "Cape Sorrel is all that it shares with a film", not_story_of="awards"),
    Row("one-place-again", "lighthouse", "the same cape, and its lighthouse", not_story_of="awards"),
    Row("results", "results-alder", "plain news", fate=Fate.ALERTED, rules=_fired("results")),
    Row(
        "results-template",
        "results-birch",
        "one template, another company, other figures",
        fate=Fate.ALERTED,
        relation=Relation.NEW,
        not_story_of="results-alder",
    ),
    Row(
        "refiled",
        "rates-refiled",
        "a spelling mended in place: the message changes silently",
        fate=Fate.MINOR,
        event=EventKind.UPDATED,
        manner=Manner.EDIT,
        story_of="rates",
    ),
    Row("unasked", "otters", "nobody asked for it", fate=Fate.UNMATCHED, rules=_fired(), quiet=True),
)

ROWS = (*STORY_A, *STORY_B, *STORY_C, *OTHER_TRAPS)

ONE_ALERTS = (
    OneAlert(
        "tunxi-agency",
        (TUNXI, "tunxi-urgent", "tunxi-update-1", "tunxi-update-2", "tunxi-copy", "tunxi-syndicated", "tunxi-repeat"),
        "the agency's versions and the verbatim copies are one story and one message",
    ),
    OneAlert(
        "tunxi-whole",
        (
            TUNXI,
            "tunxi-update-2",
            "tunxi-copy",
            "tunxi-cut",
            "tunxi-translated",
            "tunxi-ledger",
            "tunxi-pacific",
            "tunxi-lakes",
        ),
        "story A: one message for the event, whoever tells it",
    ),
    OneAlert(
        "truce", ("truce", "truce-corrected", "truce-update", "truce-withdrawn"), "story C: one item, one message"
    ),
    OneAlert("quake", ("quake-urgent", "quake-update", "quake-copy"), "a toll that rises"),
)

FEED_TROUBLES = (
    FeedTrouble(
        "dies-and-returns",
        "isthmus",
        "500 for longer than twice its rhythm, then well again: one message each, no flapping",
        failures=1,
        recoveries=1,
        text="500",
    ),
    FeedTrouble(
        "not-a-feed",
        "gazette",
        "a page where a feed should be, from the first poll to the last",
        failures=1,
        recoveries=0,
        text="HTML",
    ),
    FeedTrouble(
        "churns",
        "lakes",
        "all its items come under other ids, as after a move: one warning",
        failures=1,
        recoveries=0,
        text="other ids",
    ),
)
"""Of all other feeds operators hear nothing."""

Expected = TypeVar("Expected", Row, OneAlert, FeedTrouble)


def cases(expected: Iterable[Expected]) -> list[object]:
    """The rows as pytest parameters."""
    return [pytest.param(row, id=row.name) for row in expected]
