"""A table is held to all that is declared for it: each rule with rows that break it and rows that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from workbench.errors import DataError, StudyError
from workbench.tables import Examination, contracts, examination, examine, examples, open_catalog, require
from workbench.tables.expectations import EXPECTATIONS, STEADY, Agreement, NotBelow, Reference
from workbench.tables.rules import every_rule
from workbench.tables.schema import TABLES, unbound

NOW = datetime(2026, 3, 1)  # noqa: DTZ001  UTC without a zone
DAY = pd.Timestamp("2026-02-02 12:00")
LATER, EARLIER = DAY + pd.Timedelta(hours=1), DAY - pd.Timedelta(hours=1)
Examiner = Callable[..., Examination]

ORDER = {"order_id": 0, "user_id": "u", "ordered_at": DAY}
ITEM = {"order_id": 1, "line_no": 0, "product_id": "p", "quantity": 1, "unit_price": 5.0}
SOUND: dict[str, dict[str, Any]] = {
    "exposures": {"experiment": "e", "user_id": 0, "variant": "A", "exposed_at": DAY},
    "orders": ORDER,
    "order_items": ITEM,
    "returns": {"order_id": 1, "line_no": 1, "seq": 0, "quantity": 1, "returned_at": DAY, "refund": 1.0},
    "users": {"user_id": 0, "first_seen_at": DAY},
    "products": {"product_id": 0, "category_id": "c"},
    "categories": {"category_id": 0, "name": "c"},
    "events": {"event_id": 0, "user_id": "u", "event_at": DAY, "event_name": "search"},
    "sessions": {"session_id": 0, "user_id": "u", "started_at": DAY},
    "identities": {"user_key": 0, "user_id": "u", "linked_at": DAY},
    "touches": {"touch_id": 0, "user_id": "u", "touched_at": DAY, "channel": "mail", "kind": "send"},
    "spend": {"spend_date": DAY, "channel": 0, "spend": 5.0},
    "coupons": {"coupon_id": 0, "kind": "pct", "face_value": 5.0},
    "coupon_grants": {"grant_id": 0, "coupon_id": "c", "user_id": "u", "granted_at": DAY},
    "coupon_redemptions": {"order_id": 0, "coupon_id": "c", "redeemed_at": DAY, "discount": 1.0},
    "prices": {"product_id": 0, "valid_from": DAY, "list_price": 5.0},
    "costs": {"product_id": 0, "valid_from": DAY, "unit_cost": 5.0},
    "competitor_prices": {"product_id": 0, "competitor": "c", "seen_at": DAY, "price": 5.0},
    "inventory": {"product_id": 0, "date": DAY, "on_hand": 5.0},
    "tickets": {"ticket_id": 0, "user_id": "u", "created_at": DAY, "kind": "question"},
}


def rows_of(name: str, *changes: dict[str, Any]) -> pd.DataFrame:
    """Sound rows of a table with keys of their own, but for these changes."""
    key = next(column for column, value in SOUND[name].items() if value == 0 and not isinstance(value, float))
    return pd.DataFrame([{**SOUND[name], key: number, **change} for number, change in enumerate(changes, 1)])


@pytest.fixture
def examined(tmp_path: Path, opened: Any) -> Examiner:
    """Write tables, and examine the first of them."""

    def _examine(entry: dict[str, Any] | None = None, **tables: pd.DataFrame) -> Examination:
        first = next(iter(tables))
        entries = {}
        for name, frame in tables.items():
            frame.to_parquet(tmp_path / f"{name}.parquet", index=False)
            entries[name] = {
                "source": f"{name}.parquet",
                "utc_offset_hours": 0,
                **((entry or {}) if name == first else {}),
            }
        return examine(opened(**entries), first, now=NOW)

    return _examine


def told(found: Examination) -> list[tuple[str, str]]:
    return [(breach.severity, breach.detail) for breach in found.breaches]


# --- What is declared --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_every_declaration_is_about_columns_that_there_are(name: str) -> None:
    for expectation in EXPECTATIONS.get(name, ()):
        assert set(expectation.columns) <= set(TABLES[name].columns)
        if isinstance(expectation, Reference):
            assert set(expectation.to or expectation.columns) <= set(TABLES[expectation.table].columns)
        if isinstance(expectation, Agreement):
            assert set(expectation.needs) <= set(TABLES[expectation.table].columns)
        if isinstance(expectation, NotBelow):
            kinds = TABLES[name].columns
            assert kinds[expectation.column] == kinds[expectation.other]
    assert set(EXPECTATIONS) <= set(TABLES)
    assert {table for table in STEADY if TABLES[table].clock} == STEADY


@pytest.mark.parametrize("name", TABLES)
def test_sound_rows_break_nothing(name: str, examined: Examiner) -> None:
    found = examined(**{name: rows_of(name, {}, {}, {})})

    assert (found.table, found.rows, told(found), found.sound) == (name, 3, [], True)
    assert set(TABLES[name].required) <= set(found.present)
    assert set(found.present) | set(found.lacks_optional) == set(TABLES[name].columns)
    assert found.lacks_required == ()
    if TABLES[name].clock in found.present:
        midnight = TABLES[name].columns[TABLES[name].clock] == "date"
        assert found.first == found.last == (DAY.normalize() if midnight else DAY)


# --- Each rule of the rows ---------------------------------------------------------------------------------------

BROKEN = [
    ("order_items", {"quantity": 0}, "fail", "1 of 2 order items has quantity below 1, for example order 1, line 1: 0"),
    ("order_items", {"unit_price": -0.01}, "fail",
     "1 of 2 order items has unit price below 0, for example order 1, line 1: -0.01"),
    ("order_items", {"unit_price": 0.0}, "warn",
     "1 of 2 order items (50.0 %) has unit price of 0, for example order 1, line 1"),
    ("orders", {"status": "lost"}, "warn",
     ("1 of 2 orders (50.0 %) has a status other than placed, paid, shipped, delivered, cancelled, returned, "
     "for example 'lost' in 1 row")),
    ("orders", {"discount": 7.0, "subtotal": 6.5}, "fail",
     "1 of 2 orders has a discount above the subtotal, for example order 1: subtotal 6.5, discount 7.0"),
    ("orders", {"refund": -1.0}, "fail", "1 of 2 orders has refund below 0, for example order 1: -1.0"),
    ("orders", {"fx": 0.0}, "fail", "1 of 2 orders has fx of 0 or less, for example order 1: 0.0"),
    ("orders", {"paid_at": EARLIER}, "warn",
     ("1 of 2 orders (50.0 %) has a payment before the order, "
     "for example order 1: paid at 2026-02-02 11:00:00, ordered at 2026-02-02 12:00:00")),
    ("orders", {"paid_at": LATER, "shipped_at": DAY}, "warn",
     ("1 of 2 orders (50.0 %) has a shipment before the payment, "
     "for example order 1: shipped at 2026-02-02 12:00:00, paid at 2026-02-02 13:00:00")),
    ("orders", {"shipped_at": LATER, "delivered_at": DAY}, "warn",
     ("1 of 2 orders (50.0 %) has a delivery before the shipment, "
     "for example order 1: delivered at 2026-02-02 12:00:00, shipped at 2026-02-02 13:00:00")),
    ("orders", {"loaded_at": EARLIER}, "warn",
     ("1 of 2 orders (50.0 %) has a time of loading before the event, "
     "for example order 1: loaded at 2026-02-02 11:00:00, ordered at 2026-02-02 12:00:00")),
    ("exposures", {"propensity": 0.0}, "fail",
     "1 of 2 exposures has propensity of 0 or less or above 1, for example experiment e, user 1: 0.0"),
    ("exposures", {"propensity": 1.01}, "fail",
     "1 of 2 exposures has propensity of 0 or less or above 1, for example experiment e, user 1: 1.01"),
    ("inventory", {"available_hours": 25.0}, "fail",
     "1 of 2 rows of inventory has available hours below 0 or above 24, for example product 1, date 2026-02-02: 25.0"),
    ("inventory", {"on_hand": -2.0}, "warn",
     "1 of 2 rows of inventory (50.0 %) has on hand below 0, for example product 1, date 2026-02-02: -2.0"),
    ("events", {"event_name": "hover"}, "warn",
     ("1 of 2 events (50.0 %) has an event name other than session_start, view_item, search, add_to_cart, "
     "begin_checkout, add_payment, purchase, view_list, click_item, sign_up, for example 'hover' in 1 row")),
    ("sessions", {"step": "exit"}, "warn",
     ("1 of 2 sessions (50.0 %) has a step other than visit, view, cart, checkout, purchase, "
     "for example 'exit' in 1 row")),
    ("touches", {"kind": "call"}, "warn",
     "1 of 2 touches (50.0 %) has a kind other than impression, click, send, open, visit, for example 'call' in 1 row"),
    ("coupons", {"kind": "free"}, "warn",
     ("1 of 2 coupons (50.0 %) has a kind other than pct, amount, threshold, shipping, points, "
     "for example 'free' in 1 row")),
    ("coupons", {"face_value": 0.0}, "fail",
     "1 of 2 coupons has face value of 0 or less, for example coupon 1: 0.0"),
    ("coupons", {"cost_share": 1.5}, "fail",
     "1 of 2 coupons has cost share below 0 or above 1, for example coupon 1: 1.5"),
    ("coupons", {"valid_from": DAY, "valid_to": DAY}, "fail",
     ("1 of 2 coupons has an end that is not after the beginning, "
     "for example coupon 1: valid to 2026-02-02 12:00:00, valid from 2026-02-02 12:00:00")),
    ("prices", {"sale_price": 6.0}, "warn",
     ("1 of 2 prices (50.0 %) has a sale price above the list price, "
     "for example product 1, valid from 2026-02-02 12:00:00: list price 5.0, sale price 6.0")),
    ("competitor_prices", {"price": 0.0}, "warn",
     ("1 of 2 competitor prices (50.0 %) has price of 0, "
     "for example product 1, competitor c, seen at 2026-02-02 12:00:00")),
    ("products", {"content_attrs_filled": 3, "content_attrs_total": 2}, "warn",
     ("1 of 2 products (50.0 %) has more attributes filled than there are, "
     "for example product 1: content attrs total 2, content attrs filled 3")),
    ("products", {"launched_date": LATER, "retired_date": DAY - pd.Timedelta(days=9)}, "fail",
     ("1 of 2 products has a retirement before the launch, "
     "for example product 1: retired date 2026-01-24, launched date 2026-02-02")),
    ("users", {"deleted_at": EARLIER}, "warn",
     ("1 of 2 users (50.0 %) has a deletion before the first visit, "
     "for example user 1: deleted at 2026-02-02 11:00:00, first seen at 2026-02-02 12:00:00")),
    ("users", {"birth_year": 1850}, "warn",
     "1 of 2 users (50.0 %) has birth year below 1900 or above 2100, for example user 1: 1850"),
    ("spend", {"clicks": -1}, "fail",
     "1 of 2 rows of spend has clicks below 0, for example spend date 2026-02-02, channel 1: -1"),
    ("order_items", {"unit_price": None}, "fail", "1 of 2 order items has no unit price, for example order 1, line 1"),
    ("order_items", {"product_id": None}, "warn",
     "1 of 2 order items (50.0 %) has no product id, for example order 1, line 1"),
    ("orders", {"user_id": " "}, "warn", "1 of 2 orders (50.0 %) has no user id, for example order 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "severity", "said"), BROKEN, ids=lambda value: str(value)[:40])
def test_a_row_that_breaks_a_rule_is_counted_and_shown(
    name: str, change: dict[str, Any], severity: str, said: str, examined: Examiner
) -> None:
    found = examined(**{name: rows_of(name, change, {})})

    assert told(found) == [(severity, said)]
    assert found.sound == (severity == "warn")
    (breach,) = found.breaches
    assert (breach.count, breach.rows, breach.share) == (1, 2, 0.5)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("orders", {"discount": 6.5, "subtotal": 6.5, "shipping": 0.0, "fx": 0.01, "paid_at": DAY, "shipped_at": DAY}),
        ("orders", {"discount": None, "subtotal": None, "status": None, "paid_at": pd.NaT, "currency": None}),
        ("exposures", {"propensity": 1.0}),
        ("inventory", {"available_hours": 24.0, "on_hand": 0.0}),
        ("users", {"signup_at": EARLIER}),
        ("coupons", {"valid_from": DAY, "valid_to": LATER, "cost_share": 0.0}),
        ("coupons", {"valid_from": DAY, "valid_to": pd.NaT}),
    ],
)
def test_the_ends_of_a_range_and_missing_optional_values_break_nothing(
    name: str, change: dict[str, Any], examined: Examiner
) -> None:
    assert told(examined(**{name: rows_of(name, change, {}, change)})) == []


def written(tmp_path: Path, opened: Any, name: str, columns: dict[str, Any]) -> Any:
    """A table with values that pandas would take for missing ones, and its catalogue."""
    pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    return opened(**{name: {"source": f"{name}.parquet", "utc_offset_hours": 0}})


def test_numbers_that_are_none_are_one_breach_and_not_also_out_of_range(tmp_path: Path, opened: Any) -> None:
    nan, inf = float("nan"), float("inf")
    shares = [nan, inf, -inf, 0.5, None]
    columns = {"coupon_id": [1, 2, 3, 4, 5], "kind": ["pct"] * 5, "face_value": [1.0] * 5, "cost_share": shares}

    none, below = examine(written(tmp_path, opened, "coupons", columns), "coupons", now=NOW).breaches

    assert (none.severity, none.detail) == (
        "fail",
        "3 of 5 coupons have a cost share that is infinite or no number, for example coupon 1: nan; coupon 2: inf; coupon 3: -inf",
    )
    assert below.detail == "1 of 5 coupons has cost share below 0 or above 1, for example coupon 3: -inf"


def test_a_discount_that_is_no_number_is_above_nothing(tmp_path: Path, opened: Any) -> None:
    nan = float("nan")
    columns = {
        "order_id": [1, 2], "user_id": ["u", "u"], "ordered_at": [DAY, DAY], "subtotal": [1.0, nan], "discount": [nan, 1.0]
    }  # fmt: skip

    found = examine(written(tmp_path, opened, "orders", columns), "orders", now=NOW)

    assert [(breach.columns, breach.count) for breach in found.breaches] == [(("subtotal",), 1), (("discount",), 1)]


def test_what_the_catalogue_derives_is_not_said_twice_but_what_the_source_states_is(
    examined: Examiner, opened: Any
) -> None:
    stated = examined(orders=rows_of("orders", {"revenue": 1.0}, {"revenue": 2.0}))

    assert "revenue" in stated.present
    rules = every_rule(opened_table := unbound("orders"), TABLES["orders"], now=NOW)
    assert ("revenue",) not in {rule.columns for rule in rules}
    rules = every_rule(opened_table.drop("subtotal"), TABLES["orders"], now=NOW)
    assert ("revenue",) in {rule.columns for rule in rules}


def test_the_commonest_unknown_words_come_first_with_how_often(examined: Examiner) -> None:
    words = ["b", "c", "c", "c", "a", "a", "d", "paid", None]
    (breach,) = examined(orders=rows_of("orders", *({"status": word} for word in words))).breaches

    assert (breach.count, breach.examples) == (7, ("'c' in 3 rows", "'a' in 2 rows", "'b' in 1 row"))


def test_a_second_currency_makes_every_sum_wrong(examined: Examiner) -> None:
    found = examined(
        orders=rows_of("orders", *({"currency": one} for one in ("CNY", "EUR", "CNY", None, "CNY", "USD")))
    )

    assert told(found) == [
        (
            "fail",
            (
                "2 of 6 orders have another currency than most, "
                "for example 'CNY' in 3 rows; 'EUR' in 1 row; 'USD' in 1 row"
            ),
        )
    ]


# --- Keys, variants, missing ids ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in TABLES if name not in {"inventory", "spend"}])
def test_a_fifth_of_the_rows_twice_is_a_failure_of_the_key(name: str, examined: Examiner) -> None:
    sound = rows_of(name, *({} for _ in range(10)))

    (breach,) = examined(**{name: pd.concat([sound, sound[:2]], ignore_index=True)}).breaches

    assert (breach.severity, breach.count, breach.rows) == ("fail", 2, 12)
    assert breach.columns == tuple(column for column in TABLES[name].key)
    assert len(breach.examples) == 2


def test_a_unit_in_two_variants_is_a_failure(examined: Examiner) -> None:
    found = examined(exposures=rows_of("exposures", {"user_id": 1}, {"user_id": 1, "variant": "B"}, {"user_id": 2}))

    assert told(found) == [
        (
            "fail",
            "1 of 3 exposures repeats the experiment and user id of another row, for example experiment e, user 1",
        ),
        (
            "fail",
            (
                "2 of 3 exposures have the same experiment and user id as another row, but not the same variant, "
                "for example experiment e, user 1"
            ),
        ),
    ]


def test_missing_ids_are_shares_and_anonymous_orders_never_block(examined: Examiner) -> None:
    found = examined(orders=rows_of("orders", {"user_id": None}, {"user_id": ""}, {"session_id": "s"}, {}))

    assert dict(found.missing_ids) == {"order_id": 0.0, "user_id": 0.5, "session_id": 0.75}
    assert told(found) == [("warn", "2 of 4 orders (50.0 %) have no user id, for example order 1; order 2")]
    assert found.sound


def test_rows_without_a_key_are_shown_by_their_time(examined: Examiner) -> None:
    found = examined(orders=rows_of("orders", {"order_id": None}, {}))

    assert told(found) == [("fail", "1 of 2 orders has no order id, for example ordered at 2026-02-02 12:00:00")]


def test_rows_that_the_catalogue_numbers_have_a_key(examined: Examiner) -> None:
    found = examined(
        {"row_id": "order_id"},
        orders=rows_of("orders", {}, {"status": "lost", "refund": -1.0}).drop(columns="order_id"),
    )

    assert dict(found.missing_ids)["order_id"] == 0.0
    assert found.breaches[0].examples == ("order 2: -1.0",)
    assert [breach.rule.split(" other")[0] for breach in found.breaches] == ["have refund below 0", "have a status"]


# --- Other tables ------------------------------------------------------------------------------------------------


def test_references_are_asked_only_where_both_tables_are_listed(examined: Examiner) -> None:
    items = rows_of("order_items", {"product_id": 1}, {"product_id": 7}, {"product_id": 7}, {"product_id": None})
    alone = examined(order_items=items)
    found = examined(order_items=items, products=rows_of("products", {}, {}))

    assert told(alone) == [("warn", "1 of 4 order items (25.0 %) has no product id, for example order 1, line 4")]
    assert told(found)[1:] == [
        (
            "warn",
            (
                "2 of 4 order items (50.0 %) have a product id that is in none of the products, "
                "for example order 1, line 2: product 7; order 1, line 3: product 7"
            ),
        )
    ]


def test_items_of_no_order_are_a_failure(examined: Examiner) -> None:
    found = examined(order_items=rows_of("order_items", {"order_id": 2}, {}), orders=rows_of("orders", {}))

    assert told(found) == [
        ("fail", "1 of 2 order items has an order id that is in none of the orders, for example order 2, line 1")
    ]


def test_a_reference_of_two_columns_and_one_to_the_table_itself(examined: Examiner) -> None:
    back = examined(returns=rows_of("returns", {}, {"line_no": 9}), order_items=rows_of("order_items", {}))
    tree = examined(categories=rows_of("categories", {"parent_id": None}, {"parent_id": 1}, {"parent_id": 8}))

    assert told(back) == [
        (
            "warn",
            (
                "1 of 2 returns (50.0 %) has an order id and line no that is in none of the order items, "
                "for example order 1, line 9, seq 2"
            ),
        ),
    ]
    assert told(tree) == [
        (
            "warn",
            "1 of 3 categories (33.3 %) has a parent id that is in none of the categories, for example category 3: parent 8",
        )
    ]


def test_ids_that_are_text_here_and_numbers_there_are_the_same_ids(examined: Examiner) -> None:
    items = rows_of("order_items", {"product_id": "1"}, {"product_id": "01"})

    (breach,) = examined(order_items=items, products=rows_of("products", {}, {})).breaches

    assert breach.examples == ("order 1, line 2: product 01",)


def test_a_table_that_cannot_be_read_contradicts_nothing(tmp_path: Path, examined: Examiner) -> None:
    broken = rows_of("products", {}).drop(columns="category_id")

    assert told(examined(order_items=rows_of("order_items", {}), products=broken)) == []


@pytest.mark.parametrize(
    ("subtotal", "items", "agrees"),
    [
        (30.0, [(2, 10.0), (1, 10.0)], True),
        (30.02, [(2, 10.0), (1, 10.0)], True),  # a cent per line
        (30.03, [(2, 10.0), (1, 10.0)], False),
        (29.97, [(2, 10.0), (1, 10.0)], False),
        (0.3, [(3, 0.1)], True),
        (0.0, [], True),
        (5.0, [], False),
        (None, [(1, 9.0)], True),
    ],
)
def test_items_add_up_to_their_order(
    subtotal: float | None, items: list[tuple[int, float]], agrees: bool, examined: Examiner
) -> None:
    orders = rows_of("orders", {"subtotal": subtotal}, {"subtotal": 5.0})
    lines = rows_of(
        "order_items", {"order_id": 2}, *({"quantity": quantity, "unit_price": price} for quantity, price in items)
    )

    found = examined(orders=orders, order_items=lines)

    said = f"1 of 2 orders has a subtotal that the items do not add up to, for example order 1: {subtotal}"
    assert told(found) == ([] if agrees else [("fail", said)])


def test_no_more_comes_back_than_was_sold_and_not_before(examined: Examiner) -> None:
    returns = rows_of(
        "returns", {"quantity": 2}, {"quantity": 2}, {"order_id": 2, "quantity": 1, "returned_at": EARLIER}
    )
    items = rows_of("order_items", {"line_no": 1, "quantity": 3}, {"order_id": 2, "line_no": 1})
    orders = rows_of("orders", {}, {}, {"order_id": 2})  # an order that stands there twice is not counted twice

    assert told(examined(returns=returns, order_items=items, orders=orders)) == [
        (
            "fail",
            (
                "2 of 3 returns belong to a line of which more came back than was sold, "
                "for example order 1, line 1, seq 1: 2; order 1, line 1, seq 2: 2"
            ),
        ),
        (
            "fail",
            "1 of 3 returns has a return before the order, for example order 2, line 1, seq 3: 2026-02-02 11:00:00",
        ),
    ]


# --- Tables that cannot be examined, and those that must be sound -------------------------------------------------


def test_an_empty_table_is_told_as_such(examined: Examiner) -> None:
    found = examined(orders=rows_of("orders", {})[:0].astype({"user_id": str}))

    assert (found.rows, found.first, found.last, dict(found.missing_ids)) == (0, None, None, {})
    assert told(found) == [("fail", "the table orders has no rows")]
    assert found.breaches[0].share == 0.0


def test_columns_that_are_required_and_lacking_are_all_named(examined: Examiner) -> None:
    found = examined(order_items=rows_of("order_items", {}).drop(columns=["quantity", "unit_price"]))

    assert (found.rows, found.lacks_required, found.sound) == (0, ("quantity", "unit_price"), False)
    assert told(found) == [
        (
            "fail",
            (
                f"the table order_items has no column '{column}'; name it in the catalogue, "
                f"columns: {{{column}: <its name in the source>}}, or state it under constants"
            ),
        )
        for column in ("quantity", "unit_price")
    ]


def test_a_column_that_lacks_is_what_its_breach_is_about(examined: Examiner) -> None:
    found = examined(order_items=rows_of("order_items", {}).drop(columns=["quantity", "unit_price"]))

    assert [breach.columns for breach in found.breaches] == [("quantity",), ("unit_price",)]


def test_what_cannot_be_read_is_an_answer(examined: Examiner, tmp_path: Path, opened: Any) -> None:
    (tmp_path / "orders.csv").write_text("order_id,user_id,ordered_at\n1,u,yesterday\n")

    (breach,) = examine(opened(orders={"source": "orders.csv", "utc_offset_hours": 0}), "orders").breaches
    (gone,) = examine(opened(orders={"source": "lost.csv", "utc_offset_hours": 0}), "orders").breaches

    assert breach.severity == "fail"
    assert "'ordered_at': 1 of 1 values are no time" in breach.detail
    assert "lost.csv" in gone.detail


def test_a_table_that_the_catalogue_does_not_list_is_a_fault_of_the_study(opened: Any) -> None:
    with pytest.raises(StudyError, match="unknown table 'orders'"):
        examine(opened(), "orders")


def test_all_failures_of_all_tables_are_told_at_once(tmp_path: Path) -> None:
    rows_of("orders", {"refund": -1.0, "status": "lost"}, {"refund": -2.0}).to_parquet(tmp_path / "orders.parquet")
    rows_of("touches", {}, {"touch_id": 1}).to_parquet(tmp_path / "touches.parquet")
    entries = {name: {"source": f"{name}.parquet", "utc_offset_hours": 0} for name in ("orders", "touches")}
    (tmp_path / "catalog.yaml").write_text(json.dumps({"connection": "duckdb", "tables": entries}))
    catalog = open_catalog(tmp_path / "catalog.yaml")

    with pytest.raises(DataError) as caught:
        require(catalog, ["orders", "touches"], columns={"orders": ["refund", "channel"], "touches": ["campaign"]})

    assert str(caught.value).split(";\n") == [
        "2 of 2 orders have refund below 0, for example order 1: -1.0; order 2: -2.0",
        "1 of 2 touches repeats the touch id of another row, for example touch 1",
        (
            "the table orders has no column 'channel'; name it in the catalogue, "
            "columns: {channel: <its name in the source>}, or state it under constants"
        ),
        (
            "the table touches has no column 'campaign'; name it in the catalogue, "
            "columns: {campaign: <its name in the source>}, or state it under constants"
        ),
    ]


def test_what_only_warns_is_handed_on(tmp_path: Path, opened: Any) -> None:
    rows_of("orders", {"status": "lost"}).to_parquet(tmp_path / "orders.parquet")

    (found,) = require(opened(orders={"source": "orders.parquet", "utc_offset_hours": 0}), ["orders"])

    assert [breach.severity for breach in found.breaches] == ["warn"]


# --- Cost, order, and the same count by other means ----------------------------------------------------------------


def test_a_sound_table_is_scanned_once_for_all_its_rows_say(
    examined: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = contracts.collect

    def counting(expr: Any) -> Any:
        asked.append(ibis.to_sql(expr))
        return original(expr)

    for module in (contracts, examination, examples):
        monkeypatch.setattr(module, "collect", counting)
    rich = {"status": "paid", "subtotal": 9.0, "discount": 1.0, "currency": "CNY", "paid_at": DAY, "loaded_at": DAY}

    assert told(examined(orders=rows_of("orders", rich, rich))) == []

    assert ["GROUP BY" in sql for sql in asked] == [False, True]  # the scan, and the days


@pytest.mark.parametrize(
    ("ids", "joined"), [((1, 1), False), (("1", "1"), True)], ids=["whole numbers close together", "text"]
)
def test_only_where_bits_cannot_tell_are_references_joined(
    ids: tuple[Any, ...], joined: bool, examined: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    original = examination.collect

    def counting(expr: Any) -> Any:
        asked.append(ibis.to_sql(expr))
        return original(expr)

    monkeypatch.setattr(examination, "collect", counting)
    prices, products = (
        rows_of(name, *({"product_id": one} for one in some)) for name, some in (("prices", ids), ("products", ids[:1]))
    )
    prices["valid_from"] = [DAY, LATER]

    assert told(examined(prices=prices, products=products)) == []

    assert any("ANTI JOIN" in sql for sql in asked) == joined


def test_the_same_data_say_the_same(examined: Examiner) -> None:
    changes = [{"quantity": number % 3 - 1, "unit_price": float(number % 4 - 1)} for number in range(60)]
    items = rows_of("order_items", *changes)
    turned = items.sample(frac=1, random_state=7)

    assert examined(order_items=items).breaches == examined(order_items=turned).breaches


MONEY = st.one_of(st.none(), st.sampled_from([0.0, -0.01, 5.0, float("nan"), float("inf"), -float("inf")]))
TIME = st.one_of(st.none(), st.integers(-2, 2).map(lambda hours: DAY.to_pydatetime() + timedelta(hours=hours)))
ROWS = st.lists(
    st.tuples(st.sampled_from([None, "paid", "lost", ""]), MONEY, MONEY, TIME, TIME, st.integers(1, 4)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_breaches_are_as_many_as_pandas_counts(rows: list[tuple[Any, ...]], tmp_path: Path, opened: Any) -> None:
    status, subtotal, discount, paid, shipped, order = (list(column) for column in zip(*rows, strict=True))
    time = pa.timestamp("us")
    catalog = written(
        tmp_path,
        opened,
        "orders",
        {
            "order_id": order, "user_id": ["u"] * len(rows), "ordered_at": pa.array([DAY] * len(rows), time),
            "status": pa.array(status, pa.string()), "subtotal": pa.array(subtotal, pa.float64()),
            "discount": pa.array(discount, pa.float64()), "paid_at": pa.array(paid, time),
            "shipped_at": pa.array(shipped, time),
        },
    )  # fmt: skip

    found = {
        (breach.columns, breach.rule.split(" than ")[0]): breach.count
        for breach in examine(catalog, "orders", now=NOW).breaches
    }

    # Python's own comparisons: nothing is below or above NaN, and what is missing breaks nothing.
    def count(broken: Callable[..., bool], *columns: list[Any]) -> int:
        return sum(broken(*row) for row in zip(*columns, strict=True) if None not in row)

    expected = {
        (("status",), "have a status other"): count(lambda word: word == "lost", status),
        (("subtotal",), "have a subtotal that is infinite or no number"): count(lambda x: not isfinite(x), subtotal),
        (("discount",), "have a discount that is infinite or no number"): count(lambda x: not isfinite(x), discount),
        (("subtotal",), "have subtotal below 0"): count(lambda x: x < 0, subtotal),
        (("discount",), "have discount below 0"): count(lambda x: x < 0, discount),
        (("subtotal", "discount"), "have a discount above the subtotal"): count(
            lambda whole, part: isfinite(part) and whole < part, subtotal, discount
        ),
        (("paid_at", "ordered_at"), "have a payment before the order"): count(lambda at: at < DAY, paid),
        (("shipped_at", "paid_at"), "have a shipment before the payment"): count(lambda b, a: b < a, shipped, paid),
        (("order_id",), "repeat the order id of another row"): len(order) - pd.Series(order).nunique(),
    }
    assert found == {rule: number for rule, number in expected.items() if number}
