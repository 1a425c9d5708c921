"""`wirewatch dead`: deliveries that were given up, to look at, to send again, or to let go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from monitor.channels import event_json
from monitor.channels.render import iso
from monitor.cli.deliveries import as_document, attempts
from monitor.cli.screen import ago, clock, now, out, plain, settings
from monitor.config import Settings
from monitor.delivery import replay as send_again
from monitor.errors import WirewatchError
from monitor.model import AlertEvent, Delivery, DigestEvent, OpsEvent
from monitor.ports import UNREADABLE, Dead, Step, Store
from monitor.store import open_store

MOST = 100_000
"""More than the store keeps."""
LISTED = 50

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids of deliveries, or how they begin.")]
OneId = Annotated[str, typer.Argument(metavar="ID", help="The id of a delivery, or how it begins.")]
Of = Annotated[str, typer.Option("--channel", help="Only those of this channel.")]
All = Annotated[bool, typer.Option("--all", help="All of them; with --channel, all of that channel.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document, for scripts.")]
Act = Callable[[Store, Dead], Awaitable[bool]]


# ── Looking ─────────────────────────────────────────────────────────────────


def list_(
    channel: Of = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = LISTED,
    as_json: AsJson = False,
) -> None:
    """List the deliveries that were given up, newest first: what they would have told, and why they were not accepted.

    Examples:
        wirewatch dead list
        wirewatch dead list --channel desk --json
    """
    found = asyncio.run(_letters(settings()))
    letters = _of(found, channel)
    if as_json:
        print(json.dumps({"dead": [document(letter) for letter in letters[:limit]]}, ensure_ascii=False))
        return
    if not letters:
        out.print(_none(channel, found))
        return
    out.print(table(letters[:limit], now()), soft_wrap=False)
    if len(letters) > limit:
        out.print(Text(f"and {len(letters) - limit} more: --limit {len(letters)}", "dim"))
    out.print(Text("once mended: wirewatch dead replay ID, or --all", "dim"))


def show(wanted: OneId, as_json: AsJson = False) -> None:
    """Show one delivery that was given up: all that it would have told, every attempt, and what the far side answered.

    Examples:
        wirewatch dead show 3f2a9c0d11e84b57
        wirewatch dead show 3f2a --json
    """
    letter, steps = asyncio.run(_looked_at(settings(), wanted))
    if as_json:
        whole = document(letter) | {"message": event_json.document(letter.delivery)}
        print(json.dumps(whole | {"steps": [as_document(step) for step in steps]}, ensure_ascii=False))
        return
    delivery = letter.delivery
    out.print(Text(plain(title(delivery)), "bold"))
    if isinstance(delivery.event, AlertEvent):
        out.print(Text(plain(delivery.event.card.url), "dim"))
    out.print(Text(f"{delivery.kind} · delivery {delivery.id} to {delivery.channel} · alert {delivery.lane}", "dim"))
    out.print(Text.assemble(f"given up  {clock(letter.at)}: ", (plain(letter.reason), "bold red")))
    for line in attempts(steps):
        out.print(Text.assemble("          ", line))
    out.print(Text(f"once mended: wirewatch dead replay {delivery.id}", "dim"))


async def _letters(current: Settings) -> Sequence[Dead]:
    async with open_store(current, join=True) as store:
        return await store.dead(MOST)


async def _looked_at(current: Settings, wanted: str) -> tuple[Dead, Sequence[Step]]:
    async with open_store(current, join=True) as store:
        (letter,) = chosen(await store.dead(MOST), [wanted])
        delivery = letter.delivery
        steps = await store.steps(delivery.channel, delivery.lane)
    return letter, [step for step in steps if step.delivery == delivery.id]


# ── Acting ──────────────────────────────────────────────────────────────────


def replay(
    wanted: Ids = None,
    channel: Of = "",
    everything: All = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Send it without looking whether it was accepted after all.")
    ] = False,
) -> None:
    """Send deliveries again that were given up, in their place among the others of their alert.

    Mend the cause first: [bold]wirewatch send-test CHANNEL[/bold] tells whether the channel works. Each keeps its id,
    and is looked for before it is sent, so that nothing is told twice. Its alert is shown as it is now. A running
    service sends it at once, another one when it starts.

    Examples:
        wirewatch dead replay 3f2a9c0d11e84b57
        wirewatch dead replay --channel desk --all
    """

    async def again(store: Store, letter: Dead) -> bool:
        return await send_again(store, letter, now(), look=not anyway)

    _each(wanted, channel, everything, again, "queued again")


def drop(wanted: Ids = None, channel: Of = "", everything: All = False) -> None:
    """Let deliveries go that were given up: they will not be sent, and are not listed any more.

    Examples:
        wirewatch dead drop 3f2a9c0d11e84b57
        wirewatch dead drop --channel old-desk --all
    """

    async def let_go(store: Store, letter: Dead) -> bool:
        return await store.drop(letter.delivery, now())

    _each(wanted, channel, everything, let_go, "dropped")


def _each(wanted: Sequence[str] | None, channel: str, everything: bool, act: Act, done: str) -> None:
    """Do it with the letters that were asked for, oldest first, and say how it went; exit 1 unless all went well."""
    if bool(wanted) == everything:
        raise typer.BadParameter("name deliveries by their ids, or say --all")
    fine = True
    acted = asyncio.run(_acted(settings(), wanted, channel, act))
    if not acted:
        out.print(_none(channel))
    for letter, went_well in acted:
        fine = fine and went_well
        why = "it cannot be read, and can only be dropped" if letter.reason == UNREADABLE else "it is dead no more"
        said = (done, "green") if went_well else (f"left alone, {why}", "bold red")
        what = f": {title(letter.delivery)} ({letter.delivery.id}, to {letter.delivery.channel})"
        out.print(Text.assemble(said, plain(what)))
    if not fine:
        raise typer.Exit(1)


async def _acted(
    current: Settings, wanted: Sequence[str] | None, channel: str, act: Act
) -> Sequence[tuple[Dead, bool]]:
    async with open_store(current, join=True) as store:
        letters = _of(await store.dead(MOST), channel)
        asked_for = chosen(letters, wanted) if wanted else letters
        return [(letter, await act(store, letter)) for letter in reversed(asked_for)]


# ── What they share ─────────────────────────────────────────────────────────


class NoSuchLetter(WirewatchError):
    """No dead letter is meant by this id, or more than one."""


def chosen(letters: Sequence[Dead], wanted: Sequence[str]) -> Sequence[Dead]:
    """The letters meant by these ids, each once. Raises NoSuchLetter."""
    found = {}
    for beginning in wanted:
        meant = [letter for letter in letters if letter.delivery.id.startswith(beginning)]
        if not meant:
            raise NoSuchLetter(f"there is no dead letter {plain(beginning)!r}: wirewatch dead list shows all")
        if len(meant) > 1:
            raise NoSuchLetter(f"{len(meant)} dead letters begin with {plain(beginning)!r}: write more of the id")
        found[meant[0].delivery.id] = meant[0]
    return list(found.values())


def _of(letters: Sequence[Dead], channel: str) -> Sequence[Dead]:
    return [letter for letter in letters if channel in ("", letter.delivery.channel)]


def _none(channel: str, letters: Sequence[Dead] = ()) -> Text:
    """That there are none of a channel, or of any; where there are some, for a name that was misspelt."""
    if others := {letter.delivery.channel for letter in letters}:
        return Text(f"No dead letters of {plain(channel)}; there are some of {plain(', '.join(sorted(others)))}.")
    return Text(f"No dead letters{f' of {plain(channel)}' if channel else ''}: nothing was given up.")


def title(delivery: Delivery) -> str:
    """What it would have told, in a line."""
    match delivery.event:
        case AlertEvent() as event:
            return event.card.headline
        case DigestEvent() as event:
            return f"{event.title}: {len(event.entries)} alerts"
        case OpsEvent() as event:
            return f"{event.subject}: {event.text}"


def table(letters: Sequence[Dead], at: float) -> Table:
    """A row for each letter."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("delivery", "channel", "given up", "tries", "what, and why"):
        shown.add_column(heading, no_wrap=heading != "what, and why", overflow="fold")
    for letter in letters:
        delivery = letter.delivery
        what = f"{delivery.kind}: {plain(title(delivery)).partition(chr(10))[0]}\n"
        shown.add_row(
            Text(delivery.id, "bold"),
            Text(plain(delivery.channel)),
            ago(letter.at, at),
            str(letter.attempts),
            Text.assemble(what, (plain(letter.reason), "red")),
        )
    return shown


def document(letter: Dead) -> dict[str, object]:
    """A letter as what JSON is made of."""
    delivery = letter.delivery
    return {
        "delivery": delivery.id,
        "channel": delivery.channel,
        "alert": delivery.lane,
        "event": delivery.kind,
        "title": title(delivery),
        "created_at": iso(delivery.created_at),
        "given_up_at": iso(letter.at),
        "attempts": letter.attempts,
        "reason": letter.reason,
    }
