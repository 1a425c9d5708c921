"""The demo's rules folder, laid out for a wire that is played at some address."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import yaml

from monitor import durations
from monitor.demo.script import Outlet

RULES = Path(__file__).parent / "rules"


def lay_out(folder: Path, outlets: Iterable[Outlet], base: str) -> None:
    """Write the demo's rules, and a `feeds.yaml` that polls the outlets at `base`, into a folder."""
    shutil.copytree(RULES, folder, dirs_exist_ok=True)
    (folder / "feeds.yaml").write_text(feeds_yaml(outlets, base), encoding="utf-8")


def feeds_yaml(outlets: Iterable[Outlet], base: str) -> str:
    """The `feeds.yaml` that polls the outlets at `base`."""
    feeds = [
        {
            "id": outlet.id,
            "url": f"{base}/{outlet.id}/feed",
            "source": outlet.name,
            "every": durations.written(outlet.every),
            "lang": outlet.lang,
            "tags": list(outlet.tags),
            "backfill": outlet.backfill,
        }
        for outlet in outlets
    ]
    return yaml.safe_dump({"feeds": feeds}, allow_unicode=True, sort_keys=False)
