"""Which items people asked to hear of, and why.

    rules = load(
        entities=[("people.yaml", "entities: [{id: lavrov, name: Sergey Lavrov, aka: [Сергей Лавров]}]")],
        rules=[("world.yaml", "rules: [{id: order, query: '\"world order\" AND @lavrov', severity: high}]")],
    )
    for match in rules.match(item):
        for hit in match.hits:
            print(match.rule, hit.field, hit.start, hit.end, hit.text, hit.entity)

`load` takes texts and reads no file; it raises ConfigError with every fault.
`RuleSet.match` raises nothing but RuleFailed, and that only where the engine
itself is at fault: go on with `rules.without(error.rule)`. `explain` tells for
one rule and one item which clause found what, `Misses` which rules a single
clause kept from firing. The room does no I/O and reads no clock.
"""

from monitor.rules.explain import Clause, explain
from monitor.rules.load import load
from monitor.rules.misses import Miss, Misses
from monitor.rules.names import Entity
from monitor.rules.ruleset import Example, Rule, RuleSet, Status

__all__ = ["Clause", "Entity", "Example", "Miss", "Misses", "Rule", "RuleSet", "Status", "explain", "load"]
