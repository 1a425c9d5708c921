"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from monitor.ingest import text
from monitor.ingest.dates import moment
from monitor.ingest.entry import Entry, Reading

VERSION = "https://jsonfeed.org/version/1"


def _absent(value: object) -> object:
    return "" if value is None else value


_Text = Annotated[str, BeforeValidator(_absent)]


class _Lenient(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True, extra="ignore")


class _Author(_Lenient):
    name: _Text = ""


class _Item(_Lenient):
    id: _Text = ""
    url: _Text = ""
    external_url: _Text = ""
    title: _Text = ""
    content_html: _Text = ""
    content_text: _Text = ""
    summary: _Text = ""
    date_published: _Text = ""
    date_modified: _Text = ""
    author: _Author | None = None
    authors: tuple[_Author, ...] | None = None
    tags: tuple[_Text, ...] | None = None
    language: _Text = ""


class _Hub(_Lenient):
    type: _Text = ""
    url: _Text = ""


class _Feed(_Lenient):
    version: str
    feed_url: _Text = ""
    hubs: tuple[_Hub, ...] | None = None
    title: _Text = ""
    home_page_url: _Text = ""
    language: _Text = ""
    items: tuple[object, ...]


def read(document: object) -> Reading | str:
    """The feed in a decoded JSON document; a reason in words when it is none.

    An item that breaks the format is left out and named, its neighbours stay.
    """
    try:
        feed = _Feed.model_validate(document)
    except ValidationError as error:
        return f"a JSON feed without what one must have ({first_fault(error)})"
    entries: list[Entry] = []
    problems: list[str] = []
    for number, raw in enumerate(feed.items, start=1):
        try:
            entries.append(_entry(_Item.model_validate(raw)))
        except ValidationError as error:
            problems.append(f"item {number} left out: {first_fault(error)}")
    return Reading(
        entries=tuple(entries),
        title=text.title(feed.title, markup=False),
        version=f"json{text.clean(feed.version.removeprefix(VERSION[:-1]))[:10]}",
        link=feed.home_page_url,
        lang=feed.language,
        hub=next((hub.url for hub in feed.hubs or () if hub.type.lower() == "websub"), ""),
        topic=feed.feed_url,
        problems=tuple(problems),
    )


def _entry(item: _Item) -> Entry:
    content = text.plain(item.content_html, markup=True) or text.plain(item.content_text, markup=False)
    authors = item.authors or ((item.author,) if item.author else ())
    published, updated = moment(item.date_published), moment(item.date_modified)
    return Entry(
        guid=item.id,
        link=item.url or item.external_url,
        title=text.title(item.title, markup=False),
        body=text.join(text.plain(item.summary, markup=False), content),
        author=", ".join(author.name for author in authors if author.name),
        categories=item.tags or (),
        lang=item.language,
        published=updated if published is None else published,
        updated=updated,
    )


def first_fault(error: ValidationError) -> str:
    """The first thing wrong, with its place."""
    problem = error.errors(include_url=False, include_input=False)[0]
    return ": ".join(filter(None, (".".join(map(str, problem["loc"])), problem["msg"])))
