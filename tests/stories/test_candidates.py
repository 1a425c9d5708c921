"""Under which keys items are filed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from monitor.model import Kind
from monitor.stories import compare, fingerprint
from monitor.stories.candidates import SKETCH, addresses
from tests.benchmarks.stories.generated import Role, Shape, wire
from tests.stories.wire import Text, an_item, events

TUNXI = an_item(events()["tunxi-meeting"].text, key="tunxi", url="https://meridian.example/tunxi")
MOST_KEYS = 2 * SKETCH + 1 + 1 + 3 + 6 + 6
"""Two sketches, the lead, a slug, pairs of three words of the headline, of four names, of four words of the opening."""


def found() -> str:
    """Keys of a text, and all measures of every event's text beside its other texts."""
    beside = [
        compare(an_item(event.text, key="a"), an_item(other, "Harbour", key="b"))
        for event in events().values()
        for other in (*event.reports, *event.updates, *event.later, *event.other, *event.translations)
    ]
    return repr((fingerprint(TUNXI), beside))


def test_keys_and_measures_are_the_same_in_every_process() -> None:
    print_them = "import sys; from tests.stories.test_candidates import found; sys.stdout.write(found())"
    for seed in "12":
        environment = os.environ | {"PYTHONHASHSEED": seed}
        told = subprocess.run(
            [sys.executable, "-c", print_them], env=environment, capture_output=True, text=True, check=True
        )
        assert told.stdout == found()


def test_keys_are_those_of_the_stores_layout() -> None:
    found = fingerprint(TUNXI)
    assert len(found.keys) == len(set(found.keys)) <= MOST_KEYS
    assert all(0 <= key < 1 << 32 for key in found.keys)
    assert all(0 <= link < 1 << 64 for link in found.links)


@pytest.mark.parametrize(
    ("url", "guid", "own"),
    [
        ("https://a.example/news/1", "42", ["https://a.example/news/1"]),
        ("https://a.example/news?id=1", "", ["https://a.example/news?id=1"]),
        ("https://a.example/", "https://a.example", []),
        ("", "urn:newsml:a.example:1", ["urn:newsml:a.example:1"]),
        ("", "tag:a.example,2022:1", ["tag:a.example,2022:1"]),
        ("https://a.example/1", "https://a.example/1", ["https://a.example/1"]),
        ("https://a.example/1", "https://a.example/?p=1", ["https://a.example/1", "https://a.example/?p=1"]),
        ("", "ftp://a.example/1", []),
        ("https://[bad/1", "", []),
    ],
)
def test_only_addresses_of_one_page_are_links(url: str, guid: str, own: list[str]) -> None:
    item = an_item("Talks in Tunxi", url=url or "https://a.example/", guid=guid or "1")
    assert list(addresses(item)) == own
    assert len(fingerprint(item).links) == len(own)


def test_same_slug_is_found_whatever_the_words() -> None:
    one = an_item(Text("Ministers meet", "Talks began."), slug="RUSSIA-CHINA/")
    other = an_item(Text("New twist", "Nobody had seen it coming."), slug="RUSSIA-CHINA/")
    assert set(fingerprint(one).keys) & set(fingerprint(other).keys)


def test_a_kill_is_found_by_the_headline_it_carries() -> None:
    event = events()["morocco-earthquake"]
    kill = an_item(event.text.headline, kind=Kind.WITHDRAWAL)
    assert len(set(fingerprint(kill).keys) & set(fingerprint(an_item(event.text)).keys)) >= 6


@pytest.mark.parametrize("shape", Shape)
def test_every_copy_shares_keys_with_the_text(shape: Shape) -> None:
    told = wire(shape, events())
    original = {one.text: fingerprint(one.item) for one in told if one.role is Role.TEXT}
    lost = [
        one.item.key
        for one in told
        if one.text in original and not set(fingerprint(one.item).keys) & set(original[one.text].keys)
    ]
    assert lost == []


def test_an_empty_item_has_no_keys() -> None:
    assert fingerprint(an_item("")).keys == ()
