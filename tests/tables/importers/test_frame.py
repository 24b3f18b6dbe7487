"""What every import has in common: the account adds up, the folder is whole or not there, words are plain."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from workbench.errors import DataError, MachineError, StudyError
from workbench.tables.importers import IMPORTERS, import_export
from workbench.tables.importers.account import Account, Fate, Read
from workbench.tables.importers.desk import Column, Desk
from workbench.tables.importers.folder import write_folder

HILLSTROM = (
    "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend\n"
    "10,2) $100 - $200,142.44,1,0,Surburban,0,Phone,Womens E-Mail,0,0,0\n"
)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text(HILLSTROM)
    return path


# --- The account ------------------------------------------------------------------------------------------------


def test_a_lost_row_is_noticed():
    with pytest.raises(ValueError, match=r"^a\.csv: 3 rows were read, but 2 are accounted for$"):
        Read("a.csv", 3, (Fate(2, "orders", "orders"),))


def test_a_doubled_row_is_noticed():
    read = Read("a.csv", 3, (Fate(2, "orders", "orders"), Fate(1, "", "no orders")))

    with pytest.raises(ValueError, match=r"^2 rows were to go into orders, but 4 were written$"):
        Account("test", (read,), {"orders": 4})


def test_the_account_as_a_table_and_as_json():
    reads = (Read("a.csv", 3, (Fate(2, "orders", "orders", 1234.5), Fate(1, "", "no orders"))),)
    account = Account("test", reads, {"orders": 2, "users": 1}, ("a.csv was read as it is",))

    assert list(account.lines()) == [
        "a.csv: 3 rows read",
        "             2  orders        orders (1,234.50)",
        "             1  left out      no orders",
        "written",
        "             2  orders",
        "             1  users",
        "note: a.csv was read as it is",
    ]
    assert json.loads(account.to_json()) == {
        "schema": 1,
        "importer": "test",
        "reads": [
            {
                "source": "a.csv",
                "rows": 3,
                "fates": [
                    {"rows": 2, "into": "orders", "why": "orders", "money": 1234.5},
                    {"rows": 1, "into": "", "why": "no orders", "money": None},
                ],
            }
        ],
        "tables": {"orders": 2, "users": 1},
        "notes": ["a.csv was read as it is"],
    }


# --- The folder -------------------------------------------------------------------------------------------------


def test_an_import_replaces_a_former_one_and_is_the_same(export, tmp_path):
    out = tmp_path / "deep" / "out"
    import_export("hillstrom", export, out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}

    import_export("hillstrom", export, out)

    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    assert sorted(before) == ["account.json", "catalog.yaml", "exposures.parquet"]
    assert [file.name for file in out.parent.iterdir()] == ["out"]


def test_a_failure_leaves_the_former_import(export, tmp_path):
    out = tmp_path / "out"
    import_export("hillstrom", export, out)
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    export.write_text(HILLSTROM.replace("142.44", "much"))

    with pytest.raises(DataError) as caught:
        import_export("hillstrom", export, out)

    assert str(caught.value) == (
        "h.csv: column 'history': 1 value is no amount of money (a plain number like 1234.50): 'much' in row 1; "
        "correct the source (row 1 is the first below the header)"
    )
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["h.csv", "out"]


def test_no_room_leaves_the_former_import(export, tmp_path, monkeypatch):
    out = tmp_path / "out"
    import_export("hillstrom", export, out)

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("workbench.tables.importers.folder._catalog", full)
    with pytest.raises(OSError, match="No space"):
        import_export("hillstrom", export, out)

    assert (out / "catalog.yaml").is_file()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["h.csv", "out"]


def test_no_room_is_the_machine_s_fault(export, tmp_path):
    def convert(desk, path):
        desk.run("SELECT error('No space left on device')")

    with pytest.raises(MachineError, match="the disk is full"):
        write_folder("test", convert, export, tmp_path / "out")


@pytest.mark.parametrize("kept", [["notes.txt"], ["notes.txt", "account.json"], ["orders.parquet"]])
def test_a_folder_of_other_files_is_left_alone(export, tmp_path, kept):
    out = tmp_path / "out"
    out.mkdir()
    for name in kept:
        (out / name).write_text("mine")

    with pytest.raises(StudyError, match=rf"out holds other files than a former import \({kept[0]}\)"):
        import_export("hillstrom", export, out)

    assert sorted(file.name for file in out.iterdir()) == sorted(kept)


def test_an_export_is_not_written_over(export, tmp_path):
    for out in (export, tmp_path, export / "out"):
        with pytest.raises(StudyError, match="lie in one another; name a folder elsewhere with --out"):
            import_export("hillstrom", export, out)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(StudyError, match="file is a file; name a new or an empty folder"):
        import_export("hillstrom", export, tmp_path / "file")


def test_unknown_names(export, tmp_path):
    with pytest.raises(StudyError, match=r"^unknown importer 'hilstrom'; nearest: 'hillstrom'$"):
        import_export("hilstrom", export, tmp_path / "out")
    with pytest.raises(DataError, match=r"there is nothing at .*g\.csv; wanted Hillstrom's .*; nearest: 'h\.csv'$"):
        import_export("hillstrom", tmp_path / "g.csv", tmp_path / "out")


# --- The reading ------------------------------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "desk").mkdir()
    with Desk(tmp_path / "desk") as desk:
        yield desk


def _read(desk, tmp_path, text, *columns, name="t.csv"):
    (tmp_path / name).write_text(text)
    desk.read(tmp_path / name, "t", columns)
    return desk.rows("FROM t ORDER BY row")


def test_values_are_cast(desk, tmp_path):
    columns = [
        Column("id", "id"),
        Column("n", "integer"),
        Column("m", "money"),
        Column("f", "flag"),
        Column("d", "date"),
    ]
    text = "ID,n,m,f,d\n007,3.0,1.5,true,2026-01-31\n 7.0 ,,,,\n"

    rows = _read(desk, tmp_path, text, *columns)

    assert [row[:5] for row in rows] == [(1, "007", 3, 1.5, True), (2, "7", None, None, None)]
    assert [str(row[5]) for row in rows] == ["2026-01-31", "None"]


def test_every_misfit_is_said_with_its_rows(desk, tmp_path):
    text = "n,t\n1,2026-01-31 08:00\n1.5,2026-02-30\nx,yesterday\n2,\n,now\n4,31.01.2026\n"

    with pytest.raises(DataError) as caught:
        _read(desk, tmp_path, text, Column("number", "integer", ("n",)), Column("time", "time", ("t",)))

    assert str(caught.value) == (
        "t.csv: column 'n': 2 values are no whole number: '1.5' in row 2, 'x' in row 3; "
        "column 't': 4 values are no time (like 2026-01-31 18:05:00): '2026-02-30' in row 2, 'yesterday' in row 3, "
        "'now' in row 5; correct the source (row 1 is the first below the header)"
    )


@pytest.mark.parametrize("value", ["inf", "-Infinity", "NaN"])
def test_what_is_infinite_or_no_number_is_refused(desk, tmp_path, value):
    columns = (Column("i", "integer"), Column("n", "number"), Column("m", "money"))
    for column in columns:
        row = ["1", "1", "1"]
        row[columns.index(column)] = value
        with pytest.raises(DataError, match=rf"^t\.csv: column '{column.name}': 1 value is no .*'{value}' in row 1"):
            _read(desk, tmp_path, f"i,n,m\n{','.join(row)}\n", *columns)
        desk.run("DROP VIEW t_text; DROP VIEW t_stored; DROP TABLE t")


def test_an_account_holds_no_number_that_is_none():
    account = Account("test", (Read("a.csv", 1, (Fate(1, "", "rows", float("nan")),)),), {})
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        account.to_json()


def test_a_time_with_a_zone_is_brought_to_utc(desk, tmp_path):
    ((_, time),) = _read(desk, tmp_path, "t\n2026-01-31 18:05:00+08:00\n", Column("t", "time"))

    assert str(time) == "2026-01-31 10:05:00"


def test_columns_are_found_by_any_of_their_spellings(desk, tmp_path):
    columns = (Column("user", "id", ("CustomerID", "Customer ID")), Column("note", "text", optional=True))

    assert _read(desk, tmp_path, "customer id,x\n5,1\n", *columns) == [(1, "5", None)]


def test_a_missing_column_is_said_with_the_nearest(desk, tmp_path):
    with pytest.raises(DataError) as caught:
        _read(desk, tmp_path, "custmer,x\n5,1\n", Column("user", "id", ("Customer", "Customer ID")))

    assert str(caught.value) == (
        "t.csv has no column 'Customer' or 'Customer ID'; nearest: 'custmer'; is this the right file, and whole?"
    )


def test_a_header_alone_is_refused(desk, tmp_path):
    with pytest.raises(DataError, match=r"^t\.csv has a header but no rows; export it again$"):
        _read(desk, tmp_path, "n\n", Column("n", "integer"))


def test_a_workbook_that_is_none(tmp_path):
    (tmp_path / "o.xlsx").write_text("Invoice\n")

    with pytest.raises(DataError) as caught:
        import_export("uci-online-retail", tmp_path / "o.xlsx", tmp_path / "out")

    assert str(caught.value) == ("o.xlsx is no whole Excel workbook, whatever its name says; copy or export it again")


def test_a_workbook_of_something_else(write_workbook, tmp_path):
    path = write_workbook("o.xlsx", {"Sheet1": [("Invoce", "Price"), (1, 2)]})

    with pytest.raises(DataError) as caught:
        import_export("uci-online-retail", path, tmp_path / "out")

    assert str(caught.value) == (
        "o.xlsx, sheet 'Sheet1' has no column 'InvoiceNo' or 'Invoice'; nearest: 'Invoce'; "
        "is this the right file, and whole?"
    )


def test_empty_sheets_are_passed_over(write_workbook, tmp_path):
    header = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
    line = (1, "85123A", "HEART", 1, "2010-12-01 08:00:00", 2.5, 1, "X")
    path = write_workbook("o.xlsx", {"Sheet1": [header, line], "Sheet2": []})

    account = import_export("uci-online-retail", path, tmp_path / "out")

    assert [read.source for read in account.reads] == ["o.xlsx, sheet 'Sheet1'"]
    with pytest.raises(DataError, match=r"^e\.xlsx has no sheet with rows; export it again$"):
        import_export("uci-online-retail", write_workbook("e.xlsx", {"Sheet1": []}), tmp_path / "out")


# --- The command ------------------------------------------------------------------------------------------------


def _command(*words):
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "data", "import", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_prints_the_account(export, tmp_path):
    done = _command("hillstrom", export, "--out", tmp_path / "out")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "h.csv: 1 row read",
        "             1  exposures     customers with their arm and outcomes (0.00)",
        "written",
        "             1  exposures",
        "note: the file has no ids; rows are numbered",
        (
            "note: rows that repeat another in every column, and stay: 0 of 1 (0%); this is not the whole file, which has "
            "64,000 rows and 6,562 such"
        ),
        str(tmp_path / "out"),
    ]


def test_the_help_lists_the_importers():
    done = _command("--help")

    assert done.returncode == 0
    for importer in IMPORTERS.values():
        assert f"\n  {importer.name} " in done.stdout
        assert importer.expects.split()[0] in done.stdout


def test_a_fault_ends_with_its_code_and_a_sentence(export, tmp_path):
    shutil.copy(export, tmp_path / "h.parquet")

    wrong_word = _command("hilstrom", export, "--out", tmp_path / "out")
    wrong_data = _command("hillstrom", tmp_path / "h.parquet", "--out", tmp_path / "out")

    assert (wrong_word.returncode, wrong_word.stderr) == (2, "unknown importer 'hilstrom'; nearest: 'hillstrom'\n")
    assert (wrong_data.returncode, wrong_data.stderr) == (
        3,
        "h.parquet is no Parquet file, whatever its name says; export it again as Parquet\n",
    )
    assert not (tmp_path / "out").exists()
