"""One of several processes that tell the same news at the same time and send the alerts.

    python -m tests.store.racer URL OUTLET TEXTS

Commits every text as an item of its outlet, joining the story that it finds or
opening one and alerting; then sends what is due, and prints each id it sent.
"""

from __future__ import annotations

import asyncio
import sys

from monitor.model import Carrier, Fingerprint, Relation, Story
from monitor.ports import Store
from monitor.store.client import connect
from monitor.store.redis import RedisStore
from tests.items import NOON, an_item
from tests.store.made import a_commit, a_delivery

CHANNEL = "desk"
LEASE = 60.0


def passages(text: int) -> range:
    return range(text * 100, text * 100 + 54)


async def tell(store: Store, outlet: str, text: int) -> None:
    """Read, decide, commit; again when another process committed in between."""
    item = an_item(guid=str(text), feed=outlet)
    shown = Fingerprint(tuple(passages(text)), (text,))
    while True:
        near = await store.neighbours(shown, NOON)
        known = next(iter(near.stories.values()), None)
        carriers = known.carriers if known else ()
        relation = Relation.COPY if known else Relation.NEW
        story = Story(
            id=known.id if known else f"{outlet} {text}",
            version=known.version + 1 if known else 1,
            opened_at=NOON,
            last_at=NOON,
            headline=item.title,
            carriers=(*carriers, Carrier(item.key, outlet, item.url, item.title, relation, NOON)),
        )
        alert = [] if known else [a_delivery(f"{story.id} raised", story.id, CHANNEL)]
        commit = a_commit(item, clock=near.clock, story=story, keys=shown.keys, links=shown.links, deliveries=alert)
        if await store.commit(commit, NOON):
            return


async def main(url: str, outlet: str, texts: int) -> None:
    store = RedisStore(connect(url))
    await asyncio.gather(*(tell(store, outlet, text) for text in range(texts)))
    while taken := await store.take(CHANNEL, NOON, LEASE):
        assert await store.sent(taken, None, NOON)
        sys.stdout.write(f"{taken.delivery.id}\n")
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
