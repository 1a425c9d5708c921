"""The whole service as its users meet it: a process, a folder of YAML, feeds that come and go."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.hostile import Answer, HostileServer, hang
from tests.servers.service import Wirewatch, rss

OLD = ("old", "Nothing much happens in Tunxi", "It was a quiet day by the river, residents said on Monday.")
MEET = ("1", "Lavrov meets Wang Yi in Tunxi", "The two ministers spoke of a new “world order” on Wednesday in Tunxi.")
PORT = ("2", "Dock workers in Rotterdam walk out", "A strike over pay closed two terminals of the port on Thursday.")
QUAKE = ("3", "Quake shakes Herat province", "At least 12 people died when houses of clay collapsed before dawn.")


@pytest.fixture
def service(tmp_path: Path, hostile: HostileServer) -> Iterator[Wirewatch]:
    """Two feeds with one old item each, and rules for what happens next; not started."""
    running = Wirewatch(tmp_path)
    hostile.set("/one", rss(OLD))
    hostile.set("/two", rss(OLD))
    running.feeds(hostile.url("/one"), hostile.url("/two"))
    running.rule("world-order", '"world order" AND Lavrov', "high")
    running.rule("strike", "strike OR quake")
    yield running
    running.kill()


def seeded(hostile: HostileServer, *paths: str) -> bool:
    """Whether each path was asked for a second time: then its first answer was taken in."""
    return all(len(hostile.requests_for(path)) > 1 for path in paths)


def start(service: Wirewatch, hostile: HostileServer) -> None:
    service.start()
    service.until(lambda: seeded(hostile, "/one", "/two"))


@pytest.mark.slow
def test_an_alert_says_what_matched_and_where(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    hostile.set("/one", rss(MEET, OLD))
    service.until(lambda: service.of("raised"))
    (event,) = service.events
    assert set(event) >= {
        *("event", "at", "alert_id", "story_id", "rules", "severity", "item", "relation", "hits", "carriers")
    }
    assert set(event["item"]) == {"key", "feed", "guid", "source", "url", "title", "kind", "published", "seen_at"}
    assert (event["rules"], event["severity"], event["relation"]) == (["world-order"], "high", "new")
    assert (event["item"]["guid"], event["item"]["feed"], event["item"]["kind"]) == ("1", "one", "news")
    fields = {"title": MEET[1], "body": MEET[2]}
    for hit in event["hits"]:
        assert set(hit) == {"rule", "field", "start", "end", "text"}
        assert fields[hit["field"]][hit["start"] : hit["end"]] == hit["text"]
    assert {hit["text"] for hit in event["hits"]} == {"Lavrov", "world order"}
    assert service.stop() == 0


@pytest.mark.slow
def test_a_copy_attaches_and_the_same_words_alert_once(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    body = MEET[2] + " They posed for photographs by the river before an hour of talks, aides of both men said."
    hostile.set("/one", rss(("1", MEET[1], body)))
    service.until(lambda: service.of("raised"))
    hostile.set("/two", rss(("77", "Moscow and Beijing talk of “world order”", body)))
    service.until(lambda: service.of("attached"))
    (raised,), (attached,) = service.of("raised"), service.of("attached")
    assert attached["alert_id"] == raised["alert_id"]
    assert attached["relation"] == "copy"
    assert [carrier["source"] for carrier in attached["carriers"]] == ["Two"]


@pytest.mark.slow
def test_correction_update_and_withdrawal_under_one_guid(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    guid, title, text = MEET
    hostile.set("/one", rss(MEET))
    service.until(lambda: service.of("raised"))
    hostile.set("/one", rss((guid, f"CORRECTED-{title}", text.replace("Wednesday", "Thursday"))))
    service.until(lambda: service.of("corrected"))
    (corrected,) = service.of("corrected")
    (change,) = corrected["changes"]
    assert "Wednesday" in change["before"]
    assert "Thursday" in change["after"]
    longer = text.replace("Wednesday", "Thursday") + " Aides said that both will meet again in June."
    hostile.set("/one", rss((guid, f"UPDATE 1-{title}", longer)))
    service.until(lambda: service.of("updated"))
    hostile.set("/one", rss((guid, f"STORY WITHDRAWN: {title}", "")))
    service.until(lambda: service.of("withdrawn"))
    assert [event["event"] for event in service.events] == ["raised", "corrected", "updated", "withdrawn"]
    assert len({event["alert_id"] for event in service.events}) == 1


def waiting(service: Wirewatch) -> int:
    """Deliveries that are not settled yet."""
    return sum(channel["waiting"] for channel in json.loads(service.command("outbox", "--json").stdout)["channels"])


@pytest.mark.slow
def test_restart_and_kill_lose_nothing_and_repeat_nothing(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    hostile.set("/one", rss(MEET, OLD))
    service.until(lambda: service.of("raised"))
    service.until(lambda: not waiting(service))  # a console cannot be asked what it has shown
    service.kill()
    hostile.set("/two", rss(PORT, OLD))
    service.start()
    service.until(lambda: len(service.of("raised")) == 2)
    assert service.stop() == 0
    hostile.set("/one", rss(QUAKE, MEET, OLD))
    service.start()
    service.until(lambda: len(service.of("raised")) == 3)
    before = len(hostile.requests)
    service.until(lambda: len(hostile.requests) > before + 4)
    assert service.titles() == [MEET[1], PORT[1], QUAKE[1]]


@pytest.mark.slow
def test_a_dead_feed_is_told_once_and_its_return_once(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    hostile.set("/one", b"out of order", status=500)
    service.until(lambda: service.of("ops"))
    asked = len(hostile.requests_for("/one"))
    service.until(lambda: len(hostile.requests_for("/one")) > asked + 2)
    hostile.set("/one", rss(MEET, OLD))
    service.until(lambda: len(service.of("ops")) == 2)
    dead, back = service.of("ops")
    assert dead["subject"] == back["subject"] == "feed one"
    assert (dead["recovered"], back["recovered"]) == (False, True)
    assert "500" in dead["text"]
    service.until(lambda: service.titles() == [MEET[1]])


@pytest.mark.slow
def test_hostile_feeds_harm_only_themselves(service: Wirewatch, hostile: HostileServer) -> None:
    paths = ("/hang", "/bomb/br", "/redirects/endless", "/html", "/empty", "/charset", "/drip")
    service.feeds(hostile.url("/one"), hostile.url("/two"), *map(hostile.url, paths))
    start(service, hostile)
    hostile.set("/one", rss(MEET, OLD))
    service.until(lambda: service.titles() == [MEET[1]])
    service.stop()
    table = service.command("feeds").stdout
    for name in ("four", "five", "six", "seven"):
        assert name in table
    assert service.command("feeds", "--failing").returncode == 1


@pytest.mark.slow
def test_an_edit_takes_effect_and_a_faulty_one_leaves_the_last_good_set(
    service: Wirewatch, hostile: HostileServer
) -> None:
    start(service, hostile)
    service.write("strike.yaml", 'rules:\n  - {id: strike, query: "strike AND"}\n')
    service.until(lambda: service.of("ops"))
    (fault,) = service.of("ops")
    assert "strike.yaml:2:" in fault["text"]
    hostile.set("/one", rss(PORT, OLD))
    service.until(lambda: service.titles() == [PORT[1]])
    service.rule("strike", "herat")
    service.rule("ministers", '"Wang Yi"')
    service.until(lambda: service.log.read_text().count("rules reloaded") >= 1)
    hostile.set("/two", rss(QUAKE, OLD))
    service.until(lambda: QUAKE[1] in service.titles())


@pytest.mark.slow
def test_once_polls_every_feed_once_and_exits(service: Wirewatch, hostile: HostileServer) -> None:
    service.start("--once")
    assert service.wait() == 0
    assert [len(hostile.requests_for(path)) for path in ("/one", "/two")] == [1, 1]
    assert service.events == []  # the first poll seeds
    hostile.set("/one", rss(MEET, OLD))
    service.start("--once")
    assert service.wait() == 0
    assert service.titles() == [MEET[1]]


def test_backfill_lets_the_newest_of_the_first_poll_alert(service: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/one", rss(MEET, PORT, QUAKE))
    service.feeds(hostile.url("/one"), backfill=2)
    service.start("--once")
    assert service.wait() == 0
    assert service.titles() == [PORT[1], MEET[1]]


@pytest.mark.slow
def test_why_and_try_explain(service: Wirewatch, hostile: HostileServer) -> None:
    start(service, hostile)
    hostile.set("/one", rss(MEET, OLD))
    service.until(lambda: service.of("raised"))
    told = service.command("why", "https://news.example/1")  # while the service runs
    assert told.returncode == 0, told.stderr
    assert "alerted" in told.stdout
    assert "world-order" in told.stdout
    assert "seeded" in service.command("why", "https://news.example/old").stdout
    assert service.command("why", "https://news.example/never").returncode == 1
    tried = service.command("try", "-", text=f"{MEET[1]}\n{MEET[2]}")
    assert "world-order" in tried.stdout
    assert "1 of 1 item matched" in tried.stdout


def test_bad_files_are_all_told_and_nothing_starts(service: Wirewatch, hostile: HostileServer) -> None:
    service.write("strike.yaml", "rules:\n  - {id: strike, query: '@nobody AND', severty: high}\n")
    service.write("routes.yaml", "channels:\n  here: {type: console}\nroutes:\n  - to: [desc]\nops: [there]\n")
    service.write("feeds.yaml", "feeds:\n  - {id: one, url: 'ftp://x'}\n  - {id: one, url: 'http://x.example'}\n")
    service.start()
    assert service.wait() == 2
    log = service.log.read_text()
    for place in ("strike.yaml:2:", "routes.yaml:4:", "routes.yaml:5:", "feeds.yaml:2:", "feeds.yaml:3:"):
        assert place in log
    assert hostile.requests == []
    checked = service.command("check")
    assert checked.returncode == 2
    assert "strike.yaml:2:" in checked.stderr


@pytest.mark.slow
def test_a_slow_feed_does_not_hold_up_the_end(service: Wirewatch, hostile: HostileServer) -> None:
    hostile.serve("/two", Answer(rss(OLD)), hang)
    start(service, hostile)
    assert service.stop() == 0
