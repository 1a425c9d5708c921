"""Fixtures of the ingest room's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from monitor.ingest.fetch import HttpFetcher
from tests.ingest.fetching import AGENT, LOOPBACK


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    """A fetcher that may reach this machine."""
    async with HttpFetcher(AGENT, LOOPBACK) as fetcher:
        yield fetcher
