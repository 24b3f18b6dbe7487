"""Five million orders and their items, made by seed, with a catalogue: sound tables, so that all is counted in one scan."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROWS, GROUP = 5_000_000, 250_000
STATUS = np.array(["placed", "paid", "shipped", "delivered", "cancelled", "returned"])
SHARES = (0.02, 0.03, 0.05, 0.8, 0.05, 0.05)
START = np.datetime64("2025-11-01T00:00:00", "us")


def make_purchases(folder: Path, rows: int = ROWS) -> Path:
    """Both files, made once and kept in the cache; their names say what they were made of."""
    folder.mkdir(parents=True, exist_ok=True)
    orders, items = folder / f"orders-1-{rows}.parquet", folder / f"order_items-1-{rows}.parquet"
    if not items.is_file():
        rng = np.random.default_rng(20_260_102)
        unfinished = [path.with_suffix(".unfinished") for path in (orders, items)]
        schemas = [table.schema for table in _some(rng, np.arange(1))]
        ids = 1 + rng.permutation(rows)  # in no order, as a warehouse keeps them
        with (
            pq.ParquetWriter(unfinished[0], schemas[0]) as first,
            pq.ParquetWriter(unfinished[1], schemas[1]) as second,
        ):
            for start in range(0, rows, GROUP):
                sold, lines = _some(rng, ids[start : start + GROUP])
                first.write_table(sold)
                second.write_table(lines)
        for path, final in zip(unfinished, (orders, items), strict=True):
            path.rename(final)
    tables = {
        name: {"source": path.name, "utc_offset_hours": 0}
        for name, path in (("orders", orders), ("order_items", items))
    }
    for name, listed in (
        ("purchases", tables),
        ("orders_alone", {"orders": tables["orders"]}),
        ("items_alone", {"order_items": tables["order_items"]}),
    ):
        (folder / f"{name}.yaml").write_text(json.dumps({"connection": "duckdb", "tables": listed}))
    return orders


def _some(rng: np.random.Generator, ids: np.ndarray) -> tuple[pa.Table, pa.Table]:
    """Orders of one line each, which adds up to their subtotal."""
    n = len(ids)
    minute = np.timedelta64(60_000_000, "us")
    times = [START + rng.integers(0, 365 * 86_400_000_000, n).astype("timedelta64[us]")]
    for most in (60, 2 * 1440, 6 * 1440):
        times.append(times[-1] + rng.integers(0, most, n) * minute)
    quantity, cents = rng.integers(1, 4, n), rng.integers(100, 50_000, n)
    subtotal = quantity * cents / 100
    orders = {
        "order_id": ids,
        "user_id": rng.integers(1, 2_000_000, n),
        **dict(zip(("ordered_at", "paid_at", "shipped_at", "delivered_at"), times, strict=True)),
        "status": STATUS[rng.choice(len(STATUS), n, p=SHARES)],
        "channel": np.array(["app", "web", "shop"])[rng.integers(0, 3, n)],
        "currency": np.repeat("CNY", n),
        "subtotal": subtotal,
        "discount": np.round(subtotal * rng.choice([0, 0, 0.1], n), 2),
        "shipping": rng.integers(0, 2000, n) / 100,
        "tax": rng.integers(0, 2000, n) / 100,
        "cost": np.round(subtotal * 0.6, 2),
        "refund": np.zeros(n),
    }
    items = {
        "order_id": ids,
        "line_no": np.ones(n, dtype=np.int64),
        "product_id": rng.integers(1, 5000, n),
        "quantity": quantity,
        "unit_price": cents / 100,
    }
    return pa.table(orders), pa.table(items)
