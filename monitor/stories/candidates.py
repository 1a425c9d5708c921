"""Under which keys an item is filed, so that texts like it can be found without reading all others.

Two texts that share a passage share some of the smallest hashes of their
three-word passages, whichever words those are: twelve for headline and lead,
which tell stories apart, twelve for the whole text, which finds a lead that
stands lower down. Reports in other words share pairs of rare words and names:
of the headline, of the names that it and the first sentence have, of the first
two sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from urllib.parse import urlsplit
from zlib import crc32

from monitor.model import Fingerprint, Item, hash64
from monitor.stories.text import LEAST_TEXT, Reading, read
from monitor.stories.weights import TELLING, Passage, rarity, stem, weighed
from monitor.stories.words import Words, words

SKETCH = 12
OPENING_SENTENCES = 2
RARE_IN_TITLE, RARE_NAMES, RARE_IN_OPENING = 3, 4, 4
"""Words of which every two are a key."""


def fingerprint(item: Item) -> Fingerprint:
    """Keys of an item, the same in every process and Python version."""
    return Fingerprint(keys=tuple(dict.fromkeys(_keys(item, read(item)))), links=links(item))


def links(item: Item) -> tuple[int, ...]:
    """Hashes of the addresses that are this item's own, whoever carries it."""
    return tuple(dict.fromkeys(map(hash64, addresses(item))))


def addresses(item: Item) -> tuple[str, ...]:
    """URL, unless it is a site's front page, and guid, if it is unique beyond its feed."""
    return tuple(dict.fromkeys(address for address in (item.url, item.guid) if _is_unique(address)))


def one_page(item: Item, other: Item) -> bool:
    """Whether two items share an address of their own."""
    return any(map(_is_unique, {item.url, item.guid} & {other.url, other.guid}))


def _is_unique(url: str) -> bool:
    if url.startswith(("urn:", "tag:")):
        return True
    if not url.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path not in ("", "/") or bool(parts.query)


def _keys(item: Item, text: Reading) -> Iterator[int]:
    if len(text.body) >= LEAST_TEXT:
        yield _key("\n".join(("lead", *text.lead)))
    if item.wire.slug:
        yield _key("\n".join(("slug", *words(item.wire.slug))))
    opening = chain.from_iterable(text.sentences[:OPENING_SENTENCES])
    yield from _pairs(text.title, text, RARE_IN_TITLE)
    yield from _pairs((*chain.from_iterable(sorted(text.subjects)), *text.title), text, RARE_NAMES)
    yield from _pairs((*opening, *text.title), text, RARE_IN_OPENING)
    yield from _sketch(weighed((*text.title, *text.lead)))
    yield from _sketch(text.whole)


def _pairs(some: Words, text: Reading, most: int) -> Iterator[int]:
    """Every two of the rarest words: names first, then by what they say, then by length."""
    known = frozenset(word for name in text.names for word in name)
    rare = sorted(
        {stem(word): (word not in known, -rarity(word), -len(word), word) for word in some}.items(),
        key=lambda ranked: ranked[1],
    )
    for pair in combinations(sorted(word for word, _ in rare[:most]), 2):
        yield _key("\n".join(("pair", *pair)))


def _sketch(some: Mapping[Passage, float]) -> list[int]:
    return sorted({_key(passage) for passage, says in some.items() if says >= TELLING})[:SKETCH]


def _key(text: str) -> int:
    return crc32(text.encode())
