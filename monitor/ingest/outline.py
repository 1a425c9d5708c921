"""What expat says of a document: whether it is well-formed, and where its items stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

_PARENTS = {"rss": ["rss", "channel"], "RDF": ["RDF"], "feed": ["feed"]}
"""What an item stands in, by the document's root."""
_ITEM = ("item", "entry")
_END = re.compile(rb"</(?:[^\s:<>]+:)?(?:item|entry)\s*>")


@dataclass(frozen=True, slots=True)
class Outline:
    """Either a fault or, when each item stands where it should, where they are."""

    fault: str = ""
    """Why the text is not well-formed, by line and column."""
    items: tuple[tuple[int, int], ...] | None = None
    """Byte offsets in UTF-8; None when one of them stands in an unusual place."""


def outline(text: str) -> Outline:
    """One pass over a document."""
    found = _Pass(text.encode("utf-8", "replace"))
    try:
        found.read()
    except expat.ExpatError as error:
        return Outline(str(error))
    return Outline(items=None if found.odd else tuple(found.items))


class _Pass:
    """A document as expat comes through it."""

    def __init__(self, text: bytes) -> None:
        self.items: list[tuple[int, int]] = []
        self.odd = False
        self._text = text
        self._path: list[str] = []
        self._start = -1
        self._parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end

    def read(self) -> None:
        """Raises ExpatError."""
        self._parser.Parse(self._text, True)

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        if name.endswith(_ITEM) and _local(name) in _ITEM:
            path = [_local(parent) for parent in self._path]
            self.odd = self.odd or self._start >= 0 or not path or path != _PARENTS.get(path[0])
            self._start = self._parser.CurrentByteIndex
        self._path.append(name)

    def _end(self, name: str) -> None:
        self._path.pop()
        if not name.endswith(_ITEM) or _local(name) not in _ITEM:
            return
        end = _END.match(self._text, self._parser.CurrentByteIndex)
        if end is None:  # <item/>
            self.odd = True
        else:
            self.items.append((self._start, end.end()))
        self._start = -1


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
