"""`cases.yaml`: what queries find in texts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from monitor import rules, yamldoc
from monitor.model import Field, Hit, Kind
from monitor.rules.schema import EntityEntry
from tests.items import an_item

PATH = Path(__file__).with_name("cases.yaml")


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid")

    why: str
    query: str
    title: str = ""
    body: str = ""
    author: str = ""
    lang: str = ""
    feed: str = "meridian"
    source: str = ""
    categories: list[str] = []
    kind: Kind = Kind.NEWS
    agency: str = ""
    hits: list[str]


class CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    entities: list[EntityEntry]
    cases: list[Case]


TEXT = PATH.read_text(encoding="utf-8")
CASES = yamldoc.validate(yamldoc.read(TEXT, PATH.name), CaseFile).cases
ENTITIES = (PATH.name, TEXT.partition("cases:")[0])


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_case(case: Case) -> None:
    rule_set = rules.load([ENTITIES], [("case.yaml", f"rules: [{{id: case, query: {quoted(case.query)}}}]")])
    item = an_item(case.title, case.body, lang=case.lang, feed=case.feed, source=case.source, kind=case.kind)
    item = replace(item, author=case.author, categories=tuple(case.categories))
    item = replace(item, wire=replace(item.wire, credit=case.agency))
    matches = rule_set.match(item)
    assert [hit.text for match in matches for hit in match.hits] == case.hits
    assert all(stands(hit, case) for match in matches for hit in match.hits)


def stands(hit: Hit, case: Case) -> bool:
    raw = {Field.TITLE: case.title, Field.BODY: case.body, Field.AUTHOR: case.author}
    return raw[hit.field][hit.start : hit.end] == hit.text


def test_no_two_cases_have_one_name() -> None:
    assert len({case.why for case in CASES}) == len(CASES)
