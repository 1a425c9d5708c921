"""The console channel: text for people, JSON for programs, and a stream that fails."""

from __future__ import annotations

import io
import json
import os
import re
from dataclasses import replace
from typing import Any, TextIO

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter, ValidationError
from rich.cells import cell_len

from monitor.channels import ChannelConfig, build, event_json, missing
from monitor.channels.console import ConsoleChannel, ConsoleConfig
from monitor.channels.console_text import Screen
from monitor.config import Settings
from monitor.errors import Retryable
from monitor.model import (
    AlertEvent,
    Change,
    DigestEvent,
    Event,
    EventKind,
    Excerpt,
    Field,
    OpsEvent,
    Receipt,
    Severity,
)
from tests.channels.nasty import NASTY, alert, events
from tests.channels.samples import (
    ACKNOWLEDGED,
    COPY,
    CORRECTION,
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

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(id=\d+)?;https?://[^\x00-\x20\x1b]+\x1b\\|\x1b\]8;;\x1b\\")
"""What rich writes on a terminal: colours and links."""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    """A stream on a full disk."""

    full = True

    def flush(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")


async def written(event: Event, *, as_json: bool = False, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    root = Receipt("here")
    assert await ConsoleChannel("here", stream, as_json=as_json).send(delivery(event), root) == root
    return stream.getvalue()


# ── What becomes of each event ──────────────────────────────────────────────

LONG = "a line that is as long as what is left beside its label"
CARD_OF_LITTLE = replace(RAISED.card, severity=Severity.NORMAL, rules=("World order",), spellings=())


# ── Text ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "text"),
    [
        pytest.param(
            replace(RAISED, card=COPY.card),
            """
14:05:05  HIGH          Ministers hail a new world order
          Globe Wire · Urgent · 30 Mar 2022, 14:05 UTC · why: World order,
          Lavrov (“world order”, “Lawrow”)
          │ … Lawrow said that a fair world order was near …
          │ His guest agreed.
          https://globe.example/news/1?a=1&b=2
          also carried by Daily Echo (copy)
""",
            id="raised",
        ),
        pytest.param(
            COPY,
            """
          under “Ministers hail a new world order”
14:06:00  COPY          Daily Echo: What Lawrow told us
""",
            id="copy",
        ),
        pytest.param(
            replace(COPY, note="says Tunxi; others say Beijing"),
            """
          under “Ministers hail a new world order”
14:06:00  COPY          Daily Echo: What Lawrow told us
                        says Tunxi; others say Beijing
""",
            id="copy with a remark of ours",
        ),
        pytest.param(
            REFILE,
            """
          under “Ministers hail a new world order”
14:07:00  SMALL CHANGE  Globe Wire: URGENT: Ministers hail a new world order
""",
            id="refile",
        ),
        pytest.param(
            replace(REFILE, changes=CORRECTION.changes),
            """
          under “Ministers hail a new world order”
14:07:00  SMALL CHANGE  Globe Wire, text: 12 → 30
""",
            id="refile with its words",
        ),
        pytest.param(
            UPDATE,
            """
14:07:00  UPDATE        URGENT: Ministers hail a new world order
          Globe Wire
""",
            id="update of the text on the card",
        ),
        pytest.param(
            replace(UPDATE, item=replace(COPY.item, title=f"{LONG} " * 2)),
            f"""
14:07:00  UPDATE        {LONG}
                        {LONG}
          Daily Echo · under “Ministers hail a new world order”
          https://echo.example/2
""",
            id="update by another",
        ),
        pytest.param(
            replace(UPDATE, note="30 dead, before 12"),
            """
14:07:00  UPDATE        URGENT: Ministers hail a new world order
          Globe Wire
          30 dead, before 12
""",
            id="update with a remark of ours",
        ),
        pytest.param(
            CORRECTION,
            """
14:08:00  CORRECTION    URGENT: Ministers hail a new world order
          Globe Wire
          text: at least [12 → 30] people were hurt
          Globe Wire notes: Corrects the toll in the second paragraph.
""",
            id="correction",
        ),
        pytest.param(
            WITHDRAWAL,
            """
14:09:00  WITHDRAWN     Ministers hail a new world order
          Globe Wire · do not use
          Globe Wire notes: The desk could not confirm the quotation.
""",
            id="withdrawal",
        ),
        pytest.param(
            HOLD,
            """
14:07:00  ON HOLD       URGENT: Ministers hail a new world order
          Globe Wire · do not use until checked
""",
            id="hold",
        ),
        pytest.param(
            LOUDER,
            """
14:10:20  NOW FLASH     What Lawrow told us
          Daily Echo · under “Ministers hail a new world order”
          https://echo.example/2
""",
            id="severity raised",
        ),
        pytest.param(
            ACKNOWLEDGED,
            """
          under “Ministers hail a new world order”
14:10:40  ACKNOWLEDGED  by Änne
""",
            id="acknowledged",
        ),
        pytest.param(EXPIRED, "", id="expired"),
        pytest.param(
            replace(RAISED, card=replace(HOLD.card, published=None, carriers=COPY.card.carriers * 10, url="")),
            """
14:05:05  HIGH          Ministers hail a new world order
          ON HOLD: do not use until checked
          Globe Wire · Urgent · seen 30 Mar 2022, 14:05 UTC · why: World order,
          Lavrov (“world order”, “Lawrow”)
          │ … Lawrow said that a fair world order was near …
          │ His guest agreed.
          also carried by Daily Echo (copy), Daily Echo (copy), Daily Echo
          (copy), Daily Echo (copy), Daily Echo (copy), Daily Echo (copy), Daily
          Echo (copy), Daily Echo (copy) and 2 more
""",
            id="raised while on hold",
        ),
        pytest.param(
            replace(RAISED, card=replace(CARD_OF_LITTLE, excerpts=(Excerpt(Field.BODY, f"{LONG} " * 4, ()),))),
            """
14:05:05  NORMAL        Ministers hail a new world order
          Globe Wire · Urgent · 30 Mar 2022, 14:05 UTC · why: World order
          │ a line that is as long as what is left beside its label a line
          │ that is as long as what is left beside its label a line that is as …
          https://globe.example/news/1?a=1&b=2
""",
            id="little is quoted below high",
        ),
        pytest.param(
            TROUBLE,
            """
14:05:00  SERVICE       feed globe: answers 503 since 13:40; the last good poll
                        was 25 minutes ago
""",
            id="trouble",
        ),
        pytest.param(
            replace(TROUBLE, subject="rules", text="2 faults\na.yaml:1\nb.yaml:2"),
            """
14:05:00  SERVICE       rules: 2 faults
          a.yaml:1
          b.yaml:2
""",
            id="trouble in lines",
        ),
        pytest.param(RECOVERY, "\n14:15:00  SERVICE       feed globe (recovered): answers again\n", id="recovery"),
    ],
)
async def test_text(event: Event, text: str) -> None:
    assert await written(event) == text


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param(("was hurt", "was not hurt"), "added: was [not] hurt", id="few words put in"),
        pytest.param(("was not hurt", "was hurt"), "removed: was [not] hurt", id="few words taken out"),
        pytest.param(("A. B.", f"A. {LONG}. B."), f"added: {LONG}.", id="many words put in"),
        pytest.param(("", "It is so."), "the text came: It is so.", id="came"),
        pytest.param(("It is so.", ""), "the text went: It is so.", id="went"),
        pytest.param(("on Thursday", "on Friday"), "text: on [Thursday → Friday]", id="other words"),
        pytest.param(("Monday", "Friday"), "text: Monday → Friday", id="all words"),
    ],
)
async def test_changes_in_words(change: tuple[str, str], shown: str) -> None:
    page = await written(replace(CORRECTION, changes=(Change(Field.BODY, *change),), note=""))
    assert page.splitlines()[3:] == [f"          {shown}"]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param(("Day", "Day; rain"), "added to the headline: Day[; rain]", id="put in"),
        pytest.param(("Day; rain", "Day"), "removed from the headline: Day[; rain]", id="taken out"),
    ],
)
async def test_changes_of_a_headline(change: tuple[str, str], shown: str) -> None:
    assert shown in await written(replace(CORRECTION, changes=(Change(Field.TITLE, *change),)))


async def test_an_update_shows_the_first_changes_of_its_text() -> None:
    body = [Change(Field.BODY, f"day {n}", f"night {n}") for n in range(4)]
    title = Change(Field.TITLE, "Day", "Night")
    page = await written(replace(UPDATE, changes=(title, *body)))
    assert page.splitlines()[3:] == [
        "          text: [day → night] 0",
        "          text: [day → night] 1",
        "          and 2 more changes",
    ]
    assert "headline: Day → Night" in await written(replace(UPDATE, changes=(title,)))
    assert "and 1 more change\n" in await written(replace(UPDATE, changes=tuple(body[:3])))


async def test_a_change_that_cannot_be_seen_is_not_shown() -> None:
    page = await written(replace(CORRECTION, changes=(Change(Field.BODY, "a  b", "a b"),), note=""))
    assert len(page.splitlines()) == 3


async def test_rows_of_one_alert_stand_together() -> None:
    stream = io.StringIO()
    here = ConsoleChannel("here", stream)
    other = replace(COPY, alert_id="a2", card=replace(COPY.card, headline="Grain"))
    for event in (COPY, REFILE, other, RAISED, COPY):
        await here.send(delivery(event), None)
    shown = [line[:39] for line in stream.getvalue().splitlines() if not line.startswith(" " * 10 + "│")]
    under = "          under “Ministers hail a new w"
    copy, change = "14:06:00  COPY          Daily Echo: Wha", "14:07:00  SMALL CHANGE  Globe Wire: URG"
    assert shown[:7] == ["", under, copy, change, "", "          under “Grain”", copy]
    assert shown[-3:] == ["", under, copy]


async def test_a_row_that_was_not_written_leaves_no_headline_out() -> None:
    stream = Full()
    here = ConsoleChannel("here", stream)
    with pytest.raises(Retryable):
        await here.send(delivery(COPY), None)
    stream.full = False
    await here.send(delivery(COPY), None)
    assert stream.getvalue().count("under “Ministers") == 2


@pytest.mark.parametrize("event", [RAISED, COPY, CORRECTION, TROUBLE], ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("columns", [20, 60, 80, 120, 200])
def test_columns_stand_at_every_width(
    event: AlertEvent | OpsEvent, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))  # how rich is told the width of a terminal
    screen = Screen(Terminal())
    if isinstance(event, OpsEvent):
        page = screen.ops(event)
    else:
        page = screen.brief(event) if event is COPY else screen.card(event)
    lines = OURS.sub("", page).splitlines()
    (first,) = (line for line in lines if line[:1].isdigit())
    assert re.match(r"\d\d:\d\d:\d\d  [A-Z ]{12}  \S", first)
    assert all(cell_len(line) <= max(40, min(columns, 100)) for line in lines)


async def test_an_ellipsis_does_not_stand_alone() -> None:
    opening = "x" * 66 + " " + "y" * 68
    page = await written(
        replace(RAISED, card=replace(RAISED.card, excerpts=(Excerpt(Field.BODY, f"{opening} …", ()),)))
    )
    assert [line.strip() for line in page.splitlines() if "│" in line] == ["│ " + "x" * 66, "│ " + "y" * 68]


async def test_no_line_ends_in_blanks() -> None:
    for event in (RAISED, COPY, CORRECTION, WITHDRAWAL, TROUBLE):
        assert not re.search(r"[ \t]$", await written(event), re.MULTILINE)


async def test_colour_and_links_on_a_terminal_only() -> None:
    on_terminal = await written(WITHDRAWAL, stream=Terminal())
    assert "\x1b" in on_terminal
    plain = [line.rstrip() for line in OURS.sub("", on_terminal).split("\n")]
    assert plain == (await written(WITHDRAWAL)).split("\n")


async def test_a_long_url_is_folded_not_cut() -> None:
    url = "https://globe.example/" + "a" * 200
    shown = await written(replace(RAISED, card=replace(RAISED.card, url=url)))
    assert url in shown.replace("\n          ", "")


def check(event: Event) -> None:
    """On any stream: no control character that is not ours, and no line wider than the screen."""
    for stream in (io.StringIO(), Terminal()):
        screen = Screen(stream)
        if isinstance(event, OpsEvent):
            shown = [screen.ops(event)]
        elif isinstance(event, DigestEvent):
            shown = [screen.digest(event)]
        else:
            shown = [screen.card(event), screen.news(event), screen.brief(event)]
        for text in (OURS.sub("", page) for page in shown):
            assert text.endswith("\n")
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
            assert all(cell_len(line) <= 100 for line in text.split("\n"))


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_no_text_breaks_out(text: str) -> None:
    for kind in (EventKind.RAISED, EventKind.CORRECTED, EventKind.WITHDRAWN):
        check(alert(text, kind=kind))
    check(replace(TROUBLE, subject=text, text=text))


@given(events)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
def test_no_event_breaks_out(event: Event) -> None:
    check(event)


async def test_a_stream_that_cannot_hold_a_letter_gets_a_question_mark(tmp_path: Any) -> None:
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        await ConsoleChannel("here", stream).send(delivery(alert("Лавров")), None)
        await ConsoleChannel("here", stream, as_json=True).send(delivery(alert("Лавров")), None)
    *text, line = (tmp_path / "out").read_text(encoding="ascii").splitlines()
    assert any("??????" in part for part in text)
    assert json.loads(line)["item"]["title"] == "Лавров"


# ── JSON ────────────────────────────────────────────────────────────────────


async def test_an_alert_as_json() -> None:
    line = await written(replace(CORRECTION, hits=RAISED.hits[:1]), as_json=True)
    read = json.loads(line)
    assert line == event_json.one_line(delivery(replace(CORRECTION, hits=RAISED.hits[:1]))) + "\n"
    assert list(read) == [
        "event",
        "at",
        "alert_id",
        "story_id",
        "rules",
        "severity",
        "item",
        "relation",
        "hits",
        "carriers",
        "delivery_id",
        "status",
        "manner",
        "changes",
        "note",
        "acknowledged",
    ]
    assert read == {
        "event": "corrected",
        "at": "2022-03-30T14:08:00.000Z",
        "alert_id": "a1",
        "story_id": "s1",
        "rules": ["world-order", "lavrov"],
        "severity": "high",
        "item": {
            "key": "item-1",
            "feed": "globe",
            "guid": "urn:globe:1",
            "source": "Globe Wire",
            "url": "https://globe.example/news/1?a=1&b=2",
            "title": "URGENT: Ministers hail a new world order",
            "kind": "update",
            "published": "2022-03-30T14:05:00.000Z",
            "seen_at": "2022-03-30T14:05:04.000Z",
        },
        "relation": "new",
        "hits": [{"rule": "world-order", "field": "body", "start": 40, "end": 51, "text": "world order"}],
        "carriers": [
            {
                "item": "item-2",
                "source": "Daily Echo",
                "url": "https://echo.example/2",
                "title": "What Lawrow told us",
                "relation": "copy",
                "at": "2022-03-30T14:06:00.000Z",
            }
        ],
        "delivery_id": delivery(CORRECTION).id,
        "status": "corrected",
        "manner": "ping",
        "changes": [
            {"field": "body", "before": "at least 12 people were hurt", "after": "at least 30 people were hurt"}
        ],
        "note": "Corrects the toll in the second paragraph.",
        "acknowledged": None,
    }


@pytest.mark.parametrize("event", [RAISED, COPY, UPDATE, REFILE, HOLD, WITHDRAWAL])
async def test_every_alert_event_is_a_line(event: AlertEvent) -> None:
    read = json.loads(await written(event, as_json=True))
    assert (read["event"], read["status"]) == (event.kind, event.card.status)


async def test_an_item_without_a_date_has_none() -> None:
    event = replace(RAISED, item=replace(RAISED.item, published=None))
    assert json.loads(await written(event, as_json=True))["item"]["published"] is None


async def test_ops_as_json() -> None:
    assert json.loads(await written(RECOVERY, as_json=True)) == {
        "event": "ops",
        "at": "2022-03-30T14:15:00.000Z",
        "subject": "feed globe",
        "text": "answers again",
        "recovered": True,
        "delivery_id": delivery(RECOVERY).id,
    }


@given(events)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=50)
def test_json_is_one_line_and_loses_nothing(event: Event) -> None:
    line = event_json.one_line(delivery(event))
    assert line.splitlines() == [line]
    assert line.encode("utf-8")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", line)
    assert json.loads(line) == json.loads(json.dumps(event_json.document(delivery(event))))


def test_json_shows_scripts_as_they_are() -> None:
    assert "Лавров" in event_json.one_line(delivery(alert("Лавров")))


# ── Streams that fail ───────────────────────────────────────────────────────


def closed_pipe() -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


async def test_a_reader_that_has_gone() -> None:
    stream = closed_pipe()
    with pytest.raises(Retryable, match=r"console: cannot write: .*Broken pipe"):
        await ConsoleChannel("here", stream).send(delivery(RAISED), None)
    stream.close()


async def test_a_stream_that_is_full_or_closed() -> None:
    closed = io.StringIO()
    here = ConsoleChannel("here", closed)
    closed.close()
    for channel in (here, ConsoleChannel("here", Full())):
        with pytest.raises(Retryable, match="console: cannot write"):
            await channel.send(delivery(RAISED), None)


# ── Configuration ───────────────────────────────────────────────────────────

CONFIG: TypeAdapter[Any] = TypeAdapter(ChannelConfig)


@pytest.mark.parametrize(
    ("given_format", "as_json"), [({}, False), ({"format": "text"}, False), ({"format": "json"}, True)]
)
async def test_formats(given_format: dict[str, str], as_json: bool) -> None:
    stream = io.StringIO()
    here = build("here", CONFIG.validate_python({"type": "console", **given_format}), outside(stream=stream))
    await here.open()
    await here.send(delivery(TROUBLE), None)
    assert await here.find(delivery(TROUBLE), None) is None
    await here.close()
    assert (here.name, here.pace) == ("here", 0.0)
    assert stream.getvalue().startswith("{") is as_json


@pytest.mark.parametrize(
    "given_config",
    [
        pytest.param({"type": "console", "format": "xml"}, id="format"),
        pytest.param({"type": "console", "color": True}, id="key"),
        pytest.param({"type": "pigeon"}, id="type"),
        pytest.param({}, id="no type"),
    ],
)
def test_what_is_refused(given_config: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CONFIG.validate_python(given_config)


def test_nothing_is_missing() -> None:
    assert missing(ConsoleConfig(type="console"), Settings()) == ""
