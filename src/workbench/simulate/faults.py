"""What goes wrong with data on their way into a warehouse; written rows only, never the truth."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.bots import bot_tables
from workbench.simulate.people import Users
from workbench.simulate.world import DAYS, FIRST_DAY, UTC_OFFSET_HOURS, World

CLOCKS = {
    "sessions": "started_at",
    "orders": "ordered_at",
    "order_items": "ordered_at",
    "returns": "returned_at",
    "coupon_redemptions": "redeemed_at",
    "touches": "touched_at",
    "tickets": "created_at",
    "events": "event_at",
}
OF_ORDERS = ("orders", "order_items", "returns", "coupon_redemptions", "tickets")  # late, or nameless, with their order


def spoil(world: World, users: Users, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The tables of a block with the faults that the world asks for; without any, as they are."""
    if world.missing_ids > 0:
        tables |= {name: _without_user(world, users, tables[name]) for name in OF_ORDERS if name in tables}
    if world.late > 0 or world.duplicates > 0:
        tables |= {name: _recorded(world, users, name, tables[name]) for name in CLOCKS if name in tables}
    if world.bots > 0:
        for name, rows in bot_tables(world, users).items():
            if name in tables:
                both = pa.concat_tables([tables[name], rows], promote_options="default")
                tables[name] = both.unify_dictionaries()
    return tables


def _without_user(world: World, users: Users, table: pa.Table) -> pa.Table:
    """Orders that nobody can be named for, in each table the same ones; nor can their visit, which has a user."""
    order = table["order_id"].to_numpy() - 1
    count = int(order.max(initial=-1)) + 1
    lost = draws.uniforms(world.seed, "faults.missing", 0, count, block=users.block) < world.missing_ids
    for name in {"user_id", "session_id"}.intersection(table.column_names):
        place = table.column_names.index(name)
        table = table.set_column(place, name, pa.array(table[name].to_numpy(), mask=lost[order]))
    return table


def _recorded(world: World, users: Users, name: str, table: pa.Table) -> pa.Table:
    """The rows that have arrived, and some of them twice."""

    def drawn(what: str, entity: NDArray[np.int64]) -> NDArray[np.float64]:
        count = int(entity.max(initial=-1)) + 1
        return draws.uniforms(world.seed, f"faults.{what}", 0, count, block=users.block)[entity]

    row = np.arange(table.num_rows)
    entity, what = (table["order_id"].to_numpy() - 1, "orders") if name in OF_ORDERS else (row, name)
    end = (FIRST_DAY + DAYS).astype("datetime64[us]") - np.timedelta64(UTC_OFFSET_HOURS, "h")
    days_ago = (end - table[CLOCKS[name]].to_numpy()) / np.timedelta64(1, "D")
    missing = drawn(f"late.{what}", entity) < world.late * 0.5 ** np.floor(days_ago)
    twice = drawn(f"twice.{name}", row) < world.duplicates
    return table.take(np.repeat(row, np.where(missing, 0, 1 + twice)))
