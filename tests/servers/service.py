"""`wirewatch` as a process of its own, as a user runs it.

Its console channel writes JSON to a file, so that events of several lives of
the service, killed or stopped in between, are read as one list.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Event = dict[str, Any]

PATIENCE = 30.0
"""Seconds a test waits for something that must come."""

ROUTES = """\
channels:
  here: {type: console, format: json}
routes:
  - to: [here]
ops: [here]
"""


class Wirewatch:
    """A service on a rules folder of its own; `events` is all that it said, over all its lives."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir(parents=True, exist_ok=True)
        self.said = folder / "said.jsonl"
        self.log = folder / "log.txt"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name == "PATH" or name.startswith("COV")},
            "HOME": str(folder),
            "WIREWATCH_RULES_DIR": str(self.rules),
            "WIREWATCH_DATA_DIR": str(folder / "data"),
            "WIREWATCH_ALLOW_NETS": "127.0.0.0/8,::1/128",
            "WIREWATCH_POLL_FLOOR": "0.2s",
            "WIREWATCH_HTTP": "",
            **{f"WIREWATCH_{name.upper()}": value for name, value in environment.items()},
        }
        self.write("routes.yaml", ROUTES)
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, name: str, text: str) -> None:
        """A file of the rules folder, put there whole as an editor's save does."""
        path = self.rules / name
        path.parent.mkdir(exist_ok=True)
        temporary = path.with_suffix(".saving")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)

    def feeds(self, *urls: str, every: str = "0.3s", backfill: int = 0) -> None:
        """Poll these addresses as feeds `one`, `two`, …"""
        names = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
        lines = [
            f"  - {{id: {name}, url: {json.dumps(url)}, source: {name.title()}, every: {every}, backfill: {backfill}}}"
            for name, url in zip(names, urls, strict=False)
        ]
        self.write("feeds.yaml", "\n".join(["feeds:", *lines, ""]))

    def rule(self, rule_id: str, query: str, severity: str = "normal") -> None:
        """A rule in a file of its own."""
        written = json.dumps(query, ensure_ascii=False)
        self.write(f"{rule_id}.yaml", f"rules:\n  - {{id: {rule_id}, query: {written}, severity: {severity}}}\n")

    def start(self, *arguments: str) -> None:
        """Start the service."""
        with self.said.open("ab") as said, self.log.open("ab") as log:
            command = [sys.executable, "-m", "monitor.cli", "run", *arguments]
            self._process = subprocess.Popen(command, stdout=said, stderr=log, env=self.environment)

    @property
    def pid(self) -> int:
        """Of the running service."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit code, once it ended by itself."""
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def _end(self, number: signal.Signals) -> int:
        if self._process is None:
            return 0
        self._process.send_signal(number)
        code = self._process.wait(PATIENCE)
        self._process = None
        return code

    def command(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Another command of the same user on the same folder."""
        return subprocess.run(
            [sys.executable, "-m", "monitor.cli", *arguments],
            input=text,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=2 * PATIENCE,
            check=False,
        )

    @property
    def events(self) -> list[Event]:
        """All that was said so far, whole lines only."""
        if not self.said.exists():
            return []
        lines = self.said.read_text(encoding="utf-8").splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def of(self, kind: str) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.events if event["event"] == kind]

    def titles(self, kind: str = "raised") -> list[str]:
        """Titles of the items of one kind of event."""
        return [event["item"]["title"] for event in self.of(kind)]

    def until(self, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until something holds; fails with all that was said and logged when it does not."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                log = self.log.read_text(encoding="utf-8")[-3000:]
                raise AssertionError(f"it did not come about; said: {self.events[-5:]}\nlog: {log}")
            time.sleep(0.05)


def rss(*items: tuple[str, str, str], date: str = "Wed, 30 Mar 2022 12:00:00 GMT") -> bytes:
    """An RSS document of (guid, title, text), newest first as given."""
    written = "".join(
        f"<item><guid isPermaLink='false'>{escape(guid)}</guid><link>https://news.example/{escape(guid)}</link>"
        f"<title>{escape(title)}</title><description>{escape(text)}</description><pubDate>{date}</pubDate></item>"
        for guid, title, text in items
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{written}</channel></rss>".encode()
