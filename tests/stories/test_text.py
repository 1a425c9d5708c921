"""What of an item is compared."""

from __future__ import annotations

import pytest

from monitor.stories.text import LEAD, READ, read
from monitor.stories.weights import passages, rarity, telling
from monitor.stories.words import words
from tests.stories.wire import Text, an_item, events

NEWS = "Lavrov met Wang Yi in Tunxi on Wednesday. They spoke of Afghanistan."


@pytest.mark.parametrize(
    "line",
    [
        "Back to top button",
        "Read more: Who is Wang Yi?",
        "Sign up for our newsletter to get the best of our journalism in your inbox.",
        "Not all news on the site expresses the point of view of the site.",
        "The views expressed here are those of the author and not of this paper.",
        "© 2022 The Outlet. All rights reserved.",
        "The post Lavrov in China appeared first on The Outlet.",
        "This story has not been edited by our staff and is auto-generated from a syndicated feed.",
        "(Reporting by A. Writer; Editing by B. Editor)",
        "Photo: Ministry of Foreign Affairs",
        "Zhou Mu/Xinhua News Agency via Associated Press",
        "STR/AFP/Getty",
        "By continuing you accept our cookie policy.",
        "This text was translated automatically.",
        "Читайте также: кто такой Ван И",
        "Lire la suite",
        "Comments",
    ],
)
def test_furniture_is_dropped(line: str) -> None:
    plain = read(an_item(Text("Talks", NEWS)))
    assert read(an_item(Text("Talks", f"{NEWS}\n{line}"))).body == plain.body


@pytest.mark.parametrize(
    "line",
    [
        "Read the statement as you like, Lavrov said, it says nothing of troops.",
        "The cookies that he baked were sold for charity.",
        "The committee shares this view.",
        "Subscribers of the service were cut off for hours, the regulator said. " + "It gave no reason. " * 30,
    ],
)
def test_prose_stays(line: str) -> None:
    assert len(read(an_item(Text("Talks", f"{NEWS}\n{line}"))).body) > len(words(NEWS))


def test_headline_repeated_as_first_line_is_dropped() -> None:
    assert read(an_item(Text("Talks in Tunxi", f"Talks in Tunxi\n{NEWS}"))).body == words(NEWS)


@pytest.mark.parametrize("mark", ["…", "...", "[…]", "[...]", "[+1234 chars]"])
def test_word_cut_by_the_feed_is_dropped(mark: str) -> None:
    assert read(an_item(Text("Talks", f"They spoke of Afghanis{mark}"))).body == ("they", "spoke", "of")


def test_a_text_knows_that_a_machine_translated_it() -> None:
    translation = events()["tunxi-meeting"].translations[0]
    assert read(an_item(translation)).translated
    assert not read(an_item(Text("Talks", "The remarks were translated by Agence France-Presse."))).translated


def test_lead_sentences_and_quotations() -> None:
    text = read(an_item(events()["tunxi-meeting"].text))
    assert len(text.lead) == LEAD
    assert text.sentences[0][-3:] == ("counterpart", "wang", "yi")
    assert "a very serious" in text.quotes
    assert "the two ministers" not in text.quotes


def test_no_more_is_read_than_tells_a_text() -> None:
    text = read(an_item(Text("Talks", "word " * READ)))
    assert len(text.body) <= READ


def test_passages_of_a_short_text_are_the_text() -> None:
    assert passages(("one", "two")) == ("one two",)
    assert passages(()) == ()
    assert len(passages(("a", "b", "c", "d"))) == 2


def test_rare_words_say_more() -> None:
    said = [rarity(word) for word in ("the", "minister", "12", "tunxi")]
    assert said == sorted(said)
    assert not telling("of the same")
    assert telling("multipolar world order")
