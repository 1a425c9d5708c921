"""The Slack channel against the emulator, and behind a proxy that misbehaves."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, TypeAdapter, ValidationError

from monitor.channels import ChannelConfig, build, missing, slack_message
from monitor.channels.slack import InDoubt, SlackChannel, SlackConfig
from monitor.config import Settings
from monitor.errors import Ambiguous, ChannelError, Closed, Permanent, Retryable
from monitor.model import AlertEvent, Event, EventKind, Manner, OpsEvent, Receipt
from monitor.ports import Pauses
from monitor.store.memory import MemoryStore
from tests.channels.nasty import NASTY, alert
from tests.channels.samples import (
    ACKNOWLEDGED,
    AT,
    COPY,
    CORRECTION,
    DIGEST,
    EXPIRED,
    HOLD,
    LOUDER,
    RAISED,
    RECOVERY,
    REFILE,
    TROUBLE,
    UPDATE,
    WITHDRAWAL,
    delivery,
    outside,
)
from tests.servers.slack import (
    BOT,
    WRITER,
    Fault,
    FaultySlack,
    Room,
    Slack,
    adds_header,
    answers,
    goes_silent,
    refuses,
    resets,
    says,
    too_many,
)


def channel(
    slack: Slack | FaultySlack,
    room: Room | str,
    token: str = BOT,
    *,
    in_doubt: InDoubt = "resend",
    pauses: Pauses | None = None,
    clock: Callable[[], float] = lambda: AT,
) -> SlackChannel:
    config = SlackConfig(type="slack", channel=room if isinstance(room, str) else f"#{room.name}", in_doubt=in_doubt)
    settings = Settings(slack_token=SecretStr(token), slack_base_url=slack.base_url)
    return SlackChannel("desk", config, outside(settings, pauses=pauses, clock=clock), timeout=1)


async def raised(desk: SlackChannel) -> Receipt:
    root = await desk.send(delivery(RAISED), None)
    assert root is not None
    return root


# ── What becomes of each event ──────────────────────────────────────────────


async def test_a_raised_alert_is_one_message(slack: Slack) -> None:
    room = await slack.room()
    root = await raised(channel(slack, room))
    (message,) = await slack.messages(room)
    card = slack_message.card(RAISED)
    assert root == Receipt(f"{room.id}/{message['ts']}")
    assert message["blocks"] == card.blocks
    assert message["text"] == card.text
    assert message["metadata"] == {
        "event_type": "wirewatch_delivery",
        "event_payload": {"delivery_id": delivery(RAISED).id},
    }
    assert message["unfurl_links"] is False
    assert message["unfurl_media"] is False
    assert message["link_names"] is False
    assert message["parse"] == "none"


@pytest.mark.parametrize(
    ("event", "broadcast"),
    [
        pytest.param(COPY, False, id="copy"),
        pytest.param(UPDATE, False, id="update"),
        pytest.param(CORRECTION, True, id="correction"),
        pytest.param(HOLD, True, id="hold"),
        pytest.param(WITHDRAWAL, True, id="withdrawal"),
        pytest.param(LOUDER, True, id="severity raised"),
    ],
)
async def test_later_events_edit_the_message_and_reply(slack: Slack, event: AlertEvent, broadcast: bool) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    root = await raised(desk)
    assert await desk.send(delivery(event), root) == root
    (message,) = await slack.messages(room)
    assert message["blocks"] == slack_message.card(event).blocks
    assert message["text"] == slack_message.card(event).text
    (reply,) = await slack.replies(room, message["ts"])
    assert reply["blocks"] == slack_message.reply(event).blocks
    assert reply["reply_broadcast"] is broadcast
    assert reply["metadata"]["event_payload"] == {"delivery_id": delivery(event).id}


@pytest.mark.parametrize("event", [REFILE, ACKNOWLEDGED, EXPIRED], ids=["small change", "acknowledged", "expired"])
async def test_an_edit_is_silent(slack: Slack, event: AlertEvent) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    root = await raised(desk)
    assert await desk.send(delivery(event), root) == root
    (message,) = await slack.messages(room)
    assert message["blocks"] == slack_message.card(event).blocks
    assert await slack.replies(room, message["ts"]) == []


async def test_what_another_follows_leaves_the_message_to_it(faulty_slack: FaultySlack, slack: Slack) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    root = await raised(desk)
    for event in (COPY, REFILE):
        assert await desk.send(replace(delivery(event), followed=True), root) == root
    assert faulty_slack.called("chat.update") == 0
    assert len(await slack.replies(room, root.ref.split("/")[1])) == 1


async def test_an_alert_never_accepted_is_posted_with_its_next_news(slack: Slack) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    assert await desk.send(delivery(REFILE), None) is None
    root = await desk.send(delivery(WITHDRAWAL), None)
    (message,) = await slack.messages(room)
    assert root == Receipt(f"{room.id}/{message['ts']}")
    assert message["blocks"] == slack_message.card(WITHDRAWAL).blocks


@pytest.mark.parametrize("event", [TROUBLE, RECOVERY], ids=["trouble", "recovery"])
async def test_ops(slack: Slack, event: OpsEvent) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    receipt = await desk.send(delivery(event), None)
    (message,) = await slack.messages(room)
    assert message["blocks"] == slack_message.ops(event).blocks
    assert await desk.find(delivery(event), None) == receipt


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
async def test_nothing_from_outside_changes_on_its_way(slack: Slack, text: str) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    root = await desk.send(delivery(alert(text)), None)
    event = alert(text, kind=EventKind.CORRECTED)
    await desk.send(delivery(event), root)
    (message,) = await slack.messages(room)
    (reply,) = await slack.replies(room, message["ts"])
    assert message["blocks"] == slack_message.card(event).blocks
    assert reply["text"] == slack_message.reply(event).text


# ── Messages that somebody deleted, or that cannot be edited ────────────────


async def test_a_deleted_message_is_not_posted_again(slack: Slack) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    root = await raised(desk)
    await slack.call("chat.delete", BOT, channel=room.id, ts=root.ref.split("/")[1])
    assert await desk.send(delivery(CORRECTION), root) == root
    assert await slack.messages(room) == []


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed"])
async def test_a_message_that_cannot_be_edited_is_replied_to(
    faulty_slack: FaultySlack, slack: Slack, code: str
) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    root = await raised(desk)
    faulty_slack.next("chat.update", refuses(code))
    assert await desk.send(delivery(WITHDRAWAL), root) == root
    assert len(await slack.replies(room, root.ref.split("/")[1])) == 1


async def test_a_thread_that_is_gone_is_settled(faulty_slack: FaultySlack, slack: Slack) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    root = await raised(desk)
    faulty_slack.next("chat.postMessage", refuses("thread_not_found"))
    assert await desk.send(delivery(COPY), root) == root


async def test_a_reply_that_is_refused(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, await slack.room())
    root = await raised(desk)
    faulty_slack.next("chat.postMessage", refuses("restricted_action"))
    with pytest.raises(Closed, match="a workspace setting keeps apps from posting in #desk-"):
        await desk.send(delivery(COPY), root)


# ── Failures ────────────────────────────────────────────────────────────────

FAULTS = [
    pytest.param(too_many("7"), Retryable, "too many messages", id="429"),
    pytest.param(refuses("ratelimited"), Retryable, "too many messages", id="ratelimited"),
    pytest.param(refuses("service_unavailable"), Retryable, "out of service", id="service unavailable"),
    pytest.param(answers(500), Ambiguous, "answered 500", id="500 before acceptance"),
    pytest.param(answers(503, accepted=True), Ambiguous, "answered 503", id="503 after acceptance"),
    pytest.param(resets, Ambiguous, "the connection broke", id="reset after acceptance"),
    pytest.param(goes_silent, Ambiguous, "no answer in time", id="silence after acceptance"),
    pytest.param(refuses("internal_error"), Ambiguous, "internal_error", id="internal error"),
    pytest.param(answers(200, "{", "application/json", accepted=True), Ambiguous, "not JSON", id="half an answer"),
    pytest.param(answers(200, "hello", "text/plain"), Ambiguous, "a proxy", id="text in place of JSON"),
    pytest.param(answers(404), Closed, "WIREWATCH_SLACK_BASE_URL", id="404"),
    pytest.param(refuses("invalid_auth"), Closed, "WIREWATCH_SLACK_TOKEN", id="invalid token"),
    pytest.param(refuses("account_inactive"), Closed, "WIREWATCH_SLACK_TOKEN", id="bot removed"),
    pytest.param(refuses("missing_scope", needed="chat:write"), Closed, "lacks the scope chat:write", id="scope"),
    pytest.param(refuses("channel_not_found"), Closed, "no channel #", id="no channel"),
    pytest.param(refuses("not_in_channel"), Closed, "invite it with /invite @wirewatch", id="not a member"),
    pytest.param(refuses("is_archived"), Closed, "is archived", id="archived"),
    pytest.param(refuses("restricted_action_read_only_channel"), Closed, "a workspace setting", id="read only"),
    pytest.param(refuses("ekm_access_denied"), Closed, "ask an administrator", id="keys"),
    pytest.param(refuses("not_allowed_token_type"), Closed, "not that of a bot", id="another token"),
    pytest.param(refuses("invalid_blocks"), Permanent, "report it as a fault", id="blocks"),
    pytest.param(refuses("msg_too_long"), Permanent, "longer than Slack takes", id="too long"),
    pytest.param(refuses("whatever_else"), Permanent, "refused with whatever_else", id="unknown code"),
]


@pytest.mark.parametrize(("fault", "error", "words"), FAULTS)
async def test_a_post_that_fails(
    faulty_slack: FaultySlack, slack: Slack, fault: Fault, error: type[ChannelError], words: str
) -> None:
    faulty_slack.next("chat.postMessage", fault)
    with pytest.raises(error, match=words) as caught:
        await raised(channel(faulty_slack, await slack.room()))
    assert faulty_slack.called("chat.postMessage") == 1
    assert BOT not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(("fault", "error", "words"), FAULTS)
async def test_an_edit_that_fails_may_be_repeated(
    faulty_slack: FaultySlack, slack: Slack, fault: Fault, error: type[ChannelError], words: str
) -> None:
    room = await slack.room()
    now = [AT]
    desk = channel(faulty_slack, room, clock=lambda: now[0])
    root = await raised(desk)
    faulty_slack.next("chat.update", fault)
    with pytest.raises(Retryable if error is Ambiguous else error, match=words):
        await desk.send(delivery(COPY), root)
    assert await slack.replies(room, root.ref.split("/")[1]) == []
    now[0] += 60
    assert await desk.send(delivery(COPY), root) == root
    assert len(await slack.replies(room, root.ref.split("/")[1])) == 1


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0", 0.0), ("soon", None)])
async def test_retry_after(faulty_slack: FaultySlack, slack: Slack, header: str, seconds: float | None) -> None:
    faulty_slack.next("chat.postMessage", too_many(header))
    with pytest.raises(Retryable) as caught:
        await raised(channel(faulty_slack, await slack.room()))
    assert caught.value.retry_after == seconds


async def test_slack_cannot_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = Settings(slack_token=SecretStr(BOT), slack_base_url=f"http://127.0.0.1:{port}/api/")
    desk = SlackChannel("desk", SlackConfig(type="slack", channel="#desk"), outside(settings))
    with pytest.raises(Retryable, match="cannot be reached"):
        await desk.send(delivery(RAISED), None)


async def test_a_private_channel_without_the_bot(slack: Slack) -> None:
    with pytest.raises(Closed, match=r"the bot is not in #desk-.*: invite it with /invite @wirewatch"):
        await raised(channel(slack, await slack.room(private=True)))


async def test_an_archived_channel(slack: Slack) -> None:
    room = await slack.room()
    await slack.call("conversations.archive", channel=room.id)
    with pytest.raises(Closed, match=f"#{room.name} is archived"):
        await raised(channel(slack, room))


# ── Looking for what may have been accepted ─────────────────────────────────


@pytest.mark.parametrize("fault", [resets, goes_silent, answers(503, accepted=True)], ids=["reset", "silence", "503"])
async def test_a_message_that_was_accepted_is_found(faulty_slack: FaultySlack, slack: Slack, fault: Fault) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    faulty_slack.next("chat.postMessage", fault)
    with pytest.raises(Ambiguous):
        await raised(desk)
    found = await desk.find(delivery(RAISED), None)
    (message,) = await slack.messages(room)
    assert found == Receipt(f"{room.id}/{message['ts']}")


async def test_a_message_that_was_not_accepted_is_not_found(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, await slack.room())
    await raised(desk)
    faulty_slack.next("chat.postMessage", answers(500))
    with pytest.raises(Ambiguous):
        await desk.send(delivery(RAISED, "other"), None)
    assert await desk.find(delivery(RAISED, "other"), None) is None


@pytest.mark.parametrize(("fault", "there"), [(resets, True), (answers(500), False)], ids=["accepted", "not accepted"])
async def test_a_reply_is_looked_for_in_its_thread(
    faulty_slack: FaultySlack, slack: Slack, fault: Fault, there: bool
) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    root = await raised(desk)
    faulty_slack.next("chat.postMessage", fault)
    with pytest.raises(Ambiguous):
        await desk.send(delivery(COPY), root)
    assert await desk.find(delivery(COPY), root) == (root if there else None)
    assert await desk.find(delivery(CORRECTION), root) is None


async def test_what_stands_on_a_later_page_is_found(slack: Slack) -> None:
    room = await slack.room()
    desk = channel(slack, room)
    root = await raised(desk)
    for n in range(230):
        await slack.call("chat.postMessage", channel=room.id, text=f"message {n}")
    assert await desk.find(delivery(RAISED), None) == root


async def test_a_history_without_end_is_given_up(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, (await slack.room()).id)
    page = says(ok=True, messages=[], response_metadata={"next_cursor": "more"})
    faulty_slack.next("conversations.history", *[page] * 100)
    assert await desk.find(delivery(RAISED), None) is None
    assert faulty_slack.called("conversations.history") == 20
    holding = channel(faulty_slack, (await slack.room()).id, in_doubt="hold")
    with pytest.raises(Permanent, match="too much in the channel to look through"):
        await holding.find(delivery(RAISED), None)


async def test_an_edit_is_not_looked_for(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, await slack.room())
    root = await raised(desk)
    faulty_slack.calls.clear()
    assert await desk.find(delivery(REFILE), root) is None
    assert faulty_slack.calls == []


@pytest.mark.parametrize("event", [RAISED, COPY], ids=["message", "reply"])
async def test_without_the_scope_it_is_sent_again_or_held(slack: Slack, event: AlertEvent) -> None:
    room = await slack.room()
    root = await raised(channel(slack, room, WRITER))
    known = root if event is COPY else None
    assert await channel(slack, room.id, WRITER).find(delivery(event), known) is None
    words = f"its answer was lost, and without the scope channels:history.* look whether it stands in {room.id}"
    with pytest.raises(Permanent, match=words):
        await channel(slack, room.id, WRITER, in_doubt="hold").find(delivery(event), known)


async def test_without_the_scope_to_learn_the_channels_id(slack: Slack) -> None:
    room = await slack.room()
    assert await channel(slack, room, WRITER).find(delivery(RAISED), None) is None
    with pytest.raises(Permanent, match="without the scope channels:read"):
        await channel(slack, room, WRITER, in_doubt="hold").find(delivery(RAISED), None)


async def test_what_can_be_looked_for_is_not_held(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, await slack.room(), in_doubt="hold")
    faulty_slack.next("chat.postMessage", resets, answers(500))
    for there in (True, False):
        event = delivery(RAISED, str(there))
        with pytest.raises(Ambiguous):
            await desk.send(event, None)
        assert (await desk.find(event, None) is not None) is there


async def test_a_look_is_refused_while_the_token_is_bad(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, (await slack.room()).id, in_doubt="hold")
    faulty_slack.next("conversations.history", refuses("token_revoked"))
    with pytest.raises(Closed, match="the token was revoked"):
        await desk.find(delivery(RAISED), None)


async def test_a_thread_that_is_gone_holds_nothing(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, (await slack.room()).id, in_doubt="hold")
    root = await raised(desk)
    faulty_slack.next("conversations.replies", refuses("thread_not_found"))
    assert await desk.find(delivery(COPY), root) is None


@pytest.mark.parametrize("fault", [too_many("3"), answers(500), resets], ids=["429", "500", "reset"])
async def test_a_look_that_fails_is_taken_again_later(faulty_slack: FaultySlack, slack: Slack, fault: Fault) -> None:
    now = [AT]
    desk = channel(faulty_slack, await slack.room(), clock=lambda: now[0])
    root = await raised(desk)
    faulty_slack.next("conversations.history", fault)
    with pytest.raises(Retryable):
        await desk.find(delivery(RAISED), None)
    now[0] += 60
    assert await desk.find(delivery(RAISED), None) == root


# ── Pauses that Slack asks for ──────────────────────────────────────────────


async def test_a_method_is_left_alone_by_every_process(faulty_slack: FaultySlack, slack: Slack) -> None:
    now, pauses = [AT], MemoryStore()
    room = await slack.room()
    one, two = (channel(faulty_slack, name, pauses=pauses, clock=lambda: now[0]) for name in (room, await slack.room()))
    root = await raised(one)
    faulty_slack.next("chat.postMessage", too_many("7"))
    with pytest.raises(Retryable, match="too many messages at once"):
        await one.send(delivery(RAISED, "next"), None)
    faulty_slack.calls.clear()
    now[0] += 5
    with pytest.raises(Retryable, match=r"asked us to leave chat.postMessage alone for another 2s") as caught:
        await two.send(delivery(RAISED), None)
    assert caught.value.retry_after == 2
    assert faulty_slack.calls == []
    assert await one.send(delivery(REFILE), root) == root  # another method
    now[0] += 2
    await two.send(delivery(RAISED), None)


@pytest.mark.parametrize("method", ["chat.update", "conversations.history"])
async def test_each_method_has_its_own_pause(faulty_slack: FaultySlack, slack: Slack, method: str) -> None:
    desk = channel(faulty_slack, await slack.room())
    root = await raised(desk)
    faulty_slack.next(method, too_many("7"))
    for _ in range(2):
        with pytest.raises(Retryable):
            await (desk.send(delivery(REFILE), root) if method == "chat.update" else desk.find(delivery(RAISED), None))
    assert faulty_slack.called(method) == 1
    await desk.send(delivery(RAISED, "next"), None)


async def test_without_a_time_there_is_no_pause(faulty_slack: FaultySlack, slack: Slack) -> None:
    desk = channel(faulty_slack, await slack.room())
    faulty_slack.next("chat.postMessage", too_many("soon"))
    with pytest.raises(Retryable):
        await raised(desk)
    await raised(desk)


# ── Opening ─────────────────────────────────────────────────────────────────


async def test_open_learns_the_channel(faulty_slack: FaultySlack, slack: Slack) -> None:
    room = await slack.room()
    desk = channel(faulty_slack, room)
    await desk.open()
    await raised(desk)
    await desk.close()
    posted = json.loads(faulty_slack.calls[-1].body)
    assert posted["channel"] == room.id


async def test_open_with_an_id(slack: Slack) -> None:
    room = await slack.room()
    desk = channel(slack, room.id)
    await desk.open()
    assert (await raised(desk)).ref.startswith(f"{room.id}/")


@pytest.mark.parametrize(("in_doubt", "fate"), [("resend", "sent again"), ("hold", "held among the dead letters")])
async def test_open_says_what_scopes_are_wanting(slack: Slack, in_doubt: InDoubt, fate: str) -> None:
    room = await slack.room()
    unread, blind = await channel(slack, room.id, WRITER, in_doubt=in_doubt).open()
    assert "without the scope channels:read" in unread
    assert "without the scope channels:history nothing can be looked for" in blind
    assert blind.endswith(f"a message whose answer was lost is {fate} (in_doubt: {in_doubt})")
    _, nameless = await channel(slack, room, WRITER).open()
    assert "without the scope channels:read nothing can be looked for" in nameless


async def test_open_has_nothing_to_say_of_a_channel_that_is_well(slack: Slack) -> None:
    assert await channel(slack, await slack.room()).open() == ()


async def test_open_in_a_channel_whose_history_only_members_read(faulty_slack: FaultySlack, slack: Slack) -> None:
    faulty_slack.next("conversations.history", refuses("not_in_channel"))
    (blind,) = await channel(faulty_slack, await slack.room()).open()
    assert "where the bot is no member nothing can be looked for" in blind


async def test_open_finds_that_it_may_not_write(faulty_slack: FaultySlack, slack: Slack) -> None:
    faulty_slack.next("auth.test", adds_header("X-OAuth-Scopes", "channels:read, channels:history"))
    with pytest.raises(Closed, match="lacks the scope chat:write: add it"):
        await channel(faulty_slack, await slack.room()).open()


async def test_open_in_a_workspace_with_too_many_channels(faulty_slack: FaultySlack, slack: Slack) -> None:
    page = says(ok=True, channels=[{"name": "other"}], response_metadata={"next_cursor": "more"})
    faulty_slack.next("conversations.list", *[page] * 20)
    with pytest.raises(Closed, match=r"#desk is not among the first 4000 channels: write its id \(C…\)"):
        await channel(faulty_slack, "#desk").open()


@pytest.mark.parametrize("name", ["#nowhere", "C0000000000"])
async def test_open_finds_a_wrong_channel(slack: Slack, name: str) -> None:
    with pytest.raises(Closed, match=f"there is no channel {name} that the bot can see"):
        await channel(slack, name).open()


async def test_open_finds_an_archived_channel(slack: Slack) -> None:
    room = await slack.room()
    await slack.call("conversations.archive", channel=room.id)
    with pytest.raises(Closed, match="is archived"):
        await channel(slack, room).open()


@pytest.mark.parametrize(
    ("scopes", "welcome"), [("chat:write,channels:read", False), ("chat:write,chat:write.public", True)]
)
async def test_open_finds_a_channel_without_the_bot(
    faulty_slack: FaultySlack, slack: Slack, scopes: str, welcome: bool
) -> None:
    desk = channel(faulty_slack, await slack.room())
    faulty_slack.next("auth.test", adds_header("X-OAuth-Scopes", scopes))
    if welcome:
        await desk.open()
    else:
        with pytest.raises(Closed, match="the bot is not in #"):
            await desk.open()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(refuses("invalid_auth"), Closed, id="invalid token"),
        pytest.param(answers(500), Retryable, id="500"),
        pytest.param(goes_silent, Retryable, id="silence"),
    ],
)
async def test_open_that_fails(
    faulty_slack: FaultySlack, slack: Slack, fault: Fault, error: type[ChannelError]
) -> None:
    faulty_slack.next("auth.test", fault)
    with pytest.raises(error):
        await channel(faulty_slack, await slack.room()).open()


# ── Configuration ───────────────────────────────────────────────────────────

CONFIG: TypeAdapter[Any] = TypeAdapter(ChannelConfig)


@pytest.mark.parametrize("name", ["#world-desk", "world-desk", "C0123456789", "#новости", "#night_desk.2"])
def test_channels_that_are_taken(name: str) -> None:
    config = CONFIG.validate_python({"type": "slack", "channel": name})
    assert config == SlackConfig(type="slack", channel=name)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"channel": None}, "# starts a comment in YAML", id="unquoted"),
        pytest.param({"channel": "#two words"}, "is not a channel", id="blank"),
        pytest.param({"channel": "#Desk"}, "is not a channel", id="capital"),
        pytest.param({"channel": "@someone"}, "is not a channel", id="person"),
        pytest.param({"channel": ""}, "is not a channel", id="empty"),
        pytest.param({"channel": 7}, "valid string", id="number"),
        pytest.param({}, "Field required", id="none"),
        pytest.param({"channel": "#desk", "gather": "1m"}, "less than or equal to 30", id="patience"),
        pytest.param({"channel": "#desk", "in_doubt": "drop"}, "'resend' or 'hold'", id="in doubt"),
        pytest.param({"channel": "#desk", "token": "xoxb-1"}, "Extra inputs", id="a secret in YAML"),
    ],
)
def test_channels_that_are_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CONFIG.validate_python({"type": "slack", **given})


@pytest.mark.parametrize(
    ("event", "seconds"),
    [
        pytest.param(COPY, 20.0, id="copy"),
        pytest.param(replace(COPY, manner=Manner.PING), 0.0, id="copy that pings"),
        pytest.param(UPDATE, 0.0, id="update"),
        pytest.param(REFILE, 0.0, id="edit"),
        pytest.param(RAISED, 0.0, id="raised"),
        pytest.param(TROUBLE, 0.0, id="ops"),
        pytest.param(DIGEST, 0.0, id="digest"),
    ],
)
def test_only_copies_are_gathered(event: Event, seconds: float) -> None:
    assert SlackConfig(type="slack", channel="#desk").patience(event) == seconds


@pytest.mark.parametrize(("written", "seconds"), [("0s", 0.0), ("15s", 15.0), ("30s", 30.0)])
def test_how_long_copies_are_gathered(written: str, seconds: float) -> None:
    config = CONFIG.validate_python({"type": "slack", "channel": "#desk", "gather": written})
    assert config.patience(COPY) == seconds


def test_missing_token() -> None:
    config = SlackConfig(type="slack", channel="#desk")
    assert missing(config, Settings()) == "WIREWATCH_SLACK_TOKEN is not set (nor WIREWATCH_SLACK_TOKEN_FILE)"
    assert missing(config, Settings(slack_token=SecretStr("xoxb-1"))) == ""


async def test_a_channel_built_from_its_configuration(slack: Slack) -> None:
    room = await slack.room()
    settings = Settings(slack_token=SecretStr(BOT), slack_base_url=slack.base_url)
    desk = build("desk", SlackConfig(type="slack", channel=f"#{room.name}"), outside(settings))
    await desk.open()
    assert (desk.name, desk.pace) == ("desk", 1.0)
    assert await desk.send(delivery(replace(RAISED, alert_id="a9")), None) is not None
    assert BOT not in repr(desk)
