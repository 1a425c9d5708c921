"""OPML read, written, and made into feeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import ConfigError
from monitor.feedlist import file, opml
from monitor.feedlist.importing import taken
from monitor.feedlist.opml import Outline
from monitor.model import Feed

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
  <outline text="World">
    <outline text="Asia" title="Asia">
      <outline type="rss" text="text" title="新华网" xmlUrl="https://cn.example/rss" language="zh-CN"/>
    </outline>
    <outline type="rss" text="  The
      Guardian " xmlURL="https://uk.example/rss" htmlUrl="https://uk.example/" category="/news/uk, daily,asia/pacific"/>
  </outline>
  <outline type="link" text="A page" url="https://page.example/"/>
  <outline text="Off" xmlUrl="https://off.example/" isComment="true"/>
  <outline xmlUrl="feed://bare.example/rss"/>
</body></opml>
"""


def test_folders_and_categories_are_tags() -> None:
    assert opml.read(LIST.encode(), "list.opml") == [
        Outline("https://cn.example/rss", "新华网", "zh-CN", ("World", "Asia"), 5),
        Outline("https://uk.example/rss", "The Guardian", "", ("World", "uk", "daily", "asia/pacific"), 7),
        Outline("feed://bare.example/rss", "", "", (), 12),
    ]


def test_old_charsets_are_read() -> None:
    text = "<?xml version='1.0' encoding='windows-1251'?><opml><body><outline text='Новости' xmlUrl='https://a.example/'/></body></opml>"
    assert opml.read(text.encode("cp1251"), "list.opml")[0].name == "Новости"


BOMB = (
    b"<!DOCTYPE opml [<!ENTITY a 'aaaaaaaa'>\n<!ENTITY b '&a;&a;&a;'>]><opml><body><outline text='&b;'/></body></opml>"
)
OUTSIDE = b"<!DOCTYPE opml [\n<!ENTITY x SYSTEM 'file:///etc/passwd'>]><opml><body><outline text='&x;'/></body></opml>"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(
            b"<opml>\n<body>\n<outline text='A & B'/></body></opml>", "list.opml:3:19: is not well-formed XML", id="&"
        ),
        pytest.param(b"<opml><body>", "list.opml:1:13: is not well-formed XML: no element found", id="cut off"),
        pytest.param(b"", "list.opml:1:1: is not well-formed XML: no element found", id="empty"),
        pytest.param(b"\n<html><body/></html>", "list.opml:2:1: is no OPML: it begins with <html>", id="a page"),
        pytest.param(BOMB, "list.opml:1:", id="an entity bomb"),
        pytest.param(OUTSIDE, "list.opml:2:", id="an entity from outside"),
        pytest.param(
            b"<opml>\n<outline text='&nbsp;'/></opml>",
            "list.opml:2:1: is not well-formed XML: undefined entity",
            id="an HTML entity",
        ),
        pytest.param(b"<?xml version='1.0' encoding='klingon'?><opml/>", "unknown encoding", id="no charset"),
        pytest.param(b"<opml>" + b"<outline text='a'>" * 200, "more than 100 folders within", id="folders without end"),
        pytest.param(b" " * (opml.LONGEST + 1), "is longer than 20 MB", id="too long"),
    ],
)
def test_what_is_no_opml_says_where(body: bytes, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        opml.read(body, "list.opml")
    assert said in str(refused.value)
    if b"ENTITY" in body:
        assert "declares entities of its own" in str(refused.value)


def test_what_is_written_reads_back() -> None:
    feeds = [
        Feed(
            "a", "https://a.example/?x=1&y=<2>", 'A "B" & <C>', 60.0, lang="zh-cn", tags=("Asia & Pacific", "b", "c/d")
        ),
        Feed("b", "https://b.example/", "新华网", 60.0),
        Feed("c", "https://c.example/", "Third", 60.0, tags=("Asia & Pacific",)),
    ]
    read = opml.read(opml.write(feeds, "Mine & yours").encode(), "list.opml")
    by_address = {outline.url: (outline.name, outline.lang, outline.tags) for outline in read}
    assert by_address == {feed.url: (feed.source, feed.lang, feed.tags) for feed in feeds}


def test_a_list_is_taken_once_and_what_cannot_be_polled_is_told(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {id: news, url: https://known.example/rss}\n")
    known = file.read(tmp_path, 0)

    def listed(url: str, name: str = "News", lang: str = "", line: int = 3) -> Outline:
        return Outline(url, name, lang, ("World",), line)

    found = taken(
        [
            listed("https://a.example/rss", lang="EN"),
            listed("https://b.example/rss", lang="unknown language"),
            listed("https://A.example/rss#top"),
            listed("https://known.example/rss"),
            listed("feed:https://c.example/rss", name=""),
            listed("/etc/passwd", line=7),
            listed("https://me:hush@d.example/rss", line=8),
        ],
        known,
        "list.opml",
    )
    assert [(entry.id, entry.url, entry.source, entry.lang) for entry in found.entries] == [
        ("news-2", "https://a.example/rss", "News", "en"),
        ("news-3", "https://b.example/rss", "News", ""),
        ("c-example", "https://c.example/rss", "", ""),
    ]
    assert (found.listed, found.repeated) == (1, 1)
    assert [fault.line for fault in found.faults] == [7, 8]
    assert "hush" not in str(found.faults)
    known.add(found.entries)
    assert [feed.tags for feed in file.read(tmp_path, 0).feeds] == [(), ("World",), ("World",), ("World",)]
