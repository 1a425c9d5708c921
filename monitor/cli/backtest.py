"""`wirewatch backtest`: what would these rules have done with the items that came?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from monitor import desk
from monitor.backtest import Backtest, Outcome, Sample
from monitor.cli.screen import SEVERITY, SHADOW, clock, counted, err, marked, now, out, passage, plain, settings
from monitor.config import Settings
from monitor.durations import seconds
from monitor.model import Field, Span
from monitor.rules import RuleSet, Status
from monitor.store import open_store

NAMED = 12
"""Rules that fired on nothing and are named."""


def _duration(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def backtest(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[RULES_DIR]", help="The rules; by default those the service reads.")
    ] = None,
    since: Annotated[str, typer.Option(metavar="TIME", help="How far back: 12h, 7d.")] = "7d",
    diff: Annotated[
        Path | None, typer.Option(metavar="OLD_DIR", help="Rules to compare with: tell only what changed.")
    ] = None,
    rule: Annotated[str, typer.Option(metavar="ID", help="Tell of this rule only.")] = "",
    samples: Annotated[int, typer.Option(min=0, max=20, help="Items shown of each rule.")] = 2,
) -> None:
    """Run rules over the stored items: alerts a day, samples of what they found, and what an edit changes.

    Reads the items that the service kept (WIREWATCH_ARCHIVE_AGE says how long). Nothing is stored or sent.
    A story counts as one alert, however many of its texts match; a rule with `when` fires where its count is reached.
    Throttles are not counted off.

    Examples:
        wirewatch backtest
        wirewatch backtest rules --since 2d --rule world-order --samples 10
        git worktree add ../before HEAD; wirewatch backtest rules --diff ../before/rules
    """
    current = settings()
    rules = desk.load_rules(folder or current.rules_dir)
    test = Backtest(rules, desk.load_rules(diff) if diff else None)
    started = time.perf_counter()
    asyncio.run(_read(test, current, now() - _duration(since)))
    if not test.items:
        out.print(f"The store has no item of the last {since}: the service keeps what it polls.")
        raise typer.Exit(1)
    _summary(test, time.perf_counter() - started)
    told = [outcome for outcome in (test.changed() if diff else test.outcomes()) if rule in ("", outcome.rule)]
    for outcome in told:
        if diff:
            _change(outcome, test.days, samples)
        elif outcome.items:
            _outcome(outcome, rules, test.days, samples)
    if diff and not told:
        out.print("Nothing changes: the same rules fire on the same items.")
    if not diff and not rule:
        _idle(test.idle())


async def _read(test: Backtest, current: Settings, since: float) -> None:
    columns = (
        TextColumn("reading the items"),
        BarColumn(),
        TextColumn("{task.fields[items]:,}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        until = now()
        task = progress.add_task("", total=until - since, items=0)
        async with open_store(current, join=True) as store:
            async for records in store.stored(since):
                for record in records:
                    test.add(record)
                progress.update(task, completed=until - records[-1].item.seen_at, items=test.items)
    test.finish()


def _summary(test: Backtest, took: float) -> None:
    out.print(
        f"{counted(test.items, 'item')} since {clock(test.since)}, {len(test.stories) / test.days:.1f} alerts a day; "
        f"{took:.1f} s, {test.items / took:,.0f} items a second",
        style="dim",
    )


def _outcome(outcome: Outcome, rules: RuleSet, days: float, most: int) -> None:
    severity = str(rules.rules[outcome.rule].severity)
    shadow = SHADOW if rules.rules[outcome.rule].status is Status.SHADOW else ""
    counts = f"{len(outcome.stories) / days:.1f} alerts a day, {counted(len(outcome.items), 'item')}{shadow}"
    out.print()
    out.print(Text.assemble((outcome.rule, "bold green"), "  ", (severity, SEVERITY[severity]), "  ", counts))
    _samples(outcome.samples[:most])


def _change(outcome: Outcome, days: float, most: int) -> None:
    rates = f"{len(outcome.stories_before) / days:.1f} → {len(outcome.stories) / days:.1f} alerts a day"
    counts = Text.assemble((f"+{outcome.more}", "green"), " ", (f"−{outcome.fewer}", "red"), f" items, {rates}")
    out.print()
    out.print(Text.assemble((outcome.rule, "bold"), "  ", counts))
    _samples(outcome.gained[:most], ("+", "bold green"))
    _samples(outcome.lost[:most], ("−", "bold red"))


def _samples(samples: Sequence[Sample], mark: tuple[str, str] = ("·", "dim")) -> None:
    for item, hits in ((sample.item, sample.match.hits) for sample in samples):
        spans = [Span(hit.start, hit.end) for hit in hits if hit.field is Field.TITLE]
        about = (f"  {plain(item.source)}, {clock(item.seen_at)}", "dim")
        out.print(Text.assemble("  ", mark, " ", marked(item.title, spans), about))
        if elsewhere := next((hit for hit in hits if hit.field is not Field.TITLE), None):
            out.print(Text.assemble("      ", passage(item, elsewhere)))


def _idle(rules: Sequence[str]) -> None:
    if rules:
        others = f" and {counted(len(rules) - NAMED, 'other')}" if len(rules) > NAMED else ""
        out.print(f"\nFired on nothing: {', '.join(rules[:NAMED])}{others}.", style="dim")
