"""What a feed says it deleted (RFC 6721)."""

from __future__ import annotations

import pytest

from monitor.ingest import tombstones
from monitor.model import Kind
from tests.ingest.documents import atom, read
from tests.items import NOON, an_item

GRAVES = [
    pytest.param("<at:deleted-entry ref='tag:a,2022:1' when='2022-03-30T12:00:00Z'/>", ("tag:a,2022:1",), id="empty"),
    pytest.param(
        '<deleted-entry xmlns="http://purl.org/atompub/tombstones/1.0" when="x" ref="urn:1"><comment>no</comment>'
        "</deleted-entry>",
        ("urn:1",),
        id="with a comment",
    ),
    pytest.param(
        '<at:deleted-entry ref="https://a.example/?a=1&amp;b=2"/>', ("https://a.example/?a=1&b=2",), id="link"
    ),
    pytest.param("<at:deleted-entry ref='1'/>" * 2 + "<at:deleted-entry ref='2'/>", ("1", "2"), id="twice"),
    pytest.param("<at:deleted-entry when='2022'/><at:deleted-entry ref=' '/>", (), id="without a ref"),
    pytest.param("<p>&lt;at:deleted-entry ref='1'/></p>", (), id="in a text"),
    pytest.param("<at:deleted-entry " * 50_000, (), id="without an end"),
]


@pytest.mark.parametrize(("written", "refs"), GRAVES)
def test_what_is_deleted(written: str, refs: tuple[str, ...]) -> None:
    assert tombstones.read(written) == refs


def test_what_is_shown_is_not_deleted() -> None:
    graves = "".join(f"<at:deleted-entry xmlns:at='urn:t' ref='{ref}'/>" for ref in ("1", "2"))
    parsed = read(atom("<id>1</id><title>Here</title>", head=graves))
    (gone,) = parsed.deleted
    assert gone == read(atom("<id>2</id><title>Gone</title>")).items[0].key


def test_a_deleted_item_is_withdrawn_and_keeps_its_words() -> None:
    item = an_item()
    gone = tombstones.withdrawn(item, NOON + 60)
    assert (gone.wire.kind, gone.wire.note, gone.seen_at) == (Kind.WITHDRAWAL, "deleted by its feed", NOON + 60)
    assert (gone.key, gone.title, gone.body) == (item.key, item.title, item.body)
    assert gone.revision != item.revision
