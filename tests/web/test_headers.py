"""What the headers of an answer say about time and sameness."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from monitor.model import Validators
from monitor.web.headers import confirmed, max_age, retry_after, validators

TEN = ("Date", "Wed, 30 Mar 2022 10:00:00 GMT")


def headers(*lines: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(lines))


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        pytest.param([], None, id="nothing said"),
        pytest.param([("Cache-Control", "max-age=300")], 300.0, id="max-age"),
        pytest.param([("Cache-Control", "public, Max-Age = 300")], 300.0, id="case and spaces"),
        pytest.param([("Cache-Control", 'max-age="300"')], 300.0, id="quoted"),
        pytest.param([("Cache-Control", "public"), ("Cache-Control", "max-age=300")], 300.0, id="two lines"),
        pytest.param([("Cache-Control", "s-maxage=9, max-age=300")], 300.0, id="shared caches do not concern us"),
        pytest.param([("Cache-Control", "x-max-age=9")], None, id="another directive"),
        pytest.param([("Cache-Control", "max-age=300"), ("Age", "100")], 200.0, id="some of it gone"),
        pytest.param([("Cache-Control", "max-age=300"), ("Age", "400")], None, id="all of it gone"),
        pytest.param([("Cache-Control", "max-age=300"), ("Age", "old")], 300.0, id="age no number"),
        pytest.param([("Cache-Control", "max-age=0")], None, id="stale at once"),
        pytest.param([("Cache-Control", "max-age=soon")], None, id="no number"),
        pytest.param([("Cache-Control", "no-cache, max-age=300")], None, id="no-cache"),
        pytest.param([("Cache-Control", "max-age=300"), ("Cache-Control", "no-store")], None, id="no-store"),
        pytest.param([TEN, ("Expires", "Wed, 30 Mar 2022 10:05:00 GMT")], 300.0, id="expires by the server's clock"),
        pytest.param([TEN, ("Expires", "Wednesday, 30-Mar-22 10:05:00 GMT")], 300.0, id="RFC 850"),
        pytest.param([TEN, ("Expires", "Wed Mar 30 10:05:00 2022")], 300.0, id="asctime"),
        pytest.param([TEN, ("Expires", "Wed, 30 Mar 2022 09:00:00 GMT")], None, id="expired"),
        pytest.param([TEN, ("Expires", "0")], None, id="expires no date"),
        pytest.param([("Expires", "Wed, 30 Mar 2022 10:05:00 GMT")], None, id="no date to count from"),
        pytest.param(
            [TEN, ("Expires", "Wed, 30 Mar 2022 10:05:00 GMT"), ("Cache-Control", "max-age=60")],
            60.0,
            id="max-age overrules expires",
        ),
    ],
)
def test_freshness(lines: list[tuple[str, str]], seconds: float | None) -> None:
    assert max_age(headers(*lines)) == seconds


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        pytest.param([], None, id="nothing said"),
        pytest.param([("Retry-After", "120")], 120.0, id="seconds"),
        pytest.param([("Retry-After", "0")], 0.0, id="at once"),
        pytest.param([("Retry-After", "-5")], None, id="negative"),
        pytest.param([("Retry-After", "9" * 5000)], None, id="absurd"),
        pytest.param([TEN, ("Retry-After", "Wed, 30 Mar 2022 10:01:30 GMT")], 90.0, id="date"),
        pytest.param([TEN, ("Retry-After", "Wed, 30 Mar 2022 12:01:30 +0200")], 90.0, id="date with zone"),
        pytest.param([TEN, ("Retry-After", "Wed, 30 Mar 2022 09:00:00 GMT")], 0.0, id="date gone by"),
        pytest.param([("Retry-After", "Wed, 30 Mar 2022 10:01:30 GMT")], None, id="no date to count from"),
        pytest.param([TEN, ("Retry-After", "0 Jan 0 0:3000000000 GMT")], None, id="date out of range"),
        pytest.param([TEN, ("Retry-After", "later")], None, id="words"),
    ],
)
def test_when_to_come_back(lines: list[tuple[str, str]], seconds: float | None) -> None:
    assert retry_after(headers(*lines)) == seconds


@given(st.text(), st.text(alphabet="0123456789 :-+,JanGMTWed", max_size=60))
def test_no_date_is_too_odd(wild: str, near: str) -> None:
    for text in (wild, near):
        assert (retry_after(headers(TEN, ("Retry-After", text))) or 0.0) >= 0.0


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], Validators(), id="none"),
        pytest.param([("ETag", 'W/"a, b"')], Validators('W/"a, b"'), id="weak, with a comma"),
        pytest.param([("ETag", "unquoted")], Validators("unquoted"), id="unquoted"),
        pytest.param([("Last-Modified", "yesterday")], Validators("", "yesterday"), id="date that is none"),
        pytest.param([("ETag", '"\udce9"')], Validators(), id="bytes that are not UTF-8"),
        pytest.param([("ETag", '"a\tb"')], Validators(), id="control character"),
        pytest.param([("ETag", "x" * 5000)], Validators(), id="too long to keep"),
    ],
)
def test_validators(lines: list[tuple[str, str]], expected: Validators) -> None:
    assert validators(headers(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], Validators('"1"', "monday"), id="says nothing"),
        pytest.param([("ETag", '"1"')], Validators('"1"', "monday"), id="repeats one of the pair"),
        pytest.param([("ETag", '"2"')], Validators('"2"', ""), id="another etag: another pair"),
        pytest.param([("ETag", '"1"'), ("Last-Modified", "tuesday")], Validators('"1"', "tuesday"), id="another date"),
    ],
)
def test_validators_after_a_304(lines: list[tuple[str, str]], expected: Validators) -> None:
    assert confirmed(Validators('"1"', "monday"), headers(*lines)) == expected
