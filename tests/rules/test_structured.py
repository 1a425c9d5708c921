"""The structured notation says what queries say, and each can be written as the other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter

from monitor.rules.format import query_text
from monitor.rules.query import parse
from monitor.rules.structured import Part, Structured, value
from tests.rules.queries import QUERIES

PART: TypeAdapter[Any] = TypeAdapter(Part)


@pytest.mark.parametrize(
    ("structured", "query"),
    [
        ("world order", '"world order"'),
        ("“world order”", '"world order"'),
        ("peace OR war", "peace OR war"),
        ({"all": ["@lavrov", {"any": ["world order", "=Order"]}]}, '@lavrov AND ("world order" OR =Order)'),
        ({"all": ["x", {"not": "y"}]}, "x AND NOT y"),
        ({"any": ["x"]}, "x"),
        ({"near": {"of": ["x", {"any": ["y", "z"]}], "within": 3}}, "x NEAR/3 (y OR z)"),
        ({"onear": {"of": ["x", "y"], "within": 0}}, "x ONEAR/0 y"),
        (
            {"notnear": {"of": ["x", {"near": {"of": ["y", "z"], "within": 1}}], "within": 2}},
            "x NOTNEAR/2 (y NEAR/1 z)",
        ),
        ({"sentence": ["x", "y z"]}, 'SENTENCE(x "y z")'),
        ({"atleast": {"count": 2, "of": ["x", "y", "z"]}}, "ATLEAST/2(x y z)"),
        ({"atleast": {"count": 2, "of": ["x"]}}, "ATLEAST/2 x"),
        ({"title": {"all": ["x", "y"]}}, "title:(x AND y)"),
        ({"all": [{"lead": "x"}, {"author": "y"}, {"body": "z"}]}, "lead:x AND author:y AND body:z"),
        (
            {"score": {"threshold": 3, "title": 2, "terms": [{"of": "x", "weight": 2.5}, {"of": "y"}]}},
            "SCORE/3*2(x^2.5 y)",
        ),
        ({"all": ["x", "lang:fr", "/a b/", "pre*"]}, "x AND lang:fr AND /a b/ AND pre*"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_structure_asks_what_a_query_asks(structured: object, query: str) -> None:
    assert query_text(Structured(PART.validate_python(structured)).tree) == query


@given(QUERIES)
def test_a_query_written_as_a_structure_asks_the_same(query: str) -> None:
    tree = parse(query)
    assert Structured(PART.validate_python(value(tree))).tree == tree
