"""Feeds brought in: `wirewatch feeds add`, `import` and `export`, as an editor types them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.inside import inside
from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import Wirewatch, rss

STRIKE = ("1", "Strike closes port", "The port was closed on Thursday by a strike of its dock workers.")
PAGE = b"""<!doctype html><title>Us</title>
<link rel=alternate type=application/rss+xml href=/news><link rel=alternate type=application/rss+xml href=/sports>"""
OURS = "# ours\nfeeds:\n  - id: one  # the first\n    url: https://one.example/\n"


@pytest.fixture
def page(hostile: HostileServer) -> HostileServer:
    """A site whose page names two feeds."""
    hostile.serve("/page", Answer(PAGE, content_type="text/html"))
    hostile.set("/news", rss(STRIKE))
    hostile.set("/sports", rss().replace(b"News", b"Sports, and more"))
    return hostile


def test_a_feed_is_found_shown_and_added(user: Wirewatch, page: HostileServer) -> None:
    user.write("feeds.yaml", OURS)
    done = user.command("feeds", "add", page.url("/page"), text="2\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"1  News  1 item, newest .* ago, language not said\n", done.stdout)
    assert "2  Sports, and more  0 items, no dates, language not said\n" in done.stdout
    added = f'  - id: sports-and-more\n    url: {page.url("/sports")}\n    source: "Sports, and more"\n'
    assert (user.rules / "feeds.yaml").read_text() == OURS + added
    again = inside(user, "feeds", "add", page.url("/sports"), "--yes")
    assert again.code == 2
    assert "feeds.yaml: has this feed already: sports-and-more" in again.text


def test_what_is_given_is_written_and_nothing_asked(user: Wirewatch, page: HostileServer) -> None:
    given = ("--id", "port", "--every", "2m", "--tag", "sea", "--tag", "trade")
    assert inside(user, "feeds", "add", page.url("/page"), "--pick", "1", *given).code == 0
    added = f"  - id: port\n    url: {page.url('/news')}\n    source: News\n    every: 2m\n    tags: [sea, trade]\n"
    assert (user.rules / "feeds.yaml").read_text() == f"feeds:\n{added}"


@pytest.mark.parametrize(
    ("arguments", "text", "code", "said", "asked"),
    [
        pytest.param(("/page", "--pick", "3"), "", 2, "there is no feed 3 here, only 2 feeds", True, id="too far"),
        pytest.param(("/news",), "n\n", 1, "Aborted", True, id="no, thanks"),
        pytest.param(("/html",), "", 2, "an HTML page titled “Just a moment” it names no feed", True, id="a page"),
        pytest.param(("/news", "--id", "Bad!"), "", 2, "'Bad!' may only hold lower-case", False, id="no id"),
        pytest.param(("/news", "--every", "often"), "", 2, "'often' is not a duration", False, id="no duration"),
    ],
)
def test_what_is_not_added(
    user: Wirewatch, page: HostileServer, arguments: tuple[str, ...], text: str, code: int, said: str, asked: bool
) -> None:
    path, *options = arguments
    done = inside(user, "feeds", "add", page.url(path), *options, text=text)
    assert (done.code, said in done.flat) == (code, True), done.text
    assert bool(page.requests) is asked
    assert (user.rules / "feeds.yaml").read_text() == "feeds: []\n"


LIST = """<opml version="2.0"><body>
<outline text="Asia"><outline title="One News" xmlUrl="https://a.example/rss" language="en"/></outline>
<outline title="One News" xmlUrl="https://one.example/"/>
<outline title="Broken" xmlUrl="mailto:me"/>
</body></opml>
"""


def test_a_list_is_imported_and_exported(user: Wirewatch, tmp_path: Path) -> None:
    user.write("feeds.yaml", OURS)
    (tmp_path / "list.opml").write_text(LIST)
    assert "1 feed would be added to" in inside(user, "feeds", "import", str(tmp_path / "list.opml"), "--dry-run").text
    assert (user.rules / "feeds.yaml").read_text() == OURS
    done = user.command("feeds", "import", str(tmp_path / "list.opml"))
    assert done.returncode == 1
    assert "one-news  One News  [Asia]  https://a.example/rss\n" in done.stdout
    assert done.stdout.endswith("feeds.yaml, 1 there already.\n")
    assert "list.opml:4:1: the address of 'Broken' must start with https://" in done.stderr
    entry = "  - id: one-news\n    url: https://a.example/rss\n    source: One News\n    lang: en\n    tags: [Asia]\n"
    assert (user.rules / "feeds.yaml").read_text() == OURS + entry
    exported = user.command("feeds", "export")
    assert (exported.returncode, exported.stderr) == (0, "")
    user.write("feeds.yaml", "feeds: []\n")
    assert inside(user, "feeds", "import", "-", text=exported.stdout).code == 0
    written = (user.rules / "feeds.yaml").read_text()
    assert entry in written
    assert "url: https://one.example/\n" in written


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("import", "-"), "standard input: lists no feed", id="an empty list"),
        pytest.param(("import", "gone.opml"), "gone.opml: cannot be read: No such file", id="no file"),
        pytest.param(("export", "/gone/list.opml"), "/gone/list.opml: cannot be written: No such file", id="no folder"),
    ],
)
def test_what_cannot_be_read_or_written(user: Wirewatch, arguments: tuple[str, ...], said: str) -> None:
    done = inside(user, "feeds", *arguments, text="<opml/>")
    assert (done.code, said in done.flat) == (2, True), done.text
