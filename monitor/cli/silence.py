"""`wirewatch silence`: what nobody wants to hear of for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor import desk, yamldoc
from monitor.alerts import silences
from monitor.cli.screen import ago, clock, now, out, plain, settings
from monitor.config import Settings
from monitor.durations import seconds
from monitor.errors import ConfigError, Fault
from monitor.model import Matcher, Silence, Subject
from monitor.ports import Store
from monitor.store import open_store

LONGEST = 30 * 86_400.0
"""Seconds a silence may last: who wants it for longer wants another rule."""


def add(
    matchers: Annotated[list[str], typer.Argument(metavar="MATCHER...", help="What it is about, such as rule=quake*.")],
    lasts: Annotated[str, typer.Option("--for", help="How long, such as 4h; at most 30d.", show_default=False)],
    author: Annotated[str, typer.Option(help="Who asks for it.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why, for those who wonder.", show_default=False)],
) -> None:
    """Silence a rule, tag, story, entity, source, feed or channel for a while.

    Matchers of one kind are a choice, those of several kinds must all hold; `*` stands for anything. A story is named
    by its id, or by the address of one of its texts. Corrections and withdrawals of what was told pass every silence.
    It holds for all processes within two seconds; digests tell how many stories were silenced, `wirewatch why` by whom.

    Examples:
        wirewatch silence add rule=transfer-window --for 4h --author anna --reason 'deadline day'
        wirewatch silence add source='Kyodo*' channel=desk --for 30m --author anna --reason 'tests at Kyodo'
        wirewatch silence add story=https://example.org/quake --for 2h --author ben --reason 'we are on it'
    """
    asked = _matchers(matchers)
    if not author.strip() or not reason.strip():
        raise ConfigError([Fault("silence", 0, 0, "has no author or reason", "others will want to ask")])
    current = settings()
    _known(asked, current)
    made = asyncio.run(_add(current, asked, author.strip(), reason.strip(), _duration(lasts)))
    out.print(Text.assemble("silence ", (made.id, "bold"), f" until {clock(made.until)}: {_about(made)}"))


def list_() -> None:
    """Tell which silences hold: about what, until when, by whom and why.

    Examples:
        wirewatch silence list
    """
    at = now()
    holding = asyncio.run(_holding(settings(), at))
    if not holding:
        out.print("No silence holds.")
        return
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("silence", "about", "ends", "author", "reason"):
        shown.add_column(heading, overflow="fold")
    for silence in holding:
        cells = (_about(silence), ago(silence.until, at), plain(silence.author), plain(silence.reason))
        shown.add_row(Text(silence.id, "bold"), *map(Text, cells))
    out.print(shown)


def expire(silence: Annotated[str, typer.Argument(help="Its id, as `silence list` tells.")]) -> None:
    """End a silence now.

    Examples:
        wirewatch silence expire 3f2a9c0d
    """
    ended = asyncio.run(_end(settings(), silence))
    if ended is None:
        out.print(Text(f"No silence {silence!r} holds."))
        raise typer.Exit(1)
    out.print(Text.assemble("ended ", (ended.id, "bold"), f": {_about(ended)}"))


def _matchers(written: Sequence[str]) -> list[Matcher]:
    """Raises ConfigError with every one that is none."""
    found, faults = [], []
    for text in written:
        try:
            found.append(silences.matcher(text))
        except ValueError as error:
            faults.append(Fault("silence", 0, 0, str(error)))
    if faults:
        raise ConfigError(faults)
    return found


def _known(asked: Sequence[Matcher], current: Settings) -> None:
    """Raises ConfigError for names that nothing in the rules folder has; says nothing while the folder is faulty."""
    try:
        loaded = desk.load(current.rules_dir, current, secrets=False)
    except ConfigError:
        return
    names: dict[Subject, Collection[str]] = {
        Subject.RULE: loaded.rules.rules,
        Subject.TAG: {tag.casefold() for rule in loaded.rules.rules.values() for tag in rule.tags},
        Subject.ENTITY: loaded.rules.entities,
        Subject.FEED: loaded.feeds,
        Subject.CHANNEL: loaded.channels,
    }
    faults = [
        Fault("silence", 0, 0, f"there is no {subject} {name!r}", yamldoc.suggestion(name, names[subject]))
        for subject, name in asked
        if subject in names and "*" not in name and name.casefold() not in names[subject]
    ]
    if faults:
        raise ConfigError(faults)


def _duration(written: str) -> float:
    try:
        lasts = seconds(written)
    except ValueError as error:
        raise ConfigError([Fault("--for", 0, 0, str(error))]) from None
    if not 0 < lasts <= LONGEST:
        raise ConfigError([Fault("--for", 0, 0, f"{written!r} is none, or more than 30d", "change the rule instead")])
    return lasts


async def _add(current: Settings, asked: Sequence[Matcher], author: str, reason: str, lasts: float) -> Silence:
    async with open_store(current, join=True) as store:
        exact = [await _by_id(store, matcher) for matcher in asked]
        made = silences.silence(exact, author, reason, now(), lasts)
        await store.add_silence(made, now())
    return made


async def _by_id(store: Store, matcher: Matcher) -> Matcher:
    """A story named by one of its texts, by its id. Raises ConfigError for a story that nobody knows."""
    if matcher.subject is not Subject.STORY or "*" in matcher.pattern or await store.story(matcher.pattern):
        return matcher
    found = await store.find(matcher.pattern)
    if not found:
        mend = "give its id, or the address of one of its texts"
        raise ConfigError([Fault("silence", 0, 0, f"no story {matcher.pattern!r} is known", mend)])
    return Matcher(Subject.STORY, found[0].story_id)


async def _holding(current: Settings, at: float) -> tuple[Silence, ...]:
    async with open_store(current, join=True) as store:
        return await store.silences(at)


async def _end(current: Settings, silence_id: str) -> Silence | None:
    async with open_store(current, join=True) as store:
        return await store.end_silence(silence_id)


def _about(silence: Silence) -> str:
    return plain(", ".join(map(str, silence.matchers)))
