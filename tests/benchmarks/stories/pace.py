"""How fast texts are read and judged."""

from __future__ import annotations

import time

from monitor import stories
from tests.benchmarks.figures import table
from tests.benchmarks.stories.generated import Shape, wire
from tests.benchmarks.stories.quality import all_events
from tests.stories.wire import a_record, near

NEIGHBOURS = 8


def report() -> str:
    """Markdown: the method, then items a CPU second."""
    method = (
        f"Fingerprint and verdict of every item of the generated wires, each beside {NEIGHBOURS} before it, as many "
        "as the store hands out at most, and all of them read before, as in a busy hour."
    )
    rows = [(str(shape), *_pace(shape)) for shape in Shape]
    return f"{method}\n\n{table(('wire', 'words an item', 'items a CPU second'), rows)}"


def _pace(shape: Shape) -> tuple[float, float]:
    items = [one.item for one in wire(shape, all_events())]
    records = [a_record(item) for item in items]
    start = time.process_time()
    for at in range(NEIGHBOURS, len(items)):
        stories.fingerprint(items[at])
        stories.judge(items[at], near(records[at - NEIGHBOURS : at]), items[at].seen_at)
    took = time.process_time() - start
    return sum(len(item.body.split()) for item in items) / len(items), (len(items) - NEIGHBOURS) / took
