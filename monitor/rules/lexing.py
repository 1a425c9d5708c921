"""The words and signs of a query."""

from __future__ import annotations

import re
from typing import NamedTuple

from monitor.errors import ConfigError, Fault
from monitor.model import Span
from monitor.rules.text import Region
from monitor.yamldoc import suggestion

DOUBLE = '"“”„‟«»＂'
SINGLE = "'‘‚‹"

FILTERS = ("feed", "source", "lang", "category", "kind", "agency")
"""What can be asked of an item besides its texts."""

MAX_LENGTH = 500_000
MAX_NUMBER = 100
"""The largest n of NEAR/n and ATLEAST/n."""


class QueryError(ConfigError):
    """A query that cannot be read: what, at which character, and the mend."""

    def __init__(self, message: str, start: int, hint: str = "") -> None:
        self.message, self.start, self.hint = message, start, hint
        super().__init__([Fault("query", 1, start + 1, message, hint)])


class Lexeme(NamedTuple):
    """A word or sign, and where it stands."""

    kind: str
    """`open close phrase star exact cased entity regex filter office scope weight and or not near atleast sentence
    score end`."""
    text: str
    span: Span


_FIELDS = (*Region, *FILTERS, "office")
_LEXEME = re.compile(
    rf"""
      (?P<open>\()
    | (?P<close>\))
    | [{DOUBLE}](?P<phrase>[^{DOUBLE}]*)[{DOUBLE}]
    | [{SINGLE}](?P<single>[^'’‘›‹]*(?:['’‘›‹](?=\w)[^'’‘›‹]*)*)['’‘›‹]
    | @(?P<entity>[\w.-]*)
    | /(?P<regex>(?:[^/\\\n]|\\.)+/i?)(?=[\s()^]|$)
    | (?P<operator>(?:(?:O|NOT)?NEAR|ATLEAST|SENTENCE|SCORE)(?:/[\w.*]*)?)(?=[\s(){DOUBLE}{SINGLE}@]|$)
    | (?P<scope>(?:{"|".join(Region)}):)\s*
    | (?P<filter>(?:{"|".join((*FILTERS, "office"))}):(?:[{DOUBLE}][^{DOUBLE}]*[{DOUBLE}]|[^\s(){DOUBLE}^]*))
    | (?<=[^\s(:])\^(?P<weight>-?[0-9]{{1,9}}(?:\.[0-9]{{1,9}})?)(?![\w.])
    | (?P<star>(?<=[^\s(:])\*)
    | (?P<mark>(?<![^\s(:])[=^](?=\S))
    | (?P<unclosed>[{DOUBLE}{SINGLE}])
    | (?P<word>[^\s(){DOUBLE}*=^]+)
    | (?P<odd>\S)
    """,
    re.VERBOSE,
)
_MOST_SHOWN = 60
_MARKS = {"=": "exact", "^": "cased"}
_FOREIGN = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "-": "NOT"}
"""Operators of other search languages."""
_FOREIGN_NEAR = re.compile(r"(?:w|n|pre)/\d+|(?:near|within|onear|notnear)[/~]?\d+|~\d+", re.IGNORECASE)
_RESERVED = re.compile(r"[*=^/:;,<>\[\]{}\\`~|@#$%?!+]")


def lexemes(text: str) -> list[Lexeme]:
    """The lexemes of a query, `end` last. Raises QueryError at the first character that fits none."""
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query of {len(text):,} characters, and at most {MAX_LENGTH:,} are read", 0, "split the rule"
        )
    found = [_lexeme(match) for match in _LEXEME.finditer(text)]
    found.append(Lexeme("end", "", Span(len(text), len(text))))
    return found


def is_bare(text: str) -> bool:
    """Whether a text is read as a phrase of one word without being quoted."""
    match = _LEXEME.match(text)
    try:
        return match is not None and match[0] == text and match.lastgroup == "word" and _lexeme(match).kind == "phrase"
    except QueryError:
        return False


def _lexeme(match: re.Match[str]) -> Lexeme:
    kind, span = match.lastgroup or "", Span(*match.span())
    text = match[kind]
    match kind:
        case "unclosed":
            raise QueryError("this quote is never closed", span.start, "add the closing quote")
        case "odd":
            hint = "it goes right before a word" if text in _MARKS else "it ends a word, as in sanction*"
            raise QueryError(f"`{text}` cannot stand here", span.start, hint)
        case "single":
            kind = "phrase"
        case "mark":
            kind = _MARKS[text]
        case "operator":
            kind = text.partition("/")[0].lower()
            kind = "near" if kind.endswith("near") else kind
        case "scope":
            text = text.rstrip(":")
        case "filter":
            name, _, value = text.partition(":")
            kind = "office" if name == "office" else "filter"
            _check_value(name, value.strip(DOUBLE), span.start)
        case "word":
            kind = text.lower() if text in ("AND", "OR", "NOT") else "phrase"
            if kind == "phrase":
                _check_word(text, span.start)
    return Lexeme(kind, text, span)


def _check_value(name: str, value: str, start: int) -> None:
    example = "office:foreign-minister" if name == "office" else f"{name}:reuters"
    if not value.strip():
        raise QueryError(f"nothing follows this {name}:", start, f"write its value right after it, as in {example}")
    if not value.strip("* "):
        raise QueryError(f"{name}:{value} holds for every item", start, "remove it")


def _check_word(word: str, start: int) -> None:
    if _FOREIGN_NEAR.fullmatch(word):
        raise QueryError(f"`{word}` is no operator here", start, "for words near each other write a NEAR/5 b")
    if word in _FOREIGN or word[0] in "-!+":
        operator = _FOREIGN[word if word in _FOREIGN else word[0]]
        raise QueryError(f"`{word}` is no operator here", start, f"write {operator}")
    if word[0] == "/":
        hint = f'close the regex with /, or put it in quotes: "{clipped(word)}"'
        raise QueryError("this / is never closed, or something stands right after it", start, hint)
    if reserved := _RESERVED.search(word):
        raise QueryError(f"`{reserved[0]}` cannot stand in a word", start + reserved.start(), _mend(word, reserved[0]))


def _mend(word: str, reserved: str) -> str:
    if reserved in ",;":
        return "join terms with AND or OR"
    name, colon, _ = word.partition(":")
    if colon and (near := suggestion(name.lower(), _FIELDS)):
        return near.replace("?", ":?")
    return f'put it in quotes: "{clipped(word)}"'


def clipped(word: str) -> str:
    """A word as messages show it."""
    return word if len(word) <= _MOST_SHOWN else f"{word[:_MOST_SHOWN]}…"
