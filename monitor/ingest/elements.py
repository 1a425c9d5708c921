"""A small XML document as a tree, for the formats that feedparser does not read. Pure.

expat reads it, and a document with a DOCTYPE is refused: so there are no
entities to expand and nothing to fetch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from monitor.ingest.mend import Mended
from monitor.model import Span

_PREFIX = re.compile(r"(</?)[\w.-]+:(?=[\w.-]+[\s/>])")
_CLOSES_ITSELF = re.compile(r"<(?!(?:br|hr|img)\b)([\w.-]+)((?:\s[^<>]*)?)/>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Document:
    """What its elements are stretches of, so that no text is held twice however deep they nest."""

    written: bytes = b""
    words: list[str] = field(default_factory=list)


_NOWHERE = _Document()
_NOTHING = Span(0, 0)


@dataclass(slots=True, eq=False)
class Element:
    """An element; names, of attributes too, are without their prefixes."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list, repr=False)
    document: _Document = field(default=_NOWHERE, repr=False)
    words: Span = _NOTHING
    written: Span = _NOTHING
    """Where they stand in the document."""

    @property
    def text(self) -> str:
        """All words within it, those of its children included."""
        return "".join(self.document.words[self.words.start : self.words.end])

    @property
    def markup(self) -> str:
        """It and what it holds as HTML has it: without prefixes, and closed by a tag."""
        written = self.document.written[self.written.start : self.written.end].decode("utf-8", "replace")
        return _CLOSES_ITSELF.sub(r"<\1\2></\1>", _PREFIX.sub(r"\1", written))

    def all(self, name: str, *deeper: str) -> Iterator[Element]:
        """The elements at the end of a path of names."""
        for child in self.children:
            if child.name == name:
                if deeper:
                    yield from child.all(*deeper)
                else:
                    yield child

    def first(self, *path: str) -> Element:
        """The first of them; an empty one when there is none."""
        return next(self.all(*path), Element(path[-1]))

    def value(self, *path: str) -> str:
        """The words of the first of them, on one line."""
        return " ".join(self.first(*path).text.split())

    def get(self, name: str) -> str:
        """An attribute; empty when it is not there."""
        return self.attributes.get(name, "").strip()


def tree(document: Mended) -> Element | str:
    """The document's root; a reason in words when it cannot be read."""
    try:
        return _Builder(document.text).root()
    except expat.ExpatError as error:
        return f"not well-formed XML: {error}"
    except _HasDoctypeError as error:
        return str(error)


class _HasDoctypeError(ValueError):
    """It may declare what it likes."""


class _Builder:
    """A document as expat comes through it."""

    def __init__(self, text: str) -> None:
        self._document = _Document(text.encode("utf-8", "replace"))
        self._top = Element("")
        self._path = [self._top]
        self._parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._document.words.append
        self._parser.StartDoctypeDeclHandler = self._refuse

    def root(self) -> Element:
        """Raises ExpatError and _HasDoctypeError."""
        self._parser.Parse(self._document.written, True)
        return self._top.children[0]

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(
            _local(name),
            {_local(key): value for key, value in attributes.items()},
            document=self._document,
            words=Span(len(self._document.words), 0),
            written=Span(self._parser.CurrentByteIndex, 0),
        )
        self._path[-1].children.append(element)
        self._path.append(element)

    def _end(self, _name: str) -> None:
        element = self._path.pop()
        element.words = Span(element.words.start, len(self._document.words))
        element.written = Span(element.written.start, self._parser.CurrentByteIndex)

    def _refuse(self, *_declared: object) -> None:
        raise _HasDoctypeError("a document with a DOCTYPE, which this format does not have")


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
