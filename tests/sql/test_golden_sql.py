"""The SQL that every aggregate sends to every engine, held in tests/sql/<dialect>/<name>.sql.

After a wanted change: `python tests/sql/test_golden_sql.py` writes the files anew; read the difference before committing it.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pytest
import sqlglot

from workbench.abtest import aggregate
from workbench.abtest.aggregate import Span
from workbench.abtest.layout import layout
from workbench.tables.bigquery import add_to_local_times
from workbench.tables.canonicalize import canonical_table
from workbench.tables.catalog import extent
from workbench.tables.days import rows_by_day
from workbench.tables.examination import passing
from workbench.tables.expectations import EXPECTATIONS, Agreement, Reference
from workbench.tables.mapping import TableMapping
from workbench.tables.metrics import read_metrics
from workbench.tables.relations import disagreeing, orphans
from workbench.tables.rules import count_broken, every_rule, row_rules
from workbench.tables.schema import canonical, unbound

HERE = Path(__file__).parent
DIALECTS = ("bigquery", "databricks", "duckdb", "postgres", "snowflake", "trino")
METRICS = """
bought: {table: orders, aggregate: any, window_days: 14, pre_days: 28, better: up}
app_orders: {table: orders, aggregate: count, where: {channel: [app, mobile_web], refunded: false}, window_days: 7, better: up}
revenue: {table: orders, aggregate: sum, value: revenue, window_days: 14, pre_days: 28, better: up}
orders: {table: orders, aggregate: count, window_days: 14, pre_days: 28, better: up}
basket: {table: orders, aggregate: mean, value: revenue, where: {subtotal: [10, 20.5]}, window_days: 14, better: up}
largest: {table: orders, aggregate: max, value: revenue, window_days: 14, pre_days: 28, better: up}
refunded: {table: orders, aggregate: max, value: refunded, window_days: 14, better: down}
average_order_value: {numerator: revenue, denominator: orders, better: up}
score: {table: events, aggregate: mean, value: value, window_days: 3, pre_days: 3, better: up}
visit: {table: exposures, value: visit, covariates: [past_visits, member], better: up}
spend: {table: exposures, value: spend, better: up}
spend_per_visit: {numerator: spend, denominator: visit, better: up}
"""
EXTRA = {"visit": "integer", "spend": "money", "past_visits": "number", "member": "flag"}
ORDERS = ("bought", "app_orders", "revenue", "basket", "largest", "refunded", "average_order_value")


AGREEMENTS = (
    ("subtotal", "orders", "order_items"),
    ("sold", "returns", "order_items"),
    ("ordered", "returns", "orders"),
)
STORED = {
    "order_id": "float64",  # went through pandas
    "BUYER_ID": "int64",
    "ordered_at": "timestamp('UTC', 6)",
    "paid_at": "timestamp(9)",
    "shipped_at": "string",
    "subtotal": "decimal(18, 2)",
    "discount": "string",
    "status": "string",
    "points": "decimal(9, 0)",
}


def of_one_line(asked, name, other, kind, which=""):
    """What one declaration about two tables asks for."""
    (declared,) = (
        one
        for one in EXPECTATIONS[name]
        if isinstance(one, kind) and one.table == other and getattr(one, "kind", "") == which
    )
    rows = asked(unbound(name), unbound(other), declared)
    return rows.aggregate(count=rows.count())


def of_tables() -> dict[str, Any]:
    """What the tables themselves ask for: the canonical table, how far it reaches, and whether it is sound."""
    mapping = TableMapping(
        source="orders",
        columns={"user_id": "BUYER_ID"},
        constants={"currency": "CNY", "delivered_at": "2026-01-31 18:05:00"},
        utc_offset_hours=8,
    )
    orders = canonical_table(ibis.table(STORED, name="stored"), canonical("orders"), mapping, checked=False)
    spend = canonical_table(
        ibis.table({"spend_date": "timestamp(6)", "channel": "string", "spend": "int64"}, name="stored"),
        canonical("spend"),
        TableMapping(source="spend", utc_offset_hours=-3.5),
        checked=False,
    )
    contracts = {}
    for name, columns in (("orders", ["revenue", "channel"]), ("spend", ["spend"])):
        table = unbound(name)
        rules = row_rules(table, canonical(name), columns, now=datetime.fromisoformat("2026-03-31 12:30:00"))
        key = table[canonical(name).key[0]]
        contracts[f"contract_{name}"] = count_broken(table, rules, {"named": key.count(), "different": key.nunique()})
    for name in ("orders", "order_items"):
        table, ids = unbound(name), [column for column, kind in canonical(name).columns.items() if kind == "id"]
        rules = every_rule(table, canonical(name), now=datetime.fromisoformat("2026-03-31 12:30:00"))
        contracts[f"examine_{name}"] = count_broken(table, rules, passing(table, canonical(name), ids))
    return {
        "canonical_orders": orders,
        "canonical_spend": spend,
        "extent": extent(unbound("orders"), "ordered_at"),
        "orphans": of_one_line(orphans, "returns", "order_items", Reference),
        **{
            f"agreement_{kind}": of_one_line(disagreeing, name, other, Agreement, kind)
            for kind, name, other in AGREEMENTS
        },
        "rows_by_day": rows_by_day(unbound("orders"), "ordered_at", datetime.fromisoformat("2026-03-31 12:30:00")),
        **contracts,
    }


@cache
def expressions() -> dict[str, Any]:
    """Every aggregate, over canonical tables without an engine."""
    add_to_local_times()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "metrics.yaml"
        path.write_text(METRICS)
        declared = read_metrics(path)
    exposures = unbound("exposures", EXTRA)
    keys = ["variant", "country", "device", "day"]
    users = aggregate.exposed(exposures, experiment="checkout", only={}, segments=["country", "device"])
    some = aggregate.exposed(
        exposures, experiment="checkout", only={"member": ["true"], "country": ["CN", "JP"]}, segments=[]
    )
    timeless = aggregate.exposed(exposures.drop("exposed_at"), experiment="checkout", only={}, segments=[])
    span = Span(datetime.fromisoformat("2026-01-01 08:00"), datetime.fromisoformat("2026-03-31 23:59:59.500"))
    facts = {name: unbound(name) for name in ("orders", "events")}
    clocks = {"orders": "ordered_at", "events": "event_at"}
    spans = dict.fromkeys(facts, span)

    def wide(names, keys=keys, users=users):
        return aggregate.per_user(users, facts, clocks, spans, [declared.get(n) for n in names], keys=keys)

    def plans(names, *, some_missing=False):
        return [layout(declared.get(n), some_missing=some_missing) for n in names]

    columns = ("visit", "spend_per_visit")
    shifts = {
        "visit__outcome": 0.125,
        "spend__outcome": 1e8,
        "past_visits__covariate": -3.5e-7,
        "member__covariate": 0.0,
    }
    return {
        "account": aggregate.account(users, users.user_id.nunique()),
        "account_only": aggregate.account(some, some.user_id.nunique()),
        "account_timeless": aggregate.account(timeless, timeless.user_id.nunique()),
        "repeated": aggregate.repeated(users),
        "repeated_counted": aggregate.count_repeated(aggregate.repeated(users)),
        "per_user_facts": wide(ORDERS),
        "per_user_two_tables": wide(["revenue", "score", "visit"], ["variant", "day"]),
        "at_hand": aggregate.at_hand(wide(columns), list(shifts)),
        "values_known": aggregate.values_known(wide(columns), ["past_visits__covariate", "member__covariate"]),
        "moments_clean": aggregate.clean_moments(wide(columns), plans(columns), keys, shifts),
        "moments_careful_columns": aggregate.careful_moments(wide(columns), plans(columns, some_missing=True), keys, {}, shifts),
        "moments_careful_facts": aggregate.careful_moments(wide(["bought"]), plans(["bought"]), keys, spans, {}),
        "moments_careful_ratio": aggregate.careful_moments(
            wide(["average_order_value"]), plans(["average_order_value"], some_missing=True), ["variant"], spans, {}
        ),
        "unusable": aggregate.unusable(wide(["revenue"], ["variant"]), "revenue__outcome"),
        "unusable_integer": aggregate.unusable(wide(["visit"], ["variant"]), "visit__outcome"),
        **of_tables(),
    }  # fmt: skip


def written(name: str, dialect: str) -> str:
    return ibis.to_sql(expressions()[name], dialect=dialect) + "\n"


def test_no_file_is_left_over() -> None:
    files = {str(path.relative_to(HERE).with_suffix("")) for path in HERE.glob("*/*.sql")}
    assert files == {f"{dialect}/{name}" for dialect in DIALECTS for name in expressions()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_sql_is_what_was_read(dialect: str) -> None:
    # Bytes, since reading text would turn a carriage return among the blanks that are trimmed into a line's end.
    changed = [
        name
        for name in expressions()
        if (HERE / dialect / f"{name}.sql").read_bytes() != written(name, dialect).encode()
    ]
    assert not changed, f"read what changed, then write it anew (see the top of this file): {changed}"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_that_an_engine_lacks_or_that_loses_digits(dialect: str) -> None:
    """No raw sum of squares, no integer division, no boolean cast to a float, no zone dropped in silence."""
    for path in (HERE / dialect).glob("*.sql"):
        tree = sqlglot.parse_one(path.read_text(), dialect=dialect)
        # On Databricks Ibis itself asks for NaN to find what is missing; the other dialects of the same query tell.
        named = [sqlglot.exp.IsInf, *([] if dialect == "databricks" else [sqlglot.exp.IsNan])]
        assert not list(tree.find_all(*named)), path
        for function in ("is_infinite", "is_finite", "isfinite"):  # those that the parser takes for any function
            assert not [f for f in tree.find_all(sqlglot.exp.Anonymous) if f.name.lower() == function], path
        assert not list(tree.find_all(sqlglot.exp.Div)), path
        assert "TIMESTAMP_ADD" not in path.read_text(), path
        if path.stem not in {"moments_clean", "agreement_subtotal"}:  # one squares shifted values, one adds up money
            assert not [s for s in tree.find_all(sqlglot.exp.Sum) if list(s.find_all(sqlglot.exp.Mul))], path


def write() -> None:
    for path in HERE.glob("*/*.sql"):
        path.unlink()
    for dialect in DIALECTS:
        (HERE / dialect).mkdir(exist_ok=True)
        for name in expressions():
            (HERE / dialect / f"{name}.sql").write_text(written(name, dialect))


if __name__ == "__main__":
    write()
