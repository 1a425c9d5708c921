"""`wirewatch feeds import` and `export`: lists of feeds from and for feed readers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.feeds.named import listed
from monitor.cli.screen import counted, out, plain, problems, settings
from monitor.cli.trial import body_of
from monitor.errors import ConfigError, Fault
from monitor.feedlist import file, opml
from monitor.feedlist.importing import Import, taken
from monitor.web.reasons import redacted

TITLE = "Feeds of Wirewatch"


def import_(
    source: Annotated[
        str, typer.Argument(metavar="FILE", help="An OPML file, as feed readers export it; - reads one.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be added.")] = False,
) -> None:
    """Add the feeds of an OPML file to feeds.yaml: folders become tags, names stay, those already there are skipped.

    Nothing is fetched now. A running service polls them at once; what they show then alerts nobody. Exit 1 when some
    could not be taken.

    Examples:
        wirewatch feeds import subscriptions.opml --dry-run
        wirewatch feeds import subscriptions.opml
    """
    current = settings()
    known = file.read(current.rules_dir, current.poll_floor, new=True)
    name = "standard input" if source == "-" else source
    outlines = opml.read(body_of(source), name)
    if not outlines:
        raise ConfigError([Fault(name, 0, 0, "lists no feed", "a feed is an <outline> with an xmlUrl")])
    found = taken(outlines, known, name)
    if found.entries and dry_run:
        known.with_added(found.entries)
    elif found.entries:
        known.add(found.entries)
    for entry in found.entries:
        tags = f"  [{plain(', '.join(entry.tags))}]" if entry.tags else ""
        out.print(Text.assemble((entry.id, "bold"), f"  {plain(entry.source)}{tags}  ", (redacted(entry.url), "dim")))
    out.print(_summary(found, f"would be added to {known.path}" if dry_run else f"added to {known.path}"))
    if found.faults:
        problems(found.faults)
        raise typer.Exit(1)


def _summary(found: Import, done: str) -> Text:
    parts = [f"{counted(len(found.entries), 'feed')} {done}"]
    parts += [f"{found.listed:,} there already"] if found.listed else []
    parts += [f"{found.repeated:,} twice in the list"] if found.repeated else []
    return Text(", ".join(parts) + ".")


def export(
    target: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to write it; - prints it.")] = "-",
) -> None:
    """Write the feeds of feeds.yaml as OPML, which feed readers import: the first tag of a feed is its folder.

    Examples:
        wirewatch feeds export > feeds.opml
        wirewatch feeds export feeds.opml
    """
    feeds = listed(settings())
    text = opml.write(feeds.values(), TITLE)
    if target == "-":
        sys.stdout.buffer.write(text.encode())  # it says that it is UTF-8, whatever the terminal is
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError([Fault(target, 0, 0, f"cannot be written: {error.strerror}")]) from None
    out.print(f"{counted(len(feeds), 'feed')} written to {target}")
