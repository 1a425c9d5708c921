r"""Which items people asked to hear of, and why.

    >>> from monitor import rules
    >>> from monitor.model import Item
    >>> rule_set = rules.load(
    ...     entities=[("people.yaml", "entities: [{id: lavrov, name: Sergey Lavrov, aka: [Сергей Лавров]}]")],
    ...     rules=[("world.yaml", "rules: [{id: order, query: '\"world order\" AND @lavrov', severity: high}]")],
    ... )
    >>> item = Item.plain("A new “world order”, says Russia", "Sergey Lavrov arrived in Tunxi on Wednesday.")
    >>> for match in rule_set.match(item):
    ...     for hit in match.hits:
    ...         print(match.rule, hit.field, hit.start, hit.end, hit.text, hit.entity)
    order title 7 18 world order
    order body 0 13 Sergey Lavrov lavrov

`load` takes names and texts of files and reads none (`monitor.desk.load_rules`
reads a folder); it raises ConfigError with every fault. `RuleSet.tuned` makes
large sets faster, by items like those that will come. `match` raises nothing
but RuleFailed, and that only where the engine itself is at fault: go on with
`without(error.rule)`. `explain` tells for one rule and one item which clause
found what, `Misses` which rules a single clause kept from firing. The room
does no I/O and reads no clock.
"""

from monitor.rules.explain import Clause, explain
from monitor.rules.load import load
from monitor.rules.misses import Miss, Misses
from monitor.rules.names import Entity
from monitor.rules.ruleset import Example, Rule, RuleSet, Status

__all__ = ["Clause", "Entity", "Example", "Miss", "Misses", "Rule", "RuleSet", "Status", "explain", "load"]
