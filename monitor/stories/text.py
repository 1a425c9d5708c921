"""An item's text as it is compared: without a site's furniture, as words, with its facts apart.

The ingest room has taken prefix, slug, dateline and credit off already. What is
left of a page around the news (disclaimers, captions, invitations to subscribe)
differs between two carriers of one text and would hide that it is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from monitor.model import Item
from monitor.stories.facts import Figure, figures, names
from monitor.stories.vocabulary import DATES, EVENT_FIGURES, POWERS
from monitor.stories.weights import PASSAGE, Passage, Weights, passages, rarity, stem, weighed, weights
from monitor.stories.words import Words, words

LONGEST_HEADLINE = 500
READ = 20_000
"""Characters of a body that are compared: a text is recognised long before."""
LEAST_TEXT = 12
"""Words a body must have to be recognised by its wording."""
TOO_SHORT = 2.5
"""What a headline without a text must say (`rarity`) to be recognised by it."""
LEAD = 50
"""Words that make the lead, which tells a text from another on the same running story."""
OPENING = 450
"""Characters in which names are looked for: the lead, and a little more."""
MOST_SENTENCES = 12
"""Sentences that are looked for one by one in another text."""
OPENING_SENTENCES = 2
LONGEST_SENTENCE = 60
"""Words of a sentence that are read: a sentence without an end is no longer one."""
LEAST_SENTENCE = 4
"""Telling words of a sentence worth looking for in another text."""
FIGURE_WEIGHT = 2.0
QUOTES = 1_500
"""Characters in which quotations are looked for: further down stand those of other days."""
LONGEST_FURNITURE = 400
"""Characters beyond which a line is prose, whatever it says."""
READINGS = 256
"""Readings kept: a text is compared with many that follow it, and takes some 100 KB when read."""

_TRANSLATED = re.compile(
    r"(?:automatic(?:ally)?|machine|programmatic)\W+(?:\w+\W+){0,3}translat"
    r"|translat\w*\W+(?:\w+\W+){0,4}(?:automatic|machine|programmatic)"
)
_BEGINS_FURNITURE = re.compile(
    r"""\W*(?:
        back\ to\ top | read\ (?:more|also|next|the\ full) | click\ here | subscribe | sign\ up | follow\ us
      | share\ this
      | related(?:\ (?:articles?|stories|topics|links|news))?\s*: | see\ also\b | (?:also|must)\ read\b | watch\s*:
      | listen\s*: | advertise?ment | story\ continues | continue\ reading
      | more\ (?:on\ this|from|stories)\b
      | about\ the\ (?:writer|author) | download\ (?:the|our)\  | join\ (?:us|our)\b | to\ read\ (?:more|how)\b
      | get\ (?:the|our)\ (?:latest|newsletter|app|daily)\b | comments?\W*$ | tags?\s*: | topics?\s*: | caption\s*:
      | (?:file\ )?(?:photo|picture|image|video|illustration)s?(?:\ (?:by|credit|courtesy)\b|\s*:) | file\ photo
      | (?:additional\ )?(?:reporting|writing|editing|compiled|edited|translated)\ by\b | source\s*:
      | with\ (?:agency\ |additional\ )?inputs?\b | copyright\b | view\ original | our\ standards\s*:
      | lire\ (?:la\ suite|aussi) | weiterlesen | mehr\ zum\ thema | leer\ m[aá]s | lea\ tambi[eé]n
      | leggi\ (?:anche|tutto) | leia\ (?:mais|também) | читайте\ также | читать\ далее | фото\s*:
      | источник\s*: | 图片来源 | 责任编辑
    )""",
    re.VERBOSE,
)
_SAYS_FURNITURE = re.compile(
    r"""
    ©\W | all\ rights\ reserved | appeared\ first\ on | originally\ (?:published|appeared)\ (?:on|in|by|at)
  | (?:views|opinions?)\ (?:expressed|of\ the\ (?:author|site))\b.{0,200}\b(?:not|own) | point\ of\ view\ of\ the\ site
  | not\ been\ edited | not\ edited\ by | auto-?generated | syndicated\ feed | published\ from\ a\ (?:wire|news\ agency)
  | cookies?\ (?:policy|settings|notice) | terms\ (?:of|and)\ (?:use|service|conditions) | privacy\ policy
  | newsletters?\b.{0,200}\b(?:inbox|sign|subscribe|day) | enable\ javascript
  | (?:getty\ images|via\ (?:getty|ap|afp|reuters|associated\ press)|news\ agency\ via)\W*$
  | /(?:afp|getty|reuters|epa|shutterstock)\W*$
    """,
    re.VERBOSE | re.MULTILINE,
)
_SENTENCE_END = re.compile(
    r"""(?<=[\w%)\]"'”’»]{2}[.!?…])["'”’»)\]]{0,3}\s{1,9}(?=["'“‘«(\[]{0,3}[^\Wa-z_])|(?<=[。！？।؟])\s{0,9}"""
)
_QUOTE = re.compile(r"""(?<![^\W_])["“”„«‘'](\w[^"“”„«»\n]{14,300}?)["”“»’'](?![^\W_])""")
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[(?:…|\.\.\.|\+\d+ chars)\])\W{0,9}$")


@dataclass(frozen=True, eq=False)
class Reading:
    """A text as it is compared. What few comparisons ask for is read when it is asked for."""

    headline: str
    written: str
    """The body, as it was written."""
    title: Words
    body: Words
    sentences: tuple[Words, ...]
    """The first twelve."""
    names: frozenset[Words]
    """Of headline and opening."""

    @property
    def short(self) -> bool:
        """Too short to tell: no text to speak of, and a headline that names nothing."""
        return len(self.body) < LEAST_TEXT and sum(map(rarity, set(self.title))) < TOO_SHORT

    @property
    def lead(self) -> Words:
        return self.body[:LEAD]

    @cached_property
    def passages(self) -> tuple[Passage, ...]:
        """Of the body, in order."""
        return passages(self.body)

    @cached_property
    def known(self) -> Mapping[Passage, float]:
        """The same, each once, and what it says."""
        return weighed(self.body)

    @cached_property
    def opened(self) -> Mapping[Passage, float]:
        """Those of the lead."""
        return {passage: self.known[passage] for passage in self.passages[: LEAD - PASSAGE + 1]}

    @cached_property
    def telling(self) -> Weights:
        """What the headline says."""
        return weights(self.title)

    @cached_property
    def opening(self) -> Weights:
        """What headline and first two sentences say; names and counts weigh more."""
        sentences = (word for sentence in self.sentences[:OPENING_SENTENCES] for word in sentence[:LONGEST_SENTENCE])
        found = weights((*self.title, *sentences), {word for name in self.names for word in name} - POWERS)
        counts = (figure for figure in self.figures if figure.kind in EVENT_FIGURES)
        return found | {f"{figure.kind} {figure.value:g}": FIGURE_WEIGHT for figure in counts}

    @cached_property
    def said(self) -> tuple[Weights, ...]:
        """What each sentence says, if it says enough to be looked for in another text."""
        found = (weights(sentence[:LONGEST_SENTENCE]) for sentence in self.sentences)
        return tuple(one for one in found if len(one) >= LEAST_SENTENCE)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Of every word of the text."""
        return frozenset(map(stem, (*self.title, *self.body)))

    @cached_property
    def subjects(self) -> frozenset[Words]:
        """Names of headline and first sentence."""
        first = {*self.title, *(self.sentences[0] if self.sentences else ())}
        return frozenset(name for name in self.names if first.issuperset(name))

    @cached_property
    def dates(self) -> frozenset[str]:
        """Days of the week and months of headline and first sentence; `may` and `march` may be verbs."""
        return DATES.intersection(self.title + (self.sentences[0] if self.sentences else ()))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Of headline and lead."""
        return figures(self.title) + figures(self.lead)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every value of the whole text."""
        return frozenset(figure.value for figure in figures(self.title) + figures(self.body))

    @cached_property
    def quotes(self) -> frozenset[Passage]:
        """Of what stands between quotation marks."""
        quotations = _QUOTE.finditer(self.written[:QUOTES])
        return frozenset(passage for quotation in quotations for passage in passages(words(quotation[1])))

    @cached_property
    def translated(self) -> bool:
        """Whether the text says of itself that a machine translated it."""
        return _TRANSLATED.search(self.written.lower()) is not None


@lru_cache(maxsize=READINGS)
def read(item: Item) -> Reading:
    """What of an item is compared. Bounded time, whatever the item holds."""
    headline, body = item.headline[:LONGEST_HEADLINE].strip(), item.prose[:READ]
    prose = _prose(body)
    title = words(headline)
    if prose and words(prose[0]) == title:  # some feeds repeat the headline as the first line
        del prose[0]
    if prose:
        prose[-1] = _whole(prose[-1])
    sentences = [found for found in map(words, prose) if found]
    return Reading(
        headline=headline,
        written=body,
        title=title,
        body=tuple(chain.from_iterable(sentences)),
        sentences=tuple(sentences[:MOST_SENTENCES]),
        names=names(_without(item.source, part) for part in (headline, " ".join(prose)[:OPENING])),
    )


def _prose(body: str) -> list[str]:
    """The sentences of a body that are neither furniture nor empty."""
    written = body.lower()
    furnished = _SAYS_FURNITURE.search(written) is not None or _TRANSLATED.search(written) is not None
    return [
        sentence
        for line in body.splitlines()
        for sentence in _SENTENCE_END.split(line)
        if sentence and not sentence.isspace() and not _is_furniture(sentence, furnished)
    ]


def _is_furniture(sentence: str, furnished: bool) -> bool:
    """`furnished`: whether the body says somewhere what only furniture says, so that each sentence must be asked."""
    if len(sentence) > LONGEST_FURNITURE:
        return False
    said = sentence.lower()
    if _BEGINS_FURNITURE.match(said):
        return True
    return furnished and (_SAYS_FURNITURE.search(said) is not None or _TRANSLATED.search(said) is not None)


def _whole(sentence: str) -> str:
    """The sentence without its last word when an ellipsis says that a feed cut it there."""
    cut = _CUT_OFF.search(sentence[-40:])
    return sentence[: len(sentence) - len(cut[0])].rpartition(" ")[0] if cut else sentence


def _without(outlet: str, text: str) -> str:
    """The text without the outlet's own name, which tells of no event: `told Isthmus Radio`."""
    return text.replace(outlet, "") if outlet else text
