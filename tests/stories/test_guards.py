"""What sets two texts apart, however alike their words."""

from __future__ import annotations

import pytest

from monitor.model import Topic
from monitor.stories.guards import apart, conflict
from monitor.stories.text import read
from tests.stories.wire import Text, an_item

QUAKE = Text(
    "Quake in Karsu kills 12",
    "A magnitude 6.1 quake struck Karsu in Tarnovia on Wednesday, killing at least 12 people, the governor Asel Tamur "
    "said.",
)


def _changed(**words: str) -> Text:
    text = QUAKE
    for old, new in words.items():
        text = Text(text.headline.replace(old.strip("_"), new), text.body.replace(old.strip("_"), new))
    return text


@pytest.mark.parametrize(
    ("other", "topic"),
    [
        pytest.param(QUAKE, None, id="same"),
        pytest.param(_changed(_12="30"), Topic.TOLL, id="newer-toll"),
        pytest.param(
            Text("Toll in Karsu quake rises to 30 from 12", QUAKE.body.replace("12", "30") + " It had been 12."),
            Topic.TOLL,
            id="newer-toll-that-names-the-old",
        ),
        pytest.param(
            _changed(Karsu="Sarvan", Tarnovia="Norland", Asel="Mira", Tamur="Sandel"), Topic.NAMES, id="names"
        ),
        pytest.param(_changed(Asel="Assel"), None, id="another-transliteration"),
        pytest.param(Text(QUAKE.headline, QUAKE.body.replace("6.1", "5.1")), Topic.MAGNITUDE, id="another-quake"),
        pytest.param(Text(QUAKE.headline, QUAKE.body.replace("6.1", "6.2")), None, id="measured-again"),
        pytest.param(Text("Night of fear in the mountains", QUAKE.body), None, id="another-headline"),
        pytest.param(Text("Three villages cut off in Karsu", QUAKE.body), None, id="a-figure-on-one-side-only"),
    ],
)
def test_conflict(other: Text, topic: Topic | None) -> None:
    one, two = read(an_item(QUAKE)), read(an_item(other))
    for found in (conflict(one, two), conflict(two, one)):
        assert (found.topic if found else None) is topic


@pytest.mark.parametrize(
    ("one", "other", "topic"),
    [
        pytest.param("Bank of Norland raises rates", "Bank of Norland holds rates", Topic.MOVE, id="up-and-nowhere"),
        pytest.param("Oil falls as dollar rises", "Oil rises", None, id="both-ways-at-once"),
        pytest.param("Alder Foods sells 5% of itself", "Alder Foods sells 7% of itself", Topic.FIGURES, id="figures"),
        pytest.param("Alder Foods sells 5% of itself", "Alder Foods sells shares", None, id="one-without-figures"),
    ],
)
def test_forms_filled_in_anew(one: str, other: str, topic: Topic | None) -> None:
    found = conflict(read(an_item(one)), read(an_item(other)))
    assert (found.topic if found else None) is topic


def test_a_conflict_says_what_differs() -> None:
    found = conflict(read(an_item(QUAKE)), read(an_item(_changed(_12="1,300"))))
    assert found is not None
    assert apart(found) == "one has 12 dead, the other 1,300 dead"


def test_large_figures_are_written_for_people() -> None:
    one, other = an_item("Alder Foods buys Birch for $3.2bn"), an_item("Alder Foods buys Birch for $870 mln")
    found = conflict(read(one), read(other))
    assert found is not None
    assert apart(found) == "one has 3.2 billion in money, the other 870 million in money"


def test_a_summary_is_not_blamed_for_figures_it_leaves_out() -> None:
    text = Text("Oil climbs", "Oil rose on Tuesday after exporters cut supplies.\nBrent gained $1.80 to $90.80.")
    summary = Text("Crude at a ten-month high", "Oil rose on Tuesday after exporters cut supplies.")
    assert conflict(read(an_item(text)), read(an_item(summary))) is None
