"""What is not told now: stories of embargoes, quiet hours, digests, throttles, backlogs and flashes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.alerts.silences import matcher, silence
from monitor.model import AlertStatus, Fate, Item, Kind, Relation, Severity
from tests.alerts.newsroom import Newsroom, a_text, shown
from tests.items import NOON

HOUR = 3600.0
NIGHT = {"to": "desk", "quiet": {"hours": "22:00-06:30"}}
DIGEST = {"to": "desk", "digest": {"every": "2h", "title": "World"}}
BY_DAY, LATE = NOON, NOON + 11 * HOUR
MEETING = a_text("Ministers meet")
HIGH, FLASH = Severity.HIGH, Severity.FLASH


def again(item: Item, title: str, kind: Kind = Kind.NEWS, **wire: float | None) -> Item:
    """The item with another text."""
    fresh = a_text(title, item.guid, kind=kind, source=item.source)
    return replace(fresh, wire=replace(fresh.wire, **wire))  # type: ignore[arg-type]


def copy(n: int = 1, title: str = "Ministers meet") -> Item:
    return a_text(title, f"copy {n}", source=f"Outlet {n}")


# ── Quiet hours ─────────────────────────────────────────────────────────────


def test_by_day_alerts_are_told() -> None:
    room = Newsroom(NIGHT, now=BY_DAY)
    assert room.hears(MEETING, "ministers") == ("desk raised ping: Ministers meet",)


def test_in_quiet_hours_they_wait_for_one_digest() -> None:
    room = Newsroom(NIGHT, now=LATE)
    assert room.hears(MEETING, "ministers") == ()
    assert room.outcome.fate is Fate.WAITING
    assert room.outcome.reason == "matched ministers; held for desk until 2022-03-31 06:30 UTC: quiet hours"
    assert room.hears(a_text("Walls crack"), "quake") == ()
    assert room.passes(7 * HOUR) == ()
    assert room.passes(HOUR) == ("desk digest: raised Ministers meet, raised Walls crack",)


@pytest.mark.parametrize(
    ("item", "severity"), [(MEETING, FLASH), (a_text("FLASH", kind=Kind.FLASH), Severity.LOW)], ids=["rule", "desk"]
)
@pytest.mark.parametrize("route", [NIGHT, DIGEST], ids=["quiet", "digest"])
def test_a_flash_passes(route: dict[str, object], item: Item, severity: Severity) -> None:
    room = Newsroom(route, now=LATE)
    assert room.hears(item, "war", severity=severity) == (f"desk raised ping: {item.title}",)


def test_who_hears_at_once_and_who_later_is_told_apart() -> None:
    room = Newsroom({"to": "asia", "continue": True}, NIGHT, now=LATE)
    assert room.hears(MEETING, "ministers") == ("asia raised ping: Ministers meet",)
    assert room.outcome.fate is Fate.ALERTED
    held = "held for desk until 2022-03-31 06:30 UTC: quiet hours"
    assert room.outcome.reason == f"matched ministers; told asia; {held}"


# ── Digests ─────────────────────────────────────────────────────────────────


def test_a_digest_gathers_until_its_time() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    assert room.hears(MEETING, "ministers") == ()
    assert room.passes(HOUR) == ()
    assert room.hears(a_text("Walls crack"), "quake", severity=HIGH) == ()
    assert room.passes(HOUR) == ("desk digest: raised Walls crack, raised Ministers meet",)
    event = room.digest(0)
    assert event.title == "World"
    assert room.hears(a_text("Dockers out"), "strike") == ()
    assert room.passes(2 * HOUR) == ("desk digest: raised Dockers out",)


def test_a_digest_shows_a_story_as_it_stands_then() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    assert room.hears(copy(1), of=MEETING.key) == ()
    assert room.outcome.fate is Fate.ATTACHED
    assert room.outcome.reason.endswith("; what waits for desk shows it")
    assert room.hears(again(MEETING, "Ministers do not meet", Kind.CORRECTION), "ministers") == ()
    room.hears(a_text("UPDATE 1-Ministers shout", kind=Kind.UPDATE), of=MEETING.key, relation=Relation.DERIVED)
    assert room.passes(2 * HOUR) == ("desk digest: raised Ministers do not meet",)
    event = room.digest(0)
    (entry,) = event.entries
    assert (entry.status, entry.carriers, event.since) == (AlertStatus.CORRECTED, 2, NOON + 60)


def test_what_is_withdrawn_while_it_waits_was_never_told() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    room.hears(a_text("Walls crack"), "quake")
    assert room.hears(again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL)) == ()
    assert room.outcome.fate is Fate.WITHDRAWN
    assert room.outcome.reason.endswith("taken out of what waits for desk, where nobody had been told")
    assert room.passes(2 * HOUR) == ("desk digest: raised Walls crack",)


def test_another_outlet_that_withdraws_its_copy_takes_nothing_out() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    room.hears(copy(1), of=MEETING.key)
    assert room.hears(again(copy(1), "STORY WITHDRAWN", Kind.WITHDRAWAL)) == ()
    assert room.passes(2 * HOUR) == ("desk digest: raised Ministers meet",)


def test_a_desks_hold_is_in_the_digest() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    room.hears(again(MEETING, "HOLD Ministers meet", Kind.HOLD))
    room.passes(2 * HOUR)
    event = room.digest(0)
    assert event.entries[0].status is AlertStatus.HELD


def test_what_becomes_a_flash_is_told_at_once_and_not_again() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    assert room.hears(copy(1), "war", severity=FLASH, of=MEETING.key) == ("desk raised ping: Ministers meet",)
    assert room.outcome.fate is Fate.ALERTED
    assert room.passes(2 * HOUR) == ()
    assert room.hears(copy(2), "war", severity=FLASH, of=MEETING.key) == ("desk attached reply: Ministers meet",)


def test_what_becomes_louder_still_waits_for_the_same_digest() -> None:
    room = Newsroom(DIGEST, now=NOON + 60)
    room.hears(MEETING, "ministers")
    assert room.hears(copy(1), "war", severity=HIGH, of=MEETING.key) == ()
    assert room.passes(2 * HOUR) == ("desk digest: raised Ministers meet",)
    event = room.digest(0)
    assert event.entries[0].severity is HIGH


# ── After a digest ──────────────────────────────────────────────────────────


def digested(*routes: dict[str, object]) -> Newsroom:
    """A story that stood in a digest, sent at two in the afternoon."""
    room = Newsroom(*(routes or (DIGEST,)), now=NOON + 60)
    room.hears(MEETING, "ministers")
    room.passes(2 * HOUR)
    assert len(room.out) == 1
    return room


def test_a_correction_has_a_message_of_its_own_and_then_there_is_one() -> None:
    room = digested()
    corrected = again(MEETING, "Ministers do not meet", Kind.CORRECTION)
    assert room.hears(corrected) == ("desk corrected ping: Ministers do not meet",)
    assert room.hears(copy(1), of=MEETING.key) == ("desk attached reply: Ministers do not meet",)


def test_so_has_a_withdrawal() -> None:
    room = digested()
    assert room.hears(again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL)) == ("desk withdrawn ping: STORY WITHDRAWN",)


def test_what_else_comes_is_in_the_next_digest() -> None:
    room = digested()
    assert room.hears(copy(1), of=MEETING.key) == ()
    update = a_text("UPDATE 1-Ministers shout", kind=Kind.UPDATE)
    assert room.hears(update, of=MEETING.key, relation=Relation.DERIVED) == ()
    assert room.outcome.fate is Fate.FOLLOWED_UP
    assert room.passes(2 * HOUR) == ("desk digest: updated UPDATE 1-Ministers shout",)


def test_a_correction_before_the_next_digest_is_not_told_twice() -> None:
    room = digested()
    room.hears(copy(1), of=MEETING.key)
    assert len(room.hears(again(MEETING, "Ministers do not meet", Kind.CORRECTION))) == 1
    assert room.passes(2 * HOUR) == ("desk digest: attached Ministers meet",)


def test_a_withdrawal_takes_out_what_waits_for_the_next() -> None:
    room = digested()
    room.hears(copy(1), of=MEETING.key)
    assert len(room.hears(again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL))) == 1
    assert room.passes(2 * HOUR) == ()


def after_the_night() -> Newsroom:
    room = Newsroom(NIGHT, now=LATE)
    room.hears(MEETING, "ministers")
    assert len(room.passes(8 * HOUR)) == 1
    return room


def test_by_day_an_update_has_a_message_of_its_own() -> None:
    room = after_the_night()
    update = a_text("UPDATE 1-Ministers shout", kind=Kind.UPDATE)
    assert room.hears(update, of=MEETING.key, relation=Relation.DERIVED) == ("desk updated reply: Ministers meet",)
    assert room.hears(copy(1), of=MEETING.key) == ("desk attached reply: Ministers meet",)


def test_a_copy_has_none() -> None:
    room = after_the_night()
    assert room.hears(copy(1), of=MEETING.key) == ()
    assert room.outcome.fate is Fate.ATTACHED
    assert room.outcome.reason.endswith("; desk has no message that could show it: it stood in a digest")


# ── A message of its own, in quiet hours ────────────────────────────────────


def at_night(severity: Severity = Severity.NORMAL) -> Newsroom:
    """An alert told at nine in the evening; then it is night."""
    room = Newsroom(NIGHT, now=NOON + 9 * HOUR)
    assert len(room.hears(MEETING, "ministers", severity=severity)) == 1
    room.passes(2 * HOUR)
    return room


def test_its_message_changes_and_grows_as_always() -> None:
    room = at_night()
    assert room.hears(copy(1), of=MEETING.key) == ("desk attached reply: Ministers meet",)
    assert room.passes(8 * HOUR) == ()


@pytest.mark.parametrize("severity", [Severity.NORMAL, HIGH], ids=str)
def test_a_correction_is_shown_at_once_and_calls_in_the_morning(severity: Severity) -> None:
    room = at_night(severity)
    corrected = again(MEETING, "Ministers do not meet", Kind.CORRECTION)
    assert room.hears(corrected) == ("desk corrected edit: Ministers do not meet",)
    assert room.outcome.fate is Fate.CORRECTED
    assert room.outcome.reason.endswith("; held for desk until 2022-03-31 06:30 UTC: quiet hours")
    assert room.passes(8 * HOUR) == ("desk digest: corrected Ministers do not meet",)
    event = room.digest(-1)
    change = event.entries[0].changes[0]
    assert (change.before, change.after) == ("Ministers meet", "Ministers do not meet")


def test_a_withdrawal_calls_in_the_morning_too() -> None:
    room = at_night()
    withdrawn = again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL)
    assert room.hears(withdrawn) == ("desk withdrawn edit: STORY WITHDRAWN",)
    assert room.passes(8 * HOUR) == ("desk digest: withdrawn STORY WITHDRAWN",)


def test_but_one_of_high_severity_at_once() -> None:
    room = at_night(HIGH)
    assert room.hears(again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL)) == ("desk withdrawn ping: STORY WITHDRAWN",)
    assert room.passes(8 * HOUR) == ()


def test_several_words_of_one_night_are_one_entry() -> None:
    room = at_night()
    room.hears(again(MEETING, "Ministers do not meet", Kind.CORRECTION))
    assert room.hears(copy(1), "war", severity=HIGH, of=MEETING.key) == (
        "desk severity_raised edit: Ministers do not meet",
    )
    assert room.hears(copy(2), of=MEETING.key) == ("desk attached reply: Ministers do not meet",)
    assert room.passes(8 * HOUR) == ("desk digest: corrected Ministers do not meet",)
    event = room.digest(-1)
    assert (event.entries[0].severity, event.entries[0].carriers) == (HIGH, 2)


def test_free_again_before_the_morning() -> None:
    room = at_night()
    room.hears(again(MEETING, "HOLD Ministers meet", Kind.HOLD))
    assert room.hears(again(MEETING, "Ministers meet after all"), "ministers") == (
        "desk released edit: Ministers meet after all",
    )
    assert room.passes(8 * HOUR) == ("desk digest: released Ministers meet after all",)


def test_a_correction_of_what_its_rules_do_not_ask_for_waits_by_the_route_of_the_alert() -> None:
    quiet = {"when": {"tag": "world", "rule": "ministers"}, **NIGHT}
    room = Newsroom(quiet, {"to": "desk"}, now=NOON + 9 * HOUR)
    room.hears(MEETING, "ministers")
    story = next(iter(room.stories.values()))
    room.stories[story.id] = replace(story, alerts=(replace(story.alerts[0], tags=("world",)),))
    room.passes(2 * HOUR)
    corrected = again(MEETING, "They do not meet", Kind.CORRECTION)
    assert room.hears(corrected) == ("desk corrected edit: They do not meet",)


# ── Whoever was told ────────────────────────────────────────────────────────


@pytest.mark.parametrize("hours", [12, 24], ids=["by day", "by night"])
@pytest.mark.parametrize(
    ("kind", "event"), [(Kind.CORRECTION, "corrected"), (Kind.WITHDRAWAL, "withdrawn")], ids=["corrected", "withdrawn"]
)
@pytest.mark.parametrize(
    "route",
    [
        pytest.param({"to": ["desk", "asia"]}, id="at once"),
        pytest.param(NIGHT, id="after quiet hours"),
        pytest.param(DIGEST, id="in a digest"),
        pytest.param(DIGEST | NIGHT, id="in a digest, where nights are quiet"),
        pytest.param({"to": "desk", "throttle": {"by": "rule", "every": "1h"}}, id="throttled"),
        pytest.param({"to": "desk", "catch_up": {"cap": 0}}, id="in a backlog"),
        pytest.param({"to": "desk", "escalate": {"after": "10m", "to": "asia"}}, id="when nobody answered"),
        pytest.param({"to": "desk", "group": "off"}, id="of the text alone"),
    ],
)
def test_hears_what_its_desk_takes_back_whatever_is_silenced(
    route: dict[str, object], kind: Kind, event: str, hours: int
) -> None:
    room = Newsroom(route, now=LATE)
    room.hears(a_text("Ministers talk"), "ministers", backlog=True)
    room.hears(MEETING, "ministers", backlog=True)
    room.passes(hours * HOUR)
    told = [word for word in room.out if "Ministers meet" in shown(word)]
    room.silences = (silence([matcher("channel=*")], "anna", "too much", room.now, HOUR),)
    room.hears(again(MEETING, "Ministers do not meet", kind), "ministers")
    room.passes(9 * HOUR)
    heard = [word for word in room.out if f"{event} Ministers do not meet" in shown(word).replace(" ping:", "")]
    assert {word.channel for word in heard} == {word.channel for word in told} != set()


# ── Embargoes ───────────────────────────────────────────────────────────────

UNTIL = NOON + 2 * HOUR
EMBARGOED = a_text("Report finds lead", embargo=UNTIL)
PLAIN = {"to": "desk"}


def test_an_embargo_is_kept_and_then_it_is_told_by_itself() -> None:
    room = Newsroom(PLAIN)
    assert room.hears(EMBARGOED, "lead") == ()
    assert room.outcome.fate is Fate.EMBARGOED
    assert room.outcome.reason == "matched lead; held for desk until 2022-03-30 14:00 UTC: embargo"
    assert room.passes(2 * HOUR - 1) == ()
    assert room.passes(1) == ("desk raised ping: Report finds lead",)
    assert room.hears(copy(1, "Report finds lead"), of=EMBARGOED.key) == ("desk attached reply: Report finds lead",)


@pytest.mark.parametrize(
    ("route", "wait", "said"),
    [
        ({"to": "desk", "quiet": {"hours": "13:00-15:00"}}, 3 * HOUR, "digest: raised"),
        ({"to": "desk", "digest": {"cron": "0 18 * * *"}}, 6 * HOUR, "digest: raised"),
        ({"to": "desk", "quiet": {"hours": "11:00-13:30"}}, 2 * HOUR, "raised ping:"),
    ],
    ids=["ends in quiet hours", "is gathered", "ends after quiet hours"],
)
def test_it_ends_when_it_would_not_be_told(route: dict[str, object], wait: float, said: str) -> None:
    room = Newsroom(route)
    room.hears(EMBARGOED, "lead")
    assert room.passes(wait - 1) == ()
    assert room.passes(1) == (f"desk {said} Report finds lead",)


def test_a_copy_that_is_free_is_told_at_once_and_the_embargo_is_over() -> None:
    room = Newsroom(PLAIN)
    room.hears(EMBARGOED, "lead")
    assert room.hears(copy(1, "Lead in water"), "water", of=EMBARGOED.key) == ("desk raised ping: Lead in water",)
    assert room.outcome.fate is Fate.ALERTED
    event = room.alert(0)
    assert (event.card.source, [c.title for c in event.card.carriers]) == ("Outlet 1", [])
    assert room.passes(3 * HOUR) == ()
    assert room.hears(copy(2), of=EMBARGOED.key) == ("desk attached reply: Lead in water",)
    event = room.alert(1)
    assert [c.title for c in event.card.carriers] == ["Report finds lead", "Ministers meet"]


def test_a_free_copy_that_nobody_asks_for_tells_nothing() -> None:
    room = Newsroom(PLAIN)
    room.hears(EMBARGOED, "lead")
    assert room.hears(copy(1), of=EMBARGOED.key) == ()
    assert room.passes(2 * HOUR) == ("desk raised ping: Report finds lead",)


@pytest.mark.parametrize(
    ("embargo", "told_after"),
    [(None, 0), (NOON - 5, 0), (UNTIL - HOUR, 1), (UNTIL, 2), (UNTIL + HOUR, 3)],
    ids=["dropped", "past", "sooner", "as before", "later"],
)
def test_its_desk_may_change_it(embargo: float | None, told_after: int) -> None:
    room = Newsroom(PLAIN)
    room.hears(EMBARGOED, "lead")
    told = [room.hears(again(EMBARGOED, "Report finds no lead", embargo=embargo), "lead")]
    told += [room.passes(HOUR) for _ in range(4)]
    assert told.pop(told_after) == ("desk raised ping: Report finds no lead",)
    assert not any(told)


def test_an_embargoed_update_holds_up_nothing_else() -> None:
    """The alert's lane goes on; what is under embargo comes when it is free, with the message as it stands then."""
    room = Newsroom(PLAIN)
    room.hears(MEETING, "ministers")
    update = a_text("UPDATE 1-Ministers sign", kind=Kind.UPDATE, embargo=UNTIL)
    assert room.hears(update, of=MEETING.key, relation=Relation.DERIVED) == ()
    assert room.outcome.reason.endswith("; held for desk until 2022-03-30 14:00 UTC: embargo")
    assert room.hears(copy(1), of=MEETING.key) == ("desk attached reply: Ministers meet",)
    event = room.alert(-1)
    assert [carrier.title for carrier in event.card.carriers] == ["Ministers meet"], "nothing of it is seen before"
    corrected = again(MEETING, "Ministers do not meet", Kind.CORRECTION)
    assert room.hears(corrected) == ("desk corrected ping: Ministers do not meet",)
    assert room.passes(3 * HOUR) == ("desk updated reply: Ministers do not meet",)
    event = room.alert(-1)
    assert (event.item.title, event.card.status) == ("UPDATE 1-Ministers sign", AlertStatus.CORRECTED)


def test_what_follows_on_an_embargoed_text_comes_behind_it() -> None:
    room = Newsroom(PLAIN)
    room.hears(EMBARGOED, "lead")
    for number in (1, 2):
        update = a_text(f"UPDATE {number}-Report finds more", kind=Kind.UPDATE, number=number, embargo=UNTIL)
        assert room.hears(update, of=EMBARGOED.key, relation=Relation.DERIVED) == ()
    assert room.passes(2 * HOUR + 1) == (
        "desk raised ping: Report finds lead",
        "desk updated reply: Report finds lead",
        "desk updated reply: Report finds lead",
    )


def test_a_withdrawal_takes_out_what_is_under_embargo() -> None:
    room = Newsroom(PLAIN)
    room.hears(MEETING, "ministers")
    update = a_text("UPDATE 1-Ministers sign", kind=Kind.UPDATE, embargo=UNTIL)
    room.hears(update, of=MEETING.key, relation=Relation.DERIVED)
    assert room.hears(again(MEETING, "STORY WITHDRAWN", Kind.WITHDRAWAL)) == ("desk withdrawn ping: STORY WITHDRAWN",)
    assert room.passes(3 * HOUR) == ()


# ── Too much at once ────────────────────────────────────────────────────────


def test_a_backlog_is_told_up_to_a_cap_and_then_as_one_digest() -> None:
    room = Newsroom({"to": "desk", "catch_up": {"cap": 2, "within": "10m"}})
    told = [len(room.hears(a_text(f"News {n}"), "any", backlog=True)) for n in range(5)]
    assert told == [1, 1, 0, 0, 0]
    assert room.outcome.reason == "matched any; held for desk until 2022-03-30 12:10 UTC: catch-up"
    assert room.hears(a_text("FLASH", kind=Kind.FLASH), "any", backlog=True) == ("desk raised ping: FLASH",)
    assert len(room.hears(a_text("Fresh"), "any")) == 1
    assert room.passes(600) == ("desk digest: raised News 2, raised News 3, raised News 4",)
    assert len(room.hears(a_text("Later"), "any", backlog=True)) == 1


def test_without_a_cap_all_of_a_backlog_is_one_digest() -> None:
    room = Newsroom({"to": "desk", "catch_up": {"cap": 0, "within": "10m"}})
    assert [len(room.hears(a_text(f"News {n}"), "any", backlog=True)) for n in range(2)] == [0, 0]
    assert room.passes(600) == ("desk digest: raised News 0, raised News 1",)


def test_what_came_too_soon_is_told_together() -> None:
    room = Newsroom({"to": "desk", "throttle": {"by": "rule", "every": "1h"}})
    told = [len(room.hears(a_text(f"Quake {n}"), "quake")) for n in range(3)]
    assert told == [1, 0, 0]
    assert room.outcome.fate is Fate.THROTTLED
    assert len(room.hears(a_text("Dockers out"), "strike")) == 1
    assert room.passes(HOUR) == ("desk digest: raised Quake 1, raised Quake 2",)
    assert room.hears(a_text("Quake 4"), "quake") == (), "what waited begins the time anew"


# ── A flash ─────────────────────────────────────────────────────────────────


def test_a_flash_holds_back_what_is_less_of_its_story() -> None:
    room = Newsroom(
        {"to": "desk", "when": {"rule": "war"}},
        {"to": "asia", "when": {"rule": "ministers"}, "inhibit": "1h"},
    )
    assert room.hears(MEETING, "war", severity=FLASH) == ("desk raised ping: Ministers meet",)
    room.passes(600)
    assert room.hears(copy(1), "ministers", of=MEETING.key) == ("desk attached reply: Ministers meet",)
    assert room.outcome.reason.endswith("held for asia until 2022-03-30 13:00 UTC: inhibition")
    assert room.hears(a_text("Walls crack"), "ministers") == ("asia raised ping: Walls crack",), "another story"
    assert room.passes(HOUR) == ("asia digest: raised Ministers meet",)


def test_after_a_while_it_holds_back_nothing() -> None:
    room = Newsroom({"to": "desk", "when": {"rule": "war"}}, {"to": "asia", "inhibit": "1h"})
    room.hears(MEETING, "war", severity=FLASH)
    room.passes(HOUR)
    assert room.hears(copy(1), "ministers", of=MEETING.key)[-1] == "asia raised ping: Ministers meet"
