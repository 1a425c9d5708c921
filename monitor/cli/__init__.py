"""The `wirewatch` command. Each command is a file; what they share is here.

Exit codes: 0 fine, 1 trouble, 2 bad configuration or usage.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from monitor.cli import backtest, check, compare, demo, feeds, run, schema, send_test, story, trial, why
from monitor.cli.screen import problems
from monitor.errors import ConfigError, NoServer, StoreUnfit, WirewatchError

TROUBLE = 1
BAD_CONFIGURATION = 2
INTERRUPTED = 130

app = typer.Typer(
    name="wirewatch",
    help="Watches the news wire and tells people what they asked to hear: once, in time, and with the reason why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("try")(trial.trial)
app.command("backtest")(backtest.backtest)
app.command("feeds")(feeds.feeds)
app.command("why")(why.why)
app.command("story")(story.story)
app.command("stories")(story.stories)
app.command("compare")(compare.compare)
app.command("schema")(schema.schema)
app.command("send-test")(send_test.send_test)
app.command("demo")(demo.demo)


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
