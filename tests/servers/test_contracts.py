"""PostgreSQL counts what breaks a contract as the SQL that was read says it does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

QUERY = Path(__file__).parents[1] / "sql" / "postgres" / "contract_orders.sql"
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
