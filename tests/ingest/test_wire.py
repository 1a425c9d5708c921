"""What the desk says of its own text: signals found where convention puts them, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.ingest.wire import read_wire, shouts
from monitor.model import Kind, Wire

READ_AT = datetime(2022, 3, 30, 12, tzinfo=UTC).timestamp()
BODY = "Two ministers met on Wednesday and spoke of trade."


def read(title: str, body: str = BODY, author: str = "") -> Wire:
    return read_wire(title, body, author, at=READ_AT)


def headline(title: str, wire: Wire) -> str:
    return title[wire.headline.start : wire.headline.end]


SIGNALS = [
    # title, kind, number, headline
    ("FLASH: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("FLASH - Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("FLASH-Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("+++ FLASH +++ Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("*FLASH* LAVROV LANDS IN TUNXI", Kind.FLASH, 0, "LAVROV LANDS IN TUNXI"),
    ("Flash: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("BULLETIN: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("ALERT: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("ALERT – Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("APNewsAlert: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("News Alert: Lavrov lands in Tunxi", Kind.FLASH, 0, "Lavrov lands in Tunxi"),
    ("URGENT: Lavrov meets Wang", Kind.URGENT, 0, "Lavrov meets Wang"),
    ("URGENT - Lavrov meets Wang", Kind.URGENT, 0, "Lavrov meets Wang"),
    ("(URGENT) Lavrov meets Wang", Kind.URGENT, 0, "Lavrov meets Wang"),
    ("NEWSBREAK-Lavrov meets Wang", Kind.URGENT, 0, "Lavrov meets Wang"),
    ("1STLEAD Lavrov meets Wang", Kind.URGENT, 1, "Lavrov meets Wang"),
    ("1st LEAD: Lavrov meets Wang", Kind.URGENT, 1, "Lavrov meets Wang"),
    ("BREAKING NEWS: Lavrov meets Wang", Kind.URGENT, 0, "Lavrov meets Wang"),
    ("UPDATE 1-Lavrov meets Wang", Kind.UPDATE, 1, "Lavrov meets Wang"),
    ("UPDATE 12-Lavrov meets Wang", Kind.UPDATE, 12, "Lavrov meets Wang"),
    ("Update 2 – Lavrov meets Wang", Kind.UPDATE, 2, "Lavrov meets Wang"),
    ("UPDATE 3: Lavrov meets Wang", Kind.UPDATE, 3, "Lavrov meets Wang"),
    ("UPDATE1: Lavrov meets Wang", Kind.UPDATE, 1, "Lavrov meets Wang"),
    ("update 2‑Lavrov meets Wang", Kind.UPDATE, 2, "Lavrov meets Wang"),
    ("UPDATE 1-iPhone sales fall", Kind.UPDATE, 1, "iPhone sales fall"),
    ("UPDATED: Lavrov meets Wang", Kind.UPDATE, 0, "Lavrov meets Wang"),
    ("Update: Lavrov meets Wang", Kind.UPDATE, 0, "Lavrov meets Wang"),
    ("WRAPUP 4-Lavrov meets Wang", Kind.UPDATE, 4, "Lavrov meets Wang"),
    ("2NDLEAD Lavrov meets Wang", Kind.UPDATE, 2, "Lavrov meets Wang"),
    ("3rd LEAD Lavrov meets Wang", Kind.UPDATE, 3, "Lavrov meets Wang"),
    ("1st Ld-Writethru: Lavrov meets Wang", Kind.UPDATE, 1, "Lavrov meets Wang"),
    ("(2nd LD) Lavrov meets Wang", Kind.UPDATE, 2, "Lavrov meets Wang"),
    ("(LEAD) Lavrov meets Wang", Kind.UPDATE, 0, "Lavrov meets Wang"),
    ("[UPDATE] Lavrov meets Wang", Kind.UPDATE, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang (Update 2)", Kind.UPDATE, 2, "Lavrov meets Wang"),
    ("Lavrov meets Wang - UPDATE 3", Kind.UPDATE, 3, "Lavrov meets Wang"),
    ("CORRECTED-Lavrov meets Wang", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("CORRECTED (OFFICIAL)-Lavrov meets Wang", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("CORRECTED-UPDATE 2-Lavrov meets Wang", Kind.CORRECTION, 2, "Lavrov meets Wang"),
    ("Corrected – Update 2 – Lavrov meets Wang", Kind.CORRECTION, 2, "Lavrov meets Wang"),
    ("UPDATE 2-CORRECTED-Lavrov meets Wang", Kind.CORRECTION, 2, "Lavrov meets Wang"),
    ("OFFICIAL CORRECTION-Lavrov meets Wang", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("CORRECTION: Lavrov meets Wang", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("Correction: Lavrov-Wang story", Kind.CORRECTION, 0, "Lavrov-Wang story"),
    ("CLARIFICATION: Lavrov meets Wang", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang (corrected)", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang - CORRECTED", Kind.CORRECTION, 0, "Lavrov meets Wang"),
    ("REFILE-Lavrov meets Wang", Kind.REFILE, 0, "Lavrov meets Wang"),
    ("Refile-Update 1-Lavrov meets Wang", Kind.REFILE, 1, "Lavrov meets Wang"),
    ("RPT-Lavrov meets Wang", Kind.REPEAT, 0, "Lavrov meets Wang"),
    ("RPT UPDATE 2-Lavrov meets Wang", Kind.REPEAT, 2, "Lavrov meets Wang"),
    ("REPEAT-Lavrov meets Wang", Kind.REPEAT, 0, "Lavrov meets Wang"),
    ("STORY WITHDRAWN", Kind.WITHDRAWAL, 0, "STORY WITHDRAWN"),
    ("Story withdrawn: Lavrov meets Wang", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang - STORY WITHDRAWN", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang — Story Withdrawn", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("Lavrov meets Wang (STORY WITHDRAWN)", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("WITHDRAWN: Lavrov meets Wang", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("WITHDRAWAL-Lavrov meets Wang", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("KILL: Lavrov meets Wang", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("BULLETIN KILL-Lavrov meets Wang", Kind.WITHDRAWAL, 0, "Lavrov meets Wang"),
    ("UPDATE 3-Lavrov meets Wang - WITHDRAWN", Kind.WITHDRAWAL, 3, "Lavrov meets Wang"),
    ("HOLD-Lavrov meets Wang", Kind.HOLD, 0, "Lavrov meets Wang"),
    ("PLEASE HOLD: Lavrov meets Wang", Kind.HOLD, 0, "Lavrov meets Wang"),
    ("EMBARGOED: Lavrov meets Wang", Kind.EMBARGO, 0, "Lavrov meets Wang"),
    ("ADVISORY-Lavrov meets Wang", Kind.ADVISORY, 0, "Lavrov meets Wang"),
    ("MEDIA ADVISORY: Lavrov meets Wang", Kind.ADVISORY, 0, "Lavrov meets Wang"),
    ("DIARY - Political events to April 30", Kind.ADVISORY, 0, "Political events to April 30"),
    ("NEWS COVERAGE: Lavrov in China", Kind.ADVISORY, 0, "Lavrov in China"),
    ("AP News Digest at 6 a.m.", Kind.ADVISORY, 0, "AP News Digest at 6 a.m."),
    ("Reuters World News Schedule at 1000 GMT", Kind.ADVISORY, 0, "Reuters World News Schedule at 1000 GMT"),
]

HEADLINES = [
    "Update on the Lavrov talks expected on Friday",
    "Update your passport before June",
    "Update 2026: what changes for drivers",
    "Update 1.5 million records or pay, firms told",
    "Hold the line, Wang tells envoys",
    "Hold: the art of waiting",
    "Hold-up in Paris jewellery shop",
    "HOLD-UP AT PARIS JEWELLERS",
    "Kill Bill returns to cinemas",
    "Kill: a film review",
    "Kill-switch law passes",
    "KILL-SWITCH LAW PASSES",
    "Killed in action: the names",
    "Live music returns to Kyiv",
    "Live-Action Remake Announced",
    "LIVE-ACTION REMAKE ANNOUNCED",
    "Correction officers strike in New York",
    "Correction in markets deepens",
    "Corrected vision: the end of glasses?",
    "Corrected-vision goggles go on sale",
    "Alert driver saves child",
    "Alert: how to spot a scam",
    "Alert-level raised at volcano",
    "Flash flood kills 12",
    "Flash-flood kills 12",
    "FLASH-FLOOD KILLS 12 IN NEPAL",
    "The Flash: a review",
    "Urgent need for aid in Sudan",
    "Urgent aid-convoy reaches city",
    "Breaking Bad star dies",
    "Bulletin of Atomic Scientists moves clock",
    "Advisory board quits",
    "Advisory: boil your water",
    "Diary: a week in Kyiv",
    "Diary of a diplomat",
    "Digest of bills passed",
    "Withdrawal from Kabul was chaos, report says",
    "Withdrawal: how the US left Kabul",
    "Withdrawn candidates still on ballot",
    "Troops begin withdrawal",
    "Embargo on Russian oil agreed",
    "Embargo: how sanctions bite",
    "Embargoed oil finds its way to India",
    "Embargo until May 1 agreed by EU",
    "Repeat offender jailed",
    "Repeat: we will not negotiate, says Wang",
    "Repeat-offender law passes",
    "Refiled charges surprise court",
    "Lead poisoning in Flint",
    "1st lead singer quits",
    "First lead in the case",
    "Analysis of the data shows rise",
    "Column of tanks nears Kyiv",
    "Column-inches for rent",
    "Explainer videos banned",
    "Exclusive school fails inspection",
    "Exclusive-use zones at sea",
    "Opinion polls open",
    "Wrap-up of the season",
    "In-depth analysis",
    "Cost-benefit analysis",
    "They will not withdraw - minister",
    "Ceasefire must hold - UN",
    "BC-based firm wins contract",
    "BC-Alberta pipeline dispute heats up",
    "BC-NDP deal collapses",
    "AC/DC to tour Europe",
    "TCP/IP turns 50",
    "24/7 watch on border",
    "News schedule chaos at broadcaster angers staff",
    "快讯 is a word",
    "",
]


@pytest.mark.parametrize(("title", "kind", "number", "rest"), SIGNALS, ids=[row[0] for row in SIGNALS])
def test_signals_in_titles(title: str, kind: Kind, number: int, rest: str) -> None:
    wire = read(title)
    assert (wire.kind, wire.number, headline(title, wire)) == (kind, number, rest)


@pytest.mark.parametrize("title", HEADLINES)
def test_ordinary_headlines_are_news(title: str) -> None:
    wire = read(title)
    assert (wire.kind, wire.genre, wire.slug, headline(title, wire)) == (Kind.NEWS, "", "", title)


@pytest.mark.parametrize(
    ("title", "genre", "rest"),
    [
        ("EXCLUSIVE-Lavrov to visit", "exclusive", "Lavrov to visit"),
        ("Exclusive-Lavrov to visit", "exclusive", "Lavrov to visit"),
        ("AP Exclusive: Lavrov to visit", "exclusive", "Lavrov to visit"),
        ("Exclusive | Lavrov to visit", "exclusive", "Lavrov to visit"),
        ("ANALYSIS: Why Lavrov went", "analysis", "Why Lavrov went"),
        ("Why Lavrov went | Analysis", "analysis", "Why Lavrov went"),
        ("FACTBOX-What they signed", "factbox", "What they signed"),
        ("Fact box: What they signed", "factbox", "What they signed"),
        ("Explainer - What they signed", "explainer", "What they signed"),
        ("COLUMN-A view of the talks", "column", "A view of the talks"),
        ("Opinion | A view of the talks", "column", "A view of the talks"),
        ("LIVE: Lavrov in China", "live", "Lavrov in China"),
        ("Live updates: Lavrov in China", "live", "Lavrov in China"),
        ("Lavrov in China – live", "live", "Lavrov in China"),
        ("Lavrov in China - live updates", "live", "Lavrov in China"),
    ],
)
def test_genres(title: str, genre: str, rest: str) -> None:
    wire = read(title)
    assert (wire.kind, wire.genre, headline(title, wire)) == (Kind.NEWS, genre, rest)


def test_a_genre_stands_beside_a_kind() -> None:
    wire = read("UPDATE 1-EXCLUSIVE-Lavrov to visit")
    assert (wire.kind, wire.number, wire.genre) == (Kind.UPDATE, 1, "exclusive")


@pytest.mark.parametrize(
    ("title", "slug", "rest", "kind"),
    [
        ("UKRAINE-CRISIS/CHINA Lavrov meets Wang", "UKRAINE-CRISIS/CHINA", "Lavrov meets Wang", Kind.NEWS),
        ("UKRAINE-CRISIS/ - Lavrov meets Wang", "UKRAINE-CRISIS/", "Lavrov meets Wang", Kind.NEWS),
        ("BC-RUSSIA-CHINA UPDATE 2-Lavrov meets Wang", "BC-RUSSIA-CHINA", "Lavrov meets Wang", Kind.UPDATE),
        ("BC-EU--Russia-China, 1st Ld-Writethru", "BC-EU--Russia-China", None, Kind.UPDATE),
    ],
)
def test_slugs_in_titles(title: str, slug: str, rest: str | None, kind: Kind) -> None:
    wire = read(title)
    assert (wire.slug, headline(title, wire), wire.kind) == (slug, title if rest is None else rest, kind)


BODIES = [
    # body, kind, copy, text
    pytest.param(
        "BEIJING, March 30 (Reuters) - Lavrov met Wang.",
        Kind.NEWS,
        "BEIJING, March 30 (Reuters) - Lavrov met Wang.",
        "Lavrov met Wang.",
        id="dateline is copy, not text",
    ),
    pytest.param(
        "UKRAINE-CRISIS/CHINA (UPDATE 2)\nLavrov met Wang.",
        Kind.UPDATE,
        "Lavrov met Wang.",
        "Lavrov met Wang.",
        id="slug line",
    ),
    pytest.param(
        "BC-EU--Russia-China,1st Ld-Writethru,0345\nEds: Updates with quotes.\nBy JOE SMITH\nAssociated Press\n"
        "TUNXI, China (AP) — Lavrov met Wang.",
        Kind.UPDATE,
        "By JOE SMITH\nAssociated Press\nTUNXI, China (AP) — Lavrov met Wang.",
        "Lavrov met Wang.",
        id="slug, note, byline, credit, dateline",
    ),
    pytest.param("URGENT\n\nLavrov met Wang.", Kind.URGENT, "Lavrov met Wang.", "Lavrov met Wang.", id="signal line"),
    pytest.param(
        "UPDATE 1-Lavrov met Wang.", Kind.UPDATE, "Lavrov met Wang.", "Lavrov met Wang.", id="signal in the first line"
    ),
    pytest.param("Live: Lavrov met Wang.", Kind.NEWS, None, None, id="a genre word in running text is text"),
    pytest.param("Update: Lavrov met Wang.", Kind.NEWS, None, None, id="an ordinary word in running text is text"),
    pytest.param("STORY WITHDRAWN", Kind.WITHDRAWAL, "", "", id="withdrawn whole"),
    pytest.param("HOLD\nLavrov met Wang.", Kind.HOLD, "Lavrov met Wang.", "Lavrov met Wang.", id="on hold"),
    pytest.param("This story has been withdrawn.", Kind.WITHDRAWAL, None, None, id="withdrawn in a sentence"),
    pytest.param(
        "The story headlined Lavrov meets Wang is withdrawn.", Kind.WITHDRAWAL, None, None, id="withdrawn by headline"
    ),
    pytest.param("Please disregard the story on Lavrov.", Kind.WITHDRAWAL, None, None, id="to be disregarded"),
    pytest.param("Reuters has withdrawn this story.", Kind.WITHDRAWAL, None, None, id="withdrawn by name"),
    pytest.param("The troops have been withdrawn.", Kind.NEWS, None, None, id="others withdraw too"),
    pytest.param("A report was withdrawn after protests.", Kind.NEWS, None, None, id="others withdraw reports"),
    pytest.param(
        "(Corrects spelling in paragraph 2) TUNXI (Reuters) - Lavrov met Wang.",
        Kind.CORRECTION,
        "TUNXI (Reuters) - Lavrov met Wang.",
        "Lavrov met Wang.",
        id="note before the dateline",
    ),
    pytest.param("(Adds quotes)\nLavrov met Wang.", Kind.UPDATE, "Lavrov met Wang.", "Lavrov met Wang.", id="adds"),
    pytest.param("(Refiles to fix typo)\nLavrov met.", Kind.REFILE, "Lavrov met.", "Lavrov met.", id="refiles"),
    pytest.param("(Repeats to all)\nLavrov met.", Kind.REPEAT, "Lavrov met.", "Lavrov met.", id="repeats"),
    pytest.param("Editors: please kill this.\nX.", Kind.WITHDRAWAL, "X.", "X.", id="kill note"),
    pytest.param("Editor's note: graphic.\nLavrov met.", Kind.NEWS, "Lavrov met.", "Lavrov met.", id="plain note"),
    pytest.param("Editors and reporters met Wang.", Kind.NEWS, None, None, id="editors in the news"),
    pytest.param("* Corrects to show he met Wang\nHe did.", Kind.CORRECTION, "He did.", "He did.", id="bullet"),
    pytest.param(
        "Lavrov met Wang.\nThis story has been corrected to fix a name.",
        Kind.CORRECTION,
        "Lavrov met Wang.\nThis story has been corrected to fix a name.",
        "Lavrov met Wang.",
        id="corrected at the foot",
    ),
    pytest.param(
        "Lavrov met Wang.\nAn earlier version of this article misspelled his name.\nThey also ate.",
        Kind.CORRECTION,
        None,
        None,
        id="corrected in the middle",
    ),
    pytest.param("Correction: he met Wang, not Li.", Kind.CORRECTION, None, None, id="a correction of its own"),
    pytest.param("He said the correction was overdue.", Kind.NEWS, None, None, id="corrections in the news"),
    pytest.param(
        "Lavrov met Wang. (Reporting by A. Writer; Editing by B. Editor)",
        Kind.NEWS,
        "Lavrov met Wang. (Reporting by A. Writer; Editing by B. Editor)",
        "Lavrov met Wang.",
        id="sign-off in the last line",
    ),
    pytest.param(
        "Lavrov met Wang.\nReporting by A. Writer\nbur-jm/txw\n© 2022 AFP",
        Kind.NEWS,
        "Lavrov met Wang.\nReporting by A. Writer\nbur-jm/txw\n© 2022 AFP",
        "Lavrov met Wang.",
        id="sign-off in lines",
    ),
    pytest.param("", Kind.NEWS, "", "", id="nothing"),
]


@pytest.mark.parametrize(("body", "kind", "copy", "text"), BODIES)
def test_bodies(body: str, kind: Kind, copy: str | None, text: str | None) -> None:
    wire = read("Lavrov meets Wang", body)
    assert wire.kind is kind
    assert body[slice(*wire.copy)] == (body if copy is None else copy)
    assert body[slice(*wire.text)] == (body if text is None else text)


@pytest.mark.parametrize(
    ("body", "place", "credit"),
    [
        ("BEIJING, March 30 (AFP) - Lavrov met Wang.", "BEIJING", "AFP"),
        ("BEIJING (Reuters) — Lavrov met Wang.", "BEIJING", "Reuters"),
        ("Beijing, 30 March 2022 (AFP) – Lavrov met Wang.", "Beijing", "AFP"),
        ("Berlin (dpa) - Lavrov met Wang.", "Berlin", "dpa"),
        ("TUNXI, China (AP) — Lavrov met Wang.", "TUNXI, China", "AP"),
        ("HUANGSHAN, March 30 (Xinhua) -- Lavrov met Wang.", "HUANGSHAN", "Xinhua"),
        ("MOSCOW/BEIJING, March 30 (Reuters) - Lavrov met Wang.", "MOSCOW/BEIJING", "Reuters"),
        ("MOSCOW. March 30 (Interfax) - Lavrov met Wang.", "MOSCOW", "Interfax"),
        ("MOSCOW, March 30. /TASS/. Lavrov met Wang.", "MOSCOW", "TASS"),
        ("LOS ANGELES (KTLA) — Lavrov met Wang.", "LOS ANGELES", "KTLA"),
        ("(Reuters) - Lavrov met Wang.", "", "Reuters"),
        ("PARIS — Lavrov met Wang.", "PARIS", ""),
        ("TUNXI, China — Lavrov met Wang.", "TUNXI, China", ""),
        ("By AFP\nLavrov met Wang.", "", "AFP"),
        ("By Ann Lee and Joe Smith, Associated Press\nLavrov met Wang.", "", "AP"),
        ("By Ann Lee\nPARIS (Reuters) - Lavrov met Wang.", "PARIS", "Reuters"),
        ("Lavrov met Wang.\n(AFP)", "", "AFP"),
        ("Lavrov met Wang.\n— Reuters", "", "Reuters"),
    ],
)
def test_where_a_text_comes_from(body: str, place: str, credit: str) -> None:
    wire = read("Lavrov meets Wang", body)
    assert (wire.place, wire.credit) == (place, credit)
    assert body[slice(*wire.text)] == "Lavrov met Wang."


@pytest.mark.parametrize(
    "body",
    [
        "Lavrov met Wang, AFP reported.",
        "Zhou Mu/Xinhua News Agency via Associated Press\nLavrov met Wang.",
        "Agence France-Presse (AFP) said Lavrov met Wang.",
        "Senator John Smith (R-Texas) - who met Wang - spoke.",
        "According to Reuters, Lavrov met Wang.",
        "By Friday the talks were over.\nLavrov met Wang.",
        "By Petra Smith",
        "He told dpa (the agency) - and others - that he met Wang.",
        "“We met,” Lavrov told TASS.",
    ],
)
def test_an_agency_in_the_text_is_not_its_source(body: str) -> None:
    wire = read("Lavrov meets Wang", body)
    assert (wire.place, wire.credit) == ("", "")
    assert body[slice(*wire.text)] == body


def test_an_author_that_is_an_agency_is_a_byline() -> None:
    assert read("Lavrov meets Wang", author="Reuters").credit == "Reuters"
    assert read("Lavrov meets Wang", author="Petra Smith").credit == ""


def test_the_byline_is_kept() -> None:
    wire = read("Lavrov meets Wang", "By Ann Lee and Joe Smith\nLavrov met Wang.")
    assert wire.byline == "Ann Lee and Joe Smith"


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("(Corrects spelling in paragraph 2)\nText.", "Corrects spelling in paragraph 2"),
        ("Eds: CORRECTS name to Wang Wenbin\nText.", "Eds: CORRECTS name to Wang Wenbin"),
        ("Text.\n(This March 30 story corrects the name)", "This March 30 story corrects the name"),
        ("This story has been withdrawn.", "This story has been withdrawn."),
        ("(Adds quotes)\nText.", "Adds quotes"),
        ("Editor's note: graphic.\nText.", ""),
    ],
)
def test_the_note_is_the_desks_own_words(body: str, note: str) -> None:
    assert read("Lavrov meets Wang", body).note == note


NOON = READ_AT
HOUR = 3600.0
EMBARGOES = [
    ("EMBARGOED UNTIL 10:00 GMT March 31 - Lavrov meets Wang", NOON + 22 * HOUR),
    ("EMBARGOED UNTIL 14:30 - Lavrov meets Wang", NOON + 2.5 * HOUR),
    ("Embargoed until 9:00 a.m. EDT: Lavrov meets Wang", NOON + HOUR),
    ("EMBARGOED FOR RELEASE UNTIL 1400 GMT, MARCH 30-Lavrov meets Wang", NOON + 2 * HOUR),
    ("Embargo: 2022-03-30T15:00+02:00 - Lavrov meets Wang", NOON + HOUR),
    ("EMBARGO: 2022-03-30 14:00 UTC - Lavrov meets Wang", NOON + 2 * HOUR),
    ("HOLD FOR RELEASE 10 a.m. ET - Lavrov meets Wang", NOON + 3 * HOUR),
    ("STRICTLY EMBARGOED to 0001 BST, Thursday 31 March 2022: Lavrov meets Wang", NOON + 11 * HOUR + 60),
    ("Not for publication before noon GMT on April 1: Lavrov meets Wang", NOON + 48 * HOUR),
    ("Embargoed until midnight, 1 Jan: Lavrov meets Wang", datetime(2022, 1, 1, tzinfo=UTC).timestamp()),
    ("EMBARGOED UNTIL NOON GMT - Lavrov meets Wang", NOON),
    ("EMBARGOED UNTIL MARCH 31 - Lavrov meets Wang", NOON + 12 * HOUR),
    ("EMBARGOED UNTIL 25:99 GMT - Lavrov meets Wang", None),
    ("EMBARGOED UNTIL February 30 - Lavrov meets Wang", None),
    ("EMBARGOED UNTIL FURTHER NOTICE - Lavrov meets Wang", None),
]


@pytest.mark.parametrize(("title", "until"), EMBARGOES, ids=[row[0] for row in EMBARGOES])
def test_embargoes(title: str, until: float | None) -> None:
    wire = read(title)
    assert wire.kind is Kind.EMBARGO
    assert wire.embargo == until
    assert headline(title, wire) == "Lavrov meets Wang"


def test_an_embargo_line_in_the_body_is_not_copy() -> None:
    body = "EMBARGOED UNTIL 10:00 GMT March 31\n\nLavrov met Wang."
    wire = read("Lavrov meets Wang", body)
    assert (wire.kind, wire.embargo) == (Kind.EMBARGO, NOON + 22 * HOUR)
    assert body[slice(*wire.copy)] == "Lavrov met Wang."


@pytest.mark.parametrize("written", ["EMBARGOED UNTIL 10:00 GMT - Talks", "EMBARGOED UNTIL 10:00 GMT May 1 - Talks"])
def test_without_a_clock_only_a_whole_date_says_when(written: str) -> None:
    wire = read_wire(written, BODY)
    assert (wire.kind, wire.embargo) == (Kind.EMBARGO, None)
    assert read_wire("EMBARGOED UNTIL 10:00 GMT May 1, 2022 - Talks", BODY).embargo is not None


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("LAVROV LANDS IN TUNXI FOR TALKS", "", Kind.FLASH),
        ("LAVROV LANDS IN TUNXI FOR TALKS", BODY, Kind.NEWS),
        ("Lavrov lands in Tunxi", "", Kind.NEWS),
        ("NATO, EU: G7", "", Kind.NEWS),
        ("ЛАВРОВ ПРИБЫЛ В ТУНЬСИ", "", Kind.NEWS),
        ("拉夫罗夫抵达屯溪", "", Kind.NEWS),
        ("UPDATE 2-LAVROV LANDS IN TUNXI", "", Kind.FLASH),
    ],
)
def test_a_line_in_capitals_without_a_body_is_a_flash(title: str, body: str, kind: Kind) -> None:
    assert read(title, body).kind is kind


def test_in_a_feed_that_shouts_capitals_say_nothing() -> None:
    title = "LAVROV LANDS IN TUNXI FOR TALKS"
    assert shouts(title)
    assert read_wire(title, "", capitals_are_style=True).kind is Kind.NEWS


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("REFILE-CORRECTED-Talks end", Kind.CORRECTION),
        ("EMBARGOED-CORRECTED-Talks end", Kind.EMBARGO),
        ("EMBARGOED-Talks end - STORY WITHDRAWN", Kind.WITHDRAWAL),
        ("HOLD-UPDATE 2-Talks end", Kind.HOLD),
        ("FLASH: UPDATE 1-Talks end", Kind.FLASH),
        ("RPT-ADVISORY-Talks end", Kind.REPEAT),
    ],
)
def test_of_stacked_signals_the_gravest_holds(title: str, kind: Kind) -> None:
    assert read(title).kind is kind
