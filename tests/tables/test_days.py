"""Freshness as promised, and days held against the same weekday before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from workbench.errors import StudyError
from workbench.tables import examine
from workbench.tables.days import unusual_days
from workbench.tables.schema import canonical

LAST = date(2026, 10, 11)  # a Sunday
ORDERS = canonical("orders")


@pytest.fixture
def orders(tmp_path: Path, opened: Any) -> Callable[..., list[tuple[str, str]]]:
    """Examine orders at these times; what is said about them."""

    def _told(times: list[datetime] | pd.DatetimeIndex, now: datetime, **entry: Any) -> list[tuple[str, str]]:
        frame = pd.DataFrame({"order_id": range(len(times)), "user_id": "u", "ordered_at": times})
        frame.to_parquet(tmp_path / "orders.parquet", index=False)
        catalog = opened(orders={"source": "orders.parquet", "utc_offset_hours": 0, **entry})
        return [(breach.severity, breach.detail) for breach in examine(catalog, "orders", now=now).breaches]

    return _told


def test_a_table_older_than_was_promised_is_a_failure(orders: Any) -> None:
    times = [datetime(2026, 10, 11, 23, 58)]  # noqa: DTZ001
    said = "the latest order is of 2026-10-11 23:58, {} ago; at most 30 hours were promised"

    def told(ago: timedelta) -> list[tuple[str, str]]:
        return orders(times, times[0] + ago, fresh_within_hours=30)

    assert told(timedelta(hours=30)) == []
    assert told(timedelta(hours=31)) == [("fail", said.format("31 hours"))]
    assert told(timedelta(days=42)) == [("fail", said.format("42 days"))]
    assert orders(times, times[0] + timedelta(days=42)) == []


def test_age_is_reckoned_on_the_business_clock(orders: Any) -> None:
    stored = [datetime(2026, 10, 11, 0, 0)]  # noqa: DTZ001
    now = datetime(2026, 10, 11, 2, 0)  # noqa: DTZ001

    assert orders(stored, now, utc_offset_hours=8, fresh_within_hours=3) == []
    assert orders(stored, now, utc_offset_hours=8, fresh_within_hours=1) == [
        ("fail", "the latest order is of 2026-10-11 08:00, 2 hours ago; at most 1 hour was promised")
    ]


def test_without_a_moment_the_machines_clock_is_asked(tmp_path: Path, opened: Any) -> None:
    times = [datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=2)]
    pd.DataFrame({"order_id": [1], "user_id": "u", "ordered_at": times}).to_parquet(tmp_path / "orders.parquet")
    entry = {"source": "orders.parquet", "utc_offset_hours": 0}

    assert examine(opened(orders={**entry, "fresh_within_hours": 3}), "orders").sound
    assert not examine(opened(orders={**entry, "fresh_within_hours": 1}), "orders").sound


def test_a_day_is_fresh_until_its_end(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "s.csv").write_text("spend_date,channel,spend\n2026-10-11,a,1\n")
    catalog = opened(spend={"source": "s.csv", "fresh_within_hours": 30})

    def told(now: str) -> list[str]:
        return [breach.detail for breach in examine(catalog, "spend", now=datetime.fromisoformat(now)).breaches]

    assert told("2026-10-13 06:00") == []
    assert told("2026-10-13 07:00") == [
        "the latest row of spend is of 2026-10-11, 31 hours ago; at most 30 hours were promised"
    ]


def test_a_promise_about_a_table_without_times_is_refused(opened: Any) -> None:
    with pytest.raises(StudyError, match="fresh_within_hours: the rows of products have no time"):
        opened(products={"source": "p.csv", "fresh_within_hours": 30})
    with pytest.raises(StudyError, match="fresh_within_hours"):
        opened(orders={"source": "o.csv", "fresh_within_hours": 0})


def counts(rows: int = 100, *, days: int = 70, **changed: int) -> dict[date, int]:
    """So many rows on each day until the last; `d3` names the day three days before it."""
    found = {LAST - timedelta(days=back): rows for back in range(days)}
    return found | {LAST - timedelta(days=int(name[1:])): number for name, number in changed.items()}


def told(found: dict[date, int], first: date | None = None) -> list[str]:
    breaches = unusual_days(ORDERS, 7000, found, first or min(found))
    assert {breach.severity for breach in breaches} <= {"warn"}
    return [breach.detail for breach in breaches]


def test_a_day_of_half_or_twice_the_rows_is_as_usual() -> None:
    assert told(counts(d1=50, d2=200, d7=50)) == []


def test_days_far_from_their_weekday_are_named_the_earliest_first() -> None:
    assert told(counts(d1=49, d7=201)) == [
        "orders of Sunday, 2026-10-04: 201 found, 100 expected from the same weekday of the 8 weeks before",
        "orders of Saturday, 2026-10-10: 49 found, 100 expected from the same weekday of the 8 weeks before",
    ]


def test_a_day_without_rows_is_found_too() -> None:
    found = counts()
    del found[LAST - timedelta(days=3)]

    assert told(found) == [
        "orders of Thursday, 2026-10-08: 0 found, 100 expected from the same weekday of the 8 weeks before"
    ]


def test_neither_the_last_day_nor_those_beyond_a_week_are_held() -> None:
    assert told(counts(d0=1, d8=1)) == []


def test_each_weekday_has_its_own_measure() -> None:
    found = {day: 400 if day.weekday() >= 5 else 100 for day in counts()}

    assert told(found) == []
    assert told(found | {LAST - timedelta(days=1): 100}) == [
        "orders of Saturday, 2026-10-10: 100 found, 400 expected from the same weekday of the 8 weeks before"
    ]


@pytest.mark.parametrize(("days", "held"), [(35, False), (36, True)])
def test_five_weeks_are_needed(days: int, held: bool) -> None:
    assert bool(told(counts(days=days, d1=1))) == held


@pytest.mark.parametrize(("rows", "held"), [(29, False), (30, True)])
def test_small_numbers_halve_by_chance(rows: int, held: bool) -> None:
    assert bool(told(counts(rows, d1=1))) == held


def test_the_first_day_may_be_incomplete_and_days_before_it_are_not_empty() -> None:
    # Five weeks and a bit: of the weeks before, only those after the first day count, and none of them is empty.
    found = counts(days=38, d37=1)

    assert told(found) == []


def test_the_days_of_a_table_are_counted_where_it_lives(orders: Any) -> None:
    start = pd.Timestamp("2026-08-03")
    days = [start + pd.Timedelta(days=day) for day in range(70)]
    times = pd.DatetimeIndex([
        day + pd.Timedelta(minutes=minute) for i, day in enumerate(days) for minute in range(10 if i == 66 else 40)
    ])  # fmt: skip

    assert orders(times, datetime(2026, 10, 12)) == [  # noqa: DTZ001
        (
            "warn",
            "orders of Thursday, 2026-10-08: 10 found, 40 expected from the same weekday of the 8 weeks before",
        )
    ]


def test_rows_of_the_future_do_not_hide_the_last_days(orders: Any) -> None:
    start = pd.Timestamp("2026-08-03")
    times = [
        start + pd.Timedelta(days=day, minutes=minute) for day in range(70) for minute in range(10 if day == 66 else 40)
    ]

    future, unusual = orders([*times, pd.Timestamp("2099-01-01")], datetime(2026, 10, 12))  # noqa: DTZ001

    assert future[1].startswith("1 of 2,771 orders lies in the future")
    assert unusual[1].startswith("orders of Thursday, 2026-10-08: 10 found, 40 expected")


def test_experiments_begin_and_end_so_their_days_are_not_held(tmp_path: Path, opened: Any) -> None:
    days = [d for back, d in enumerate(sorted(counts())) for _ in range(1 if back == 66 else 40)]
    frame = pd.DataFrame(
        {"experiment": "e", "user_id": range(len(days)), "variant": "A", "exposed_at": pd.to_datetime(days)}
    )
    frame.to_parquet(tmp_path / "e.parquet")

    assert examine(opened(exposures={"source": "e.parquet", "utc_offset_hours": 0}), "exposures").breaches == ()
