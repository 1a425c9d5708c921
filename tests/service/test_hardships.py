"""What goes wrong around the service in a long life: stores that forget, hosts that hang, channels that close."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import PATIENCE, Wirewatch, rss
from tests.servers.stores import RedisServer, redis_binary

OLD = ("old", "Nothing much happens in Tunxi", "It was a quiet day by the river, residents said on Monday.")
STRIKE = ("1", "Pilots call a strike", "The pilots will stay on the ground on Friday, their union said.")

pytestmark = pytest.mark.slow


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer) -> Iterator[Wirewatch]:
    """A service with one feed and one rule; not started."""
    running = Wirewatch(tmp_path)
    hostile.set("/one", rss(OLD))
    running.feeds(hostile.url("/one"))
    running.rule("strike", "strike")
    yield running
    running.kill()


def polled(hostile: HostileServer, path: str = "/one", more: int = 2) -> int:
    """A number of requests that is reached once the path was asked for `more` times from now on."""
    return len(hostile.requests_for(path)) + more


def says(answer: dict[str, object]) -> Answer:
    """An answer as Slack gives it."""
    return Answer(json.dumps(answer).encode(), content_type="application/json")


DESK = {"id": "C0123456789", "name": "desk", "is_member": True}
WITH_SLACK = "channels: {here: {type: console, format: json}, desk: {type: slack, channel: '#desk'}}\nops: [here]\n"


def with_slack(service: Wirewatch, hostile: HostileServer, *to: str) -> None:
    """Everything goes to these, of `here` and a Slack channel `desk` that takes whatever it is given."""
    service.environment |= {"WIREWATCH_SLACK_TOKEN": "xoxb-1", "WIREWATCH_SLACK_BASE_URL": hostile.url("/slack/")}
    service.write("routes.yaml", f"{WITH_SLACK}routes: [{{to: [{', '.join(to)}]}}]\n")
    slack_answers(hostile, ok=True, channel="C0123456789", ts="1.2", channels=[DESK], messages=[])


def slack_answers(hostile: HostileServer, **answer: object) -> None:
    """Slack answers every call like this."""
    for method in ("auth.test", "chat.postMessage", "conversations.list", "conversations.history"):
        hostile.serve(f"/slack/{method}", says(answer))


def posted(hostile: HostileServer) -> int:
    """How often a message was posted, or tried to."""
    return len(hostile.requests_for("/slack/chat.postMessage"))


def spells(service: Wirewatch) -> list[tuple[bool, str]]:
    """What operators were told of the Slack channel: whether it is fine again, and the words."""
    return [(event["recovered"], event["text"]) for event in service.of("ops") if event["subject"] == "channel desk"]


def told(service: Wirewatch) -> list[str]:
    return [event["text"] for event in service.of("ops")]


# ── The store ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("how", ["flushed", "restarted without its data"])
def test_a_store_that_comes_back_empty_is_planned_and_told_each_time(
    service: Wirewatch, hostile: HostileServer, how: str
) -> None:
    with RedisServer(redis_binary(), "--appendonly", "no") as server:
        service.environment["WIREWATCH_REDIS_URL"] = server.url
        service.start()
        service.until(lambda: len(hostile.requests_for("/one")) > 1)
        for times in (1, 2):
            if how == "flushed":
                Redis.from_url(server.url).flushall()
            else:
                server.kill()
                server.start()
            service.until(lambda: len(service.of("ops")) == times)  # noqa: B023 (read at once)
            enough = polled(hostile)
            service.until(lambda: len(hostile.requests_for("/one")) >= enough)  # noqa: B023
        assert all("came back empty" in text for text in told(service))
        hostile.set("/one", rss(STRIKE, OLD))
        service.until(lambda: service.titles() == [STRIKE[1]])
        assert service.stop() == 0


def test_a_store_that_takes_no_writes_or_locks_us_out_is_away_until_it_does(
    service: Wirewatch, hostile: HostileServer, redis_server: RedisServer
) -> None:
    service.environment["WIREWATCH_REDIS_URL"] = redis_server.url
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    operator = Redis.from_url(redis_server.url)
    operator.config_set("min-replicas-to-write", "1")
    service.until(lambda: "NOREPLICAS" in service.log.read_text())
    operator.config_set("min-replicas-to-write", "0")
    service.until(lambda: service.log.read_text().count("the store answers") == 1)
    operator.config_set("requirepass", "secret")
    operator.client_kill_filter(_type="normal", skipme=True)
    service.until(lambda: "does not let us in" in service.log.read_text())
    operator.config_set("requirepass", "")
    service.until(lambda: service.log.read_text().count("the store answers") == 2)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: service.titles() == [STRIKE[1]])
    assert service.stop() == 0


# ── Feeds ───────────────────────────────────────────────────────────────────


def test_a_host_that_hangs_does_not_starve_the_others(service: Wirewatch, hostile: HostileServer) -> None:
    with HostileServer() as other:
        hanging = [f"  - {{id: h{n}, url: '{other.url(f'/hang?{n}')}', every: 0.3s}}" for n in range(150)]
        healthy = f"  - {{id: one, url: '{hostile.url('/one')}', every: 0.3s}}"
        service.write("feeds.yaml", "\n".join(["feeds:", *hanging, healthy, ""]))
        service.start()
        service.until(lambda: len(hostile.requests_for("/one")) > 5)
        assert 0 < len(other.requests) <= 32
        assert service.stop() == 0


def test_the_first_round_is_told_and_so_is_one_in_which_nothing_was_read(
    service: Wirewatch, hostile: HostileServer
) -> None:
    service.feeds(hostile.url("/one"), hostile.url("/empty"))
    service.start()
    service.until(lambda: "first round: 1 of 2 feeds read, 1 items seen; not read: two: " in service.log.read_text())
    assert "alerts begin with what comes next" in service.log.read_text()
    assert service.stop() == 0
    hostile.set("/one", b"out of order", status=500)
    service.start("--once")
    assert service.wait() == 1
    assert any(
        text.startswith("none could be read: first round") or "0 of 2 feeds read" in text for text in told(service)
    )


# ── Channels ────────────────────────────────────────────────────────────────


def test_a_channel_that_is_closed_keeps_its_queue_and_the_others_go_on(
    service: Wirewatch, hostile: HostileServer
) -> None:
    with_slack(service, hostile, "desk", "here")
    slack_answers(hostile, ok=False, error="token_revoked")
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: service.titles() == [STRIKE[1]])
    service.until(lambda: posted(hostile) > 2)
    ((fine, text),) = spells(service)
    assert "the token was revoked" in text
    assert not fine
    assert "given up" not in service.log.read_text()
    with_slack(service, hostile, "desk", "here")
    service.until(lambda: len(spells(service)) == 2)
    assert spells(service)[1][0]
    assert service.stop() == 0


def test_a_token_that_is_revoked_at_run_time_is_told_once_and_so_is_its_recovery(
    service: Wirewatch, hostile: HostileServer
) -> None:
    with_slack(service, hostile, "desk")
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: posted(hostile) == 1)
    slack_answers(hostile, ok=False, error="token_revoked")
    hostile.set("/one", rss(("2", "Bakers call a strike", "No bread on Friday."), STRIKE, OLD))
    service.until(lambda: posted(hostile) == 3)
    with_slack(service, hostile, "desk")
    service.until(lambda: len(spells(service)) == 2)
    assert [fine for fine, _ in spells(service)] == [False, True]
    assert "given up" not in service.log.read_text()
    assert service.stop() == 0


def test_dead_letters_are_replayed_while_the_service_runs(service: Wirewatch, hostile: HostileServer) -> None:
    with_slack(service, hostile, "desk")
    hostile.serve("/slack/chat.postMessage", says({"ok": False, "error": "msg_too_long"}))
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: any("was not delivered" in text for text in told(service)))
    assert json.loads(service.command("outbox", "--json").stdout)["channels"][0]["dead"] == 1
    with_slack(service, hostile, "desk")
    assert "queued again: Pilots call a strike" in service.command("dead", "replay", "--all").stdout
    service.until(lambda: posted(hostile) == 2)
    history = service.command("deliveries", "https://news.example/1").stdout
    assert "given up" in history
    assert "queued again by an operator" in history
    assert "xoxb" not in history + service.log.read_text()
    assert service.stop() == 0


def test_deliveries_for_a_channel_that_was_taken_out_are_told(service: Wirewatch, hostile: HostileServer) -> None:
    with_slack(service, hostile, "desk")
    hostile.serve("/slack/chat.postMessage", says({"ok": False, "error": "ratelimited"}))
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    hostile.set("/one", rss(STRIKE, OLD))
    service.until(lambda: posted(hostile))
    service.write(
        "routes.yaml", "channels: {here: {type: console, format: json}}\nroutes: [{to: [here]}]\nops: [here]\n"
    )
    service.until(lambda: any("1 delivery waits for it" in text for text in told(service)))
    assert service.stop() == 0


def test_a_reader_that_stopped_reading_does_not_hold_up_the_end(service: Wirewatch, hostile: HostileServer) -> None:
    service.feeds(hostile.url("/one"), backfill=1)
    hostile.set("/one", rss(("1", "A strike", "Strike. " * 20_000)))
    service.write(
        "routes.yaml", "channels: {here: {type: console, format: json}}\nroutes: [{to: [here]}]\nops: [here]\n"
    )
    with service.log.open("ab") as log:
        command = [sys.executable, "-m", "monitor.cli", "run"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, env=service.environment)
    assert process.stdout
    try:
        process.stdout.read(1)  # it has begun to write, and now nobody reads
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.stdout.close()


def test_once_fails_when_a_delivery_is_left(service: Wirewatch, hostile: HostileServer) -> None:
    with_slack(service, hostile, "desk")
    hostile.serve("/slack/chat.postMessage", says({"ok": False, "error": "msg_too_long"}))
    service.feeds(hostile.url("/one"), backfill=1)
    hostile.set("/one", rss(STRIKE))
    service.start("--once")
    assert service.wait() == 1
    assert posted(hostile) == 1
    assert any("was not delivered" in text for text in told(service))


# ── Operators ───────────────────────────────────────────────────────────────


def test_the_same_fault_after_a_mend_is_told_again(service: Wirewatch, hostile: HostileServer) -> None:
    service.start()
    service.until(lambda: len(hostile.requests_for("/one")) > 1)
    for number in (1, 3):
        service.write("strike.yaml", 'rules:\n  - {id: strike, query: "strike AND"}\n')
        service.until(lambda: len(service.of("ops")) == number)  # noqa: B023 (read at once)
        service.rule("strike", "strike")
        service.until(lambda: len(service.of("ops")) == number + 1)  # noqa: B023
    assert [event["recovered"] for event in service.of("ops")] == [False, True, False, True]
    assert told(service)[1] == told(service)[3] == "are in force again"


def test_replicas_tell_a_fault_and_its_mend_once(
    service: Wirewatch, redis_server: RedisServer, hostile: HostileServer, tmp_path: Path
) -> None:
    service.environment["WIREWATCH_REDIS_URL"] = redis_server.url
    other = Wirewatch(tmp_path / "other", redis_url=redis_server.url, rules_dir=str(service.rules))
    both = (service, other)
    try:
        for each in both:
            each.start()
        service.until(lambda: all("watching" in each.log.read_text() for each in both))
        asked = polled(hostile, more=4)
        service.until(lambda: len(hostile.requests_for("/one")) >= asked)
        for round_ in (1, 2):
            service.write("strike.yaml", 'rules:\n  - {id: strike, query: "strike AND"}\n')
            service.until(lambda: all(each.log.read_text().count("not reloaded") == round_ for each in both))  # noqa: B023
            service.rule("strike", f"strike OR walkout{round_}")
            service.until(lambda: all(each.log.read_text().count("rules reloaded") == round_ for each in both))  # noqa: B023
            service.until(lambda: len(service.of("ops")) + len(other.of("ops")) >= 2 * round_)  # noqa: B023
        for each in both:
            assert each.stop() == 0
    finally:
        other.kill()
    said = [event["recovered"] for each in both for event in each.of("ops")]
    assert sorted(said) == [False, False, True, True]
