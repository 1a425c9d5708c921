"""`wirewatch silence`, and what it does to a service that runs."""

from __future__ import annotations

import re

import pytest

from tests.servers.hostile import HostileServer
from tests.servers.service import Wirewatch, rss

BY_ANNA = ("--author", "anna", "--reason", "too much of it")


@pytest.fixture
def user(user: Wirewatch) -> Wirewatch:
    """With a rule that has tags."""
    user.write("tagged.yaml", "rules: [{id: mines, query: mine, tags: [asia, labour]}]\n")
    return user


def added(user: Wirewatch, *matchers: str, lasts: str = "4h") -> str:
    """The id of a silence."""
    done = user.command("silence", "add", *matchers, "--for", lasts, *BY_ANNA)
    assert done.returncode == 0, done.stderr
    named = re.match(r"silence (\w{8}) until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", done.stdout)
    assert named
    return named[1]


def test_silences_are_listed_until_they_are_ended(user: Wirewatch) -> None:
    assert user.command("silence", "list").stdout == "No silence holds.\n"
    first, second = added(user, "rule=strike"), added(user, "source=Kyodo*", "tag=asia", lasts="30m")
    shown = user.command("silence", "list").stdout.splitlines()
    assert shown[0].split() == ["silence", "about", "ends", "author", "reason"]
    assert re.split(r"  +", shown[1])[:2] == [second, "source=Kyodo*, tag=asia"]
    assert re.split(r"  +", shown[2].strip())[0::3] == [first, "anna"]
    assert "too much of it" in shown[2]
    assert user.command("silence", "expire", first).stdout == f"ended {first}: rule=strike\n"
    assert first not in user.command("silence", "list").stdout


def test_a_silence_that_is_unknown_cannot_be_ended(user: Wirewatch) -> None:
    done = user.command("silence", "expire", "0000")
    assert (done.returncode, done.stdout) == (1, "No silence '0000' holds.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["rule=strike", *BY_ANNA], "--for", id="without end"),
        pytest.param(["rule=strike", "--for", "4h", "--reason", "x"], "--author", id="without author"),
        pytest.param(["rule=strike", "--for", "4h", "--author", "x"], "--reason", id="without reason"),
        pytest.param(["--for", "4h", *BY_ANNA], "MATCHER", id="about nothing"),
        pytest.param(["strike", "colour=red", "--for", "4h", *BY_ANNA], "2 problems", id="no matchers"),
        pytest.param(["rule=strikes", "--for", "4h", *BY_ANNA], "did you mean strike?", id="no such rule"),
        pytest.param(["tag=labor", "--for", "4h", *BY_ANNA], "did you mean labour?", id="no such tag"),
        pytest.param(["channel=desk", "--for", "4h", *BY_ANNA], "there is no channel 'desk'", id="no such channel"),
        pytest.param(["story=0000", "--for", "4h", *BY_ANNA], "no story '0000' is known", id="no such story"),
        pytest.param(["rule=strike", "--for", "4 hours", *BY_ANNA], "is not a duration", id="no duration"),
        pytest.param(["rule=strike", "--for", "31d", *BY_ANNA], "more than 30d", id="for ever"),
        pytest.param(["rule=strike", "--for", "0s", *BY_ANNA], "is none", id="for no time"),
        pytest.param(["rule=strike", "--for", "1h", "--author", " ", "--reason", "x"], "no author", id="blank author"),
    ],
)
def test_what_is_refused(user: Wirewatch, arguments: list[str], said: str) -> None:
    done = user.command("silence", "add", *arguments)
    assert done.returncode == 2
    assert said in re.sub(r"\x1b\[[\d;]*m", "", done.stderr)
    assert user.command("silence", "list").stdout == "No silence holds.\n"


def test_while_the_rules_are_faulty_a_rule_can_be_silenced(user: Wirewatch) -> None:
    user.write("strike.yaml", "rules: [")
    assert added(user, "rule=strike")


PORT = ("1", "Strike closes port", "The port was closed on Thursday by a strike of its dock workers.")
MINES = ("2", "Walkout at the mines", "Miners began a walkout on Friday over the price of bread and water.")


def heeded(user: Wirewatch) -> list[str]:
    """How many silences hold, each time that the service says so."""
    return re.findall(r"silences +holding=(\d+)", user.log.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_service_that_runs_heeds_a_silence_and_its_end(user: Wirewatch, hostile: HostileServer) -> None:
    hostile.set("/feed", rss())
    user.feeds(hostile.url("/feed"))
    user.start()
    user.until(lambda: len(hostile.requests) > 1)
    named = added(user, "rule=strike")
    user.until(lambda: heeded(user) == ["1"])
    hostile.set("/feed", rss(PORT))
    user.until(lambda: "silenced by anna" in user.command("why", "1").stdout)
    added(user, "story=1")
    user.until(lambda: heeded(user) == ["1", "2"])
    user.command("silence", "expire", named)
    user.until(lambda: heeded(user) == ["1", "2", "1"])
    hostile.set("/feed", rss(MINES, PORT))
    user.until(lambda: user.titles() == [MINES[1]])
    user.stop()
