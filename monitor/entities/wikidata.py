"""Names from Wikidata: the JSON that it gives out, of one entity, of several, or of a whole dump.

Understood are `Special:EntityData/Q….json` (`{"entities": {…}}`), one entity,
and a list of them, as dumps are. See "Wikibase JSON":
`labels` hold one name for each language, `aliases` the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from monitor.errors import ConfigError, Fault


class _Term(BaseModel):
    language: str
    value: str


class _Entity(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str
    labels: dict[str, _Term] = {}
    aliases: dict[str, list[_Term]] = {}


_ENTITIES: Final = TypeAdapter(list[_Entity])
_FIRST: Final = ("en", "mul")
"""Languages from which a name for all is taken, before any other."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity of Wikidata with its names."""

    id: str
    """Its number there, such as Q58217."""
    name: str
    others: tuple[tuple[str, str], ...]
    """(language, name), labels before aliases, English first."""


def read(text: str, file: str, languages: Sequence[str] = ()) -> tuple[Named, ...]:
    """The entities in a file, with their names in these languages (none: all).

    Raises ConfigError for what is not Wikidata's JSON.
    """
    try:
        entities = _ENTITIES.validate_python(_values(text))
    except json.JSONDecodeError as error:
        raise ConfigError([Fault(file, error.lineno, error.colno, f"is not JSON: {error.msg}")]) from None
    except ValidationError as error:
        way = " → ".join(map(str, error.errors()[0]["loc"][1:])) or "its entities"
        hint = "save https://www.wikidata.org/wiki/Special:EntityData/Q58217.json, for instance"
        raise ConfigError([Fault(file, 0, 0, f"is not an entity of Wikidata: {way} is amiss", hint)]) from None
    return tuple(_named(entity, languages) for entity in entities if entity.labels)


def _values(text: str) -> list[object]:
    """The entities, as parsed JSON."""
    value = json.loads(text)
    if isinstance(value, dict) and isinstance(value.get("entities"), dict):
        return list(value["entities"].values())
    return value if isinstance(value, list) else [value]


def _named(entity: _Entity, languages: Sequence[str]) -> Named:
    langs = sorted(entity.labels.keys() | entity.aliases.keys(), key=lambda lang: (lang not in _FIRST, lang))
    name = next(entity.labels[lang].value for lang in langs if lang in entity.labels)
    wanted = [lang for lang in langs if not languages or lang.partition("-")[0] in languages]
    return Named(entity.id, name, tuple(_terms(entity, wanted)))


def _terms(entity: _Entity, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for lang in languages:
        if lang in entity.labels:
            yield lang, entity.labels[lang].value
        yield from ((lang, alias.value) for alias in entity.aliases.get(lang, ()))
