"""Whether a document is well-formed XML, and where its items stand.

expat judges the first, at its own speed. Once it has, `<` begins nothing but
markup, so a pattern that passes over comments and CDATA finds every tag; and
within an item only the next item's border is looked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.parsers import expat

_PARENTS = {"rss": ["rss", "channel"], "RDF": ["RDF"], "feed": ["feed"]}
"""What an item stands in, by the document's root."""
_ITEM = ("item", "entry")
_NO_TAG = r"!\[CDATA\[[^\]]*(?:\](?!\]>)[^\]]*)*+\]\]|!--.*?--|\?.*?\?"
_PREFIX = r"(?:[^\s:<>/]+:)?"
_ATTRIBUTES = r"(?:[^<>\"'/]++|\"[^\"]*\"|'[^']*'|/(?!>))*+"
_TAG = re.compile(rf"<(?:{_NO_TAG}|(?P<end>/?){_PREFIX}(?P<name>[^\s:<>/]+){_ATTRIBUTES}(?P<empty>/?))>", re.DOTALL)
_BORDER = re.compile(
    rf"<(?:{_NO_TAG}|(?P<begin>){_PREFIX}(?:item|entry)(?:[\s/][^<>]*)?|(?P<end>)/{_PREFIX}(?:item|entry)\s*)>",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Outline:
    """Either a fault or, when each item stands where it should, where they are."""

    fault: str = ""
    """Why the text is not well-formed, by line and column."""
    items: tuple[tuple[int, int], ...] | None = None
    """Offsets; None when one of them stands in an unusual place."""


def outline(text: str) -> Outline:
    """Of a document that begins with its root element."""
    try:
        expat.ParserCreate(encoding="utf-8", namespace_separator=" ").Parse(text.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        return Outline(str(error))
    return Outline(items=_items(text))


def _items(text: str) -> tuple[tuple[int, int], ...] | None:
    items: list[tuple[int, int]] = []
    path: list[str] = []
    at = 0
    while tag := _TAG.search(text, at):
        start, at = tag.span()
        name = tag["name"]
        if tag["end"]:
            path.pop()
        elif name in _ITEM:
            end = _end_of_item(text, at)
            if tag["empty"] or end is None or not path or path != _PARENTS.get(path[0]):
                return None
            items.append((start, end))
            at = end
        elif name and not tag["empty"]:
            path.append(name)
    return tuple(items)


def _end_of_item(text: str, start: int) -> int | None:
    """Where an item ends whose first tag ends at `start`; None when another one begins before."""
    for border in _BORDER.finditer(text, start):
        if border.lastgroup:
            return border.end() if border.lastgroup == "end" else None
    return None
