"""Breaches are counted in one scan, with examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.errors import DataError, StudyError
from workbench.tables import check_contract
from workbench.tables import contracts as module

HEADER = "experiment,user_id,variant,device,spend\n"


@pytest.fixture
def checked(tmp_path: Path, opened: Any) -> Any:
    def _check(rows: str, **options: Any) -> Any:
        (tmp_path / "e.csv").write_text(HEADER + rows)
        return check_contract(opened(exposures={"source": "e.csv"}), "exposures", **options)

    return _check


def test_a_sound_table_has_no_breach(checked: Any) -> None:
    assert checked("e,1,A,app,1\ne,2,B,web,0\nf,1,B,web,0\n") == ()


def test_missing_ids_are_counted_with_examples(checked: Any) -> None:
    (breach,) = checked("e,,A,app,1\ne,,B,app,1\ne,3,A,app,1\ne,4,A,app,1\n")

    assert (breach.columns, breach.count, breach.share, breach.severity) == (("user_id",), 2, 0.5, "fail")
    assert breach.detail == "2 of 4 exposures have no user id, for example experiment e"


def test_blank_text_is_missing_too(checked: Any) -> None:
    (breach,) = checked('e,1,"  ",app,1\ne,2,A,app,1\n')

    assert breach.rule == "have no variant"
    assert breach.examples == ("experiment e, user 1",)


def test_repeated_keys_and_users_in_two_variants(checked: Any) -> None:
    repeated, torn = checked("e,1,A,app,1\ne,1,A,app,1\ne,2,A,app,1\ne,2,B,app,1\ne,2,B,app,1\ne,3,A,app,1\n")

    assert (repeated.columns, repeated.count) == (("experiment", "user_id"), 3)
    assert (torn.columns, torn.count) == (("variant",), 3)
    assert torn.detail == (
        "3 of 6 exposures have the same experiment and user id as another row, but not the same variant, "
        "for example experiment e, user 2"
    )


def test_rows_without_a_key_repeat_nothing(checked: Any) -> None:
    missing, repeated = checked("e,,A,app,1\ne,,B,app,1\ne,1,A,app,1\ne,1,A,app,1\n")

    assert (missing.rule, missing.count) == ("have no user id", 2)
    assert (repeated.count, repeated.examples) == (1, ("experiment e, user 1",))


def test_no_more_than_three_examples(checked: Any) -> None:
    (breach,) = checked("".join(f"e,{i},,app,1\n" for i in range(10)))

    assert breach.count == 10
    assert len(breach.examples) == 3


def test_numbers_that_are_none_fail(checked: Any) -> None:
    fails, warns = checked(
        "e,1,A,app,NaN\ne,2,A,app,inf\ne,3,A,app,-inf\ne,4,A,app,\ne,5,A,app,-1\n", columns=["spend"]
    )

    assert (fails.count, fails.columns, fails.severity) == (3, ("spend",), "fail")
    assert fails.detail == (
        "3 of 5 exposures have a spend that is infinite or no number, for example "
        "experiment e, user 1: nan; experiment e, user 2: inf; experiment e, user 3: -inf"
    )
    assert (warns.severity, warns.detail) == ("warn", "1 of 5 exposures (20.0 %) has no spend")


def test_a_column_that_a_study_reads_warns_when_it_is_missing_in_places(checked: Any) -> None:
    rows = "e,1,A,,1\ne,2,A,app,1\n"

    assert checked(rows) == ()
    (breach,) = checked(rows, columns=["device"])
    assert (breach.severity, breach.count) == ("warn", 1)


def test_failures_come_before_warnings(checked: Any) -> None:
    severities = [breach.severity for breach in checked("e,1,A,,1\ne,1,A,app,1\n", columns=["device"])]

    assert severities == ["fail", "warn"]


def test_only_the_rows_that_are_asked_about_count(checked: Any) -> None:
    rows = "e,1,A,app,1\nf,2,A,app,1\nf,2,B,app,1\n"

    assert checked(rows, where={"experiment": "e"}) == ()
    assert len(checked(rows, where={"experiment": "f"})) == 2


def test_small_shares_are_not_rounded_to_nothing(ordered: Any) -> None:
    (breach,) = ordered([(i, None if i == 7 else "u", DAY, 1.0) for i in range(5000)])

    assert breach.detail == "1 of 5,000 orders (under 0.1 %) has no user id"


# --- Facts ------------------------------------------------------------------------------------------------------

DAY = datetime(2026, 1, 5)  # noqa: DTZ001  the business clock has no zone


@pytest.fixture
def ordered(tmp_path: Path, opened: Any) -> Any:
    def _check(rows: list[tuple[Any, ...]], **options: Any) -> Any:
        names = ("order_id", "user_id", "ordered_at", "subtotal")
        table = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
        pq.write_table(
            table.set_column(2, "ordered_at", table["ordered_at"].cast(pa.timestamp("us"))), tmp_path / "o.parquet"
        )
        return check_contract(opened(orders={"source": "o.parquet", "utc_offset_hours": 0}), "orders", **options)

    return _check


@pytest.mark.parametrize("number", [int, str, lambda i: 2**40 * i])
def test_orders_that_stand_there_twice_fail(ordered: Any, number: Any) -> None:
    (breach,) = ordered([(number(i), "u", DAY, 1.0) for i in (2, 1, 1, 1, 5)])

    assert (breach.columns, breach.severity) == (("order_id",), "fail")
    assert breach.detail == f"2 of 5 orders repeat the order id of another row, for example order {number(1)}"


def test_orders_without_a_number_fail_and_repeat_nothing(ordered: Any) -> None:
    (breach,) = ordered([(1, "u", DAY, 1.0), (None, "u", DAY, 1.0), (None, "u", DAY, 1.0)])

    assert breach.severity == "fail"
    assert breach.detail == ("2 of 3 orders have no order id, for example ordered at 2026-01-05")


def test_orders_of_nobody_are_normal(ordered: Any) -> None:
    (breach,) = ordered([(1, "u", DAY, 1.0), (2, None, DAY, 1.0), (3, None, DAY, 1.0)])

    assert (breach.severity, breach.detail) == ("warn", "2 of 3 orders (66.7 %) have no user id")


def test_orders_without_a_time_fail(ordered: Any) -> None:
    (breach,) = ordered([(1, "u", DAY, 1.0), (2, "u", None, 1.0)])

    assert (breach.severity, breach.detail) == ("fail", "1 of 2 orders has no time, for example order 2")


def test_orders_of_the_future_fail_but_tomorrow_may_be_today_elsewhere(ordered: Any) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    late = datetime(2099, 1, 1)  # noqa: DTZ001
    rows = [(i, "u", late if i in {17, 18, 40, 41} else now + timedelta(hours=14), 1.0) for i in range(2000)]

    (breach,) = ordered(rows)

    assert (breach.columns, breach.severity) == (("ordered_at",), "fail")
    assert breach.detail == (
        "4 of 2,000 orders lie in the future, for example "
        "order 17: 2099-01-01; order 18: 2099-01-01; order 40: 2099-01-01"
    )


def test_orders_before_the_nineties_fail(ordered: Any) -> None:
    times = (datetime(1970, 1, 1), datetime(1989, 12, 31, 23, 59, 59), datetime(1990, 1, 1))  # noqa: DTZ001

    (breach,) = ordered([(i, "u", time, 1.0) for i, time in enumerate(times)])

    assert breach.severity == "fail"
    assert breach.detail == (
        "2 of 3 orders are dated before 1990, for example order 0: 1970-01-01; order 1: 1989-12-31 23:59:59"
    )


def test_days_are_a_clock_too(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "s.csv").write_text("spend_date,channel,spend\n2026-01-05,a,1\n2099-01-05,a,1\n1989-12-31,b,1\n")

    details = [b.detail for b in check_contract(opened(spend={"source": "s.csv"}), "spend")]

    assert details == [
        "1 of 3 rows of spend is dated before 1990, for example channel b: 1989-12-31",
        "1 of 3 rows of spend lies in the future, for example channel a: 2099-01-05",
    ]


def test_a_number_among_missing_ones_is_shown_as_it_is(ordered: Any) -> None:
    (missing, future) = ordered([(7, "u", datetime(2099, 1, 1), 1.0), (None, "u", datetime(2099, 1, 1), 1.0)])  # noqa: DTZ001

    assert missing.rule == "have no order id"
    assert future.examples == ("order 7: 2099-01-01", "order (missing): 2099-01-01")


def test_rows_that_were_numbered_here_need_no_look(
    tmp_path: Path, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "o.csv").write_text("user_id,ordered_at\nu,2026-01-05\nu,2026-01-05\n")
    monkeypatch.setattr(module, "distinct", lambda *_: pytest.fail("keys were counted"))
    entry = {"source": "o.csv", "row_id": "order_id", "utc_offset_hours": 0}

    assert check_contract(opened(orders=entry), "orders") == ()


def test_a_sound_table_is_scanned_once_and_only_the_columns_that_are_needed(
    ordered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    original = module.collect

    def _counting(expr: Any) -> Any:
        asked.append(ibis.to_sql(expr))
        return original(expr)

    monkeypatch.setattr(module, "collect", _counting)

    assert ordered([(1, "u", DAY, float("nan")), (2, "u", DAY, 1.0)]) == ()

    assert len(asked) == 1
    assert "BITSTRING_AGG" in asked[0]


@pytest.mark.parametrize(("user", "repeated"), [("2", False), ("1", True)])
def test_the_users_of_each_experiment_are_counted_in_bits(
    checked: Any, monkeypatch: pytest.MonkeyPatch, user: str, repeated: bool
) -> None:
    asked = []
    original = module.collect

    def _counting(expr: Any) -> Any:
        asked.append(ibis.to_sql(expr))
        return original(expr)

    monkeypatch.setattr(module, "collect", _counting)

    breaches = checked(f"e,1,A,app,1\nf,1,A,app,1\ne,{user},A,app,1\n")

    assert "BITSTRING_AGG" in asked[1]
    assert [(breach.rule, breach.count) for breach in breaches] == [
        ("repeat the experiment and user id of another row", 1)
    ] * repeated


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ("", {}, "table 'exposures' has no rows; there is nothing to count"),
        ("e,1,A,app,1\n", {"where": {"experiment": "g"}}, "has no rows where experiment is 'g'"),
        ("e,1,A,app,1\n", {"columns": ["devise"]}, "unknown column 'devise'; nearest: 'device'"),
        ("e,1,A,app,1\n", {"where": {"experimnt": "g"}}, "unknown column 'experimnt'; nearest: 'experiment'"),
    ],
)
def test_what_cannot_be_checked_is_said(checked: Any, rows: str, options: Any, said: str) -> None:
    with pytest.raises(DataError) as caught:
        checked(rows, **options)

    assert said in str(caught.value)


def test_an_unknown_table_is_a_fault_of_the_study(opened: Any) -> None:
    with pytest.raises(StudyError, match="unknown canonical table 'exposure'"):
        check_contract(opened(), "exposure")
