"""PostgreSQL counts what breaks a contract as the SQL that was read says it does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from workbench.tables.rules import every_rule
from workbench.tables.schema import canonical, unbound

QUERIES = Path(__file__).parents[1] / "sql" / "postgres"
QUERY = QUERIES / "contract_orders.sql"
ORDERS = """
CREATE TEMP TABLE orders (order_id text, user_id text, ordered_at timestamp, revenue float8, channel text);
INSERT INTO orders VALUES
    ('1', 'u', '2026-01-05', 1, 'app'),
    ('1', 'u', '2026-04-01 12:30', 'NaN', 'app'),
    (NULL, NULL, NULL, NULL, ' '),
    ('4', ' ', '1989-12-31 23:59:59', 'Infinity', 'app'),
    ('5', 'u', '2026-04-01 12:30:01', '-Infinity', 'app'),
    ('6', 'u', 'infinity', 7, 'app');
"""


def test_breaches_are_counted(postgres: Any) -> None:
    said = postgres.tell("-t", "-A", text=ORDERS + QUERY.read_text() + ";")

    # rows, rows with a key, different keys; no key, no time, no user, no revenue, no channel; early, late; no number
    assert said.strip() == "6|5|4|1|1|2|1|1|1|2|3"


TYPES = {
    "id": "text",
    "integer": "bigint",
    "number": "float8",
    "money": "float8",
    "time": "timestamp",
    "flag": "boolean",
}


def table(name: str, *rows: dict[str, str]) -> str:
    """A canonical table with every column, and these rows."""
    columns = ", ".join(f"{column} {TYPES.get(kind, kind)}" for column, kind in canonical(name).columns.items())
    filled = []
    for row in rows:
        values = ", ".join(f"'{value}'" for value in row.values())
        filled.append(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({values});")
    return "\n".join([f"CREATE TEMP TABLE {name} ({columns});", *filled, ""])


def order(number: int, subtotal: str, **more: str) -> dict[str, str]:
    return {"order_id": str(number), "user_id": "u", "ordered_at": "2026-01-05 12:00", "subtotal": subtotal, **more}


def line(number: int, quantity: int, price: float) -> dict[str, str]:
    return {
        "order_id": str(number),
        "line_no": "1",
        "product_id": "p",
        "quantity": str(quantity),
        "unit_price": str(price),
    }


def back(number: int, seq: int, quantity: int, at: str = "2026-01-06") -> dict[str, str]:
    return {
        "order_id": str(number), "line_no": "1", "seq": str(seq), "quantity": str(quantity), "returned_at": at, "refund": "1"
    }  # fmt: skip


SHOP = (
    table("orders", order(1, "20"), order(2, "20.02"), order(3, "5"), order(4, "NaN"), order(5, "Infinity"))
    + table("order_items", line(1, 2, 10), line(2, 2, 10), line(4, 1, 1))
    + table("returns", back(1, 1, 2), back(1, 2, 1), back(2, 1, 2, "2026-01-05 11:00"), back(9, 1, 1))
)


@pytest.mark.parametrize(
    ("query", "count"), [("agreement_subtotal", 2), ("agreement_sold", 2), ("agreement_ordered", 1), ("orphans", 1)]
)
def test_other_tables_contradict(query: str, count: int, postgres: Any) -> None:
    said = postgres.tell("-t", "-A", text=SHOP + (QUERIES / f"{query}.sql").read_text() + ";")

    assert said.strip() == str(count)


def test_every_rule_of_orders_is_counted(postgres: Any) -> None:
    """What DuckDB says of the same rows: NaN is above nothing, and what is missing breaks nothing."""
    orders = table(
        "orders",
        order(1, "1", discount="NaN", status="paid", currency="CNY"),
        order(2, "-1", discount="2", status="lost", currency="EUR"),
        order(3, "NaN", discount="1", fx="0"),
        order(4, "5", discount="Infinity", paid_at="2026-01-05 11:00", loaded_at="2026-01-05 11:00"),
    )
    said = postgres.tell("-A", text=orders + (QUERIES / "examine_orders.sql").read_text() + ";").splitlines()
    found = dict(zip(said[0].split("|"), said[1].split("|"), strict=True))
    rules = every_rule(unbound("orders"), canonical("orders"), now=datetime(2026, 3, 31))  # noqa: DTZ001
    broken = {
        rule.words.split(" other")[0]: int(found[f"rule_{i}"])
        for i, rule in enumerate(rules)
        if found[f"rule_{i}"] != "0"
    }

    assert (found["rows"], found["least_currency"], found["greatest_currency"]) == ("4", "CNY", "EUR")
    assert broken == {
        "have a subtotal that is infinite or no number": 1,
        "have a discount that is infinite or no number": 2,
        "have a status": 1,
        "have subtotal below 0": 1,
        "have a discount above the subtotal": 1,
        "have fx of 0 or less": 1,
        "have a payment before the order": 1,
        "have a time of loading before the event": 1,
    }
