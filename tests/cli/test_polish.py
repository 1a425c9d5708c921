"""What a new user meets first: the README's files, the help, and what the commands say of feeds and channels."""

from __future__ import annotations

import json
import re
import shutil
import socket
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from monitor import __version__
from monitor.cli.feeds.listing import Order, shown_by, table
from monitor.demo import script
from monitor.model import Feed, FeedHealth, FeedState
from tests.cli.inside import Insider
from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import Wirewatch, rss

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RULES_README = (ROOT / "rules" / "README.md").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"(?s)```yaml\n# rules/(\S+?):[^\n]*\n(.*?)```", README))
SECRETS = {
    "WIREWATCH_SLACK_TOKEN": "xoxb-1",
    "WIREWATCH_SMTP_URL": "smtp://mail.example.org",
    "WIREWATCH_EMAIL_FROM": "wire@example.org",
}
BOTH = "channels: {here: {type: console}, desk: {type: slack, channel: '#world-desk'}}\nroutes: [{to: [here, desk]}]\n"
NOW = 1_000_000.0


@pytest.fixture
def user(tmp_path: Path) -> Wirewatch:
    """Somebody with a rules folder: no feed, one rule with a title, a console."""
    typing = Insider(tmp_path)
    typing.write("feeds.yaml", "feeds: []\n")
    typing.write("order.yaml", "rules:\n  - {id: order, title: The world order, query: '\"world order\"'}\n")
    return typing


# ── README.md ───────────────────────────────────────────────────────────────


def test_the_files_in_the_readme_are_a_desk(tmp_path: Path) -> None:
    reader = Wirewatch(tmp_path, **{name.removeprefix("WIREWATCH_"): value for name, value in SECRETS.items()})
    assert README.count("```yaml") == len(BLOCKS) == 4
    for name, text in BLOCKS.items():
        reader.write(name, text)
    done = reader.command("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 feed, 1 rule (2 tests passed), 1 entity, 3 channels" in done.stdout


@pytest.mark.parametrize(
    ("readme", "arguments", "text"),
    [
        pytest.param(README, ("tests/samples/two-wangs.txt",), "", id="README.md"),
        pytest.param(
            RULES_README,
            ("--near-miss",),
            "Lavrov, in Delhi, speaks of a “just world order”\n",
            id="rules/README.md",
        ),
    ],
)
def test_what_try_says_is_what_the_readme_shows(
    tmp_path: Path, readme: str, arguments: tuple[str, ...], text: str
) -> None:
    reader = Wirewatch(tmp_path, rules_dir=str(ROOT / "rules"))
    done = reader.command("try", *(str(ROOT / each) if "/" in each else each for each in arguments), text=text)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() in readme


def test_the_files_in_the_readme_go_beside_those_that_ship(tmp_path: Path) -> None:
    reader = Wirewatch(tmp_path)
    shutil.copytree(ROOT / "rules", reader.rules, dirs_exist_ok=True)
    feeds = yaml.safe_load((reader.rules / "feeds.yaml").read_text(encoding="utf-8"))
    feeds["feeds"] += yaml.safe_load(BLOCKS["feeds.yaml"])["feeds"]
    reader.write("feeds.yaml", yaml.safe_dump(feeds))
    for name in ("entities/mine.yaml", "mine.yaml"):
        assert not (reader.rules / name).exists()
        reader.write(name, BLOCKS[name])
    done = reader.command("check")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_size_of_the_demo_is_told_as_it_is(user: Wirewatch) -> None:
    wire = script.load()
    assert (len(wire.outlets), wire.items // 10) == (12, 7)
    assert "some seventy items of a dozen outlets" in _flat(user.command("demo", "--help").stdout)
    assert "as a dozen outlets told it, some seventy items" in _flat(README)


# ── The help ────────────────────────────────────────────────────────────────


def test_the_version(user: Wirewatch) -> None:
    assert user.command("--version").stdout == f"wirewatch {__version__}\n"


def test_help_begins_with_what_it_is_for(user: Wirewatch) -> None:
    shown = user.command("--help").stdout
    assert "completion" not in shown
    assert "Watches the news wire" in shown


@pytest.mark.parametrize("name", ["run", "check", "try", "backtest", "feeds", "why", "schema", "send-test", "demo"])
def test_examples_look_the_same_everywhere(user: Wirewatch, name: str) -> None:
    lines = [line.rstrip() for line in user.command(name, "--help").stdout.splitlines()]
    start = next(number for number, line in enumerate(lines) if re.fullmatch(r" Examples?:", line))
    assert re.match(r" {5}\S", lines[start + 1])


def test_no_sentence_is_broken_but_by_the_terminal(user: Wirewatch) -> None:
    user.environment["COLUMNS"] = "300"
    shown = user.command("run", "--help").stdout
    assert "Stops on Ctrl-C or SIGTERM after finishing what is under way." in shown


# ── feeds ───────────────────────────────────────────────────────────────────


def _feed(feed_id: str, every: float = 300.0) -> Feed:
    return Feed(feed_id, "https://news.example/", "The Daily Example of Somewhere", every)


WELL = FeedState("well", next_poll=NOW + 90, reason="every 5m", last_attempt=NOW - 9, last_success=NOW - 9, items=30)
LATE = FeedState("late", next_poll=NOW - 5, reason="every 1m", last_attempt=NOW - 65, last_success=NOW - 65)
SHAKY = FeedState("shaky", next_poll=NOW + 60, last_attempt=NOW, failures=1, error="HTTP 500 Internal Server Error")
DEAD = FeedState(
    "a-feed-with-a-name-of-its-own",
    next_poll=NOW + 60,
    last_attempt=NOW,
    failures=9,
    error="an HTML page titled “Sorry, we are working on it and will be back as soon as we can”",
    health=FeedHealth.FAILING,
)
LISTED = [
    (_feed("well"), WELL),
    (_feed("late", 60.0), LATE),
    (_feed("new"), FeedState("new")),
    (_feed("shaky"), SHAKY),
    (_feed(DEAD.id), DEAD),
]


def _shown(width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(table(shown_by(Order.HEALTH, LISTED, NOW), NOW, 60.0, wide=width >= 120))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_narrow_terminal_gets_one_line_a_feed_and_trouble_first() -> None:
    heading, *lines = _shown(80)
    assert heading.split() == ["feed", "health", "last", "answer", "next", "poll", "because"]
    assert [line.split()[0] for line in lines] == [DEAD.id, "shaky", "well", "late", "new"]
    assert lines[0].endswith("…")
    assert all(len(line) <= 80 for line in lines)
    assert [word for word in ("in trouble", "due now", "not polled") if word not in "\n".join(lines)] == []


def test_a_wide_terminal_gets_everything() -> None:
    text = "\n".join(_shown(300))
    for word in ("source", "rhythm", "The Daily Example of Somewhere", "will be back as soon as we can” (9 in a row)"):
        assert word in text
    assert "every 1m (WIREWATCH_POLL_FLOOR)" in text
    assert re.search(r"every 5m$", text, re.MULTILINE)


def test_feeds_needs_no_secret(user: Wirewatch, hostile: HostileServer) -> None:
    user.write("routes.yaml", BOTH)
    user.feeds(hostile.url("/feed"))
    done = user.command("feeds")
    assert (done.returncode, done.stderr) == (0, "")
    assert "not polled" in done.stdout


# ── run ─────────────────────────────────────────────────────────────────────


def test_one_round_is_summed_up_in_a_line(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/good", rss(("1", "A new world order", ""), ("2", "Rain", "")))
    user.feeds(hostile.url("/good"), hostile.url("/missing"), backfill=5)
    user.environment["WIREWATCH_LOG_LEVEL"] = "error"
    done = user.command("run", "--once")
    assert done.returncode == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("1 of 2 feeds read, 2 items seen, 1 alerts sent, not read: two: ")
    assert "404" in line


def test_a_port_that_is_taken_is_told_as_the_operators_table_says(user: Wirewatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        user.environment["WIREWATCH_HTTP"] = f"127.0.0.1:{taken.getsockname()[1]}"
        done = user.command("run")
    assert done.returncode == 2
    assert "WIREWATCH_HTTP: cannot listen on" in done.stderr
    assert "`WIREWATCH_HTTP: cannot listen on …`" in (ROOT / "deploy/README.md").read_text(encoding="utf-8")


# ── send-test ───────────────────────────────────────────────────────────────


def test_send_test_needs_only_its_own_secret(user: Wirewatch) -> None:
    user.write("routes.yaml", BOTH)
    done = user.command("send-test", "here")
    assert (done.returncode, done.stderr) == (0, "")
    assert "delivered to here (console)" in done.stdout
    lacking = user.command("send-test", "desk")
    assert lacking.returncode == 2
    assert "channel 'desk' cannot work: WIREWATCH_SLACK_TOKEN is not set" in lacking.stderr


def test_send_test_says_where_it_was_delivered(user: Wirewatch, hostile: HostileServer) -> None:
    rooms = {"channels": [{"id": "C0123456789", "name": "world-desk", "is_member": True}]}
    answer = json.dumps({"ok": True, "user": "wirewatch", "channel": "C0123456789", "ts": "1.0", **rooms}).encode()
    for method in ("auth.test", "conversations.list", "conversations.history", "chat.postMessage"):
        hostile.serve(f"/api/{method}", Answer(answer, content_type="application/json"))
    user.write("routes.yaml", BOTH)
    user.environment |= SECRETS | {"WIREWATCH_SLACK_BASE_URL": hostile.url("/api/")}
    done = user.command("send-test", "desk")
    assert "delivered to desk (slack, channel #world-desk)" in done.stdout
    assert done.returncode == 0


def test_send_test_says_when_to_try_again(user: Wirewatch, hostile: HostileServer) -> None:
    busy = Answer(
        b'{"ok": false, "error": "ratelimited"}', 429, (("Retry-After", "7"),), content_type="application/json"
    )
    hostile.serve("/api/auth.test", busy)
    user.write("routes.yaml", BOTH)
    user.environment |= SECRETS | {"WIREWATCH_SLACK_BASE_URL": hostile.url("/api/")}
    done = user.command("send-test", "desk")
    assert done.returncode == 1
    assert "not delivered: Slack: too many messages at once; try again in 7s" in done.stdout


# ── try ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"\x7fELF\x02\x01\x00\x00", "is a binary file", id="binary"),
        pytest.param("Żółw".encode("iso-8859-2"), "is neither a feed nor UTF-8 text (byte 0)", id="Latin-2"),
        pytest.param(b" \n", "there is no text in it", id="empty"),
    ],
)
def test_try_refuses_what_is_no_text(user: Wirewatch, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "given").write_bytes(content)
    done = user.command("try", str(tmp_path / "given"))
    assert done.returncode == 2
    assert f"given: {said}" in done.stderr


def test_try_names_standard_input_when_it_is_empty(user: Wirewatch) -> None:
    done = user.command("try")
    assert done.returncode == 2
    assert "standard input: there is no text in it" in done.stderr


def test_try_names_the_rule_and_puts_places_after_names(user: Wirewatch) -> None:
    user.write("entities/people.yaml", "entities: [{id: lavrov, name: Lavrov, tags: [minister]}]\n")
    user.write("lavrov.yaml", "rules: [{id: lavrov, query: '@minister'}]\n")
    shown = user.command("try", text="Lavrov on the world order").stdout
    assert "  order  The world order  normal\n" in shown
    assert "  lavrov  normal\n    @lavrov  title:0-6  " in shown


# ── deploy ──────────────────────────────────────────────────────────────────


def test_the_unit_names_a_document_that_its_install_commands_put_there() -> None:
    unit = (ROOT / "deploy/wirewatch.service").read_text(encoding="utf-8")
    (document,) = re.findall(r"(?m)^Documentation=file://(\S+)$", unit)
    (copied, target) = re.findall(r"cp -r (.+) (/etc/wirewatch/)$", unit, re.MULTILINE)[0]
    assert document in [f"{target}{Path(source).name}" for source in copied.split()]


def _flat(text: str) -> str:
    return " ".join(text.split())
