"""NewsML-G2 (IPTC): a news item, or a news message with any number of them.

Read by its few elements that matter to us rather than with a library: codes
(`stat:canceled`) are compared without their scheme's alias, which is how every
agency writes them, so no catalogue is needed.
"""

from __future__ import annotations

from monitor.ingest import elements, stated, text
from monitor.ingest.dates import moment
from monitor.ingest.elements import Element
from monitor.ingest.entry import Entry, Reading
from monitor.ingest.mend import Mended


def read(document: Mended) -> Reading | str:
    """The texts in a mended document; a reason in words when it cannot be read."""
    root = elements.tree(document)
    if isinstance(root, str):
        return f"a broken NewsML document: {root}"
    items = [root] if root.name == "newsItem" else [*root.all("itemSet", "newsItem")]
    texts = [item for item in items if _code(item.first("itemMeta", "itemClass")) in stated.TEXTS]
    problems = list(document.problems)
    if len(texts) < len(items):
        problems.append(stated.left_out(len(items) - len(texts)))
    fields = [_fields(item) for item in texts]
    problems += (f"pubStatus {each.status!r} is unknown" for each in fields if not each.is_known)
    return Reading(
        entries=stated.latest([_entry(item, each) for item, each in zip(texts, fields, strict=True)]),
        title=texts[0].value("itemMeta", "provider", "name") if texts else "",
        version="newsml-g2",
        problems=tuple(dict.fromkeys(problems)),
    )


def _fields(item: Element) -> stated.Fields:
    management, content = item.first("itemMeta"), item.first("contentMeta")
    embargoed = next(management.all("embargoed"), None)
    return stated.Fields(
        status=_code(management.first("pubStatus")),
        urgency=content.value("urgency"),
        version=item.get("version"),
        embargoed=None if embargoed is None else embargoed.text.strip(),
        signals=tuple(map(_code, management.all("signal"))),
        slug=content.value("slugline"),
        dateline=content.value("dateline"),
        byline=content.value("by"),
        credit=tuple(
            name
            for element in (*content.all("creditline"), *content.all("infoSource"), *management.all("provider"))
            for name in (element.value("name") or element.text.strip(), element.get("literal"), _code(element))
        ),
        note=management.value("edNote"),
    )


def _entry(item: Element, fields: stated.Fields) -> Entry:
    management, content = item.first("itemMeta"), item.first("contentMeta")
    guid = item.get("guid")
    published, updated = moment(management.value("firstCreated")), moment(management.value("versionCreated"))
    summary = "\n".join(text.plain(each.text, markup=False) for each in content.all("description"))
    headline = content.value("headline") or management.value("title")
    return Entry(
        guid=guid,
        link=guid if guid.startswith("http") else "",
        title=text.title(headline, markup=False),
        body=text.join(summary, max(map(_text, item.first("contentSet").children), key=len, default="")),
        author=content.value("by") or ", ".join(filter(None, (who.value("name") for who in content.all("creator")))),
        categories=tuple(
            name
            for kind in ("genre", "subject", "keyword")
            for topic in content.all(kind)
            for name in (topic.value("name") or ("" if topic.children else topic.text), topic.get("qcode"))
        ),
        lang=content.first("language").get("tag") or item.get("lang"),
        published=updated if published is None else published,
        updated=updated,
        stated=fields.stated(),
    )


def _text(content: Element) -> str:
    """The words of one rendition: XHTML or NITF, escaped HTML, or plain text; of one that is elsewhere, none."""
    if content.name == "inlineXML":
        return text.from_html(_body(content).markup)
    if content.name == "inlineData" and not content.get("encoding"):
        return text.plain(content.text.strip(), "html" in content.get("contenttype"))
    return ""


def _body(content: Element) -> Element:
    """The part of a page that is its text: heads repeat the headline."""
    for path in (("html", "body"), ("nitf", "body", "body.content"), ("nitf", "body")):
        if body := next(content.all(*path), None):
            return body
    return content


def _code(element: Element) -> str:
    """`canceled` of `stat:canceled`, or of the address of the same concept."""
    return element.get("qcode").rpartition(":")[2] or element.get("uri").rpartition("/")[2]
