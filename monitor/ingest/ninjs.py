"""ninjs 1 to 3 (IPTC): news items in JSON, one by itself, a list of them, or such a list within an answer."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from monitor.ingest import jsonfeed, stated, text
from monitor.ingest.dates import moment
from monitor.ingest.entry import Entry, Reading

_MARKS = frozenset(("pubstatus", "pubStatus", "versioncreated", "versionCreated", "headline", "headlines", "standard"))
"""Fields of which an item has at least one, beside its `uri`."""
_LISTS = ("items", "_items", "hits", "data", "item")
"""What services call the list that they answer with, and an item in it."""
_DEPTH = 4


def _absent(value: object) -> object:
    return "" if value is None else value


def _none(value: object) -> object:
    return () if value is None else value


_Text = Annotated[str, BeforeValidator(_absent)]


class _Lenient(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")


class _Named(_Lenient):
    """A subject, a place, a source."""

    name: _Text = ""
    code: _Text = ""
    scheme: _Text = ""
    uri: _Text = ""
    literal: _Text = ""


class _Worded(_Lenient):
    """A headline, a description or a body, of which ninjs 2 and 3 have several."""

    value: _Text = ""
    content_type: _Text = Field(default="", alias="contentType")


_Some = Annotated[tuple[_Named, ...], BeforeValidator(_none)]
_Words = Annotated[tuple[_Worded, ...], BeforeValidator(_none)]


class _Item(_Lenient):
    """An item; where names differ, those of version 1 and then those of 2 and 3."""

    uri: str
    type: _Text = ""
    title: _Text = ""
    language: _Text = ""
    version: _Text = ""
    status: _Text = Field(default="", validation_alias=AliasChoices("pubstatus", "pubStatus"))
    urgency: _Text = ""
    embargoed: str | None = None
    first_created: _Text = Field(default="", validation_alias=AliasChoices("firstcreated", "firstCreated"))
    version_created: _Text = Field(default="", validation_alias=AliasChoices("versioncreated", "versionCreated"))
    note: _Text = Field(default="", validation_alias=AliasChoices("ednote", "edNote"))
    slugline: _Text = ""
    located: _Text = ""
    byline: _Text = Field(default="", validation_alias=AliasChoices("byline", "by"))
    holder: _Text = Field(default="", validation_alias=AliasChoices("copyrightholder", "copyrightHolder"))
    headline: _Text = ""
    description_text: _Text = ""
    description_html: _Text = ""
    body_text: _Text = ""
    body_html: _Text = ""
    headlines: _Words = ()
    descriptions: _Words = ()
    bodies: _Words = ()
    subjects: _Some = Field(default=(), validation_alias=AliasChoices("subject", "subjects"))
    genres: _Some = Field(default=(), validation_alias=AliasChoices("genre", "genres"))
    sources: _Some = Field(default=(), validation_alias=AliasChoices("infosource", "infoSources"))


def read(document: object) -> Reading | None:
    """The texts among the items of a decoded JSON document; None when it holds none at all.

    An item that breaks the format is left out and named, its neighbours stay.
    """
    raw = _items(document)
    entries: list[Entry] = []
    problems: list[str] = []
    pictures = 0
    for number, each in enumerate(raw, start=1):
        try:
            item = _Item.model_validate(each)
        except ValidationError as error:
            problems.append(f"item {number} left out: {jsonfeed.first_fault(error)}")
            continue
        fields = _fields(item)
        if item.type not in stated.TEXTS:
            pictures += 1
            continue
        if not fields.is_known:
            problems.append(f"pubStatus {item.status!r} is unknown")
        entries.append(_entry(item, fields))
    if pictures:
        problems.append(stated.left_out(pictures))
    return Reading(stated.latest(entries), version="ninjs", problems=tuple(dict.fromkeys(problems))) if raw else None


def _items(document: object, depth: int = _DEPTH) -> list[object]:
    """The items of a document, or of the lists that stand where services put them."""
    if isinstance(document, list):
        return [item for each in document for item in _items(each, depth - 1)] if depth else []
    if not isinstance(document, dict):
        return []
    if isinstance(document.get("uri"), str) and not _MARKS.isdisjoint(document):
        return [document]
    return [item for name in _LISTS if name in document for item in _items(document[name], depth - 1)] if depth else []


def _fields(item: _Item) -> stated.Fields:
    return stated.Fields(
        status=item.status,
        urgency=item.urgency,
        version=item.version,
        embargoed=item.embargoed,
        slug=item.slugline,
        dateline=item.located,
        byline=item.byline,
        credit=(*(name for source in item.sources for name in (source.name, source.literal)), item.byline, item.holder),
        note=item.note,
    )


def _entry(item: _Item, fields: stated.Fields) -> Entry:
    published, updated = moment(item.first_created), moment(item.version_created)
    bodies = [
        text.plain(item.body_html, markup=True),
        text.plain(item.body_text, markup=False),
        *(text.plain(body.value, "html" in body.content_type) for body in item.bodies),
    ]
    summaries = [
        text.plain(item.description_html, markup=True),
        text.plain(item.description_text, markup=False),
        *(text.plain(each.value, "html" in each.content_type) for each in item.descriptions),
    ]
    headlines = (item.headline, *(each.value for each in item.headlines), item.title)
    return Entry(
        guid=item.uri,
        link=item.uri if item.uri.startswith("http") else "",
        title=text.title(next(filter(None, headlines), ""), markup=False),
        body=text.join(max(summaries, key=len), max(bodies, key=len)),
        author=item.byline,
        categories=tuple(
            name
            for topic in (*item.genres, *item.subjects)
            for name in (topic.name, f"{topic.scheme}:{topic.code}" if topic.code else topic.uri)
        ),
        lang=item.language,
        published=updated if published is None else published,
        updated=updated,
        stated=fields.stated(),
    )
