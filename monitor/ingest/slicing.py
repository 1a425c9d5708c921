"""A document cut at its items, so that only those not read before are parsed. Pure.

Nearly all that a parser does is done again at every poll: a feed shows thirty
items, of which none to two are new. So each item's bytes are hashed, and those
known from the last document are taken out before the parser sees it; head and
tail stay, and with them title, language and base of the feed.

`outline` finds the borders. Whatever is in doubt is read whole: a document that
is not well-formed or has entities of its own, an item in an unusual place, a new
item that could be taken for a known one.
"""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from monitor.ingest.mend import Mended

_MOST = 1_000
"""Items that are remembered; a longer document is read whole."""
_PACKED = struct.Struct(">8s8sII?")


@dataclass(frozen=True, slots=True)
class Slice:
    """An item as it stood in the last document."""

    digest: bytes
    """Of its bytes, 8 of them."""
    key: str
    """16 hex digits."""
    proof: int
    """Hash of the first evidence of its identity."""
    address: int
    """Hash of its canonical address; 0: it has none."""
    shouted: bool
    """Whether its headline is in capitals."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A document and where its items stand."""

    document: str
    items: tuple[tuple[int, int], ...]
    digests: tuple[bytes, ...]
    """Of each item."""

    def without(self, digests: Collection[bytes]) -> Mended:
        """The document without these items, and where the others stand in it."""
        kept, items, at, gone = [], [], 0, 0
        for (start, end), digest in zip(self.items, self.digests, strict=True):
            if digest in digests:
                kept.append(self.document[at:start])
                at = end
                gone += end - start
            else:
                items.append((start - gone, end - gone))
        kept.append(self.document[at:])
        return Mended("".join(kept), well_formed=True, items=tuple(items))


def cut(document: Mended) -> Cut | None:
    """Where a document may be cut; None when that is in doubt."""
    if document.items is None or len(document.items) > _MOST:
        return None
    text = document.text
    return Cut(text, document.items, tuple(_digest(text[start:end]) for start, end in document.items))


def _digest(item: str) -> bytes:
    return blake2b(item.encode("utf-8", "replace"), digest_size=8).digest()


def hashed(text: str) -> int:
    """A hash of a proof or an address; 0 of nothing."""
    return crc32(text.encode("utf-8", "surrogatepass")) or 1 if text else 0


def pack(slices: Iterable[Slice]) -> str:
    """Slices as a feed's state keeps them: base64, 34 characters each."""
    return b64encode(
        b"".join(_PACKED.pack(s.digest, bytes.fromhex(s.key), s.proof, s.address, s.shouted) for s in slices)
    ).decode()


def unpack(packed: str) -> Mapping[bytes, Slice]:
    """The slices by their digests; none when they cannot be read."""
    try:
        rows = [*_PACKED.iter_unpack(b64decode(packed, validate=True))]
    except (ValueError, struct.error):
        return {}
    return {digest: Slice(digest, key.hex(), proof, address, shouted) for digest, key, proof, address, shouted in rows}
