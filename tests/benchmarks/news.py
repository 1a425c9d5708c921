"""The news that benchmarks run on: made up from the words below, the same at every run.

Texts have what costs time in real ones: few words very often and most hardly
ever, names that return within a text and across texts, figures, and copies
that other outlets carry under their own headlines. They say nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from monitor.demo.documents import render
from monitor.demo.script import Format, Outlet, Release
from monitor.ingest.document import parse_document
from monitor.model import Feed, Item, Parsed
from tests.items import NOON

COMMON = """
the of to and in a on for that said with is was by at as from have it its his he after who will not were been had this
they their which would more about up out when over before under against between during than could last first also two
new year years people government country week month since while into some most other because where through being
"""
TOPICS = """
accord agency agreement airline airport allies ambassador appeal army arrest assault attack auction audit authority
ballot bank banker bill billion blockade bond border bridge budget bureau cabinet campaign candidate capital cargo
carrier ceasefire census central chairman chancellor charge charter chief clash climate coalition coast code colony
commander commission committee company compromise concession conference congress consul contract convoy corridor
corruption council coup court credit crew crisis crop currency customs cyclone dam deadline deal debate debt decree
defence deficit delegation demand democracy deputy deportation desert detention dialogue diplomat disarmament disaster
dispute district dividend dock doctrine drought earnings earthquake economy editor election electricity embargo embassy
emergency emission envoy epidemic escalation estate eviction evidence exchange exile expansion explosion export
extradition factory famine ferry fighter finance fire fishery fleet flood forecast foreign forest fortress forum
foundry frontier fuel fund funeral gas general glacier governor grain grant growth guard guerrilla harbour harvest
hearing helicopter highway hospital hostage housing hunger hurricane import independence index industry inflation
inquiry insurer interest interim invasion investor island jail journalist judge jury justice labour landslide launch
law lawmaker lawsuit leader legislature lender levy liberation licence loan lobby logistics majority mandate
manufacturer march market martial mayor measure mediator merger militia mill mine minister minority missile mission
moratorium mortgage mosque motion mountain museum mutiny nation naval negotiator neighbour network neutral nickel
nomination nuclear observer occupation offensive office oil opposition oversight pact panel pardon parliament party
passport patrol peace penalty pension petition pilot pipeline plant plea pledge police policy poll port poverty power
premier president prime prison privatise probe profit prosecutor protest province quarantine quarter quota radar rail
railway rally ransom ratify rebel recession recovery referendum reform refugee regime region regulator relief reserve
resignation resolution retail revenue river road ruling runway sanction satellite scandal school sea secretary security
senate sentence separatist settlement share shelling shipment shortage siege slump smuggler soldier speaker spending
spokesman stake stalemate station statute steel strait strategy strike subsidy summit supplier supreme surplus survey
tanker tariff tax territory terror testimony textile threat toll trade train transit treasury treaty trial tribunal
troop truce tunnel turbine turnout tycoon union unrest uranium vaccine valley verdict veto victim village violence
volcano vote voter wage warning warship water weapon wheat widow wildfire withdrawal witness worker workshop yield zone
"""
SYLLABLES = """
an ar bel bor da dor el en far gal ha il ka kel la lor ma mir na nov or pa per qua ra ros sa sol ta ter tor ul va ven
yar zel
"""

OUTLETS = 100
PEOPLE = 20_000
PLACES = 4_000
COPIED = 0.25
"""Share of items that carry a text of the last `RECENT`."""
RECENT = 200
ASKED_FOR = 250
"""People that rules name, of the well known and of the others."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text and its headline."""

    title: str
    paragraphs: tuple[str, ...]


class Newsroom:
    """Writes texts and rules; the seed decides which."""

    def __init__(self, seed: int = 2022) -> None:
        self._chance = random.Random(seed)
        self._syllables, self._common, self._topics = SYLLABLES.split(), COMMON.split(), TOPICS.split()
        self._chance.shuffle(self._topics)
        self._people = [f"{self._name()} {self._name()}" for _ in range(PEOPLE)]
        self._places = [self._name() for _ in range(PLACES)]
        self._common_weights, self._topic_weights, self._people_weights, self._place_weights = (
            _falling(words) for words in (self._common, self._topics, self._people, self._places)
        )
        self._recent: deque[Text] = deque(maxlen=RECENT)
        self._published = 0

    def releases(self, number: int, *, words: int = 90) -> list[Release]:
        """That many items with bodies of so many words, oldest first, each from the next outlet."""
        return [self._release(words) for _ in range(number)]

    def rules(self, number: int) -> str:
        """A rule file: phrases, words with people, people with places, with and without exceptions."""
        return "rules:\n" + "".join(f"- {{id: r{n}, query: '{self._query()}'}}\n" for n in range(number))

    def entities(self) -> str:
        """An entity file with the people that the rules name."""
        return "entities:\n" + "".join(
            f"- {{id: p{n}, name: {name}, aka: [{name[0]}. {name.split()[1]}]}}\n"
            for n, name in enumerate(self._people[:: PEOPLE // ASKED_FOR])
        )

    def _release(self, words: int) -> Release:
        self._published += 1
        if self._recent and self._chance.random() < COPIED:
            text = replace(self._chance.choice(self._recent), title=self._text(words).title)
        else:
            text = self._text(words)
            self._recent.append(text)
        outlet = f"outlet-{self._published % OUTLETS}"
        name = f"{text.title.replace(' ', '-').lower()[:50]}-{self._published}"
        return Release(
            id=name,
            at=float(self._published),
            outlet=outlet,
            guid=f"tag:www.{outlet}.example,2022:{name}",
            url=f"https://www.{outlet}.example/world/2022/03/30/{name}",
            title=text.title,
            author=self._chance.choice(self._people),
            slug="",
            story=text.paragraphs,
            dated=float(self._published),
            number=1,
            first_at=float(self._published),
        )

    def _text(self, words: int) -> Text:
        cast = [
            *self._chance.choices(self._people, cum_weights=self._people_weights, k=2),
            *self._chance.choices(self._places, cum_weights=self._place_weights, k=2),
        ]
        subject = self._chance.choices(self._topics, cum_weights=self._topic_weights, k=4)
        title = (
            f"{cast[0].split()[1]} {subject[0]} {subject[1]} in {cast[2]} as {subject[2]} {subject[3]} {self._figure()}"
        )
        sentences: list[str] = []
        left = words
        while left > 0:
            length = min(left, self._chance.randint(12, 24))
            sentences.append(self._sentence(length, cast, subject))
            left -= length
        return Text(title, tuple(" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)))

    def _sentence(self, length: int, cast: Sequence[str], subject: Sequence[str]) -> str:
        words: list[str] = []
        while len(words) < length:
            chance = self._chance.random()
            if chance < 0.08:
                words += self._chance.choice(cast).split()
            elif chance < 0.1:
                words.append(self._figure())
            elif chance < 0.18:
                words.append(self._chance.choice(subject))
            elif chance < 0.6:
                words += self._chance.choices(self._common, cum_weights=self._common_weights)
            else:
                words += self._chance.choices(self._topics, cum_weights=self._topic_weights)
        return f"{words[0].capitalize()} {' '.join(words[1:])}."

    def _query(self) -> str:
        one, two, three = self._chance.sample(self._topics, 3)
        person = f"@p{self._chance.randrange(ASKED_FOR)}"
        place, other = self._chance.sample(self._places, 2)
        return self._chance.choice(
            (
                f'"{one} {two}"',
                f"{one} AND {two} AND {place}",
                f"{person} AND ({one} OR {two} OR {three})",
                f"({person} OR {place}) AND {one} AND NOT {two}",
                f'({place} OR {other}) AND ({one} OR "{two} {three}")',
            )
        )

    def _figure(self) -> str:
        return str(self._chance.randint(2, 9_999))

    def _name(self) -> str:
        return "".join(self._chance.choices(self._syllables, k=self._chance.randint(2, 4))).capitalize()


def document(outlet: str, releases: Sequence[Release], form: Format = "rss", *, excerpt: bool = False) -> bytes:
    """An outlet's feed with these releases, newest first as given."""
    site = f"www.{outlet}.example"
    shown = Outlet(id=outlet, name=outlet.title(), site=site, format=form, excerpt=excerpt)
    return render(shown, releases, lambda second: NOON - 86_400 + second)


def items(releases: Sequence[Release]) -> list[Item]:
    """The items that the service makes of these, oldest first."""
    shown: dict[str, list[Release]] = defaultdict(list)
    for release in releases:
        shown[release.outlet].append(release)
    found: list[Item] = []
    for outlet, own in shown.items():
        feed = Feed(outlet, f"https://www.{outlet}.example/feed", outlet.title(), every=60.0)
        parsed = parse_document(document(outlet, own), "", feed, NOON)
        assert isinstance(parsed, Parsed)
        found += parsed.items
    return sorted(found, key=lambda item: item.published or NOON)


def _falling(words: Sequence[str]) -> list[float]:
    """Cumulative weights: the first forty words make a fifth of what is drawn, most come hardly ever."""
    return list(accumulate(1 / (rank + 30) for rank in range(len(words))))
