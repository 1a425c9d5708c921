"""`wirewatch demo`: watch the service work, with nothing to set up."""

from __future__ import annotations

import asyncio
import sys

from monitor.cli.screen import out
from monitor.demo.run import run
from monitor.observe import logs


def demo() -> None:
    """Play a bundled wire to the real service: some seventy items of a dozen outlets in twenty seconds.

    You see what a desk would get (a flash and its updates, copies, a correction, a withdrawal), then a summary
    of what was grouped and suppressed, and why. Nothing is kept, and Ctrl-C ends it.

    Example:
        wirewatch demo
    """
    logs.configure("console", "error")
    asyncio.run(run(out, sys.stdout))
