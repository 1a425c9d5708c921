"""From the files that editors write to a rule set, or to every fault in them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase

from monitor import yamldoc
from monitor.errors import MOST_FAULTS, ConfigError, Fault
from monitor.model import Accumulation, Distinct, Grouping, Severity, digest
from monitor.rules import names, query, tree
from monitor.rules.entries import File, Written, documents, entries, listed, patiently, taken
from monitor.rules.examples import failure
from monitor.rules.format import query_text
from monitor.rules.inflections import MEND, Inflections, Key, nominatives
from monitor.rules.match import Plan
from monitor.rules.planner import Planner
from monitor.rules.ruleset import Example, Gate, Ready, Rule, RuleSet, Status
from monitor.rules.schema import (
    EntityEntry,
    EntityFile,
    FilterEntry,
    FilterFile,
    FilterTargets,
    RuleEntry,
    RuleFile,
    RuleTest,
    Sample,
)
from monitor.rules.structured import Structured, StructureError

_MAX_SUGGESTIONS = 100
"""Unknown ids for which near ones are sought: the search is slow where entities are many."""


def load(
    entities: Sequence[File],
    rules: Sequence[File],
    filters: Sequence[File] = (),
    inflections: Sequence[File] = (),
) -> RuleSet:
    """A rule set from entity files, rule files, filters that rules share, and the lock file of inflected names.

    Raises ConfigError with every fault of every file, until there are
    MOST_FAULTS; failing rule tests are among them.
    """
    loading = _Loading()
    with _no_collections():
        loading.inflections(inflections)
        people = loading.entities(entities)
        planner = Planner(people)  # let go of after the files, so that it takes two pauses and not one long one
        ready = loading.rules(rules, filters, planner)
        if loading.faults:
            raise ConfigError(loading.faults[:MOST_FAULTS])
        texts = (sorted(text for _, text in files) for files in (entities, rules, filters, inflections))
        return RuleSet(ready, people, digest(*(digest(*each) for each in texts)))


@contextmanager
def _no_collections() -> Iterator[None]:
    """Loading makes millions of objects that stay and no cycles: looking for garbage took a third of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
        self._inflections: Inflections | None = Inflections()
        """None when the lock file has faults; then no case is called missing."""

    def inflections(self, files: Sequence[File]) -> None:
        """Take in the reviewed cases of names."""
        try:
            self._inflections = Inflections(files)
        except ConfigError as error:
            self.faults += error.faults
            self._inflections = None

    def entities(self, files: Sequence[File]) -> list[names.Entity]:
        """The entities of these files that are without fault."""
        read = documents(files, self.faults)
        self._all_listed = len(read) == len(files)
        for document in read:
            for raw in listed(document, "entities"):
                tags = raw.get("tags")
                self._listed_ids.update(map(str, [raw.get("id"), *(tags if isinstance(tags, list) else ())]))
                self._listed_offices.add(str(raw.get("office")))
        written = entries(read, EntityFile, "entities", EntityEntry, self.faults)
        return [self._entity(each) for each in written]

    def rules(self, files: Sequence[File], filters: Sequence[File], planner: Planner) -> list[Ready]:
        """The rules of these files that are without fault, ready to run."""
        shared = entries(documents(filters, self.faults), FilterFile, "filters", FilterEntry, self.faults)
        written = entries(documents(files, self.faults), RuleFile, "rules", RuleEntry, self.faults)
        gates = [gate for each in patiently(shared, self.faults) if (gate := self._gate(each, written, planner))]
        known = {entry.entry.id for entry in shared}
        ready: list[Ready] = []
        for each in patiently(taken(written), self.faults):
            self.faults += _unknown_filters(each, known)
            if made := self._rule(each, gates, planner):
                ready.append(made)
        return ready

    def _entity(self, written: Written[EntityEntry]) -> names.Entity:
        entry = written.entry
        others = tuple(dict.fromkeys((*entry.aka, *self._inflected(written))))
        own = {row for name in (entry.name, *others) for row in names.spellings(name)}
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
            aka=others,
            inflected=tuple(spelling for _, spelling in nominatives(entry)),
            namesakes=entry.namesakes,
            tags=entry.tags,
            office=entry.office or "",
            shorts=tuple(names.ShortForms(short.forms, short.or_near) for short in entry.short),
            wikidata=entry.wikidata or "",
        )

    def _inflected(self, written: Written[EntityEntry]) -> Iterator[str]:
        """The spellings that are inflected, each followed by its other cases."""
        for way, spelling in nominatives(written.entry):
            yield spelling.name
            if self._inflections is not None:
                forms = self._inflections.forms.get(Key(written.entry.id, spelling))
                if forms is None:
                    message = f"the cases of {spelling.name} are not in the lock file"
                    self.faults.append(written.fault(way, message, MEND))
                yield from forms or ()

    def _gate(
        self, written: Written[FilterEntry], rules: Sequence[Written[RuleEntry]], planner: Planner
    ) -> _Shared | None:
        entry = written.entry
        for key, targets in (("only", entry.only), ("except", entry.except_)):
            for number, name in enumerate(targets.rules):
                if not any(fnmatchcase(rule.entry.id, name) for rule in rules):
                    hint = yamldoc.suggestion(name, [rule.entry.id for rule in rules])
                    self.faults.append(written.fault((key, "rules", number), f"there is no rule {name}", hint))
        try:
            asked = query.parse(entry.query, alone=False)
        except query.QueryError as error:
            self.faults.append(written.fault(("query",), error.message, error.hint, offset=error.start))
            return None
        try:
            return _Shared(entry, planner.plan(asked))
        except KeyError:
            self.faults += self._unknown_names(written, asked, lambda node: (("query",), node.span.start))
            return None

    def _rule(self, written: Written[RuleEntry], shared: Iterable[_Shared], planner: Planner) -> Ready | None:
        entry = written.entry
        try:
            text = entry.query if entry.structured is None else query_text(Structured(entry.structured).tree)
            asked = query.parse(text)
        except query.QueryError as error:
            self.faults.append(written.fault(("query",), error.message, error.hint, offset=error.start))
            return None
        except StructureError as error:
            way = ("structured", *error.way)
            self.faults.append(written.fault(way, error.message, error.hint, offset=error.offset))
            return None
        try:
            plan = planner.plan(asked)
        except KeyError:
            self.faults += self._unknown_in_rule(written)
            return None
        ready = Ready(_rule(entry, text), plan, tuple(_gates(entry, shared)))
        for number, example in patiently(enumerate(ready.rule.tests), self.faults):
            if message := failure(ready, example):
                way = ("tests", number, "match" if example.fires else "no")
                self.faults.append(written.fault(way, message, "mend the query or the test"))
        return ready

    def _unknown_in_rule(self, written: Written[RuleEntry]) -> Iterator[Fault]:
        entry = written.entry
        if entry.structured is None:
            asked = query.parse(entry.query)
            return self._unknown_names(written, asked, lambda node: (("query",), node.span.start))
        structured = Structured(entry.structured)
        return self._unknown_names(written, structured.tree, structured.place, "structured")

    def _unknown_names(
        self,
        written: Written[RuleEntry] | Written[FilterEntry],
        asked: tree.Node,
        place: Callable[[tree.Node], tuple[yamldoc.Loc, int | None]],
        *way: str,
    ) -> Iterator[Fault]:
        for node in tree.walk(asked) if self._all_listed else ():
            match node:
                case tree.Entity(id_) if id_ not in self._listed_ids:
                    message, hint = f"there is no entity {id_}", self._suggestion(id_, self._listed_ids)
                case tree.Office(id_) if id_ not in self._listed_offices:
                    message, hint = f"nobody holds the office {id_}", self._suggestion(id_, self._listed_offices)
                case _:
                    continue
            there, offset = place(node)
            yield written.fault((*way, *there), message, hint, offset=offset)

    def _suggestion(self, unknown: str, known: set[str]) -> str:
        if unknown not in self._suggestions and len(self._suggestions) < _MAX_SUGGESTIONS:
            self._suggestions[unknown] = yamldoc.suggestion(unknown, known)
        return self._suggestions.get(unknown) or "add it to a file in entities/"


@dataclass(frozen=True, slots=True)
class _Shared:
    """A filter, ready to run."""

    entry: FilterEntry
    plan: Plan


def _gates(rule: RuleEntry, shared: Iterable[_Shared]) -> Iterator[Gate]:
    """The filters that a rule names, and those that name it or a tag of it."""
    for each in shared:
        filter_ = each.entry
        if filter_.id in rule.only or _is_target(rule, filter_.only):
            yield Gate(filter_.id, each.plan, keeps=True)
        if filter_.id in rule.except_ or _is_target(rule, filter_.except_):
            yield Gate(filter_.id, each.plan, keeps=False)


def _is_target(rule: RuleEntry, targets: FilterTargets) -> bool:
    named = any(fnmatchcase(rule.id, name) for name in targets.rules)
    return named or any(fnmatchcase(tag, name) for tag in rule.tags for name in targets.tags)


def _unknown_filters(written: Written[RuleEntry], known: set[str]) -> Iterator[Fault]:
    for key, named in (("only", written.entry.only), ("except", written.entry.except_)):
        for number, name in enumerate(named):
            if name not in known:
                hint = yamldoc.suggestion(name, known) or "add it to filters.yaml"
                yield written.fault((key, number), f"there is no filter {name}", hint)


def _rule(entry: RuleEntry, text: str) -> Rule:
    asked = entry.when
    return Rule(
        id=entry.id,
        query=text,
        severity=Severity[entry.severity.upper()],
        tags=entry.tags,
        title=entry.title,
        note=entry.note,
        status=Status(entry.status),
        expires=entry.expires,
        throttle=entry.throttle,
        group=Grouping(entry.group),
        when=Accumulation(asked.count, Distinct(asked.distinct), asked.within) if asked else None,
        tests=tuple(_example(test) for test in entry.tests),
    )


def _example(test: RuleTest) -> Example:
    sample = test.match or test.no or Sample()
    return Example(
        fires=test.match is not None,
        title=sample.title,
        body=sample.body,
        author=sample.author,
        feed=sample.feed,
        source=sample.source,
        lang=sample.lang,
        at=sample.at,
        spans=test.spans,
        entities=test.entities,
    )
