"""What HTML tools and typists make of feeds, undone. Pure.

A tool that takes a feed for HTML knows `<link>` as a tag without content and
CDATA as a comment, writes tags within a page, and escapes what it does not
know. A namespace with a slip in it is another namespace to every parser.
"""

from __future__ import annotations

import re

_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_BODY_BEGINS = re.compile(r"<body(?:\s[^<>]*)?>\s*\Z", re.IGNORECASE)

_ADDRESS = r"\s*(https?://[^\s<>]+)\s*"
_EMPTY_LINK = re.compile(rf"<link\s*/>{_ADDRESS}(?=<)", re.IGNORECASE)
_OPEN_LINK = re.compile(rf"<link>{_ADDRESS}(?=<(?!/link|!))", re.IGNORECASE)
_COMMENTED = re.compile(r"<!--\[CDATA\[((?:[^-\]<]|<(?!!--)|-(?!->)|\](?!\]-->))*+)\]\]-->")
_ESCAPED = re.compile(r"&lt;!\[CDATA\[((?:[^<&\]]|&(?!lt;!\[)|\](?!\](?:&gt;|>)))*+)\]\](?:&gt;|>)")

_NAMESPACES = {
    "www.w3.org/2005/atom": "http://www.w3.org/2005/Atom",
    "www.w3.org/1999/02/22-rdf-syntax-ns": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "purl.org/rss/1.0": "http://purl.org/rss/1.0/",
    "purl.org/dc/elements/1.1": "http://purl.org/dc/elements/1.1/",
    "purl.org/rss/1.0/modules/content": "http://purl.org/rss/1.0/modules/content/",
}
"""As they are, by what is left of them when they are written carelessly."""
_DECLARED = re.compile(r"(?<=\s)(xmlns(?::[\w.-]+)?\s*=\s*)(\"[^\"<>]{0,200}\"|'[^'<>]{0,200}')")


def is_page(head: str) -> bool:
    """Whether what stands before a feed's first tag makes it part of a page, and not a feed that was put into one."""
    return _PAGE.search(head) is not None and not _BODY_BEGINS.search(head)


def undone(text: str) -> tuple[str, tuple[str, ...]]:
    """A document from its first tag on, and what was wrong with it in words."""
    problems = []
    for problem, mend in _MENDS:
        mended = mend(text)
        if mended != text:
            problems.append(problem)
            text = mended
    return text, tuple(problems)


def _named(text: str) -> str:
    """With the namespaces of the first tag as they are written."""
    end = text.find(">") + 1
    return _DECLARED.sub(_spelt, text[:end]) + text[end:]


def _spelt(found: re.Match[str]) -> str:
    quoted = found[2]
    bare = quoted[1:-1].strip().lower().removeprefix("http://").removeprefix("https://").rstrip("/#")
    return f"{found[1]}{quoted[0]}{_NAMESPACES.get(bare, quoted[1:-1].strip())}{quoted[0]}"


def _linked(text: str) -> str:
    """With addresses in the tags that they were put behind. Whether there are any is cheap to tell."""
    if "<link/>" in text or "<link />" in text:
        text = _EMPTY_LINK.sub(r"<link>\1</link>", text)
    if text.count("<link>") > text.count("</link>"):
        text = _OPEN_LINK.sub(r"<link>\1</link>", text)
    return text


def _quoted(text: str) -> str:
    """With CDATA that was written as a comment, or as text."""
    if "<!--[CDATA[" in text:
        text = _COMMENTED.sub(r"<![CDATA[\1]]>", text)
    if "&lt;![CDATA[" in text:
        text = _ESCAPED.sub(r"\1", text)
    return text


_MENDS = (("namespaces misspelt", _named), ("links mangled by HTML tools", _linked), ("CDATA mangled", _quoted))
