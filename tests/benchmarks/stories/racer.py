"""One of several processes that tell the same texts: `python -m tests.benchmarks.stories.racer URL OUTLET`.

Says that it is ready, waits for a line, takes every event's text through the
line, and says how many of its commits were refused.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from monitor import pipeline
from monitor.config import Settings
from monitor.desk import FEEDS, ROUTES, InForce, load
from monitor.ingest.parse import ParserPool
from monitor.model import digest
from monitor.observe.metrics import Metrics
from monitor.store.client import connect
from monitor.store.redis import RedisStore
from monitor.survey import Arrival
from tests.benchmarks.line import CONSOLE, Shelf
from tests.benchmarks.stories.quality import all_events
from tests.items import NOON
from tests.stories.wire import an_item


async def main(url: str, outlet: str) -> None:
    """Tell every event's text as an item of this outlet."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = Settings(rules_dir=Path(folder))
        _write_rules(settings.rules_dir, outlet)
        desk = load(settings.rules_dir, settings)
    store, metrics = RedisStore(connect(url)), Metrics()
    line = pipeline.Line(Shelf({}), ParserPool(), store, InForce(desk), metrics, lambda: NOON, lambda: 0.5)
    items = [an_item(event.text, outlet, key=digest(outlet, name)) for name, event in all_events().items()]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for item in items:
        assert await pipeline.take(line, desk, item, None, Arrival())
    await store.close()
    sys.stdout.write(f"{metrics.registry.get_sample_value('wirewatch_commit_conflicts_total'):.0f}\n")


def _write_rules(folder: Path, outlet: str) -> None:
    (folder / FEEDS).write_text(f"feeds:\n  - {{id: {outlet}, url: https://www.{outlet}.example/feed}}\n")
    (folder / ROUTES).write_text(CONSOLE)
    (folder / "rules.yaml").write_text("rules:\n- {id: all, query: 'the OR a OR of OR in'}\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
