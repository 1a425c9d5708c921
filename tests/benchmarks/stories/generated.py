"""Labelled wires made of source texts: what outlets do to a text, and what only looks like it.

Every event gives a family of one text (the agency's, copies under other
headlines with a site's furniture, re-titled by the same publisher, cut, within
a longer text, its first paragraph only, come back from a translation), reports
in other words, updates with newer figures and copies of those, later
developments, other events told in the same form, and digests of many. Events
that share one headline and forms filled in anew are added to each wire.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Item
from tests.stories.wire import HOUR, Event, Text, an_item

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
    RETITLED = "retitled"
    CUT = "cut"
    EMBEDDED = "embedded"
    EXTRACT = "extract"
    TRANSLATION = "translation"
    UPDATE = "update"
    REPORT = "report"
    LATER = "later"
    OTHER = "other"
    ROUNDUP = "roundup"


OWN = frozenset((Role.TEXT, Role.RETITLED, Role.UPDATE, Role.LATER))
"""What the agency itself sends."""


@dataclass(frozen=True, slots=True)
class Told:
    """One item and what it truly is."""

    item: Item
    event: str
    text: str
    """Items with the same are one text, whole or derived."""
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

ONE_HEADLINE = {
    "Oil prices rise 2%": (
        "Crude rose after a storm closed the loading terminal at Cape Sorrel, which one tanker in thirty uses.",
        "Airlines fly again and forecasters lifted their estimate of demand for jet fuel, which sent crude higher.",
        "Producers meeting in Vienna put off an increase in output that they had promised for the summer.",
    ),
    "What we know so far": (
        "A tunnel under the river was closed after water was seen on the rails between two stations.",
        "The actor was taken to a clinic on Sunday night after a fall on the stage of the Old Theatre.",
    ),
}

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


def wire(shape: Shape, events: Mapping[str, Event], seed: int = SEED) -> list[Told]:
    """Every telling of every event, within two days, in the order in which they come."""
    chance = random.Random(seed)
    told: list[Told] = []
    for event in events.values():
        start = chance.uniform(0, 12) * HOUR
        newest = 0.0
        for nth, telling in enumerate(_tellings(event, chance)):
            slim = shape is Shape.SUMMARY or (shape is Shape.MIXED and chance.random() < 0.5)
            if slim and telling.role is Role.EMBEDDED:  # its first paragraph is not the agency's
                continue
            after = start + (0.0 if telling.role is Role.TEXT else chance.uniform(0.2, 20) * HOUR)
            newest = max(newest + HOUR, after) if telling.follows else after
            source = "Meridian" if telling.role in OWN else f"Outlet-{chance.randrange(40)}"
            shown = summary(telling.text) if slim else telling.text
            key = f"{event.name}-{telling.role}-{nth}"
            item = an_item(shown, source, after=newest, key=key)
            told.append(Told(item, f"{event.name}{telling.event}", f"{event.name}{telling.of}", telling.role))
    told += [*_filled_in(chance), *_under_one_headline(chance), *_digests(list(events.values()), chance)]
    return sorted(told, key=lambda one: one.item.seen_at)


def summary(text: Text) -> Text:
    """What a feed shows of a text: its first paragraph."""
    return Text(text.headline, text.body.split("\n", 1)[0])


@dataclass(frozen=True, slots=True)
class _Telling:
    role: Role
    text: Text
    of: str = ""
    """Which text of the event it is, whole or derived."""
    event: str = ""
    """Which further event, if it is one."""
    follows: bool = False
    """It comes after what was told before it."""


def _tellings(event: Event, chance: random.Random) -> Iterator[_Telling]:
    text = event.text
    headlines = (*event.headlines, text.headline)
    paragraphs = text.body.split("\n")
    yield _Telling(Role.TEXT, text)
    for headline in headlines:
        yield _Telling(Role.COPY, Text(headline, f"{_bare(text.body)}\n{chance.choice(FURNITURE)}".strip()))
    yield _Telling(Role.RETITLED, Text(_shortened(text.headline), text.body))
    keep = max(2, len(paragraphs) * 3 // 5)
    yield _Telling(Role.CUT, Text(chance.choice(headlines), "\n".join(paragraphs[:keep])))
    embedded = f"{chance.choice(INTRODUCTIONS)}\n{_bare(text.body)}"
    yield _Telling(Role.EMBEDDED, Text(chance.choice(headlines), embedded))
    yield _Telling(Role.EXTRACT, summary(Text(chance.choice(headlines), _bare(text.body))))
    for translation in event.translations or (retranslated(text),):
        yield _Telling(Role.TRANSLATION, translation)
    for nth, report in enumerate(event.reports):
        yield _Telling(Role.REPORT, report, f"-report-{nth}")
    for nth, update in enumerate(event.updates):
        yield _Telling(Role.UPDATE, update, f"-update-{nth}")
        copied = Text(chance.choice(event.headlines) if event.headlines else update.headline, _bare(update.body))
        yield _Telling(Role.COPY, copied, f"-update-{nth}", follows=True)
    for nth, later in enumerate(event.later):
        yield _Telling(Role.LATER, later, f"-later-{nth}", f"-later-{nth}")
    for nth, other in enumerate(event.other):
        yield _Telling(Role.OTHER, other, f"-other-{nth}", f"-other-{nth}")


def _shortened(headline: str) -> str:
    """A headline without its last clause, or without its last word."""
    return headline.rpartition(",")[0] or headline.rpartition(" ")[0]


def _filled_in(chance: random.Random) -> Iterator[Told]:
    """Forms filled in for one company, town, bank, match after another, each told twice."""
    for form, blanks in FORMS.items():
        for blank in blanks:
            small, large, tenth = chance.randint(2, 19), chance.randint(50, 900), chance.randint(1, 9)
            filled = form.format(*blank, small=small, large=large, near=large - chance.randint(1, 20), tenth=tenth)
            headline, _, body = filled.partition("\n")
            for role, source in ((Role.OTHER, "Meridian"), (Role.COPY, f"Outlet-{chance.randrange(40)}")):
                item = an_item(
                    Text(headline, body), source, after=chance.uniform(0, 20) * HOUR, key=f"{headline}-{role}"
                )
                yield Told(item, headline, headline, role)


def _under_one_headline(chance: random.Random) -> Iterator[Told]:
    for headline, bodies in ONE_HEADLINE.items():
        for nth, body in enumerate(bodies):
            key = f"{headline}-{nth}"
            item = an_item(Text(headline, body), f"Outlet-{nth}", after=chance.uniform(0, 20) * HOUR, key=key)
            yield Told(item, key, key, Role.OTHER)


def _digests(events: Sequence[Event], chance: random.Random) -> Iterator[Told]:
    """First paragraphs of four events under one headline."""
    for nth in range(len(events) // 8):
        told = chance.sample(events, 4)
        headline = chance.choice(("Morning briefing", "News in brief", "What to watch today", "Evening bulletin"))
        body = "\n".join(_bare(event.text.body.split("\n")[0]) for event in told)
        text = Text(f"{headline}: {told[0].headlines[0] if told[0].headlines else told[0].text.headline}", body)
        item = an_item(text, f"Outlet-{nth}", after=chance.uniform(10, 30) * HOUR, key=f"digest-{nth}")
        yield Told(item, f"digest-{nth}", f"digest-{nth}", Role.ROUNDUP)


def _bare(body: str) -> str:
    """Without the agency's dateline, which clients often drop."""
    return body.split(" - ", 1)[1] if " - " in body.split("\n", 1)[0][:60] else body
