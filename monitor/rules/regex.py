"""Regular expressions that run in linear time, whatever their author or the text had in mind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import re2

from monitor.model import Span

MAX_LENGTH = 1_000
_MAX_MEMORY = 1 << 20


def compiled(pattern: str, any_case: bool) -> Any:
    """A pattern to `find` with. Raises re2.error for one that RE2 refuses."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.case_sensitive = not any_case
    return re2.compile(pattern, options)


def problem(pattern: str, any_case: bool) -> str:
    """Why a pattern cannot be used; empty when it can."""
    if len(pattern) > MAX_LENGTH:
        return f"a regex of {len(pattern)} characters, and at most {MAX_LENGTH} are read"
    try:
        if compiled(pattern, any_case).match(""):
            return "this regex is found in every text, because it may be empty"
    except re2.error as error:
        why = error.args[0]
        return f"no regex: {why.decode() if isinstance(why, bytes) else why}"
    except UnicodeEncodeError:
        return "no regex: it is not Unicode text"
    return ""


def find(pattern: Any, text: str) -> Iterator[Span]:
    """Where a compiled pattern is found, empty places left out."""
    if not text.isascii():
        text = text.encode(errors="replace").decode()  # lone surrogates, each to one character
    for found in pattern.finditer(text):
        start, end = found.span()
        if start < end:
            yield Span(start, end)
