"""`wirewatch feeds add`: a feed found at an address, and written into feeds.yaml."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from monitor.cli.feeds.looks import summary
from monitor.cli.feeds.named import duration
from monitor.cli.screen import busy, counted, now, out, plain, settings
from monitor.config import Settings
from monitor.errors import ConfigError, Fault
from monitor.feedlist import discovery, file
from monitor.feedlist.discovery import Found
from monitor.feedlist.entry import Entry, an_id
from monitor.feedlist.file import Subscribed
from monitor.feedlist.looking import Look, looking, unlisted
from monitor.model import Feed
from monitor.web.reasons import redacted

LONGEST_NAME = 60
"""Characters of a title that is taken for the name of the outlet."""


def add(
    address: Annotated[str, typer.Argument(metavar="URL", help="Of a feed, or of a page that has feeds.")],
    pick: Annotated[int | None, typer.Option(min=1, help="Take the feed of this number, and ask nothing.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Take the first feed, and ask nothing.")] = False,
    feed_id: Annotated[str, typer.Option("--id", help="Its id; made of its title when left out.")] = "",
    every: Annotated[str, typer.Option(help="Time between two polls, such as 2m.")] = "",
    tags: Annotated[list[str] | None, typer.Option("--tag", help="A tag; may be given several times.")] = None,
) -> None:
    """Find the feeds at an address, show what they are, and add the one you choose to feeds.yaml.

    A page is searched for the feeds that it names; if it names none, a few usual places are tried. Comments and format
    of the file stay. A running service polls the feed at once; what it shows then alerts nobody.

    Examples:
        wirewatch feeds add https://www.bbc.com/news/world
        wirewatch feeds add example.org/feed.xml --yes --id example --every 2m
    """
    if every:
        duration("--every", every)
    current = settings()
    known = file.read(current.rules_dir, current.poll_floor, new=True)
    wanted = unlisted(address)
    _refuse_listed(known, [wanted.url])
    given = Entry(feed_id or an_id("", wanted.url, known.ids), wanted.url, every=every, tags=tuple(tags or ()))
    known.with_added([given])  # what cannot be written is told before anybody is asked
    with busy(f"looking at {redacted(wanted.url)}"):
        found = asyncio.run(_found(current, wanted))
    if not found.feeds:
        raise ConfigError([_no_feed(found)])
    unknown = [look for look in found.feeds if not known.listed(look.addresses)]
    if not unknown:
        _refuse_listed(known, found.feeds[0].addresses)
    look = _chosen(unknown, pick, yes)
    entry = Entry(
        id=feed_id or an_id(look.title, look.address, known.ids),
        url=look.address,
        source=look.title if len(look.title) <= LONGEST_NAME else look.feed.source,
        every=every,
        lang=look.lang,
        tags=given.tags,
    )
    known.add([entry])
    out.print(Text.assemble("added ", (entry.id, "bold green"), f" to {known.path}:"))
    out.print(Text(f"  {entry.block()}".replace("\n", "\n  "), "dim"))


async def _found(current: Settings, wanted: Feed) -> Found:
    async with looking(current) as looker:
        return await discovery.find(looker, wanted, now())


def _refuse_listed(known: Subscribed, addresses: Sequence[str]) -> None:
    """Raises ConfigError when one of the addresses is in the file already."""
    if feed := known.listed(addresses):
        raise ConfigError([Fault(str(known.path), 0, 0, f"has this feed already: {feed.id}")])


def _no_feed(found: Found) -> Fault:
    """Why nothing at the address can be added."""
    hint = "it names no feed: look for one on the page, and give its address"
    if found.named:
        hint = f"it names {counted(found.named, 'feed')}, none of which can be read"
    return Fault(redacted(found.first.feed.url), 0, 0, found.first.fault, hint if found.first.parsed else "")


def _chosen(looks: Sequence[Look], pick: int | None, yes: bool) -> Look:
    """The feed to add, after all of them were shown. Raises ConfigError when there is no such one."""
    for number, look in enumerate(looks, 1):
        out.print(Text.assemble((f"{number}  ", "bold cyan"), summary(look, now())))
        out.print(Text(f"   {plain(redacted(look.address))}", "dim"))
    number = pick or (1 if yes else _asked_for(len(looks)))
    if not 0 < number <= len(looks):
        raise ConfigError(
            [Fault("--pick", 0, 0, f"there is no feed {number} here, only {counted(len(looks), 'feed')}")]
        )
    return looks[number - 1]


def _asked_for(most: int) -> int:
    """The number that a person chooses; ends the command when it is none."""
    if most == 1:
        typer.confirm("Add it?", default=True, abort=True)
        return 1
    number: int = typer.prompt("Which one to add", type=int)
    return number
