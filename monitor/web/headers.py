"""What the headers of an answer say about time and sameness (RFC 9110, RFC 9111). Pure.

Durations count from the moment at which the server wrote the answer, by its
own clock: ours may differ.
"""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime

from multidict import CIMultiDictProxy

from monitor.model import Validators

Headers = CIMultiDictProxy[str]

_LONGEST_VALIDATOR = 1024
_SECONDS = re.compile(r"\d{1,10}")
_MAX_AGE = re.compile(r'(?:^|,)\s*max-age\s*=\s*"?(\d{1,10})')


def validators(headers: Headers) -> Validators:
    """ETag and Last-Modified as they stand; one that cannot be sent back as it came is left out."""
    return Validators(_sendable(headers.get("ETag", "")), _sendable(headers.get("Last-Modified", "")))


def confirmed(sent: Validators, headers: Headers) -> Validators:
    """The validators after a 304: those sent, unless it carries others (RFC 9111 §4.3.4)."""
    carried = validators(headers)
    if carried.etag in ("", sent.etag) and carried.last_modified in ("", sent.last_modified):
        return sent
    return carried


def max_age(headers: Headers) -> float | None:
    """For how many more seconds the answer says it stays fresh; None: it does not, or forbids to rely on it."""
    control = ",".join(headers.getall("Cache-Control", ())).lower()
    if {"no-cache", "no-store"} & {directive.partition("=")[0].strip() for directive in control.split(",")}:
        return None
    if stated := _MAX_AGE.search(control):
        lifetime: float | None = float(stated[1])
    else:
        lifetime = _after(headers, headers.get("Expires", ""))
    if lifetime is None:
        return None
    age = _SECONDS.fullmatch(headers.get("Age", ""))
    fresh = lifetime - (float(age[0]) if age else 0.0)
    return fresh if fresh > 0 else None


def retry_after(headers: Headers) -> float | None:
    """Seconds for which the server asks to be left alone; None: it does not say."""
    stated = headers.get("Retry-After", "")
    if _SECONDS.fullmatch(stated):
        return float(stated)
    wait = _after(headers, stated)
    return None if wait is None else max(wait, 0.0)


def _after(headers: Headers, date: str) -> float | None:
    """Seconds from the answer's own Date to a date that it names."""
    then, now = _moment(date), _moment(headers.get("Date", ""))
    return None if then is None or now is None else then - now


def _moment(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _sendable(value: str) -> str:
    # Bytes that are not UTF-8 arrive as surrogates, which no request can carry.
    return value if len(value) <= _LONGEST_VALIDATOR and value.isprintable() else ""
