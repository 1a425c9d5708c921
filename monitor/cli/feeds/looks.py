"""How one look at a feed is told."""

from __future__ import annotations

from rich.text import Text

from monitor.cli.screen import ago, counted, plain
from monitor.feedlist.looking import Look
from monitor.model import Parsed


def summary(look: Look, at: float) -> Text:
    """What a feed calls itself, and what there is in it."""
    if not isinstance(look.parsed, Parsed):
        return Text("unchanged since it was read last", "dim")
    newest = f"newest {ago(look.newest, at)}" if look.newest else "no dates"
    about = [counted(len(look.parsed.items), "item"), newest, look.lang or "language not said"]
    title = plain(look.title) or "without a title"
    return Text.assemble((title, "bold"), "  ", ", ".join(about))
