"""A platform in memory, for tests and calibrations that make many small ones."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from workbench.simulate.blocks import Blocks
from workbench.simulate.world import World


@dataclass(frozen=True, slots=True)
class Platform:
    """All that a world shows, and its truth.

    Attributes:
        tables: Canonical name → table; times in UTC, money in CNY.
        truth: Name → table that no real data hold.
        facts: What `truth.json` says.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    facts: dict[str, object]


def make_tables(world: World, tables: tuple[str, ...] | None = None) -> Platform:
    """Make a world in memory.

    Args:
        world: What is made.
        tables: Canonical tables that are wanted; all but the raw events by default.  With few of them less is made,
            and the truth that rests on the rest is left out.
    """
    wanted = None if tables is None else set(tables)
    blocks = Blocks(world, tables=tables, events=wanted is not None and "events" in wanted)
    parts: dict[str, list[pa.Table]] = {}
    beside: dict[str, list[pa.Table]] = {}
    for result in blocks:
        for name, table in result.tables.items():
            if wanted is None or name in wanted:
                parts.setdefault(name, []).append(table)
        for name, table in result.truth.items():
            beside.setdefault(name, []).append(table)
    whole = blocks.whole()
    return Platform(
        tables={name: pa.concat_tables(found) for name, found in parts.items()} | whole.tables,
        truth={name: pa.concat_tables(found) for name, found in beside.items()} | whole.truth,
        facts=whole.facts,
    )
