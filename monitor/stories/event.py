"""Own wording on the same event: an independent report.

Two openings are alike when they share what is rare in them: names, counts,
telling words. How much likeness is asked for depends on what else speaks for
one event: names beyond the powers that are in the news of every day, a
quotation, a particular figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from monitor.model import Relation, Topic
from monitor.stories.desk import tells_of_many
from monitor.stories.guards import apart
from monitor.stories.pair import Finding, Pair, margin, percent, publisher

WINDOW = 48 * 3600.0
LIKE = 0.40
LIKE_WITH_NAMES = 0.33
LIKE_ALONE = 0.50
LIKE_NAMELESS = 0.55
LIKE_ITS_OWN = 0.60
"""Within one publisher, which returns to the same people day after day."""
HEADLINE = 0.25
TOO_SHORT = 4.0
"""What an opening must say (`rarity`) to be alike another by more than chance."""
LIKE_WITH_QUOTE = 0.15
LINKED = 0.26
"""Mean likeness to the texts of a story that one of its texts must be alike: no chains."""
SUBJECTS = 0.50
MOST_SUBJECTS = 0.65
QUOTE = 3
"""Shared passages of a quotation that make it more than a phrase: five words."""
LONG_QUOTE = 4
TEMPLATE = 0.25
"""Share of a lead that texts of different events have in common only when both fill in a form."""
SHOWN = 4


def same_event(pairs: Sequence[Pair], tellers: Mapping[str, Set[str]]) -> Iterator[Finding]:
    """Of each story, the text that tells the same event in other words, if one does.

    `tellers` are, by story, the publishers that told it in words of their own:
    what they send next is another turn of the affair, unless a count is newer.
    """
    stories: dict[str, list[Pair]] = {}
    for pair in pairs:
        stories.setdefault(pair.record.story_id, []).append(pair)
    for story_id, texts in stories.items():
        alike = [pair for pair in texts if _one_event(pair)]
        if alike and (any(map(_by_quote, alike)) or sum(pair.c.event for pair in texts) >= LINKED * len(texts)):
            nearest = max(alike, key=lambda pair: pair.c.event)
            if _counted_anew(nearest) or publisher(nearest.item) not in tellers.get(story_id, ()):
                sure = margin(nearest.c.event, 0.0)
                yield nearest.found(_relation(nearest), nearest.c.event, _evidence(nearest), sure)


def _relation(pair: Pair) -> Relation:
    """A newer count in partly the same words, or by the same publisher, is an update."""
    newer = _counted_anew(pair) and pair.later
    return Relation.UPDATE if newer and (pair.same_publisher or pair.c.lead.most >= TEMPLATE) else Relation.REPORT


def _counted_anew(pair: Pair) -> bool:
    return pair.c.conflict is not None and pair.c.conflict.topic is Topic.TOLL


def _one_event(pair: Pair) -> bool:
    c = pair.c
    if pair.gap > WINDOW or not (_by_quote(pair) or _by_opening(pair)):
        return False
    if tells_of_many(pair.item) or tells_of_many(pair.other):
        return False
    if c.conflict is None or c.conflict.topic is Topic.TOLL:
        return True
    return c.conflict.topic not in (Topic.MAGNITUDE, Topic.DATE) and c.lead.most < TEMPLATE


def _by_quote(pair: Pair) -> bool:
    c = pair.c
    return c.event >= LIKE_WITH_QUOTE and c.names_met > 0 and c.quoted >= LONG_QUOTE


def _by_opening(pair: Pair) -> bool:
    c = pair.c
    if c.event < LIKE_WITH_NAMES or c.said < TOO_SHORT:
        return False
    if c.subjects is None:
        return c.event >= LIKE_NAMELESS and c.conflict is None and c.headlines.most >= HEADLINE
    facts = len(c.shared_names) + (c.quoted >= QUOTE) + (c.same_figures > 0)
    if not facts or c.subjects < SUBJECTS:
        return False
    if facts == 1 or pair.same_publisher:
        return c.event >= (LIKE_ITS_OWN if pair.same_publisher else LIKE_ALONE) and c.subjects >= MOST_SUBJECTS
    return c.subjects >= MOST_SUBJECTS or c.event >= LIKE


def _evidence(pair: Pair) -> str:
    c = pair.c
    shared = [f"openings alike by {percent(c.event)}"]
    if c.shared_names:
        shared.append(f"both name {', '.join(c.shared_names[:SHOWN]).title()}")
    if c.quoted >= QUOTE:
        shared.append("both quote the same words")
    if c.conflict and c.conflict.topic is Topic.TOLL:
        shared.append(apart(c.conflict))
    what = "newer figures" if _relation(pair) is Relation.UPDATE else "own text"
    return f"{what} on the event of {pair.who}: {', '.join(shared)}"
