"""What the parser pool and its workers say to each other.

A task is two frames, JSON and the document's bytes; the answer is one, JSON. A
frame is its length in four bytes and its content. No pickle: a worker that a
document has taken over can answer nonsense, but make us run nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

from pydantic import TypeAdapter

from monitor.model import UNTAUGHT, Article, Feed, Habits, Parsed, Unreadable

LENGTH: Final = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker needs beside the document."""

    content_type: str
    feed: Feed
    now: float
    slices: str = ""
    habits: Habits = UNTAUGHT
    article: bool = False
    """Whether it is the page of an item, and no feed."""


TASK: Final = TypeAdapter(Task)
ANSWER: Final[TypeAdapter[Parsed | Article | Unreadable]] = TypeAdapter(Parsed | Article | Unreadable)


def frame(content: bytes) -> bytes:
    """The content with its length before it."""
    return LENGTH.pack(len(content)) + content


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame of a blocking stream; None at its end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    length: int = LENGTH.unpack(head)[0]
    return stream.read(length)
