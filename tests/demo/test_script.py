"""The script as data: it loads, it is written with care, and its mistakes are told with their place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from monitor.demo import script
from monitor.demo.script import Script
from monitor.errors import ConfigError


@pytest.fixture(scope="module")
def wire() -> Script:
    return script.load()


def test_the_play_is_as_long_and_as_full_as_a_demo_should_be(wire: Script) -> None:
    live = [release for release in wire.releases.values() if release.at > 0]
    assert len(wire.outlets) == 12
    assert len(live) >= 55
    assert wire.items == 71
    assert 15 < wire.length < 25
    assert {outlet.format for outlet in wire.outlets.values()} == {"rss", "atom", "json", "rdf", "html"}


def test_every_outlet_with_a_feed_has_old_and_new_items(wire: Script) -> None:
    for outlet in wire.outlets.values():
        releases = [release for release in wire.releases.values() if release.outlet == outlet.id]
        if outlet.format == "html":
            assert not releases
        else:
            assert min(release.at for release in releases) < 0 < max(release.at for release in releases), outlet.id


def test_texts_are_unique_but_for_the_copies_that_are_meant(wire: Script) -> None:
    told = [release for release in wire.releases.values() if release.story and release.number == 1]
    openings = Counter(release.story[0] for release in told)
    assert {release.id for release in told if openings[release.story[0]] > 1} == {
        *("tunxi-update-1", "tunxi-copy", "tunxi-cut", "tunxi-syndicated"),
        *("tunxi-update-2", "tunxi-repeat"),
        *("quake-update", "quake-copy"),
    }
    titles = Counter(release.title for release in wire.releases.values())
    assert [title for title, times in titles.items() if times > 1] == ["Oil prices rise 2%"]


def test_a_copy_has_the_paragraphs_without_the_slug_and_its_own_lines_below(wire: Script) -> None:
    original, copy, cut = (wire.releases[name] for name in ("tunxi-update-1", "tunxi-copy", "tunxi-cut"))
    assert original.paragraphs == ("BC-RUSSIA-CHINA/TUNXI", *original.story)
    assert copy.story[: len(original.story)] == original.story
    assert copy.story[-1].startswith("© Harbour Post")
    assert cut.story == original.story[:3]


def test_a_revision_keeps_guid_page_and_date(wire: Script) -> None:
    versions = [wire.releases[name] for name in ("truce", "truce-corrected", "truce-update", "truce-withdrawn")]
    assert {(version.guid, version.url, version.dated) for version in versions} == {
        ("tag:isthmus-radio.example,2022:truce", "https://isthmus-radio.example/truce", 2.0)
    }
    assert [version.number for version in versions] == [1, 2, 3, 4]


def test_a_feed_shows_the_latest_versions_newest_first_and_no_more_than_it_holds(wire: Script) -> None:
    assert [release.id for release in wire.showing("isthmus", 0)] == ["truce-talks"]
    assert [release.id for release in wire.showing("isthmus", 6.5)] == ["pilots", "truce-update", "truce-talks"]
    for outlet in wire.outlets.values():
        assert len(wire.showing(outlet.id, wire.length)) <= outlet.shows


def test_a_feed_that_moved_gives_all_its_items_other_guids(wire: Script) -> None:
    at = wire.outlets["lakes"].renumbers
    before, after = wire.showing("lakes", at - 0.01), wire.showing("lakes", at)
    assert [release.id for release in after] == [release.id for release in before]
    assert {release.guid for release in after}.isdisjoint(release.guid for release in before)


OUTLET = "outlets: [{id: post, name: Post, site: post.example, format: rss}]\n"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param(
            "entries:\n  - {id: a, at: 1, outlet: pots, title: A}\n",
            "wire.yaml:3:28",
            "there is no outlet 'pots' (did you mean post?)",
            id="outlet",
        ),
        pytest.param(
            "entries:\n  - {id: first, at: 1, outlet: post, title: A}\n  - {id: b, at: 2, revises: fist, title: B}\n",
            "wire.yaml:4:29",
            "there is no entry 'fist' (did you mean first?)",
            id="entry",
        ),
        pytest.param(
            "entries:\n  - {id: a, at: 1, outlet: post, title: A}\n"
            "  - {id: b, at: 1, outlet: post, copy: a, title: B}\n",
            "wire.yaml:4:40",
            "'a' appears no earlier than this entry",
            id="copy of the future",
        ),
        pytest.param(
            "entries:\n  - {id: a, at: 1, outlet: post, title: A}\n  - {id: a, at: 2, outlet: post, title: B}\n",
            "wire.yaml:4:10",
            "there is a second entry 'a'",
            id="twice",
        ),
        pytest.param(
            "entries:\n  - {id: a, at: 1, title: A}\n",
            "wire.yaml:3:5",
            "name either its `outlet` or the entry that it `revises`",
            id="no outlet",
        ),
        pytest.param(
            "entries:\n  - {id: a, at: 1, outlet: post, title: A, text: x, copy: b}\n",
            "wire.yaml:3:5",
            "`text` and `copy` exclude each other",
            id="two texts",
        ),
    ],
)
def test_a_mistake_in_the_script_is_told_with_its_place(tmp_path: Path, text: str, place: str, message: str) -> None:
    (tmp_path / "wire.yaml").write_text(OUTLET + text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        script.load(tmp_path)
    assert str(caught.value).startswith(place + ":")
    assert message in str(caught.value)
