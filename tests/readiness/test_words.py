"""Sentences: the headline says how many can run and what is most wrong, the next step what to mend first."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.readiness import words


def orders(**columns: object) -> pd.DataFrame:
    at = pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-30 11:00"], format="ISO8601")
    return pd.DataFrame({"order_id": [1, 2, 3], "user_id": [1, 2, 2], "ordered_at": at}).assign(**columns)


@pytest.fixture
def two(house):
    """Two notebooks; the second one needs more."""
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.notebook("price", needs={"orders": ["user_id", "subtotal"]}, may_use=["users"])
    return house


def test_all_can_run(two):
    two.tables({"orders": orders(subtotal=1.0)})
    found = two.judge()
    assert words.headline(found) == "All 2 notebooks can run; the data end 1 hour ago."
    assert words.next_step(found) == "No study names this catalogue yet: write one (experiments/README.md)."


def test_a_missing_column_of_one(two):
    two.tables({"orders": orders()})
    found = two.judge()
    assert words.headline(found) == "1 of 2 notebooks can run; orders has no subtotal."
    assert words.next_step(found) == (
        "Mend first: the table orders has no subtotal; name it under columns, subtotal: <its name in the source> "
        "(catalog.yaml, line 3). price waits for it."
    )
    assert [words.waits_for(verdict) for verdict in found.notebooks] == ["nothing", "orders.subtotal"]


def test_what_most_wait_for_comes_first(two):
    """`price` asks for subtotal before anything else, but two wait for the keys."""
    two.tables({"orders": orders(order_id=1)})
    found = two.judge()
    assert words.headline(found) == "None of 2 notebooks can run; 2 of 3 orders repeat the order id of another row."
    assert words.next_step(found) == (
        "Mend first: 2 of 3 orders repeat the order id of another row (orders.parquet). ab and price wait for it. "
        "1 more is listed below."
    )
    assert words.waits_for(found.notebooks[1]) == "orders.subtotal, orders (broken)"


def test_old_tables_where_the_catalogue_promises_fresh_ones(two):
    late = orders(subtotal=1.0).iloc[:2]
    two.tables({"orders": late})
    assert words.headline(two.judge()) == "All 2 notebooks can run; the data end 28 days ago."
    two.tables({"orders": late}, orders={"fresh_within_hours": 24 * 28})
    assert words.headline(two.judge()) == (
        "None of 2 notebooks can run; the latest order is of 2026-06-02 00:00, 28 days ago; "
        "at most 672 hours were promised."
    )


def test_a_broken_table_that_is_only_used_leaves_them_running_but_is_to_mend(two):
    users = pd.DataFrame({"user_id": [1, 1, 2], "first_seen_at": pd.Timestamp("2026-06-01")})
    two.tables({"orders": orders(subtotal=1.0), "users": users})
    found = two.judge()
    assert words.headline(found) == ("All 2 notebooks can run; 1 of 3 users repeats the user id of another row.")
    assert words.next_step(found) == ("Mend first: 1 of 3 users repeats the user id of another row (users.parquet).")


def test_missing_tables(two):
    two.tables({"users": pd.DataFrame({"user_id": [1], "first_seen_at": pd.Timestamp("2026-06-01")})})
    found = two.judge()
    assert words.headline(found) == "None of 2 notebooks can run; orders is not in the catalogue."
    assert words.waits_for(found.notebooks[0]) == "orders (not there)"


def test_without_a_table_that_grows_nothing_is_said_of_age(house):
    house.notebook("people", needs={"users": ["user_id"]})
    house.tables({"users": pd.DataFrame({"user_id": [1], "first_seen_at": pd.Timestamp("2026-06-01")})})
    found = house.judge()
    assert words.oldest(found) is None
    assert words.headline(found) == "The notebook people can run; 1 table is sound."
