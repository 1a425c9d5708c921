"""The rules folder as a whole: each of its files counts, and a reload knows a changed one by the hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import desk
from monitor.config import Settings
from monitor.errors import ConfigError
from tests.items import an_item

FILES = {
    "feeds.yaml": "feeds: []\n",
    "people.yaml": "rules: [{id: orlova, query: '@orlova'}]\n",
    "filters.yaml": "filters: [{id: sport, query: football, except: {rules: [orlova]}}]\n",
    "entities/people.yaml": "entities: [{id: orlova, name: Nadia Orlova, inflect: {uk: [Орлова]}}]\n",
    "entities/inflect.lock.yaml": "inflections: {orlova: {uk: {Орлова: [Орлової]}}}\n",
}


def load(folder: Path, changed: dict[str, str]) -> desk.Desk:
    (folder / "entities").mkdir(exist_ok=True)
    for name, text in (FILES | changed).items():
        (folder / name).write_text(text, encoding="utf-8")
    return desk.load(folder, Settings(rules_dir=folder))


def test_all_files_are_read_together(tmp_path: Path) -> None:
    loaded = load(tmp_path, {})
    assert [match.rule for match in loaded.rules.match(an_item("", "Слова Орлової"))] == ["orlova"]
    assert loaded.rules.match(an_item("", "Слова Орлової: football")) == ()


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_any_file_is_another_set(tmp_path: Path, name: str) -> None:
    before = load(tmp_path, {})
    assert load(tmp_path, {}).hash == before.hash
    assert load(tmp_path, {name: f"{FILES[name]}# reviewed\n"}).hash != before.hash


def test_a_faulty_lock_file_is_told_by_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {"entities/inflect.lock.yaml": "inflections: {orlova: {uk: {Орлова: Орлової}}}\n"})
    (fault,) = caught.value.faults
    assert str(fault).endswith("inflect.lock.yaml:1:37: `Орлова` must be a list, not 'Орлової'")


ASKED = "feeds: [{id: a, url: https://a.example/, insecure: true, auth: {secret: agency}}]\n"


def test_a_feed_whose_secret_is_not_set_is_a_fault_except_where_nothing_is_asked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, {"feeds.yaml": ASKED})
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == (1, 64)
    assert "feed 'a' cannot be asked: WIREWATCH_SECRET_AGENCY is not set" in str(fault)
    assert "a" in desk.load(tmp_path, Settings(rules_dir=tmp_path), secrets=False).feeds


def test_an_insecure_feed_is_noted(tmp_path: Path) -> None:
    (note,) = desk.load(_written(tmp_path), Settings(rules_dir=tmp_path), secrets=False).notes
    assert "feeds.yaml:1:9: feed 'a': INSECURE" in str(note)


def _written(folder: Path) -> Path:
    (folder / "feeds.yaml").write_text(ASKED, encoding="utf-8")
    return folder
