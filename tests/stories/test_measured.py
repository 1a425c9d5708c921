"""The least quality on the labelled wires; `python -m tests.benchmarks.stories` prints all figures."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.benchmarks.stories.baselines import title_hash
from tests.benchmarks.stories.generated import Shape, wire
from tests.benchmarks.stories.labelled import affairs
from tests.benchmarks.stories.measure import Score, b_cubed, measure, pairs, true_texts
from tests.benchmarks.stories.quality import all_events, by_hand, main, table
from tests.benchmarks.stories.sources import events_of
from tests.stories.wire import events

LEAST = {Shape.FULL: 0.97, Shape.SUMMARY: 0.90, Shape.MIXED: 0.93}


@pytest.mark.parametrize("shape", Shape)
def test_copies_and_events_are_told_apart(shape: Shape) -> None:
    labelled = wire(shape, all_events("unseen"))
    measured = measure(labelled)
    assert measured.copies.f1 >= LEAST[shape]
    assert measured.copies.f1 > 2 * pairs(title_hash(labelled), true_texts(labelled)).f1
    assert measured.events.precision >= 0.90
    assert measured.updates_swallowed <= 0.08
    assert measured.news_swallowed <= 0.02


def test_affairs_written_by_hand() -> None:
    assert sum(1 for items in affairs().values() for _ in combinations(items, 2)) >= 150
    measured = measure(by_hand())
    assert measured.copies.f1 >= 0.95
    assert measured.updates_swallowed <= 0.08
    assert measured.news_swallowed <= 0.02


def test_there_are_enough_events_of_many_kinds() -> None:
    assert len(all_events()) >= 60


def test_any_folder_can_be_given_and_the_table_has_all_figures(tmp_path: Path) -> None:
    for name, event in all_events("seen").items():
        (tmp_path / f"{name}.txt").write_text(f"{event.text.headline}\n{event.text.body}", encoding="utf-8")
    lines = list(table("any", wire(Shape.SUMMARY, events_of(tmp_path))))
    assert sum("F1" in line for line in lines) == 6
    assert "alerts spared" in lines[-1]


def test_an_archive_of_feeds_can_be_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = tmp_path / "meridian"
    frames.mkdir()
    items = [
        f"<item><guid>{nth}</guid><title>{event.text.headline}</title><description>{event.text.body}</description></item>"
        for nth, event in enumerate(events().values())
    ]
    for nth, shown in enumerate((items[:4], items[2:], ["<item><guid>x</guid><title>Too short</title></item>"])):
        feed = f'<rss version="2.0"><channel><title>Meridian</title>{"".join(shown)}</channel></rss>'
        (frames / f"{nth}.xml").write_text(feed, encoding="utf-8")
    (frames / "notes.md").write_text("no feed at all", encoding="utf-8")
    assert sorted(event.text.headline for event in events_of(tmp_path).values()) == sorted(
        event.text.headline for event in events().values()
    )
    main([str(tmp_path)])
    assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("generated, mixed: ")]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no texts and no feeds"):
        main([str(tmp_path)])


def test_scores() -> None:
    true = {"a": "1", "b": "1", "c": "2"}
    assert pairs({"a": "x", "b": "x", "c": "x"}, true) == Score(1 / 3, 1.0)
    assert b_cubed({"a": "x", "b": "x", "c": "x"}, true) == Score((4 / 3 + 1 / 3) / 3, 1.0)
    assert b_cubed({"a": "x", "b": "y", "c": "z"}, true) == Score(1.0, 2 / 3)
    assert Score(0.0, 0.0).f1 == 0.0
