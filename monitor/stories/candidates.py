"""Under which keys an item is filed, so that texts like it can be found without reading all others.

Two texts that share a passage share some of the smallest hashes of their
three-word passages, whichever words those are: 24 for headline and lead, which
tell stories apart, 24 for the whole text, which finds a lead that stands lower
down. Reports in other words share pairs of rare words and names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from itertools import combinations
from urllib.parse import urlsplit
from zlib import crc32

from monitor.model import Fingerprint, Item
from monitor.stories.text import LEAST_TEXT, Reading, read
from monitor.stories.weights import TELLING, Passage, rarity, stem, weighed
from monitor.stories.words import Words, words

SKETCH = 24
RARE_WORDS = 4


def fingerprint(item: Item) -> Fingerprint:
    """Keys of an item, the same in every process and Python version."""
    return Fingerprint(keys=tuple(dict.fromkeys(_keys(item, read(item)))), links=links(item))


def links(item: Item) -> tuple[int, ...]:
    """Hashes of the addresses that are this item's own, whoever carries it."""
    return tuple(dict.fromkeys(_link(link) for link in addresses(item)))


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
        yield _key("\n".join(("exact", *text.title, "", *text.lead)))
        yield _key("\n".join(("lead", *text.lead)))
    if item.wire.slug:
        yield _key("\n".join(("slug", *words(item.wire.slug))))
    yield from _pairs(text.title, text)
    yield from _pairs((*(word for name in sorted(text.subjects) for word in name), *text.title), text)
    yield from _sketch(weighed((*text.title, *text.lead)))
    yield from _sketch(text.whole)


def _pairs(some: Words, text: Reading) -> Iterator[int]:
    """Every two of the rarest words: names first, then by what they say, then by length."""
    known = frozenset(word for name in text.names for word in name)
    rare = sorted(
        {stem(word): (word not in known, -rarity(word), -len(word), word) for word in some}.items(),
        key=lambda ranked: ranked[1],
    )
    for pair in combinations(sorted(word for word, _ in rare[:RARE_WORDS]), 2):
        yield _key("\n".join(("pair", *pair)))


def _sketch(some: Mapping[Passage, float]) -> list[int]:
    return sorted({_key(passage) for passage, says in some.items() if says >= TELLING})[:SKETCH]


def _key(text: str) -> int:
    return crc32(text.encode())


def _link(address: str) -> int:
    return int.from_bytes(blake2b(address.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
