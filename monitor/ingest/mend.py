"""Bytes to well-formed XML text, as far as that can be had.

Feeds come with blank lines, comments or PHP warnings before the XML
declaration, in another charset than they claim, with HTML's entities, bare
ampersands, control characters, cut off in transit or with scripts appended.
Each is mended here and named, because the lenient parser that feedparser falls
back to is slower and loses things (links with `&#038;` for one).
"""

from __future__ import annotations

import codecs
import html.entities
import re
from dataclasses import dataclass

from monitor.ingest import mangled
from monitor.ingest.outline import outline

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
}
"""What a claim means in practice: the superset that its senders really use (WHATWG Encoding §4.2)."""
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_SEVEN_BITS = ("iso2022", "hz", "utf-7")  # codecs that write other alphabets in ASCII, which is valid UTF-8

_HEAD = 65_536
_ROOT = re.compile(r"<((?:[a-z][\w.-]*:)?(rss|feed|rdf|urlset|newsmessage|newsitem))(?=[\s>/])", re.IGNORECASE)
_ENTITY_DECLARATIONS = re.compile(r"<!DOCTYPE[^\[<>]*\[(?:[^\]<]|<!ENTITY)*\]\s*>", re.IGNORECASE)
_PROLOGUE = re.compile(
    r"<\?xml-[^<>]*\?>|<!--.*?(?:-->|\Z)|<!DOCTYPE[^\[<>]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE | re.DOTALL
)
_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>", re.IGNORECASE)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ITEM_START = re.compile(r"<(?:[a-z][\w.-]*:)?(?:item|entry)[\s>]|\Z", re.IGNORECASE)
_ITEM_END = re.compile(r"</(?:[a-z][\w.-]*:)?(?:item|entry)\s*>", re.IGNORECASE)
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)|&(?:#(\d{1,8}|x[0-9a-f]{1,8});|([a-z][a-z0-9]{1,31});)?",
    re.IGNORECASE | re.DOTALL,
)
_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))


@dataclass(frozen=True, slots=True)
class Mended:
    """Text, and what had to be done to get it."""

    text: str
    problems: tuple[str, ...] = ()
    well_formed: bool = False
    cut: bool = False
    """The document ended in the middle; the item it broke off in is left out."""
    items: tuple[tuple[int, int], ...] | None = None
    """Where its items stand, None when that is in doubt."""


def decode(body: bytes, content_type: str) -> Mended:
    """Bytes to text by byte order mark, validity as UTF-8, XML declaration, HTTP charset, in this order.

    Text that is valid UTF-8 and not ASCII is UTF-8 whatever it claims: the
    opposite accident does not happen by chance.
    """
    for bom, codec in _BOMS:
        if body.startswith(bom):
            return Mended(body[len(bom) :].decode(codec, "replace"))
    for start, codec in _UNMARKED:
        if body.startswith(start):
            return Mended(body.decode(codec, "replace"))
    claims = _claims(body, content_type)
    seven_bits = bool(claims) and claims[0].startswith(_SEVEN_BITS)
    if not seven_bits and (text := _try(body, "utf-8")) is not None:
        lied = claims and claims[0] != "utf-8" and not body.isascii()
        return Mended(text, (f"claims to be {claims[0]}, is UTF-8",) if lied else ())
    for codec in claims:
        if (text := _try(body, codec)) is not None:
            return Mended(text)
    return _damaged(body)


def mend(text: str) -> Mended | None:
    """The document from its root element on, well-formed if that can be had; None when it is no feed."""
    root = _ROOT.search(text, 0, _HEAD)
    if root is None or mangled.is_page(text[: root.start()]):
        return None
    head = text[: root.start()]
    text, slips = mangled.undone(text[root.start() :])
    problems = [*slips]
    if not _ordinary(head):
        problems.append("something stands before the XML declaration")
    found = outline(text)
    if found.fault and _ILLEGAL.search(text):
        problems.append("control characters")
        text = _ILLEGAL.sub("", text)
        found = outline(text)
    entities = _ENTITY_DECLARATIONS.search(head)
    if entities:  # feedparser keeps the harmless ones and refuses the bombs
        return Mended(entities[0].replace("<!ENTITY", "\n<!ENTITY") + text, tuple(problems))
    if not found.fault:
        return Mended(text, tuple(problems), well_formed=True, items=found.items)
    problems.append(f"not well-formed XML: {found.fault}")
    text = _REFERENCE.sub(_proper, text)
    whole, cut = _close(text, root[1], root[2].lower())
    found = outline(whole)
    return Mended(whole, tuple(problems), not found.fault, cut, None if cut else found.items)


def _claims(body: bytes, content_type: str) -> list[str]:
    declared = _DECLARED.search(body, 0, 1024)
    charset = _CHARSET.search(content_type)
    names = ([declared[1].decode("ascii", "replace")] if declared else []) + ([charset[1]] if charset else [])
    claims = []
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        claims.append(_WIDER.get(codec, codec))
    return claims


def _try(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except (UnicodeError, LookupError):  # LookupError: zlib and its like are codecs, but not of text
        return None


def _damaged(body: bytes) -> Mended:
    """Neither what it claims nor UTF-8: UTF-8 with a few broken bytes, or the West's legacy."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    foreign = sum(1 for character in text if not character.isascii())
    if broken * 5 <= foreign:
        return Mended(text, (f"{broken} bytes are not UTF-8",))
    return Mended(body.decode("cp1252", "replace"), ("neither UTF-8 nor the claimed charset: read as windows-1252",))


def _ordinary(head: str) -> bool:
    """Whether only a declaration, at the very start, and comments stand before the root."""
    declaration = _DECLARATION.match(head)
    rest = head[declaration.end() :] if declaration else head
    return not _PROLOGUE.sub("", rest).strip()


def _proper(found: re.Match[str]) -> str:
    """What XML allows in place of a reference: itself, a character, an escaped ampersand, or nothing."""
    number, name = found[1], found[2]
    if number:
        code = int(number[1:], 16) if number[0] in "xX" else int(number)
        legal = code <= 0x10FFFF and not (code < 0x20 and code not in (9, 10, 13)) and not 0xD800 <= code <= 0xDFFF
        return found[0] if legal and code not in (0xFFFE, 0xFFFF) else ""
    if name:
        if name in _PREDEFINED:
            return found[0]
        character = html.entities.html5.get(name + ";", found[0])
        return character.replace("&", "&amp;").replace("<", "&lt;")
    return "&amp;" if found[0] == "&" else found[0]


def _close(text: str, name: str, kind: str) -> tuple[str, bool]:
    """The text up to the end of its root element; without one, up to its last whole item, and closed."""
    end = text.rfind(f"</{name}>")
    if end >= 0:
        return text[:end] + f"</{name}>", False
    items = list(_ITEM_END.finditer(text))
    start = _ITEM_START.search(text)
    whole = items[-1].end() if items else start.start() if start else 0
    return text[:whole] + ("</channel></rss>" if kind == "rss" else f"</{name}>"), True
