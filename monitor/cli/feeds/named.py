"""The feeds of the file, those among them that a command names, and the durations that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor import yamldoc
from monitor.config import Settings
from monitor.durations import seconds
from monitor.errors import ConfigError, Fault
from monitor.feedlist import file
from monitor.model import Feed

Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of feeds, as `wirewatch feeds` lists them.")]
OneId = Annotated[str, typer.Argument(metavar="ID", help="The id of a feed.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for scripts.")]


def listed(current: Settings) -> Mapping[str, Feed]:
    """The feeds of the rules folder by id, in their file's order. Raises ConfigError."""
    return {feed.id: feed for feed in file.read(current.rules_dir, current.poll_floor).feeds}


def chosen(wanted: Sequence[str], feeds: Mapping[str, Feed], path: Path) -> Sequence[Feed]:
    """The feeds of these ids, each once. Raises ConfigError for each id that none has."""
    faults = [
        Fault(
            str(path),
            0,
            0,
            f"there is no feed {name!r}",
            yamldoc.suggestion(name, feeds) or "wirewatch feeds lists all",
        )
        for name in wanted
        if name not in feeds
    ]
    if faults:
        raise ConfigError(faults)
    return [feeds[name] for name in dict.fromkeys(wanted)]


def duration(option: str, given: str) -> float:
    """The seconds that an option says. Raises ConfigError for what is no duration, or none at all."""
    try:
        lasts = seconds(given)
    except ValueError as error:
        raise ConfigError([Fault(option, 0, 0, str(error))]) from None
    if not lasts:
        raise ConfigError([Fault(option, 0, 0, f"{given!r} is no time at all")])
    return lasts
