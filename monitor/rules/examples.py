"""A rule's own tests: texts on which it must fire, and texts on which it must not."""

from __future__ import annotations

from monitor.model import Field, Span
from monitor.rules.explain import clauses
from monitor.rules.match import Plan
from monitor.rules.ruleset import Rule
from monitor.rules.schema import RuleTest
from monitor.rules.text import Text


def failure(rule: Rule, plan: Plan, test: RuleTest) -> str:
    """Why a test fails, as a sentence; empty when it passes."""
    body = test.match if test.match is not None else test.no or ""
    outcome = clauses(rule, plan, Text([(Field.BODY, body, Span(0, len(body)))]))
    if outcome.holds == (test.match is not None):
        return ""
    if outcome.holds:
        found = ", ".join(dict.fromkeys(f"“{hit.text}”" for hit in outcome.all_hits()))
        return f"rule {rule.id} fires on this text and should not: it found {found}"
    return f"rule {rule.id} does not fire on this text and should: {', '.join(outcome.lacks())}"
