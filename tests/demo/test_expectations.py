"""The table of expectations speaks of things that exist."""

from __future__ import annotations

import pytest

from monitor import yamldoc
from monitor.demo import script
from monitor.demo.folder import RULES
from tests.demo.expectations import FEED_TROUBLES, ONE_ALERTS, ROWS, Row

WIRE = script.load()


def _rule_ids() -> set[str]:
    ids: set[str] = set()
    for path in RULES.glob("*.yaml"):
        document = yamldoc.read(path.read_text(encoding="utf-8"), path.name)
        assert isinstance(document.value, dict)
        ids |= {rule["id"] for rule in document.value.get("rules", ())}
    return ids


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_names_releases_rules_and_passages_that_exist(row: Row) -> None:
    release = WIRE.releases[row.release]
    assert {row.story_of, row.not_story_of} - {""} <= set(WIRE.releases)
    assert {*(row.rules or ()), *(rule for rule, _ in row.hits)} <= _rule_ids()
    text = "\n".join((release.title, *release.paragraphs))
    for _, passage in row.hits:
        assert passage in text
    assert row.change[1] in text
    assert row.why


def test_names_are_unique() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))


def test_the_other_tables_name_releases_and_feeds_that_exist() -> None:
    assert {name for one in ONE_ALERTS for name in one.releases} <= set(WIRE.releases)
    assert {trouble.feed for trouble in FEED_TROUBLES} <= set(WIRE.outlets)
