"""Five million users, made by seed: one row each in a Parquet file of 16 columns, with a catalogue and metrics."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS, GROUP = 5_000_000, 250_000
OUTCOMES = ("orders", "revenue", "sessions", "margin")
RATIOS = {"order_value": ("revenue", "orders"), "orders_per_session": ("orders", "sessions")}
NUMBERS = (*OUTCOMES, *(f"{name}_before" for name in OUTCOMES))
EXPERIMENT = "checkout"


def make_users(folder: Path, rows: int = ROWS) -> Path:
    """The file, made once and kept in the cache; its name says what it was made of."""
    path = folder / f"users-1-{rows}.parquet"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        rng = np.random.default_rng(20_260_101)
        ids = rng.choice(4 * rows, rows, replace=False)
        with pq.ParquetWriter(unfinished, _some(rng, ids[:1]).schema) as file:
            for start in range(0, rows, GROUP):
                file.write_table(_some(rng, ids[start : start + GROUP]))
        unfinished.rename(path)
    for name, id_column in (("catalog", "user_id"), ("catalog_text", "user_key")):
        renamed = {} if id_column == "user_id" else {"columns": {"user_id": "user_key", "user_number": "user_id"}}
        tables = {"exposures": {"source": path.name, **renamed}}
        (folder / f"{name}.yaml").write_text(json.dumps({"connection": "duckdb", "tables": tables}))
    (folder / "metrics.yaml").write_text(json.dumps(_metrics()))
    return path


def _metrics() -> dict[str, object]:
    means = {
        name: {"table": "exposures", "value": name, "covariates": [f"{name}_before"], "better": "up"}
        for name in OUTCOMES
    }
    ratios = {name: {"numerator": a, "denominator": b, "better": "up"} for name, (a, b) in RATIOS.items()}
    return {**means, **ratios}


def _some(rng: np.random.Generator, ids: np.ndarray) -> pa.Table:
    """Orders are Poisson at the user's own rate, before and after; baskets log-normal; B sells 2 % more."""
    n = len(ids)
    treated = rng.integers(0, 2, n)
    rate, basket = rng.gamma(1.2, 0.9, n), rng.lognormal(3.5, 0.5, n)
    orders_before, orders = rng.poisson(rate), rng.poisson(rate * (1 + 0.02 * treated))
    sessions_before, sessions = orders_before + rng.poisson(2 + rate), orders + rng.poisson(2 + rate)
    revenue_before, revenue = (
        np.round(count * basket * rng.lognormal(0, 0.3, n), 2) for count in (orders_before, orders)
    )
    return pa.table(
        {
            "experiment": np.repeat(EXPERIMENT, n),
            "user_id": ids,
            "user_key": [f"u{number * 0x9E3779B97F4A7C15 % 2**64:016x}" for number in ids.tolist()],
            "variant": np.array(["A", "B"])[treated],
            "country": rng.choice(["CN", "JP", "SG"], n),
            "device": rng.choice(["app", "mobile web", "desktop"], n),
            "channel": rng.choice(["ads", "mail", "direct", "search"], n),
            "age": rng.integers(18, 80, n),
            "orders": orders,
            "revenue": revenue,
            "sessions": sessions,
            "margin": np.round(0.3 * revenue - 0.05 * sessions, 2),
            "orders_before": orders_before,
            "revenue_before": revenue_before,
            "sessions_before": sessions_before,
            "margin_before": np.round(0.3 * revenue_before - 0.05 * sessions_before, 2),
        }
    )
