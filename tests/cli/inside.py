"""Commands run within the test's own process: starting one takes longer than most tests."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from typer.testing import CliRunner

from monitor.cli import main
from tests.servers.service import Wirewatch

SERVICES = frozenset(("run", "demo"))
"""Commands that set up a whole process: signals, logs."""


class Insider(Wirewatch):
    """A user whose commands run here; only the service is a process of its own."""

    def command(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        if not SERVICES.isdisjoint(arguments[:1]):
            return super().command(*arguments, text=text)
        with CliRunner().isolation(text, self.environment) as (said, complained, _), _typed(*arguments):
            code = 0
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
            sys.stdout.flush()
            sys.stderr.flush()
            out, err = (stream.getvalue().decode() for stream in (said, complained))
        return subprocess.CompletedProcess(arguments, code, out, err)


@contextmanager
def _typed(*arguments: str) -> Iterator[None]:
    before, sys.argv = sys.argv, ["wirewatch", *arguments]
    try:
        yield
    finally:
        sys.argv = before


class Said(NamedTuple):
    """What a command came to."""

    code: int
    text: str
    """All that it said, faults included."""

    @property
    def flat(self) -> str:
        """On one line, without frames and colours."""
        return " ".join(re.sub(r"\x1b\[[\d;]*m|[│╭╰╮╯─]", "", self.text).split())


def inside(user: Wirewatch, *arguments: str, text: str = "") -> Said:
    """What this user's command says."""
    done = user.command(*arguments, text=text)
    return Said(done.returncode, done.stdout + done.stderr)
