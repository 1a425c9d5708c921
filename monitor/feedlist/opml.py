"""OPML, in which feed readers hand lists of feeds to each other (OPML 2.0).

expat reads it, which opens no file and no address; a document that declares
entities of its own is refused, for it may be made to grow without end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from monitor.errors import ConfigError, Fault
from monitor.model import Feed

LONGEST: Final = 20_000_000
"""Bytes of a file that is read."""
_DEEPEST: Final = 100
_UNFILED: Final = ""
"""The folder of feeds without a tag: none."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed as an OPML file lists it."""

    url: str
    name: str
    lang: str
    tags: tuple[str, ...]
    """The folders around it, the outermost first, then its categories."""
    line: int


def read(body: bytes, name: str) -> list[Outline]:
    """The feeds of a document, in its order. Raises ConfigError, with the line, for what is no OPML."""
    if len(body) > LONGEST:
        raise ConfigError([Fault(name, 0, 0, f"is longer than {LONGEST // 1_000_000} MB")])
    reader = _Reader(name)
    try:
        reader.parser.Parse(body, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise ConfigError([Fault(name, error.lineno, error.offset + 1, f"is not well-formed XML: {said}")]) from None
    except (LookupError, ValueError) as error:  # of encodings
        raise ConfigError([Fault(name, 1, 1, f"cannot be read: {error}")]) from None
    return reader.found


class _Reader:
    """Collects outlines that name a feed; those without an address are folders."""

    def __init__(self, name: str) -> None:
        self.found: list[Outline] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._refuse_entity
        self._name = name
        self._root = True
        self._folders: list[str] = []
        """Of each outline that is open; empty for one that is a feed, or has no name."""

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        if self._root and element.lower() != "opml":
            raise ConfigError([self._fault(f"is no OPML: it begins with <{element}>")])
        self._root = False
        if element.lower() != "outline":
            return
        said = {name.lower(): " ".join(value.split()) for name, value in attributes.items()}
        name, url = said.get("title") or said.get("text") or "", said.get("xmlurl", "")
        if url and said.get("iscomment") != "true":
            folders = [folder for folder in self._folders if folder]
            tags = tuple(dict.fromkeys([*folders, *_categories(said.get("category", ""))]))
            line = self.parser.CurrentLineNumber
            self.found.append(Outline(url, name, said.get("language", ""), tags, line))
        if len(self._folders) == _DEEPEST:
            raise ConfigError([self._fault(f"has more than {_DEEPEST} folders within each other")])
        self._folders.append("" if url else name)

    def _end(self, element: str) -> None:
        if element.lower() == "outline":
            self._folders.pop()

    def _refuse_entity(self, *_declared: object) -> None:
        raise ConfigError([self._fault("declares entities of its own, which no list of feeds needs")])

    def _fault(self, message: str) -> Fault:
        return Fault(self._name, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, message)


def _categories(written: str) -> list[str]:
    """Of `/Boston/Weather,news` the last part of each; a slash within a word is part of it."""
    paths = (path.strip() for path in written.split(","))
    return [tag for path in paths if (tag := path.rpartition("/")[2] if path.startswith("/") else path)]


def write(feeds: Iterable[Feed], title: str) -> str:
    """These feeds as a document, each in the folder of its first tag; its others are categories (without commas)."""
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.tags[0] if feed.tags else _UNFILED, []).append(feed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"  <head><title>{escape(title)}</title></head>", "  <body>"]
    for folder, filed in folders.items():
        if folder == _UNFILED:
            lines += [f"    {_outline(feed)}" for feed in filed]
        else:
            lines += [f"    <outline text={quoteattr(folder)}>"]
            lines += [f"      {_outline(feed)}" for feed in filed]
            lines += ["    </outline>"]
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(feed: Feed) -> str:
    said = {"type": "rss", "text": feed.source, "title": feed.source, "xmlUrl": feed.url}
    said |= {"language": feed.lang, "category": ",".join(feed.tags[1:])}
    return "<outline " + " ".join(f"{name}={quoteattr(value)}" for name, value in said.items() if value) + "/>"
