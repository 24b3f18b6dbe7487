"""What a user reads when a catalogue or its files are wrong: a sentence that names the thing and the remedy."""

from __future__ import annotations

import gzip
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.errors import DataError, MachineError, StudyError
from workbench.tables import check_contract, collect, open_catalog

GOOD = "experiment,user_id,variant\ne,1,A\n"


def _write(folder: Path, name: str, content: str | bytes) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def _read(opened: Any, source: str, **entry: Any) -> Any:
    return collect(opened(exposures={"source": source, **entry}).table("exposures"))


# --- Files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("e.csv", "", "e.csv is empty (0 bytes); export it again"),
        ("e.csv", "\n\n", "e.csv has no header: wanted the names of the columns in its first line"),
        ("e.csv", b"\xef\xbb\xbf", "e.csv has no header"),
        ("e.csv", "experiment,user_id,variant,user_id\ne,1,A,2\n", "e.csv has the column 'user_id' 2 times"),
        ("e.csv", "experiment,user_id,variant,Variant\ne,1,A,2\n", "e.csv has the column 'variant' 2 times"),
        ("e.csv", (GOOD + "e,2,中\n").encode("gbk"), "not UTF-8 text; save it as CSV UTF-8"),
        ("e.csv", (GOOD + "e,2,B\n" * 50_000 + "e,3,中\n").encode("gbk"), "not UTF-8 text; save it as CSV UTF-8"),
        ("e.csv", GOOD.encode("utf-16"), "not UTF-8 text; save it as CSV UTF-8"),
        (
            "e.csv",
            GOOD + "e,2,B,5\ne,3\n",
            "e.csv cannot be read: line 3 has 4 columns, the header has 3; correct that line",
        ),
        ("e.csv", GOOD + "e,2,B\n" * 50_000 + "e,3\n", "line 50003 has 2 columns, the header has 3"),
        ("e.csv", GOOD + 'e,2,"B\ne,3,A\n', "e.csv cannot be read: a quotation mark on line 3 is not closed"),
        ("e.csv.gz", GOOD, "e.csv.gz is no whole gzip file; copy or export it again"),
        ("e.csv.gz", gzip.compress(GOOD.encode() * 50, mtime=0)[:-12], "e.csv.gz is no whole gzip file"),
        ("e.csv.gz", b"", "e.csv.gz is empty (0 bytes)"),
        ("e.parquet", GOOD, "e.parquet is no Parquet file, whatever its name says; export it again as Parquet"),
        ("e.parquet", b"PAR1", "e.parquet is cut off: its end is missing; copy or export it again"),
        ("e.parquet", b"PAR1" + b"x" * 50 + b"PAR1", "e.parquet is damaged; copy or export it again"),
        ("e.xlsx", GOOD, "e.xlsx: wanted a file named .parquet, .csv, .csv.gz; save it as one of these"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, opened: Any, name: str, content: str | bytes, said: str) -> None:
    _write(tmp_path, name, content)

    with pytest.raises(DataError) as caught:
        _read(opened, name)

    assert str(caught.value).startswith("table 'exposures': ")
    assert said in str(caught.value)
    assert "Possible" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("ee.csv", "there is no file ee.csv (from the catalogue's folder, {folder}); nearest: 'e.csv'"),
        ("raw/e.csv", "there is no file raw/e.csv: its folder does not exist (from the catalogue's folder, {folder})"),
        ("parts/*.parquet", "no file matches parts/*.parquet (from the catalogue's folder, {folder})"),
        (".", ". is a folder; name its files, for example ./*.parquet"),
        ("[ef].*", "[ef].* names Parquet and CSV files together; name those of one format"),
    ],
)
def test_a_source_that_names_no_files(tmp_path: Path, opened: Any, source: str, said: str) -> None:
    _write(tmp_path, "e.csv", GOOD)
    pq.write_table(pa.table({"a": [1]}), tmp_path / "f.parquet")

    with pytest.raises(DataError) as caught:
        _read(opened, source)

    assert said.format(folder=tmp_path) in str(caught.value)


@pytest.mark.parametrize("source", ["ee.csv", "raw/e.csv", "parts/*.parquet"])
def test_inside_a_project_folders_are_named_from_its_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    for folder in ("notebooks", "experiments", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "catalog.yaml").write_text(
        f"connection: duckdb\ntables: {{exposures: {{source: '{source}'}}}}"
    )
    monkeypatch.chdir(tmp_path)

    with pytest.raises(DataError, match=r"\(from the catalogue's folder, data\)") as caught:
        open_catalog("data/catalog.yaml").table("exposures")

    assert str(tmp_path) not in str(caught.value)


def test_file_names_with_special_characters_are_names(tmp_path: Path, opened: Any) -> None:
    folder = tmp_path / "in [1]"
    folder.mkdir()
    _write(folder, "we[1]ird's *?.csv", GOOD)
    _write(folder, "we1ird's xy.csv", GOOD * 2)

    assert len(_read(opened, "in [1]/we[1]ird's *?.csv")) == 1


def test_a_truncated_parquet_is_cut_off(tmp_path: Path, opened: Any) -> None:
    pq.write_table(pa.table({"experiment": ["e"] * 999, "user_id": range(999), "variant": ["A"] * 999}), tmp_path / "w")
    whole = (tmp_path / "w").read_bytes()
    _write(tmp_path, "e.parquet", whole[: len(whole) // 2])

    with pytest.raises(DataError, match=r"e\.parquet is cut off: its end is missing"):
        _read(opened, "e.parquet")


def test_damage_inside_a_parquet_is_said_when_it_is_met(tmp_path: Path, opened: Any) -> None:
    pq.write_table(pa.table({"experiment": ["e"] * 999, "user_id": range(999), "variant": ["A"] * 999}), tmp_path / "w")
    whole = bytearray((tmp_path / "w").read_bytes())
    whole[20:400] = b"\xff" * 380
    _write(tmp_path, "e.parquet", bytes(whole))

    with pytest.raises(DataError, match=r"could not answer|cannot be read"):
        _read(opened, "e.parquet")


def test_duplicates_fail_the_contract_with_their_share(tmp_path: Path, opened: Any) -> None:
    """Of 1,000 orders 200 stand twice: nothing is dropped in silence."""
    orders = [*range(800), *range(200)]
    pq.write_table(
        pa.table({"order_id": orders, "user_id": orders, "ordered_at": ["2026-01-05"] * 1000}), tmp_path / "o.parquet"
    )
    catalog = opened(orders={"source": "o.parquet", "utc_offset_hours": 0})

    (breach,) = check_contract(catalog, "orders")

    assert (breach.severity, breach.count, breach.share) == ("fail", 200, 0.2)
    assert breach.detail == (
        "200 of 1,000 orders repeat the order id of another row, for example order 0; order 1; order 2"
    )


def test_a_parquet_with_a_column_twice(tmp_path: Path, opened: Any) -> None:
    arrays = [pa.array([value]) for value in ("e", 1, "A", "B")]
    names = ["experiment", "user_id", "variant", "variant"]
    pq.write_table(pa.Table.from_arrays(arrays, names=names), tmp_path / "e.parquet")

    with pytest.raises(DataError, match=r"e\.parquet has the column 'variant' 2 times; rename or drop one"):
        _read(opened, "e.parquet")


def test_csv_files_that_are_separated_differently(tmp_path: Path, opened: Any) -> None:
    _write(tmp_path, "1.csv", GOOD)
    _write(tmp_path, "2.csv", GOOD.replace(",", ";"))

    with pytest.raises(DataError, match="separated in different ways"):
        _read(opened, "*.csv")


# --- Columns ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "entry", "kind", "said"),
    [
        (
            "experiment,user_id,variant",
            {"columns": {"variant": "varient"}},
            DataError,
            "columns: unknown column of the source 'varient'; nearest: 'variant'",
        ),
        (
            "experiment,userid,variant",
            {},
            DataError,
            "the source lacks the column 'user_id' (nearest: 'userid'); name it in the catalogue, columns: {user_id: ",
        ),
        (
            "experiment,user_id,variant",
            {"constants": {"experiment": "x"}},
            StudyError,
            "the source has a column 'experiment' already, which 'experiment' under constants or row_id would hide",
        ),
        (
            "experiment,USER_ID,variant",
            {"row_id": "user_id"},
            StudyError,
            "the source has a column 'USER_ID' already, which 'user_id' under constants or row_id would hide",
        ),
        (
            "experiment,user_id,variant",
            {"constants": {"exposed_at": "soon"}},
            StudyError,
            "constants: exposed_at must be a time (like 2026-01-31 18:05:00), found 'soon'",
        ),
    ],
)
def test_columns_that_do_not_fit(
    tmp_path: Path, opened: Any, header: str, entry: dict[str, Any], kind: type[Exception], said: str
) -> None:
    _write(tmp_path, "e.csv", f"{header}\ne,1,A\n")

    with pytest.raises(kind) as caught:
        _read(opened, "e.csv", **entry)

    assert said in str(caught.value)


def test_times_without_an_offset_are_refused(tmp_path: Path, opened: Any) -> None:
    _write(tmp_path, "e.csv", "experiment,user_id,variant,exposed_at\ne,1,A,2026-01-05\n")

    with pytest.raises(
        StudyError, match=r"column 'exposed_at' holds times, so the catalogue must say utc_offset_hours"
    ):
        _read(opened, "e.csv")


def test_text_that_is_no_time_is_counted_with_examples(tmp_path: Path, opened: Any) -> None:
    times = ["2026-01-05", "yesterday", "05/01/2026", "", "soon", "later", "soon"]
    rows = "".join(f"e,{i},A,{time}\n" for i, time in enumerate(times))
    _write(tmp_path, "e.csv", "experiment,user_id,variant,exposed_at\n" + rows)

    with pytest.raises(DataError) as caught:
        _read(opened, "e.csv", utc_offset_hours=8)

    assert str(caught.value) == (
        "table 'exposures': column 'exposed_at': 5 of 7 values are no time (like 2026-01-31 18:05:00), "
        "e.g. '05/01/2026', 'later', 'soon'; correct the source"
    )


def test_a_number_is_no_time(tmp_path: Path, opened: Any) -> None:
    pq.write_table(
        pa.table({"experiment": ["e"], "user_id": [1], "variant": ["A"], "exposed_at": [1767571200]}),
        tmp_path / "e.parquet",
    )

    with pytest.raises(DataError, match="column 'exposed_at' must be a time, but the source holds int64"):
        _read(opened, "e.parquet", utc_offset_hours=8)


def test_every_column_that_does_not_fit_is_named_at_once(tmp_path: Path, opened: Any) -> None:
    header = "order_id,line_no,product_id,quantity,unit_price"
    _write(tmp_path, "i.csv", f'{header}\n1,1,p,1.5,"1,234.50"\n1,2,p,2,3\n')

    with pytest.raises(DataError) as caught:
        opened(order_items={"source": "i.csv"}).table("order_items")

    assert "column 'quantity': 1 of 2 values are no whole number, e.g. '1.5'" in str(caught.value)
    assert "column 'unit_price': 1 of 2 values are no amount of money" in str(caught.value)
    assert "'1,234.50'" in str(caught.value)


def test_an_id_with_a_fraction_is_refused_not_rounded(tmp_path: Path, opened: Any) -> None:
    table = pa.table({"experiment": ["e"] * 2, "user_id": [1.0, 1.5], "variant": ["A"] * 2})
    pq.write_table(table, tmp_path / "e.parquet")

    with pytest.raises(DataError, match=r"column 'user_id': 1 of 2 values are no id .*, e\.g\. '1\.5'"):
        _read(opened, "e.parquet")


# --- The catalogue ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tables: {}", "'connection' is missing; add it"),
        ("connection: duckdb\ntables: {orderz: {source: x}}", "unknown canonical table 'orderz'; nearest: 'orders'"),
        (
            "connection: duckdb\ntables: {orders: {sorce: x}}",
            "in tables.orders: unknown key 'sorce'; nearest: 'source'",
        ),
        (
            "connection: duckdb\ntables: {orders: {source: x, utc_offset_hours: 80}}",
            "tables.orders.utc_offset_hours: wanted less than or equal to 14, found 80",
        ),
        (
            "connection: duckdb\ntables: {orders: {source: x, utc_offset_hours: '8'}}",
            'tables.orders.utc_offset_hours: wanted a number, found "8"',
        ),
        (
            "connection: duckdb\ntables: {orders: {source: x, row_id: order_id, columns: {order_id: a}}}",
            "'order_id' is given by more than one of columns, constants and row_id; keep one",
        ),
        ("- a", 'wanted names with values, found ["a"]'),
    ],
)
def test_a_catalogue_that_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "catalog.yaml"
    path.write_text(text)

    with pytest.raises(StudyError) as caught:
        open_catalog(path)

    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_an_unknown_table_is_answered_with_the_nearest(opened: Any) -> None:
    with pytest.raises(StudyError, match="unknown table 'order'; nearest: 'orders'"):
        opened(orders={"source": "o.csv"}).table("order")


# --- Databases and servers --------------------------------------------------------------------------------------


def test_database_files(tmp_path: Path, opened: Any) -> None:
    _write(tmp_path, "e.csv", GOOD)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        database.execute("CREATE TABLE seen AS SELECT 1 AS user_id")

    with pytest.raises(DataError, match=r"there is no database file for duckdb://none\.duckdb"):
        opened("duckdb://none.duckdb")
    with pytest.raises(DataError, match=r"e\.csv is no DuckDB database, whatever its name says"):
        opened("duckdb://e.csv")
    with pytest.raises(DataError, match="unknown table of the database 'sen'; nearest: 'seen'"):
        opened("duckdb://shop.duckdb", exposures={"source": "sen"}).table("exposures")
    with pytest.raises(DataError, match=r"unknown table of the database 'raw\.seen'; nearest: 'seen'"):
        opened("duckdb://shop.duckdb", exposures={"source": "raw.seen"}).table("exposures")
    with pytest.raises(DataError, match=r"wanted table, schema\.table or database\.schema\.table"):
        opened("duckdb://shop.duckdb", exposures={"source": "a.b.c.d"}).table("exposures")


def test_a_database_that_another_program_writes_to(tmp_path: Path, opened: Any) -> None:
    path = tmp_path / "shop.duckdb"
    duckdb.connect(str(path)).close()
    script = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()

        with pytest.raises(DataError, match="another program is writing to it"):
            opened("duckdb://shop.duckdb")

        other.kill()


def test_a_variable_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, opened: Any) -> None:
    monkeypatch.delenv("WAREHOUSE_URL", raising=False)

    with pytest.raises(StudyError, match="the environment variable WAREHOUSE_URL is not set"):
        opened("${WAREHOUSE_URL}")


def test_a_url_in_the_file_is_refused_without_repeating_it(opened: Any) -> None:
    with pytest.raises(StudyError, match="the name of an environment variable") as caught:
        opened("postgres://me:s3cret@db.example/shop")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "kind", "said"),
    [
        ("nosuch://me:s3cret@db.example/shop", DataError, "is no URL of an engine that Ibis knows"),
        ("s3cret", DataError, "is no URL of an engine that Ibis knows"),
        ("oracle://me:s3cret@db.example/shop", MachineError, r"install ibis-framework\[oracle\]"),
    ],
)
def test_a_server_that_cannot_be_used_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, opened: Any, url: str, kind: type[Exception], said: str
) -> None:
    monkeypatch.setenv("WAREHOUSE_URL", url)

    with pytest.raises(kind, match=said) as caught:
        opened("${WAREHOUSE_URL}")

    assert "${WAREHOUSE_URL}" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "db.example" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_driver_that_repeats_the_url_is_not_quoted(monkeypatch: pytest.MonkeyPatch, opened: Any) -> None:
    def _refuse(url: str) -> None:
        raise ConnectionError(f"no route to {url}")

    monkeypatch.setenv("WAREHOUSE_URL", "postgres://me:s3cret@db.example/shop")
    monkeypatch.setattr(ibis, "connect", _refuse)

    with pytest.raises(DataError, match=r"cannot be reached \(ConnectionError\)") as caught:
        opened("${WAREHOUSE_URL}")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("name", "told"), [("databricks", ["SET TIME ZONE 'UTC'"]), ("trino", [])])
def test_a_session_that_ibis_leaves_in_another_zone_is_put_into_utc(
    monkeypatch: pytest.MonkeyPatch, opened: Any, name: str, told: list[str]
) -> None:
    server = Mock()
    server.name = name
    monkeypatch.setenv("WAREHOUSE_URL", f"{name}://db.example")
    monkeypatch.setattr(ibis, "connect", lambda _: server)

    opened("${WAREHOUSE_URL}")

    assert [call.args[0] for call in server.raw_sql.call_args_list] == told


def test_tables_of_a_server_come_through_ibis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Any) -> None:
    """SQLite stands for a server: same path, same rules, no socket."""
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        database.execute("CREATE TABLE seen (exp TEXT, user_id INTEGER, variant TEXT)")
        database.execute("INSERT INTO seen VALUES ('e', 7, 'A'), ('e', 8, 'B')")
        database.commit()
    monkeypatch.setenv("WAREHOUSE_URL", f"sqlite://{tmp_path / 'shop.sqlite'}")

    catalog = opened("${WAREHOUSE_URL}", exposures={"source": "seen", "columns": {"experiment": "exp"}})

    assert collect(catalog.table("exposures"))["user_id"].tolist() == [7, 8]
    assert catalog.source("exposures").rows == 2
    assert os.environ["WAREHOUSE_URL"] not in repr(catalog)
    catalog.connection.disconnect()
