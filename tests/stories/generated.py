"""A labelled wire made of the test stories: what outlets do to a text, and what only looks like it.

Every event gives a family of one text (the agency's, copies under other
headlines with a site's furniture, cut, within a longer text, its first
paragraph only, come back from a translation), reports in other words, updates
with newer figures, later developments, and other events told in the same form.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Item
from tests.stories.wire import HOUR, Event, Text, an_item, events

SEED = 7


class Shape(StrEnum):
    """How much of a text a feed carries."""

    FULL = "full"
    SUMMARY = "summary"
    MIXED = "mixed"


class Role(StrEnum):
    """What a telling is to its event; those of one text are copies of one another, whole or derived."""

    TEXT = "text"
    COPY = "copy"
    CUT = "cut"
    EMBEDDED = "embedded"
    EXTRACT = "extract"
    TRANSLATION = "translation"
    UPDATE = "update"
    REPORT = "report"
    LATER = "later"
    OTHER = "other"


FAMILY = frozenset((Role.TEXT, Role.COPY, Role.CUT, Role.EMBEDDED, Role.EXTRACT, Role.TRANSLATION))
SAME_EVENT = FAMILY | {Role.UPDATE, Role.REPORT}


@dataclass(frozen=True, slots=True)
class Told:
    """One item and what it truly is."""

    item: Item
    event: str
    role: Role


FURNITURE = (
    "Sign up for our newsletter and get the day's news in your inbox.\n© The Outlet. All rights reserved.",
    "Not all news on the site expresses the point of view of the site.\nBack to top button",
    "Read more: Five charts on the state of the world\nPhoto: Ministry of Foreign Affairs / handout",
    "The post appeared first on The Outlet.",
    "This story has not been edited by our staff and is published from a syndicated feed.",
    "(Reporting by our bureaus; Editing by the night desk)\nOur Standards: the trust principles",
    "",
)
INTRODUCTIONS = (
    "It is a day that many had expected and few had dared to put a date on. Our correspondent has followed it.",
    "The news came late in the evening and changed the front page of this paper twice before it went to print.",
    "Readers asked us what is known so far. The answer, as agencies have it, is below, and it is growing.",
)

FORMS = {
    (
        "{0} Q1 profit rises {small} percent, outlook unchanged\n"
        "{0} on Wednesday reported a {small} percent rise in first-quarter net profit to {large} million crowns, helped"
        " by higher prices, and left its outlook for the year unchanged.\n"
        "Revenue rose {tenth} percent. Analysts had on average expected a net profit of {near} million crowns."
    ): (
        ("Alder Foods",), ("Norvik Steel",), ("Tamsin Energy",), ("Cobalt Air",), ("Helm Motors",), ("Vesper Pharma",),
    ),
    (
        "Magnitude 5.{tenth} earthquake strikes near {0}\n"
        "An earthquake of magnitude 5.{tenth} struck near {0} on Wednesday, the seismological centre of {1} said.\n"
        "It was at a depth of {large} km. There were no immediate reports of damage or casualties."
    ): (("Kelmar", "Tarnovia"), ("Isla Verde", "Costa Sur"), ("Hokuto", "Japan"), ("Padang", "Indonesia")),
    (
        "{0} holds key rate at {small} percent\n"
        "The {0} left its key interest rate at {small} percent on Wednesday, as expected by all economists polled, and "
        "said inflation would peak by the autumn.\nGovernor {1} will speak to reporters at 1400 GMT."
    ): (("Bank of Norland", "Per Ek"), ("Central Bank of Sorrel", "Ana Luz"), ("Tarnovian Reserve", "Mira Sandel")),
    (
        "{0} beat {1} {tenth}-0 to go top\n"
        "{0} went top of the league on Wednesday with a {tenth}-0 win over {1}, their third victory in a row.\n"
        "A first-half goal set them on their way in front of {large},{large} spectators."
    ): (("Lions", "Tigers"), ("Bears", "Rovers"), ("Albion", "Wanderers")),
}  # fmt: skip

_TRANSLATIONESE = {
    r"\bsaid on (\w+day)\b": r"declared this \1",
    r"\bon (\w+day)\b": r"this \1",
    r"\bsaid\b": "informed",
    r"\btold reporters\b": "indicated to the journalists",
    r"\bkilling\b": "causing the death of",
    r"\bkilled\b": "dead",
    r"\bat least\b": "no less than",
    r"\bmore than\b": "over",
    r"\bhad been\b": "was",
    r"\bpowerful\b": "strong",
    r"\bbuildings\b": "edifices",
    r"\brose\b": "increased",
    r"\braised\b": "elevated",
    r"\bwhich\b": "that",
    r"\bthe country\b": "the nation",
    r"\bit is the first\b": "this is the first",
    r"\bhas not\b": "did not",
    r"\bdecades\b": "tens of years",
    r"\bjoined\b": "entered",
    r"\bwon\b": "obtained the victory in",
    r"\bfor the first time\b": "for first time",
    r"\babout\b": "some",
    r"\bmany of them\b": "a lot of them",
    r"\bbig\b": "large",
    r"\bgot\b": "received",
    r"\bwants?\b": "wishes",
    r"\bagreed\b": "reached an accord",
    r"\bexpected\b": "foreseen",
    r"\bwould\b": "will",
}


def retranslated(text: Text) -> Text:
    """The text as a machine might bring it back from another language."""
    headline, body = text.headline, text.body
    for pattern, word in _TRANSLATIONESE.items():
        headline, body = (re.sub(pattern, word, part, flags=re.IGNORECASE) for part in (headline, body))
    body = re.sub(r"\b(\w+)'s (\w+)\b", r"the \2 of \1", body)
    return Text(headline, body)


def wire(shape: Shape, seed: int = SEED) -> list[Told]:
    """Every telling of every event, within two days, in the order in which they come."""
    chance = random.Random(seed)
    told: list[Told] = []
    for event in events().values():
        start = chance.uniform(0, 12) * HOUR
        for nth, (role, name, text) in enumerate(_tellings(event, chance)):
            slim = shape is Shape.SUMMARY or (shape is Shape.MIXED and chance.random() < 0.5)
            if slim and role is Role.EMBEDDED:  # its first paragraph is not the agency's
                continue
            shown = summary(text) if slim else text
            after = start + (0.0 if role is Role.TEXT else chance.uniform(0.2, 20) * HOUR)
            source = "Meridian" if role in (Role.TEXT, Role.UPDATE, Role.LATER) else f"Outlet-{chance.randrange(40)}"
            key = f"{event.name}-{role}-{nth}"
            told.append(Told(an_item(shown, source, after=after, key=key), name, role))
    told += _filled_in(chance)
    return sorted(told, key=lambda one: one.item.seen_at)


def summary(text: Text) -> Text:
    """What a feed shows of a text: its first paragraph."""
    return Text(text.headline, text.body.split("\n", 1)[0])


def _filled_in(chance: random.Random) -> Iterator[Told]:
    """Forms filled in for one company, town, bank, match after another, each told twice."""
    for form, blanks in FORMS.items():
        for blank in blanks:
            small, large, tenth = chance.randint(2, 19), chance.randint(50, 900), chance.randint(1, 9)
            filled = form.format(*blank, small=small, large=large, near=large - chance.randint(1, 20), tenth=tenth)
            headline, _, body = filled.partition("\n")
            for role, source in ((Role.TEXT, "Meridian"), (Role.COPY, f"Outlet-{chance.randrange(40)}")):
                key = f"{headline}-{role}"
                item = an_item(Text(headline, body), source, after=chance.uniform(0, 20) * HOUR, key=key)
                yield Told(item, headline, role)


def _tellings(event: Event, chance: random.Random) -> Iterator[tuple[Role, str, Text]]:
    text, name = event.text, event.name
    headlines = (*event.headlines, text.headline)
    paragraphs = text.body.split("\n")
    yield Role.TEXT, name, text
    for headline in headlines:
        yield Role.COPY, name, Text(headline, f"{_bare(text.body)}\n{chance.choice(FURNITURE)}".strip())
    keep = max(2, len(paragraphs) * 3 // 5)
    yield Role.CUT, name, Text(chance.choice(headlines), "\n".join(paragraphs[:keep]))
    yield Role.EMBEDDED, name, Text(chance.choice(headlines), f"{chance.choice(INTRODUCTIONS)}\n{_bare(text.body)}")
    yield Role.EXTRACT, name, summary(Text(chance.choice(headlines), _bare(text.body)))
    for translation in event.translations or (retranslated(text),):
        yield Role.TRANSLATION, name, translation
    for report in event.reports:
        yield Role.REPORT, name, report
    for update in event.updates:
        yield Role.UPDATE, name, update
    for nth, later in enumerate(event.later):
        yield Role.LATER, f"{name}-later-{nth}", later
    for nth, other in enumerate(event.other):
        yield Role.OTHER, f"{name}-other-{nth}", other


def _bare(body: str) -> str:
    """Without the agency's dateline, which clients often drop."""
    return body.split(" - ", 1)[1] if " - " in body.split("\n", 1)[0][:60] else body
