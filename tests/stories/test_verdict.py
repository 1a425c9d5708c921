"""Which story an item belongs to, as what, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model import Kind, Relation, Topic, Verdict
from monitor.stories import judge
from tests.benchmarks.stories.generated import FURNITURE, INTRODUCTIONS, retranslated, summary
from tests.stories.wire import HOUR, NOON, Event, Text, a_record, an_item, events, judged, near

EVENTS = events()
SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
DAY = 24 * HOUR

ALONE = (Relation.NEW, Relation.TEMPLATE)

every_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())


# ── One text at several outlets ─────────────────────────────────────────────


@every_event
@pytest.mark.parametrize("furniture", FURNITURE)
def test_same_text_under_another_headline_is_a_copy(event: Event, furniture: str) -> None:
    agency = an_item(event.text)
    for headline in event.headlines:
        copy = an_item(Text(headline, f"{event.text.body}\n{furniture}"), "Harbour", after=HOUR)
        verdict = judged(copy, agency)
        assert verdict.relation is Relation.COPY
        assert (verdict.story_id, verdict.other) == (agency.key, agency.key)
        assert "same text: 100 % of its lead stands in Meridian's text of 12:00 UTC; longest" in verdict.evidence


@every_event
def test_first_paragraph_under_another_headline_is_a_copy(event: Event) -> None:
    extract = an_item(summary(event.text), "Harbour", headline=event.headlines[0], after=HOUR)
    assert judged(extract, an_item(event.text)).relation is Relation.COPY
    assert judged(an_item(event.text, after=HOUR), replace(extract, seen_at=NOON)).relation is Relation.COPY


@every_event
def test_text_within_a_longer_one_is_derived(event: Event) -> None:
    body = f"{INTRODUCTIONS[0]}\n{event.text.body}\nOur correspondent will report through the night."
    longer = an_item(Text(event.headlines[0], body), "Harbour", after=HOUR)
    assert judged(longer, an_item(event.text)).relation in (Relation.COPY, Relation.DERIVED)


@pytest.mark.parametrize("name", ["tunxi-meeting", "morocco-earthquake", "chandrayaan", "finland-nato"])
def test_text_cut_to_half_is_derived(name: str) -> None:
    paragraphs = EVENTS[name].text.body.split("\n")
    cut = Text(EVENTS[name].headlines[0], "\n".join(paragraphs[: len(paragraphs) // 2]))
    verdict = judged(an_item(cut, "Harbour", after=HOUR), an_item(EVENTS[name].text))
    assert verdict.relation is Relation.DERIVED
    assert verdict.evidence.startswith("a text cut short: 100 % of its lead")


@every_event
def test_translation_and_back_is_derived(event: Event) -> None:
    agency = an_item(event.text)
    for translation in (*event.translations, retranslated(event.text)):
        verdict = judged(an_item(translation, "Relay", after=2 * HOUR), agency)
        assert verdict.relation in (Relation.COPY, Relation.DERIVED)


def test_what_says_that_a_machine_translated_it_is_no_copy() -> None:
    event = EVENTS["tunxi-meeting"]
    text = Text("Lavrov in China", f"{event.text.body}\nThis text was translated automatically.")
    verdict = judged(an_item(text, "Relay", after=HOUR), an_item(event.text))
    assert verdict.relation is Relation.DERIVED
    assert verdict.evidence.startswith("a machine translation: ")


def test_feeds_of_one_publisher_carry_one_text() -> None:
    text = EVENTS["fed-rate"].text
    verdict = judged(an_item(text, feed="meridian-business", after=HOUR), an_item(text, feed="meridian-world"))
    assert verdict.relation is Relation.COPY


def test_the_closest_text_is_named() -> None:
    event = EVENTS["tunxi-meeting"]
    report, agency = an_item(event.reports[0], "Ledger"), an_item(event.text, after=60)
    copy = an_item(event.text, "Harbour", headline=event.headlines[0], after=HOUR)
    verdict = judge(copy, near([a_record(report), a_record(agency, report.key)]), copy.seen_at)
    assert (verdict.relation, verdict.story_id, verdict.other) == (Relation.COPY, report.key, agency.key)


# ── One event in other words ────────────────────────────────────────────────

REPORTED = ("tunxi-meeting", "derna-flood", "turkey-runoff", "ubs-credit-suisse", "wagner")


@pytest.mark.parametrize("name", REPORTED)
def test_own_text_on_the_event_is_a_report(name: str) -> None:
    agency = an_item(EVENTS[name].text)
    for report in EVENTS[name].reports:
        verdict = judged(an_item(report, "Ledger", after=3 * HOUR), agency)
        assert verdict.relation is Relation.REPORT
        assert verdict.evidence.startswith("own text on the event of Meridian's text of 12:00 UTC: openings alike by ")


@every_event
def test_own_text_is_never_a_copy(event: Event) -> None:
    for report in event.reports:
        assert judged(an_item(report, "Ledger", after=HOUR), an_item(event.text)).relation in (
            Relation.REPORT,
            Relation.NEW,
        )


@pytest.mark.parametrize("name", ["morocco-earthquake", "tempe-train", "derna-flood"])
def test_newer_toll_of_the_same_desk_is_an_update_and_says_what_is_new(name: str) -> None:
    event = EVENTS[name]
    verdict = judged(an_item(event.updates[0], after=2 * HOUR), an_item(event.text))
    assert verdict.relation is Relation.UPDATE
    assert " dead, the other " in verdict.evidence
    assert any(topic is Topic.TOLL and here.endswith(" dead") for topic, here, *_ in verdict.conflicts)
    elsewhere = judged(an_item(event.updates[0], "Harbour", after=2 * HOUR), an_item(event.text))
    assert elsewhere.relation in (Relation.UPDATE, Relation.REPORT)
    late = judged(an_item(event.text, after=2 * HOUR, published=NOON), an_item(event.updates[0], after=HOUR))
    assert late.relation is Relation.REPORT  # figures of before are no update


def test_newer_figures_in_the_same_text_are_an_update() -> None:
    text = EVENTS["morocco-earthquake"].text
    newer = Text("Morocco quake: the toll", text.body.replace("296", "410"))
    verdict = judged(an_item(newer, "Harbour", after=HOUR), an_item(text))
    assert verdict.relation is Relation.UPDATE
    assert verdict.conflicts == ((Topic.TOLL, "410 dead", "296 dead", "Meridian"),)


def test_a_quotation_in_both_makes_a_report() -> None:
    quote = "“We, together with you and with our sympathisers, will move towards a multipolar, just, democratic order,”"
    one = Text(
        "Lavrov opens talks", f"Sergey Lavrov had much to say in the town of Tunxi on tea and trade. {quote} he said."
    )
    other = Text(
        "A new order, by a river",
        f"{quote} With these words Sergey Lavrov greeted his hosts, who served cake and smiled.",
    )
    verdict = judged(an_item(one, "Ledger"), an_item(other))
    assert verdict.relation is Relation.REPORT
    assert "both quote the same words" in verdict.evidence


@pytest.mark.skipif(not SEEDS.is_dir(), reason="needs ../shared/seeds")
def test_the_two_seeds_are_reports_of_one_event() -> None:
    one, other = (
        an_item(Text(*path.read_text(encoding="utf-8").split("\n", 1)), path.stem)
        for path in sorted(SEEDS.glob("*.txt"))
    )
    for verdict, here, there in ((judged(one, other), "Beijing", "Tunxi"), (judged(other, one), "Tunxi", "Beijing")):
        assert verdict.relation is Relation.REPORT
        assert [(conflict.here, conflict.there) for conflict in verdict.conflicts] == [(here, there)]
    assert judged(one, other).translated
    assert not judged(other, one).translated


def test_a_story_is_not_joined_through_its_odd_text_out() -> None:
    event, flood = EVENTS["tunxi-meeting"], EVENTS["derna-flood"]
    strangers = [
        an_item(text, "Lakes", key=str(nth)) for nth, text in enumerate((flood.text, *flood.reports, *flood.later))
    ]
    odd = an_item(event.reports[1], "Ledger", key="odd")
    story = [a_record(item, "one-story") for item in (odd, *strangers)]
    verdict = judge(an_item(event.reports[0], "Harbour", after=HOUR), near(story), NOON + HOUR)
    assert verdict.relation is Relation.NEW


# ── Other news ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("event", "other"),
    [
        pytest.param(event.text, other, id=f"{name}-{other.headline}")
        for name, event in EVENTS.items()
        for other in event.other
        if name != "turkey-runoff"  # the same two men on the same ballot; weeks lie between
    ],
)
def test_another_event_told_in_the_same_form_is_new(event: Text, other: Text) -> None:
    for source in ("Meridian", "Harbour"):
        verdict = judged(an_item(other, source, after=HOUR), an_item(event))
        assert verdict.relation in ALONE
        assert verdict.story_id == ""


@every_event
def test_later_news_with_recycled_paragraphs_is_no_copy(event: Event) -> None:
    for later in event.later:
        assert judged(an_item(later, "Harbour", after=HOUR), an_item(event.text)).relation in (
            Relation.NEW,
            Relation.REPORT,
        )


def test_events_do_not_meet() -> None:
    for event in EVENTS.values():
        others = [an_item(other.text) for name, other in EVENTS.items() if name != event.name]
        assert judged(an_item(event.text, "Harbour"), *others).relation is Relation.NEW


def test_one_headline_over_two_texts_is_two_stories() -> None:
    one = Text(
        "Oil prices rise 2%", "A storm closed the loading terminal at Cape Sorrel, which one tanker in thirty uses."
    )
    other = Text(
        "Oil prices rise 2%", "Airlines fly again, and forecasters lifted their estimate of demand for jet fuel."
    )
    assert judged(an_item(other, "Harbour"), an_item(one)).relation is Relation.NEW


def test_stock_sentences_below_two_headlines_are_two_stories() -> None:
    stock = "Watch the full report in our evening programme, or listen to it wherever you hear our daily podcast show."
    one, other = Text("Otters return to the river", stock), Text("Bakery shuts its oven", stock)
    assert judged(an_item(other), an_item(one)).relation is Relation.NEW
    assert judged(an_item(other, "Harbour"), an_item(one)).relation is Relation.NEW


# ── Headlines alone ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("Envoys sign Tamra truce in Kelmar", "Envoys sign Tamra truce in Kelmar", Relation.COPY),
        ("Envoys sign Tamra truce in Kelmar", "Tamra truce: envoys sign in Kelmar", Relation.COPY),
        ("Envoys sign Tamra truce in Kelmar", "Envoys sign Tamra truce in Sorrel", Relation.NEW),
        ("Fire kills 12 in Delhi factory", "Fire kills 30 in Delhi factory", Relation.NEW),
        ("Oil prices rise", "Oil prices rise", Relation.NEW),
        ("Talks", "Talks", Relation.NEW),
    ],
)
def test_headlines_without_a_text(one: str, other: str, relation: Relation) -> None:
    assert judged(an_item(one, "Harbour"), an_item(other)).relation is relation


def test_headline_of_a_text_without_it_is_derived() -> None:
    event = EVENTS["chandrayaan"]
    assert judged(an_item(event.text.headline, "Harbour"), an_item(event.text)).relation is Relation.DERIVED


# ── The desk's own words ────────────────────────────────────────────────────

HEADLINE = "Karsu quake kills 12, say officials"
FIRST = Text(HEADLINE, "A quake struck Karsu before dawn and killed 12, officials in the province of Tarnovia said.")
LATER = Text(
    "Karsu toll reaches 30 as rescuers dig on",
    "Rescuers in Karsu found more victims under the market hall on Wednesday, and the toll reached 30, officials said.",
)


@pytest.mark.parametrize(
    ("text", "kind", "relation"),
    [
        pytest.param(HEADLINE, Kind.WITHDRAWAL, Relation.DERIVED, id="kill-with-headline-only"),
        pytest.param(
            Text("Story withdrawn", f"Please do not use the story “{HEADLINE}”."),
            Kind.WITHDRAWAL,
            Relation.DERIVED,
            id="kill-that-names-the-headline",
        ),
        pytest.param(HEADLINE, Kind.HOLD, Relation.DERIVED, id="hold"),
        pytest.param(
            Text(HEADLINE, FIRST.body.replace("12", "11")), Kind.CORRECTION, Relation.DERIVED, id="correction"
        ),
        pytest.param(FIRST, Kind.REFILE, Relation.DERIVED, id="refile"),
        pytest.param(FIRST, Kind.REPEAT, Relation.COPY, id="repeat"),
        pytest.param(LATER, Kind.UPDATE, Relation.UPDATE, id="update-with-newer-toll"),
    ],
)
def test_next_word_of_the_same_desk(text: Text | str, kind: Kind, relation: Relation) -> None:
    first = an_item(FIRST)
    verdict = judged(an_item(text, kind=kind, number=1, after=HOUR), first)
    assert (verdict.relation, verdict.story_id) == (relation, first.key)


def test_update_by_slug_whatever_the_words() -> None:
    first = an_item(FIRST, slug="QUAKE-KARSU/")
    text = Text("Snow slows rescuers in Karsu", "Helicopters could not land in the upper valley of Karsu, pilots said.")
    assert judged(an_item(text, kind=Kind.UPDATE, slug="QUAKE-KARSU/", after=HOUR), first).relation is Relation.UPDATE
    assert judged(an_item(text, slug="QUAKE-KARSU/", after=HOUR), first).relation is Relation.NEW


def test_update_numbers_start_anew_each_day() -> None:
    first, second = (
        Text("Oil prices rise", "Crude rose in Kelmar on Tuesday."),
        Text("Oil prices rise", "Crude rose in Kelmar again."),
    )
    update = an_item(second, kind=Kind.UPDATE, number=2, after=23 * HOUR)
    assert judged(update, an_item(first, kind=Kind.UPDATE, number=1)).relation is Relation.UPDATE
    late = replace(update, seen_at=NOON + 25 * HOUR)
    assert judged(late, an_item(first, kind=Kind.UPDATE, number=1)).relation is not Relation.UPDATE


def test_another_quake_is_no_update_of_the_first() -> None:
    text = Text("Sarvan quake kills 12", "A quake struck Sarvan at noon and killed 12, officials in Norland said.")
    assert judged(an_item(text, kind=Kind.UPDATE, number=1, after=HOUR), an_item(FIRST)).relation in ALONE


def test_kill_by_another_desk_is_not_ours() -> None:
    assert judged(an_item(HEADLINE, "Harbour", kind=Kind.WITHDRAWAL), an_item(FIRST)).relation is not Relation.COPY
    agency = an_item(FIRST, "Harbour", credit="Meridian")
    assert judged(an_item(HEADLINE, kind=Kind.WITHDRAWAL), agency).evidence.startswith("withdrawal to Harbour's text")


def test_copy_of_an_update_is_a_copy() -> None:
    update = an_item(LATER, kind=Kind.UPDATE, number=1)
    assert judged(an_item(LATER, "Harbour", kind=Kind.UPDATE, number=1), update).relation is Relation.COPY
    assert judged(an_item(LATER, "Harbour"), update).relation is Relation.COPY
    assert judged(an_item(LATER, "Harbour", kind=Kind.UPDATE, number=2), update).relation is Relation.UPDATE


@pytest.mark.parametrize(
    ("source", "after", "relation"),
    [
        pytest.param("Meridian", HOUR / 4, Relation.UPDATE, id="same-desk"),
        pytest.param("Harbour", HOUR / 4, Relation.REPORT, id="another-outlet"),
        pytest.param("Meridian", 3 * HOUR, Relation.NEW, id="too-late"),
    ],
)
def test_text_under_a_flash(source: str, after: float, relation: Relation) -> None:
    flash = an_item("LAVROV TELLS WANG YI RUSSIA AND CHINA WILL MOVE TO JUST WORLD ORDER", kind=Kind.FLASH)
    text = an_item(EVENTS["tunxi-meeting"].text, source, after=after)
    assert judged(text, flash).relation is relation
    late = judged(replace(flash, seen_at=text.seen_at), replace(text, seen_at=NOON)).relation
    assert late is (Relation.DERIVED if relation is Relation.UPDATE else relation)


def test_a_flash_on_something_else_stands_alone() -> None:
    flash = an_item("BANK OF NORLAND RAISES KEY RATE TO 6.5 PERCENT", kind=Kind.FLASH)
    assert judged(an_item(EVENTS["tunxi-meeting"].text, after=HOUR / 4), flash).relation is Relation.NEW


@pytest.mark.parametrize(
    ("headline", "kind", "genre"),
    [
        pytest.param("Morning briefing: Lavrov in China, quake in Karsu", Kind.NEWS, "", id="briefing"),
        pytest.param("Lavrov meets Wang Yi in Tunxi - live updates", Kind.NEWS, "", id="live-page"),
        pytest.param("Lavrov meets Wang Yi in Tunxi", Kind.NEWS, "live", id="live-by-prefix"),
        pytest.param("Plans for Thursday: Lavrov in China", Kind.ADVISORY, "", id="advisory"),
    ],
)
def test_digests_are_merged_with_nothing(headline: str, kind: Kind, genre: str) -> None:
    event = EVENTS["tunxi-meeting"]
    body = "\n".join(event.text.body.split("\n")[:3]) + "\nRescuers dig on in Karsu.\nOil rises two percent."
    digest = an_item(Text(headline, body), "Harbour", kind=kind, genre=genre)
    verdict = judged(digest, an_item(event.text))
    assert (verdict.relation, verdict.story_id) == (Relation.ROUNDUP, "")
    assert judged(an_item(event.text), digest).relation is Relation.NEW


# ── One address ─────────────────────────────────────────────────────────────

PAGE = "https://meridian.example/world/tunxi"


@pytest.mark.parametrize(
    ("text", "kind", "relation"),
    [
        pytest.param(EVENTS["tunxi-meeting"].text, Kind.NEWS, Relation.COPY, id="same"),
        pytest.param(
            Text("Lavrov in Tunxi", EVENTS["tunxi-meeting"].text.body), Kind.NEWS, Relation.COPY, id="re-titled"
        ),
        pytest.param(EVENTS["tunxi-meeting"].text.headline, Kind.NEWS, Relation.COPY, id="headline-only"),
        pytest.param(
            Text(EVENTS["tunxi-meeting"].text.headline, EVENTS["tunxi-meeting"].reports[0].body),
            Kind.NEWS,
            Relation.DERIVED,
            id="rewritten",
        ),
        pytest.param(EVENTS["tunxi-meeting"].reports[1], Kind.UPDATE, Relation.UPDATE, id="update"),
        pytest.param(EVENTS["oil-prices"].text, Kind.NEWS, Relation.NEW, id="another-text-altogether"),
    ],
)
def test_same_page(text: Text | str, kind: Kind, relation: Relation) -> None:
    first = an_item(EVENTS["tunxi-meeting"].text, url=PAGE)
    again = an_item(text, url=PAGE, feed="meridian-asia", kind=kind, after=20 * DAY)
    verdict = judge(again, near([], [a_record(first)]), again.seen_at)
    assert verdict.relation is relation
    assert ("page" in verdict.evidence) is (relation is not Relation.NEW)


def test_same_guid_elsewhere_is_the_same_page() -> None:
    text, guid = EVENTS["tunxi-meeting"].text, "urn:newsml:meridian.example:1"
    first = an_item(text, guid=guid)
    again = an_item(Text("Lavrov in China", text.body), "Relay", guid=guid)
    assert judge(again, near([], [a_record(first)]), NOON).evidence == "the same page as Meridian's text of 12:00 UTC"


def test_page_with_newer_figures_is_a_rewritten_page() -> None:
    event = EVENTS["morocco-earthquake"]
    first, again = (
        an_item(event.text, url=PAGE),
        an_item(event.updates[0], url=PAGE, feed="meridian-africa", after=HOUR),
    )
    verdict = judge(again, near([], [a_record(first)]), again.seen_at)
    assert verdict.relation is Relation.UPDATE
    assert verdict.evidence.endswith("rewritten: one has 820 dead, the other 296 dead")


def test_front_page_is_nobodys_address() -> None:
    one = an_item(EVENTS["tunxi-meeting"].text, url="https://meridian.example/")
    other = an_item(EVENTS["oil-prices"].text, url="https://meridian.example/")
    assert judge(other, near([], [a_record(one)]), NOON).relation is Relation.NEW


# ── Time ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("after", "relation"),
    [(47 * HOUR, Relation.COPY), (49 * HOUR, Relation.NEW)],
    ids=["within-two-days", "later"],
)
def test_copies_come_within_two_days(after: float, relation: Relation) -> None:
    text = EVENTS["wagner"].text
    assert judged(an_item(text, "Harbour", after=after), an_item(text)).relation is relation


def test_an_items_own_date_counts_unless_it_cannot_be() -> None:
    text = EVENTS["wagner"].text
    last_week = an_item(text, published=NOON - 5 * DAY)
    today = an_item(text, "Harbour", published=NOON)
    assert judged(today, last_week).relation is Relation.NEW
    for impossible in (0.0, NOON + DAY):
        assert judged(an_item(text, "Harbour", published=impossible), an_item(text)).relation is Relation.COPY


@pytest.mark.parametrize(
    ("opened", "last", "relation"),
    [
        pytest.param(-2 * DAY, -HOUR, Relation.COPY, id="running"),
        pytest.param(-4 * DAY, -73 * HOUR, Relation.NEW, id="paused-for-three-days"),
        pytest.param(-8 * DAY, -HOUR, Relation.NEW, id="older-than-a-week"),
    ],
)
def test_stories_end(opened: float, last: float, relation: Relation) -> None:
    text = EVENTS["wagner"].text
    neighbours = near([a_record(an_item(text))])
    stories = {
        key: replace(story, opened_at=NOON + opened, last_at=NOON + last) for key, story in neighbours.stories.items()
    }
    item = an_item(text, "Harbour")
    assert judge(item, replace(neighbours, stories=stories), NOON).relation is relation


def test_nothing_near_is_new() -> None:
    verdict = judged(an_item(EVENTS["wagner"].text))
    assert verdict == Verdict(Relation.NEW, "", "no recent text is like it", confidence=1.0)


def test_a_new_story_says_what_came_nearest() -> None:
    event = EVENTS["earnings"]
    verdict = judged(an_item(event.other[0], "Harbour", after=20 * HOUR), an_item(event.text, published=NOON - HOUR))
    assert verdict.relation is Relation.TEMPLATE
    assert verdict.evidence.startswith("the form of Meridian's text of 30 Mar 11:00 UTC, filled in anew: one names ")
    meeting = judged(an_item(EVENTS["tunxi-meeting"].later[0], "Harbour"), an_item(EVENTS["tunxi-meeting"].text))
    assert meeting.evidence.startswith("nearest is Meridian's text of 12:00 UTC, openings alike by ")
