"""`wirewatch outbox`, `dead` and `deliveries`: what an operator sees of the outbox, and does with it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.cli.dead import NoSuchLetter, chosen
from monitor.cli.deliveries import History, attempts, by_delivery, told
from monitor.cli.outbox import table
from monitor.config import Settings
from monitor.model import Delivery, DeliveryState, Fate, OpsEvent, Outcome
from monitor.ports import UNREADABLE, Backlog, Dead, Step, Store
from monitor.store import open_store
from tests.items import NOON, an_item
from tests.servers.service import Wirewatch
from tests.store.made import a_commit, a_delivery, a_story

LEASE = 30.0
ODD = "refused \x1b[31mwith <!channel>"
ITEM = an_item("Ministers meet", guid="1")
UNHEARD = an_item("Nobody asked for it", guid="2")


async def give_up(store: Store, *deliveries: Delivery) -> None:
    for delivery in deliveries:
        await store.put([delivery])
        taken = await store.take(delivery.channel, NOON + 1, LEASE)
        assert taken
        await store.give_up(taken, NOON + 2, ODD)


async def fill(store: Store) -> None:
    """An item told to `a`, one that is told nobody, and two deliveries given up."""
    alert = a_delivery("9c" * 8, "alert-1", "a")
    for item, outcome, deliveries in (
        (ITEM, Outcome(Fate.ALERTED, "matched strike; told a"), [alert]),
        (UNHEARD, Outcome(Fate.UNMATCHED, "no rule asks for it"), []),
    ):
        commit = a_commit(item, clock=99, story=a_story(item.guid), deliveries=deliveries)
        record = replace(commit.record, outcome=outcome, alerts=tuple(one.lane for one in deliveries))
        assert await store.commit(replace(commit, record=record), NOON)
    taken = await store.take("a", NOON, LEASE)
    assert taken
    await store.retry(taken, NOON + 0.5, NOON + 9, "too many at once", unsettled=False)
    taken = await store.take("a", NOON + 9, LEASE)
    assert taken
    await store.sent(taken, None, NOON + 12)
    await give_up(store, a_delivery("3f" * 8, "alert-2", "a"), a_delivery("4a" * 8, "alert-3", "gone"))


def in_store(user: Wirewatch, work: Callable[[Store], Awaitable[None]]) -> None:
    async def opened() -> None:
        async with open_store(Settings(data_dir=Path(user.environment["WIREWATCH_DATA_DIR"]))) as store:
            await work(store)

    asyncio.run(opened())


@pytest.fixture
def operator(user: Wirewatch) -> Wirewatch:
    """A user whose outbox was used for a while."""
    user.write("routes.yaml", "channels: {a: {type: console}}\nroutes: [{to: a}]\n")
    in_store(user, fill)
    return user


# ── outbox ──────────────────────────────────────────────────────────────────


def test_outbox_counts_by_channel_and_state(operator: Wirewatch) -> None:
    done = operator.command("outbox", "--json")
    a, gone = json.loads(done.stdout)["channels"]
    assert a == {
        "channel": "a",
        "queued": 0,
        "sending": 0,
        "retry": 0,
        "ambiguous": 0,
        "dead": 1,
        "held": 0,
        "waiting": 0,
        "oldest": None,
        "said": "",
        "paused_until": None,
        "in_routes": True,
    }
    assert (gone["channel"], gone["dead"], gone["in_routes"]) == ("gone", 1, False)
    shown = operator.command("outbox").stdout
    assert "not in routes.yaml" in shown
    assert "dead ones need you: wirewatch dead list" in shown


def test_outbox_of_a_folder_with_faults_is_shown_all_the_same(user: Wirewatch) -> None:
    user.write("routes.yaml", "channels: 5\n")
    assert "nothing was queued" in user.command("outbox").stdout


@pytest.mark.parametrize(
    ("backlog", "remark"),
    [
        pytest.param(Backlog("a", queued=1, oldest=NOON - 300), "5m ago", id="owed"),
        pytest.param(Backlog("a", queued=1, oldest=NOON + 300), "in 5m", id="held"),
        pytest.param(Backlog("a", retry=1, paused=NOON + 30), "paused until 2022-03-30 12:00:30 UTC", id="paused"),
        pytest.param(Backlog("a", retry=1, said="Slack: away\x1b[2J"), "Slack: away�[2J", id="refused"),
        pytest.param(Backlog("a", retry=1, said="429", paused=NOON + 30), "asked for it; 429", id="paused and refused"),
        pytest.param(Backlog("b", queued=1), "not in routes.yaml", id="gone"),
    ],
)
def test_what_the_table_remarks(backlog: Backlog, remark: str) -> None:
    shown = table([backlog], frozenset("a"), NOON)
    assert any(remark in str(cell) for column in shown.columns for cell in column.cells)


# ── dead ────────────────────────────────────────────────────────────────────


def test_dead_letters_are_listed_and_shown(operator: Wirewatch) -> None:
    listed = json.loads(operator.command("dead", "list", "--channel", "a", "--json").stdout)["dead"]
    assert listed == [
        {
            "delivery": "3f" * 8,
            "channel": "a",
            "alert": "alert-2",
            "event": "ops",
            "attempts": 1,
            "title": "feed meridian: is silent",
            "reason": ODD,
            "created_at": "2022-03-30T12:00:00.000Z",
            "given_up_at": "2022-03-30T12:00:02.000Z",
        }
    ]
    table = operator.command("dead", "list").stdout
    assert "refused �[31mwith <!channel>" in table
    assert "\x1b" not in table
    missed = operator.command("dead", "list", "--channel", "b").stdout
    assert missed == "No dead letters of b; there are some of a, gone.\n"
    shown = operator.command("dead", "show", "3f")
    assert "feed meridian: is silent" in shown.stdout
    assert "12:00:01 UTC  try 1: given up after 1s: refused" in shown.stdout
    whole = json.loads(operator.command("dead", "show", "3f", "--json").stdout)
    assert (whole["message"]["event"], [step["state"] for step in whole["steps"]]) == (
        "ops",
        ["queued", "sending", "dead"],
    )


def test_dead_letters_are_replayed_or_dropped(operator: Wirewatch) -> None:
    for asked in (("dead", "replay"), ("dead", "drop", "3f", "--all")):
        assert "name deliveries by their ids, or say --all" in operator.command(*asked).stderr
    unknown = operator.command("dead", "replay", "ffff")
    assert (unknown.returncode, unknown.stderr) == (
        1,
        "wirewatch: there is no dead letter 'ffff': wirewatch dead list shows all\n",
    )
    assert operator.command("dead", "replay", "3f").stdout.startswith("queued again: feed meridian: is silent (3f3f")
    assert operator.command("dead", "drop", "--all").stdout.startswith("dropped: feed meridian: is silent (4a4a")
    assert operator.command("dead", "drop", "--all").stdout == "No dead letters: nothing was given up.\n"
    assert operator.command("dead", "list").stdout == "No dead letters: nothing was given up.\n"

    async def look(store: Store) -> None:
        (a,) = await store.backlog(["a"])
        assert (a.ambiguous, a.dead) == (1, 0), "it is looked for before it is sent"

    in_store(operator, look)


def test_what_cannot_be_read_is_left_alone(user: Wirewatch) -> None:
    async def fill(store: Store) -> None:
        await store.put([a_delivery("3f" * 8)])
        taken = await store.take("desk", NOON, LEASE)
        assert taken
        await store.give_up(taken, NOON, UNREADABLE)

    in_store(user, fill)
    done = user.command("dead", "replay", "--all", "--anyway")
    assert done.returncode == 1
    assert "can only be dropped" in done.stdout


def a_letter(delivery_id: str) -> Dead:
    return Dead(a_delivery(delivery_id), NOON, "refused", 1)


def test_letters_are_chosen_by_how_their_ids_begin() -> None:
    letters = [a_letter("ab1"), a_letter("ab2"), a_letter("c")]
    assert chosen(letters, ["c", "ab1", "c"]) == [letters[2], letters[0]]
    with pytest.raises(NoSuchLetter, match="2 dead letters begin with 'ab'"):
        chosen(letters, ["ab"])


# ── deliveries ──────────────────────────────────────────────────────────────


def test_deliveries_of_an_item_or_of_an_alert(operator: Wirewatch) -> None:
    lines = [
        "alert alert-1 to a",
        "  ops  delivery 9c9c9c9c9c9c9c9c",
        "    2022-03-30 12:00:00 UTC  queued",
        "    2022-03-30 12:00:00 UTC  try 1: not accepted after 0.5s, again 2022-03-30 12:00:09 UTC: too many at once",
        "    2022-03-30 12:00:09 UTC  try 2: accepted after 3s",
    ]
    for needle in (ITEM.url, ITEM.key, "alert-1"):
        assert operator.command("deliveries", needle).stdout.strip().splitlines() == lines
    (alert,) = json.loads(operator.command("deliveries", ITEM.guid, "--json").stdout)["alerts"]
    (delivery,) = alert["deliveries"]
    assert (alert["alert"], alert["channel"], delivery["delivery"]) == ("alert-1", "a", "9c" * 8)
    assert [(step["state"], step["attempt"], step["said"]) for step in delivery["steps"]] == [
        *[("queued", 0, "ops"), ("sending", 1, ""), ("retry", 1, "too many at once")],
        *[("sending", 2, ""), ("sent", 2, "")],
    ]


def test_deliveries_of_what_nobody_was_told(operator: Wirewatch) -> None:
    unheard = operator.command("deliveries", UNHEARD.url)
    assert (unheard.returncode, unheard.stdout) == (
        1,
        "Nobody was told of it: no rule matched, no rule asks for it. wirewatch why tells more.\n",
    )
    assert "no alert of that id" in operator.command("deliveries", "nothing").stdout
    assert json.loads(operator.command("deliveries", "nothing", "--json").stdout) == {"alerts": []}


def step(state: DeliveryState, attempt: int, at: float, due: float = 0.0, said: str = "", of: str = "1") -> Step:
    return Step(of, state, attempt, NOON + at, NOON + due if due else 0.0, said)


QUEUED = step(DeliveryState.QUEUED, 0, 0, 0, "raised")
FIRST = step(DeliveryState.SENDING, 1, 1)
SECOND = step(DeliveryState.SENDING, 2, 40)


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        pytest.param([QUEUED], ["00:00 UTC  queued"], id="not tried"),
        pytest.param(
            [step(DeliveryState.QUEUED, 0, 0, 90, "raised")],
            ["00:00 UTC  queued, not before 2022-03-30 12:01:30 UTC"],
            id="held",
        ),
        pytest.param(
            [step(DeliveryState.HELD, 0, 0, 90, "quiet hours"), step(DeliveryState.LIFTED, 0, 5)],
            [
                "00:00 UTC  held until 2022-03-30 12:01:30 UTC: quiet hours",
                "00:05 UTC  taken out of its hold, never told or told otherwise",
            ],
            id="held and lifted",
        ),
        pytest.param(
            [step(DeliveryState.LIFTED, 0, 5, 0, "acknowledged by anna")],
            ["00:05 UTC  called off: acknowledged by anna"],
            id="called off",
        ),
        pytest.param(
            [step(DeliveryState.GATHERED, 0, 90, 0, "4b")],
            ["01:30 UTC  told in a digest, delivery 4b"],
            id="gathered",
        ),
        pytest.param([FIRST], ["00:01 UTC  try 1: under way"], id="under way"),
        pytest.param(
            [FIRST, SECOND, step(DeliveryState.SENT, 2, 41)],
            [
                "00:01 UTC  try 1: no outcome, its sender died or lost its lease",
                "00:40 UTC  try 2: accepted after 1s",
            ],
            id="a sender that died",
        ),
        pytest.param(
            [FIRST, step(DeliveryState.AMBIGUOUS, 1, 9, 12, "no answer in time")],
            ["00:01 UTC  try 1: no clear answer after 8s, again 2022-03-30 12:00:12 UTC: no answer in time"],
            id="no clear answer",
        ),
        pytest.param(
            [
                *[FIRST, step(DeliveryState.DEAD, 1, 2, 0, "too long")],
                step(DeliveryState.AMBIGUOUS, 1, 30, 30, "queued again by an operator"),
                *[SECOND, step(DeliveryState.DEAD, 2, 40.25, 0, "too long")],
                step(DeliveryState.DROPPED, 2, 60, 0, "dropped by an operator"),
            ],
            [
                "00:01 UTC  try 1: given up after 1s: too long",
                "00:30 UTC  queued again by an operator",
                "00:40 UTC  try 2: given up after 0.25s: too long",
                "01:00 UTC  dropped by an operator",
            ],
            id="replayed and dropped",
        ),
    ],
)
def test_attempts_in_words(steps: list[Step], lines: list[str]) -> None:
    assert [line.plain.removeprefix("2022-03-30 12:") for line in attempts(steps)] == lines


def test_deliveries_stand_in_the_order_in_which_they_were_queued() -> None:
    later = step(DeliveryState.QUEUED, 0, 5, 0, "corrected", of="0")
    steps = [QUEUED, later, FIRST, step(DeliveryState.SENT, 1, 2)]
    assert [(delivery, len(its)) for delivery, its in by_delivery(steps)] == [("1", 3), ("0", 1)]
    shown = [line.plain for line in told(History("alert-1", "desk", steps))]
    assert shown[1] == "  raised  delivery 1"
    assert shown[-2] == "  corrected  delivery 0"
    held = told(History("alert-1", "desk", [step(DeliveryState.HELD, 0, 0, 90, "digest"), QUEUED]))
    assert [line.plain for line in held][1] == "  raised  delivery 1", "told after it was held"
    forgotten = [line.plain for line in told(History("alert-1", "desk", steps[2:]))]
    assert forgotten[1] == "    delivery 1", "the list of steps has an end"


def test_a_notice_in_the_list_is_one_line(user: Wirewatch) -> None:
    async def fill(store: Store) -> None:
        await give_up(store, a_delivery("3f" * 8, event=OpsEvent(NOON, "rules", "not reloaded:\nrules.yaml:3:1: no")))

    in_store(user, fill)
    assert "rules.yaml:3:1" not in user.command("dead", "list").stdout
