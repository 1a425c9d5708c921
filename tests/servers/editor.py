"""An editor with a YAML language server: the npm package that VS Code, Neovim and others run, asked as they ask it.

Found in `.tools/` or on PATH. It speaks the Language Server Protocol on its
standard streams.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

Json = dict[str, Any]
NAME = "yaml-language-server"


class Editor:
    """A running language server; files are opened in it with any text, whatever is on disk."""

    def __init__(self, binary: str) -> None:
        command = [binary, "--stdio"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._ids = count(1)

    def diagnostics(self, path: Path, text: str) -> list[str]:
        """What the editor underlines, as `line: message`, lines from 1."""
        self._open(path, text)
        while True:
            said = self._next()
            if said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == path.as_uri():
                return [f"{d['range']['start']['line'] + 1}: {d['message']}" for d in said["params"]["diagnostics"]]

    def completions(self, path: Path, text: str) -> list[str]:
        """What the editor offers at the `|` in the text."""
        before, _, after = text.partition("|")
        self._open(path, before + after)
        line = before.count("\n")
        place = {"line": line, "character": len(before.rpartition("\n")[2])}
        offered = self._ask("textDocument/completion", textDocument={"uri": path.as_uri()}, position=place)
        return [item["label"] for item in offered["items"]]

    def _open(self, path: Path, text: str) -> None:
        document = {"uri": path.as_uri(), "languageId": "yaml", "version": next(self._ids), "text": text}
        self._tell("textDocument/didOpen", textDocument=document)

    def _ask(self, method: str, **params: object) -> Any:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            said = self._next()
            if said.get("id") == number and "method" not in said:
                return said["result"]

    def _tell(self, method: str, **params: object) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._process.stdin.flush()

    def _next(self) -> Json:
        """The server's next message; what it asks of its editor is answered on the way."""
        stream = self._process.stdout
        assert stream
        length = 0
        while header := stream.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server has ended"
        said: Json = json.loads(stream.read(length))
        if "id" in said and "method" in said:
            self._send({"id": said["id"], "result": _answer(said)})
        return said

    def __enter__(self) -> Self:
        self._ask(
            "initialize", processId=os.getpid(), rootUri=None, capabilities={"workspace": {"configuration": True}}
        )
        self._tell("initialized")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()


def _answer(asked: Json) -> Sequence[Json | None] | None:
    """The settings of an editor in which nobody has set anything but to keep to local schemas."""
    if asked["method"] != "workspace/configuration":
        return None
    settings = {"yaml": {"schemaStore": {"enable": False}, "validate": True, "completion": True}}
    return [settings.get(item["section"]) for item in asked["params"]["items"]]


@pytest.fixture(scope="module")
def editor() -> Iterator[Editor]:
    """An editor; without the language server the test is skipped, and fails in CI."""
    tools = Path(__file__).parents[2] / ".tools" / "node_modules" / ".bin" / NAME
    binary = str(tools) if tools.exists() else shutil.which(NAME)
    if binary is None:
        reason = f"{NAME} is not installed: npm install --prefix .tools {NAME}@2.0.0"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with Editor(binary) as running:
        yield running
