"""What an item is to the stories around it, and the evidence, in a sentence an editor can check.

The cascade, first answer wins for each text compared with:

    same_page     the same address: copy, or derived when the page was rewritten
    same_thread   the desk's UPDATE, kill ...: a version of that story, whatever its words
    same_text     shared wording: copy; derived when cut, embedded or reworded
    same_event    own wording, same event: report
                  neither: a new story

Between several the closest relation wins, then the strongest, then the oldest
text. Precision goes before recall: a wrong merge hides news, a missed copy only
repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.model import Item, Record, Relation, Verdict
from monitor.ports import Neighbours
from monitor.stories.desk import same_page, same_thread
from monitor.stories.event import same_event
from monitor.stories.pair import Pair, pair, percent
from monitor.stories.wording import same_text

STORY_PAUSE = 72 * 3600.0
"""Seconds after its last text at which a story takes no more."""
STORY_LIFE = 7 * 86400.0

_CLOSENESS = {Relation.REPORT: 1, Relation.DERIVED: 2, Relation.COPY: 3}


def judge(item: Item, neighbours: Neighbours, now: float) -> Verdict:
    """Which story an item belongs to, as what, and why. Never raises, whatever the texts."""
    near = [record for record in neighbours.records if _open(record, neighbours, now)]
    near += [record for record in neighbours.linked if record not in near]
    pairs = [pair(item, record) for record in near]
    findings = [finding for p in pairs if (finding := same_page(p) or same_thread(p) or same_text(p))]
    findings += same_event(pairs)
    if not findings:
        return Verdict(Relation.NEW, "", _nearest(pairs))
    best = max(findings, key=lambda found: (_CLOSENESS[found.relation], found.strength, -found.record.item.seen_at))
    return Verdict(best.relation, best.record.story_id, best.evidence, best.record.item.key)


def _open(record: Record, neighbours: Neighbours, now: float) -> bool:
    """Whether more texts may join its story. A page may be met again long after."""
    story = neighbours.stories.get(record.story_id)
    return story is None or (now - story.last_at <= STORY_PAUSE and now - story.opened_at <= STORY_LIFE)


def _nearest(pairs: Sequence[Pair]) -> str:
    """Why it is a new story: what came nearest, and what sets it apart."""
    nearest = max(pairs, key=lambda p: p.c.event, default=None)
    if nearest is None or not nearest.c.event:
        return "no recent text is like it"
    why = f": {nearest.c.conflict.words}" if nearest.c.conflict else ""
    return f"nearest is {nearest.who}, openings alike by {percent(nearest.c.event)}{why}"
