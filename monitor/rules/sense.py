"""What the grammar of queries allows and yet makes no sense."""

from __future__ import annotations

from monitor.model import Kind
from monitor.rules import regex
from monitor.rules.names import MAX_WORDS, spellings, stem
from monitor.rules.tree import (
    And,
    AtLeast,
    Entity,
    Filter,
    Manner,
    Near,
    Node,
    Not,
    Office,
    Or,
    Phrase,
    Regex,
    Scope,
    Score,
    Sentence,
    parts,
    walk,
)
from monitor.yamldoc import suggestion

MIN_PREFIX = 3
"""Letters before a `*`: fewer begin half the dictionary."""

KINDS = (*Kind, "exclusive", "analysis", "factbox", "explainer", "column", "live")
"""What `kind:` knows: what the desk says an item is, and its genre."""


class Senseless(Exception):
    """A clause that cannot be meant: which, why, and the mend."""

    def __init__(self, node: Node, message: str, hint: str) -> None:
        self.node, self.message, self.hint = node, message, hint
        super().__init__(message)


def check(tree: Node, *, alone: bool) -> None:
    """Raises Senseless at the first clause, in reading order, that cannot be meant.

    A query that stands `alone` must ask for something to be there.
    """
    nodes = list(walk(tree))
    for node in nodes:
        _check(node)
    if any(isinstance(node, Regex) for node in nodes) and (lonely := _lonely(tree, beside=False)):
        message = "a regex alone would be run on every item"
        raise Senseless(lonely, message, "say with AND what word or @entity must be there too")
    if alone and (loose := _loose(tree)):
        hint = "say with AND what must be there: x AND NOT y"
        raise Senseless(loose, "this alone would match almost every item", hint)


def _check(node: Node) -> None:
    match node:
        case Phrase():
            _check_phrase(node)
        case Regex(pattern, any_case):
            if problem := regex.problem(pattern, any_case):
                raise Senseless(node, problem, "see the notation of RE2")
        case Filter("kind", value) if "*" not in value and value.casefold() not in KINDS:
            hint = suggestion(value.casefold(), KINDS) or f"known: {', '.join(KINDS)}"
            raise Senseless(node, f"there is no kind {value}", hint)
        case _:
            _check_operator(node)


def _check_operator(node: Node) -> None:
    match node:
        case Scope(region, part):
            if inner := next((each for each in walk(part) if isinstance(each, Scope)), None):
                hint = f"write {inner.region}:( … ) beside {region}:( … )"
                raise Senseless(inner, f"{inner.region}: within {region}:", hint)
        case Near(kind, left, right):
            for operand in (left, right):
                _check_has_places(operand, kind)
        case Sentence(of):
            if len(of) < 2:
                raise Senseless(node, "SENTENCE needs two parts or more", 'write SENTENCE(veto "security council")')
            for operand in of:
                _check_has_places(operand, "SENTENCE")
        case AtLeast(count, of):
            if len(of) == 1:
                _check_has_places(of[0], "ATLEAST")
            elif count > len(of):
                raise Senseless(node, f"at least {count} of only {len(of)} parts", f"use at most {len(of)}")
        case Score():
            _check_score(node)


def _check_phrase(node: Phrase) -> None:
    rows = spellings(node.text)
    if not rows:
        raise Senseless(node, "no letters or digits to look for", "add some, or remove this")
    if len(rows[0]) > MAX_WORDS:
        raise Senseless(node, f"a phrase of {len(rows[0])} words", f"use at most {MAX_WORDS}")
    if node.manner is Manner.PREFIX:
        begun = stem(node.text)
        if not begun.isascii() and len(begun) == 1:
            raise Senseless(node, "this script is read character by character", "leave the * out")
        if len(begun) < MIN_PREFIX:
            raise Senseless(node, f"{begun}* is too short", f"use at least {MIN_PREFIX} letters")


def _check_has_places(node: Node, operator: str) -> None:
    """Only what stands somewhere can be near something, in a sentence with it, or there twice."""
    match node:
        case Phrase() | Entity() | Office():
            return
        case Or() | Near() | Scope():
            for part in parts(node):
                _check_has_places(part, operator)
        case Not() if operator.endswith("NEAR"):
            raise Senseless(node, f"NOT cannot stand in {operator}", "write NOTNEAR/5, or NOT (a NEAR/5 b)")
        case And() if operator.endswith("NEAR"):
            raise Senseless(node, f"AND cannot stand in {operator}", "write (a NEAR/5 b) AND (a NEAR/5 c)")
        case Regex():
            raise Senseless(node, f"a regex cannot stand in {operator}", "use it in an AND")
        case _:
            name = _names[type(node)]
            raise Senseless(node, f"{name} cannot stand in {operator}", "use words, phrases, entities, OR and NEAR")


_names = {
    Not: "NOT",
    And: "AND",
    Filter: "a filter",
    Sentence: "SENTENCE",
    AtLeast: "ATLEAST",
    Score: "SCORE",
}


def _check_score(node: Score) -> None:
    if node.threshold <= 0 or node.title <= 0:
        raise Senseless(node, "threshold and title factor are above 0", "write SCORE/3( … )")
    factor = max(1.0, node.title)
    if sum(term.weight * factor for term in node.terms if term.weight > 0) < node.threshold:
        raise Senseless(node, f"the weights never reach {node.threshold:g}", "lower the threshold or raise a weight")


def _loose(node: Node) -> Node | None:
    """The part because of which a text without any of the query's words could match."""
    match node:
        case Not() | Regex():
            return node
        case Scope(_, part):
            return _loose(part)
        case Or(of):
            return next((loose for part in of if (loose := _loose(part))), None)
        case And(of):
            found = [_loose(part) for part in of]
            return found[0] if all(found) else None
        case AtLeast(count, of):
            found = [loose for part in of if (loose := _loose(part))]
            return found[0] if len(found) >= count else None
        case Score(terms, threshold, title):
            given = [(loose, term.weight) for term in terms if term.weight > 0 and (loose := _loose(term.part))]
            reached = sum(weight for _, weight in given) * max(1.0, title)
            return given[0][0] if given and reached >= threshold else None
        case _:
            return None


def _lonely(node: Node, *, beside: bool) -> Regex | None:
    """A regex that is not in an AND with something that is looked up."""
    if isinstance(node, Regex):
        return None if beside else node
    if isinstance(node, And):
        beside = beside or any(map(_is_looked_up, node.parts))
    return next((lonely for part in parts(node) if (lonely := _lonely(part, beside=beside))), None)


def _is_looked_up(node: Node) -> bool:
    """Whether a text that satisfies the clause has one of its words."""
    match node:
        case Not() | Regex() | Filter() | Score():
            return False
        case Or(of):
            return all(map(_is_looked_up, of))
        case And(of):
            return any(map(_is_looked_up, of))
        case AtLeast(count, of):
            return sum(not _is_looked_up(part) for part in of) < count
        case Scope(_, part):
            return _is_looked_up(part)
        case _:
            return True
