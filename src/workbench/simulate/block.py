"""One block of users as it is streamed to disk: its rows of every table, and the truth beside them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.aftersales import deliver, items_table, orders_table, returns_table, send_back, tickets_table
from workbench.simulate.block_result import BlockResult
from workbench.simulate.coupons import coupons_table, grants_table, redemptions_table
from workbench.simulate.demand import Expected, expect, make_demand
from workbench.simulate.experiments import DAY, EXPERIMENTS
from workbench.simulate.faults import spoil
from workbench.simulate.goods import PRODUCTS, Goods
from workbench.simulate.latents import channel_sums, users_truth
from workbench.simulate.life import Lives, live, make_stage
from workbench.simulate.marketing import CHANNELS, PAID, Marketing
from workbench.simulate.outcomes import imagine, outcome_means, outcome_sums, outcomes_table
from workbench.simulate.rows import events_table, exposures_table, seen_channels, sessions_table, users_table
from workbench.simulate.touches import touches_table
from workbench.simulate.world import DAYS, World

__all__ = ["TABLES", "Maker", "coupons_table", "truth_of_sums"]

TABLES = (
    "users",
    "sessions",
    "orders",
    "order_items",
    "returns",
    "exposures",
    "coupon_grants",
    "coupon_redemptions",
    "touches",
    "tickets",
)
IDS = {"touch_id": "touches", "grant_id": "coupon_grants", "ticket_id": "tickets", "event_id": "events"}


class Maker:
    """Makes the blocks of a world, in any order and on any thread.

    Args:
        world, goods, marketing: The world and what is the same for all its users.
        tables: Which tables are wanted; `TABLES` by default.  With `users` comes the truth about users, with
            `exposures` that about experiments, with `orders` that about channels.
        events: Whether the raw events are wanted too.
    """

    def __init__(
        self,
        world: World,
        goods: Goods,
        marketing: Marketing,
        *,
        tables: tuple[str, ...] | None = None,
        events: bool = False,
    ) -> None:
        self._stage = make_stage(world, goods, marketing)
        self._tables = set(TABLES if tables is None else tables) | ({"events"} if events else set())
        self._demand = make_demand(self._stage) if "users" in self._tables else None

    def make(self, block: int) -> BlockResult:
        """One block of users."""
        lives = live(self._stage, block, every="events" in self._tables)
        rows = self._rows(lives)
        tables = {name: rows[name]() for name in (*TABLES, "events") if name in self._tables}
        expected = expect(self._stage, self._demand, lives.users) if self._demand else None
        truth, sums = self._truth(lives, expected)
        ids = {"order_id": len(lives.orders), "session_id": int(lives.shopping.comes.sum())}
        ids |= {
            column: tables[name].num_rows for column, name in (*IDS.items(), ("event_id", "events")) if name in tables
        }
        bought, lost = np.flatnonzero(lives.shopping.bought), np.flatnonzero(lives.shopping.lost)
        tables = spoil(self._stage.world, lives.users, tables)
        wanted = expected.wanted if expected else None
        return BlockResult(tables, truth, ids, _units(lives, bought), _units(lives, lost), wanted, sums)

    def _rows(self, lives: Lives) -> dict[str, Callable[[], pa.Table]]:
        """Name of each table → how it is made."""
        stage, users = self._stage, lives.users
        delivery = deliver(lives)
        returns = send_back(stage.goods, lives, delivery)
        seen = seen_channels(stage, lives) if self._tables & {"sessions", "touches"} else np.zeros(0, dtype=np.int64)
        came, visits = np.flatnonzero(lives.shopping.comes), lives.browsing.visits
        return {
            "users": lambda: users_table(users),
            "sessions": lambda: sessions_table(lives, seen),
            "orders": lambda: orders_table(lives, delivery, returns),
            "order_items": lambda: items_table(lives),
            "returns": lambda: returns_table(lives, returns),
            "exposures": lambda: exposures_table(stage.world, lives),
            "coupon_grants": lambda: grants_table(lives),
            "coupon_redemptions": lambda: redemptions_table(lives),
            "tickets": lambda: tickets_table(lives, delivery, returns),
            "events": lambda: events_table(lives),
            "touches": lambda: touches_table(
                stage.world,
                block=users.block,
                first=users.first,
                joined=users.joined,
                leaves=users.leaves,
                user=visits.user[came],
                at=visits.at[came],
                cause=visits.cause[came],
                seen=seen[came],
            ),
        }

    def _truth(self, lives: Lives, expected: Expected | None) -> tuple[dict[str, pa.Table], dict[str, float]]:
        truth: dict[str, pa.Table] = {}
        sums: dict[str, float] = {}
        if expected:
            truth["users"] = users_truth(self._stage, lives, expected)
        if "exposures" in self._tables:
            potential = [imagine(self._stage, lives, i) for i in range(len(EXPERIMENTS))]
            truth["potential_outcomes"] = outcomes_table(lives, potential)
            sums |= outcome_sums(potential)
        if "orders" in self._tables:
            sums |= channel_sums(lives)
        return truth, sums


def truth_of_sums(world: World, sums: dict[str, float]) -> dict[str, object]:
    """What `truth.json` says, from the sums over all blocks."""
    channels: dict[str, dict[str, float]] = {name: {} for name in CHANNELS[:PAID]}
    for name, number in sums.items():
        kind, *rest = name.split("/")
        if kind == "channels":
            channels[rest[0]][rest[1]] = number
    return {
        "world": {"users": world.users, "seed": world.seed},
        "experiments": outcome_means(sums),
        "channels": channels,
    }


def _units(lives: Lives, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pieces by product and day; shape (products, days)."""
    of = lives.browsing.lines
    cell = of.product[lines] * DAYS + lives.browsing.visits.at[of.visit[lines]] // DAY
    pieces = np.bincount(cell, weights=of.quantity[lines], minlength=PRODUCTS * DAYS)
    return pieces.astype(np.int64).reshape(PRODUCTS, DAYS)
