"""How well copies, updates and events are told apart, on labelled wires.

    python -m tests.benchmarks.stories [--half seen|unseen|all] [--seed N] [FOLDER]

Events are split in two halves by a hash of their names. The cascade was tuned
with the first (`seen`), never with the second. FOLDER: texts or an archive of
feeds (see `sources`) to make wires of, instead of our own events.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.stories.baselines import BASELINES
from tests.benchmarks.stories.generated import SEED, Shape, Told, wire
from tests.benchmarks.stories.labelled import affairs
from tests.benchmarks.stories.measure import b_cubed, measure, pairs, true_texts
from tests.benchmarks.stories.sources import events_of
from tests.stories.wire import Event, events

TEXTS = Path(__file__).parent / "texts"
HALVES = ("seen", "unseen", "all")


def half_of(name: str) -> str:
    """Which half an event or an affair is in, for ever."""
    return "unseen" if zlib.crc32(name.encode()) % 2 else "seen"


def all_events(half: str = "all") -> Mapping[str, Event]:
    """The events of a half; those of `tests/stories` were tuned with and are all seen."""
    found = {name: (event, "seen") for name, event in events().items()}
    found |= {name: (event, half_of(name)) for name, event in events(TEXTS).items()}
    return {name: event for name, (event, its) in found.items() if half in ("all", its)}


def by_hand(half: str = "all") -> Sequence[Told]:
    """The items of the affairs of a half, as one wire."""
    told = [one for name, items in affairs().items() if half in ("all", half_of(name)) for one in items]
    return sorted(told, key=lambda one: one.item.seen_at)


def table(title: str, labelled: Sequence[Told]) -> Iterator[str]:
    """The figures of one wire, for people."""
    measured = measure(labelled)
    yield f"{title}: {len(labelled)} items"
    for name, judge in BASELINES.items():
        groups, true = judge(labelled), true_texts(labelled)
        yield f"  copies  {name:13} {pairs(groups, true)}  B3 {b_cubed(groups, true).f1:.3f}"
    yield f"  copies  {'wirewatch':13} {measured.copies}  B3 {measured.copies_b3.f1:.3f}"
    yield f"  events  {'wirewatch':13} {measured.events}  B3 {measured.events_b3.f1:.3f}"
    yield (
        f"  swallowed: updates {measured.updates_swallowed:.1%}, other news {measured.news_swallowed:.1%}; "
        f"news wrongly merged {measured.wrongly_merged:.1%}; alerts spared {measured.spared:.1%} of what could be"
    )


def report() -> str:
    """Markdown: the method, then the figures of all wires as they are printed."""
    method = (
        "Pairs of items of one text (`copies`) and of one event (`events`): precision, recall, F1, and B-cubed F1 over "
        "items. `swallowed`: told as a copy of what it is not, so that nobody hears what is new."
    )
    return f"{method}\n\n```\n{figures('all')}```\n"


def figures(half: str, seed: int = SEED) -> str:
    """Every wire's figures."""
    wires: dict[str, Sequence[Told]] = {f"generated, {shape}": wire(shape, all_events(half), seed) for shape in Shape}
    wires["by hand"] = by_hand(half)
    return "".join(f"{line}\n" for title, labelled in wires.items() for line in table(title, labelled))


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.stories")
    parser.add_argument("--half", choices=HALVES, default="all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("folder", nargs="?", type=Path)
    asked = parser.parse_args(arguments)
    if asked.folder is None:
        sys.stdout.write(figures(asked.half, asked.seed))
        return
    found = events_of(asked.folder)
    if not found:
        sys.exit(f"no texts and no feeds with texts in {asked.folder}")
    for shape in Shape:
        labelled = wire(shape, found, asked.seed)
        sys.stdout.writelines(f"{line}\n" for line in table(f"generated, {shape}", labelled))
