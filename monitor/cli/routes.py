"""`wirewatch routes`: the tree of `routes.yaml`, and the way of an item through it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from monitor import desk
from monitor.alerts.counting import enough
from monitor.alerts.follow_up import Situation
from monitor.alerts.routes import Firing, Leg, Route, Routed, Way, When, legs, route
from monitor.alerts.waiting import Wait, waits
from monitor.cli import trial
from monitor.cli.given import GivenAlert, from_json
from monitor.cli.screen import SEVERITY, clock, now, out, plain, settings
from monitor.durations import written
from monitor.errors import ConfigError, Fault
from monitor.model import Item, Match, Relation, Story, Verdict

NOT_AS_EXPECTED = 1

# ── show ────────────────────────────────────────────────────────────────────


def show() -> None:
    """Draw the tree of routes: which alerts each is for, who hears of them, and on which terms.

    Examples:
        wirewatch routes show
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current, secrets=False)
    drawn = Tree(Text("routes, read from the top; the first that fits wins", "dim"))
    _draw(drawn, loaded.routes, (), ())
    out.print(drawn)
    if loaded.ops:
        out.print(Text.assemble("the service's own troubles → ", (", ".join(loaded.ops), "bold")))


def _draw(tree: Tree, routes: Sequence[Route], way: Way, above: tuple[str, ...]) -> None:
    for index, one in enumerate(routes):
        here, to = (*way, index), one.to or above
        heard = (", ".join(to), "bold" if one.to else "dim") if to else ("on to the routes below", "dim")
        line = Text.assemble((f"{_number(here)}  ", "cyan"), _conditions(one.when), " → ", heard)
        line.append("  and reads on" if one.goes_on else "", "yellow")
        for said in _terms(one):
            line.append(f"\n{said}", "dim")
        _draw(tree.add(line), one.routes, here, to)


def _number(way: Way) -> str:
    """`2.1`: the first route below the second."""
    return ".".join(str(index + 1) for index in way)


def _conditions(when: When) -> str:
    """A route's conditions in a line."""
    given = {name: getattr(when, name) for name in When.model_fields}
    asked = [f"{name} {' or '.join(map(str, values))}" for name, values in given.items() if values]
    return ", ".join(asked) or "all"


def _terms(one: Route) -> Iterator[str]:
    """The terms that a route sets itself, a line each."""
    for name in ("digest", "quiet", "throttle", "catch_up", "inhibit", "escalate", "group"):
        if name in one.model_fields_set:
            value = getattr(one, name)
            values = value if isinstance(value, tuple) else (value,) if value is not None else ()
            said = "; ".join(written(each) if isinstance(each, float) else str(each) for each in values)
            yield f"{name.replace('_', ' ')}: {said or 'off'}"


# ── test ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Given:
    """What a test is about: an item, the rules that fire on it, what it is to its story, and when."""

    item: Item
    matches: tuple[Match, ...]
    relation: Relation
    at: float

    @property
    def situation(self) -> Situation:
        """The same to a store that knows nothing else."""
        verdict = Verdict(self.relation, "", "given")
        return Situation(self.item, self.at, self.matches, verdict, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Heard:
    """A channel that hears of it, and what keeps it waiting."""

    routed: Routed
    wait: Wait | None

    def __str__(self) -> str:
        return f"waits until {clock(self.wait.until)}: {self.wait.reason}" if self.wait else ""


def tried(
    source: Annotated[
        str,
        typer.Argument(
            metavar="[FILE|-]", help="An item or an alert as JSON, or a text whose first line is its title."
        ),
    ] = "-",
    at: Annotated[str, typer.Option(help="When, such as 2026-03-30T23:15 (UTC, or with a zone as +02:00); now.")] = "",
    relation: Annotated[
        Relation | None, typer.Option(help="What the item is to its story; new, if nothing says.")
    ] = None,
    expect: Annotated[
        list[str] | None, typer.Option(help="A channel that is to hear of it; with several, exactly these.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Send an item through the routes without telling anybody: which it passes, who hears of it, and what waits.

    The JSON of an item has a `title` and, as far as it matters, `body`, `feed`, `source`, `lang`, `kind`: the rules are
    run on it. The JSON of an alert is an event as a console channel or a webhook writes it: its rules count as fired.
    Exits 1 when nobody hears of it, or others than expected.

    Examples:
        echo 'Lavrov meets Wang Yi' | wirewatch routes test
        wirewatch routes test item.json --at 2026-03-30T23:15+02:00 --expect night
    """
    current = settings()
    loaded = desk.load(current.rules_dir, current, secrets=False)
    unknown = [name for name in expect or () if name not in loaded.channels]
    if unknown:
        raise ConfigError([Fault("--expect", 0, 0, f"there is no channel {name!r}") for name in unknown])
    given = _given(source, loaded, _moment(at) if at else now(), relation)
    heard = _heard(given, loaded.routes)
    if as_json:
        print(json.dumps(_as_json(given, heard, loaded.routes), ensure_ascii=False))
    else:
        _tell(given, heard, loaded.routes)
    if not heard or (expect and {one.routed.channel for one in heard} != set(expect)):
        if expect and not as_json:
            out.print(Text(f"expected: {', '.join(sorted(set(expect)))}", "bold red"))
        raise typer.Exit(NOT_AS_EXPECTED)


def _moment(text: str) -> float:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError([Fault("--at", 0, 0, f"{text!r} is no time", "write it as 2026-03-30T23:15+02:00")]) from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _given(source: str, loaded: desk.Desk, at: float, relation: Relation | None) -> Given:
    body = trial.body_of(source)
    found = from_json(body.decode("utf-8-sig", "replace"), source)
    if isinstance(found, GivenAlert):
        return Given(found.item.item(at), found.matches(loaded.rules), relation or found.relation, at)
    items = [found.item(at)] if found else trial.items_in(body, source, at)
    if len(items) != 1:
        mend = "give one item: as JSON, or as a text"
        raise ConfigError([Fault(source, 0, 0, f"there are {len(items)} items in it", mend)])
    return Given(items[0], loaded.rules.match(items[0]), relation or Relation.NEW, at)


def _heard(given: Given, routes: Sequence[Route]) -> list[Heard]:
    """Who hears of it, as of a first alert, and when."""
    ways = route(routes, given.item, given.matches, given.relation, given.at)
    late, _ = waits(ways, given.situation, Story.opened_by(given.item, "", given.at))
    return [Heard(routed, late.get(routed.channel)) for routed in ways]


def _may_wait(routed: Routed) -> Iterator[str]:
    """What else may hold an alert back, or pass it on."""
    terms = routed.terms
    for match in routed.matches:
        if match.throttle:
            yield f"throttle of {match.rule}: one in {written(match.throttle)}"
    if terms.throttle:
        yield f"throttle: {terms.throttle}"
    if terms.catch_up:
        yield f"after a time away at most {terms.catch_up} one by one"
    if terms.inhibit:
        yield f"for {written(terms.inhibit)} after a flash on its story, what is less waits"
    if terms.escalate:
        yield f"unless acknowledged, {terms.escalate}"


def _tell(given: Given, heard: Sequence[Heard], routes: Sequence[Route]) -> None:
    kind = given.item.wire.kind
    out.print(Text(plain(given.item.title), "bold"))
    out.print(Text(f"{kind}, {given.relation}, {clock(given.at)}", "dim"))
    if not given.situation.may_raise:
        out.print("of this kind, nobody is alerted anew: below, who hears of it if told of its story before")
    if not given.matches:
        out.print("no rule matches", style="bold red")
    for match in given.matches:
        severity = (str(match.severity), SEVERITY[str(match.severity)])
        tags = f"  {', '.join(match.tags)}" if match.tags else ""
        counts = f"  counts: fires with {enough(match.when)}" if match.when else ""
        trial_note = "  in the shadow: nobody is told" if match.shadow else counts
        out.print(Text.assemble("\n", (match.rule, "bold green"), "  ", severity, (tags, "dim"), trial_note))
        for leg in () if match.shadow else _in_order(routes, given, match):
            out.print(_step(leg, routes))
    out.print()
    for one in heard:
        said = (str(one), "yellow") if one.wait else ("at once", "green")
        out.print(Text.assemble((one.routed.channel, "bold"), f"  route {_number(one.routed.way)}, ", said))
        for also in _may_wait(one.routed):
            out.print(Text(f"  {also}", "dim"))
    if given.matches and not heard:
        out.print("no route fits: nobody hears of it", style="bold red")


def _in_order(routes: Sequence[Route], given: Given, match: Match) -> list[Leg]:
    """The routes that were read, a route before those below it."""
    return sorted(legs(routes, Firing(given.item, match, given.relation, given.at)), key=lambda leg: leg.way)


def _step(leg: Leg, routes: Sequence[Route]) -> Text:
    one = _at(routes, leg.way)
    mark, style = ("✗", "dim") if leg.unmet else ("✓", "default")
    line = Text(f"  {'  ' * (len(leg.way) - 1)}{mark} {_number(leg.way)}  {_conditions(one.when)}", style)
    if leg.unmet:
        line.append(f"  (not so: {', '.join(leg.unmet)})")
    if leg.terms:
        line.append(" → ").append(", ".join(leg.terms.to), "bold")
    return line


def _at(routes: Sequence[Route], way: Way) -> Route:
    found = routes[way[0]]
    return _at(found.routes, way[1:]) if way[1:] else found


def _as_json(given: Given, heard: Sequence[Heard], routes: Sequence[Route]) -> dict[str, object]:
    return {
        "title": given.item.title,
        "kind": given.item.wire.kind,
        "relation": given.relation,
        "raises": given.situation.may_raise,
        "matches": [
            {
                "rule": match.rule,
                "severity": str(match.severity),
                "read": [
                    {"route": _number(leg.way), "fits": not leg.unmet, "unmet": list(leg.unmet)}
                    for leg in ([] if match.shadow else _in_order(routes, given, match))
                ],
            }
            for match in given.matches
        ],
        "channels": [
            {
                "channel": one.routed.channel,
                "route": _number(one.routed.way),
                "rules": [match.rule for match in one.routed.matches],
                "waits": str(one),
                "may_wait": list(_may_wait(one.routed)),
            }
            for one in heard
        ],
    }
