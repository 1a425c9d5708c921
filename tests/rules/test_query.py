"""The query language: trees, and what is told of queries that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigError
from monitor.rules.format import query_text
from monitor.rules.lexing import QueryError
from monitor.rules.query import parse
from monitor.rules.tree import (
    And,
    AtLeast,
    Entity,
    Filter,
    Manner,
    Near,
    Node,
    Not,
    Office,
    Or,
    Phrase,
    Regex,
    Scope,
    Score,
    Sentence,
    entities,
)
from tests.rules.queries import QUERIES


def shape(node: Node) -> str:  # noqa: C901  # one line for each kind of clause
    """A tree in a notation with every parenthesis."""
    match node:
        case Phrase(text, manner):
            return f"[{text}]*" if manner is Manner.PREFIX else f"{manner}[{text}]"
        case Regex(pattern, any_case):
            return f"/{pattern}/{'i' * any_case}"
        case Entity(id_):
            return f"@{id_}"
        case Office(id_):
            return f"office:{id_}"
        case Filter(name, value):
            return f"{name}:{value}"
        case Scope(region, part):
            return f"{region}:{shape(part)}"
        case Not(part):
            return f"-{shape(part)}"
        case And(parts):
            return "(" + " & ".join(map(shape, parts)) + ")"
        case Or(parts):
            return "(" + " | ".join(map(shape, parts)) + ")"
        case Near(kind, left, right, within):
            return f"({shape(left)} {kind}/{within} {shape(right)})"
        case Sentence(parts):
            return "SENTENCE(" + " ".join(map(shape, parts)) + ")"
        case AtLeast(count, parts):
            return f"ATLEAST/{count}(" + " ".join(map(shape, parts)) + ")"
        case Score(terms, threshold, title):
            weights = " ".join(f"{shape(term.part)}^{term.weight:g}" for term in terms)
            return f"SCORE/{threshold:g}*{title:g}({weights})"


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
        ("a AND b NEAR/3 c OR d", "(([a] & ([b] NEAR/3 [c])) | [d])"),
        ("a NEAR/1 b ONEAR/2 c NOTNEAR/0 d", "((([a] NEAR/1 [b]) ONEAR/2 [c]) NOTNEAR/0 [d])"),
        ("a NEAR/3 (b OR c)", "([a] NEAR/3 ([b] | [c]))"),
        ("NOT (a NEAR/3 b) AND c", "(-([a] NEAR/3 [b]) & [c])"),
        (
            'sanction* OR "air strik"* OR =Us OR ="New Order" OR ^US',
            "([sanction]* | [air strik]* | =[Us] | =[New Order] | ^[US])",
        ),
        (r"a AND /\d+ (dead|killed)/ AND /x\/y/i", r"([a] & /\d+ (dead|killed)/ & /x/y/i)"),
        ("title:a AND lead:(b OR c) AND NOT author: d", "(title:[a] & lead:([b] | [c]) & -author:[d])"),
        ("title:a NEAR/3 b", "(title:[a] NEAR/3 [b])"),
        (
            'lang:zh* AND source:"Kyodo News" AND office:foreign-minister',
            "(lang:zh* & source:Kyodo News & office:foreign-minister)",
        ),
        ("SENTENCE(a b NEAR/2 c (d OR e))", "SENTENCE([a] ([b] NEAR/2 [c]) ([d] | [e]))"),
        ("ATLEAST/2(a b c) AND ATLEAST/3 d", "(ATLEAST/2([a] [b] [c]) & ATLEAST/3([d]))"),
        ("ATLEAST/2(a OR b NEAR/1 c)", "ATLEAST/2(([a] | ([b] NEAR/1 [c])))"),
        ("ATLEAST/2(a)", "ATLEAST/2([a])"),
        ("SCORE/3*2(a^2 (b AND c)^1.5 d^-4)", "SCORE/3*2([a]^2 ([b] & [c])^1.5 [d]^-4)"),
        ("NEAR-miss OR near OR sentence", "([NEAR-miss] | [near] | [sentence])"),
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
        ("time:a", 4, "`:` cannot stand in a word (did you mean title:?)"),
        ("12:30", 2, '`:` cannot stand in a word (put it in quotes: "12:30")'),
        ("title:", 0, "nothing follows this title:"),
        ("title:(body:a)", 6, "body: within title: (write body:( … ) beside title:( … ))"),
        ("a AND lang:", 6, "nothing follows this lang:"),
        ("a AND lang:*", 6, "lang:* holds for every item"),
        ("kind:flush", 0, "there is no kind flush (did you mean flash?)"),
        ("a NEAR b", 2, "NEAR needs a number (write a NEAR/5 b)"),
        ("a NEAR/101 b", 2, "NEAR/101: the number is from 0 to 100"),
        ("a ONEAR/x b", 2, "ONEAR needs a number"),
        ("a NEAR/5", 2, "nothing follows this NEAR/5"),
        ("a near/5 b", 2, "for words near each other write a NEAR/5 b"),
        ("a w/5 b", 2, "for words near each other write a NEAR/5 b"),
        ("NOT a NEAR/5 b", 0, "NOT cannot stand in NEAR (write NOTNEAR/5, or NOT (a NEAR/5 b))"),
        ("a NEAR/5 (b AND c)", 9, "AND cannot stand in NEAR (write (a NEAR/5 b) AND (a NEAR/5 c))"),
        ("a NOTNEAR/5 lang:fr", 12, "a filter cannot stand in NOTNEAR"),
        ("a NEAR/2 SENTENCE(b c)", 9, "SENTENCE cannot stand in NEAR"),
        ("SENTENCE(a)", 0, "SENTENCE needs two parts or more"),
        ("SENTENCE a", 0, 'a ( must follow SENTENCE (write SENTENCE(veto "security council"))'),
        ("SENTENCE(a AND b)", 11, "the parts of SENTENCE are listed"),
        ("SENTENCE(a /b/)", 11, "a regex cannot stand in SENTENCE (use it in an AND)"),
        ("SENTENCE(a b", 8, "this ( is never closed"),
        ("ATLEAST(a b)", 0, "ATLEAST needs a number"),
        ("ATLEAST/0 a", 0, "ATLEAST/0: the number is from 1 to 100"),
        ("ATLEAST/4(a b c)", 0, "at least 4 of only 3 parts (use at most 3)"),
        ("ATLEAST/2 lang:fr", 10, "a filter cannot stand in ATLEAST"),
        ("ATLEAST/1(a NOT b)", 12, "this alone would match almost every item"),
        ("SCORE(a b)", 0, "SCORE needs a threshold"),
        ("SCORE/0(a b)", 0, "threshold and title factor are above 0"),
        ("SCORE/3(a b)", 0, "the weights never reach 3"),
        ("SCORE/1(NOT a b)", 8, "this alone would match almost every item"),
        ("a^2", 1, "only the parts of a SCORE have weights"),
        ("SENTENCE(a^2 b)", 10, "only the parts of a SCORE have weights"),
        ("a AND *", 6, "`*` cannot stand here (it ends a word, as in sanction*)"),
        ("a*b", 2, "two terms stand side by side"),
        ("ab*", 0, "ab* is too short (use at least 3 letters)"),
        ("制裁*", 0, "this script is read character by character (leave the * out)"),
        ("=", 0, "`=` cannot stand here (it goes right before a word)"),
        ("=(a)", 0, 'a word must follow the = (as in =Word or ="two words")'),
        ("a=b", 1, "`=` cannot stand here"),
        ("^sanction*", 9, "a `*` and a `=` or `^` do not go together"),
        ("/a b/", 0, "a regex alone would be run on every item"),
        ("lang:fr AND /a/", 12, "a regex alone would be run on every item"),
        ("(a OR lang:fr) AND /b/", 19, "a regex alone would be run on every item"),
        ("a AND /(b/", 6, "no regex: missing ): (b"),
        ("a AND /b*/", 6, "this regex is found in every text, because it may be empty"),
        ("a AND /b", 6, "this / is never closed"),
        ("a AND /b/x", 6, "this / is never closed, or something stands right after it"),
        ("a title:b", 2, "AND or OR is missing before title:"),
        (" NEAR/1 ".join("a" * 100), 576, "nested deeper than 64 levels"),
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


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("a OR b AND c", "a OR (b AND c)"),
        ("(a OR (b)) AND NOT (c AND d)", "(a OR b) AND NOT (c AND d)"),
        ("“a  b” AND ‘c’ AND 'say \"no\"' AND AND-gate", '"a  b" AND c AND \'say "no"\' AND AND-gate'),
        ("a NEAR/2 b NOTNEAR/3 (c OR d)", "(a NEAR/2 b) NOTNEAR/3 (c OR d)"),
        ("title:(NOT x) AND title: (y) AND lead:(a OR b)", "title:(NOT x) AND title:y AND lead:(a OR b)"),
        ("ATLEAST/2(a) AND ATLEAST/2 (a OR b)", "ATLEAST/2 a AND ATLEAST/2 (a OR b)"),
        (r"a AND /x\/\\d/i", r"a AND /x\/\\d/i"),
        ('lang:"fr" AND source:"Kyodo News"', 'lang:fr AND source:"Kyodo News"'),
        ("SCORE/2.50*1(a^1 b^0.5 c^3.0)", "SCORE/2.5(a b^0.5 c^3)"),
        ('"and" OR "AND" OR "NEAR" OR "a-b" OR "-a"', 'and OR "AND" OR "NEAR" OR a-b OR "-a"'),
        ('="New Order" OR "air strik"* OR ^US', '="New Order" OR "air strik"* OR ^US'),
    ],
)
def test_the_one_way_to_write_a_query(query: str, written: str) -> None:
    tree = parse(query, alone=False)
    assert query_text(tree) == written
    assert parse(written, alone=False) == tree


@given(QUERIES)
def test_what_is_written_is_read_as_the_same(query: str) -> None:
    tree = parse(query, alone=False)
    assert parse(query_text(tree), alone=False) == tree


def test_a_flat_query_may_be_long() -> None:
    assert shape(parse(" OR ".join(["a"] * 50_000))).count("[a]") == 50_000


def test_entities_of_a_query() -> None:
    assert [entity.id for entity in entities(parse("a AND NOT @b AND (@c OR @b)"))] == ["b", "c", "b"]


@given(st.text(alphabet="ab3@\"'“”‘’() ANDORTSEC/^=.-*:!&|\n王", max_size=40))
def test_no_text_raises_anything_but_a_place_and_a_reason(query: str) -> None:
    told = None
    try:
        tree = parse(query)
        assert tree.span.end <= len(query)
        assert parse(query_text(tree)) == tree
    except ConfigError as error:
        told = error
    assert told is None or (isinstance(told, QueryError) and 0 <= told.start <= len(query) and told.message)
