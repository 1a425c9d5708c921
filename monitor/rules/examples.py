"""A rule's own tests: texts on which it must fire, and texts on which it must not."""

from __future__ import annotations

from monitor.model import Item, Span, Wire
from monitor.rules.explain import clauses
from monitor.rules.match import Plan
from monitor.rules.ruleset import Example, Rule
from monitor.rules.text import Text


def failure(rule: Rule, plan: Plan, example: Example) -> str:
    """Why an example fails, as a sentence; empty when it passes. Its text is read as an item's body."""
    outcome = clauses(rule, plan, Text(_item(example)))
    if outcome.holds == example.fires:
        return ""
    if outcome.holds:
        found = ", ".join(dict.fromkeys(f"“{hit.text}”" for hit in outcome.all_hits()))
        return f"rule {rule.id} fires on this text and should not: it found {found}"
    return f"rule {rule.id} does not fire on this text and should: {', '.join(outcome.lacks())}"


def _item(example: Example) -> Item:
    whole = Span(0, len(example.text))
    return Item(
        key="",
        revision="",
        feed="",
        source="",
        guid="",
        url="",
        title="",
        body=example.text,
        author="",
        categories=(),
        lang="",
        published=None,
        updated=None,
        seen_at=0.0,
        wire=Wire(headline=Span(0, 0), copy=whole, text=whole),
    )
