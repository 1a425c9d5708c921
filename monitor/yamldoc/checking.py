"""From a `Document` to a pydantic model, and from its complaints to sentences with places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import MOST_FAULTS, ConfigError, Fault
from monitor.yamldoc.document import KEY, Document, Loc

M = TypeVar("M", bound=BaseModel)

_Schema = dict[str, Any]


def validate(document: Document, model: type[M]) -> M:
    """The document as a `model`.

    Raises ConfigError with a fault for everything that does not fit, MOST_FAULTS at most.
    """
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        faults = list(islice(_model_faults(document, model, error), MOST_FAULTS))
    raise ConfigError(faults)


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean …?` for the nearest of the known words, or nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f"did you mean {near[0]}?" if near else ""


def _model_faults(document: Document, model: type[BaseModel], error: ValidationError) -> Iterator[Fault]:
    wanted: dict[tuple[int, int, str, str], list[str]] = {}
    for problem in error.errors(include_url=False):
        loc, kind = problem["loc"], problem["type"]
        name = _name(document, loc, missing=kind == "missing")
        if kind == "extra_forbidden":
            known = _known_keys(model, loc[:-1])
            hint = suggestion(str(loc[-1]), known) or "known here: " + ", ".join(known)
            yield document.fault((*loc, KEY), f"unknown key {name}", hint)
        elif kind == "missing":
            yield document.fault(loc, f"{name} is missing")
        elif kind in _EXPECTED:  # one for each member of a union: told in one sentence
            told = (*document.place(loc), name, _found(problem["input"]))
            wanted.setdefault(told, []).append(_EXPECTED[kind])
        else:
            yield document.fault(loc, *_sentence(name, problem))
    for (line, column, name, found), kinds in wanted.items():
        expected = " or ".join(dict.fromkeys(kinds))
        hint = "put it in quotes" if "text" in kinds and found.startswith(("the number", "true", "false")) else ""
        yield Fault(document.name, line, column, f"{name} must be {expected}, not {found}", hint)


_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
"""pydantic's kinds of type error, and what a person should have written."""


def _sentence(name: str, problem: ErrorDetails) -> tuple[str, str]:
    """Message and hint for an error that is not about a missing or unknown key or a plain type."""
    context = problem.get("ctx", {})
    found = _found(problem["input"])
    match problem["type"]:
        case "literal_error" | "enum":
            choices = re.findall(r"'([^']*)'", context["expected"]) or [context["expected"]]
            hint = suggestion(str(problem["input"]), choices)
            return f"{name} must be one of {', '.join(choices)}, not {found}", hint
        case "union_tag_invalid":
            choices = re.findall(r"'([^']*)'", context["expected_tags"])
            key = context["discriminator"].strip("'")
            hint = suggestion(context["tag"], choices)
            return f"`{key}` must be one of {', '.join(choices)}, not '{context['tag']}'", hint
        case "union_tag_not_found":
            return f"`{context['discriminator'].strip(chr(39))}` is missing", "it says what kind of entry this is"
        case "string_too_short" | "too_short":
            return f"{name} must not be empty" if context["min_length"] == 1 else f"{name} is too short", ""
        case "value_error" | "assertion_error":
            message = problem["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
            return f"{name}: {message}", ""
        case _:
            return f"{name}: {problem['msg'].replace('Input should', 'it should')}, not {found}", ""


def _name(document: Document, loc: Loc, *, missing: bool) -> str:
    """What to call the place in a sentence: its key, or its number in the list of that key."""
    way = document.spot(loc).way
    if missing:
        return f"`{loc[-1]}`"
    if not way:
        return "the file"
    key = next((part for part in reversed(way) if isinstance(part, str)), "")
    if isinstance(way[-1], int):
        return f"item {way[-1] + 1} of `{key}`" if key else f"item {way[-1] + 1}"
    return f"`{key}`"


def _found(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"'{value}'" if len(value) <= 60 else f"'{value[:59]}…'"
        case list():
            return "a list"
        case _:
            return "a mapping"


def _known_keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """The keys a model takes at `loc`, found along its JSON Schema."""
    schema = _schema(model)
    here = list(_alternatives(schema, schema))
    for part in loc:
        below = [found for place in here for found in _step(schema, place, part)]
        here = below or [place for place in here if _is_tagged(place, part)] or here
    return list(dict.fromkeys(key for place in here for key in place.get("properties", ())))


def _is_tagged(place: _Schema, part: str | int) -> bool:
    """Whether this is the member of a union that pydantic calls `part`."""
    return any(value.get("const") == part for value in place.get("properties", {}).values())


@lru_cache(maxsize=8)
def _schema(model: type[BaseModel]) -> _Schema:
    return model.model_json_schema()


def _alternatives(schema: _Schema, place: _Schema) -> Iterator[_Schema]:
    """The schemas that `place` stands for: itself, what it refers to, or each member of a union."""
    if "$ref" in place:
        yield from _alternatives(schema, schema["$defs"][place["$ref"].rpartition("/")[2]])
        return
    members = place.get("oneOf") or place.get("anyOf")
    if not members:
        yield place
    for member in members or ():
        yield from _alternatives(schema, member)


def _step(schema: _Schema, place: _Schema, part: str | int) -> Iterator[_Schema]:
    """The schemas of the value at `part`, an index or key of a value that fits `place`."""
    if isinstance(part, int):
        below = [place.get("items")]
    elif part in place.get("properties", {}):
        below = [place["properties"][part]]
    else:
        below = [place.get("additionalProperties"), *place.get("patternProperties", {}).values()]
    for found in below:
        if isinstance(found, dict):
            yield from _alternatives(schema, found)
