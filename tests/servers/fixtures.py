"""The servers as fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.hostile import HostileServer


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    """A misbehaving web server of this test's own."""
    with HostileServer() as server:
        yield server
