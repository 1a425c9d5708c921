"""Which item is this, and does it still say the same? Pure.

- `keys`: identity within a feed, by what proves unique in its document.
- `canonical_url`, `links`: one address for one page, still good to click on.
- `revision`: a hash of what an item says, that corrections change and clocks do not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from monitor.ingest.entry import Entry
from monitor.ingest.habits import settled
from monitor.model import UNTAUGHT, Habits, digest

# ── Addresses ───────────────────────────────────────────────────────────────

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_.+|at_.+|mtm_.+|pk_.+|hsa_.+|ns_.+|oly_.+|vero_.+|wt[._].+|guce_.+|_hs(?:enc|mi)|mc_[ce]id|xtor|smid|smtyp"
    r"|[a-z]*cl(?:id|kid)|gbraid|wbraid|igsh(?:id)?|yclid|mkt_tok|cmp(?:id)?|ito|ocid|ncid|mbid|ftag|sref|spm|echobox"
    r"|guccounter|soc_(?:src|trk)|traffic_source|__twitter_impression|amp|outputtype",
    re.IGNORECASE,
)
"""Parameters that say where a reader came from, not which page it is."""
_FROM_FEED = re.compile(
    r"(?:ref|source|src|from|via|partner|emc|feed|mod|cid|campaign)=(?:rss|feed|atom)[\w.-]*", re.IGNORECASE
)
_ROUTE = ("!", "/")
"""A fragment that starts so is read by the page's script and names the page itself."""


@lru_cache(1_000)
def canonical_url(url: str) -> str:
    """The address without what does not name the page; the URL as it is when it is not one of the web's.

    Lower-case scheme and host, no default port, no tracking parameters, the
    others sorted, no fragment. Path, slash at its end, `www.`, `m.` and `amp.`
    stay: without them some sites answer 404.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not parts.hostname:
        return url
    return urlunsplit(
        (
            scheme,
            _netloc(parts, None if port == _DEFAULT_PORTS[scheme] else port),
            parts.path or "/",
            "&".join(sorted(filter(_names_page, parts.query.split("&")))),
            parts.fragment if parts.fragment.startswith(_ROUTE) else "",
        )
    )


def links(urls: Sequence[str]) -> tuple[str, ...]:
    """The canonical addresses of one document's items.

    Where that would make two different addresses one (a live blog's posts, told
    apart by fragment), both stay as they are.
    """
    canonical = [canonical_url(url) for url in urls]
    shared = Counter(address for address, _ in set(zip(canonical, urls, strict=True)))
    return tuple(address if shared[address] == 1 else url for address, url in zip(canonical, urls, strict=True))


def _netloc(parts: SplitResult, port: int | None) -> str:
    user, at, _ = parts.netloc.rpartition("@")
    host = (parts.hostname or "").removesuffix(".")
    return f"{user}{at}" + (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")


def _names_page(parameter: str) -> bool:
    name = parameter.partition("=")[0]
    return bool(parameter) and not _TRACKING.fullmatch(name) and not _FROM_FEED.fullmatch(parameter)


# ── Identity ────────────────────────────────────────────────────────────────


_Proof = tuple[str, ...]
_WORDS = 2
"""Parts of a proof that are the entry's own words, and not names for it."""


def keys(feed: str, entries: Sequence[Entry], habits: Habits = UNTAUGHT) -> tuple[str, ...]:
    """One key for each entry: a hash of the shortest evidence that no other entry of its feed is known to share.

    In order: guid (its address canonical), guid as written, link, title and
    date, body; without a guid link, title and date, body. Guids and links of a
    feed whose do not last are passed over. Entries that agree in everything get
    the same key: they are one item, listed twice.
    """
    evidence = [_evidence(entry, habits) for entry in entries]
    holders = _holders(evidence)
    return tuple(digest(feed, *_shortest(proof, holders, frozenset(habits.shared))) for proof in evidence)


def shared(entries: Sequence[Entry], habits: Habits = UNTAUGHT) -> tuple[str, ...]:
    """Hashes of names that several of these entries have: they tell none of them, even when one is shown alone."""
    held = _holders([_evidence(entry, habits) for entry in entries]).items()
    return tuple(sorted({_hash(names) for names, proofs in held if len(proofs) > 1 and _are_names(names, proofs)}))


def proof(entry: Entry, habits: Habits = UNTAUGHT) -> str:
    """The best evidence of an entry's identity."""
    return _evidence(entry, habits)[0]


def _evidence(entry: Entry, habits: Habits) -> _Proof:
    """What tells this entry from others, best first; titles only with their date, for they repeat."""
    headline = f"{entry.title or entry.body}\n{entry.published}"
    ids = (canonical_url(entry.guid), entry.guid) if entry.guid and habits.distrusted < 1 else ()
    link = (canonical_url(entry.link),) if entry.link and habits.distrusted < 2 else ()
    return (*ids, *link, headline, entry.body)


def _holders(evidence: Sequence[_Proof]) -> Mapping[_Proof, set[_Proof]]:
    """Every beginning of a proof, and the proofs that begin so."""
    holders: defaultdict[_Proof, set[_Proof]] = defaultdict(set)
    for proof in evidence:
        for length in range(1, len(proof) + 1):
            holders[proof[:length]].add(proof)
    return holders


def _are_names(beginning: _Proof, proofs: Collection[_Proof]) -> bool:
    return all(len(beginning) <= len(proof) - _WORDS for proof in proofs)


def _shortest(proof: _Proof, holders: Mapping[_Proof, set[_Proof]], known: Collection[str]) -> _Proof:
    beginnings = (proof[:length] for length in range(1, len(proof)))
    return next((some for some in beginnings if len(holders[some]) == 1 and _hash(some) not in known), proof)


def _hash(names: _Proof) -> str:
    return digest(*names, length=12)


# ── Revision ────────────────────────────────────────────────────────────────

_SHORT_LINE = re.compile(r"^[^\n]{1,60}$", re.MULTILINE)
_COUNTER = re.compile(
    r"\b\d[\d.,]*\s?[km]?\s(?:comments?|replies|reactions|likes|views|shares|retweets)\b"
    r"|\b(?:comments?|likes|views|shares|points)\s?[:(][\s(]*\d[\d.,]*\s?[km]?\)?"
    r"|\b(?:\d+|an?|one)\s(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)\sago\b",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"^[\W_]*(?:last\s|first\s)?(?:updated|modified|published|posted)\b(?=[^\n]*\d)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_QUERY = re.compile(r"(https?://[^\s?#]+)[?#]\S*")


def revision(title: str, body: str, status: str = "", restless: Sequence[str] = ()) -> str:
    """A hash of what title and body say, whitespace folded, and of what their desk states of them (`Stated.status`).

    Left out is what changes at every fetch though nobody edited anything, where
    it stands on a short line of its own in the body: "42 comments", "3 minutes
    ago", "Last updated 10:42 GMT"; the queries of addresses; and lines that
    are `restless` in this feed (`Habits`). Other figures and dates within the
    copy stay in: they get corrected.
    """
    return digest(_folded(title), _folded(_settled(settled(body, restless))), *([status] if status else []))


def _settled(body: str) -> str:
    stamped = _SHORT_LINE.sub(lambda line: _COUNTER.sub("", line[0]), _STAMP.sub("", body))
    return _QUERY.sub(r"\1", stamped)


def _folded(text: str) -> str:
    return " ".join(text.split())
