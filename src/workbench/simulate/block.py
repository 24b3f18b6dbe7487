"""The canonical tables of one block of users, and the truth about them, as they are streamed to disk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.experiments import BROKEN, DAY, EXPERIMENTS, NEVER
from workbench.simulate.goods import PRODUCTS
from workbench.simulate.life import Lives, Stage, live
from workbench.simulate.marketing import CHANNELS
from workbench.simulate.people import COUNTRIES, DEVICES, REGIONS, Users
from workbench.simulate.world import DAYS, FIRST_DAY, UTC_OFFSET_HOURS

START = FIRST_DAY.astype("datetime64[us]") - np.timedelta64(UTC_OFFSET_HOURS, "h")  # of the first day, in UTC
LABELS = len(CHANNELS)


@dataclass(frozen=True, slots=True)
class Block:
    """Everything that one block of users leaves.

    Attributes:
        tables: Canonical tables by name.  The ids of `counts` are numbered from 0 within the block.
        truth: Tables that no shop has, by name.
        sold, lost: Units by product and day, as sold and as not sold for want of stock; int64 (products, days).
        counts: How many ids of each kind the block uses, by the column's name.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    sold: NDArray[np.int64]
    lost: NDArray[np.int64]
    counts: dict[str, int]


def make_block(stage: Stage, block: int) -> Block:
    """One block of users, in tables."""
    lives = live(stage, block)
    tables = {
        "users": _users_table(lives.users),
        "sessions": _sessions_table(stage, lives),
        "orders": _orders_table(stage, lives),
        "exposures": _exposures_table(stage, lives),
    }
    counts = {"session_id": tables["sessions"].num_rows, "order_id": len(lives.orders)}
    bought = np.flatnonzero(lives.shopping.bought)
    lost = np.flatnonzero(lives.shopping.lost)
    return Block(tables, {}, _units(lives, bought), _units(lives, lost), counts)


def number(tables: dict[str, pa.Table], first: dict[str, int]) -> dict[str, pa.Table]:
    """The same tables with their ids numbered on from what blocks before have used.

    Args:
        first: Numbers of the first session, order, …, by the column's name.
    """
    import pyarrow.compute as pc

    numbered = {}
    for name, table in tables.items():
        for column in first.keys() & set(table.column_names):
            place = table.column_names.index(column)
            table = table.set_column(place, column, pc.add(table.column(column), first[column]))  # noqa: PLW2901
        numbered[name] = table
    return numbered


def _units(lives: Lives, lines: NDArray[np.int64]) -> NDArray[np.int64]:
    of = lives.browsing.lines
    day = lives.browsing.visits.at[of.visit[lines]] // DAY
    cell = of.product[lines] * DAYS + day
    return np.bincount(cell, weights=of.quantity[lines], minlength=PRODUCTS * DAYS).astype(np.int64).reshape(-1, DAYS)


def times(seconds: NDArray[np.int64] | NDArray[np.int32], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Seconds since the first day as times in UTC."""
    return pa.array(START + seconds.astype(np.int64) * np.timedelta64(10**6, "us"), mask=missing)


def words(index: NDArray[np.int64] | NDArray[np.int8], options: tuple[str, ...]) -> pa.Array:
    """Words by their index, stored once."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int8)), pa.array(options))


def money(cents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Cents as a price tag says them."""
    return cents / 100


def ids(users: Users, index: NDArray[np.int32] | NDArray[np.int64]) -> NDArray[np.int64]:
    """The `user_id` of users by their index within the block."""
    return users.first + 1 + index.astype(np.int64)


def _users_table(users: Users) -> pa.Table:
    joined = np.floor(users.joined * DAY).astype(np.int64)
    gone = users.leaves < DAYS
    regions = tuple(name for names in REGIONS for name in names)
    return pa.table(
        {
            "user_id": ids(users, np.arange(len(users))),
            "first_seen_at": times(joined),
            "deleted_at": times(np.where(gone, np.floor(np.minimum(users.leaves, DAYS) * DAY), 0), ~gone),
            "acquisition_channel": words(users.acquisition, CHANNELS),
            "country": words(users.country, COUNTRIES),
            "region": words(users.country * len(REGIONS[0]) + users.region, regions),
            "birth_year": users.birth_year,
            "is_test": np.zeros(len(users), dtype=bool),
        }
    )


def _sessions_table(stage: Stage, lives: Lives) -> pa.Table:
    visits, shopping = lives.browsing.visits, lives.shopping
    came = np.flatnonzero(shopping.comes)
    user = visits.user[came]
    looked = np.where(shopping.viewed[came], lives.browsing.looked[came], 0)
    return pa.table(
        {
            "session_id": np.arange(len(came)),
            "user_id": ids(lives.users, user),
            "started_at": times(visits.at[came]),
            "channel": words(channels(stage, lives)[came], CHANNELS),
            "device": words(lives.users.device[user], DEVICES),
            "landing": words((visits.stream[came] > 0).astype(np.int8), ("home", "offer")),
            "events": 1 + looked + sum(step[came] for step in (shopping.carted, shopping.checked_out, shopping.paid)),
            "converted": shopping.paid[came],
        }
    )


def channels(stage: Stage, lives: Lives) -> NDArray[np.int64]:
    """As which channel each visit is recorded; index into `CHANNELS`."""
    visits = lives.browsing.visits
    shares = np.vstack([stage.marketing.own_shares, stage.marketing.seen_as])[visits.cause.astype(np.int64) + 1]
    seen = draws.choice(visits.uniforms("channel"), shares)
    joining = np.append(True, visits.user[1:] != visits.user[:-1])
    seen[joining] = lives.users.acquisition
    seen[visits.stream > 0] = CHANNELS.index("email")
    return seen


def _orders_table(stage: Stage, lives: Lives) -> pa.Table:
    orders = lives.orders
    session = np.cumsum(lives.shopping.comes) - 1
    return pa.table(
        {
            "order_id": np.arange(len(orders)),
            "user_id": ids(lives.users, orders.user),
            "session_id": session[orders.visit],
            "ordered_at": times(orders.at),
            "channel": words(lives.users.device[orders.user], DEVICES),
            "subtotal": money(orders.subtotal),
            "discount": money(orders.discount),
            "cost": money(orders.cost),
        }
    )


def _exposures_table(stage: Stage, lives: Lives) -> pa.Table:
    users, arms = lives.users, lives.arms
    parts = []
    for i, experiment in enumerate(EXPERIMENTS):
        exposed = arms.since[i] < NEVER
        if experiment.name == BROKEN:
            u = draws.uniforms(stage.world.seed, "exposures.lost", users.first, len(users))
            exposed &= ~(
                (arms.arm[i] == 1) & (users.device == DEVICES.index("mobile web")) & (u < stage.world.split_bias)
            )
        who = np.flatnonzero(exposed)
        parts.append(
            pa.table(
                {
                    "experiment": pa.array(np.full(len(who), experiment.name)).dictionary_encode(),
                    "user_id": ids(users, who),
                    "variant": words(arms.arm[i][who], tuple(arm.name for arm in experiment.arms)),
                    "exposed_at": times(arms.since[i][who]),
                    "country": words(users.country[who], COUNTRIES),
                    "device": words(users.device[who], DEVICES),
                }
            )
        )
    return pa.concat_tables(parts).unify_dictionaries()
