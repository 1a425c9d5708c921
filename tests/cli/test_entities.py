"""`wirewatch entities` as an editor types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.inside import Insider
from tests.servers.service import Wirewatch

LAVROV = {
    "id": "Q58217",
    "labels": {"en": {"language": "en", "value": "Sergey Lavrov"}, "lt": {"language": "lt", "value": "S. Lavrovas"}},
    "aliases": {"en": [{"language": "en", "value": "Lavrov"}]},
}


@pytest.fixture
def user(tmp_path: Path) -> Wirewatch:
    """Somebody with one entity, and no feed."""
    typing = Insider(tmp_path)
    typing.write("feeds.yaml", "feeds: []\n")
    typing.write("entities/people.yaml", "entities:\n  - id: lavrov\n    name: Sergey Lavrov  # the minister\n")
    (tmp_path / "q.json").write_text(json.dumps(LAVROV))
    return typing


def test_what_is_suggested_can_be_pasted(user: Wirewatch) -> None:
    done = user.command("entities", "suggest", "Надія Орлова")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Надії Орлової" in done.stdout
    user.write("entities/mine.yaml", f"entities:\n{done.stdout}")
    assert "2 entities" in user.command("check").stdout


def test_the_language_may_be_said(user: Wirewatch) -> None:
    assert "Володимир Зеленський" in user.command("entities", "suggest", "Volodymyr Zelensky", "--lang", "uk").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("Lavrov", "--lang", "xx"), "there are rules for ru, uk, pl", id="language"),
        pytest.param(("…",), "a name needs letters", id="no name"),
    ],
)
def test_what_cannot_be_suggested(user: Wirewatch, arguments: tuple[str, ...], said: str) -> None:
    done = user.command("entities", "suggest", *arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_an_import_goes_into_the_file_that_knows_the_person(user: Wirewatch, tmp_path: Path) -> None:
    done = user.command("entities", "import", str(tmp_path / "q.json"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "@lavrov  more by 1 spelling, in" in done.stdout
    assert "left out, may mean others: Lavrov" in done.stdout
    assert [path.name for path in (user.rules / "entities").iterdir()] == ["people.yaml"]
    people = (user.rules / "entities" / "people.yaml").read_text()
    assert "name: Sergey Lavrov  # the minister\n" in people
    assert "S. Lavrovas,  # lt" in people
    assert user.command("check").returncode == 0


def test_an_import_of_somebody_new(user: Wirewatch, tmp_path: Path) -> None:
    (user.rules / "entities" / "people.yaml").unlink()
    (user.rules / "entities").rmdir()
    done = user.command("entities", "import", str(tmp_path / "q.json"), "--into", "mine.yaml", "--lang", "en")
    assert "@sergey-lavrov  new, with 2 spellings, in" in done.stdout
    assert "Lavrovas" not in (user.rules / "entities" / "mine.yaml").read_text()
    assert user.command("check").returncode == 0


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        pytest.param("gone.json", None, "gone.json: cannot be read", id="missing"),
        pytest.param("latin.json", b"\xff", "latin.json: is not UTF-8 text", id="not text"),
        pytest.param("page.json", b"<html>", "page.json:1:1: is not JSON", id="a page"),
    ],
)
def test_what_cannot_be_imported(user: Wirewatch, tmp_path: Path, name: str, body: bytes | None, said: str) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    done = user.command("entities", "import", str(tmp_path / name))
    assert done.returncode == 2
    assert said in done.stderr


def test_nothing_is_written_where_it_would_not_load(user: Wirewatch, tmp_path: Path) -> None:
    user.write("entities/a.yaml", "entities:\n  - id: lavrov\n    name: Somebody Else\n")
    before = (user.rules / "entities" / "people.yaml").read_text()
    done = user.command("entities", "import", str(tmp_path / "q.json"))
    assert done.returncode == 2
    assert "used for the second time" in done.stderr
    assert (user.rules / "entities" / "people.yaml").read_text() == before


def test_names_are_put_into_every_case_and_kept_as_reviewed(user: Wirewatch) -> None:
    pytest.importorskip("pymorphy3")  # tests/entities/test_inflect.py fails without it where it must be there
    user.write("entities/people.yaml", "entities:\n  - {id: lavrov, name: S L, inflect: {ru: [Лавров]}}\n")
    missing = user.command("check")
    assert missing.returncode == 2
    assert "people.yaml:2:44: the cases of Лавров are not in the lock file" in missing.stderr
    done = user.command("entities", "inflect")
    assert (done.returncode, done.stderr) == (0, "")
    assert "@lavrov  Лавров: Лаврова, Лаврову, Лавровым, Лаврове" in done.stdout
    assert user.command("check").returncode == 0
    lock = user.rules / "entities" / "inflect.lock.yaml"
    reviewed = lock.read_text().replace("Лавровым, ", "")
    lock.write_text(reviewed)
    assert "Nothing is missing" in user.command("entities", "inflect").stdout
    assert lock.read_text() == reviewed
    user.write("entities/people.yaml", "entities:\n  - {id: kallas, name: K K, inflect: {ru: [Кая Каллас]}}\n")
    assert "people.yaml:2:44: the cases of Кая Каллас are not" in user.command("check").stderr
    refused = user.command("entities", "inflect")
    assert refused.returncode == 2
    assert "the dictionary does not know Кая Каллас as a name in the nominative" in refused.stderr
    assert "@lavrov  Лавров is not asked for any more" in refused.stdout
    assert "Лавров" not in lock.read_text()


def test_help_has_examples(user: Wirewatch) -> None:
    for name in ("suggest", "import", "inflect"):
        assert f"wirewatch entities {name}" in user.command("entities", name, "--help").stdout
