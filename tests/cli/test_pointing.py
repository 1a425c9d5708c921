"""The caret stands under the place, whatever the line holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from monitor.cli.pointing import WIDTH, Sources, pointed
from monitor.errors import Fault


@pytest.mark.parametrize(
    ("line", "column", "excerpt", "caret"),
    [
        pytest.param("id: a", 5, "id: a", "    ^", id="one letter"),
        pytest.param("id: a", 1, "id: a", "^", id="the beginning"),
        pytest.param("id:", 4, "id:", "   ^", id="the end, where something is missing"),
        pytest.param("id:", 40, "id:", "   ^", id="past the end"),
        pytest.param("世界 AND x", 8, "世界 AND x", "         ^", id="wide letters take two columns"),
        pytest.param("e\u0301 AND x", 8, "e\u0301 AND x", "      ^", id="a combining accent takes none"),
        pytest.param("\tid: a", 6, " id: a", "     ^", id="a tab is one blank"),
        pytest.param("a\x1b[31mb", 7, "a [31mb", "      ^", id="nothing steers the terminal"),
        pytest.param("", 1, "", "^", id="an empty line"),
    ],
)
def test_where_the_caret_stands(line: str, column: int, excerpt: str, caret: str) -> None:
    assert pointed(line, column) == (excerpt, caret)


@pytest.mark.parametrize("column", [1, 30, 2500, 4990, 5001])
def test_of_a_long_line_what_is_around_the_place(column: int) -> None:
    line = "".join(f"{number:>5}" for number in range(1000))
    excerpt, caret = pointed(line, column)
    assert cell_len(excerpt) <= WIDTH + 2
    under = excerpt[len(caret) - 1 :] if len(caret) <= len(excerpt) else ""
    assert line[column - 1 :].startswith(under.rstrip("…"))


def test_a_place_that_cannot_be_read_has_no_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"one\r\ntwo\n")
    (tmp_path / "latin.yaml").write_bytes(b"\xff")
    sources = Sources()
    places = [("a.yaml", 1), ("a.yaml", 2), ("a.yaml", 9), ("a.yaml", 0), ("latin.yaml", 1), ("missing.yaml", 1)]
    lines = [sources.line(Fault(str(tmp_path / name), line, 1, "wrong")) for name, line in places]
    assert lines == ["one", "two", "", "", "", ""]
