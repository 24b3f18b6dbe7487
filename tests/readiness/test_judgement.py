"""Who can run, and what exactly the others wait for."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.errors import DataError
from workbench.readiness import refuse_broken


def orders(**columns: object) -> pd.DataFrame:
    at = pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-30 11:00"], format="ISO8601")
    return pd.DataFrame({"order_id": [1, 2, 3], "user_id": [1, 2, 2], "ordered_at": at}).assign(**columns)


def users(ids=(1, 2)) -> pd.DataFrame:
    return pd.DataFrame({"user_id": list(ids), "first_seen_at": pd.Timestamp("2026-06-01")})


def mends(house):
    (verdict,) = house.judge().notebooks
    return [(mend.table, mend.column, mend.where) for mend in verdict.mends]


def test_what_is_there_and_sound_is_enough(house):
    house.notebook("ab", needs={"orders": ["user_id", "subtotal"]}, may_use=["users"])
    house.tables({"orders": orders(subtotal=1.0), "users": users()})
    found = house.judge()
    assert found.ready
    assert (found.notebooks[0].mends, found.notebooks[0].without, found.broken) == ((), (), ())
    refuse_broken(found)


def test_every_missing_column_is_named(house):
    house.notebook("ab", needs={"orders": ["user_id", "subtotal", "basket"]})
    house.tables({"orders": orders()})
    assert mends(house) == [
        ("orders", "subtotal", "catalog.yaml, line 3"),
        ("orders", "basket", "catalog.yaml, line 3"),
    ]


def test_every_missing_column_of_a_table_that_cannot_be_read_without_it(house):
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.tables({"orders": orders().drop(columns=["order_id", "ordered_at"])})
    assert [column for _, column, _ in mends(house)] == ["order_id", "ordered_at"]


def test_a_column_that_is_made_of_others_names_those_that_are_missing(house):
    house.notebook("ab", needs={"orders": ["revenue", "refunded"]})
    house.tables({"orders": orders(subtotal=1.0)})
    revenue, refunded = house.judge().notebooks[0].mends
    assert revenue.what == (
        "the table orders has no revenue, since it lacks discount (subtotal − discount; a missing discount is 0); "
        "name it under columns, discount: <its name in the source>"
    )
    assert refunded.what.startswith(
        "the table orders has no refunded, since it lacks refund and status (refund above 0"
    )
    assert refunded.what.endswith("refund: <its name in the source>, status: <its name in the source>")


def test_a_table_that_is_not_listed(house):
    house.notebook("ab", needs={"users": ["user_id", "country"]}, may_use=["events"])
    house.tables({"orders": orders()})
    found = house.judge()
    assert found.notebooks[0].mends[0].what == "add the table users (one user), with user_id, first_seen_at, country"
    assert (found.absent, found.unused, found.broken, found.ready) == (("users",), ("events",), (), False)


def test_a_broken_table_that_it_needs_and_one_that_it_may_use(house):
    house.notebook("ab", needs={"orders": ["user_id"]}, may_use=["users"])
    house.tables({"orders": orders(order_id=1), "users": users([1, 2, 2])})
    found = house.judge()
    (verdict,) = found.notebooks
    assert [(m.table, m.column, m.where) for m in verdict.mends] == [("orders", "", "orders.parquet")]
    assert verdict.mends[0].what.startswith("2 of 3 orders repeat the order id of another row")
    assert (verdict.without, found.broken) == (("users",), ("orders", "users"))
    with pytest.raises(DataError) as refused:
        refuse_broken(found)
    first, second = str(refused.value).splitlines()
    assert first.startswith("2 of 3 orders repeat")
    assert second.startswith("1 of 3 users repeats")


def test_a_broken_table_that_nobody_reads_stops_nobody(house):
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.tables({"orders": orders(), "users": users([1, 1, 2])})
    found = house.judge()
    assert (found.broken, found.ready) == ((), True)


def test_a_file_that_is_not_there_is_to_mend_in_the_catalogue(house):
    house.notebook("ab", needs={"orders": ["user_id", "subtotal"]})
    house.tables({"orders": orders()})
    (house.root / "orders.parquet").unlink()
    assert mends(house) == [("orders", "", "catalog.yaml, line 3")]


def test_an_empty_table_is_to_mend(house):
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.tables({"orders": orders().iloc[:0]})
    assert mends(house) == [("orders", "", "orders.parquet")]


def test_a_table_that_there_is_not_is_the_notebooks_fault(house):
    house.notebook("ab", needs={"ordrs": ["user_id"]})
    house.tables({"orders": orders()})
    assert mends(house) == [("ordrs", "", "notebooks/ab.ipynb")]


def test_a_notebook_that_says_nothing_cannot_be_judged(house):
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.notebook("silent")
    house.tables({"orders": orders()})
    silent = house.judge().notebooks[1]
    assert not silent.runs
    assert silent.mends[0].what == "the notebook silent does not say which tables it needs: metadata workbench.needs"
