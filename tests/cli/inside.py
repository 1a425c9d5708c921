"""Commands run within the test's own process: starting one takes longer than most tests."""

from __future__ import annotations

import re
from typing import NamedTuple

from typer.testing import CliRunner

from monitor.cli import app
from monitor.errors import ConfigError
from tests.servers.service import Wirewatch


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
    """What this user's command says. Faults come as one line each, and make the exit code that `main` makes of them."""
    done = CliRunner().invoke(app, list(arguments), input=text, env=user.environment)
    if isinstance(done.exception, ConfigError):
        return Said(2, f"{done.output}{done.exception}\n")
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Said(done.exit_code, done.output)
