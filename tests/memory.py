"""How much memory this process took."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path

MEGABYTE = 1 << 20


@contextlib.contextmanager
def memory_watched(most: int = 60 * MEGABYTE) -> Iterator[None]:
    """Fails when this process grows by more than `most` bytes at any time within the block.

    The kernel keeps the mark, so that no moment is missed; only Linux can reset it.
    """
    if sys.platform != "linux":
        yield
        return
    Path("/proc/self/clear_refs").write_text("5")
    before = _high_water()
    yield
    assert _high_water() - before < most


def _high_water() -> int:
    """The largest resident size since the last reset, bytes."""
    marked = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    assert marked
    return int(marked[1]) * 1024
