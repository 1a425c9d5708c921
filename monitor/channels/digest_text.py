"""What every channel shows of a digest: its title and count, a section for each rule, an entry for each alert."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from monitor.channels import render
from monitor.model import AlertStatus, DigestEntry, DigestEvent, EventKind

MOST = 40
"""Entries shown where somebody reads along; the loudest come first, and the rest are counted."""


class Part(NamedTuple):
    """A section as far as it is shown."""

    title: str
    entries: tuple[DigestEntry, ...]


def title(event: DigestEvent) -> str:
    """What a digest is called, on one line."""
    return render.line(event.title, render.NAME) or event.reason.capitalize()


def count(event: DigestEvent, when: Callable[[float], str] = render.when) -> str:
    """How much is in it, and how much was kept back."""
    stories = "1 story" if len(event.entries) == 1 else f"{len(event.entries)} stories"
    silenced = f", {event.silenced} silenced" if event.silenced else ""
    return f"{stories} since {when(event.since)}{silenced}"


def parts(event: DigestEvent, most: int = MOST) -> tuple[Part, ...]:
    """Sections with their entries, as many as are shown."""
    shown, left = [], most
    for section in event.sections:
        entries = section.entries[:left]
        left -= len(entries)
        if entries:
            shown.append(Part(render.line(section.title, render.NAME) or "(no rule)", entries))
    return tuple(shown)


def rest(event: DigestEvent, shown: int) -> str:
    """How many are left out, in words; empty: none."""
    left = len(event.entries) - shown
    return f"and {left} more" if left > 0 else ""


def headline(entry: DigestEntry) -> str:
    """The headline on one line, or words for its absence."""
    return render.line(entry.headline, render.HEADLINE) or "(no headline)"


def gone(entry: DigestEntry) -> bool:
    """Whether its headline is to be struck through."""
    return entry.status is AlertStatus.WITHDRAWN


def label(entry: DigestEntry) -> str:
    """What happened to the alert; nothing when it is told here for the first time and stands."""
    if entry.kind is EventKind.RAISED:
        return render.STATUSES[entry.status]
    return render.happened(entry.kind, entry.relation, entry.severity)


def at(entry: DigestEntry) -> float:
    """When it was published, or else seen."""
    return entry.at if entry.published is None else entry.published


def others(entry: DigestEntry) -> str:
    """How many other texts of the story there are, in words; empty: none."""
    return f"{entry.carriers} more text{'s' if entry.carriers > 1 else ''}" if entry.carriers else ""


def lines(event: DigestEvent, most: int = MOST) -> list[str]:
    """The digest as lines of plain text, the first of them its title and count."""
    shown = parts(event, most)
    said = [f"{title(event)}: {count(event)}"]
    for part in shown:
        said += ["", part.title]
        for entry in part.entries:
            said += _entry(entry)
    left = rest(event, sum(len(part.entries) for part in shown))
    return [*said, "", left] if left else said


def _entry(entry: DigestEntry) -> list[str]:
    strike = "~" if gone(entry) else ""
    facts = (
        label(entry),
        render.urgency(entry.severity),
        render.source(entry.source),
        render.when(at(entry)),
        others(entry),
    )
    said = [" · ".join(fact for fact in facts if fact)]
    for change in entry.changes[: render.MOST_CHANGES]:
        before, after = ("".join(run.text for run in runs) for runs in render.difference(change))
        said.append(f"{render.FIELDS[change.field]}: “{before}” → “{after}”")
    said += [render.line(entry.note, render.NOTE), render.link(entry.url)]
    return [f"- {strike}{headline(entry)}{strike}", *(f"  {line}" for line in said if line)]
