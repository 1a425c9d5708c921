"""The `wirewatch` command. Each command is a file; what they share is here.

Exit codes: 0 fine, 1 trouble, 2 bad configuration or usage.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from typing import Annotated, NoReturn

import typer

from monitor import __version__
from monitor.cli import (
    ack,
    backtest,
    check,
    compare,
    dead,
    deliveries,
    demo,
    entities,
    fmt,
    outbox,
    routes,
    run,
    schema,
    send_test,
    silence,
    story,
    trial,
    why,
)
from monitor.cli.feeds import adding, listing, lists, pausing, showing, trying
from monitor.cli.screen import problems
from monitor.errors import ConfigError, NoServer, StoreUnfit, WirewatchError

TROUBLE = 1
BAD_CONFIGURATION = 2
INTERRUPTED = 130

app = typer.Typer(
    name="wirewatch",
    help="Watches the news wire and tells people what they asked to hear: once, in time, and with the reason why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"wirewatch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None: ...


def _help(command: Callable[..., None]) -> str:
    """A docstring as help: the terminal breaks the sentences, indented examples keep their lines."""
    text = re.sub(r"(?<=\S)\n(?=\S)", " ", inspect.cleandoc(command.__doc__ or ""))
    return re.sub(r"(?m)^ +\S.*$", r"[cyan]\g<0>[/cyan]", text)


for _name, _command in (
    ("run", run.run),
    ("check", check.check),
    ("try", trial.trial),
    ("backtest", backtest.backtest),
    ("fmt", fmt.fmt),
    ("why", why.why),
    ("ack", ack.ack),
    ("story", story.story),
    ("stories", story.stories),
    ("compare", compare.compare),
    ("outbox", outbox.outbox),
    ("deliveries", deliveries.deliveries),
    ("schema", schema.schema),
    ("send-test", send_test.send_test),
    ("demo", demo.demo),
):
    app.command(_name, help=_help(_command))(_command)

_feeds = typer.Typer(invoke_without_command=True)
_feeds.callback(help=_help(listing.feeds))(listing.feeds)
_feeds.command("add", help=_help(adding.add))(adding.add)
_feeds.command("import", help=_help(lists.import_))(lists.import_)
_feeds.command("export", help=_help(lists.export))(lists.export)
_feeds.command("try", help=_help(trying.attempt))(trying.attempt)
_feeds.command("show", help=_help(showing.show))(showing.show)
_feeds.command("pause", help=_help(pausing.pause))(pausing.pause)
_feeds.command("resume", help=_help(pausing.resume))(pausing.resume)
_feeds.command("poll", help=_help(pausing.poll))(pausing.poll)
app.add_typer(_feeds, name="feeds")

_spellings = typer.Typer(
    help="Spellings of people and organisations: proposed, taken from Wikidata, put into every case."
)
_spellings.command("suggest", help=_help(entities.suggest))(entities.suggest)
_spellings.command("import", help=_help(entities.import_))(entities.import_)
_spellings.command("inflect", help=_help(entities.inflect))(entities.inflect)
app.add_typer(_spellings, name="entities")

_routes = typer.Typer(help="The routes: drawn, or tried on an item.")
_routes.command("show", help=_help(routes.show))(routes.show)
_routes.command("test", help=_help(routes.tried))(routes.tried)
app.add_typer(_routes, name="routes")

_silence = typer.Typer(help="Silences: what nobody wants to hear of for a while.")
_silence.command("add", help=_help(silence.add))(silence.add)
_silence.command("list", help=_help(silence.list_))(silence.list_)
_silence.command("expire", help=_help(silence.expire))(silence.expire)
app.add_typer(_silence, name="silence")

_dead = typer.Typer(help="Deliveries that were given up: to look at, to send again, or to let go.")
_dead.command("list", help=_help(dead.list_))(dead.list_)
_dead.command("show", help=_help(dead.show))(dead.show)
_dead.command("replay", help=_help(dead.replay))(dead.replay)
_dead.command("drop", help=_help(dead.drop))(dead.drop)
app.add_typer(_dead, name="dead")


def main() -> NoReturn:
    """Run a command, and turn our own errors into words and an exit code."""
    try:
        app()
    except ConfigError as error:
        problems(error.faults)
        sys.exit(BAD_CONFIGURATION)
    except (StoreUnfit, NoServer) as error:
        print(f"wirewatch: {error}", file=sys.stderr)
        sys.exit(BAD_CONFIGURATION)
    except WirewatchError as error:
        print(f"wirewatch: {error}", file=sys.stderr)
        sys.exit(TROUBLE)
    except ExceptionGroup as group:  # of a round that lost its store: every task says so
        ours, unforeseen = group.split(WirewatchError)
        if ours is None or unforeseen is not None:
            raise
        print(f"wirewatch: {ours.exceptions[0]}", file=sys.stderr)
        sys.exit(TROUBLE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()  # `wirewatch feeds | head` is no trouble
        sys.exit(0)
    sys.exit(0)
