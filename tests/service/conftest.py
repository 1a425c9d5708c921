"""Fixtures of whole lives of the service."""

from __future__ import annotations

import pytest

ENDURED = frozenset(("test_hardships", "test_held", "test_hostile", "test_kills", "test_outages", "test_replay"))
"""Tests of services that are killed, starved or worked hard."""


@pytest.fixture(autouse=True)
def unmeasured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No coverage of their services: one that is killed could not say what it ran, and measuring halves its speed."""
    if request.path.stem in ENDURED:
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
