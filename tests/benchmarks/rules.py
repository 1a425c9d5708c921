"""How many items a second the rule engine matches, and what a rule set costs.

    python -m tests.benchmarks.rules [RULES ...]

Items of 90 made-up words (see `watch`), with the quotes, dashes and accents of
real copy, so that the Unicode way of the tokeniser is measured; rules of mixed
kinds, tuned and warmed up by other items, as in a service that has run for a
while. Each size has a process of its own; a million rules take minutes and
3 GB. Of three batches of items the one that took least counts: what else runs
on a machine only ever makes it slower.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import psutil

from monitor import rules
from monitor.desk import kept
from monitor.model import Item
from monitor.rules import RuleSet
from monitor.rules.ruleset import Ready, hits
from monitor.rules.text import Text
from tests.benchmarks.figures import table
from tests.benchmarks.watch import KINDS, Query, Watch, rule_files, shown

SIZES = (1_000, 10_000, 100_000, 1_000_000)
ITEMS = 4_000
LATELY = 1_000
"""Other items, which came before."""
BATCHES = 3

T = TypeVar("T")


class Kind(NamedTuple):
    """What rules of one kind cost."""

    evaluated: float
    """Of a thousand items; so is the next."""
    fired: float
    holds: float
    """Microseconds to evaluate one; to tell what made it hold."""
    tells: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one rule set costs."""

    rules: int
    load: float
    """CPU seconds; so is the next."""
    tune: float
    memory: float
    """Megabytes."""
    throughput: float
    """Items a CPU second."""
    p50: float
    """Microseconds an item."""
    p99: float
    evaluated: float
    """Rules an item; so is the next."""
    fired: float
    matched: float
    """Per cent of items on which a rule fires."""
    steps: dict[str, float]
    """Microseconds an item."""
    kinds: dict[str, Kind]


def measure(count: int) -> Figures:
    """A rule set of so many rules, loaded and run in this process."""
    watch = Watch()
    queries, entity_file = watch.queries(count), watch.entity_file()
    lately, batches = watch.items(LATELY), [watch.items(ITEMS) for _ in range(BATCHES)]
    files = rule_files(queries)
    memory = psutil.Process().memory_info
    before, start = memory().rss, time.process_time()
    with kept():
        rule_set = rules.load([("people.yaml", entity_file)], files)
    loaded = time.process_time()
    with kept():
        rule_set = rule_set.tuned(lately)
    tuned, held = time.process_time(), memory().rss - before
    for item in lately:
        rule_set.match(item)
    taken = min((_pass(rule_set, items) for items in batches), key=sum)
    items = batches[0]
    fired = [len(rule_set.match(item)) for item in items]
    taken.sort()
    return Figures(
        rules=count,
        load=loaded - start,
        tune=tuned - loaded,
        memory=held / 1e6,
        throughput=ITEMS / sum(taken) * 1e9,
        p50=taken[ITEMS // 2] / 1e3,
        p99=taken[ITEMS * 99 // 100] / 1e3,
        evaluated=sum(len(rule_set.candidates(Text(item))) for item in items) / ITEMS,
        fired=sum(fired) / ITEMS,
        matched=100 * sum(map(bool, fired)) / ITEMS,
        steps=min((_steps(rule_set, items) for items in batches), key=lambda steps: sum(steps.values())),
        kinds=_kinds(rule_set, items, queries),
    )


def _pass(rule_set: RuleSet, items: Sequence[Item]) -> list[int]:
    """CPU nanoseconds for each item."""
    taken: list[int] = []
    for item in items:
        begun = time.process_time_ns()
        rule_set.match(item)
        taken.append(time.process_time_ns() - begun)
    return taken


def _steps(rule_set: RuleSet, items: Sequence[Item]) -> dict[str, float]:
    """What the steps of matching take, each done with all items before the next."""
    reading, texts = _timed(lambda: [Text(item) for item in items])
    looking, asked = _timed(lambda: [(text, rule_set.candidates(text)) for text in texts])
    evaluating, held = _timed(lambda: [(text, ready) for text, all_ in asked for ready in all_ if ready.holds(text)])
    telling, _ = _timed(lambda: [hits(ready.rule.id, ready.plan, text) for text, ready in held])
    spent = {
        "tokenise": reading,
        "look up anchors and guards": looking,
        "evaluate": evaluating,
        "find the passages to tell": telling,
    }
    return {step: microseconds / len(items) for step, microseconds in spent.items()}


def _kinds(rule_set: RuleSet, items: Sequence[Item], queries: Sequence[Query]) -> dict[str, Kind]:
    """What rules of each kind take."""
    asked: dict[str, list[tuple[Text, Ready]]] = defaultdict(list)
    for text in map(Text, items):
        for ready in rule_set.candidates(text):
            asked[queries[int(ready.rule.id[1:])].kind].append((text, ready))
    return {kind: _kind(asked[kind], len(items)) for kind in KINDS if asked[kind]}


def _kind(asked: Sequence[tuple[Text, Ready]], items: int) -> Kind:
    evaluating, held = _timed(lambda: [(text, ready) for text, ready in asked if ready.holds(text)])
    telling, _ = _timed(lambda: [hits(ready.rule.id, ready.plan, text) for text, ready in held])
    return Kind(
        evaluated=1000 * len(asked) / items,
        fired=1000 * len(held) / items,
        holds=evaluating / len(asked),
        tells=telling / max(1, len(held)),
    )


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU microseconds that work took, and what it made."""
    start = time.process_time()
    done = work()
    return (time.process_time() - start) * 1e6, done


def report(sizes: Sequence[int] = SIZES) -> str:
    """Tables, each size measured in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        figures = pool.map(measure, sizes, chunksize=1)
    costs = table(
        (
            *("rules", "items a CPU second", "p50 µs", "p99 µs", "evaluated an item", "fired an item"),
            *("% of items matched", "load s", "tune s", "memory MB"),
        ),
        [
            (f"{f.rules:,}", f.throughput, f.p50, f.p99, f.evaluated, f.fired, f.matched, f.load, f.tune, f.memory)
            for f in figures
        ],
    )
    steps = table(
        ("µs an item", *(f"{f.rules:,} rules" for f in figures)),
        [(step, *(f.steps[step] for f in figures)) for step in figures[0].steps],
    )
    most = figures[-1]
    kinds = table(
        ("kind", "% of rules", "evaluated", "fired", "µs to evaluate", "µs to tell"),
        [(f"`{shown(kind)}`", KINDS[kind], *most.kinds[kind]) for kind in KINDS if kind in most.kinds],
    )
    return (
        f"Items of 90 words as rare as those of English, the fastest of {BATCHES} batches of {ITEMS:,}; rules of mixed "
        "kinds that watch for words beyond the 1,500 most frequent, tuned by earlier items. Two rules in a hundred ask "
        f"for one such word only, and make nine in ten of what fires.\n\n{costs}\n"
        f"Where the time goes, by steps:\n\n{steps}\n"
        f"By kinds of {most.rules:,} rules: evaluated and fired on a thousand items, and what one takes:\n\n"
        f"{kinds}"
    )


def main() -> None:
    print(report([int(size) for size in sys.argv[1:]] or SIZES))  # noqa: T201


if __name__ == "__main__":
    main()
