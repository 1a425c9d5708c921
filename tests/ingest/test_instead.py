"""What is kept of an answer that was no feed, and what it says of itself."""

from __future__ import annotations

import pytest

from monitor.ingest import instead
from monitor.model import BAD_KEPT, BadAnswer, Fetched, FetchFailed, Page, Unchanged
from tests.items import NOON

URL = "https://meridian.example/feed"


def a_page(body: bytes, content_type: str = "text/html") -> Page:
    return Page(body, URL, content_type)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"<title>Just a moment...</title>", "“Just a moment...”", id="a title"),
        pytest.param("<title>Доступ запрещён</title>".encode("cp1251"), "“Доступ запрещён”", id="in its charset"),
        pytest.param(b'\xef\xbb\xbf {"message": "no key"}', "“no key”", id="JSON"),
        pytest.param(b'{"data": 1}', "", id="JSON without a message"),
        pytest.param(b'{"message": "cut', "", id="JSON cut off"),
        pytest.param(b'{"a":' * 5_000, "", id="JSON without a floor"),
        pytest.param(b"<title> \n </title>", "", id="an empty title"),
        pytest.param(b"Service Unavailable", "", id="text"),
        pytest.param(b"\x00\xff" * 99, "", id="binary"),
    ],
)
def test_what_the_page_of_an_error_says(body: bytes, words: str) -> None:
    assert instead.said(a_page(body, "text/html; charset=windows-1251")) == words


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        pytest.param(a_page(b"<rss/>"), "", id="a feed"),
        pytest.param(Unchanged(), "", id="unchanged"),
        pytest.param(FetchFailed("no such host"), "no such host", id="nothing came"),
    ],
)
def test_of_these_nothing_is_kept(answer: Fetched, fault: str) -> None:
    assert instead.kept(answer, fault, NOON) is None


def test_the_beginning_of_a_bad_answer_is_kept() -> None:
    long = b"x" * (BAD_KEPT + 1)
    assert instead.kept(a_page(long), "plain text", NOON) == BadAnswer(
        NOON, "plain text", 200, URL, "text/html", long[:-1], cut=True
    )
    assert instead.kept(FetchFailed("HTTP 403", 403, page=a_page(long[:-1])), "HTTP 403", NOON) == BadAnswer(
        NOON, "HTTP 403", 403, URL, "text/html", long[:-1], cut=False
    )
