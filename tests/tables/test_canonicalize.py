"""The canonical expression itself, compiled for engines that are not at hand."""

from __future__ import annotations

import ibis
import pytest

from workbench.tables.canonicalize import canonical_table
from workbench.tables.mapping import TableMapping
from workbench.tables.schema import canonical

STORED = ibis.table(
    {
        "id": "int64",
        "buyer": "decimal(38, 0)",
        "paid": "timestamp('UTC')",
        "shipped_at": "timestamp(9)",
        "delivered_at": "string",
        "subtotal": "decimal(18, 4)",
        "discount": "string",
        "cost": "float32",
        "refund": "int32",
        "note": "string",
    },
    name="raw_orders",
)
MAPPING = TableMapping(
    source="raw_orders",
    columns={"order_id": "id", "user_id": "buyer", "ordered_at": "paid"},
    constants={"currency": "CNY"},
    utc_offset_hours=8,
)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "databricks", "bigquery", "trino", "snowflake"])
def test_the_canonical_table_compiles_for_every_dialect(dialect: str) -> None:
    table = canonical_table(STORED, canonical("orders"), MAPPING, checked=False)

    sql = str(ibis.to_sql(table, dialect=dialect))

    assert "480" in sql
    assert "TIMESTAMP(" not in sql, "a precision that not every dialect can say"
    assert "TRY" not in sql


def test_every_type_is_the_canonical_one() -> None:
    table = canonical_table(STORED, canonical("orders"), MAPPING, checked=False)

    types = {name: str(kind).split("(")[0] for name, kind in table.schema().items()}

    assert types == {
        "order_id": "int64",
        "user_id": "int64",
        "ordered_at": "timestamp",
        "currency": "string",
        "shipped_at": "timestamp",
        "delivered_at": "timestamp",
        "subtotal": "float64",
        "discount": "float64",
        "cost": "float64",
        "refund": "float64",
        "revenue": "float64",
        "margin": "float64",
        "refunded": "boolean",
        "note": "string",
    }
