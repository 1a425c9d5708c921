"""The set in force: how it is loaded beside a running service, and how one that was replaced goes."""

from __future__ import annotations

import gc
import time
import weakref
from pathlib import Path

import pytest

from monitor import desk
from monitor.config import Settings
from monitor.errors import ConfigError
from monitor.rules.match import Term
from monitor.rules.wanted import Spellings
from tests.items import an_item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text("feeds: []\n")
    (tmp_path / "metals.yaml").write_text("rules: [{id: zinc, query: zinc AND NOT tin}, {id: lead, query: lead}]\n")
    return tmp_path


def load(folder: Path) -> desk.Desk:
    return desk.load(folder, Settings(rules_dir=folder))


def what_a_rule_looks_for(held: desk.Desk) -> weakref.ref[frozenset[str]]:
    plan = held.rules.ready("lead").plan
    assert isinstance(plan, Term)
    (wanted,) = plan.wanted
    assert isinstance(wanted, Spellings)
    return weakref.ref(wanted._clues)


def test_a_set_is_kept_out_of_garbage_collections(folder: Path) -> None:
    frozen = gc.get_freeze_count()
    load(folder)
    assert gc.get_freeze_count() > frozen
    assert gc.isenabled()


def test_garbage_is_collected_again_after_a_faulty_load(folder: Path) -> None:
    (folder / "metals.yaml").write_text("rules: [{id: zinc, query: zinc AND}]\n")
    with pytest.raises(ConfigError):
        load(folder)
    assert gc.isenabled()


def test_a_tuned_set_is_the_same(folder: Path) -> None:
    loaded = load(folder)
    items = [an_item("Zinc"), an_item("Zinc and tin"), an_item("Lead and zinc")]
    tuned = desk.tuned(loaded, items)
    assert tuned.hash == loaded.hash
    assert [tuned.rules.match(item) for item in items] == [loaded.rules.match(item) for item in items]


def test_a_set_that_was_replaced_goes_when_nobody_holds_it(folder: Path) -> None:
    held = load(folder)
    in_force = desk.InForce(held)
    rule = what_a_rule_looks_for(held)
    in_force.put(load(folder))
    assert held.rules.match(an_item("Zinc"))
    assert rule() is not None
    del held
    deadline = time.monotonic() + 10
    while rule() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rule() is None


def test_one_byte_more_is_another_set(folder: Path) -> None:
    before = load(folder).hash
    (folder / "metals.yaml").write_text((folder / "metals.yaml").read_text() + "#")
    assert load(folder).hash != before
