"""The engine against a slow reading of the same rules, on random rules and texts."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from monitor import rules
from monitor.model import Field, Item
from monitor.rules.query import And, Entity, Node, Not, Or, Phrase, parse
from monitor.rules.tokens import words
from tests.items import an_item

VOCABULARY = [
    "a",
    "b",
    "c",
    "the",
    "of",
    "wang",
    "yi",
    "wang-yi",
    "Wang Yi's",
    "王",
    "毅",
    "王毅",
    "é",
    "ß",
    "ヴ",
    "l’a",
]
PEOPLE = {
    "one": (["a b", "wang yi", "王毅"], []),
    "two": (["wang", "c"], ["wang b"]),
    "three": (["b c a", "é", "the wang yi"], ["a b c"]),
}
FILE = "entities:\n" + "".join(
    f"- {{id: {id_}, name: {names[0]}, aka: [{', '.join(names[1:])}], not: [{', '.join(namesakes)}]}}\n"
    for id_, (names, namesakes) in PEOPLE.items()
)

LEAVES = st.one_of(
    st.sampled_from(["a", "b", "wang-yi", "王毅", "é", "ss", "the"]),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(lambda chosen: f'"{" ".join(chosen)}"'),
    st.sampled_from(sorted(PEOPLE)).map(lambda id_: f"@{id_}"),
)
QUERIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" AND ".join),
        st.tuples(inner, inner).map(" AND NOT ".join),
        st.tuples(inner, inner).map(" OR ".join),
        inner.map(lambda query: f"({query})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]}) AND (NOT ({three[1]}) OR {three[2]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]} OR {three[1]}) AND NOT ({three[2]})"),
    ),
    max_leaves=6,
)
TEXTS = st.lists(st.sampled_from([*VOCABULARY, ",", "。", "“", "-", "\u00ad"]), max_size=14).map(" ".join)

# ── The slow reading ────────────────────────────────────────────────────────


def rows(name: str) -> set[tuple[str, ...]]:
    """A name as it may be written: its parts apart or as one word."""
    return {tuple(words(name)), tuple(words(name.replace("-", "").replace("’", "").replace("'", "")))}


KNOWN = {row for names, namesakes in PEOPLE.values() for name in (*names, *namesakes) for row in rows(name)}


def places(row: tuple[str, ...], text: list[str]) -> Iterator[int]:
    for start in range(len(text) - len(row) + 1):
        if tuple(text[start : start + len(row)]) == row:
            yield start


def stands_alone(row: tuple[str, ...], start: int, text: list[str]) -> bool:
    """Whether no longer known name covers the row here."""
    return not any(
        at <= start and start + len(row) <= at + len(longer)
        for longer in KNOWN
        if len(longer) > len(row)
        for at in places(longer, text)
    )


def found(node: Phrase | Entity, item: Item) -> set[tuple[Field, int, int]]:
    """Fields and spans of words in which a leaf is found."""
    told = set()
    for field, text in ((Field.TITLE, words(item.title)), (Field.BODY, words(item.body))):
        spellings = {node.text} if isinstance(node, Phrase) else PEOPLE[node.id][0]
        for row in {row for spelling in spellings for row in rows(spelling)}:
            for start in places(row, text):
                if isinstance(node, Phrase) or stands_alone(row, start, text):
                    told.add((field, start, start + len(row)))
    return told


def holds(node: Node, item: Item) -> bool:
    match node:
        case Not(part):
            return not holds(part, item)
        case And(parts):
            return all(holds(part, item) for part in parts)
        case Or(parts):
            return any(holds(part, item) for part in parts)
        case _:
            return bool(found(node, item))


def evidence(node: Node, item: Item) -> set[tuple[Field, int, int]]:
    match node:
        case Not():
            return set()
        case And(parts) | Or(parts):
            return {place for part in parts if holds(part, item) for place in evidence(part, item)}
        case _:
            return found(node, item)


# ── Both ────────────────────────────────────────────────────────────────────


@given(st.lists(QUERIES, min_size=1, max_size=6), TEXTS, TEXTS)
def test_the_engine_finds_what_a_slow_reading_finds(queries: list[str], title: str, body: str) -> None:
    listed = "".join(f"- id: r{number}\n  query: |-\n    {query}\n" for number, query in enumerate(queries))
    rule_set = rules.load([("people.yaml", FILE)], [("rules.yaml", f"rules:\n{listed}")])
    item = an_item(title, body)
    fired = {match.rule: match.hits for match in rule_set.match(item)}
    for number, query in enumerate(queries):
        tree = parse(query)
        assert (f"r{number}" in fired) == holds(tree, item)
        hits = fired.get(f"r{number}", ())
        passages = {(hit.field, hit.start, hit.end) for hit in hits}
        assert len(passages) == (len(evidence(tree, item)) if hits else 0)
        raw = {Field.TITLE: title, Field.BODY: body}
        assert all(raw[hit.field][hit.start : hit.end] == hit.text for hit in hits)
