"""Blocks of users: the same for ever, whoever comes later, and sound in themselves."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from workbench.simulate.block import TABLES, Maker, truth_of_sums
from workbench.simulate.experiments import EXPERIMENTS
from workbench.simulate.in_memory import make_tables
from workbench.simulate.marketing import CHANNELS, PAID
from workbench.simulate.world import BLOCK, World

WORLD = World(users=5_000, seed=11)
DIGESTS = {
    "users": "da0503b77ebbd0f9",
    "sessions": "eef11dcc5c9651aa",
    "orders": "034d6b365583043a",
    "order_items": "c1f824bc738432ce",
    "returns": "e7a473897da8bcd9",
    "exposures": "b88f4cc1ddef6230",
    "coupon_grants": "2239ac8a60ad8947",
    "coupon_redemptions": "96263ca8ce39da9e",
    "touches": "ceef1611e4dff449",
    "tickets": "b94833dfefdbeda2",
    "products": "4b4ec39069c4a8b0",
    "categories": "b2ab17c31adaa773",
    "prices": "ae26387cc3154fef",
    "costs": "c3ab8adfa081dba1",
    "competitor_prices": "972c6bdd5a11d2b6",
    "inventory": "91103721877a530d",
    "spend": "959bead1265cb80d",
    "coupons": "8d3eecd276025710",
}
DIGESTS_AFTER_ORDER = {
    "users": "619d42b8195facc9",
    "sessions": "0ca55e1d112a1725",
    "orders": "ad54fa9ae349b379",
    "order_items": "5251a316c670b5db",
    "returns": "88aebd0e957cd953",
    "exposures": "61cee067ef3cbd8f",
    "coupon_grants": "4306490fae8548a6",
    "coupon_redemptions": "0143219f11ef3b32",
    "touches": "d5eba3a6daf3cfed",
    "tickets": "3327b4728662a08c",
    "inventory": "56927e7c2fbb9724",
}
TRUTHS = {
    "users": "64d53e02b3cada4d",
    "potential_outcomes": "ad949efd2d7a7f0a",
    "products": "3b2307218dc81285",
    "categories": "31aa8be97b4421f7",
    "product_days": "10591d16db21a2fc",
    "marketing_days": "2c6c3ec5b0d0a1fa",
    "survival": "3028b691e6781fd5",
    "facts": "4ed259f49496b005",
}
TRUTHS_AFTER_ORDER = {
    "users": "6e07a5e26ebf47fc",
    "potential_outcomes": "3e511124014f1bdb",
    "products": "d372948546eeba27",
    "product_days": "79299f29fc12d870",
    "survival": "3f2b9f8fd1e6b0b5",
    "facts": "0a4f2a6008d2ee19",
}


def integers(table: pa.Table, parts: float = 100) -> pa.Table:
    """Ids, whole numbers, cents, seconds, flags and words: what cannot differ in a last digit."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        if pa.types.is_floating(column.type):
            columns[name] = pc.cast(pc.round(pc.multiply(pc.cast(column, pa.float64()), parts)), pa.int64())
        elif pa.types.is_dictionary(column.type):
            columns[name] = pc.cast(column, pa.string())
        else:
            columns[name] = column
    return pa.table(columns)


def digest(table: pa.Table, parts: float = 100) -> str:
    made = hashlib.sha256()
    for name, column in zip(table.column_names, integers(table, parts).columns, strict=True):
        made.update(f"{name}\n".encode())
        texts = pc.fill_null(pc.cast(column, pa.string()), "None").combine_chunks()
        made.update(pc.binary_join(pa.ListArray.from_arrays([0, len(texts)], texts), "\n")[0].as_buffer())
    return made.hexdigest()[:16]


def rounded(told: object) -> object:
    """What `truth.json` says, numbers to five decimals: sums may differ in a last digit."""
    if isinstance(told, dict):
        return {name: rounded(inner) for name, inner in told.items()}
    return round(told, 5) if isinstance(told, float) else told


@pytest.fixture(scope="module", params=["any_day", "after_order"])
def platform(request):
    return request.param, make_tables(dataclasses.replace(WORLD, leaving=request.param))


def test_a_world_is_the_same_for_ever(platform):
    """A change of these says that every sample in use, and every number in a guide, has changed.

    Where users leave after orders, goods and marketing are the same.
    """
    leaving, made = platform
    found = {name: digest(table) for name, table in made.tables.items()}
    assert found == DIGESTS | (DIGESTS_AFTER_ORDER if leaving == "after_order" else {})


def test_the_truth_of_a_world_is_the_same_for_ever(platform):
    """To a millionth of each number, which is less than any truth is told to and more than machines differ by."""
    leaving, made = platform
    found = {name: digest(table, 1e6) for name, table in made.truth.items()}
    found["facts"] = hashlib.sha256(json.dumps(rounded(made.facts)).encode()).hexdigest()[:16]
    assert found == TRUTHS | (TRUTHS_AFTER_ORDER if leaving == "after_order" else {})


def test_another_seed_makes_another_world(block):
    other = block(World(users=5_000, seed=12), 0)
    for name, table in block(WORLD, 0).tables.items():
        assert digest(other.tables[name]) != digest(table)


def test_more_users_leave_the_others_as_they_were(block):
    more = block(World(users=8_000, seed=11), 0)
    for kind in ("tables", "truth"):
        for name, table in getattr(block(WORLD, 0), kind).items():
            longer = getattr(more, kind)[name]
            assert longer.num_rows > table.num_rows
            old = longer.filter(pc.less_equal(longer["user_id"] if "user_id" in longer.column_names else 0, 5_000))
            assert integers(old).equals(integers(table)), name


def test_raw_events_change_no_other_table(stage, block):
    made = stage(WORLD)
    with_events = Maker(WORLD, made.goods, made.marketing, events=True).make(0)
    for name, table in block(WORLD, 0).tables.items():
        assert with_events.tables[name].equals(table), name


def test_few_tables_are_the_same_as_those_among_all(stage, block):
    made = stage(WORLD)
    few = Maker(WORLD, made.goods, made.marketing, tables=("orders", "exposures")).make(0)
    whole = block(WORLD, 0)
    assert few.tables.keys() == {"orders", "exposures"}
    assert all(table.equals(whole.tables[name]) for name, table in few.tables.items())
    assert few.sums == whole.sums
    assert few.truth.keys() == {"potential_outcomes"}


def test_users_of_later_blocks_are_others(block):
    world = World(users=BLOCK + 300, seed=11)
    later = block(world, 1)
    assert later.tables["users"]["user_id"].to_pylist() == list(range(BLOCK + 1, BLOCK + 301))
    assert later.tables["orders"]["order_id"].to_pylist() == list(range(1, later.ids["order_id"] + 1))
    first = block(world, 0).tables["users"].slice(0, 300)
    assert first["first_seen_at"] != later.tables["users"]["first_seen_at"]


def test_sizes_are_those_of_the_guide(block):
    """About 12 visits and 3 orders per user."""
    ids = block(WORLD, 0).ids
    assert ids["session_id"] / WORLD.users == pytest.approx(12, abs=0.6)
    assert ids["order_id"] / WORLD.users == pytest.approx(3, abs=0.25)


def test_tables_agree_with_each_other(block):
    made = block(WORLD, 0)
    assert tuple(made.tables) == TABLES
    tables = {name: table.to_pandas() for name, table in made.tables.items()}
    orders, items, sessions = (tables[name] for name in ("orders", "order_items", "sessions"))
    amount = np.rint(items["unit_price"] * 100).astype(int) * items["quantity"]
    assert amount.groupby(items["order_id"]).sum().tolist() == np.rint(orders["subtotal"] * 100).astype(int).tolist()
    cost = np.rint(items["unit_cost"] * 100).astype(int) * items["quantity"]
    assert cost.groupby(items["order_id"]).sum().tolist() == np.rint(orders["cost"] * 100).astype(int).tolist()
    assert sessions.set_index("session_id")["converted"].sum() == len(orders)
    of = sessions.set_index("session_id").loc[orders["session_id"]]
    assert of["converted"].all()
    assert (of["user_id"].to_numpy() == orders["user_id"]).all()
    assert (orders["ordered_at"] >= of["started_at"].to_numpy()).all()
    paid = orders[["ordered_at", "paid_at", "shipped_at", "delivered_at"]]
    assert (paid.diff(axis=1).iloc[:, 1:].min().dt.total_seconds() >= 0).all()
    used = tables["coupon_redemptions"]
    assert used["discount"].to_numpy() == pytest.approx(orders.set_index("order_id").loc[used["order_id"], "discount"])
    assert (orders["discount"] > 0).sum() == len(used)
    assert not used.duplicated(["user_id", "coupon_id"]).any()
    refunds = tables["returns"].groupby("order_id")["refund"].sum()
    assert orders.set_index("order_id").loc[refunds.index, "refund"].to_numpy() == pytest.approx(refunds.to_numpy())
    assert made.sold.sum() == items["quantity"].sum()


def test_nobody_visits_before_joining_or_after_leaving(block):
    tables = {name: table.to_pandas() for name, table in block(WORLD, 0).tables.items()}
    users = tables["users"].set_index("user_id")
    first = tables["sessions"].groupby("user_id")["started_at"].min()
    assert (first == users["first_seen_at"]).all()
    for name, clock in (("sessions", "started_at"), ("orders", "ordered_at")):
        left = users.loc[tables[name]["user_id"], "deleted_at"].to_numpy()
        assert not (tables[name][clock].to_numpy() > left).any()


def test_truth_names_every_experiment_and_channel(block):
    told = truth_of_sums(WORLD, block(WORLD, 0).sums)
    assert told["world"] == {"users": 5_000, "seed": 11}
    assert list(told["experiments"]) == [experiment.name for experiment in EXPERIMENTS]
    assert list(told["channels"]) == list(CHANNELS[:PAID])
    assert all(channel["visits"] > channel["orders"] > 0 for channel in told["channels"].values())
    assert all(channel["revenue"] > channel["margin"] > 0 for channel in told["channels"].values())
