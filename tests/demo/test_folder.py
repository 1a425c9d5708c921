"""The demo's rules folder."""

from __future__ import annotations

from pathlib import Path

from monitor import yamldoc
from monitor.demo import folder, script

WIRE = script.load()


def test_the_folder_has_the_rules_and_the_feeds_of_the_wire(tmp_path: Path) -> None:
    folder.lay_out(tmp_path, WIRE.outlets.values(), "http://127.0.0.1:4000")
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.yaml")}
    people = {"entities/ministers.yaml", "entities/inflect.lock.yaml"}
    assert written == {"diplomacy.yaml", "world.yaml", "routes.yaml", "feeds.yaml", *people}
    document = yamldoc.read((tmp_path / "feeds.yaml").read_text(encoding="utf-8"), "feeds.yaml")
    assert isinstance(document.value, dict)
    feeds = {feed["id"]: feed for feed in document.value["feeds"]}
    assert list(feeds) == list(WIRE.outlets)
    assert feeds["ledger"] == {
        "id": "ledger",
        "url": "http://127.0.0.1:4000/ledger/feed",
        "source": "Northern Ledger",
        "every": "0.5s",
        "lang": "en",
        "tags": [],
        "backfill": 1,
    }
    assert feeds["ladoga"]["source"] == "Ладожский листок"


def test_laying_out_again_moves_the_feeds(tmp_path: Path) -> None:
    for port in (4000, 4001):
        folder.lay_out(tmp_path, WIRE.outlets.values(), f"http://127.0.0.1:{port}")
    assert "127.0.0.1:4001" in (tmp_path / "feeds.yaml").read_text(encoding="utf-8")
