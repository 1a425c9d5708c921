"""YAML as people write it: values, places, and every fault with its mend."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, RootModel, field_validator

from monitor import yamldoc
from monitor.errors import ConfigError, Fault


class Anything(RootModel[object]):
    """Takes whatever can be read."""


def load(text: str, model: type[BaseModel] = Anything) -> BaseModel:
    return yamldoc.validate(yamldoc.read(text, "f.yaml"), model)


def faults(text: str, model: type[BaseModel] = Anything) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(text, model)
    return [str(fault).removeprefix("f.yaml:") for fault in caught.value.faults]


# ── Values ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("22:30", "22:30"),
        ("2022-03-30", "2022-03-30"),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("0x1F", 31),
        ("010", 10),
        ("-7", -7),
        ("+7", 7),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("~", None),
        ("", None),
        ("Null", None),
        ("True", True),
        ("false", False),
        ("'5'", "5"),
        ('"true"', "true"),
        ("|\n  5\n", "5\n"),
        ("-", [None]),
        ("-x", "-x"),
        ("Жозеп", "Жозеп"),
        ('"a\\u00e9"', "aé"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(written: str, value: object) -> None:
    document = yamldoc.read(f"key:\n  {written}\n", "f.yaml")
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)  # 1 is not True


def test_not_a_number() -> None:
    assert math.isnan(yamldoc.read("[.nan]", "f.yaml").value[0])  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "\n", "# only a remark\n", "---\n", "\ufeff", "~"])
def test_an_empty_file_is_an_empty_mapping(text: str) -> None:
    assert yamldoc.read(text, "f.yaml").value == {}


def test_a_byte_order_mark_moves_nothing() -> None:
    assert yamldoc.read("\ufeffkey: x", "f.yaml").place(("key",)) == (1, 6)


# ── Places ──────────────────────────────────────────────────────────────────

PLACES = """\
rules:
  - id: лавров
    tags: [one, two]
  - {id: b, "the key": 'x'}\r
other:\r
  last:
"""


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        ((), (1, 1)),
        (("rules",), (2, 3)),
        (("rules", yamldoc.KEY), (1, 1)),
        (("rules", 0), (2, 5)),
        (("rules", 0, "id"), (2, 9)),
        (("rules", 0, "tags", 1), (3, 17)),
        (("rules", 1, "id"), (4, 10)),
        (("rules", 1, "the key", yamldoc.KEY), (4, 13)),
        (("other", "last", yamldoc.KEY), (6, 3)),
        (("other", "last"), (6, 8)),
        (("rules", 0, "a-union-tag", "id"), (2, 9)),
        (("rules", 0, "missing"), (2, 5)),
        (("rules", 7), (2, 3)),
        (("rules", "id"), (2, 3)),
    ],
)
def test_every_value_and_key_has_a_place(loc: yamldoc.Loc, place: tuple[int, int]) -> None:
    assert yamldoc.read(PLACES, "f.yaml").place(loc) == place


@pytest.mark.parametrize(
    "written",
    [
        "one @two three",
        "'one @two three'",
        '"one @two three"',
        "'it''s @two three'",
        '"a \\"quoted\\" @two"',
        '"\\u0041\\x42 \\tC @two"',
        '"folded \\\n    line @two"',
        "one\n  @two three",
        "|\n  one\n  @two three\n",
        "|-\n    @two\n",
        ">- # remark\n  one\n\n  and @two\n",
    ],
)
def test_an_offset_into_a_text_is_found_in_the_file(written: str) -> None:
    text = f"query: {written}"
    document = yamldoc.read(text, "f.yaml")
    value = document.value["query"]  # type: ignore[index]
    fault = document.fault(("query",), "here", offset=value.index("@"))
    lines = text.split("\n")
    assert lines[fault.line - 1][fault.column - 1 :].startswith("@two")


@pytest.mark.parametrize(
    ("written", "offset", "column"),
    [("one two", 7, 15), ("'one two'", 7, 16), ("one  two", 4, 12), ("one\n  two", 3, 11), ("x", 0, 8), ("'x'", 0, 9)],
)
def test_an_offset_at_a_blank_or_the_end_stays_by_the_word_before(written: str, offset: int, column: int) -> None:
    document = yamldoc.read(f"query: {written}\nnext: y\n", "f.yaml")
    fault = document.fault(("query",), "here", "mend", offset=offset)
    assert (fault.line, fault.column, fault.hint) == (1, column, "mend")


def test_an_offset_at_the_end_of_the_file() -> None:
    assert yamldoc.read("query: one", "f.yaml").fault(("query",), "here", offset=3).column == 11


# ── What is refused ─────────────────────────────────────────────────────────


def test_everything_refused_in_one_file_is_told_at_once() -> None:
    text = "a: !t x\nb: &q y\nc: *q\na: 2\n1: x\n? [k]\n: v\n"
    assert faults(text) == [
        "1:4: the tag !t is not understood here (remove it)",
        "2:4: the anchor &q is not understood here (remove it)",
        "3:4: *q stands for something written elsewhere (write it out here)",
        "4:1: the key `a` is here for the second time (the first is in line 1)",
        "5:1: this key is not text (put it in quotes)",
        "6:3: this key is not text (put it in quotes)",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('query: "world order" AND x\n', "1:22: text after a closing quote"),
        ("query: @lavrov\n", "1:8: a value cannot start with @ (put the value in quotes)"),
        ("a: 'x\nb: 2\n", "1:4: this quote is never closed"),
        ("a: b: c\n", "1:5: this colon is not expected here"),
        ("a:\n\t- x\n", "2:1: a tab cannot indent (use spaces)"),
        ("a: [1, 2\nb: 3\n", "2:2: a comma or ] is missing before this"),
        ("- a\nb: c\n", "2:1: a list item is expected here"),
        ('a: "\\d"\n', "1:5: a backslash in double quotes starts an escape (use single quotes)"),
        ("a:\n  b: 1\n c: 2\n", "3:2: a key is expected here"),
        ("{a: 1}}\n", "1:7: nothing may follow the end of the document"),
        ("a: 1\n---\nb: 2\n", "3:1: a second document starts before this"),
        ("a: x\0y\n", "1:5: the character U+0000 cannot stand in YAML"),
        ("a: x\u2028y\n", "1:5: the character U+2028 cannot stand in YAML"),
        ("a: \ud800\n", "1:4: the character U+D800 cannot stand in YAML"),
        ("a: " + "9" * 400, "1:4: this number is too long"),
        ("%YAML 9.9\n---\n", "1:1: found incompatible YAML document"),
        ("[" * 200_000, "1:65: nested deeper than 64 levels"),
        ("- " * 200_000, "1:129: nested deeper than 64 levels"),
        ("x" * 20_000_001, "1:1: the file is too long: 20,000,001 characters"),
    ],
    ids=lambda value: value[:24],
)
def test_what_cannot_be_read_is_told_with_its_place(text: str, told: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(told)


def test_faults_before_a_syntax_error_are_told_too() -> None:
    assert [fault[:4] for fault in faults("a: &x 1\nb: *x\nc: @\n")] == ["1:4:", "2:4:", "3:4:"]


def test_a_file_of_nothing_but_faults_is_cut_short() -> None:
    assert len(faults("- *a\n" * 1000)) == 100
    assert len(faults("- \0\n" * 1000)) == 100


def test_nesting_up_to_the_limit_is_fine() -> None:
    assert yamldoc.read("[" * 64 + "]" * 64, "f.yaml").value


@given(st.text(alphabet="ab:-[]{}'\"\n #&*!|>?,%@\t\\~1.\0\u2028é", max_size=60))
def test_no_text_raises_anything_but_faults_with_a_place(text: str) -> None:
    told: tuple[Fault, ...] = ()
    try:
        assert yamldoc.read(text, "f.yaml").place(()) >= (1, 1)
    except ConfigError as error:
        told = error.faults
    assert all(fault.line >= 1 and fault.column >= 1 for fault in told)


# ── Validation ──────────────────────────────────────────────────────────────


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Slack(Strict):
    type: Literal["slack"]
    channel: str


class Email(Strict):
    type: Literal["email"]
    to: list[str]


Name = Annotated[str, Field(pattern="^[a-z]+$")]


class Route(Strict):
    to: str | list[str]
    weight: int = Field(default=0, ge=0)
    share: float = 0.5
    loud: bool = False
    severity: Literal["low", "high"] = "low"
    note: str = Field(default="x", min_length=1)
    names: list[str] = Field(default=["a", "b"], min_length=2)

    @field_validator("note")
    @classmethod
    def _polite(cls, note: str) -> str:
        if "damn" in note:
            raise ValueError("mind your language")
        return note


class Routes(Strict):
    channels: dict[Name, Annotated[Slack | Email, Field(discriminator="type")]] = {}
    routes: list[Route] = []
    tags: dict[str, Route] = {}


def test_a_document_becomes_a_model() -> None:
    text = "channels: {desk: {type: email, to: [a]}}\nroutes:\n  - to: desk\n    loud: true\n"
    routes = load(text, Routes)
    assert isinstance(routes, Routes)
    assert routes.channels["desk"] == Email(type="email", to=["a"])
    assert routes.routes == [Route(to="desk", loud=True)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels:\n  a: {type: slack}", "2:6: `channel` is missing"),
        (
            "channels:\n  a: {type: slack, channel: x, chanel: x}",
            "2:32: unknown key `chanel` (did you mean channel?)",
        ),
        ("channels:\n  a: {type: email, to: [], x: x}", "2:28: unknown key `x` (known here: type, to)"),
        (
            "channels:\n  a: {type: slak}",
            "2:6: `type` must be one of slack, email, not 'slak' (did you mean slack?)",
        ),
        ("channels:\n  a: {to: x}", "2:6: `type` is missing (it says what kind of entry this is)"),
        ("channels:\n  a: 5", "2:6: `a` must be a mapping, not the number 5"),
        (
            "channels:\n  a: {type: email, to: [x, 3]}",
            "2:28: item 2 of `to` must be text, not the number 3 (put it in quotes)",
        ),
        (
            "channels:\n  A: {type: slack, channel: x}",
            "2:3: `A`: String should match pattern '^[a-z]+$', not 'A'",
        ),
        ("route: []", "1:1: unknown key `route` (did you mean routes?)"),
        ("tags: {x: {t: y, to: z}}", "1:12: unknown key `t` (did you mean to?)"),
        ("routes: 5", "1:9: `routes` must be a list, not the number 5"),
        ("routes:\n- to: 5", "2:7: `to` must be text or a list, not the number 5 (put it in quotes)"),
        ("routes:\n- to:", "2:6: `to` must be text or a list, not nothing"),
        ("routes:\n- x", "2:3: item 1 of `routes` must be a mapping, not 'x'"),
        (
            "routes: [{to: x, weight: -1}]",
            "1:26: `weight`: it should be greater than or equal to 0, not the number -1",
        ),
        ("routes: [{to: x, weight: many}]", "1:26: `weight` must be a whole number, not 'many'"),
        ("routes: [{to: x, weight: 1.5}]", "1:26: `weight` must be a whole number, not the number 1.5"),
        ("routes: [{to: x, share: []}]", "1:25: `share` must be a number, not a list"),
        ("routes: [{to: x, loud: {}}]", "1:24: `loud` must be true or false, not a mapping"),
        (
            "routes: [{to: x, severity: hig}]",
            "1:28: `severity` must be one of low, high, not 'hig' (did you mean high?)",
        ),
        ("routes: [{to: x, severity: true}]", "1:28: `severity` must be one of low, high, not true"),
        ("routes: [{to: x, note: '' }]", "1:24: `note` must not be empty"),
        ("routes: [{to: x, names: [a]}]", "1:25: `names` is too short"),
        ("routes: [{to: x, note: damn}]", "1:24: `note`: mind your language"),
        ("[1]", "1:1: the file must be a mapping, not a list"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(text: str, told: str) -> None:
    assert faults(text, Routes) == [told]


def test_a_long_text_is_quoted_in_part() -> None:
    (fault,) = faults(f"routes: [{{to: x, weight: {'y' * 100}}}]", Routes)
    assert fault.endswith(f"not '{'y' * 59}…'")


def test_all_that_does_not_fit_is_told_at_once() -> None:
    text = "routes:\n- {to: x, loud: 7}\n- {}\n- {to: y, b: 1}\nc: 1\n"
    assert [fault.split(": ")[0] for fault in faults(text, Routes)] == ["2:17", "3:3", "4:11", "5:1"]
