"""The numbers are the same wherever the tables live: PostgreSQL beside DuckDB, on the same rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from workbench import abtest, tables
from workbench.simulate import write_sample

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {"int64": "bigint", "object": "text", "float64": "numeric(14, 2)", "datetime64[us]": "timestamp"}
METRICS = """
conversion: {table: orders, aggregate: any, window_days: 14, pre_days: 28, better: up}
orders: {table: orders, aggregate: count, window_days: 14, pre_days: 40, better: up}
revenue: {table: orders, value: revenue, aggregate: sum, window_days: 14, pre_days: 28, better: up, unit: CNY}
margin: {table: orders, value: margin, aggregate: sum, window_days: 14, better: up, unit: CNY, margin: 0.02}
largest: {table: orders, value: revenue, aggregate: max, window_days: 14, better: up, unit: CNY}
returned: {table: orders, aggregate: count, where: {status: [returned]}, window_days: 20, better: down}
basket: {numerator: revenue, denominator: orders, better: up, unit: CNY}
"""
CATALOG = """
connection: {connection}
tables:
  exposures: {{source: {exposures}, utc_offset_hours: 8}}
  orders: {{source: {orders}, utc_offset_hours: 8, constants: {{currency: CNY}}}}
"""


def fill(url: str, sample: Path) -> None:
    """Copy the sample's tables into the server."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("exposures", "orders"):
            frame = pd.read_parquet(sample / name)
            columns = ", ".join(f"{column} {TYPES[str(frame[column].dtype)]}" for column in frame)
            connection.execute(f"drop table if exists {name}; create table {name} ({columns})")
            with connection.cursor().copy(f"copy {name} from stdin") as copy:
                for row in frame.itertuples(index=False, name=None):
                    copy.write_row(row)


def analyse(catalog: Path, metrics: Path) -> abtest.Analysis:
    design = abtest.design(
        str(metrics),
        experiment="one_page_checkout",
        control="A",
        goals=["conversion"],
        guardrails=["margin"],
        secondary=["orders", "revenue", "largest", "returned", "basket"],
        segments=["device", ["device", "country"]],
    )
    shop = tables.open_catalog(catalog)
    try:
        return abtest.analyse(design, abtest.measure(shop, design))
    finally:
        shop.connection.disconnect()


def test_every_effect_is_the_same(postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("psycopg", reason="no driver for PostgreSQL: psycopg (pip install 'psycopg[binary]')")
    sample = tmp_path / "sample"
    write_sample(users=3000, seed=3, out=sample)
    fill(postgres.url, sample)
    monkeypatch.setenv("WAREHOUSE_URL", postgres.url)
    (tmp_path / "metrics.yaml").write_text(METRICS)
    files, server = tmp_path / "files.yaml", tmp_path / "server.yaml"
    paths = {name: f"sample/{name}/*.parquet" for name in ("exposures", "orders")}
    files.write_text(CATALOG.format(connection="duckdb", **paths))
    server.write_text(CATALOG.format(connection="${WAREHOUSE_URL}", exposures="public.exposures", orders="orders"))

    here, there = (analyse(catalog, tmp_path / "metrics.yaml") for catalog in (files, server))

    assert here.measured.users == there.measured.users
    assert here.decision.word == there.decision.word
    compared = [*here.comparisons, *(c for s in here.segments for c in s.comparisons)]
    again = [*there.comparisons, *(c for s in there.segments for c in s.comparisons)]
    assert len(compared) == len(again) == 7 + 3 + 9
    for one, other in zip(compared, again, strict=True):
        assert (one.metric, one.variant, one.segment) == (other.metric, other.variant, other.segment)
        assert one.effect is not None
        assert other.effect is not None
        assert one.effect.relative_withheld == other.effect.relative_withheld
        numbers = [name for name, value in asdict(one.effect).items() if isinstance(value, float)]
        found = {name: getattr(other.effect, name) for name in numbers}
        assert found == pytest.approx({name: getattr(one.effect, name) for name in numbers}, rel=1e-9, abs=1e-12)
