"""From the files that editors write to a rule set, or to every fault in them.

A fault in one entry hides neither those of the others nor its own further
ones: what can be made sense of is checked on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import ValidationError

from monitor import yamldoc
from monitor.errors import ConfigError, Fault
from monitor.model import Severity, digest
from monitor.rules import names, query, tree
from monitor.rules.examples import failure
from monitor.rules.match import Plan
from monitor.rules.planner import Planner
from monitor.rules.ruleset import Example, Rule, RuleSet
from monitor.rules.schema import EntityEntry, EntityFile, RuleEntry, RuleFile

File = tuple[str, str]
"""A file's name, as faults give it, and its text."""

Entry = TypeVar("Entry", EntityEntry, RuleEntry)

_MAX_SUGGESTIONS = 100
"""Unknown ids for which near ones are sought: the search is slow where entities are many."""


def load(entities: Sequence[File], rules: Sequence[File]) -> RuleSet:
    """A rule set from entity files and rule files.

    Raises ConfigError with every fault of every file; failing rule tests are
    among them.
    """
    loading = _Loading()
    people = loading.entities(entities)
    ready = loading.rules(rules, people)
    if loading.faults:
        raise ConfigError(loading.faults)
    content = digest(*(digest(*sorted(text for _, text in files)) for files in (entities, rules)))
    return RuleSet(ready, people, content)


@dataclass(frozen=True, slots=True)
class _Written(Generic[Entry]):
    """An entry, and where it is written."""

    entry: Entry
    document: yamldoc.Document
    loc: yamldoc.Loc

    def fault(self, way: yamldoc.Loc, message: str, hint: str, *, offset: int | None = None) -> Fault:
        return self.document.fault((*self.loc, *way), message, hint, offset=offset)

    @property
    def place(self) -> str:
        line, column = self.document.place((*self.loc, "id"))
        return f"{self.document.name}:{line}:{column}"


class _Loading:
    """One load, and every fault in it."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._listed_ids: set[str] = set()
        """Ids and tags that entities have in the files, faulty entities among them."""
        self._listed_offices: set[str] = set()
        self._all_listed = True
        """Whether every entity file could be read; if not, no entity is called unknown."""
        self._suggestions: dict[str, str] = {}

    def entities(self, files: Sequence[File]) -> list[names.Entity]:
        """The entities of these files that are without fault."""
        documents = self._documents(files)
        self._all_listed = len(documents) == len(files)
        for document in documents:
            for _, raw in _listed(document, "entities"):
                tags = raw.get("tags")
                self._listed_ids.update(map(str, [raw.get("id"), *(tags if isinstance(tags, list) else ())]))
                self._listed_offices.add(str(raw.get("office")))
        return [self._entity(written) for written in self._entries(documents, EntityFile, "entities", EntityEntry)]

    def rules(self, files: Sequence[File], entities: Sequence[names.Entity]) -> list[tuple[Rule, Plan]]:
        """The rules of these files that are without fault, ready to run."""
        planner = Planner(entities)
        written = self._entries(self._documents(files), RuleFile, "rules", RuleEntry)
        return [ready for each in written if (ready := self._rule(each, planner))]

    def _documents(self, files: Sequence[File]) -> list[yamldoc.Document]:
        documents = []
        for name, text in files:
            try:
                documents.append(yamldoc.read(text, name))
            except ConfigError as error:
                self.faults += error.faults
        return documents

    def _entries(
        self, documents: Iterable[yamldoc.Document], shape: type[EntityFile | RuleFile], key: str, model: type[Entry]
    ) -> list[_Written[Entry]]:
        """The entries that make sense, some of them perhaps with the same id."""
        found: list[_Written[Entry]] = []
        first: dict[str, _Written[Entry]] = {}
        for document in documents:
            try:
                yamldoc.validate(document, shape)
            except ConfigError as error:
                self.faults += error.faults
            for number, raw in _listed(document, key):
                if (entry := _salvaged(raw, model)) is None:
                    continue
                written = _Written(entry, document, (key, number))
                found.append(written)
                if raw.get("id") == entry.id and first.setdefault(entry.id, written) is not written:
                    message = f"the id {entry.id} is used for the second time"
                    self.faults.append(written.fault(("id",), message, f"the first is at {first[entry.id].place}"))
        return found

    def _entity(self, written: _Written[EntityEntry]) -> names.Entity:
        entry = written.entry
        own = {row for name in (entry.name, *entry.aka) for row in names.spellings(name)}
        for number, namesake in enumerate(entry.namesakes):
            if own.intersection(names.spellings(namesake)):
                message = f"'{namesake}' is also a spelling of {entry.id} itself"
                self.faults.append(written.fault(("not", number), message, "keep one of the two"))
        for number, short in enumerate(entry.short):
            for position, form in enumerate(short.forms):
                if own.intersection(names.spellings(form)):
                    message = f"'{form}' is also a spelling of {entry.id} that needs nothing else"
                    self.faults.append(
                        written.fault(("short", number, "forms", position), message, "keep one of the two")
                    )
        return names.Entity(
            id=entry.id,
            name=entry.name,
            aka=entry.aka,
            namesakes=entry.namesakes,
            tags=entry.tags,
            office=entry.office or "",
            shorts=tuple(names.ShortForms(short.forms, short.or_near) for short in entry.short),
            wikidata=entry.wikidata or "",
        )

    def _rule(self, written: _Written[RuleEntry], planner: Planner) -> tuple[Rule, Plan] | None:
        entry = written.entry
        try:
            asked = query.parse(entry.query)
        except query.QueryError as error:
            self.faults.append(written.fault(("query",), error.message, error.hint, offset=error.start))
            return None
        self.faults += self._unknown_names(written, asked)
        if not planner.knows(asked):
            return None
        rule, plan = _rule(entry), planner.plan(asked)
        for number, example in enumerate(rule.tests):
            if message := failure(rule, plan, example):
                way = ("tests", number, "match" if example.fires else "no")
                self.faults.append(written.fault(way, message, "mend the query or the test"))
        return rule, plan

    def _unknown_names(self, written: _Written[RuleEntry], asked: tree.Node) -> Iterator[Fault]:
        for node in tree.walk(asked) if self._all_listed else ():
            match node:
                case tree.Entity(id_) if id_ not in self._listed_ids:
                    message, hint = f"there is no entity {id_}", self._suggestion(id_, self._listed_ids)
                case tree.Office(id_) if id_ not in self._listed_offices:
                    message, hint = f"nobody holds the office {id_}", self._suggestion(id_, self._listed_offices)
                case _:
                    continue
            yield written.fault(("query",), message, hint, offset=node.span.start)

    def _suggestion(self, unknown: str, known: set[str]) -> str:
        if unknown not in self._suggestions and len(self._suggestions) < _MAX_SUGGESTIONS:
            self._suggestions[unknown] = yamldoc.suggestion(unknown, known)
        return self._suggestions.get(unknown) or "add it to a file in entities/"


def _listed(document: yamldoc.Document, key: str) -> Iterator[tuple[int, dict[str, object]]]:
    """The mappings in the list at `key`, with their numbers in it."""
    values = document.value.get(key) if isinstance(document.value, dict) else None
    for number, raw in enumerate(values if isinstance(values, list) else ()):
        if isinstance(raw, dict):
            yield number, raw


def _rule(entry: RuleEntry) -> Rule:
    tests = tuple(Example(test.match or test.no or "", fires=test.match is not None) for test in entry.tests)
    severity = Severity[entry.severity.upper()]
    return Rule(entry.id, entry.query, severity, entry.tags, entry.title, entry.note, tests)


def _salvaged(raw: dict[str, object], model: type[Entry]) -> Entry | None:
    """An entry, without those of its keys that are faulty; None when it needs them."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faulty = {problem["loc"][0] for problem in error.errors() if problem["loc"]}
    sound = {key: value for key, value in raw.items() if key not in faulty}
    try:
        return model.model_validate({"id": "unnamed", **sound})
    except ValidationError:
        return None
