"""The process that reads documents, and may be killed for it.

    python -m monitor.ingest.worker SECONDS BYTES

Tasks come on standard input, answers go to standard output. It ends when its
input does, that is with its parent; when a document takes more than SECONDS,
so that an orphan cannot spin on; and at its own fault, with the reason as the
last line on standard error.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
from typing import BinaryIO

from monitor.ingest import article
from monitor.ingest.document import parse_document
from monitor.ingest.frames import ANSWER, TASK, frame, read_frame
from monitor.model import Article, Parsed, Unreadable


def main(seconds: float, memory: int) -> None:
    """Confine this process, say that it is ready (an empty frame), and serve."""
    if sys.platform == "linux":  # elsewhere the kernel does not hold to it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not land among the frames
    logging.disable()  # nobody reads what a library complains of, and a full pipe would stop us
    answers.write(frame(b""))
    answers.flush()
    serve(sys.stdin.buffer, answers, seconds)


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
