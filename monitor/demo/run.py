"""The demo: the real service on the bundled wire, then what it came to."""

from __future__ import annotations

import asyncio
import time
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor import app
from monitor.channels.console_text import HIT, STYLES, WIDEST, WIDTH
from monitor.config import Settings
from monitor.demo import folder, script, summary
from monitor.demo.server import WireServer
from monitor.model import Delivery, Fingerprint, Record
from monitor.ports import Archive

AFTERGLOW = 3.0
"""Seconds the service goes on after the last word of the script, so that all of it is polled and told."""

LEGEND = (
    (("FLASH", "HIGH", "NORMAL"), "a new alert, as loud as its rule asks"),
    (("COPY", "DERIVED", "REPORT"), "the story elsewhere: copied, derived, in own words"),
    (("UPDATE", "CORRECTION", "WITHDRAWN"), "what its publisher said since: [before → after]"),
    (("SERVICE",), "a word of the service about itself"),
    (("words",), "what made the rule fire"),
)
NEXT = Text.assemble(
    ("Now", "bold"),
    ": ",
    ("make run", "bold green"),
    " watches real feeds with the rules in rules/; edit them while it runs. Then ",
    (".venv/bin/wirewatch why URL", "bold green"),
    " tells what became of an item, and which words made which rule fire.",
)


async def run(out: Console, stream: TextIO) -> None:
    """Play the wire to the real service, whose alerts go to `stream`, then print a summary to `out`."""
    wire = script.load()
    told: list[Delivery] = []
    _introduce(out, wire)
    with TemporaryDirectory(prefix="wirewatch-demo-") as temporary:
        rules, data = Path(temporary, "rules"), Path(temporary, "data")
        async with WireServer(wire, time.time) as server:
            folder.lay_out(rules, wire.outlets.values(), server.base)
            settings = Settings(
                rules_dir=rules,
                data_dir=data,
                allow_nets=(ip_network("127.0.0.0/8"),),
                poll_floor=0.2,
                http=None,
            )
            async with app.running(settings, stream=stream, accepted=told.append) as service:
                serving = asyncio.create_task(service.serve())
                try:
                    while server.second < wire.length + AFTERGLOW and not serving.done():  # noqa: ASYNC110 (the play's clock is polled)
                        await asyncio.sleep(0.1)
                finally:  # also on Ctrl-C: what is under way ends before the store does
                    service.stop()
                    await serving
                records = await _records(service.store)
            seconds = server.second
    tally = summary.count(records, [sent.event for sent in told], outlets=len(wire.outlets), seconds=seconds)
    _show(out, Group(summary.render(tally), Text(), NEXT))


def _show(out: Console, page: RenderableType) -> None:
    """Print as wide as the alerts are, without the blanks at the ends of lines where they would be kept."""
    with out.capture() as capture:
        out.print(page, width=min(out.width, WIDEST) if out.is_terminal else WIDTH, soft_wrap=False)
    for line in capture.get().splitlines():
        out.file.write(line.rstrip() + "\n")
    out.file.flush()


def _introduce(out: Console, wire: script.Script) -> None:
    words = (
        f"{len(wire.outlets)} outlets will publish {wire.items} items within "
        f"{wire.length:.0f} seconds on a small server on this machine. The service polls them, with an embedded store "
        "and the rules in monitor/demo/rules. What follows is what its desk gets:"
    )
    legend = Table.grid(padding=(0, 2))
    for labels, meaning in LEGEND:
        legend.add_row(Text(" ").join(Text(label, STYLES.get(label, HIT)) for label in labels), Text(meaning, "dim"))
    _show(out, Group(Text(), Text(words), Text(), legend))


async def _records(archive: Archive) -> list[Record]:
    """Everything the store remembers, in the order in which it was committed."""
    newest = (await archive.neighbours(Fingerprint((), ()), time.time())).clock
    found = [await archive.record(number) for number in range(1, newest + 1)]
    return [record for record in found if record is not None]
