"""Feeds added to a `feeds.yaml` that a person keeps."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from monitor import yamldoc
from monitor.errors import ConfigError
from monitor.feedlist import file
from monitor.feedlist.entry import Entry, an_id
from monitor.feedlist.file import NEW, with_feeds
from monitor.ingest.feeds import load_feeds

NEWS = Entry("news", "https://news.example/feed?a=1,2", "The News: Daily", "5m", "en", ("uk", "front page"))
BARE = Entry("bare", "https://bare.example/rss.xml")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "# ours\ndefaults: {every: 10m}\n\nfeeds:\n  - id: a  # the first\n    url: https://a.example/\n",
            "# ours\ndefaults: {every: 10m}\n\nfeeds:\n  - id: a  # the first\n    url: https://a.example/\n"
            '  - id: news\n    url: "https://news.example/feed?a=1,2"\n    source: "The News: Daily"\n    every: 5m\n'
            "    lang: en\n    tags: [uk, front page]\n"
            "  - id: bare\n    url: https://bare.example/rss.xml\n",
            id="lines",
        ),
        pytest.param(
            "feeds:\n- {id: a, url: https://a.example/}  # the first\n\n# the end\n",
            "feeds:\n- {id: a, url: https://a.example/}  # the first\n"
            '- {id: news, url: "https://news.example/feed?a=1,2", source: "The News: Daily", every: 5m, lang: en, '
            "tags: [uk, front page]}\n"
            "- {id: bare, url: https://bare.example/rss.xml}\n\n# the end\n",
            id="braces, and a comment that is about something else",
        ),
        pytest.param(
            "feeds:\n  - id: a\n    url: https://a.example/\n\n  - id: b\n    url: https://b.example/\n    # slow\n"
            "\n  # no more\n",
            "feeds:\n  - id: a\n    url: https://a.example/\n\n  - id: b\n    url: https://b.example/\n    # slow\n"
            '\n  - id: news\n    url: "https://news.example/feed?a=1,2"\n    source: "The News: Daily"\n    every: 5m\n'
            "    lang: en\n    tags: [uk, front page]\n"
            "\n  - id: bare\n    url: https://bare.example/rss.xml\n"
            "\n  # no more\n",
            id="blank lines between, a comment that belongs to the last",
        ),
    ],
)
def test_feeds_are_written_as_the_last_one_is(before: str, after: str) -> None:
    assert with_feeds(before, [NEWS, BARE]) == after


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NEW, id="a new file"),
        pytest.param("feeds: []", id="brackets, no line end"),
        pytest.param("feeds: []  # none yet\ndefaults: {every: 1m}\n", id="brackets and a comment"),
        pytest.param("feeds:\n# none yet\ndefaults: {every: 1m}\n", id="nothing"),
        pytest.param("feeds: null\n", id="null"),
        pytest.param("{feeds: []}\n", id="a file in braces"),
        pytest.param("feeds: [{id: a, url: https://a.example/}]\n", id="a list on one line"),
        pytest.param(
            "feeds: [\n  {id: a, url: https://a.example/},\n  {id: b, url: https://b.example/}  # b\n]\n", id="[]"
        ),
        pytest.param(
            "feeds:\n    - id: a\n      url: https://a.example/\n      tags:\n        - x  # y\n", id="deeper"
        ),
        pytest.param("feeds:\n  - url: >-\n      https://a.example/\n    id: a\n\n\n# end", id="no line end"),
        pytest.param(
            "feeds:\n  - id: a\n    url: |-\n      https://a.example/\n\ndefaults: {every: 1m}\n", id="a block"
        ),
    ],
)
def test_what_is_added_is_read_and_all_else_is_as_it_was(text: str) -> None:
    before = load_feeds(yamldoc.read(text, "feeds.yaml"), 0)
    made = with_feeds(text, [NEWS, BARE])
    after = load_feeds(yamldoc.read(made, "feeds.yaml"), 0)
    assert after[: len(before)] == before
    assert [(feed.id, feed.url, feed.tags) for feed in after[len(before) :]] == [
        (entry.id, entry.url, entry.tags) for entry in (NEWS, BARE)
    ]
    assert [word for word in text.split() if word.startswith("#") and word not in made.split()] == []


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_file_keeps_its_line_ends(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_bytes(newline.join(["# ours", "feeds:", "  - id: a", "    url: https://a.example/", ""]).encode())
    file.read(tmp_path, 0).add([BARE])
    lines = ["# ours", "feeds:", "  - id: a", "    url: https://a.example/"]
    lines += ["  - id: bare", "    url: https://bare.example/rss.xml", ""]
    assert path.read_bytes() == newline.join(lines).encode()


def test_a_file_is_replaced_and_remains_what_it_was(tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "rules"
    kept.mkdir()
    folder.mkdir()
    (kept / "ours.yaml").write_bytes(b"\xef\xbb\xbffeeds: []\n")
    (kept / "ours.yaml").chmod(0o640)
    (folder / "feeds.yaml").symlink_to("../kept/ours.yaml")
    with (kept / "ours.yaml").open("rb") as being_read:
        file.read(folder, 0).add([BARE])
        assert being_read.read() == b"\xef\xbb\xbffeeds: []\n"
    written = b"\xef\xbb\xbffeeds:\n  - id: bare\n    url: https://bare.example/rss.xml\n"
    assert (folder / "feeds.yaml").is_symlink()
    assert (kept / "ours.yaml").read_bytes() == written
    assert (kept / "ours.yaml").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (*kept.iterdir(), *folder.iterdir())] == ["ours.yaml", "feeds.yaml"]


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: []\n")
    known = file.read(tmp_path, 0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20, hard))  # as if the disk were full
    try:
        with pytest.raises(ConfigError, match="cannot be written: File too large"):
            known.add([BARE])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "feeds: []\n"
    assert [*tmp_path.iterdir()] == [path]


def test_a_file_that_would_be_faulty_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds:\n  - {id: bare, url: https://other.example/}\n")
    with pytest.raises(ConfigError, match="another feed has this id"):
        file.read(tmp_path, 0).add([BARE])
    assert path.read_text() == "feeds:\n  - {id: bare, url: https://other.example/}\n"


def test_the_same_address_is_the_same_however_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text("feeds:\n  - {id: a, url: https://A.example/feed#top}\n")
    known = file.read(tmp_path, 0)
    assert known.listed(["https://other.example/", "https://a.example:443/feed"]) == known.feeds[0]
    assert known.listed(["https://a.example/other"]) is None


def test_a_folder_without_the_file_gets_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        file.read(tmp_path, 0)
    file.read(tmp_path, 0, new=True).add([BARE])
    assert [feed.id for feed in file.read(tmp_path, 0).feeds] == ["bare"]
    assert (tmp_path / "feeds.yaml").read_text().startswith("# yaml-language-server: $schema=schema/feeds.json")
    with pytest.raises(ConfigError, match="no such file"):
        file.read(tmp_path / "elsewhere", 0, new=True)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(lambda path: path.write_bytes(b"\xff"), "is not UTF-8 text", id="not text"),
        pytest.param(lambda path: path.mkdir(), "cannot be read: Is a directory", id="a folder"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, damage: object, said: str) -> None:
    assert callable(damage)
    damage(tmp_path / "feeds.yaml")
    with pytest.raises(ConfigError, match=said):
        file.read(tmp_path, 0, new=True)


@pytest.mark.parametrize(
    ("name", "url", "taken", "made"),
    [
        pytest.param("BBC News - World", "", (), "bbc-news-world", id="a name"),
        pytest.param("BBC News - World", "", ("bbc-news-world", "bbc-news-world-2"), "bbc-news-world-3", id="taken"),
        pytest.param("新华网", "https://www.news.example.cn/rss", (), "news-example-cn", id="another script"),
        pytest.param("Reuters' “World’s” News", "", (), "reuters-world-news", id="quotes"),
        pytest.param("…", "https://[2001:db8::1]/", (), "2001-db8-1", id="an address for a host"),
        pytest.param("", "", (), "feed", id="nothing at all"),
    ],
)
def test_ids_are_made_of_names(name: str, url: str, taken: tuple[str, ...], made: str) -> None:
    assert an_id(name, url, taken) == made
