"""`wirewatch check`: would the service start on these files?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor import desk
from monitor.cli.screen import out, settings
from monitor.desk import Desk
from monitor.errors import ConfigError, Fault


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The rules folder; by default the one the service reads.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for editors and scripts.")] = False,
) -> None:
    """Check the rules folder: every fault of every file, with its place and the mend.

    Runs each rule's own tests too. The service uses the same loader, so what passes here starts there.
    Exits 2 when there are faults.

    Examples:
        wirewatch check
        wirewatch check rules
        wirewatch check --json | jq '.faults[] | .file, .line, .message'
    """
    current = settings()
    if folder is not None:
        current = current.model_copy(update={"rules_dir": folder})
    try:
        loaded = desk.load(current.rules_dir, current)
    except ConfigError as error:
        if not as_json:
            raise
        print(_document(error.faults, {}))
        raise typer.Exit(2) from None
    counts = _counts(loaded)
    if as_json:
        print(_document((), counts))
        return
    out.print(
        "[bold green]fine[/bold green]: {feeds} feeds, {rules} rules ({tests} tests passed), {entities} entities, "
        "{channels} channels".format_map(counts)
    )


def _counts(loaded: Desk) -> dict[str, int]:
    return {
        "feeds": len(loaded.feeds),
        "rules": len(loaded.rules.rules),
        "tests": sum(len(rule.tests) for rule in loaded.rules.rules.values()),
        "entities": len(loaded.rules.entities),
        "channels": len(loaded.channels),
    }


def _document(faults: Sequence[Fault], counts: dict[str, int]) -> str:
    """The outcome for programs; `counts` is empty when there are faults."""
    return json.dumps({"faults": [_entry(fault, "fault") for fault in faults], "counts": counts}, ensure_ascii=False)


def _entry(fault: Fault, kind: str) -> dict[str, str | int]:
    return {
        "kind": kind,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "message": fault.message,
        "hint": fault.hint,
    }
