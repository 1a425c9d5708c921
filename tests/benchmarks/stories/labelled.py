"""The pairs written by hand in `pairs.txt`: running affairs, every two of whose items are a labelled pair.

An affair begins with `== name`. An item begins with `[event/text source hours] headline`: items of one event
tell the same, those of one text copy one another, `u` after a text marks a later version with newer facts;
`same-page` gives it the address of the affair's first item, `feed-b` another feed of its publisher.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.stories.generated import Role, Told
from tests.stories.wire import HOUR, Text, an_item

PAIRS = Path(__file__).parent / "pairs.txt"

_ITEM = re.compile(r"^\[(\w+)/(\w+) (\S+) ([\d.]+)(?: (\S+))?\] (.+)$", re.MULTILINE)


def affairs(path: Path = PAIRS) -> Mapping[str, Sequence[Told]]:
    """Each affair's items, in the order in which they came."""
    _, *written = re.split(r"^== (\S+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: _affair(name, content) for name, content in zip(written[::2], written[1::2], strict=True)}


def _affair(name: str, written: str) -> Sequence[Told]:
    _, *parts = _ITEM.split(written)
    told: list[Told] = []
    for nth, at in enumerate(range(0, len(parts), 7)):
        event, text, source, hours, mark, headline, body = parts[at : at + 7]
        item = an_item(
            Text(headline, body.strip()),
            source,
            after=float(hours) * HOUR,
            key=f"{name}-{nth}",
            url=f"https://{source.lower()}.example/{name}" if mark == "same-page" or not nth else "",
            feed=f"{source.lower()}-b" if mark == "feed-b" else "",
        )
        role = Role.UPDATE if text.endswith("u") else Role.REPORT if text != "1" else Role.TEXT
        told.append(Told(item, f"{name}-{event}", f"{name}-{event}-{text}", role))
    return sorted(told, key=lambda one: one.item.seen_at)
