"""`feeds.yaml`, read alone and with feeds added at its end; comments, order and style stay as they are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from monitor import yamldoc
from monitor.desk import FEEDS
from monitor.errors import ConfigError, Fault
from monitor.feedlist.entry import Entry
from monitor.ingest.feeds import load_feeds
from monitor.ingest.identity import canonical_url
from monitor.model import Feed
from monitor.yamldoc.writing import Insertion, Line, added, dashes, line_end, longer, node_at

NEW: Final = """\
# yaml-language-server: $schema=schema/feeds.json
# $schema: schema/feeds.json

feeds: []
"""
"""A file that lists no feed yet."""
_INDENT: Final = "  "
_MARK: Final = "\ufeff"
"""What some editors begin a file with (BOM)."""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A sound `feeds.yaml`."""

    path: Path
    text: str
    feeds: tuple[Feed, ...]
    floor: float
    newline: str = "\n"
    encoding: str = "utf-8"

    @property
    def ids(self) -> frozenset[str]:
        """Those that are taken."""
        return frozenset(feed.id for feed in self.feeds)

    def listed(self, addresses: Iterable[str]) -> Feed | None:
        """The feed that has one of these addresses already."""
        same = {canonical_url(url) for url in addresses}
        return next((feed for feed in self.feeds if canonical_url(feed.url) in same), None)

    def with_added(self, entries: Sequence[Entry]) -> str:
        """The text with these feeds at its end. Raises ConfigError for what would be a fault then."""
        text = with_feeds(self.text, entries)
        try:
            load_feeds(yamldoc.read(text, str(self.path)), self.floor)
        except ConfigError as error:  # the lines that it tells are not written yet
            raise ConfigError([replace(fault, line=0, column=0) for fault in error.faults]) from None
        return text

    def add(self, entries: Sequence[Entry]) -> None:
        """Put a file with these feeds at its end in this one's place, at once; a link still points to it.

        Raises ConfigError, the file being as it was, when it would have a fault then or cannot be written.
        """
        text = self.with_added(entries)
        try:
            self._replace(text)
        except OSError as error:
            raise ConfigError([Fault(str(self.path), 0, 0, f"cannot be written: {error.strerror}")]) from None

    def _replace(self, text: str) -> None:
        path = self.path.resolve()
        beside = path.with_name(f".{path.name}.{os.getpid()}")  # hidden: the rules folder is read at any moment
        try:
            with beside.open("w", encoding=self.encoding, newline=self.newline) as file:
                if path.exists():
                    beside.chmod(path.stat().st_mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def read(folder: Path, floor: float, *, new: bool = False) -> Subscribed:
    """The feeds of a rules folder; `floor` is the operator's shortest interval, in seconds.

    Raises ConfigError with every fault of the file. One that is not there is a fault, or an empty one if it may be
    `new`.
    """
    path, newline, encoding = folder / FEEDS, "\n", "utf-8"
    try:
        with path.open(encoding=encoding) as file:
            text = file.read()
            newline = file.newlines if isinstance(file.newlines, str) else newline
        if text.startswith(_MARK):
            text, encoding = text.removeprefix(_MARK), "utf-8-sig"
    except FileNotFoundError:
        if not new or not folder.is_dir():
            hint = "name your rules folder in WIREWATCH_RULES_DIR, or run from where it is"
            raise ConfigError([Fault(str(path), 0, 0, "there is no such file", hint)]) from None
        text = NEW
    except UnicodeDecodeError as error:
        fault = Fault(str(path), 0, 0, f"is not UTF-8 text (byte {error.start})", "save it as UTF-8")
        raise ConfigError([fault]) from None
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, 0, f"cannot be read: {error.strerror}")]) from None
    return Subscribed(path, text, load_feeds(yamldoc.read(text, str(path)), floor), floor, newline, encoding)


def with_feeds(text: str, entries: Sequence[Entry]) -> str:
    """A sound file with feeds at its end, written as the last one there is."""
    root, listed = node_at(text, "feeds")
    if listed.value and listed.tag.endswith(":seq"):
        in_braces = listed.flow_style or listed.value[-1].flow_style
        lines = [Line([entry.flow() if in_braces else entry.block()]) for entry in entries]
        insertions = longer(text, listed, lines)
    else:  # `[]`, `null` or nothing: its place is taken
        before, after = text[: listed.start_mark.index].rstrip(), text[listed.end_mark.index :]
        text, start = before + after, len(before)
        if root.flow_style:
            insertions = [Insertion(start, f" [{', '.join(entry.flow() for entry in entries)}]")]
        else:
            first = dashes([Line([entry.block()]) for entry in entries], _INDENT, apart=False)
            insertions = [Insertion(line_end(text, start), "".join(f"\n{line}" for line in first))]
    return added(text, insertions)
