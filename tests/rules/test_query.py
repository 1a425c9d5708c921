"""The query language: trees, and what is told of queries that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.rules.query import And, Entity, Node, Not, Or, Phrase, QueryError, entities, parse


def shape(node: Node) -> str:
    """A tree in a notation with every parenthesis."""
    match node:
        case Phrase(text):
            return f"[{text}]"
        case Entity(id_):
            return f"@{id_}"
        case Not(part):
            return f"-{shape(part)}"
        case And(parts):
            return "(" + " & ".join(map(shape, parts)) + ")"
        case Or(parts):
            return "(" + " | ".join(map(shape, parts)) + ")"


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("ceasefire", "[ceasefire]"),
        ("(((a)))", "[a]"),
        ("a AND b AND c", "([a] & [b] & [c])"),
        ("a OR b AND NOT c OR d", "([a] | ([b] & -[c]) | [d])"),
        ("(a OR b) AND c", "(([a] | [b]) & [c])"),
        ("NOT NOT a AND b", "(--[a] & [b])"),
        ("a AND NOT (b OR c)", "([a] & -([b] | [c]))"),
        ("NOT(a)AND(b)", "(-[a] & [b])"),
        ("@wang-yi OR @lavrov", "(@wang-yi | @lavrov)"),
        ('"world order"AND(@lavrov)', "([world order] & @lavrov)"),
        ("“a b” OR „c d“ OR «e f» OR ‘g h’ OR 'i j'", "([a b] | [c d] | [e f] | [g h] | [i j])"),
        ("‘it’s us’ OR 'it's us'", "([it’s us] | [it's us])"),
        ("and OR not", "([and] | [not])"),
        ("O'Brien AND al-Assad AND AT&T AND U.S.", "([O'Brien] & [al-Assad] & [AT&T] & [U.S.])"),
        ("王毅 AND ประยุทธ์", "([王毅] & [ประยุทธ์])"),
        ("a\n  AND\tb", "([a] & [b])"),
    ],
)
def test_trees(query: str, tree: str) -> None:
    assert shape(parse(query)) == tree


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ("a AND (b OR @c)", ["a AND (b OR @c)", "a", "(b OR @c)", "b", "@c"]),
        ('NOT "x y" AND (z)', ['NOT "x y" AND (z)', 'NOT "x y"', '"x y"', "(z)"]),
    ],
)
def test_every_clause_knows_where_it_is_written(query: str, clauses: list[str]) -> None:
    def written(node: Node) -> list[str]:
        parts = (node.part,) if isinstance(node, Not) else node.parts if isinstance(node, And | Or) else ()
        return [query[slice(*node.span)], *(text for part in parts for text in written(part))]

    assert written(parse(query)) == clauses


@pytest.mark.parametrize(
    ("query", "start", "told"),
    [
        ("", 0, "the query is empty"),
        (" \n", 0, "the query is empty"),
        ("world order", 6, 'write "world order" for the phrase, or world AND order for both anywhere'),
        ('@lavrov "world order"', 8, 'write @lavrov AND "world order" if both must be there, @lavrov OR'),
        ("(a OR b) c", 9, "write (a OR b) AND c if both"),
        ("a (b)", 2, "AND or OR is missing before this ("),
        ("a NOT b", 2, "write AND NOT"),
        ("a and b", 2, "write AND in capitals"),
        ("or b", 0, "write OR in capitals"),
        ("not a", 0, "write NOT in capitals"),
        ("a AND", 2, "nothing follows this AND"),
        ("NOT", 0, "nothing follows this NOT"),
        ("(", 0, "nothing follows this ("),
        ("AND a", 0, "a term is expected before AND"),
        ("a OR OR b", 5, "a term is expected before OR"),
        ("()", 1, "a term is expected before this )"),
        ("(a", 0, "this ( is never closed"),
        ("a)", 1, "this ) closes nothing"),
        ('a AND "b', 6, "this quote is never closed"),
        ("‘tis", 0, "this quote is never closed"),
        ("@", 0, "an entity's id must follow the @"),
        ("a AND @ lavrov", 6, "an entity's id must follow the @"),
        ('a OR "..."', 5, "no letters or digits to look for"),
        ("a OR …", 5, "no letters or digits to look for"),
        ("a OR 「」", 5, "no letters or digits to look for"),
        ("a && b", 2, "write AND"),
        ("a || b", 2, "write OR"),
        ("a -b", 2, "write NOT"),
        ("!a", 0, "write NOT"),
        ("+a", 0, "write AND"),
        ("title:a", 5, '`:` cannot stand in a word (put it in quotes: "title:a")'),
        ("sanction*", 8, "`*` cannot stand in a word"),
        ("a, b", 1, "join terms with AND or OR"),
        ('"' + "a " * 65 + '"', 0, "a phrase of 65 words (use at most 64)"),
        ("NOT a", 0, "this alone would match almost every item"),
        ("a OR NOT b", 5, "this alone would match almost every item"),
        ("NOT a AND (NOT b OR c)", 0, "this alone would match almost every item"),
        ("(a OR (b AND c) OR NOT d)", 19, "this alone would match almost every item"),
        ("(" * 100_000 + "a" + ")" * 100_000, 64, "nested deeper than 64 levels"),
        ("NOT " * 100_000 + "a", 256, "nested deeper than 64 levels"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_cannot_be_read_is_told_with_its_place(query: str, start: int, told: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert told in str(caught.value)
    assert caught.value.start == start


def test_a_flat_query_may_be_long() -> None:
    assert shape(parse(" OR ".join(["a"] * 50_000))).count("[a]") == 50_000


def test_entities_of_a_query() -> None:
    assert [entity.id for entity in entities(parse("a AND NOT @b AND (@c OR @b)"))] == ["b", "c", "b"]


@given(st.text(alphabet="ab@\"'“”‘’() ANDORT-*:!&|\n王", max_size=40))
def test_no_text_raises_anything_but_a_place_and_a_reason(query: str) -> None:
    told = None
    try:
        assert parse(query).span.end <= len(query)
    except ConfigError as error:
        told = error
    assert told is None or (isinstance(told, QueryError) and 0 <= told.start <= len(query) and told.message)
