"""Which story a text belongs to: how it is found, compared and judged. Pure."""

from __future__ import annotations

from monitor.stories.candidates import fingerprint
from monitor.stories.verdict import judge

__all__ = ["fingerprint", "judge"]
