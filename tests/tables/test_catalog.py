"""From a catalogue to canonical tables: what is made, and what a user reads when something is wrong."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.tables import Catalog, collect

CSV = "experiment,user_id,variant,exposed_at\n"
ORDERS = {"order_id": [1, 2], "user_id": [7, 8]}


def _exposures(rows: str = "e,1,A,2026-01-04 16:30:00\n") -> str:
    return CSV + rows


def _parquet(path: Path, **columns: Any) -> None:
    pq.write_table(pa.table(columns), path)


def _rows(catalog: Catalog, name: str) -> pd.DataFrame:
    return collect(catalog.table(name))


# --- What is made -----------------------------------------------------------------------------------------------


def test_parquet_csv_and_gzip_give_the_same_table(tmp_path: Path, opened: Any) -> None:
    text = _exposures("e,1,A,2026-01-04 16:30:00\ne,2,B,2026-01-05 00:00:00\n")
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    times = pd.to_datetime(["2026-01-04 16:30:00", "2026-01-05 00:00:00"])
    _parquet(tmp_path / "a.parquet", experiment=["e", "e"], user_id=[1, 2], variant=["A", "B"], exposed_at=times)

    frames = [
        _rows(opened(exposures={"source": f"a.{kind}", "utc_offset_hours": 8}), "exposures")
        for kind in ("csv", "csv.gz", "parquet")
    ]

    assert frames[0]["exposed_at"].tolist() == [pd.Timestamp("2026-01-05 00:30"), pd.Timestamp("2026-01-05 08:00")]
    assert frames[0]["user_id"].tolist() == [1, 2]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_columns_are_mapped_constants_added_rows_numbered_and_the_rest_passes_through(
    tmp_path: Path, opened: Any
) -> None:
    (tmp_path / "mail.csv").write_text("segment,visit,past\nmen,1,0.5\nnone,0,1.5\nmen,1,2.5\n")
    catalog = opened(
        exposures={
            "source": "mail.csv",
            "columns": {"variant": "segment", "past_visits": "past"},
            "constants": {"experiment": "mail"},
            "row_id": "user_id",
        }
    )

    rows = _rows(catalog, "exposures")

    assert list(rows) == ["experiment", "variant", "user_id", "past_visits", "visit"]
    assert rows["user_id"].tolist() == [1, 2, 3]
    assert rows["user_id"].dtype == np.int64
    assert rows["variant"].tolist() == ["men", "none", "men"]
    assert rows["experiment"].unique().tolist() == ["mail"]
    assert rows["visit"].tolist() == [1, 0, 1]


def test_row_numbers_do_not_depend_on_what_is_asked(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "mail.csv").write_text("variant,spend\n" + "".join(f"A,{i}\n" for i in range(5000)))
    table = opened(exposures={"source": "mail.csv", "constants": {"experiment": "m"}, "row_id": "user_id"}).table(
        "exposures"
    )

    late = collect(table.filter(table.spend > 4990).select("user_id", "spend"))

    assert (late["user_id"] == late["spend"] + 1).all()


def test_orders_get_revenue_margin_and_refunded_when_their_parts_are_there(tmp_path: Path, opened: Any) -> None:
    _parquet(
        tmp_path / "o.parquet",
        **ORDERS,
        ordered_at=pd.to_datetime(["2026-01-01", "2026-01-02"]),
        subtotal=[100.0, 50.0],
        discount=[10.0, None],
        cost=[60.0, 20.0],
        refund=[None, 5.0],
    )

    rows = _rows(opened(orders={"source": "o.parquet", "utc_offset_hours": 0}), "orders")

    assert rows["revenue"].tolist() == [90.0, 50.0]
    assert rows["margin"].tolist() == [30.0, 30.0]
    assert rows["refunded"].tolist() == [False, True]


def test_without_their_parts_nothing_is_derived_and_a_stated_revenue_stays(tmp_path: Path, opened: Any) -> None:
    _parquet(
        tmp_path / "o.parquet", **ORDERS, ordered_at=pd.to_datetime(["2026-01-01", "2026-01-02"]), subtotal=[1.0, 2.0]
    )
    _parquet(
        tmp_path / "p.parquet",
        **ORDERS,
        ordered_at=pd.to_datetime(["2026-01-01", "2026-01-02"]),
        revenue=[7.0, 8.0],
        status=["returned", None],
    )

    bare = opened(orders={"source": "o.parquet", "utc_offset_hours": 0}).table("orders")
    stated = _rows(opened(orders={"source": "p.parquet", "utc_offset_hours": 0}), "orders")

    assert not {"revenue", "margin", "refunded"} & set(bare.columns)
    assert stated["revenue"].tolist() == [7.0, 8.0]
    assert stated["refunded"].tolist() == [True, False]


def test_files_of_a_pattern_are_one_table_by_names_not_positions(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "part-1.csv").write_text("experiment,user_id,variant\ne,1,A\n")
    (tmp_path / "part-2.csv").write_text("variant,experiment,user_id,device\nB,e,2,app\n")

    rows = _rows(opened(exposures={"source": "part-*.csv"}), "exposures").sort_values("user_id")

    assert rows["variant"].tolist() == ["A", "B"]
    assert rows["device"].tolist() == [None, "app"]


def test_a_database_file_is_read_only_and_takes_schemas(tmp_path: Path, opened: Any) -> None:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE SCHEMA raw")
        database.execute("CREATE TABLE raw.seen AS SELECT 'e' AS experiment, 7 AS user_id, 'A' AS variant")
        database.execute("CREATE TABLE seen AS SELECT 'e' AS experiment, 8 AS user_id, 'A' AS variant")

    inside = opened("duckdb://shop.duckdb", exposures={"source": "raw.seen"})
    plain = opened("duckdb://shop.duckdb", exposures={"source": "seen"})

    assert _rows(inside, "exposures")["user_id"].tolist() == [7]
    assert _rows(plain, "exposures")["user_id"].tolist() == [8]
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        inside.connection.raw_sql("CREATE TABLE mine AS SELECT 1")


def test_the_session_fetches_nothing_and_runs_in_utc(tmp_path: Path, opened: Any) -> None:
    con = opened().connection.con

    settings = con.execute(
        "SELECT current_setting('autoinstall_known_extensions'), current_setting('autoload_known_extensions'), "
        "current_setting('TimeZone'), current_setting('enable_progress_bar')"
    ).fetchone()

    assert settings == (False, False, "UTC", False)


# --- Types ------------------------------------------------------------------------------------------------------


def test_decimals_leave_as_floats_in_canonical_and_other_columns(tmp_path: Path, opened: Any) -> None:
    money = pa.array([Decimal("10.10"), Decimal("0.05")], pa.decimal128(18, 4))
    _parquet(tmp_path / "o.parquet", **ORDERS, ordered_at=pd.to_datetime(["2026-01-01"] * 2), subtotal=money, tip=money)

    table = opened(orders={"source": "o.parquet", "utc_offset_hours": 0}).table("orders")

    assert str(table.subtotal.type()) == "float64"
    assert str(table.tip.type()) == "float64"
    assert collect(table)["tip"].tolist() == [10.10, 0.05]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai", "America/New_York"])
def test_times_of_any_unit_and_zone_reach_the_business_clock(
    tmp_path: Path, opened: Any, unit: str, zone: str | None
) -> None:
    """With a zone the instant is known: UTC first, then the offset.  Without, the stored time is shifted."""
    instant = datetime(2026, 1, 4, 16, 30, tzinfo=UTC)
    value = pa.array([instant.replace(tzinfo=None) if zone is None else instant], pa.timestamp(unit, zone))
    _parquet(tmp_path / "e.parquet", experiment=["e"], user_id=[1], variant=["A"], exposed_at=value, loaded_at=value)

    rows = _rows(opened(exposures={"source": "e.parquet", "utc_offset_hours": 8}), "exposures")

    assert rows["exposed_at"].dtype == np.dtype("datetime64[us]")
    assert rows["exposed_at"][0] == pd.Timestamp("2026-01-05 00:30")
    assert rows["loaded_at"][0] == pd.Timestamp("2026-01-05 00:30")


@pytest.mark.parametrize(
    ("text", "hours", "expected"),
    [
        ("2026-01-05 00:30:00+08:00", 8, "2026-01-05 00:30"),
        ("2026-01-05T00:30:00+08:00", 0, "2026-01-04 16:30"),
        ("2026-01-04T16:30:00Z", 8, "2026-01-05 00:30"),
        ("2026-01-04 16:30:00", 8, "2026-01-05 00:30"),
        ("2026-01-04", 0, "2026-01-04 00:00"),
        (" 2026-01-04 16:30 ", 5.5, "2026-01-04 22:00"),
        ("2026-01-04 16:30:00", -5, "2026-01-04 11:30"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_times_written_as_text_keep_their_offset(
    tmp_path: Path, opened: Any, text: str, hours: float, expected: str, form: str
) -> None:
    (tmp_path / "e.csv").write_text(_exposures(f"e,1,A,{text}\n"))
    _parquet(tmp_path / "e.parquet", experiment=["e"], user_id=[1], variant=["A"], exposed_at=[text])

    rows = _rows(opened(exposures={"source": f"e.{form}", "utc_offset_hours": hours}), "exposures")

    assert rows["exposed_at"][0] == pd.Timestamp(expected)


def test_a_day_made_from_a_time_is_the_business_day(tmp_path: Path, opened: Any) -> None:
    _parquet(tmp_path / "s.parquet", spend_date=pd.to_datetime(["2026-01-04 16:30"]), channel=["search"], spend=[3])

    rows = _rows(opened(spend={"source": "s.parquet", "utc_offset_hours": 8}), "spend")

    assert rows["spend_date"][0] == pd.Timestamp("2026-01-05")
    assert rows["spend"].dtype == np.float64


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["7", "12"], [7, 12]),
        (["007", "012"], ["007", "012"]),
        (["007", "12"], ["007", "12"]),
        (["7", "x12"], ["7", "x12"]),
        (["1.0", "2.0"], ["1.0", "2.0"]),
        (["1e3", "2"], ["1e3", "2"]),
        (["2026-01-01", "2026-01-02"], ["2026-01-01", "2026-01-02"]),
        (["123456789012345678901234", "1"], ["123456789012345678901234", "1"]),
        (["-7", "0"], [-7, 0]),
        (["true", "false"], ["true", "false"]),
    ],
)
def test_csv_ids_are_integers_only_if_all_are_written_as_integers(
    tmp_path: Path, opened: Any, ids: list[str], expected: list[object]
) -> None:
    (tmp_path / "e.csv").write_text("experiment,user_id,variant\n" + "".join(f"e,{i},A\n" for i in ids))

    assert _rows(opened(exposures={"source": "e.csv"}), "exposures")["user_id"].tolist() == expected


def test_an_odd_id_far_down_the_file_is_seen(tmp_path: Path, opened: Any) -> None:
    rows = "".join(f"e,{i},A\n" for i in range(30_000)) + "e,007,A\n"
    (tmp_path / "e.csv").write_text("experiment,user_id,variant\n" + rows)

    assert _rows(opened(exposures={"source": "e.csv"}), "exposures")["user_id"].iloc[-1] == "007"


def test_text_columns_of_a_csv_stay_as_written(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text("experiment,user_id,variant\n01,1,true\n01,2,1.0\n")

    rows = _rows(opened(exposures={"source": "e.csv"}), "exposures")

    assert rows["experiment"].tolist() == ["01", "01"]
    assert rows["variant"].tolist() == ["true", "1.0"]


def test_ids_that_pandas_made_floats_are_integers_again_and_gaps_stay_gaps(tmp_path: Path, opened: Any) -> None:
    _parquet(tmp_path / "e.parquet", experiment=["e"] * 3, user_id=[17850.0, None, 3.0], variant=[1, 2, 1])

    rows = _rows(opened(exposures={"source": "e.parquet"}), "exposures")

    assert rows["user_id"].isna().tolist() == [False, True, False]
    assert rows["user_id"].dropna().tolist() == [17850, 3]
    assert rows["variant"].tolist() == ["1", "2", "1"]


def test_not_a_number_is_kept_apart_from_missing(tmp_path: Path, opened: Any) -> None:
    _parquet(
        tmp_path / "e.parquet",
        experiment=["e"] * 3,
        user_id=[1, 2, 3],
        variant=["A"] * 3,
        spend=pa.array([1.0, float("nan"), None], from_pandas=False),
    )
    table = opened(exposures={"source": "e.parquet"}).table("exposures")

    counts = collect(table.aggregate(missing=table.spend.isnull().sum(), nan=table.spend.isnan().sum()))  # noqa: PD003  Ibis

    assert counts.iloc[0].tolist() == [1, 1]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_dialects_with_and_without_byte_order_mark(
    tmp_path: Path, opened: Any, bom: bytes, quote: str, separator: str
) -> None:
    lines = [["experiment", "user_id", "variant"], ["e", "1", "A"]]
    text = "\r\n".join(separator.join(f"{quote}{cell}{quote}" for cell in line) for line in lines)
    (tmp_path / "e.csv").write_bytes(bom + text.encode())

    assert _rows(opened(exposures={"source": "e.csv"}), "exposures").iloc[0].tolist() == ["e", "A", 1]


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text(CSV)

    catalog = opened(exposures={"source": "e.csv", "utc_offset_hours": 8})

    assert len(_rows(catalog, "exposures")) == 0
    assert (catalog.source("exposures").rows, catalog.source("exposures").last) == (0, None)


def test_names_that_differ_in_case_alone_need_no_entry(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text("EXPERIMENT,User_ID,Variant\ne,007,A\n")

    rows = _rows(opened(exposures={"source": "e.csv"}), "exposures")

    assert rows.to_dict("records") == [{"experiment": "e", "variant": "A", "user_id": "007"}]


def test_a_mapped_name_wins_over_a_column_of_that_name(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text("experiment,USER_ID,buyer,variant\ne,1,99,A\n")

    rows = _rows(opened(exposures={"source": "e.csv", "columns": {"user_id": "buyer"}}), "exposures")

    assert rows.to_dict("records") == [{"experiment": "e", "variant": "A", "user_id": 99}]


def test_constants_may_be_times_and_are_on_the_business_clock_already(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text("user_id,variant\n1,A\n")
    constants = {"experiment": 7, "exposed_at": "2026-01-05 00:30:00", "wave": 2}

    rows = _rows(opened(exposures={"source": "e.csv", "constants": constants, "utc_offset_hours": 8}), "exposures")

    assert rows["exposed_at"][0] == pd.Timestamp("2026-01-05 00:30")
    assert rows["experiment"][0] == "7"
    assert rows["wave"][0] == 2


# --- Source -----------------------------------------------------------------------------------------------------


def test_source_tells_rows_and_span_on_the_business_clock(tmp_path: Path, opened: Any) -> None:
    (tmp_path / "e.csv").write_text(_exposures("e,1,A,2026-01-04 16:30:00\ne,2,B,2026-01-06 16:00:00\n"))

    source = opened(exposures={"source": "e.csv", "utc_offset_hours": 8}).source("exposures")

    assert (source.table, source.rows) == ("exposures", 2)
    assert (source.first, source.last) == ("2026-01-05T00:30:00", "2026-01-07T00:00:00")
    assert len(source.fingerprint) == 64


def test_hillstrom_reads_with_nothing_but_a_catalogue(shared: Path, opened: Any) -> None:
    catalog = opened(
        exposures={
            "source": str(shared / "data/hillstrom/hillstrom.csv"),
            "columns": {"variant": "segment"},
            "constants": {"experiment": "hillstrom"},
            "row_id": "user_id",
        }
    )
    table = catalog.table("exposures")

    arms = collect(table.group_by("variant").aggregate(n=table.count(), visits=table.visit.sum()).order_by("variant"))

    assert arms["variant"].tolist() == ["Mens E-Mail", "No E-Mail", "Womens E-Mail"]
    assert arms["n"].tolist() == [21307, 21306, 21387]
    assert collect(table.aggregate(n=table.user_id.nunique(), top=table.user_id.max())).iloc[0].tolist() == [
        64000,
        64000,
    ]


def test_the_size_of_a_table_is_asked_once(tmp_path: Path, opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e.csv").write_text("experiment,user_id,variant\ne,1,A\n")
    catalog = opened(exposures={"source": "e.csv"})
    first = catalog.source("exposures")
    monkeypatch.setattr("workbench.tables.catalog.collect", lambda _: pytest.fail("asked again"))

    assert catalog.source("exposures") == first
