"""Markup to plain text, once, before anything is matched, compared or shown.

Rules report offsets into this text, so it is never touched again, and nothing
that a reader could see is lost: zero-width characters, soft hyphens and NFC or
NFD stay as they came. Only control characters and lone surrogates go, which no
terminal, mail or JSON document may be handed.
"""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

LONGEST = 100_000
"""Characters of markup or text that are read of one field."""
LONGEST_PAGE = 1_000_000
"""Characters of a whole page, of which the article is read."""

_BLOCKS = re.compile(
    r"address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|li|main|nav|ol|p|pre|section|summary|table|tr|ul"
)
_CELLS = frozenset(("td", "th"))
_UNSEEN = re.compile(
    r"script|style|noscript|template|iframe|object|embed|svg|math|textarea|select|button|audio|video|head|title"
)
_LINE_END = "\x1e"  # not a character that a cleaned text can hold

_TAG = re.compile(r"</?[a-z][^<>]*>|<!--|<(?:a|img|p|div|span)\s[^<>]*$", re.IGNORECASE)
_SURE_TAG = re.compile(r"</[a-z][a-z0-9]*\s*>|<(?:br|p|hr|img)\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_UNFIT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_NEWLINE = re.compile(r"\r\n?|[\x0b\x0c\x85]")
_BLANK = re.compile(r"[ \t\n\r\f]{2,}|[\t\n\r\f]")  # what is not one space already
_LINE_ENDS = re.compile(rf" ?(?:{_LINE_END} ?)+")
_ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:…|\.\.\.)(?:\s*\])?\s*$")
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def plain(text: str, markup: bool) -> str:
    """The text of a field that may hold markup.

    `markup` is the feed's claim. Without it only a closing tag or a lone `<br>`
    or `<p>` makes the text markup: "the <b> tag" in a plain title is content.
    Text without tags keeps its line breaks; its entities are decoded.
    """
    text = clean(text[:LONGEST])
    if (_TAG if markup else _SURE_TAG).search(text):
        return from_html(text)
    unescaped = _unescape(text)
    if _SURE_TAG.search(unescaped):  # markup that was escaped once too often
        return from_html(unescaped)
    return unescaped.strip()


def title(text: str, markup: bool) -> str:
    """A headline: as `plain`, on one line, and with twice-escaped entities decoded (`R&amp;amp;D`)."""
    return " ".join(_unescape(plain(text, markup)).split())


def join(summary: str, content: str) -> str:
    """Both texts of an item as one: the content, after those lines of the summary that it lacks.

    Nothing is left out that a rule could be looking for, and nothing stands
    twice: most summaries are the content's beginning, with an ellipsis.
    """
    if len(content) < len(summary):
        summary, content = content, summary
    known = " ".join(content.split())
    lacking = [line for line in summary.split("\n") if " ".join(_ELLIPSIS.sub("", line).split()) not in known]
    return "\n\n".join(filter(None, ("\n".join(lacking).strip(), content)))


def from_html(markup: str) -> str:
    """What a reader would see of a fragment of HTML, a line for each block, without blank lines."""
    pieces: list[str] = []
    body = LexborHTMLParser(markup[:LONGEST]).body
    if body is not None:
        _read(body, pieces)
    flowing = _BLANK.sub(" ", "".join(pieces))
    return clean(_LINE_ENDS.sub("\n", flowing)).strip()


def page(markup: str) -> tuple[str, str]:
    """Headline and text of a web page: its first heading, and its article if it marks one."""
    tree = LexborHTMLParser(markup[:LONGEST_PAGE])
    headline = next((node.text() for name in ("h1", "title") if (node := tree.css_first(name)) is not None), "")
    article = next((node for name in ("article", "main", "body") if (node := tree.css_first(name)) is not None), None)
    return title(headline, markup=False), from_html(article.html or "") if article is not None else ""


def clean(text: str) -> str:
    """The text with `\\n` line ends, without control characters and lone surrogates."""
    return _UNFIT.sub("", _NEWLINE.sub("\n", text))


def shorten(text: str, limit: int) -> str:
    """The text cut at a word's end within `limit` characters, with an ellipsis when anything was cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    word_end = head.rfind(" ")
    return (head[:word_end] if word_end > limit // 2 else head).rstrip() + "…"


def _unescape(text: str) -> str:
    return clean(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text)) if "&" in text else text


def _read(root: LexborNode, pieces: list[str]) -> None:
    """Collect the texts under a node; a loop, because hostile markup nests deeper than Python recurses."""
    node: LexborNode | None = root
    while node is not None:
        inner = _enter(node, pieces)
        node = inner if inner is not None else _leave(node, root, pieces)


def _enter(node: LexborNode, pieces: list[str]) -> LexborNode | None:
    """Take what stands before a node's children; its first child, unless nobody would see it."""
    tag = node.tag
    if tag == "-text":
        _take_text(node, pieces)
        return None
    if tag is None or tag.startswith("-") or _UNSEEN.fullmatch(tag) or _hidden(node):
        return None
    _mark(tag, pieces)
    return node.first_child


def _leave(node: LexborNode, root: LexborNode, pieces: list[str]) -> LexborNode | None:
    """Close a node and those that end with it; the next one to enter, or None behind the root."""
    ended: LexborNode | None = node
    while ended is not None and ended.mem_id != root.mem_id:
        _mark(ended.tag, pieces)
        if ended.next is not None:
            return ended.next
        ended = ended.parent
    return None


def _take_text(node: LexborNode, pieces: list[str]) -> None:
    text = node.text_content or ""
    parent = node.parent
    if parent is not None and parent.tag == "pre":
        text = clean(text).replace("\n", _LINE_END)
    pieces.append(text)


def _mark(tag: str | None, pieces: list[str]) -> None:
    if tag and _BLOCKS.fullmatch(tag):
        pieces.append(_LINE_END)
    elif tag in _CELLS:
        pieces.append(" ")


def _hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return bool(attributes) and (
        "hidden" in attributes or _DISPLAY_NONE.search(attributes.get("style") or "") is not None
    )
