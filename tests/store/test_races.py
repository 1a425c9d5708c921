"""Several processes on one server are one service."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from monitor.model import Fingerprint, Relation
from monitor.store.client import connect
from monitor.store.redis import RedisStore
from tests.items import NOON
from tests.servers.stores import RedisServer
from tests.store.racer import CHANNEL, passages

ROOT = Path(__file__).parents[2]
OUTLETS = ("ash", "birch", "cedar", "dogwood")
TEXTS = 40


async def run(url: str, outlet: str) -> list[str]:
    """Ids of what this process sent."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.racer", url, outlet, str(TEXTS)), cwd=ROOT, stdout=subprocess.PIPE
    )
    sent, _ = await process.communicate()
    assert process.returncode == 0
    return sent.decode().splitlines()


async def test_one_story_and_one_alert_however_many_tell_it_at_once(redis_server: RedisServer) -> None:
    sent = [alert for share in await asyncio.gather(*(run(redis_server.url, o) for o in OUTLETS)) for alert in share]
    store = RedisStore(connect(redis_server.url))
    stories = []
    for text in range(TEXTS):
        near = await store.neighbours(Fingerprint(tuple(passages(text)), ()), NOON)
        (story,) = near.stories.values()
        assert story.version == len(OUTLETS)
        assert {carrier.source for carrier in story.carriers} == set(OUTLETS)
        assert [carrier.relation for carrier in story.carriers].count(Relation.NEW) == 1
        stories.append(story.id)
    assert (await store.backlog([CHANNEL]))[0].waiting == 0
    await store.close()
    assert sorted(sent) == sorted(f"{story} raised" for story in stories)
