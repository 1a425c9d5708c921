"""Many parts of one process that ask at once, while it is busy."""

from __future__ import annotations

import asyncio
import time

import pytest

from monitor.polling import POLLERS
from monitor.ports import Store

ROUNDS = 8
WORK = 1.3 / POLLERS
"""Seconds of work between two questions, in which nobody else gets on."""


@pytest.mark.slow
async def test_a_busy_process_does_not_take_the_server_to_be_away(embedded_store: Store) -> None:
    async def ask() -> None:
        for _ in range(ROUNDS):
            assert await embedded_store.record(1) is None
            time.sleep(WORK)  # noqa: ASYNC251 (as a decision on a long text does)

    await asyncio.gather(*(ask() for _ in range(POLLERS)))
