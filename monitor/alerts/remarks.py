"""What people are told about a text itself: where it disagrees with others, and who translated it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.model import Carrier, Conflict, Item, Relation, Verdict

MOST_CONFLICTS = 3
TRANSLATED = "translated by a machine, by its own account"


def remarks(verdict: Verdict) -> str:
    """One line, or nothing. It never says which side is right."""
    if not verdict.story_id:
        return ""
    say = _changed if verdict.relation is Relation.UPDATE else _disagrees
    said = [say(conflict) for conflict in verdict.conflicts[:MOST_CONFLICTS]]
    return joined(*said, origin(verdict))


def joined(*said: str) -> str:
    """What is to be said, one after the other."""
    return ". ".join(filter(None, said))


def origin(verdict: Verdict) -> str:
    """Who translated a text, if no human did."""
    return TRANSLATED if verdict.translated else ""


def how_it_came(verdict: Verdict, carriers: Sequence[Carrier], item: Item) -> str:
    """What is to be said of a text that raises an alert: who had it first, if others had, and who translated it."""
    return "; ".join(filter(None, (_first_told(verdict.relation, carriers, item), origin(verdict))))


def _first_told(relation: Relation, carriers: Sequence[Carrier], item: Item) -> str:
    if relation is Relation.NEW or not carriers or carriers[0].item == item.key:
        return ""
    first = carriers[0]
    return f"{relation}: {first.source} had the story first, {datetime.fromtimestamp(first.at, UTC):%d %b %H:%M} UTC"


def _disagrees(conflict: Conflict) -> str:
    return f"says {conflict.here}; {f'{conflict.whose} says' if conflict.whose else 'others say'} {conflict.there}"


def _changed(conflict: Conflict) -> str:
    return f"{conflict.here}, before {conflict.there}"
