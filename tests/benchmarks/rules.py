"""How many items a second the rule engine matches, and what a rule set costs.

    python -m tests.benchmarks.rules [RULES ...]

Items are 90 words long, drawn as words of news are (a few very often, most
hardly ever), with the quotes, dashes and accents of real copy, so that the
Unicode way of the tokeniser is measured. Rules are of mixed kinds. The words
are made up: what the engine guesses of their rarity is therefore worth little,
as it is for a language that it does not know.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import psutil

from monitor import rules
from monitor.model import Item
from tests.items import an_item

SIZES = (1_000, 10_000, 100_000)
ITEMS = 4_000
WORDS = 90
VOCABULARY = 30_000
PEOPLE = 300


class Newsroom:
    """Words, people, items and rules, the same at every run."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        syllables = ["ka", "to", "ri", "men", "sol", "ver", "an", "dis", "po", "gra", "lu", "é", "ter", "ing", "sch"]
        made: dict[str, None] = dict.fromkeys("the of to and in a on for that said with is was by at as from".split())  # noqa: SIM905
        while len(made) < VOCABULARY:
            made["".join(self._random.choices(syllables, k=self._random.randint(1, 4)))] = None
        self._words = list(made)
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._names = [f"{self._rare().title()} {self._rare().title()}{self._rare()}" for _ in range(PEOPLE)]

    def items(self, count: int) -> list[Item]:
        return [self._item(number) for number in range(count)]

    def entity_file(self) -> str:
        listed = "".join(
            f"- {{id: p{number}, name: {name}, short: {{forms: [{name.split()[1]}]}}, tags: [t{number % 20}]}}\n"
            for number, name in enumerate(self._names)
        )
        return f"entities:\n{listed}"

    def rule_file(self, count: int) -> str:
        return "rules:\n" + "".join(f"- id: r{number}\n  query: {self._query()!r}\n" for number in range(count))

    def _query(self) -> str:
        a, b, c, d = (self._rare() for _ in range(4))
        person = f"@p{self._random.randrange(PEOPLE)}"
        kinds = {
            f'"{a} {b}"': 20,
            f"{a} AND {b}": 20,
            f"{person} AND {a}": 10,
            f"({a} OR {b} OR {c}) AND {d} AND NOT {self._any()}": 15,
            f"{a} NEAR/5 {b}": 10,
            f"{person} NEAR/10 ({a} OR {b})": 5,
            f"title:{a} AND {b}": 5,
            f"SENTENCE({a} {b})": 5,
            f"ATLEAST/2({a} {b} {c})": 3,
            f"{a}terin* AND {b}": 3,
            f"{a} NOTNEAR/3 {b} AND lang:en": 2,
            f'"{a} {b}" AND /[0-9]+ {c}/': 2,
        }
        return self._random.choices(list(kinds), list(kinds.values()))[0]

    def _item(self, number: int) -> Item:
        words = self._random.choices(self._words, cum_weights=self._weights, k=WORDS)
        words[5], words[30] = self._random.choice(self._names), self._random.choice(self._names)
        words[20] = f"“{words[20]}"
        words[26] = f"{words[26]}”,"
        words[40] = f"{words[40]}’s"
        words[50] = f"{words[50]}."
        words[51] = words[51].title()
        words[70] = f"{words[70]} –"
        return an_item(" ".join(words[:10]).capitalize(), " ".join(words[10:]), guid=str(number))

    def _any(self) -> str:
        return self._random.choices(self._words, cum_weights=self._weights)[0]

    def _rare(self) -> str:
        """A word of those that people watch for: not among the 1,500 most frequent."""
        return self._words[int(1_500 * (VOCABULARY / 1_500) ** self._random.random())]


@dataclass(frozen=True, slots=True)
class Figures:
    """What one rule set costs."""

    rules: int
    load: float
    """Seconds."""
    memory: float
    """Megabytes."""
    throughput: float
    """Items a CPU second."""
    p50: float
    """Microseconds an item."""
    p99: float
    candidates: float
    """Rules evaluated an item."""
    matches: float
    """Rules that fire an item."""


def measure(count: int) -> Figures:
    """A rule set of so many rules, loaded and run in this process."""
    room = Newsroom()
    items, entity_file, rule_file = room.items(ITEMS), room.entity_file(), room.rule_file(count)
    process = psutil.Process()
    before, start = process.memory_info().rss, time.process_time()
    rule_set = rules.load([("people.yaml", entity_file)], [("rules.yaml", rule_file)])
    loaded, memory = time.process_time() - start, process.memory_info().rss - before
    taken: list[int] = []
    matches = 0
    for item in items:
        begun = time.process_time_ns()
        matches += len(rule_set.match(item))
        taken.append(time.process_time_ns() - begun)
    candidates = sum(rule_set.candidates(item) for item in items)
    taken.sort()
    return Figures(
        rules=count,
        load=loaded,
        memory=memory / 1e6,
        throughput=ITEMS / sum(taken) * 1e9,
        p50=taken[ITEMS // 2] / 1e3,
        p99=taken[ITEMS * 99 // 100] / 1e3,
        candidates=candidates / ITEMS,
        matches=matches / ITEMS,
    )


def report(sizes: Sequence[int] = SIZES) -> str:
    """The figures as a Markdown table, each size in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        figures = pool.map(measure, sizes, chunksize=1)
    head = (
        "| rules | items a CPU second | p50 µs | p99 µs | evaluated an item | fired an item | load s | memory MB |\n"
        "|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    )
    return head + "".join(
        f"| {f.rules:,} | {f.throughput:,.0f} | {f.p50:.0f} | {f.p99:.0f} | {f.candidates:.1f} | {f.matches:.2f} "
        f"| {f.load:.1f} | {f.memory:.0f} |\n"
        for f in figures
    )


def main() -> None:
    print(report([int(size) for size in sys.argv[1:]] or SIZES))  # noqa: T201


if __name__ == "__main__":
    main()
