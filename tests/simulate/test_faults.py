"""Knobs of what goes wrong: each does what it says, to the rows that it names, and never to the truth."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.bots import FIRST_ID
from workbench.simulate.faults import CLOCKS, OF_ORDERS
from workbench.simulate.world import World

SOUND = World(users=5_000, seed=11)
END = pd.Timestamp("2026-10-11 16:00")  # midnight on the business clock after the last day, in UTC


def tables(block, **knobs) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in block(dataclasses.replace(SOUND, **knobs), 0).tables.items()}


@pytest.mark.parametrize("knobs", [{"late": 0.5}, {"bots": 0.01}, {"duplicates": 0.1}, {"missing_ids": 0.1}])
def test_faults_leave_the_truth_alone(block, knobs):
    sound, faulty = block(SOUND, 0), block(dataclasses.replace(SOUND, **knobs), 0)
    assert all(faulty.truth[name].equals(table) for name, table in sound.truth.items())
    assert faulty.sums == sound.sums
    assert faulty.ids == sound.ids
    assert np.array_equal(faulty.sold, sound.sold)
    changed = {name for name, table in sound.tables.items() if not faulty.tables[name].equals(table)}
    assert (
        changed
        == {
            "late": set(CLOCKS) - {"events"},
            "duplicates": set(CLOCKS) - {"events"},
            "missing_ids": set(OF_ORDERS),
            "bots": {"users", "sessions", "exposures"},
        }[next(iter(knobs))]
    )


def test_late_facts_are_those_of_the_last_days(block):
    sound, late = tables(block), tables(block, late=0.8)
    for name in ("sessions", "touches"):
        age = (END - sound[name][CLOCKS[name]]).dt.days
        there = sound[name].iloc[:, 0].isin(late[name].iloc[:, 0])
        for days in range(3):
            chance, of = 0.8 * 0.5**days, (age == days).sum()
            assert abs((~there & (age == days)).sum() - chance * of) < 3.5 * np.sqrt(chance * (1 - chance) * of)
        assert there[age > 20].all()
    assert set(late["order_items"]["order_id"]) == set(late["orders"]["order_id"])
    for name in OF_ORDERS:  # nothing follows an order that has not arrived
        assert set(late[name]["order_id"]) <= set(late["orders"]["order_id"]), name


def test_duplicates_stand_twice(block):
    sound, twice = tables(block), tables(block, duplicates=0.1)
    for name in CLOCKS.keys() & sound.keys():
        more = len(twice[name]) - len(sound[name])
        assert abs(more - 0.1 * len(sound[name])) < 3.5 * np.sqrt(0.09 * len(sound[name]))
        assert twice[name].duplicated().sum() == more
        assert len(twice[name].drop_duplicates()) == len(sound[name])


def test_missing_ids_are_missing_wherever_the_order_stands(block):
    sound, missing = tables(block), tables(block, missing_ids=0.2)
    orders = missing["orders"]
    count = orders["user_id"].isna().sum()
    assert abs(count - 0.2 * len(orders)) < 3.5 * np.sqrt(0.16 * len(orders))
    lost = set(orders.loc[orders["user_id"].isna(), "order_id"])
    for name in OF_ORDERS:
        assert (missing[name]["user_id"].isna() == missing[name]["order_id"].isin(lost)).all()
        kept = missing[name]["user_id"].notna()
        assert (missing[name].loc[kept, "user_id"] == sound[name].loc[kept, "user_id"]).all()
    assert (orders["session_id"].isna() == orders["user_id"].isna()).all()
    assert (orders["session_id"].dropna() == sound["orders"].loc[orders["session_id"].notna(), "session_id"]).all()


def test_nothing_names_the_user_of_an_order_without_one(block):
    """No table leads from the order to a user by any of its ids."""
    made = tables(block, missing_ids=0.2)
    lost = made["orders"][made["orders"]["user_id"].isna()]
    assert len(lost) > 1000
    for name, table in made.items():
        for key in {"order_id", "session_id"}.intersection(table.columns) if "user_id" in table.columns else ():
            found = table[table[key].isin(lost[key].dropna())]
            assert found["user_id"].isna().all(), f"{name} by {key}"


def test_bots_visit_and_buy_nothing(block):
    sound, made = tables(block), tables(block, bots=0.01)
    bots = made["users"][made["users"]["user_id"] >= FIRST_ID]
    assert abs(len(bots) - 50) < 3.5 * np.sqrt(50)
    visits = made["sessions"][made["sessions"]["user_id"] >= FIRST_ID]
    assert not visits["session_id"].duplicated().any()
    assert not visits["converted"].any()
    counts = visits.groupby("user_id").size()
    assert set(counts.index) == set(bots["user_id"])
    assert counts.mean() == pytest.approx(300, abs=3.5 * np.sqrt(300 / len(bots)))
    assert (visits.groupby("user_id")["started_at"].min() == bots.set_index("user_id")["first_seen_at"]).all()
    exposed = made["exposures"][made["exposures"]["user_id"] >= FIRST_ID]
    assert not exposed.duplicated(["experiment", "user_id"]).any()
    assert set(exposed["user_id"]) <= set(bots["user_id"])
    assert len(exposed) > 0
    assert not (made["orders"]["user_id"] >= FIRST_ID).any()
    assert len(made["sessions"]) - len(visits) == len(sound["sessions"])


def test_the_broken_test_loses_treated_users_of_the_mobile_page(block):
    """And no other; its share is the knob."""
    whole, broken = tables(block, split_bias=0.0)["exposures"], tables(block)["exposures"]
    both = whole.merge(broken[["experiment", "user_id"]], how="left", indicator=True)
    lost = both[both["_merge"] == "left_only"]
    assert set(lost["experiment"]) == {"new_search_ranking"}
    assert set(lost["variant"]) == {"B"}
    assert set(lost["device"]) == {"mobile web"}
    of = whole.query("experiment == 'new_search_ranking' and variant == 'B' and device == 'mobile web'")
    assert abs(len(lost) - 0.25 * len(of)) < 3.5 * np.sqrt(0.1875 * len(of))
