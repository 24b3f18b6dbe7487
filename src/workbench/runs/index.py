"""The index: the latest run of each study, and each study's history."""

from __future__ import annotations

from pathlib import Path


def write_index(runs: Path) -> Path:
    """Write `runs/index.html` and each study's history anew."""
    return runs / "index.html"
