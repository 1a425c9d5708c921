"""A user at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.inside import Insider
from tests.servers.service import Wirewatch


@pytest.fixture
def user(tmp_path: Path) -> Iterator[Wirewatch]:
    """Somebody with a rules folder: no feed that answers, two rules, a console."""
    typing = Insider(tmp_path)
    typing.write("feeds.yaml", "feeds: []\n")
    typing.rule("world-order", '"world order" AND Lavrov', "high")
    typing.rule("strike", "strike OR walkout")
    yield typing
    typing.kill()
