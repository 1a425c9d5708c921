"""Random queries of every operator, and random texts that they may find something in."""

from __future__ import annotations

from hypothesis import strategies as st

VOCABULARY = [
    "a",
    "b",
    "c",
    "the",
    "of",
    "wang",
    "yi",
    "wang-yi",
    "Wang Yi's",
    "王",
    "毅",
    "王毅",
    "é",
    "ß",
    "ヴ",
    "l’a",
]
PEOPLE = {
    "one": (["a b", "wang yi", "王毅"], []),
    "two": (["wang", "c"], ["wang b"]),
    "three": (["b c a", "é", "the wang yi"], ["a b c"]),
}
TAGGED = ("two", "three")
"""The people whose tag is `group` and who hold the office `chair`."""
ENTITY_FILE = "entities:\n" + "".join(
    f"- {{id: {id_}, name: {names[0]}, aka: [{', '.join(names[1:])}], not: [{', '.join(namesakes)}]"
    f"{', tags: [group], office: chair' if id_ in TAGGED else ''}}}\n"
    for id_, (names, namesakes) in PEOPLE.items()
)

LEAVES = st.one_of(
    st.sampled_from(["a", "b", "wang-yi", "王毅", "é", "ss", "the"]),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(lambda chosen: f'"{" ".join(chosen)}"'),
    st.sampled_from([*(f"@{id_}" for id_ in sorted(PEOPLE)), "@group", "office:chair"]),
    st.sampled_from(["wan*", "the*", '"a wan"*', "=é", "=Wang", "^Wang", '^"Wang Yi"', '="the Wang"']),
)
_SCOPES = st.sampled_from(["title", "lead", "body", "author"])
_NUMBERS = st.integers(0, 3).map(str)


def _joined(operators: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(operators)


PLACED = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        st.tuples(inner, st.sampled_from(["NEAR", "ONEAR", "NOTNEAR"]), _NUMBERS, inner).map(
            lambda chosen: "({} {}/{} {})".format(*chosen)
        ),
    ),
    max_leaves=4,
)
"""What can stand in an operator of proximity."""

SCOPED = st.one_of(PLACED, st.tuples(_SCOPES, PLACED).map(":".join))

SIMPLE = st.one_of(
    SCOPED,
    SCOPED,
    st.tuples(SCOPED, SCOPED).map(lambda two: f"SENTENCE({two[0]} {two[1]})"),
    st.tuples(_NUMBERS, SCOPED).map(lambda chosen: f"ATLEAST/{int(chosen[0]) + 1} {chosen[1]}"),
    st.tuples(SCOPED, st.sampled_from(["AND", "AND NOT"]), st.sampled_from(["/[aw]+n?/", "/WANG./i", "title:/a/"])).map(
        " ".join
    ),
    st.tuples(
        SCOPED,
        st.sampled_from(["lang:en", "lang:f*", "feed:meri*n", "kind:news", "source:x", "category:w*", "agency:r*s"]),
    ).map(" AND ".join),
)
_WEIGHTS = st.sampled_from(["", "^2", "^0.5", "^-1"])

QUERIES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) AND {two[1]}"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}) AND NOT ({two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} OR ({two[1]})"),
        st.tuples(inner, inner, inner).map(lambda three: f"({three[0]}) AND (NOT ({three[1]}) OR {three[2]})"),
        st.tuples(inner, inner, inner).map(lambda three: "ATLEAST/2(({}) ({}) ({}))".format(*three)),
        st.tuples(inner, _WEIGHTS, inner, _WEIGHTS, LEAVES, st.sampled_from(["2", "1*2", "2.5*3"])).map(
            lambda chosen: "SCORE/{5}(({0}){1} ({2}){3} {4}^3)".format(*chosen)
        ),
    ),
    max_leaves=5,
)
TEXTS = st.lists(st.sampled_from([*VOCABULARY, "Wang", ",", ". The", "。", "“", "-", "\u00ad"]), max_size=16).map(
    " ".join
)
