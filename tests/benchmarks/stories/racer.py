"""One of several processes that carry the same texts: `python -m tests.benchmarks.stories.racer URL OUTLET`.

Prints how many stories it opened, and how many of its commits were refused.
"""

from __future__ import annotations

import asyncio
import sys

from monitor import stories
from monitor.model import Carrier, Fate, Outcome, Record, Story, digest
from monitor.ports import Commit
from monitor.store.client import connect
from monitor.store.redis import RedisStore
from tests.benchmarks.stories.quality import all_events
from tests.items import NOON
from tests.stories.wire import Text, an_item


async def main(url: str, outlet: str) -> None:
    """Tell every event's text, under one of its headlines."""
    store = RedisStore(connect(url))
    opened = refused = 0
    for event in all_events().values():
        headline = event.headlines[0] if event.headlines else event.text.headline
        item = an_item(Text(headline, event.text.body), outlet, key=digest(outlet, event.name))
        fingerprint = stories.fingerprint(item)
        while True:
            near = await store.neighbours(fingerprint, NOON)
            verdict = stories.judge(item, near, NOON)
            known = near.stories.get(verdict.story_id)
            carriers = known.carriers if known else ()
            story = Story(
                id=known.id if known else digest(item.key, length=12),
                version=known.version + 1 if known else 1,
                opened_at=NOON,
                last_at=NOON,
                headline=headline,
                carriers=(*carriers, Carrier(item.key, outlet, item.url, headline, verdict.relation, NOON)),
            )
            record = Record(item.kept(), story.id, verdict.relation, verdict.evidence, (), Outcome(Fate.UNMATCHED, ""))
            if await store.commit(Commit(record, fingerprint, story, None, near.clock, ()), NOON):
                opened += known is None
                break
            refused += 1
    await store.close()
    sys.stdout.write(f"{opened} {refused}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
