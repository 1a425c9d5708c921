"""What `run` asks of the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = "import resource as r; from monitor.cli.run import allow; allow(200); print(*r.getrlimit(r.RLIMIT_NOFILE))"


@pytest.mark.parametrize(
    ("limits", "then"),
    [("-Sn 100; ulimit -Hn 150", "150 150"), ("-Sn 100; ulimit -Hn 900", "200 900"), ("-n 300", "300 300")],
    ids=["as far as it may", "as many as it needs", "never fewer"],
)
def test_open_files(limits: str, then: str) -> None:
    shell = ["sh", "-c", f'ulimit {limits}; exec "$0" -c "$1"', sys.executable, ASK]
    assert subprocess.run(shell, capture_output=True, text=True, check=True).stdout.strip() == then
