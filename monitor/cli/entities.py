"""`wirewatch entities`: help with the spellings of people and organisations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor import desk, rules
from monitor.cli.screen import counted, out, plain, settings
from monitor.entities import wikidata
from monitor.entities.lock import locked
from monitor.entities.merging import merge
from monitor.entities.suggest import LANGUAGES, language
from monitor.entities.suggest import suggest as suggested
from monitor.errors import ConfigError, Fault
from monitor.rules.inflections import Inflections
from monitor.rules.names import spellings


def suggest(
    name: Annotated[str, typer.Argument(help="A Russian, Ukrainian or Polish name, in Cyrillic or Latin letters.")],
    lang: Annotated[str, typer.Option(help="ru, uk or pl; guessed from the letters when left out.")] = "",
) -> None:
    """Propose spellings of a name: as other languages write it, and its cases. Printed as YAML to paste, and to check.

    The rules are those of grammars and of the newspapers' handbooks; names have their own mind. Delete what is wrong.

    Examples:
        wirewatch entities suggest 'Сергей Лавров'
        wirewatch entities suggest 'Volodymyr Zelensky' --lang uk
        wirewatch entities suggest 'Radosław Sikorski' >> rules/entities/mine.yaml
    """
    if lang not in ("", *LANGUAGES):
        raise typer.BadParameter(f"{lang!r}: there are rules for {', '.join(LANGUAGES)}", param_hint="--lang")
    if not spellings(name):
        raise typer.BadParameter("a name needs letters", param_hint="NAME")
    print(suggested(" ".join(name.split()), lang or language(name)).text(), end="")


def import_(
    file: Annotated[Path, typer.Argument(help="Wikidata's JSON: an entity, several, or a dump.")],
    into: Annotated[str, typer.Option(help="File in rules/entities/ for those not known yet.")] = "imported.yaml",
    langs: Annotated[str, typer.Option("--lang", help="Only names in these languages: en,ru,zh.")] = "",
) -> None:
    """Take names in all languages from Wikidata into entities/, where you review them.

    An entity that a file has already, by its `wikidata` number or its name, gets the spellings that it lacks. Nothing
    else in the file changes, comments stay. Others are added to --into; single words among their names become short
    forms, which count only beside the full name.

    Examples:
        curl -LO https://www.wikidata.org/wiki/Special:EntityData/Q58217.json
        wirewatch entities import Q58217.json
        wirewatch entities import ministers.json --into ministers.yaml --lang en,ru,uk,zh
    """
    folder = settings().rules_dir
    languages = [lang.strip() for lang in langs.split(",") if lang.strip()]
    named = wikidata.read(_text(file), str(file), languages)
    written = desk.rule_files(folder)
    files = dict(written.entities)
    merged = merge(files, named, str(folder / desk.ENTITIES / into))
    rules.load(
        list(merged.texts.items()), [], inflections=written.inflections
    )  # what we write loads, or nothing is written
    for path, text in merged.texts.items():
        if files.get(path) != text:
            Path(path).parent.mkdir(exist_ok=True)
            Path(path).write_text(text, encoding="utf-8")
    for done in merged.done:
        what = "new, with" if done.is_new else "more by"
        out.print(f"@{done.entity}  {what} {counted(done.names, 'spelling')}, in {done.file}")
        if done.bare:
            out.print(f"    left out, may mean others: {plain(', '.join(done.bare))}", style="dim")


def inflect(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The rules folder; by default the one the service reads.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Make all of them anew, whatever a reviewer changed.")] = False,
) -> None:
    """Put the spellings that entities have under `inflect` into every case, for you to review and commit.

    The forms go to entities/inflect.lock.yaml, and rules are loaded from that file: what you change there holds. Needs
    the optional pymorphy3: pip install 'wirewatch[inflect]'.

    Examples:
        wirewatch entities inflect
        wirewatch entities inflect rules --again
    """
    folder = folder or settings().rules_dir
    files = desk.rule_files(folder)
    before = Inflections(files.inflections)
    lock = locked(files.entities, before, again=again)
    path = folder / desk.INFLECTIONS
    for key in lock.made:
        out.print(f"@{key.entity}  {key.spelling.name}: {', '.join(lock.forms[key]) or 'the same in every case'}")
    for key in lock.dropped:
        out.print(f"@{key.entity}  {key.spelling.name} is not asked for any more", style="dim")
    if lock.made or lock.dropped:
        path.write_text(lock.text, encoding="utf-8")
        out.print(f"Review {path}, and commit it.")
    else:
        out.print("Nothing is missing, and nothing too much.")
    if lock.faults:
        raise ConfigError(lock.faults)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError([Fault(str(file), 0, 0, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(file), 0, 0, "is not UTF-8 text")]) from None
