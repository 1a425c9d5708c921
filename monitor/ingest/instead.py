"""What came instead of a feed, in words an operator can act on."""

from __future__ import annotations

import json
import re

from monitor.ingest import mend, text
from monitor.model import BAD_KEPT, BadAnswer, Fetched, FetchFailed, Page

_MAGIC = (
    (b"%PDF", "a PDF file"),
    (b"\x1f\x8b", "data that is still compressed"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
)
_HEAD = 65_536
_QUOTED = 80
_PAGE = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|title|meta|script|div|span|p|h[1-6]|center|b|br)[\s>/]", re.IGNORECASE
)
_PAGE_TITLE = re.compile(r"<title[^<>]*>([^<]{0,500})", re.IGNORECASE)
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_ERROR_KEYS = ("error", "message", "error_description", "detail", "errors", "title")


def kept(answer: Fetched, fault: str, now: float) -> BadAnswer | None:
    """What is kept of an answer that was no feed, for operators to look at; None when nothing came at all."""
    page = answer.page if isinstance(answer, FetchFailed) else answer
    if not fault or not isinstance(page, Page):
        return None
    return BadAnswer(
        at=now,
        reason=fault,
        status=answer.status if isinstance(answer, FetchFailed) else 200,
        url=page.url,
        content_type=page.content_type,
        body=page.body[:BAD_KEPT],
        cut=len(page.body) > BAD_KEPT,
    )


def said(page: Page) -> str:
    """What the page of an error says of it, quoted: its title, or the message in its JSON; empty: nothing."""
    head = mend.decode(page.body[:BAD_KEPT], page.content_type).text.lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        try:
            message = _message(json.loads(head))
        except (ValueError, RecursionError):
            return ""
        return _quote(message) if message else ""
    title = _PAGE_TITLE.search(head)
    return _quote(title[1]) if title and title[1].strip() else ""


def describe(body: bytes, decoded: str) -> str:
    """A document in which no feed begins."""
    for magic, name in _MAGIC:
        if body.startswith(magic):
            return f"{name}, not a feed"
    head = decoded[:_HEAD].lstrip("\ufeff \t\r\n")
    if not head.startswith("<"):
        return "binary data, not a feed" if "\0" in head else describe_text(head)
    if _PAGE.search(head):
        title = _PAGE_TITLE.search(head)
        return f"an HTML page titled {_quote(title[1])}" if title and title[1].strip() else "an HTML page"
    root = _ROOT.search(head)
    if root and root[1].lower() == "sitemapindex":
        return "an index of sitemaps: poll one of those that it lists"
    return f"XML with the root <{root[1]}>, not a feed" if root else "XML that breaks off before it says anything"


def describe_text(head: str) -> str:
    """Text, or JSON too broken to read."""
    kind = "broken JSON" if head.lstrip().startswith("{") else "plain text"
    return f"{kind}, not a feed: {_quote(head)}"


def describe_json(document: object) -> str:
    """JSON that is no JSON Feed, with the error message that it most often is."""
    if isinstance(document, list):
        return "a JSON list, not a feed"
    message = _message(document)
    return f"JSON, not a feed: {_quote(message)}" if message else "JSON, not a feed"


def _message(document: object, depth: int = 4) -> str:
    """The first text under a key that errors use, not too deep down."""
    if isinstance(document, str):
        return document
    found: list[object] = []
    if isinstance(document, dict):
        found = [document[key] for key in _ERROR_KEYS if key in document]
    elif isinstance(document, list):
        found = document[:1]
    return next(filter(None, (_message(inner, depth - 1) for inner in found)), "") if depth else ""


def _quote(words: str) -> str:
    return f"“{text.shorten(text.title(words[:_HEAD], markup=False), _QUOTED)}”"
