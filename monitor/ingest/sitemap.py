"""News sitemaps: the pages that a site published in the last two days (sitemaps.org, sitemap-news 0.9)."""

from __future__ import annotations

from monitor.ingest import elements, text
from monitor.ingest.dates import moment
from monitor.ingest.entry import Entry, Reading
from monitor.ingest.mend import Mended


def read(document: Mended) -> Reading | str:
    """The news in a mended sitemap; a reason in words when there can be none."""
    root = elements.tree(document)
    if isinstance(root, str):
        return f"a broken sitemap: {root}"
    pages = [*root.all("url")]
    told = [page for page in pages if page.first("news").children]
    if pages and not told:
        return f"a sitemap of {len(pages)} pages without news: their titles and dates are not told"
    publication = told[0].first("news", "publication") if told else elements.Element("publication")
    return Reading(
        entries=tuple(map(_entry, told)),
        title=publication.value("name"),
        version="sitemap-news",
        lang=publication.value("language"),
        problems=document.problems,
    )


def _entry(page: elements.Element) -> Entry:
    news = page.first("news")
    published, updated = moment(news.value("publication_date")), moment(page.value("lastmod"))
    return Entry(
        link=page.value("loc"),
        title=text.title(news.value("title"), markup=False),
        categories=tuple(word.strip() for name in ("genres", "keywords") for word in news.value(name).split(",")),
        lang=news.value("publication", "language"),
        published=updated if published is None else published,
        updated=updated,
    )
