"""How often a document asks to be looked at."""

from __future__ import annotations

import pytest

from monitor.ingest.document import parse_document
from monitor.model import Cadence, Parsed
from tests.ingest.documents import FEED, rss
from tests.items import NOON

ITEM = "<title>t</title>"


def cadence(body: bytes) -> Cadence:
    parsed = parse_document(body, "", FEED, NOON)
    assert isinstance(parsed, Parsed)
    return parsed.cadence


def said(head: str) -> Cadence:
    return cadence(rss(ITEM, head=f"<title>M</title>{head}"))


@pytest.mark.parametrize(
    ("ttl", "seconds"), [("30", 1800.0), (" 5 ", 300.0), ("0", 0.0), ("soon", 0.0), ("-5", 0.0), ("9" * 40, 0.0)]
)
def test_time_to_live_is_in_minutes(ttl: str, seconds: float) -> None:
    assert said(f"<ttl>{ttl}</ttl>") == Cadence(seconds)


@pytest.mark.parametrize(
    ("period", "frequency", "seconds"),
    [
        pytest.param("\n  hourly  ", "\n  1  ", 0.0, id="what WordPress says for all"),
        pytest.param("hourly", None, 0.0, id="the same, said shorter"),
        pytest.param("hourly", "4", 900.0, id="four times an hour"),
        pytest.param("daily", "1", 86_400.0, id="daily"),
        pytest.param("Weekly", "7", 86_400.0, id="seven times a week"),
        pytest.param("daily", "24", 0.0, id="hourly in other words"),
        pytest.param("daily", "0", 86_400.0, id="never is no frequency"),
        pytest.param("often", "1", 0.0, id="no period"),
        pytest.param(None, "2", 0.0, id="a frequency of nothing"),
    ],
)
def test_the_syndication_module(period: str | None, frequency: str | None, seconds: float) -> None:
    written = (("sy:updatePeriod", period), ("sy:updateFrequency", frequency))
    head = "".join(f"<{name}>{value}</{name}>" for name, value in written if value)
    body = rss(ITEM, head=f"<title>M</title>{head}")
    spaced = body.replace(b"<rss", b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"', 1)
    assert cadence(spaced) == Cadence(seconds)


@pytest.mark.parametrize(
    ("head", "hours", "days"),
    [
        ("<skipHours><hour>0</hour><hour> 23 </hour><hour>1</hour></skipHours>", (0, 1, 23), ()),
        ("<skipHours><hour>24</hour><hour>12</hour></skipHours>", (0, 12), ()),
        ("<skipDays><day>Sunday</day>\n<day>saturday</day></skipDays>", (), (5, 6)),
        ("<skipDays><day>Monday</day></skipDays><skipHours><hour>3</hour></skipHours>", (3,), (0,)),
        ("<skipHours><hour>25</hour><hour>noon</hour><hour>-1</hour></skipHours>", (), ()),
        ("<skipDays><day>Someday</day></skipDays>", (), ()),
        ("<!-- <skipHours><hour>3</hour></skipHours> -->", (), ()),
    ],
    ids=["hours", "24 is 0", "days", "both", "no hours", "no day", "commented out"],
)
def test_hours_and_days_to_skip(head: str, hours: tuple[int, ...], days: tuple[int, ...]) -> None:
    assert said(head) == Cadence(0.0, hours, days)


def test_what_stands_behind_the_items_counts_and_what_stands_in_them_does_not() -> None:
    body = rss("<title>t</title><skipHours><hour>3</hour></skipHours>")
    assert cadence(body) == Cadence()
    behind = body.replace(b"</channel>", b"<skipHours><hour>4</hour></skipHours></channel>")
    assert cadence(behind) == Cadence(skip_hours=(4,))


def test_a_feed_without_items_and_one_whose_items_are_in_doubt_say_it_too() -> None:
    assert cadence(rss(head="<title>M</title><skipDays><day>Sunday</day></skipDays>")) == Cadence(skip_days=(6,))
    unclosed = rss(ITEM, head="<title>M</title><skipDays><day>Sunday</day></skipDays>").replace(b"</channel>", b"")
    assert cadence(unclosed) == Cadence(skip_days=(6,))


def test_the_longer_of_two_wishes_holds() -> None:
    body = rss(ITEM, head="<title>M</title><ttl>30</ttl><sy:updatePeriod>daily</sy:updatePeriod>")
    spaced = body.replace(b"<rss", b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"', 1)
    assert cadence(spaced) == Cadence(86_400.0)


def test_atom_and_json_say_nothing() -> None:
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>M</title><entry><title>t</title></entry></feed>'
    assert cadence(atom) == Cadence()
    assert cadence(b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}]}') == Cadence()
