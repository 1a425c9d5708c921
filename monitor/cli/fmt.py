"""`wirewatch fmt`: rule files in one way of writing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import desk, rules
from monitor.cli.screen import out, settings
from monitor.notation import Notation, formatted


def fmt(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The rules folder; by default the one the service reads.")
    ] = None,
    to: Annotated[Notation | None, typer.Option(help="Write every query in this notation.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 when something would change.")] = False,
) -> None:
    """Normalise the queries of rules and filters, or turn them into the other notation.

    Operators get the parentheses that they are read with, spaces and quotes one form. Comments and all other text stay;
    so do the line breaks of a query that is in order already.

    Examples:
        wirewatch fmt
        wirewatch fmt rules --check
        wirewatch fmt --to structured
    """
    files = desk.rule_files(folder or settings().rules_dir)
    rules.load(*files)  # only what loads is formatted
    written = {name: (text, formatted(text, to)) for name, text in (*files.rules, *files.filters)}
    after = [tuple((name, written[name][1]) for name, _ in listed) for listed in (files.rules, files.filters)]
    rules.load(*files._replace(rules=after[0], filters=after[1]))  # and what comes of it loads, or nothing is written
    changed = {name: text for name, (before, text) in written.items() if text != before}
    for name, text in changed.items():
        if not check:
            Path(name).write_text(text, encoding="utf-8")
        out.print(f"{'would change' if check else 'changed'} {name}")
    if not changed:
        out.print("all in order")
    if check and changed:
        raise typer.Exit(1)
