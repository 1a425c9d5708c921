"""The demo as a program: it can be stopped."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

DEMO = """
import signal, sys
from monitor.cli import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # which what runs in the background starts without
sys.argv = ["wirewatch", "demo"]
main()
"""


@pytest.mark.slow
def test_ctrl_c_ends_it_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEMO], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        while "NORMAL" not in demo.stdout.readline():  # of the legend: the play is about to begin
            pass
        demo.send_signal(signal.SIGINT)
        said, complaint = demo.communicate(timeout=60)
    assert (demo.returncode, complaint) == (130, "")
    assert "What the desk got" not in said
