"""`wirewatch check`: would the service start on these files?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import desk
from monitor.cli.screen import out, settings


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The rules folder; by default the one the service reads.")
    ] = None,
) -> None:
    """Check the rules folder: every fault of every file, with its place and the mend.

    Runs each rule's own tests too. The service uses the same loader, so what passes here starts there.

    Examples:
        wirewatch check
        wirewatch check rules
    """
    current = settings()
    if folder is not None:
        current = current.model_copy(update={"rules_dir": folder})
    loaded = desk.load(current.rules_dir, current)
    tests = sum(len(rule.tests) for rule in loaded.rules.rules.values())
    out.print(
        f"[bold green]fine[/bold green]: {len(loaded.feeds)} feeds, {len(loaded.rules.rules)} rules "
        f"({tests} tests passed), {len(loaded.rules.entities)} entities, {len(loaded.channels)} channels"
    )
