"""A real WebSub hub, Flask-WebSub's, in a process of its own.

    python -m tests.servers.hub FOLDER ALGORITHM

It prints its port. `hub.mode=publish` makes it fetch a topic and send it to
who has subscribed, signed by ALGORITHM. Leases are one minute at least.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, Self


class Hub:
    """The process; `subscribers` is what it knows."""

    def __init__(self, folder: Path, algorithm: str = "sha256") -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._algorithm = algorithm
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/hub"

    def __enter__(self) -> Self:
        command = [sys.executable, "-W", "ignore", "-m", "tests.servers.hub", str(self._folder), self._algorithm]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def publish(self, topic: str) -> None:
        """Tell it that a topic has news."""
        form = urllib.parse.urlencode({"hub.mode": "publish", "hub.topic": topic}).encode()
        with urllib.request.urlopen(self.url, form) as answer:
            assert answer.status == 202

    def subscribers(self, topic: str) -> list[str]:
        """Addresses that it tells of a topic."""
        with sqlite3.connect(self._folder / "hub.sqlite3") as database:
            rows = database.execute("select callback_url from hub where topic_url = ?", (topic,)).fetchall()
        database.close()
        return [callback for (callback,) in rows]


class Threads:
    """What the hub takes for Celery: each task in a thread of its own, never tried again."""

    def task(self, bind: bool = False, **_options: object) -> Callable[[Callable[..., None]], Any]:
        def made(function: Callable[..., None]) -> Any:
            itself = [SimpleNamespace(request=SimpleNamespace(retries=0), retry=lambda countdown: None)] * bind

            def delay(*args: object) -> None:
                threading.Thread(target=function, args=(*itself, *args), daemon=True).start()

            return SimpleNamespace(delay=delay)

        return made


def main(folder: str, algorithm: str) -> None:
    from flask import Flask
    from flask_websub import hub
    from werkzeug.serving import make_server

    app = Flask(__name__)
    app.config["PUBLISH_SUPPORTED"] = True
    it = hub.Hub(hub.SQLite3HubStorage(f"{folder}/hub.sqlite3"), Threads(), SIGNATURE_ALGORITHM=algorithm)
    app.register_blueprint(it.build_blueprint("/hub"))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.port, flush=True)  # noqa: T201 # to who started it
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
