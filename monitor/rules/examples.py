"""A rule's own tests: texts on which it must fire, and texts on which it must not."""

from __future__ import annotations

from monitor.model import Item
from monitor.rules.explain import clauses
from monitor.rules.ruleset import Example, Ready
from monitor.rules.text import Text


def failure(ready: Ready, example: Example) -> str:
    """Why an example fails, as a sentence; empty when it passes.

    Whether the rule is live is of no matter, and when it expires only where the
    example says when its item came: a test that held must not fail by itself.
    """
    item = Item.plain(
        example.title,
        example.body,
        author=example.author,
        feed=example.feed,
        source=example.source,
        lang=example.lang,
        seen_at=example.at,
    )
    text = Text(item)
    id_, outcome = ready.rule.id, clauses(ready, text)
    if example.at and ready.rule.is_over(example.at):
        return f"rule {id_} has expired then" if example.fires else ""
    found = list(outcome.all_hits())
    passages = ", ".join(dict.fromkeys(f"“{hit.text}”" for hit in found))
    if outcome.holds and not example.fires:
        return f"rule {id_} fires on this text and should not: it found {passages or 'what it asks for'}"
    if example.fires and not outcome.holds:
        return f"rule {id_} does not fire on this text and should: {', '.join(outcome.lacks())}"
    missing = [f"“{span}”" for span in example.spans if span not in {hit.text for hit in found}]
    missing += [f"@{entity}" for entity in example.entities if entity not in {hit.entity for hit in found}]
    return f"rule {id_} does not find {', '.join(missing)} here: it found {passages}" if missing else ""
