"""Why a fetch failed, in words."""

from __future__ import annotations

import errno
import ssl

import aiohttp
import pytest

from monitor.web.reasons import explain, redacted, status_line


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.org/feed?page=2", "https://example.org/feed?page=2"),
        ("https://desk:hunter2@example.org/feed", "https://***@example.org/feed"),
        ("https://desk:hunter@2@example.org/feed", "https://***@example.org/feed"),
        ("//desk:hunter2@example.org/", "//***@example.org/"),
        ("https://example.org/a@b?c=d@e", "https://example.org/a@b?c=d@e"),
        ("https://example.org/?token=abc&page=2", "https://example.org/?token=***&page=2"),
        ("https://example.org/?a=1&access_token=abc", "https://example.org/?a=1&access_token=***"),
        ("https://example.org/?API_KEY=abc#x", "https://example.org/?API_KEY=***#x"),
        ("https://example.org/?X-Amz-Signature=abc;b=1", "https://example.org/?X-Amz-Signature=***;b=1"),
        ("https://example.org/?pass=a&auth=b&secret=c", "https://example.org/?pass=***&auth=***&secret=***"),
        ("https://example.org/\n\x1b[31mred\u202e", "https://example.org/[31mred"),
        ("x" * 300, "x" * 200 + "…"),
    ],
)
def test_urls_are_shown_without_secrets(url: str, shown: str) -> None:
    assert redacted(url) == shown


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "HTTP 404 Not Found"), (429, "HTTP 429 Too Many Requests"), (799, "HTTP 799"), (522, "HTTP 522")],
)
def test_statuses_have_the_standards_names(status: int, words: str) -> None:
    assert status_line(status) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (aiohttp.ServerDisconnectedError(), "the server closed the connection without an answer"),
        (aiohttp.ClientOSError(errno.ECONNRESET, "reset"), "the connection broke (connection reset by peer)"),
        (aiohttp.ClientPayloadError("x"), "the answer broke off or was garbled on its way"),
        (RuntimeError("Connection closed."), "the answer broke off or was garbled on its way"),
        (ssl.SSLError(1, "x"), "the request failed (SSLError)"),
        (aiohttp.ClientConnectionError("Connector is closed"), "the request failed (ClientConnectionError)"),
        (UnicodeError("label too long"), "example.org is not a usable host name or address"),
    ],
)
def test_errors_have_words(error: aiohttp.ClientError | OSError | ValueError | RuntimeError, words: str) -> None:
    assert explain(error, "example.org") == words
