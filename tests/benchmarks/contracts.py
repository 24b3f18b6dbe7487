"""What one look at a table costs: wall time, the best of several, and its CPU.

First five million orders and their items; then tables of a whole catalogue, the platform of a million users,
where a look also asks whether ids are found in other tables and sums agree with them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from contestants import cpu
from purchases import ROWS, make_purchases
from simulate import LARGE, large_platform
from table import Row

from workbench.tables import check_contract, examine, open_catalog

ROUNDS = 5
BUDGET = 1.0  # seconds of wall time for five million rows
NOW = datetime(2026, 11, 22)  # noqa: DTZ001  UTC without a zone


def measure(folder: Path) -> list[Row]:
    """Rows of the table; sound tables, so that what breaks a rule need not be looked for."""
    make_purchases(folder)

    def asked(catalog: str, table: str) -> Callable[[], object]:
        return lambda: examine(open_catalog(folder / f"{catalog}.yaml"), table, now=NOW).breaches

    looks = {
        "**orders**: 22 rules of the rows, key, span, missing ids, currency, days": asked("orders_alone", "orders"),
        "orders, what a study needs: key, clock, user, subtotal": lambda: check_contract(
            open_catalog(folder / "orders_alone.yaml"), "orders", columns=["subtotal"]
        ),
        "order items, a key of two columns": asked("items_alone", "order_items"),
        "order items, and each found among the orders": asked("purchases", "order_items"),
        "orders, and each subtotal the sum of its items": asked("purchases", "orders"),
    }
    rows = []
    for number, (who, look) in enumerate(looks.items()):
        wall, used = _best(look)
        budget, kept = (f"≤ {BUDGET:g} s", wall <= BUDGET) if number == 0 else ("", None)
        rows.append(Row(f"Contracts, {ROWS // 1_000_000}M rows", who, _said(wall, used), budget=budget, kept=kept))
    return rows + _whole(large_platform(folder))


def _whole(catalog: Path) -> list[Row]:
    """Tables whose ids are looked for in others: each is held against the budget of its share of five million rows."""
    work = f"Contracts with all that other tables say, a platform of {LARGE:,} users"
    looks = {
        "orders": "**orders**: users and sessions found, each subtotal the sum of its items",
        "order_items": "**order items**: orders and products found",
        "exposures": "**exposures**: each user once in each experiment, a name and a number",
        "sessions": "**sessions**: users and orders found",
    }
    rows = []
    for name, who in looks.items():
        count = examine(open_catalog(catalog), name, now=NOW).rows
        allowed = BUDGET * count / ROWS
        wall, used = _best(lambda name=name: examine(open_catalog(catalog), name, now=NOW).breaches)  # type: ignore[misc]
        asked = f"{who} ({count / 1e6:.2f}M rows)"
        rows.append(Row(work, asked, _said(wall, used), budget=f"≤ {allowed:.2f} s", kept=wall <= allowed))
    wall, used = _best(lambda: check_contract(open_catalog(catalog), "exposures"))
    return [*rows, Row(work, "exposures, what a study needs: key, user, variant", _said(wall, used))]


def _best(look: Callable[[], object]) -> tuple[float, float]:
    costs = [_cost(look) for _ in range(ROUNDS)]
    return min(wall for wall, _ in costs), min(used for _, used in costs)


def _said(wall: float, used: float) -> str:
    return f"{wall:.2f} s, {used:.2f} s CPU"


def _cost(look: Callable[[], object]) -> tuple[float, float]:
    before, started = cpu(), time.perf_counter()
    assert look() == (), "the tables of the benchmark should be sound"
    return time.perf_counter() - started, cpu() - before
