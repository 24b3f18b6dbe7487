"""A simulated platform whose truth is known."""

from __future__ import annotations

from pathlib import Path

from workbench.simulate.in_memory import Platform, make_tables
from workbench.simulate.world import World
from workbench.simulate.writer import write_world

__all__ = ["Platform", "World", "make_tables", "write_sample", "write_world"]


def write_sample(*, users: int = 20_000, seed: int = 11, out: Path, events: bool = False) -> None:
    """Write a platform of so many users under `out`, as `write_world` does, with a bar on a terminal.

    Raises:
        StudyError: `out` holds something else than a sample, which would be lost.
    """
    write_world(World(users=users, seed=seed), out, events=events, progress=True)
