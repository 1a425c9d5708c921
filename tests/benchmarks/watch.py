"""Items and rules of made-up words: what the rule engine is measured with.

Words are drawn as those of English are: the word of rank r stands in about
1/r of all texts, those far down in fewer (the curve was fitted to a list of
English; two weeks of five recorded feeds give the same down to rank 5,000,
which is as far as they tell). So a word that is watched for is as rare as in
real news, and the more rules there are, the more words they watch for.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from monitor.model import Item
from tests.items import an_item

WORDS = 90
"""In an item."""
VOCABULARY = 300_000
FREQUENT = 1_500
"""Words that nobody watches for by themselves."""
PEOPLE = 300
IN_A_FILE = 100_000
"""Rules."""

_SYLLABLES = (  # noqa: SIM905
    "ka to ri men sol ver an dis po gra lu é ter ing sch ba cre do el fin gui hel i jo kin lam mo ne or pra que ros "
    "sta tu ü vin wa xe yo zan"
).split()
_PLAIN = "the of to and in a on for that said with is was by at as from".split()  # noqa: SIM905

COMPARABLE = {
    '"{a} {b}"': 20,
    "{a} AND {b}": 20,
    "{person} AND {a}": 10,
    "({a} OR {b} OR {c}) AND {d} AND NOT {any}": 15,
    "{a} NEAR/5 {b}": 10,
    "{person} NEAR/10 ({a} OR {b})": 5,
    "title:{a} AND {b}": 5,
    "ATLEAST/2({a} {b} {c})": 3,
    "{a}* AND {b}": 3,
    "{a} NOTNEAR/3 {b} AND lang:en": 2,
}
"""Kinds of rules that other engines know too, and how many there are of each."""
KINDS = {**COMPARABLE, "SENTENCE({a} {b})": 5, '"{a} {b}" AND /[0-9]+ {c}/': 2}


class Query(NamedTuple):
    """A query, and of which kind it is."""

    kind: str
    text: str


class Watch:
    """Words, people, items and rules, the same at every run."""

    def __init__(self) -> None:
        self._random = random.Random(7)
        made = dict.fromkeys(_PLAIN)
        while len(made) < VOCABULARY:
            syllables = 1 + sum(len(made) > shorter for shorter in (40, 1_200, 40_000))
            made["".join(self._random.choices(_SYLLABLES, k=syllables))] = None
        self._words = list(made)
        self._weights = list(accumulate(map(_weight, range(VOCABULARY))))
        self._names = [f"{self._rare().title()} {self._rare().title()}{self._rare()}" for _ in range(PEOPLE)]

    def items(self, count: int) -> list[Item]:
        """So many more items."""
        return [self._item(number) for number in range(count)]

    def entity_file(self, *, shorts: bool = True) -> str:
        """The people, with or without forms that need the full name beside them."""
        short = ", short: {{forms: [{}]}}" if shorts else ""
        listed = (
            f"- {{id: p{number}, name: {name}{short.format(name.split()[1])}, tags: [t{number % 20}]}}\n"
            for number, name in enumerate(self._names)
        )
        return f"entities:\n{''.join(listed)}"

    def queries(self, count: int, kinds: Mapping[str, int] = KINDS) -> list[Query]:
        """So many queries of mixed kinds."""
        drawn = self._random.choices(list(kinds), list(kinds.values()), k=count)
        return [Query(kind, self._written(kind)) for kind in drawn]

    def _written(self, kind: str) -> str:
        a, b, c, d = (self._rare() for _ in range(4))
        frequent = self._random.choices(self._words, cum_weights=self._weights)[0]
        return kind.format(a=a, b=b, c=c, d=d, any=frequent, person=f"@p{self._random.randrange(PEOPLE)}")

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

    def _rare(self) -> str:
        """A word of those that people watch for: of any rank below the frequent, as a rank's logarithm goes."""
        return self._words[int(FREQUENT * (VOCABULARY / FREQUENT) ** self._random.random())]


def rule_files(queries: Sequence[Query]) -> list[tuple[str, str]]:
    """Files of rules r0, r1 … with these queries."""
    listed = [f"- id: r{number}\n  query: {query.text!r}\n" for number, query in enumerate(queries)]
    begins = range(0, len(listed), IN_A_FILE)
    return [(f"rules{begin}.yaml", "rules:\n" + "".join(listed[begin : begin + IN_A_FILE])) for begin in begins]


def shown(kind: str) -> str:
    """A kind of query, for people to read."""
    return kind.format(a="a", b="b", c="c", d="d", any="frequent", person="@person")


def _weight(rank: int) -> float:
    return float(1 / (rank + 3) / (1 + rank / 12_000) ** 1.15)
