"""`wirewatch compare`, `story` and `stories`, as a user types them, and what they show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor import stories
from monitor.cli.compare import as_document, relation
from monitor.cli.story import Growth, fastest, largest
from monitor.model import Item, Story
from tests.servers.hostile import Answer, HostileServer
from tests.servers.service import Wirewatch, rss
from tests.stories.wire import HOUR, NOON, Text, an_item, events

EVENTS = events()
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
MEETING = EVENTS["tunxi-meeting"]


def saved(folder: Path, name: str, text: Text) -> str:
    path = folder / name
    path.write_text(f"{text.headline}\n{text.body}\n", encoding="utf-8")
    return str(path)


# ── compare ─────────────────────────────────────────────────────────────────


def test_compare_two_files(user: Wirewatch, tmp_path: Path) -> None:
    agency = saved(tmp_path, "agency.txt", MEETING.text)
    copy = saved(tmp_path, "copy.txt", Text(MEETING.headlines[0], MEETING.text.body))
    done = user.command("compare", agency, copy)
    assert done.returncode == 0
    assert done.stdout.startswith("copy  confidence 100%\nsame text: 100 % of its lead stands in ")
    assert "longest passage" in done.stdout
    assert MEETING.headlines[0] in done.stdout


def test_compare_tells_programs_in_json(user: Wirewatch, tmp_path: Path) -> None:
    one = saved(tmp_path, "one.txt", EVENTS["morocco-earthquake"].text)
    other = saved(tmp_path, "other.txt", EVENTS["earnings"].text)
    shown = json.loads(user.command("compare", one, other, "--json").stdout)
    assert (shown["relation"], 0.5 < shown["confidence"] <= 1) == ("none", True)
    assert set(shown["evidence"]) == {
        "summary", "shares", "lead_shares", "headlines_alike", "openings_alike", "longest_shared_passage",
        "shared_names", "same_quotation", "conflicts", "same_publisher", "publishers", "credits",
        "machine_translated", "too_short_to_tell",
    }  # fmt: skip


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared/seeds")
def test_compare_the_seeds(user: Wirewatch) -> None:
    one, other = sorted(map(str, SEEDS.glob("*.txt")))
    shown = json.loads(user.command("compare", one, other, "--json").stdout)
    assert shown["relation"] == "report"
    assert shown["evidence"]["conflicts"] == [{"topic": "place", "first": "Beijing", "second": "Tunxi"}]
    assert shown["evidence"]["machine_translated"] == [True, False]
    assert shown["evidence"]["same_quotation"]
    assert "Sergey Lavrov".lower() in shown["evidence"]["shared_names"]


def test_compare_a_page_of_the_web(user: Wirewatch, hostile: HostileServer, tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in MEETING.text.body.splitlines())
    markup = f"<title>The site</title><nav>Home</nav><article><h1>{MEETING.headlines[0]}</h1>{paragraphs}</article>"
    hostile.serve("/page", Answer(markup.encode(), content_type="text/html"))
    agency = saved(tmp_path, "agency.txt", MEETING.text)
    done = user.command("compare", agency, hostile.url("/page"))
    assert done.stdout.startswith("copy")
    assert MEETING.headlines[0] in done.stdout


@pytest.mark.parametrize("needle", ["no-such-file.txt", "/gone"])
def test_compare_what_is_not_there(user: Wirewatch, hostile: HostileServer, needle: str) -> None:
    asked = hostile.url(needle) if needle.startswith("/") else needle
    done = user.command("compare", asked, asked)
    assert done.returncode == 2
    assert asked in done.stderr


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(an_item(MEETING.text), an_item(MEETING.text, "Harbour", after=HOUR), "copy", id="copy"),
        pytest.param(an_item(MEETING.text), an_item(MEETING.reports[0], "Ledger", after=HOUR), "report", id="report"),
        pytest.param(
            an_item(EVENTS["derna-flood"].text),
            an_item(EVENTS["derna-flood"].updates[0], after=HOUR),
            "update",
            id="update",
        ),
        pytest.param(
            an_item(EVENTS["derna-flood"].updates[0], after=HOUR),
            an_item(EVENTS["derna-flood"].text),
            "update",
            id="whichever comes first",
        ),
        pytest.param(
            an_item(MEETING.text), an_item(Text("Morning briefing", "Much happened.")), "roundup", id="roundup"
        ),
        pytest.param(an_item(MEETING.text), an_item(EVENTS["wagner"].text), "none", id="none"),
    ],
)
def test_relations_by_name(one: Item, other: Item, expected: str) -> None:
    evidence = stories.compare(one, other)
    assert relation(evidence) == expected
    assert as_document(one, other, evidence)["relation"] == expected


# ── story, stories ──────────────────────────────────────────────────────────


@pytest.mark.slow
def test_story_and_stories(user: Wirewatch, hostile: HostileServer) -> None:
    agency, copied = ("1", MEETING.text.headline, MEETING.text.body), ("2", MEETING.headlines[0], MEETING.text.body)
    hostile.set("/agency", rss(agency))
    hostile.set("/outlet", rss(copied, ("3", EVENTS["wagner"].text.headline, EVENTS["wagner"].text.body)))
    user.feeds(hostile.url("/agency"), hostile.url("/outlet"), every="5m")
    user.start("--once")
    assert user.wait() == 0
    shown = user.command("story", "https://news.example/2").stdout
    assert shown.splitlines()[0] in (MEETING.text.headline, MEETING.headlines[0])
    assert "2 texts from 2 outlets" in shown
    assert "copy" in shown
    assert "of its lead stands in" in shown
    story_id = shown.split("story ")[1].split(",")[0]
    assert user.command("story", story_id).stdout == shown
    listed = user.command("stories", "--since", "1h").stdout
    assert listed.index(story_id) < listed.index(EVENTS["wagner"].text.headline)
    assert "Growing fastest" in listed
    compared = user.command("compare", "https://news.example/1", "https://news.example/2")
    assert compared.stdout.startswith("copy")


def test_story_of_something_unknown(user: Wirewatch) -> None:
    done = user.command("story", "https://news.example/nothing")
    assert done.returncode == 1
    assert "Nothing is known of" in done.stdout


def test_stories_when_there_are_none_and_when_the_time_cannot_be_read(user: Wirewatch) -> None:
    assert user.command("stories").stdout == "No story within the last 1d.\n"
    done = user.command("stories", "--since", "yesterday")
    assert done.returncode == 2
    assert "is not a duration" in done.stderr


def _grown(name: str, texts: int, lately: int, last: float = NOON) -> Growth:
    return Growth(Story(name, 1, NOON, last, name, ()), texts, lately)


def test_largest_and_fastest() -> None:
    found = [_grown("old", 9, 0), _grown("new", 3, 3), _grown("one", 1, 1), _grown("newer", 3, 2, NOON + 1)]
    assert [one.story.id for one in largest(found, 3)] == ["old", "newer", "new"]
    assert [one.story.id for one in fastest(found, 9)] == ["new", "newer"]
