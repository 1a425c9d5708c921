"""`wirewatch schema`: what editors need to complete and check the files as you type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import WithDefaultSchema

from monitor.cli.screen import out
from monitor.desk import RoutesFile
from monitor.ingest.feeds import FeedsFile
from monitor.rules.schema import EntityFile, FilterFile, InflectionFile, RuleFile

SHAPES: Final[Mapping[str, type[BaseModel]]] = {
    "entities": EntityFile,
    "feeds": FeedsFile,
    "filters": FilterFile,
    "inflections": InflectionFile,
    "routes": RoutesFile,
    "rules": RuleFile,
}


def schema(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write them.")] = Path("rules/schema"),
) -> None:
    """Write the JSON Schemas of the rules folder's files.

    An editor then completes keys and marks slips as you type, in files that begin with
    [bold]# yaml-language-server: $schema=schema/rules.json[/bold] (VS Code, Neovim, Emacs) and
    [bold]# $schema: schema/rules.json[/bold] (JetBrains).

    Examples:
        wirewatch schema
        wirewatch schema /etc/wirewatch/rules/schema
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
    out.print(f"{len(SHAPES)} schemas in {folder}")


def schemas() -> dict[str, str]:
    """The text of each schema, by file name."""
    return {f"{name}.json": _text(shape) for name, shape in SHAPES.items()}


def _text(shape: type[BaseModel]) -> str:
    made = shape.model_json_schema(schema_generator=_ForEditors)
    return json.dumps({"$schema": _ForEditors.schema_dialect, **made}, indent=2, ensure_ascii=False) + "\n"


class _ForEditors(GenerateJsonSchema):
    """Without titles that repeat the key, and without defaults, which stand there as parsed, not as written."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic asks for each
        return False

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])
