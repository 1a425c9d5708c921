"""What a site puts around every text of its own: learnt from what recurs in its feed.

A disclaimer, a line to subscribe, an author's sign-off stand word for word in
items that have nothing else in common. They are told apart from a text that a
feed carries several times, under other headlines: there most sentences recur.
Nothing is taken out of an item: its furniture is marked, and left out where
texts are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b

from monitor.model import Item, Span

LEAST_ITEMS = 3
"""Items, each with a text of its own, in which a sentence is furniture."""
SAME_TEXT = 0.5
"""Share of the shorter one's sentences above which two items carry one text."""
LONG = 6
"""Words of a sentence that may be all the news there is in an item."""
MOST_ITEMS = 100
"""Items of a document that are looked at."""
MOST_READ = 20_000
"""Characters of a body that are looked at."""
MOST_KNOWN = 50

_SENTENCE = re.compile(r"[^\s].*?(?:[.!?…。！？](?=\s)|(?=\n)|\Z)", re.DOTALL)


def recurring(items: Sequence[Item]) -> tuple[str, ...]:
    """Hashes of what recurs in the items of one document."""
    texts = [frozenset(_sentences(item)) for item in items[:MOST_ITEMS]]
    holders: dict[str, list[frozenset[str]]] = {}
    for text in texts:
        news = sum(_is_long(sentence) for sentence in text)
        for sentence in text:
            if not _is_long(sentence) or news > 1:
                holders.setdefault(sentence, []).append(text)
    return tuple(_hash(sentence) for sentence, found in sorted(holders.items()) if _own_texts(found) >= LEAST_ITEMS)


def remembered(recurs: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Hashes of a feed's furniture, newest first: what recurs in its last document, and what was known before."""
    return tuple(dict.fromkeys((*recurs, *known)))[:MOST_KNOWN]


def marked(item: Item, furniture: frozenset[str]) -> Item:
    """The item with its furniture marked, by its hashes."""
    if not furniture:
        return item
    spans = tuple(span for sentence, span in _sentences(item).items() if _hash(sentence) in furniture)
    return replace(item, furniture=spans) if spans else item


def _sentences(item: Item) -> Mapping[str, Span]:
    """Sentences of the text as they are compared, and where the first of each stands in the body."""
    found: dict[str, Span] = {}
    for start, end in _cuts(item):
        found.setdefault(" ".join(item.body[start:end].casefold().split()), Span(start, end))
    return found


def _cuts(item: Item) -> Iterator[tuple[int, int]]:
    text = item.wire.text
    for found in _SENTENCE.finditer(item.body, text.start, min(text.end, text.start + MOST_READ)):
        yield found.span()


def _own_texts(texts: Sequence[frozenset[str]]) -> int:
    """How many of these are texts of their own, up to as many as it takes."""
    own: list[frozenset[str]] = []
    for text in texts:
        if all(len(text & other) <= SAME_TEXT * min(len(text), len(other)) for other in own):
            own.append(text)
        if len(own) == LEAST_ITEMS:
            break
    return len(own)


def _is_long(sentence: str) -> bool:
    return sentence.count(" ") >= LONG - 1


def _hash(sentence: str) -> str:
    return blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
