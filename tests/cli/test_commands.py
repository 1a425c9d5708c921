"""The commands as a user types them: what they print, and how they exit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from monitor.cli import app
from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import Wirewatch, rss

MEET = ("1", "Lavrov meets Wang Yi in Tunxi", "The ministers spoke of a new “world order” on Wednesday.")
PORT = ("2", "Dock workers walk out", "Two terminals of the port were closed on Thursday.")
SLACK = "channels: {a: {type: slack, channel: '#x'}}\n"
CONSOLE = "channels: {a: {type: console}}\n"


# ── check ───────────────────────────────────────────────────────────────────


def test_check_counts_what_it_found_fine(user: Wirewatch) -> None:
    user.write("tested.yaml", "rules:\n  - {id: t, query: quake, tests: [{match: a quake}, {no: a cake}]}\n")
    done = user.command("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 feeds, 3 rules (2 tests passed), 0 entities, 1 channel" in done.stdout


def test_check_takes_another_folder(user: Wirewatch, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "feeds.yaml").write_text("feeds: 5\n")
    done = user.command("check", str(tmp_path / "other"))
    assert done.returncode == 2
    assert f"{tmp_path / 'other' / 'feeds.yaml'}:1:" in done.stderr


def test_check_shows_the_line_with_a_caret_under_the_place(user: Wirewatch) -> None:
    user.write("a.yaml", "rules:\n  - {id: a, query: 世界 AND new order}\n  - {id: b, query: x, severty: high}\n")
    shown = user.command("check").stderr.splitlines()
    assert shown[0].endswith("a.yaml:2:31: two terms stand side by side")
    assert shown[1:3] == ["      - {id: a, query: 世界 AND new order}", " " * 36 + "^"]
    assert shown[5:8] == [
        "      - {id: b, query: x, severty: high}",
        "                          ^",
        "    did you mean severity?",
    ]
    assert shown[-1] == "2 problems found."


def test_check_as_json(user: Wirewatch) -> None:
    fine = user.command("check", "--json")
    assert fine.returncode == 0
    assert json.loads(fine.stdout)["counts"]["rules"] == 2
    user.write("a.yaml", "rules:\n  - {id: a, query: x, severty: high}\n")
    faulty = user.command("check", "--json")
    assert (faulty.returncode, faulty.stderr) == (2, "")
    assert json.loads(faulty.stdout)["faults"] == [
        {
            "kind": "fault",
            "file": str(user.rules / "a.yaml"),
            "line": 2,
            "column": 23,
            "message": "unknown key `severty`",
            "hint": "did you mean severity?",
        }
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("routes.yaml", f"{SLACK}routes: [{{to: a}}]\n", "WIREWATCH_SLACK_TOKEN", id="secret"),
        pytest.param("routes.yaml", f"{CONSOLE}routes: [{{to: b}}]\n", "there is no channel 'b'", id="channel"),
        pytest.param(
            "routes.yaml", f"{CONSOLE}routes: [{{when: {{rule: strikes}}, to: a}}]\n", "did you mean strike?", id="rule"
        ),
        pytest.param("feeds.yaml", "feeds:\n  - {id: a, url: 'https://u:p@x.example/'}\n", "password", id="password"),
        pytest.param("strike.yaml", "rules:\n  - id: a\n   query: [", "strike.yaml:3:", id="not YAML"),
    ],
)
def test_check_says_what_is_wrong(user: Wirewatch, name: str, text: str, said: str) -> None:
    user.write(name, text)
    done = user.command("check")
    assert done.returncode == 2
    assert said in done.stderr


def test_a_folder_that_is_not_there(user: Wirewatch) -> None:
    user.environment["WIREWATCH_RULES_DIR"] = "/nonexistent"
    done = user.command("run")
    assert done.returncode == 2
    assert "/nonexistent: there is no such folder" in done.stderr


def test_a_wrong_setting(user: Wirewatch) -> None:
    user.environment["WIREWATCH_POLL_FLOOR"] = "soon"
    done = user.command("run")
    assert done.returncode == 2
    assert "WIREWATCH_POLL_FLOOR: 'soon' is not a duration" in done.stderr


def test_bytes_that_are_not_text(user: Wirewatch) -> None:
    (user.rules / "latin.yaml").write_bytes("rules: [] # Łódź".encode("iso-8859-2"))
    done = user.command("check")
    assert done.returncode == 2
    assert "latin.yaml: is not UTF-8 text" in done.stderr


def test_files_that_would_not_be_read_are_told(user: Wirewatch) -> None:
    user.write("themes/other.yaml", "rules: []\n")
    done = user.command("check")
    assert done.returncode == 2
    assert "other.yaml: would not be read: it lies in a folder of its own" in done.stderr


def test_every_fault_of_the_routes_is_told_at_once(user: Wirewatch) -> None:
    user.write("routes.yaml", "channels: {a: {type: consol}}\nroutes: [{when: {rule: strikes}, to: b}]\nops: [c]\n")
    told = user.command("check").stderr
    for fault in ("no channel 'b'", "no channel 'c'", "no rule 'strikes'", "routes.yaml:1:"):
        assert fault in told


def test_without_routes_everything_goes_to_the_console(user: Wirewatch) -> None:
    (user.rules / "routes.yaml").unlink()
    assert "1 channel" in user.command("check").stdout


def test_check_tells_what_is_odd_and_strict_fails_on_it(user: Wirewatch) -> None:
    assert user.command("check", "--strict").returncode == 0
    user.write(
        "a.yaml", "rules:\n  - id: again\n    query: walkout OR strike\n  - {id: old, query: x, expires: 2020-01-01}\n"
    )
    done = user.command("check")
    assert done.returncode == 0
    assert "again asks for the same as strike" in done.stdout or "strike asks for the same as again" in done.stdout
    assert "old has expired" in done.stdout
    assert "; 2 odd" in done.stdout
    strict = user.command("check", "--strict", "--json")
    assert strict.returncode == 1
    document = json.loads(strict.stdout)
    assert document["faults"] == []
    assert sorted(each["kind"] for each in document["lint"]) == ["duplicate", "expired"]
    assert document["counts"]["rules"] == 4


def test_check_tells_rules_that_the_stored_items_show_to_be_too_broad(user: Wirewatch, hostile: HostileServer) -> None:
    towns = ("Lisbon", "Oslo", "Mumbai", "Lima", "Dakar", "Osaka", "Perth")
    hostile.set(
        "/feed", rss(*((town, f"{town} {town[::-1]}", f"In {town} dockers {town[::-1]} {town * 2}") for town in towns))
    )
    user.feeds(hostile.url("/feed"))
    user.start("--once")
    assert user.wait() == 0
    user.rule("walkout", "dockers", "flash")
    done = user.command("check")
    assert "walkout would be 7 alerts a day; 5 are many for severity flash" in done.stdout


# ── fmt ─────────────────────────────────────────────────────────────────────


def test_fmt_changes_what_is_out_of_order_and_nothing_when_only_asked(user: Wirewatch) -> None:
    user.write("a.yaml", "rules:\n  - id: a\n    query: a AND  b OR c  # keep\n")
    asked = user.command("fmt", "--check")
    assert asked.returncode == 1
    assert f"would change {user.rules / 'a.yaml'}" in asked.stdout
    done = user.command("fmt")
    assert (done.returncode, done.stdout) == (0, f"changed {user.rules / 'a.yaml'}\n")
    assert (user.rules / "a.yaml").read_text() == "rules:\n  - id: a\n    query: (a AND b) OR c  # keep\n"
    assert user.command("fmt", "--check").returncode == 0


def test_fmt_turns_notations_and_leaves_faulty_files_alone(user: Wirewatch) -> None:
    user.write("a.yaml", "rules:\n  - id: a\n    query: a AND b\n")
    user.command("fmt", "--to", "structured")
    assert "structured:\n      all:\n      - a\n      - b\n" in (user.rules / "a.yaml").read_text()
    assert user.command("check").returncode == 0
    user.write("b.yaml", "rules:\n  - id: b\n    query: a b\n")
    done = user.command("fmt", "--to", "query")
    assert done.returncode == 2
    assert "structured:" in (user.rules / "a.yaml").read_text()


# ── schema ──────────────────────────────────────────────────────────────────


def test_schemas_are_written_beside_the_rules_and_are_none_of_them(user: Wirewatch) -> None:
    written = user.command("schema", str(user.rules / "schema"))
    assert written.returncode == 0
    shapes = {path.name: json.loads(path.read_text()) for path in (user.rules / "schema").iterdir()}
    assert {"rules.json", "entities.json", "feeds.json", "routes.json"} <= shapes.keys()
    assert "severity" in shapes["rules.json"]["$defs"]["RuleEntry"]["properties"]
    assert user.command("check").returncode == 0


# ── try ─────────────────────────────────────────────────────────────────────


def test_try_a_text(user: Wirewatch) -> None:
    done = user.command("try", text=f"{MEET[1]}\n{MEET[2]}\n")
    assert done.returncode == 0
    assert "world-order  high" in done.stdout
    assert "body:" in done.stdout


def test_try_tells_the_kind_and_that_nothing_matches(user: Wirewatch, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text("CORRECTED-Quiet day in Tunxi\nNothing happened.")
    done = user.command("try", str(tmp_path / "story.txt"))
    assert "the desk calls it: correction" in done.stdout
    assert "no rule matches" in done.stdout


def test_try_a_feed_as_json(user: Wirewatch, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss(MEET, PORT))
    done = user.command("try", str(tmp_path / "feed.xml"), "--json")
    shown = [json.loads(line) for line in done.stdout.splitlines()]
    assert {item["guid"]: [match["rule"] for match in item["matches"]] for item in shown} == {
        "1": ["world-order"],
        "2": [],
    }
    for hit in next(item for item in shown if item["guid"] == "1")["matches"][0]["hits"]:
        assert {"title": MEET[1], "body": MEET[2]}[hit["field"]][hit["start"] : hit["end"]] == hit["text"]


def test_try_an_address(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/feed", rss(MEET, PORT))
    assert "1 of 2 items matched" in user.command("try", hostile.url("/feed")).stdout
    failed = user.command("try", hostile.url("/gone"))
    assert failed.returncode == 2
    assert "410" in failed.stderr


@pytest.mark.parametrize("said", ["/nonexistent/story.txt", "feed.html"])
def test_try_what_cannot_be_read(user: Wirewatch, tmp_path: Path, said: str) -> None:
    (tmp_path / "feed.html").write_text("<?xml version='1.0'?><html><title>Sorry</title></html>")
    done = user.command("try", said if said.startswith("/") else str(tmp_path / said))
    assert done.returncode == 2
    assert said in done.stderr


def test_try_tells_which_clause_found_what_and_what_missed_by_one(user: Wirewatch) -> None:
    user.rule("talks", "(talks OR meet*) AND Tunxi")
    user.rule("flood", "Tunxi AND flood")
    plain = user.command("try", text=f"{MEET[1]}\n")
    assert "title:7-12  Lavrov *meets* Wang Yi in Tunxi  ← meet*" in plain.stdout
    assert "missed" not in plain.stdout
    done = user.command("try", "--near-miss", text=f"{MEET[1]}\n")
    assert "flood missed by one clause: flood is not in it; it has “Tunxi”" in done.stdout
    shown = json.loads(user.command("try", "--near-miss", "--json", text=f"{MEET[1]}\n").stdout)
    assert {"rule": "flood", "lacks": "flood is not in it", "has": ["Tunxi"]} in shown["near_misses"]
    assert [hit["clause"] for match in shown["matches"] for hit in match["hits"]] == ["meet*", "Tunxi"]


def test_try_says_that_a_rule_counts(user: Wirewatch) -> None:
    user.write("waves.yaml", "rules: [{id: wave, query: strike, when: {count: 3, distinct: source, within: 90m}}]")
    assert "counts: fires with 3 sources within 1h 30m" in user.command("try", text="Dockers strike\n").stdout
    shown = json.loads(user.command("try", "--json", text="Dockers strike\n").stdout)
    assert {match["rule"]: match["when"] for match in shown["matches"]} == {
        "strike": None,
        "wave": {"count": 3, "distinct": "source", "within": 5400.0},
    }


def test_a_rule_in_the_shadow_is_called_so(user: Wirewatch) -> None:
    user.write("shadow.yaml", "rules:\n  - {id: dock, query: dock, status: shadow}\n")
    assert "dock  normal  in the shadow: nobody is told" in user.command("try", text=PORT[1]).stdout
    assert json.loads(user.command("try", "--json", text=PORT[1]).stdout)["matches"][0]["shadow"] is True
    assert "3 rules (0 tests passed, 1 in the shadow), 0 entities, 1 channel\n" in user.command("check").stdout


def test_of_many_places_some_are_shown(user: Wirewatch) -> None:
    shown = user.command("try", text="A strike\n" + "strike " * 12).stdout
    assert shown.count("← strike") == 8
    assert "    and 5 more places\n" in shown


# ── backtest ────────────────────────────────────────────────────────────────


@pytest.fixture
def polled(user: Wirewatch, hostile: HostileServer) -> Wirewatch:
    """The same, after one round of a feed with two items."""
    hostile.set("/feed", rss(MEET, PORT))
    user.feeds(hostile.url("/feed"))
    user.start("--once")
    assert user.wait() == 0
    return user


def test_backtest_tells_what_the_stored_items_would_have_done(polled: Wirewatch) -> None:
    polled.rule("walkout", "walk AND port")
    polled.rule("flood", "flood")
    done = polled.command("backtest")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 items since" in done.stdout
    assert "walkout  normal  1.0 alerts a day, 1 item\n" in done.stdout
    assert "· Dock workers *walk* out" in done.stdout
    assert "Two terminals of the *port* were closed" in done.stdout
    assert "Fired on nothing: flood, strike." in done.stdout
    assert "walkout" not in polled.command("backtest", "--rule", "world-order").stdout


def test_rules_in_the_shadow_are_told_apart_and_alert_nobody(polled: Wirewatch) -> None:
    polled.write("shadow.yaml", "rules:\n  - {id: dock, query: dock, status: shadow}\n")
    done = polled.command("backtest").stdout
    assert "UTC, 1.0 alerts a day;" in done
    assert "dock  normal  1.0 alerts a day, 1 item  in the shadow: nobody is told\n" in done


def test_backtest_tells_what_an_edit_changes(polled: Wirewatch, tmp_path: Path) -> None:
    shutil.copytree(polled.rules, tmp_path / "before")
    same = polled.command("backtest", "--diff", str(tmp_path / "before"))
    assert "Nothing changes" in same.stdout
    polled.rule("world-order", "port")
    done = polled.command("backtest", "--diff", str(tmp_path / "before"))
    assert "world-order  +1 −1 items, 1.0 → 1.0 alerts a day" in done.stdout
    assert "+ Dock workers walk out" in done.stdout
    assert "− *Lavrov* meets Wang Yi in Tunxi" in done.stdout
    assert "strike" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param((), 1, "The store has no item of the last 7d", id="nothing stored"),
        pytest.param(("--since", "soon"), 2, "'soon' is not a duration", id="no time"),
        pytest.param(("/nonexistent",), 2, "/nonexistent: there is no such folder", id="no folder"),
    ],
)
def test_a_backtest_of_nothing(user: Wirewatch, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = user.command("backtest", *arguments)
    assert done.returncode == code
    assert said in " ".join((done.stdout + done.stderr).split())


# ── feeds, why, send-test ───────────────────────────────────────────────────


def test_feeds_before_the_first_poll(user: Wirewatch, hostile: HostileServer) -> None:
    user.feeds(hostile.url("/feed"))
    done = user.command("feeds")
    assert done.returncode == 0
    assert "not polled" in done.stdout


def test_feeds_tells_trouble_and_the_next_poll(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/good", rss(MEET))
    hostile.serve("/bad", Answer(b"<html><title>Back soon</title></html>", content_type="text/html"))
    user.feeds(hostile.url("/good"), hostile.url("/bad"), every="5m")
    user.start("--once")
    assert user.wait() == 0
    done = user.command("feeds")
    assert "an HTML page titled “Back soon”" in " ".join(done.stdout.split())
    assert "in 5m" in done.stdout or "in 4m" in done.stdout
    failing = user.command("feeds", "--failing")
    assert failing.returncode == 1
    assert "two" in failing.stdout
    assert "one" not in failing.stdout


def test_once_is_trouble_when_no_feed_can_be_read(user: Wirewatch, hostile: HostileServer) -> None:
    user.feeds(hostile.url("/missing"))
    user.start("--once")
    assert user.wait() == 1


def test_why_of_something_unknown(user: Wirewatch) -> None:
    done = user.command("why", "https://news.example/nothing")
    assert done.returncode == 1
    assert "Nothing is known of" in done.stdout


@pytest.mark.slow
def test_why_says_that_a_page_could_not_be_read(user: Wirewatch, hostile: HostileServer) -> None:
    link = hostile.url("/missing")
    hostile.set("/one", rss(MEET).replace(b"https://news.example/1", link.encode()))
    feed = f"{{id: one, url: '{hostile.url('/one')}', backfill: 1, fulltext: true}}"
    user.write("feeds.yaml", f"feeds: [{feed}]\n")
    user.start("--once")
    assert user.wait() == 0
    said = " ".join(user.command("why", link).stdout.split())
    assert "text of its feed, not of its page: HTTP 404 Not Found" in said


def test_send_test_to_the_console(user: Wirewatch) -> None:
    done = user.command("send-test", "here")
    assert done.returncode == 0
    assert "this channel works" in done.stdout


def test_send_test_to_a_channel_that_is_not_there(user: Wirewatch) -> None:
    done = user.command("send-test", "desk")
    assert done.returncode == 2
    assert "there is no channel 'desk'" in done.stderr


def test_send_test_says_what_the_far_side_answered(user: Wirewatch) -> None:
    user.write("routes.yaml", "channels: {night: {type: email, to: [desk@example.org]}}\nroutes: [{to: night}]\n")
    user.environment |= {"WIREWATCH_SMTP_URL": "smtp://127.0.0.1:9", "WIREWATCH_EMAIL_FROM": "wire@example.org"}
    done = user.command("send-test", "night")
    assert done.returncode == 1
    assert "not delivered" in done.stdout


def _commands(within: Typer, *names: str) -> Iterator[tuple[str, ...]]:
    yield from ((*names, command.name or "") for command in within.registered_commands)
    for group in within.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, *names, group.name or "")


@pytest.mark.parametrize("names", [*_commands(app)], ids=" ".join)
def test_help_has_examples(names: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*names, "--help"])
    assert shown.exit_code == 0
    assert f"wirewatch {' '.join(names)}" in shown.output
