"""The process that reads documents, and may be killed for it.

    python -m monitor.ingest.worker SECONDS BYTES

Tasks come on standard input, answers go to standard output. It ends when its
input does, that is with its parent; when a document takes more than SECONDS,
so that an orphan cannot spin on; and at its own fault, with the reason as the
last line on standard error. A document may take BYTES of memory besides what
the process itself does.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from monitor.ingest import article
from monitor.ingest.document import parse_document
from monitor.ingest.frames import ANSWER, TASK, frame, read_frame
from monitor.model import Article, Parsed, Unreadable

_OFTEN = 0.05
"""Seconds of CPU time between two looks at the memory, where the kernel does not hold us to it."""


def main(seconds: float, memory: int) -> None:
    """Confine this process, say that it is ready (an empty frame), and serve."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not land among the frames
    logging.disable()  # nobody reads what a library complains of, and a full pipe would stop us
    answers.write(frame(b""))
    answers.flush()
    with confined(memory) if sys.platform == "linux" else watched(memory):
        serve(sys.stdin.buffer, answers, seconds)


@contextmanager
def confined(memory: int) -> Iterator[None]:
    """Let the kernel refuse more than so many bytes besides those taken already."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + memory, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def watched(memory: int) -> Iterator[None]:
    """Raise MemoryError, in whatever is at work, soon after more was taken: macOS does not count address space."""
    unit = 1 if sys.platform == "darwin" else 1024
    limit = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + memory // unit

    def look(_: int, __: FrameType | None) -> None:
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > limit:
            raise MemoryError

    signal.signal(signal.SIGVTALRM, look)
    signal.setitimer(signal.ITIMER_VIRTUAL, _OFTEN, _OFTEN)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def serve(tasks: BinaryIO, answers: BinaryIO, seconds: float) -> None:
    """Answer tasks until there are no more."""
    while (written := read_frame(tasks)) is not None and (body := read_frame(tasks)) is not None:
        signal.setitimer(signal.ITIMER_REAL, seconds)  # SIGALRM ends the process
        answer = answered(written, body)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(frame(ANSWER.dump_json(answer)))
        answers.flush()


def answered(written: bytes, body: bytes) -> Parsed | Article | Unreadable:
    """The answer to one task, within the memory there is."""
    task = TASK.validate_json(written)
    try:
        if task.article:
            return article.read(body, task.content_type)
        return parse_document(body, task.content_type, task.feed, task.now, task.slices, task.habits)
    except MemoryError:
        return Unreadable("needs more memory than a document may")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
