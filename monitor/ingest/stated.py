"""What a desk states in fields of their own (IPTC's NewsML-G2 and ninjs), as its words would say it. Pure.

    pubStatus   usable      news                     version n  n > 1: update n-1
                withheld    hold
                canceled    withdrawal               signal     correction, update: these
    urgency     1           flash
                2           urgent                   embargoed  with a time: until then
                3 to 9      news                                without: hold

An `edNote` is read as a note at the head of the text would be: "Corrects …".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.ingest import dateline, text
from monitor.ingest.dates import moment
from monitor.ingest.entry import Entry, Stated
from monitor.model import Kind

TEXTS = frozenset(("", "text", "composite"))
"""Classes of items that bring a text of their own; the others are pictures, films, plans and the like."""

_STATUSES = {"usable": (), "": (), "withheld": (Kind.HOLD,)} | dict.fromkeys(
    ("canceled", "cancelled"), (Kind.WITHDRAWAL,)
)
_URGENCIES = {"1": (Kind.FLASH,), "2": (Kind.URGENT,)}
_SIGNALS = {"correction": (Kind.CORRECTION,), "update": (Kind.UPDATE,)}
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Fields:
    """An item's fields as both formats have them; codes without their scheme."""

    status: str = ""
    urgency: str = ""
    version: str = ""
    embargoed: str | None = None
    """Empty: there is one and it has no end."""
    signals: tuple[str, ...] = ()
    slug: str = ""
    dateline: str = ""
    byline: str = ""
    credit: tuple[str, ...] = ()
    """Who is said to have sent or written it, the likeliest first."""
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether its status is one of the standard's; any other is taken for usable."""
        return self.status.lower() in _STATUSES

    def stated(self) -> Stated:
        """What they say."""
        version = int(self.version) if self.version.isdecimal() and len(self.version) < 5 else 1
        until = None if self.embargoed is None else moment(self.embargoed)
        endless = self.embargoed is not None and until is None
        return Stated(
            kinds=(
                *_STATUSES.get(self.status.lower(), ()),
                *_URGENCIES.get(self.urgency, ()),
                *(kind for signal in self.signals for kind in _SIGNALS.get(signal.lower(), ())),
                *((Kind.UPDATE,) if version > 1 else ()),
                *((Kind.HOLD,) if endless else ()),
            ),
            number=max(0, version - 1),
            slug=_line(self.slug),
            place=_line(self.dateline.partition(",")[0]),
            credit=next(filter(None, map(dateline.agency_among, self.credit)), ""),
            byline=_line(dateline.byline(self.byline) or self.byline),
            note=_line(self.note),
            embargo=until,
        )


def _line(words: str) -> str:
    return text.shorten(text.title(words, markup=False), _LONGEST)


def left_out(items: int) -> str:
    """What is said of items that are pictures, films and the like."""
    return f"{items} {'item is no text' if items == 1 else 'items are no texts'}, and left out"


def latest(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Of the versions of an item that stand in one document, the last."""
    newest: dict[object, Entry] = {}
    for entry in entries:
        name = entry.guid or entry
        if name not in newest or newest[name].stated.number <= entry.stated.number:
            newest[name] = entry
    return tuple(newest.values())
