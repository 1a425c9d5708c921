"""The bits of text that everything else is made of."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of characters, `text[start:end]`."""

    start: int
    end: int


class Field(StrEnum):
    """The parts of an item that rules read."""

    TITLE = "title"
    BODY = "body"
    AUTHOR = "author"


KEPT = 4_000
"""Characters of a body that the store keeps."""


def digest(*parts: str, length: int = 16) -> str:
    """A stable identifier, `length` hex digits of SHA-256 over the parts."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def hash64(text: str) -> int:
    """A stable 64-bit hash."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
