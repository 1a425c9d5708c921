"""`wirewatch deliveries`: every attempt to tell somebody of an item, and what the far side answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

import typer
from rich.text import Text

from monitor.channels.render import iso
from monitor.cli.screen import clock, out, plain, settings
from monitor.config import Settings
from monitor.durations import written
from monitor.model import DeliveryState, Record
from monitor.ports import Step
from monitor.store import open_store

STYLE = {
    DeliveryState.SENT: "green",
    DeliveryState.RETRY: "yellow",
    DeliveryState.AMBIGUOUS: "yellow",
    DeliveryState.DEAD: "bold red",
    DeliveryState.DROPPED: "red",
}


@dataclass(frozen=True, slots=True)
class History:
    """What happened to the deliveries of one alert, oldest first."""

    alert: str
    channel: str
    steps: Sequence[Step]


def deliveries(
    needle: Annotated[str, typer.Argument(metavar="ITEM|ALERT", help="An item's key, address or guid; an alert's id.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document, for scripts.")] = False,
) -> None:
    """Tell of every attempt to deliver an item, or all that an alert told: when, and what the far side answered.

    Of an item the whole alert is shown, for what came before and after it goes out in order with it.

    Examples:
        wirewatch deliveries https://example.org/world/lavrov-wang
        wirewatch deliveries 0c4f1e9a2b77 --json
    """
    records, found = asyncio.run(_look_up(settings(), needle))
    if as_json:
        print(json.dumps({"alerts": [_document(history) for history in found]}, ensure_ascii=False))
    for history in found if not as_json else ():
        for line in told(history):
            out.print(line)
    if not found:
        if not as_json:
            out.print(Text(_nothing(needle, records)))
        raise typer.Exit(1)


async def _look_up(current: Settings, needle: str) -> tuple[Sequence[Record], Sequence[History]]:
    """The item's records, if it is an item, and the alerts that tell of it."""
    async with open_store(current, join=True) as store:
        records = await store.find(needle)
        alerts = dict.fromkeys(alert for record in records for alert in record.alerts) or [needle]
        channels = await store.channels()
        found = [History(alert, name, await store.steps(name, alert)) for alert in alerts for name in channels]
    return records, [history for history in found if history.steps]


def _nothing(needle: str, records: Sequence[Record]) -> str:
    if not records:
        return f"Nothing is known of {plain(needle)!r}: no alert of that id, and no item seen within a week."
    outcome = records[0].outcome
    return f"Nobody was told of it: {outcome.fate}, {plain(outcome.reason)}. wirewatch why tells more."


# ── For people ──────────────────────────────────────────────────────────────


def told(history: History) -> Iterator[Text]:
    """An alert's deliveries for a terminal."""
    yield Text.assemble("\nalert ", (plain(history.alert), "bold"), " to ", (plain(history.channel), "bold"))
    for delivery, steps in by_delivery(history.steps):
        yield Text.assemble("  ", (kind(steps), "bold"), (f"  delivery {plain(delivery)}", "dim"))
        yield from (Text.assemble("    ", line) for line in attempts(steps))


def by_delivery(steps: Sequence[Step]) -> list[tuple[str, list[Step]]]:
    """Steps by delivery; the delivery queued first stands first."""
    order = {step.delivery: place for place, step in reversed(list(enumerate(steps)))}
    ranked = sorted(steps, key=lambda step: order[step.delivery])
    return [(delivery, list(its)) for delivery, its in groupby(ranked, key=lambda step: step.delivery)]


def kind(steps: Sequence[Step]) -> str:
    """What a delivery tells; empty while it is held, and once its beginning is forgotten."""
    return next((step.said for step in steps if (step.state, step.attempt) == (DeliveryState.QUEUED, 0)), "")


def attempts(steps: Sequence[Step]) -> Iterator[Text]:
    """A line for each attempt with its outcome, and for what else happened to a delivery."""
    for place, step in enumerate(steps):
        after = steps[place + 1] if place + 1 < len(steps) else None
        before = steps[place - 1] if place else None
        if step.state is DeliveryState.SENDING:
            if after is None:
                yield _line(step.at, f"try {step.attempt}: under way", "")
            elif after.state is DeliveryState.SENDING:
                yield _line(step.at, f"try {step.attempt}: no outcome, its sender died or lost its lease", "yellow")
        elif before is not None and before.state is DeliveryState.SENDING:
            yield _line(before.at, f"try {step.attempt}: {_outcome(step, before.at)}", STYLE.get(step.state, ""))
        else:
            yield _line(step.at, _words(step), STYLE.get(step.state, ""))


def _line(at: float, words: str, style: str) -> Text:
    return Text.assemble((f"{clock(at)}  ", "dim"), (words, style))


def _words(step: Step) -> str:
    """What happened besides attempts."""
    match step.state:
        case DeliveryState.HELD:
            return f"held until {clock(step.due)}: {plain(step.said)}"
        case DeliveryState.LIFTED if step.said:
            return f"called off: {plain(step.said)}"
        case DeliveryState.LIFTED:
            return "taken out of its hold, never told or told otherwise"
        case DeliveryState.GATHERED:
            return f"told in a digest, delivery {plain(step.said)}"
        case DeliveryState.QUEUED if step.attempt == 0:
            return "queued" + (f", not before {clock(step.due)}" if step.due > step.at else "")
    return plain(step.said)


def _outcome(step: Step, began: float) -> str:
    """How an attempt ended, and after how long."""
    spell = f"after {written(max(0.01, round(step.at - began, 2)))}"
    match step.state:
        case DeliveryState.SENT:
            return f"accepted {spell}"
        case DeliveryState.DEAD:
            return f"given up {spell}: {plain(step.said)}"
    unclear = "no clear answer" if step.state is DeliveryState.AMBIGUOUS else "not accepted"
    return f"{unclear} {spell}, again {clock(step.due)}: {plain(step.said)}"


# ── For programs ────────────────────────────────────────────────────────────


def _document(history: History) -> dict[str, object]:
    return {
        "alert": history.alert,
        "channel": history.channel,
        "deliveries": [
            {"delivery": delivery, "event": kind(steps), "steps": [as_document(step) for step in steps]}
            for delivery, steps in by_delivery(history.steps)
        ],
    }


def as_document(step: Step) -> dict[str, object]:
    """A step as what JSON is made of."""
    return {
        "state": step.state,
        "attempt": step.attempt,
        "at": iso(step.at),
        "due": iso(step.due) if step.due else None,
        "said": step.said,
    }
