"""Writes the table of frequent words that the package ships with.

    pip install wordfreq
    python -m tests.rules.make_rarity > monitor/rules/rarity.txt

Of each language the words that stand in at least so many of a thousand texts
of 90 words, folded as the engine folds them; a word of several languages with
the figure of the one that uses it most. Bands of figures are enough: they only
say what to look up first.
"""

from __future__ import annotations

import textwrap
from collections import Counter, defaultdict

from wordfreq import get_frequency_dict  # type: ignore[import-not-found,unused-ignore]  # not among our dependencies

from monitor.rules.tokens import words

LANGUAGES = "ar de en es fa fr hi it ja ko nl pl pt ru tr uk zh".split()  # noqa: SIM905
LEAST = defaultdict(lambda: 8.0, en=3.0)
"""Texts in a thousand below which a word is left out: the news is in English more than in any other language."""
BANDS = (800.0, 500.0, 300.0, 200.0, 130.0, 80.0, 50.0, 30.0, 20.0, 13.0, 8.0, 5.0, 3.0)
WORDS = 90
"""In a text."""
HEAD = """\
# How many of a thousand texts of 90 words have a word: at least the number before it. 17 languages, folded.
# Written by tests/rules/make_rarity.py from the data of wordfreq 3.1 by Robyn Speer, and like it under the licence
# CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/). Its sources are, among others, Wikipedia, ParaCrawl,
# OPUS OpenSubtitles 2018 (opensubtitles.org), Google Books Ngrams (books.google.com/ngrams), the Leeds Internet
# Corpus, and the freely available SUBTLEX word lists by Marc Brysbaert and others (crr.ugent.be)."""


def main() -> None:
    """The table to standard output."""
    rarity: dict[str, float] = {}
    for language in LANGUAGES:
        share: Counter[str] = Counter()
        for written, frequency in get_frequency_dict(language, "small").items():
            for word in words(written):
                share[word] += frequency
        for word, frequency in share.items():
            texts = 1000 * (1 - (1 - min(frequency, 1.0)) ** WORDS)
            if texts >= LEAST[language] and not any(map(str.isdigit, word)):
                rarity[word] = max(rarity.get(word, 0.0), texts)
    print(HEAD)  # noqa: T201
    for band, above in zip(BANDS, (float("inf"), *BANDS), strict=False):
        listed = " ".join(sorted(word for word, texts in rarity.items() if band <= texts < above))
        print(textwrap.fill(f"{band:g} {listed}", 118, break_long_words=False, break_on_hyphens=False))  # noqa: T201


if __name__ == "__main__":
    main()
