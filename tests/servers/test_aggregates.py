"""The same aggregates on a real PostgreSQL, where one is installed: another engine, the same numbers."""

from __future__ import annotations

import io
from datetime import datetime

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from workbench.abtest import aggregate
from workbench.abtest.aggregate import Span
from workbench.abtest.layout import layout
from workbench.tables.metrics import read_metrics

METRICS = """
bought: {table: orders, aggregate: any, window_days: 14, pre_days: 28, better: up}
paid: {table: orders, aggregate: sum, value: paid, where: {channel: [app, web], gift: false}, window_days: 7, pre_days: 28, better: up}
gifts: {table: orders, aggregate: max, value: gift, window_days: 14, better: up}
basket: {table: orders, aggregate: mean, value: paid, window_days: 14, pre_days: 28, better: up}
orders: {table: orders, aggregate: count, window_days: 7, pre_days: 28, better: up}
value: {numerator: paid, denominator: orders, better: up}
visits: {table: exposures, value: visits, covariates: [past, member], better: up}
spend: {table: exposures, value: spend, better: up}
"""
SPAN = Span(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-03-01 12:00"))
KEYS = ["variant", "country", "day"]


def frames() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(3)
    users, count = 300, 3000
    start = pd.Timestamp(SPAN.first)
    exposures = pd.DataFrame(
        {
            "experiment": "e",
            "user_id": np.arange(users),
            "variant": rng.choice(["A", "B"], users),
            "exposed_at": (start + pd.to_timedelta(rng.integers(15 * 86_400, 55 * 86_400, users), unit="s")).astype(
                "datetime64[us]"
            ),
            "country": rng.choice(np.array(["CN", "JP", None], dtype=object), users),
            "visits": rng.poisson(2.0, users),
            "spend": 1e8 + rng.gamma(2.0, 10.0, users),
            "past": pd.Series(rng.normal(size=users)).mask(rng.random(users) < 0.2),
            "member": pd.array(rng.choice(np.array([True, False, None], dtype=object), users), dtype="boolean"),
        }
    )
    orders = pd.DataFrame(
        {
            "user_id": rng.integers(0, users, count),
            "ordered_at": (start + pd.to_timedelta(rng.integers(0, 59 * 86_400, count), unit="s")).astype(
                "datetime64[us]"
            ),
            "channel": rng.choice(np.array(["app", "web", "shop", None], dtype=object), count),
            "paid": rng.gamma(3.0, 20.0, count),
            "gift": rng.random(count) < 0.3,
        }
    )
    orders.loc[:50, "ordered_at"] = (
        exposures.set_index("user_id").loc[orders.loc[:50, "user_id"], "exposed_at"].to_numpy()
    )
    return {"exposures": exposures, "orders": orders}


KINDS = {"M": "timestamp", "i": "bigint", "f": "double precision", "b": "boolean", "O": "text"}


@pytest.fixture(scope="module")
def both(postgres, tmp_path_factory):
    """The metrics, their tables for DuckDB and for PostgreSQL, and the same rows in both."""
    path = tmp_path_factory.mktemp("metrics") / "metrics.yaml"
    path.write_text(METRICS)
    duck = ibis.duckdb.connect()
    for name, frame in frames().items():
        duck.con.register(name, pa.Table.from_pandas(frame, preserve_index=False))
        kinds = ", ".join(f'"{column}" {KINDS[kind.kind]}' for column, kind in frame.dtypes.items())
        rows = frame.to_csv(index=False, header=False)
        postgres.tell("-c", f"drop table if exists {name}; create table {name} ({kinds})")
        postgres.tell("-c", f"copy {name} from stdin csv", text=rows)
    unbound = {name: ibis.table(duck.table(name).schema(), name=name) for name in frames()}
    return read_metrics(path), duck, unbound


def ask(postgres, sql: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(postgres.tell("--csv", text=sql)))


def compare(postgres, duck, expression) -> pd.DataFrame:
    ours = duck.to_pandas(expression)
    theirs = ask(postgres, ibis.to_sql(expression, dialect="postgres"))
    assert list(theirs) == list(ours)
    keys = [column for column in KEYS if column in ours]
    if keys:
        for frame in (ours, theirs):
            frame["day"] = pd.to_datetime(frame["day"])
        ours, theirs = (frame.sort_values(keys, ignore_index=True) for frame in (ours, theirs))
        pd.testing.assert_frame_equal(theirs[keys], ours[keys], check_dtype=False)
    numbers = [column for column in ours if column not in keys]
    np.testing.assert_allclose(theirs[numbers].to_numpy(float), ours[numbers].to_numpy(float), rtol=1e-9, atol=1e-9)
    return ours


@pytest.fixture(scope="module")
def wide(both):
    metrics, _, tables = both
    users = aggregate.exposed(tables["exposures"], experiment="e", only={}, segments=["country"])
    wanted = [metrics.get(name) for name in metrics.names]
    per_user = aggregate.per_user(
        users, {"orders": tables["orders"]}, {"orders": "ordered_at"}, {"orders": SPAN}, wanted, keys=KEYS
    )
    return users, per_user


def test_careful_moments(postgres, both, wide):
    metrics, duck, _ = both
    plans = [layout(metrics.get(name), some_missing=name != "spend") for name in metrics.names]
    shifts = {"spend__outcome": 1e8, "past__covariate": 0.1}
    expression = aggregate.careful_moments(wide[1], plans, KEYS, {"orders": SPAN}, shifts)
    found = compare(postgres, duck, expression)
    assert len(found) > 100
    assert found["open_m0"].sum() > 10


def test_clean_moments(postgres, both):
    metrics, duck, tables = both
    plans = [layout(metrics.get(name), some_missing=False) for name in ("visits", "spend")]
    users = aggregate.exposed(
        tables["exposures"], experiment="e", only={"member": ["true", "false"]}, segments=["country"]
    )
    per_user = aggregate.per_user(users, {}, {}, {}, [plan.metric for plan in plans], keys=KEYS)
    shifts = {"visits__outcome": 2.03125, "spend__outcome": 1e8, "past__covariate": 0.0, "member__covariate": 0.5}
    found = compare(postgres, duck, aggregate.clean_moments(per_user, plans, KEYS, shifts))
    assert found["users"].sum() > found["known__past__covariate"].sum() > 100


def test_account_and_repeated(postgres, both, wide):
    _, duck, _ = both
    users = wide[0]
    account = aggregate.account(users, users.user_id.nunique())
    ours, theirs = duck.to_pandas(account).iloc[0], ask(postgres, ibis.to_sql(account, dialect="postgres")).iloc[0]
    for column in ("rows", "users", "no_user", "no_variant", "no_time"):
        assert theirs[column] == ours[column]
    assert [pd.Timestamp(theirs[end]) for end in ("first", "last")] == [ours["first"], ours["last"]]
    assert len(ask(postgres, ibis.to_sql(aggregate.repeated(users), dialect="postgres"))) == 0


def test_unusable(postgres, both):
    metrics, _, tables = both
    users = aggregate.exposed(tables["exposures"], experiment="e", only={}, segments=[])
    per_user = aggregate.per_user(users, {}, {}, {}, [metrics.get("spend")], keys=["variant"])
    sql = ibis.to_sql(aggregate.unusable(per_user, "spend__outcome"), dialect="postgres")
    spoil = "begin; update exposures set spend = '{}' where user_id = 7; {}; rollback;"
    for value in ("NaN", "Infinity", "-Infinity"):
        found = ask(postgres, spoil.format(value, sql))
        assert found.astype(str).to_numpy().tolist() in (
            [["7", value]],
            [["7", value.lower().replace("infinity", "inf")]],
        )
    assert len(ask(postgres, sql)) == 0
