"""The canonical tables: consistent in themselves, compiled for every dialect, and described for people."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from workbench.errors import StudyError
from workbench.tables.mapping import read_catalog
from workbench.tables.schema import ENGINE_TYPES, TABLES, CanonicalTable, canonical, unbound

DIALECTS = ("duckdb", "postgres", "databricks", "bigquery", "trino", "snowflake")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_table_is_consistent(table: CanonicalTable) -> None:
    assert set(table.key) <= set(table.columns)
    assert set(table.one_value_per_key) <= set(table.columns)
    assert set(table.columns.values()) <= set(ENGINE_TYPES)
    assert not set(table.required) & set(table.optional)
    assert not set(table.derived) & (set(table.required) | set(table.optional))
    if table.clock:
        assert table.columns[table.clock] in {"time", "date"}


def test_exposures_need_three_columns_only() -> None:
    assert set(canonical("exposures").required) == {"experiment", "user_id", "variant"}


def test_an_unknown_table_is_answered_with_the_nearest() -> None:
    with pytest.raises(StudyError, match="unknown canonical table 'order'; nearest: 'orders'"):
        canonical("order")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_unbound_tables_compile_for_every_dialect(dialect: str) -> None:
    orders = unbound("orders", {"weight": "number"})

    sql = ibis.to_sql(
        orders.group_by(orders.ordered_at.date()).aggregate(total=orders.revenue.sum(), kilos=orders.weight.mean()),
        dialect=dialect,
    )

    assert "revenue" in sql


def test_the_dictionary_for_people_says_what_the_schema_says(root: Path) -> None:
    """Regenerate with `python -m workbench.tables.dictionary data/README.md` after a change of the schema."""
    from workbench.tables.dictionary import with_dictionary

    text = (root / "data" / "README.md").read_text(encoding="utf-8")

    assert with_dictionary(text) == text


def test_the_projects_catalogue_reads(root: Path) -> None:
    assert {"exposures", "orders"} <= set(read_catalog(root / "data" / "catalog.yaml").tables)
