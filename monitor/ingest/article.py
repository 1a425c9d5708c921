"""The text of an item's page, found among all that a site puts around it, by trafilatura.

An extra: `pip install 'wirewatch[fulltext]'`. It runs in the worker processes,
within their limits, like all that reads what strangers wrote.
"""

from __future__ import annotations

import re
from importlib.util import find_spec

from monitor.ingest import mend, text
from monitor.model import Article, Unreadable

NEEDED = "pip install 'wirewatch[fulltext]'"
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_HEAD = 4_096


def installed() -> bool:
    """Whether the extra is."""
    return find_spec("trafilatura") is not None


def read(body: bytes, content_type: str) -> Article | Unreadable:
    """The article on a page; why there is none, in words."""
    from trafilatura import extract  # half a second and 50 MB, for workers that are asked for pages only

    decoded = mend.decode(body, content_type if "charset" in content_type.lower() else content_type + _charset(body))
    found = extract(decoded.text[: text.LONGEST_PAGE], include_comments=False)
    article = text.clean(found or "").strip()[: text.LONGEST]
    return Article(article) if article else Unreadable("there is no article on it")


def _charset(body: bytes) -> str:
    """What the page says of itself, as the header would."""
    named = _CHARSET.search(body, 0, _HEAD)
    return f"; charset={named[1].decode('ascii', 'replace')}" if named else ""
