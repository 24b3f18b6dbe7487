"""Bad exports, through the command: a plain sentence, the exit code of its kind, and nothing half-written.

Most cases call the command in this process; one of each kind starts it as a process of its own.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from workbench.cli import main
from workbench.tables import check_contract, open_catalog
from workbench.tables.importers import IMPORTERS

DAY = {
    "event_date": "20260131",
    "event_timestamp": "1769817900000000",
    "event_name": "page_view",
    "user_pseudo_id": "1.1",
}
SHOPIFY = "Name,Email,Financial Status,Fulfillment Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Amount,Created at,Lineitem quantity,Lineitem name,Lineitem price"


@dataclass(frozen=True)
class Export:
    """A sound export.

    Attributes:
        files: Name → text.
        main: The file that is damaged.
        is_folder: Whether PATH is the folder of the files.
        column: A column of `main` that is needed.
        time: A time in `main`.
    """

    files: dict[str, str]
    main: str
    is_folder: bool = False
    column: str = ""
    time: str = ""

    def write(self, folder: Path, name: str = "", content: bytes | None = None) -> Path:
        """Write the export, its main file with another name or content; PATH of the command."""
        folder.mkdir()
        for file, text in self.files.items():
            whole = text.encode()
            if file == self.main:
                (folder / (name or file)).write_bytes(whole if content is None else content)
            else:
                (folder / file).write_bytes(whole)
        return folder if self.is_folder else folder / (name or self.main)

    @property
    def text(self) -> str:
        """Text of the main file."""
        return self.files[self.main]

    def frame(self) -> pd.DataFrame:
        """Rows of the main file."""
        return (
            pd.read_json(io.StringIO(self.text), lines=True, dtype=False)
            if self.main.endswith("json")
            else pd.read_csv(io.StringIO(self.text))
        )


EXPORTS = {
    "uci-online-retail": Export(
        {
            "retail.csv": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
            "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"
            "536366,22633,WARMER,6,2010-12-01 08:28:00,1.85,17850,United Kingdom\n"
        },
        "retail.csv",
        column="InvoiceDate",
        time="2010-12-01 08:28:00",
    ),
    "cdnow": Export(
        {"CDNOW_master.txt": " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n"},
        "CDNOW_master.txt",
        time="19970112",
    ),
    "hillstrom": Export(
        {
            "h.csv": "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend\n"
            "10,2) $100 - $200,142.44,1,0,Surburban,0,Phone,Womens E-Mail,0,0,0\n"
            "6,3) $200 - $350,329.08,1,1,Rural,1,Web,No E-Mail,0,0,0\n"
        },
        "h.csv",
        column="recency",
    ),
    "movielens": Export(
        {
            "ratings.csv": "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n7,242,5.0,881250950\n",
            "movies.csv": "movieId,title,genres\n242,Amélie (1997),Action|Comedy\n",
        },
        "ratings.csv",
        is_folder=True,
        column="movieId",
        time="881250950",
    ),
    "olist": Export(
        {
            "olist_orders_dataset.csv": "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date\n"
            "o1,c1,delivered,2017-10-02 10:56:33,,,,\no2,c2,shipped,2018-07-24 20:41:37,,,,\n",
            "olist_order_items_dataset.csv": "order_id,order_item_id,product_id,seller_id,price,freight_value\no1,1,p1,s1,29.99,8.72\n",
            "olist_customers_dataset.csv": "customer_id,customer_unique_id,customer_city,customer_state\nc1,u1,a,SP\nc2,u1,a,SP\n",
            "olist_products_dataset.csv": "product_id,product_category_name\np1,x\n",
            "olist_order_payments_dataset.csv": "order_id,payment_sequential,payment_type,payment_value\no1,1,boleto,38.71\n",
            "olist_order_reviews_dataset.csv": "review_id,order_id,review_score,review_creation_date,review_answer_timestamp\nr1,o1,5,2017-10-12,2017-10-12\n",
            "product_category_name_translation.csv": "product_category_name,product_category_name_english\nx,X\n",
        },
        "olist_orders_dataset.csv",
        is_folder=True,
        column="order_purchase_timestamp",
        time="2018-07-24 20:41:37",
    ),
    "ga4": Export(
        {"events_20260131.json": "".join(json.dumps({**DAY, "user_pseudo_id": f"{i}.1"}) + "\n" for i in range(2))},
        "events_20260131.json",
        column="event_timestamp",
        time="1769817900000000",
    ),
    "shopify": Export(
        {
            "orders.csv": f"{SHOPIFY}\n#1,a@b.c,paid,fulfilled,USD,16,0,0,16,0,2026-01-31 18:05:00 +0800,1,Fern,16\n"
            "#2,a@b.c,paid,fulfilled,USD,16,0,0,16,0,2026-01-31 18:06:00 +0800,1,Fern,16\n"
        },
        "orders.csv",
        column="Created at",
        time="2026-01-31 18:06:00 +0800",
    ),
}
EVERY = pytest.mark.parametrize("name", EXPORTS)


def some(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", names)


def run(name: str, path: Path, out: Path) -> tuple[int, str]:
    """Exit code and what stands on the error stream."""
    done = CliRunner().invoke(main, ["data", "import", name, str(path), "--out", str(out)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stderr


@pytest.fixture
def refused(tmp_path: Path):
    """Run an import that must fail: its words, once it is sure that they are plain and that nothing was left behind."""

    def _run(name: str, path: Path, *, code: int = 3) -> str:
        before = sorted(tmp_path.rglob("*"))
        found, said = run(name, path, tmp_path / "out")
        assert found == code, said
        assert sorted(tmp_path.rglob("*")) == before
        assert said.count("\n") == 1, said
        for raw in ("Traceback", "Error:", "Exception", str(tmp_path), "LINE 1", "read_csv", "read_json"):
            assert raw not in said
        return said.strip()

    return _run


@EVERY
def test_the_sound_export_is_imported(tmp_path: Path, name: str) -> None:
    code, said = run(name, EXPORTS[name].write(tmp_path / "in"), tmp_path / "out")

    assert (code, said) == (0, "")
    assert {"catalog.yaml", "account.json"} < {path.name for path in (tmp_path / "out").iterdir()}
    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    assert [b.detail for table in catalog.names for b in check_contract(catalog, table) if b.severity == "fail"] == []


# --- The file itself --------------------------------------------------------------------------------------------


@EVERY
def test_a_file_of_another_format(tmp_path: Path, refused, name: str) -> None:
    """A workbook that was renamed."""
    export = EXPORTS[name]

    said = refused(
        name, export.write(tmp_path / "in", content=b"PK\x03\x04\x14\x00\x06\x00\x08\x00!\x00\xff\xfe\n" * 50)
    )

    assert export.main in said


@EVERY
def test_text_of_another_kind(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]

    said = refused(name, export.write(tmp_path / "in", content=b"Dear all,\nplease find the export attached.\n"))

    assert export.main in said


@EVERY
def test_an_encoding_that_is_not_utf_8(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]

    said = refused(name, export.write(tmp_path / "in", content=export.text.encode("utf-16")))

    assert export.main in said


@some("olist", "ga4", "shopify", "hillstrom")
def test_a_few_letters_that_are_not_utf_8(tmp_path: Path, refused, name: str) -> None:
    """Far below the header, where a look at the beginning does not see them."""
    export = EXPORTS[name]
    header, last = export.text.splitlines()[0], export.text.splitlines()[-1]
    body = "\n".join([header, *[last] * 3000, last.replace("1", "中"), ""])

    said = refused(name, export.write(tmp_path / "in", content=body.encode("gbk")))

    assert export.main in said
    assert "is not UTF-8 text" in said


@EVERY
def test_an_empty_file(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]

    said = refused(name, export.write(tmp_path / "in", content=b""))

    assert said == f"{export.main} is empty (0 bytes); export it again"


@some("uci-online-retail", "hillstrom", "movielens", "olist", "shopify")
def test_a_header_alone(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]

    said = refused(name, export.write(tmp_path / "in", content=export.text.splitlines(keepends=True)[0].encode()))

    assert said == f"{export.main} has a header but no rows; export it again"


@some("uci-online-retail", "hillstrom", "olist", "ga4", "shopify")
def test_a_truncated_gzip(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]
    path = export.write(tmp_path / "in", f"{export.main}.gz", gzip.compress(export.text.encode() * 50, mtime=0)[:-12])

    assert refused(name, path) == f"{export.main}.gz is no whole gzip file; copy or export it again"


@some("uci-online-retail", "hillstrom", "olist", "ga4", "shopify")
def test_a_file_that_is_merely_named_gz(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]
    path = export.write(tmp_path / "in", f"{export.main}.gz", export.text.encode())

    assert refused(name, path) == f"{export.main}.gz is no whole gzip file; copy or export it again"


@some("uci-online-retail", "hillstrom", "ga4", "shopify")
def test_a_file_of_another_ending(tmp_path: Path, refused, name: str) -> None:
    """The wanted endings are those that the help lists."""
    export = EXPORTS[name]
    path = export.write(tmp_path / "in", "export.xls")

    assert refused(name, path) == f"export.xls is something else; wanted {IMPORTERS[name].expects}"


@some("uci-online-retail", "hillstrom", "movielens", "olist", "shopify")
@pytest.mark.parametrize("damage", ["short", "long", "unclosed"])
def test_a_line_that_has_not_the_columns_of_the_header_is_named(
    tmp_path: Path, refused, name: str, damage: str
) -> None:
    export = EXPORTS[name]
    lines = export.text.splitlines()
    columns = lines[0].count(",") + 1
    last = {"short": "1,2", "long": lines[2] + ",more", "unclosed": '"' + lines[2]}[damage]
    found = {"short": "line 3 has 2 columns", "long": f"line 3 has {columns + 1} columns"}.get(damage)
    wrong = "\n".join([*lines[:2], last, ""])

    said = refused(name, export.write(tmp_path / "in", content=wrong.encode()))

    assert said.startswith(f"{export.main} cannot be read: ")
    assert (f"{found}, the header has {columns}" if found else "a quotation mark on line 3 is not closed") in said


@some("uci-online-retail", "hillstrom", "ga4")
def test_a_truncated_parquet(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]
    buffer = io.BytesIO()
    export.frame().to_parquet(buffer, index=False)
    file = f"{Path(export.main).stem}.parquet"

    said = refused(name, export.write(tmp_path / "in", file, buffer.getvalue()[: buffer.tell() // 2]))

    assert said == f"{file} is cut off: its end is missing; copy or export it again"


# --- What stands in it ------------------------------------------------------------------------------------------


@some("uci-online-retail", "hillstrom", "movielens", "olist", "ga4", "shopify")
def test_a_missing_column_is_named_with_the_nearest(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]
    wrong = export.text.replace(export.column, f"{export.column}s")

    said = refused(name, export.write(tmp_path / "in", content=wrong.encode()))

    assert said.startswith(f"{export.main} has no column {export.column!r}")
    assert f"nearest: '{export.column}s'" in said


@some("uci-online-retail", "movielens", "olist", "ga4", "shopify")
def test_days_that_are_none_are_shown_with_their_rows(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]
    lines = export.text.splitlines(keepends=True)
    lines[-1] = lines[-1].replace(export.time, "tomorrow")

    said = refused(name, export.write(tmp_path / "in", content="".join(lines).encode()))

    assert export.main in said
    assert "row 2" in said


def test_lines_that_are_none_are_shown_with_their_number(tmp_path: Path, refused) -> None:
    export = EXPORTS["cdnow"]

    said = refused(
        "cdnow", export.write(tmp_path / "in", content=export.text.replace(export.time, "tomorrow").encode())
    )

    assert "' 00002 tomorrow  1   12.00' in line 2" in said


@some("movielens", "olist", "ga4", "shopify")
def test_repeated_rows_leave_and_are_counted(tmp_path: Path, name: str) -> None:
    """Of ten rows two more, word for word: 20 % duplicates, none of which a table holds."""
    export = EXPORTS[name]
    lines = export.text.splitlines(keepends=True)
    header = [] if name == "ga4" else lines[:1]
    rows = [_another(lines[-1], i) for i in range(10)]
    path = export.write(tmp_path / "in", content="".join([*header, *rows, *rows[:2]]).encode())

    assert run(name, path, tmp_path / "out") == (0, "")

    read = json.loads((tmp_path / "out" / "account.json").read_text())["reads"][0]
    assert read["rows"] == 12
    assert [(fate["rows"], fate["into"] != "") for fate in read["fates"]] == [(10, True), (2, False)]
    assert read["fates"][1]["why"].startswith("repeat a")
    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    assert [b.detail for table in catalog.names for b in check_contract(catalog, table) if b.severity == "fail"] == []


def _another(line: str, i: int) -> str:
    """The line with an id of its own."""
    for old, new in (("o2", f"o{i}"), ("#2", f"#{i}"), ('"1.1"', f'"{i}.1"'), ("536366", f"{536366 + i}")):
        line = line.replace(old, new)
    return re.sub(r"^(7,| 00002|6,)", {"7,": f"{i},", "6,": f"{i},"}.get(line[:2], f" 1000{i}"), line)


@some("uci-online-retail", "cdnow")
def test_repeated_rows_of_a_source_without_keys_are_refused(tmp_path: Path, refused, name: str) -> None:
    """Of ten rows two more, word for word: far more than the source has by nature, and nothing tells which are right."""
    export = EXPORTS[name]
    lines = export.text.splitlines(keepends=True)
    rows = [_another(lines[-1], i) for i in range(10)]
    header = lines[:1] if name == "uci-online-retail" else []

    said = refused(name, export.write(tmp_path / "in", content="".join([*header, *rows, *rows[:2]]).encode()))

    assert said.startswith(
        f"{export.main}: 2 of 12 rows (17%) repeat another in every column, where the published file"
    )
    assert ("line 11; line 12" if name == "cdnow" else "invoice 536366, product 22633; invoice 536367,") in said


def test_repeated_rows_of_a_source_without_ids_are_counted(tmp_path: Path) -> None:
    """Hillstrom's own file repeats a tenth of its rows: customers who are alike."""
    export = EXPORTS["hillstrom"]
    lines = export.text.splitlines(keepends=True)
    rows = [_another(lines[-1], i) for i in range(10)]
    path = export.write(tmp_path / "in", content="".join([lines[0], *rows, *rows[:2]]).encode())

    assert run("hillstrom", path, tmp_path / "out") == (0, "")

    (said,) = json.loads((tmp_path / "out" / "account.json").read_text())["notes"][1:]
    assert said.startswith(
        "rows that repeat another in every column, and stay: 2 of 12 (17%); this is not the whole file"
    )


@some("uci-online-retail", "cdnow", "hillstrom", "movielens", "olist", "ga4", "shopify")
def test_another_file_in_the_folder_is_never_lost(tmp_path: Path, name: str) -> None:
    path = EXPORTS[name].write(tmp_path / "in")
    assert run(name, path, tmp_path / "out") == (0, "")
    (tmp_path / "out" / "thesis.txt").write_text("ten years of work")

    code, said = run(name, path, tmp_path / "out")

    assert code == 2
    assert "out holds other files than a former import (thesis.txt), which would be lost" in said
    assert (tmp_path / "out" / "thesis.txt").read_text() == "ten years of work"


# --- Places -----------------------------------------------------------------------------------------------------


@some("hillstrom", "cdnow", "shopify")
def test_a_folder_where_a_file_is_wanted(tmp_path: Path, refused, name: str) -> None:
    assert " is a folder" in refused(name, EXPORTS[name].write(tmp_path / "in").parent)


@some("movielens", "olist")
def test_a_file_where_a_folder_is_wanted(tmp_path: Path, refused, name: str) -> None:
    export = EXPORTS[name]

    said = refused(name, export.write(tmp_path / "in") / export.main)

    assert export.main in said
    assert "folder" in said


@some("ga4", "movielens", "olist", "uci-online-retail")
def test_an_empty_folder(tmp_path: Path, refused, name: str) -> None:
    (tmp_path / "in").mkdir()

    assert "in" in refused(name, tmp_path / "in").split()[0]


@EVERY
def test_nothing_there(tmp_path: Path, name: str) -> None:
    code, said = run(name, tmp_path / "none", tmp_path / "out")

    assert code == 3
    assert said.startswith(f"there is nothing at {tmp_path / 'none'}; wanted ")
    assert list(tmp_path.iterdir()) == []


@EVERY
def test_out_holds_something_else(tmp_path: Path, name: str) -> None:
    path = EXPORTS[name].write(tmp_path / "in")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("ten years of work")

    code, said = run(name, path, tmp_path / "out")

    assert code == 2
    assert "out holds other files than a former import (thesis.txt), which would be lost" in said
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["thesis.txt"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in", "out"]


def test_of_many_files_five_are_shown_and_none_that_is_hidden(tmp_path: Path) -> None:
    for i in range(12):
        (tmp_path / f"{i:02}.txt").write_text("")
    (tmp_path / ".hidden").write_text("")

    code, said = run("shopify", tmp_path / "orders.csv", tmp_path / "out")

    assert code == 3
    assert said.endswith("; there are: '00.txt', '01.txt', '02.txt', '03.txt', '04.txt' and 7 more\n")


@some("movielens", "olist", "ga4")
def test_out_inside_the_export(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    EXPORTS[name].write(folder)
    before = sorted(folder.rglob("*"))

    for out in (folder / "out", folder, tmp_path):
        code, said = run(name, folder, out)
        assert code == 2
        assert "lie in one another; name a folder elsewhere with --out" in said

    assert sorted(folder.rglob("*")) == before


# --- The machine, and the command as a process ------------------------------------------------------------------


def start(*words: object, limit: int = 0) -> subprocess.CompletedProcess[str]:
    """The command as a process; files above `limit` blocks of 512 bytes are refused by the system."""
    command = [sys.executable, "-c", "from workbench.cli import main; main()", *map(str, words)]
    if limit:
        command = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", *command]
    # What measures coverage in child processes would write a file of its own, above the limit too.
    environment = {name: value for name, value in os.environ.items() if not (limit and name.startswith("COVERAGE"))}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_no_room_for_the_tables(tmp_path: Path) -> None:
    """The system refuses a file above 50 KiB, as a full disk would."""
    export = EXPORTS["shopify"]
    lines = export.text.splitlines(keepends=True)
    digests = [hashlib.sha256(bytes([i % 256, i // 256])).hexdigest() for i in range(3000)]
    rows = [lines[-1].replace("#2", f"#{digest}").replace("a@b", f"{digest}@b") for digest in digests]
    path = export.write(tmp_path / "in", content="".join([lines[0], *rows]).encode())

    done = start("data", "import", "shopify", path, "--out", tmp_path / "out", limit=100)

    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


def test_a_file_system_without_room(tmp_path: Path, small_disk: Path) -> None:
    export = EXPORTS["olist"]
    path = export.write(tmp_path / "in")
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "filler").write_bytes(b"0" * 10_000_000)

    done = start("data", "import", "olist", path, "--out", small_disk / "out")

    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    assert "the disk is full" in done.stderr
    assert [file.name for file in small_disk.iterdir()] == ["filler"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_who_stops_it_finds_nothing_half_made(tmp_path: Path, number: int) -> None:
    lines = (f" {i:07} 19970101  1   {i}.77\n" for i in range(1_500_000))
    (tmp_path / "c.txt").write_text("".join(lines))
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "data", "import", "cdnow"]
    for _ in range(5):
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        process = subprocess.Popen(
            [*command, tmp_path / "c.txt", "--out", tmp_path / "out"], stderr=subprocess.PIPE, text=True
        )
        while not list(tmp_path.glob(".out-*/scratch")) and process.poll() is None:
            time.sleep(0.02)
        time.sleep(0.2)  # into the engine's first statement
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        if process.returncode:
            break  # else a busy machine told it only when it was done

    wanted = (1, "Aborted!") if number == signal.SIGINT else (4, "stopped from outside before it was done")
    assert process.returncode == wanted[0], said
    assert said.strip().startswith(wanted[1])
    assert [file.name for file in tmp_path.iterdir()] == ["c.txt"]


def test_a_fault_of_the_data_as_a_process(tmp_path: Path) -> None:
    path = EXPORTS["olist"].write(tmp_path / "in", content=b"")

    done = start("data", "import", "olist", path, "--out", tmp_path / "out")

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "olist_orders_dataset.csv is empty (0 bytes); export it again\n"


def test_a_fault_of_the_words_as_a_process(tmp_path: Path) -> None:
    done = start("data", "import", "shopfy", tmp_path, "--out", tmp_path / "out")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "unknown importer 'shopfy'; nearest: 'shopify'\n"
