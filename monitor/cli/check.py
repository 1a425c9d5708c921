"""`wirewatch check`: would the service start on these files?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from monitor import desk
from monitor.backtest import Backtest
from monitor.cli.pointing import Sources
from monitor.cli.screen import counted, now, out, problem, settings
from monitor.config import Settings
from monitor.desk import Desk
from monitor.errors import ConfigError, Fault, NoServer, StoreError
from monitor.rules import RuleSet, Status
from monitor.rules.inflections import Inflections
from monitor.rules.lint import Lint, Places, broad, lint, stale
from monitor.store import open_store

RECENT = 172_800.0
"""Seconds of stored items by which rules are judged too broad."""
ENOUGH = 20_000
"""Items after which no more are read: some two seconds' worth."""


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The rules folder; by default the one the service reads.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for editors and scripts.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 when something is odd.")] = False,
) -> None:
    """Check the rules folder: every fault of every file, with its place and the mend.

    Runs each rule's own tests too. The service uses the same loader, so what passes here starts there. Exits 2 when
    there are faults.

    Tells also what is odd: rules that never fire or always, that ask for no word, say what another says, have
    expired; entities that nobody asks for, cases of names that are not needed; and, where the service has stored
    items, rules too broad for their severity. And what is worth knowing: what channels of some kind cannot do.

    Examples:
        wirewatch check
        wirewatch check rules --strict
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
        print(_document(error.faults, (), (), {}))
        raise typer.Exit(2) from None
    counts, odd = _counts(loaded), _odd(loaded, current)
    if as_json:
        print(_document((), odd, loaded.notes, counts))
    else:
        sources = Sources()
        for each in odd:
            out.print(problem(each.fault, sources, "yellow"))
        for note in loaded.notes:
            out.print(problem(note, sources, "cyan"))
        out.print(f"[bold green]fine[/bold green]: {_told(counts)}" + (f"; {len(odd)} odd" if odd else ""))
    if strict and odd:
        raise typer.Exit(1)


def _odd(loaded: Desk, current: Settings) -> list[Lint]:
    """What is probably not meant, in file order."""
    files = desk.rule_files(current.rules_dir)
    entities, rules = Places(files.entities, "entities"), Places(files.rules, "rules")
    found = [*lint(loaded.rules, entities, rules, now()), *stale(loaded.rules, Inflections(files.inflections))]
    if current.redis_url is not None or current.data_dir.is_dir():
        found += broad(asyncio.run(_alerts_a_day(loaded.rules, current)), loaded.rules, rules)
    return sorted(found)


async def _alerts_a_day(rules: RuleSet, current: Settings) -> dict[str, float]:
    """By rule, over the newest stored items of the last two days; nothing when the store cannot be asked."""
    test = Backtest(rules)
    try:
        async with open_store(current, join=True) as store:
            async for records in store.stored(now() - RECENT):
                for record in records:
                    test.add(record)
                if test.items >= ENOUGH:
                    break
    except (StoreError, NoServer):
        return {}
    test.finish()
    return {outcome.rule: len(outcome.stories) / test.days for outcome in test.outcomes()}


def _counts(loaded: Desk) -> dict[str, int]:
    return {
        "feeds": len(loaded.feeds),
        "rules": len(loaded.rules.rules),
        "shadow": sum(rule.status is Status.SHADOW for rule in loaded.rules.rules.values()),
        "tests": sum(len(rule.tests) for rule in loaded.rules.rules.values()),
        "entities": len(loaded.rules.entities),
        "channels": len(loaded.channels),
    }


def _told(counts: dict[str, int]) -> str:
    """The counts in words."""
    shadow = f", {counts['shadow']} in the shadow" if counts["shadow"] else ""
    return ", ".join(
        [
            counted(counts["feeds"], "feed"),
            f"{counted(counts['rules'], 'rule')} ({counted(counts['tests'], 'test')} passed{shadow})",
            counted(counts["entities"], "entity", "entities"),
            counted(counts["channels"], "channel"),
        ]
    )


def _document(faults: Sequence[Fault], odd: Sequence[Lint], notes: Sequence[Fault], counts: dict[str, int]) -> str:
    """The outcome for programs; `counts` is empty when there are faults."""
    told = {
        "faults": [_entry(fault, "fault") for fault in faults],
        "lint": [_entry(each.fault, each.kind) for each in odd],
        "notes": [_entry(note, "note") for note in notes],
        "counts": counts,
    }
    return json.dumps(told, ensure_ascii=False)


def _entry(fault: Fault, kind: str) -> dict[str, str | int]:
    return {
        "kind": kind,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "message": fault.message,
        "hint": fault.hint,
    }
