"""The rules folder, read whole: every file, every fault, or a set that holds together.

    feeds.yaml      what to poll
    routes.yaml     channels, who hears what, where the service's own troubles go
    entities/*.yaml people and organisations with their spellings; inflect.lock.yaml has the cases of some
    filters.yaml    queries that rules share, to fire on such items only or on all but such
    *.yaml          rules

The daemon, hot reload and `wirewatch check` share this one loader.
"""

from __future__ import annotations

import gc
import hashlib
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from monitor import rules, yamldoc
from monitor.alerts.routes import Route, Way, nowhere, unread
from monitor.channels import ChannelConfig, missing
from monitor.channels.console import ConsoleConfig
from monitor.config import Settings, unset_secret
from monitor.errors import ConfigError, Fault
from monitor.ingest.feeds import load_feeds, risks
from monitor.model import Feed, Item, Silence

FEEDS = "feeds.yaml"
ROUTES = "routes.yaml"
FILTERS = "filters.yaml"
ENTITIES = "entities"
INFLECTIONS = f"{ENTITIES}/inflect.lock.yaml"
SUFFIXES = (".yaml", ".yml")


def _none_is_empty(value: object) -> object:
    return [] if value is None else value


class RoutesFile(BaseModel):
    """The shape of `routes.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: dict[str, ChannelConfig] = Field(description="Where alerts may go, by a name of your choice.")
    routes: list[Route] = Field(description="Who hears what: read from the top, the first that fits wins.")
    ops: Annotated[list[str], BeforeValidator(_none_is_empty, json_schema_input_type=list[str] | None)] = Field(
        default=[], description="Channels for the service's own troubles."
    )


CONSOLE_ONLY = RoutesFile(channels={"here": ConsoleConfig(type="console")}, routes=[Route(to=("here",))], ops=["here"])
"""What a folder without `routes.yaml` means: everything to the console."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything an editor wrote, valid as a whole."""

    feeds: dict[str, Feed]
    rules: rules.RuleSet
    channels: dict[str, ChannelConfig]
    routes: tuple[Route, ...]
    ops: tuple[str, ...]
    hash: str
    """Of all files, 12 hex digits: says which set is in force."""
    notes: tuple[Fault, ...] = ()
    """What is well and yet worth knowing, such as what a channel of some kind cannot do."""


@dataclass(slots=True)
class InForce:
    """The set that holds now. A reload replaces it whole; who holds a `Desk` finishes with that one."""

    desk: Desk
    silences: tuple[Silence, ...] = ()
    """As the store had them a moment ago."""

    def __post_init__(self) -> None:
        _let_go_slowly(self.desk.rules)

    def put(self, desk: Desk) -> None:
        """From now on this one holds."""
        _let_go_slowly(desk.rules)
        self.desk = desk

    def latest(self, desk: Desk) -> Desk:
        """The same set as it is now: without the rules that failed since."""
        return self.desk if self.desk.hash == desk.hash else desk

    def disable(self, rule: str, desk: Desk) -> Desk:
        """A set without a rule that failed; in force instead of it, if it is the one."""
        fewer = replace(desk, rules=desk.rules.without(rule))
        if self.desk.hash == desk.hash:
            self.put(fewer)
        return fewer


def _let_go_slowly(rule_set: rules.RuleSet) -> None:
    """Once nobody holds the rules a thread frees them one by one: a hundred thousand at once would stop all threads."""

    def free(parts: list[object]) -> None:
        while parts:
            parts.pop()

    def begin(parts: list[object]) -> None:
        Thread(target=free, args=(parts,), daemon=True).start()

    weakref.finalize(rule_set, begin, rule_set.parts()).atexit = False


@contextmanager
def kept() -> Iterator[None]:
    """What is made within stays: it is left out of garbage collections.

    A look through the objects of a hundred thousand rules would stop all
    threads for a second, again and again.
    """
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@kept()
def load(folder: Path, settings: Settings, *, secrets: bool = True) -> Desk:
    """Read the rules folder.

    Raises ConfigError with every fault of every file, each with its place.
    `secrets=False` is for commands that ask and send nothing: a feed or a
    channel may lack its secret then.
    """
    faults: list[Fault] = []
    files = _read(folder, faults)
    notes: list[Fault] = []
    feeds: Sequence[Feed] = ()
    if FEEDS not in files:
        faults.append(Fault(str(folder / FEEDS), 0, 0, "there is no such file", "it lists the feeds to poll"))
    elif (document := _document(str(folder / FEEDS), files[FEEDS], faults)) is not None:
        feeds = _feeds(document, settings, faults)
        notes += _risks(document, feeds)
        faults += _keyless(document, feeds, settings) if secrets else []
    rule_set: rules.RuleSet | None = None
    try:
        rule_set = rules.load(*_rule_files(folder, files))
    except ConfigError as error:
        faults += error.faults
    wiring = CONSOLE_ONLY
    if ROUTES in files:
        document = _document(str(folder / ROUTES), files[ROUTES], faults)
        if document is not None:
            faults += _unknown_names(document, rule_set)
            written = _wiring(document, faults)
            if written is not None:
                wiring = written
                notes += [*_limits(document, written), *_unread(document, written)]
                faults += _nowhere(document, written)
                faults += _lacking(document, written, settings) if secrets else []
    if faults or rule_set is None:
        raise ConfigError(faults)
    return Desk(
        feeds={feed.id: feed for feed in feeds},
        rules=rule_set,
        channels=wiring.channels,
        routes=tuple(wiring.routes),
        ops=tuple(wiring.ops),
        hash=_hash(files),
        notes=tuple(notes),
    )


@kept()
def tuned(desk: Desk, items: Iterable[Item]) -> Desk:
    """The same set, whose rules are looked up by words that are rare in items like these."""
    return replace(desk, rules=desk.rules.tuned(items))


def _hash(files: Mapping[str, str]) -> str:
    sha256 = hashlib.sha256()
    for name, text in sorted(files.items()):
        sha256.update(f"{name}\0{len(text)}\0{text}".encode())
    return sha256.hexdigest()[:12]


class RuleFiles(NamedTuple):
    """What `rules.load` takes: the (path, text) of each file."""

    entities: tuple[tuple[str, str], ...]
    rules: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str], ...]
    inflections: tuple[tuple[str, str], ...]


def rule_files(folder: Path) -> RuleFiles:
    """The files of a folder that rules are made of. Raises ConfigError."""
    faults: list[Fault] = []
    files = _rule_files(folder, _read(folder, faults))
    if faults:
        raise ConfigError(faults)
    return files


@kept()
def load_rules(folder: Path) -> rules.RuleSet:
    """Read only the rules of a folder, for commands that need neither feeds nor channels.

    Raises ConfigError with every fault of their files.
    """
    return rules.load(*rule_files(folder))


def _rule_files(folder: Path, files: Mapping[str, str]) -> RuleFiles:
    entities = [name for name in files if name.startswith(f"{ENTITIES}/") and name != INFLECTIONS]
    asked = [name for name in files if "/" not in name and name not in (FEEDS, ROUTES, FILTERS)]
    shared = [name for name in files if name == FILTERS]
    cases = [name for name in files if name == INFLECTIONS]
    return RuleFiles(
        *(tuple((str(folder / name), files[name]) for name in names) for names in (entities, asked, shared, cases))
    )


def _read(folder: Path, faults: list[Fault]) -> dict[str, str]:
    """Text of every YAML file, by path below the folder, sorted."""
    if not folder.is_dir():
        hint = "name your rules folder in WIREWATCH_RULES_DIR, or run from where it is"
        faults.append(Fault(str(folder), 0, 0, "there is no such folder", hint))
        return {}
    texts: dict[str, str] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES):
        place = path.relative_to(folder)
        if any(part.startswith(".") for part in place.parts):
            continue
        if len(place.parts) > 1 and place.parts[:-1] != (ENTITIES,):
            hint = f"rules stand beside {FEEDS}, people and organisations in {ENTITIES}/"
            faults.append(Fault(str(path), 0, 0, "would not be read: it lies in a folder of its own", hint))
            continue
        try:
            texts[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            faults.append(Fault(str(path), 0, 0, f"is not UTF-8 text (byte {error.start})", "save it as UTF-8"))
        except OSError as error:
            faults.append(Fault(str(path), 0, 0, f"cannot be read: {error.strerror}"))
    return texts


def _feeds(document: yamldoc.Document, settings: Settings, faults: list[Fault]) -> Sequence[Feed]:
    try:
        return load_feeds(document, settings.poll_floor)
    except ConfigError as error:
        faults += error.faults
        return ()


def _risks(document: yamldoc.Document, feeds: Sequence[Feed]) -> list[Fault]:
    """What is dangerous about how feeds are asked."""
    return [
        document.fault(("feeds", index), f"feed {feed.id!r}: {risk}")
        for index, feed in enumerate(feeds)
        for risk in risks(feed)
    ]


def _keyless(document: yamldoc.Document, feeds: Sequence[Feed], settings: Settings) -> list[Fault]:
    """Feeds whose secret the environment lacks."""
    return [
        document.fault(("feeds", index, "auth"), f"feed {feed.id!r} cannot be asked: {unset_secret(auth.secret)}")
        for index, feed in enumerate(feeds)
        if (auth := feed.access.auth) and not settings.secret(auth.secret)
    ]


def _document(name: str, text: str, faults: list[Fault]) -> yamldoc.Document | None:
    try:
        return yamldoc.read(text, name)
    except ConfigError as error:
        faults += error.faults
        return None


def _wiring(document: yamldoc.Document, faults: list[Fault]) -> RoutesFile | None:
    try:
        return yamldoc.validate(document, RoutesFile)
    except ConfigError as error:
        faults += error.faults
        return None


def _lacking(document: yamldoc.Document, wiring: RoutesFile, settings: Settings) -> list[Fault]:
    """Channels without what they need from the environment."""
    return [
        document.fault(("channels", channel), f"channel {channel!r} cannot work: {lacking}")
        for channel, config in wiring.channels.items()
        if (lacking := missing(config, settings))
    ]


def _limits(document: yamldoc.Document, wiring: RoutesFile) -> list[Fault]:
    """What channels of their kind cannot do."""
    return [
        document.fault(("channels", channel), f"channel {channel!r}: {lack}")
        for channel, config in wiring.channels.items()
        for lack in config.lacks()
    ]


def _unknown_names(document: yamldoc.Document, rule_set: rules.RuleSet | None) -> list[Fault]:
    """Channels and rules that are named and do not exist, whatever else is wrong with the file."""
    written = _mapping(document.value)
    known: dict[str, Iterable[str]] = {"channel": _mapping(written.get("channels"))}
    if rule_set is not None:
        known |= {"rule": rule_set.rules.keys(), "entity": rule_set.entities.keys()}
    wanted = [("channel", *named) for named in _names(written.get("ops"), ("ops",))]
    for place, route in _tree(written.get("routes"), ("routes",)):
        wanted += [("channel", *named) for named in _names(route.get("to"), (*place, "to"))]
        escalate = _mapping(route.get("escalate"))
        wanted += [("channel", *named) for named in _names(escalate.get("to"), (*place, "escalate", "to"))]
        for noun in ("rule", "entity"):
            asked = _names(_mapping(route.get("when")).get(noun), (*place, "when", noun))
            wanted += [(noun, *named) for named in asked if "*" not in named[1]]
    return [
        _unknown(document, place, noun, name, known[noun])
        for noun, place, name in wanted
        if name not in known.get(noun, (name,))
    ]


def _tree(routes: object, place: yamldoc.Loc) -> Iterator[tuple[yamldoc.Loc, dict[str, object]]]:
    """Every route as it was written, with its place."""
    for index, route in enumerate(routes if isinstance(routes, list) else []):
        here, line = (*place, index), _mapping(route)
        yield here, line
        yield from _tree(line.get("routes"), (*here, "routes"))


def _nowhere(document: yamldoc.Document, wiring: RoutesFile) -> list[Fault]:
    hint = "name channels in `to`, here or above, or end the routes below with one that has no `when`"
    said = "what stays with this route goes nowhere"
    return [document.fault(_loc(way), said, hint) for way in nowhere(wiring.routes)]


def _unread(document: yamldoc.Document, wiring: RoutesFile) -> list[Fault]:
    said, hint = "this route is never read: one before it fits everything", "put it before, or let that one `continue`"
    return [document.fault(_loc(way), said, hint) for way in unread(wiring.routes)]


def _loc(way: Way) -> yamldoc.Loc:
    """Where a route stands in the file."""
    return tuple(part for index in way for part in ("routes", index))


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _names(value: object, place: yamldoc.Loc) -> list[tuple[yamldoc.Loc, str]]:
    """A name, or each of a list of names, with its place."""
    if isinstance(value, str):
        return [(place, value)]
    if isinstance(value, list):
        return [((*place, index), name) for index, name in enumerate(value) if isinstance(name, str)]
    return []


def _unknown(document: yamldoc.Document, place: yamldoc.Loc, noun: str, name: str, known: Iterable[str]) -> Fault:
    hint = yamldoc.suggestion(name, known) or f"known: {', '.join(sorted(known)) or 'none'}"
    return document.fault(place, f"there is no {noun} {name!r}", hint)
