"""Slack's blocks and fallback: what they show, that nothing breaks out of them, and their limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.channels import render, slack_message
from monitor.channels.slack_message import SlackMessage
from monitor.model import DigestEvent, Event, EventKind, Kind, OpsEvent, Severity
from tests.channels.nasty import NASTY, URLS, alert, events
from tests.channels.samples import COPY, CORRECTION, RAISED, RECOVERY, TROUBLE, WITHDRAWAL

OUR_WORDS = re.compile(
    r"((🔴|🟠) )?(\*[A-Z]+\*|[A-Z][a-z]+)(  ·  [A-Z][a-z ]+)?  ·  (seen )?DATE|DATE"
    r"|\d+ stor(y|ies) since DATE(, \d+ silenced)?".replace(
        "DATE", r"<!date\^\d+\^\{date_short_pretty\} at \{time\}\|\d+ [A-Z][a-z]{2} \d{4}, \d\d:\d\d UTC>"
    )
)


def objects(value: object) -> Iterator[dict[str, Any]]:
    """Every block, element and text object within."""
    if isinstance(value, dict):
        if "type" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects(inner)


def shown(message: SlackMessage) -> str:
    """The text of the rich blocks, as a reader sees it."""
    return "".join(found["text"] for found in objects(message.blocks) if found["type"] in ("text", "link"))


def check(message: SlackMessage) -> None:
    """What holds for every message: Slack accepts it, and reads nothing in it that is not ours."""
    found = list(objects(message.blocks))
    assert {part["type"] for part in found} <= {
        "rich_text",
        "rich_text_section",
        "rich_text_quote",
        "rich_text_list",
        "date",
        "text",
        "link",
        "context",
        "mrkdwn",
        "actions",
        "button",
        "plain_text",
    }
    for part in found:
        if part["type"] == "mrkdwn":
            assert OUR_WORDS.fullmatch(part["text"])
            assert part["verbatim"] is True
        if part["type"] in ("text", "link", "mrkdwn"):
            assert 0 < len(part["text"]) <= 3_000
        if part["type"] == "button":
            assert part["text"]["text"] in slack_message.BUTTONS.values()
            assert len(part["value"]) <= 2_000
        if part["type"] == "link":
            assert render.link(part["url"]) == part["url"]
    assert 0 < len(message.blocks) <= 50
    said = (part.get(name, "") for part in found if part["type"] != "button" for name in ("text", "url", "fallback"))
    assert sum(map(len, said)) <= 12_000
    assert 0 < len(message.text) <= 4_000
    assert not set("<>") & set(message.text)
    assert not re.search(r"&(?!(amp|lt|gt);)", message.text)


def messages(event: Event) -> list[SlackMessage]:
    if isinstance(event, OpsEvent):
        return [slack_message.ops(event)]
    if isinstance(event, DigestEvent):
        return [slack_message.digest(event)]
    cards = [slack_message.card(event, buttons=buttons) for buttons in (True, False)]
    return [*cards, slack_message.reply(event), slack_message.alone(event)]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("kind", [EventKind.RAISED, EventKind.CORRECTED, EventKind.WITHDRAWN])
def test_no_text_breaks_out(text: str, kind: EventKind) -> None:
    for message in messages(alert(text, kind=kind)):
        check(message)
    check(slack_message.ops(replace(TROUBLE, subject=text, text=text)))


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_no_url_breaks_out(url: str) -> None:
    for message in messages(alert("A headline", url)):
        check(message)


@given(events)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_event_breaks_out(event: Event) -> None:
    for message in messages(event):
        check(message)


@pytest.mark.parametrize("name", ["channel mention", "forged link", "mrkdwn", "emoji code", "entities", "at here"])
def test_what_means_something_to_slack_is_shown_as_it_is(name: str) -> None:
    message = slack_message.card(alert(NASTY[name]))
    first = message.blocks[0]["elements"][0]["elements"][0]  # type: ignore[index]
    assert first == {"type": "link", "url": RAISED.item.url, "text": NASTY[name], "style": {"bold": True}}


def test_the_fallback_is_escaped_once() -> None:
    message = slack_message.card(alert("AT&T <b> &amp;"))
    assert message.text.startswith("AT&amp;T &lt;b&gt; &amp;amp;\n")


def test_truncation_keeps_the_link() -> None:
    message = slack_message.card(alert("world order & " * 2_000))
    links = [found["url"] for found in objects(message.blocks) if found["type"] == "link"]
    assert links[0] == RAISED.item.url
    assert RAISED.item.url.replace("&", "&amp;") in message.text
    assert message.text.endswith("…")


def test_a_card() -> None:
    message = slack_message.card(COPY)
    assert shown(message) == (
        "Ministers hail a new world order\nGlobe Wire"
        "… Lawrow said that a fair world order was near …"
        "His guest agreed."
        "Why: World order, Lavrov (“world order”, “Lawrow”)"
        "Also carried by Daily Echo (copy)"
    )
    bold = [found["text"] for found in objects(message.blocks) if found.get("style") == {"bold": True}]
    assert bold == ["Ministers hail a new world order", "Lawrow", "world order"]
    assert message.blocks[1] == {
        "type": "context",
        "elements": [
            {
                "type": "mrkdwn",
                "text": "🟠 *HIGH*  ·  Urgent  ·  "
                "<!date^1648649100^{date_short_pretty} at {time}|30 Mar 2022, 14:05 UTC>",
                "verbatim": True,
            }
        ],
    }


def test_a_card_without_a_date_of_its_own_says_when_it_was_seen() -> None:
    card = replace(RAISED.card, published=None, severity=Severity.NORMAL, kind=Kind.NEWS)
    facts = slack_message.card(replace(RAISED, card=card)).blocks[1]["elements"][0]["text"]  # type: ignore[index]
    assert facts.startswith("Normal  ·  seen <!date^1648649104^")


def test_a_withdrawn_card_is_struck_through_and_says_so() -> None:
    message = slack_message.card(WITHDRAWAL)
    assert shown(message).startswith("WITHDRAWN: do not use\n")
    assert message.text.startswith("WITHDRAWN: do not use\n~Ministers hail a new world order~\n")
    struck = "".join(found["text"] for found in objects(message.blocks) if found.get("style", {}).get("strike"))
    assert struck == (
        "Ministers hail a new world order… Lawrow said that a fair world order was near …His guest agreed."
    )


def test_a_correction_shows_the_words_before_and_after() -> None:
    message = slack_message.reply(CORRECTION)
    assert "Text: at least 12 people were hurt → at least 30 people were hurt" in shown(message)
    styles = {found["text"]: found.get("style") for found in objects(message.blocks) if found["type"] == "text"}
    assert styles["12"] == {"strike": True}
    assert styles["30"] == {"bold": True}
    assert styles["Corrects the toll in the second paragraph."] == {"italic": True}


def test_ops() -> None:
    assert shown(slack_message.ops(TROUBLE)).startswith("⚠️ feed globe\nanswers 503")
    assert shown(slack_message.ops(RECOVERY)) == "✅ feed globe (recovered)\nanswers again"
