"""What an item is to the stories around it, and the evidence, in a sentence an editor can check.

The cascade, first answer wins for each text compared with:

    same_page     the same address: copy; derived or update when the page was rewritten
    same_thread   the desk's UPDATE, kill ...: a version of that story, whatever its words
    same_text     shared wording: copy; derived when cut, embedded or reworded; update with newer figures
    same_event    own wording, same event: report, or update with newer figures
                  neither: a story of its own (new, template or roundup)

Between several the closest relation wins, then the strongest, then the oldest
text. Precision goes before recall: a wrong merge hides news, a missed copy only
repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from monitor.model import Conflict, Item, Record, Relation, Story, Topic, Verdict
from monitor.ports import Neighbours
from monitor.stories.claims import disagreements
from monitor.stories.desk import NAMED, same_page, same_thread, tells_of_many
from monitor.stories.event import LIKE, TEMPLATE, same_event
from monitor.stories.guards import apart
from monitor.stories.pair import Pair, margin, pair, percent, publisher
from monitor.stories.text import LEAST_TEXT, read
from monitor.stories.wording import same_text

STORY_PAUSE = 72 * 3600.0
"""Seconds after its last text at which a story takes no more."""
STORY_LIFE = 7 * 86400.0
BY_CHANCE = 0.10
"""Likeness of openings that two texts of any events may have."""
GROWN = 1.5
"""How many times its words a text must have to be judged again."""

_CLOSENESS = {Relation.REPORT: 1, Relation.UPDATE: 2, Relation.DERIVED: 3, Relation.COPY: 4}
_OWN_WORDS = (Relation.NEW, Relation.UPDATE, Relation.REPORT)
_FORM = (Topic.NAMES, Topic.MAGNITUDE, Topic.DATE, Topic.MOVE, Topic.FIGURES)
"""Contradictions that make of a shared form another event."""


def judge(item: Item, neighbours: Neighbours, now: float) -> Verdict:
    """Which story an item belongs to, as what, and why. Never raises, whatever the texts."""
    near = [record for record in neighbours.records if _open(record, neighbours, now)]
    near += [record for record in neighbours.linked if record not in near]
    pairs = [pair(item, record) for record in near]
    findings = [finding for p in pairs if (finding := same_page(p) or same_thread(p) or same_text(p))]
    if not any(_CLOSENESS[finding.relation] > _CLOSENESS[Relation.UPDATE] for finding in findings):
        findings += same_event(pairs, _tellers(pairs, neighbours))
    if not findings:
        return replace(_alone(item, pairs), translated=read(item).translated)
    best = max(findings, key=lambda found: (_CLOSENESS[found.relation], found.strength, -found.record.item.seen_at))
    its = [p for p in pairs if p.record.story_id == best.record.story_id]
    compared = next(p for p in its if p.record is best.record)
    conflicts = disagreements(its)
    if best.relation is Relation.UPDATE and len(its) == 1:
        conflicts = _changed(its[0])
    return Verdict(
        relation=best.relation,
        story_id=best.record.story_id,
        evidence=best.evidence + (f"; longest shared passage {compared.c.passage} words" if best.worded else ""),
        other=best.record.item.key,
        confidence=round(best.confidence, 2),
        conflicts=conflicts,
        translated=read(item).translated,
    )


def revised(item: Item, before: Record, story: Story | None, neighbours: Neighbours, now: float) -> Verdict:
    """What an item is whose text changed in place: what it was, and which facts are new.

    One whose text has grown is judged again. What it is to its story may
    change; it goes to another only from a story (`story`) of its own that
    nobody was told of.
    """
    if len(read(item).body) >= max(LEAST_TEXT, GROWN * len(read(before.item).body)):
        again = judge(item, neighbours, now)
        closer = before.relation is not Relation.NEW and again.story_id == before.story_id
        if closer or (again.story_id != before.story_id and again.story_id and _alone_in(story)):
            return replace(again, evidence=f"by its longer text, {again.evidence}")
    changed = _changed(pair(item, before))
    what = "; ".join(f"{conflict.here}, before {conflict.there}" for conflict in changed)
    evidence = f"the same item, changed{': ' if what else ''}{what}"
    return Verdict(before.relation, before.story_id, evidence, item.key, 1.0, changed, read(item).translated)


def _alone_in(story: Story | None) -> bool:
    return story is not None and len(story.carriers) == 1 and not story.alerts


def _tellers(pairs: Sequence[Pair], neighbours: Neighbours) -> Mapping[str, Set[str]]:
    """By story, who told it in words of their own, as far as is remembered."""
    tellers: dict[str, set[str]] = {}
    for p in pairs:
        if p.record.relation in _OWN_WORDS:
            tellers.setdefault(p.record.story_id, set()).add(publisher(p.other))
    for story in neighbours.stories.values():
        own = (publisher(carrier) for carrier in story.carriers if carrier.relation in _OWN_WORDS)
        tellers.setdefault(story.id, set()).update(own)
    return tellers


def _changed(p: Pair) -> tuple[Conflict, ...]:
    """The facts that an update has and the text before it has not."""
    found = disagreements([p])
    conflict = p.c.conflict
    return found if conflict is None or any(known.topic is conflict.topic for known in found) else (*found, conflict)


def _alone(item: Item, pairs: Sequence[Pair]) -> Verdict:
    """A story of its own, and of what kind."""
    if tells_of_many(item):
        return Verdict(Relation.ROUNDUP, "", "it tells of many stories and is merged with none", "", NAMED)
    form = [p for p in pairs if p.c.lead.most >= TEMPLATE and p.c.conflict and p.c.conflict.topic in _FORM]
    nearest = max(form, key=lambda p: p.c.lead.most, default=None)
    if nearest is not None and nearest.c.conflict is not None:
        evidence = f"the form of {nearest.who}, filled in anew: {apart(nearest.c.conflict)}"
        return Verdict(Relation.TEMPLATE, "", evidence, "", round(margin(nearest.c.lead.most, TEMPLATE), 2))
    likeness = max((p.c.event for p in pairs), default=0.0)
    if read(item).short:
        return Verdict(Relation.NEW, "", f"too short to tell; {_nearest(pairs)}", "", 0.5)
    return Verdict(Relation.NEW, "", _nearest(pairs), "", round(1.0 - 0.5 * min(1.0, likeness / LIKE), 2))


def _open(record: Record, neighbours: Neighbours, now: float) -> bool:
    """Whether more texts may join its story. A page may be met again long after."""
    story = neighbours.stories.get(record.story_id)
    return story is None or (now - story.last_at <= STORY_PAUSE and now - story.opened_at <= STORY_LIFE)


def _nearest(pairs: Sequence[Pair]) -> str:
    """Why it is a new story: what came nearest, and what sets it apart."""
    nearest = max(pairs, key=lambda p: p.c.event, default=None)
    if nearest is None or nearest.c.event < BY_CHANCE:
        return "no recent text is like it"
    why = f": {apart(nearest.c.conflict)}" if nearest.c.conflict else ""
    return f"nearest is {nearest.who}, openings alike by {percent(nearest.c.event)}{why}"
