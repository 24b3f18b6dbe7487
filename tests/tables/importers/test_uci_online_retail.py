"""UCI Online Retail I and II: each trap on a few rows, and the real file against the published counts."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from workbench.errors import DataError
from workbench.tables import check_contract

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
HEADER_II = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country")
UK = "United Kingdom"
SOLD = "lines of orders"
BACK = "cancellations, each of an earlier line of the same customer"
UNMATCHED = "cancellations of a line that is not there, or of more than was left of it"


def others(count):
    """So many lines, each of an order of its own."""
    return [f"{900 + i},85123A,HEART,1,2010-12-02 08:00:00,2.5,1,X" for i in range(count)]


@pytest.fixture
def written(tmp_path, imported):
    """Import lines "invoice,code,description,quantity,time,price,customer,country" below the header of I."""

    def _import(*lines, name="online.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes((HEADER + "".join(f"{line}\n" for line in lines)).encode(encoding))
        return imported("uci-online-retail", tmp_path / name)

    return _import


def test_invoices_become_orders(written):
    found = written(
        "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom",
        "536365,71053,LANTERN,2,2010-12-01 08:27:00,3.39,17850.0,United Kingdom",
        "536366,85123a,white heart,1,2010-12-02 09:00:00,2.5,,France",
        "536367,85123A,WHITE HANGING HEART,1,2010-12-03 09:00:00,2.55,17850.0,France",
    )

    first, second, third = (datetime(2010, 12, 1, 8, 26), datetime(2010, 12, 2, 9), datetime(2010, 12, 3, 9))  # noqa: DTZ001
    assert found.rows("orders", "order_id", "user_id", "ordered_at", "status", "subtotal", "revenue", "refund") == [
        ["536365", "17850", first, "placed", 22.08, 22.08, 0],
        ["536366", None, second, "placed", 2.5, 2.5, 0],
        ["536367", "17850", third, "placed", 2.55, 2.55, 0],
    ]
    assert set(found.frame("orders")["currency"]) == {"GBP"}
    assert found.rows("order_items", "order_id", "line_no", "product_id", "quantity", "unit_price", "ordered_at") == [
        ["536365", 1, "85123A", 6, 2.55, first],
        ["536365", 2, "71053", 2, 3.39, first],
        ["536366", 1, "85123A", 1, 2.5, second],
        ["536367", 1, "85123A", 1, 2.55, third],
    ]
    assert found.rows("users", "user_id", "first_seen_at", "country") == [["17850", first, UK]]
    assert found.rows("products", "product_id", "title", "category_id") == [
        ["71053", "LANTERN", "(no category)"],
        ["85123A", "WHITE HANGING HEART", "(no category)"],
    ]
    assert found.fates() == [[(4, "order_items", SOLD)]]
    for note in (
        "orders without a customer, which stay as anonymous ones: 1",
        "orders that span several minutes, of which the first counts: 1",
        "users who bought from several countries, of which the first counts: 1",
        "products with several descriptions, of which the commonest is the title: 1",
    ):
        assert note in found.account.notes


def test_cancellations_become_returns_of_what_was_sold(written):
    found = written(
        "1,85123A,HEART,6,2010-12-01 08:00:00,2.5,1,X",
        "2,85123A,HEART,4,2010-12-02 08:00:00,2.5,1,X",
        "C3,85123A,HEART,-4,2010-12-03 08:00:00,2.5,1,X",  # the latest of which there is enough
        "C4,85123A,HEART,-1,2010-12-04 08:00:00,2.5,1,X",  # nothing left of invoice 2
        "C5,85123A,HEART,-6,2010-12-05 08:00:00,2.5,1,X",  # more than is left of invoice 1
        "C6,85123A,HEART,-1,2010-12-06 08:00:00,2.4,1,X",  # another price
        "C7,85123A,HEART,-1,2010-12-07 08:00:00,2.5,2,X",  # another customer
        "C8,85123A,HEART,-1,2010-12-08 08:00:00,2.5,,X",  # nobody knows whose
        "C9,85123A,HEART,-1,2010-11-30 08:00:00,2.5,1,X",  # before it was sold
        "C10,85123A,HEART,-2,2010-12-10 08:00:00,2.5,1,X",
    )

    assert found.rows("returns", "order_id", "line_no", "seq", "quantity", "refund", "cancellation_id") == [
        ["2", 1, 1, 4, 10.0, "C3"],
        ["1", 1, 1, 1, 2.5, "C4"],
        ["1", 1, 2, 2, 5.0, "C10"],
    ]
    assert found.rows("orders", "order_id", "status", "subtotal", "refund", "refunded") == [
        ["1", "placed", 15.0, 7.5, True],
        ["2", "returned", 10.0, 10.0, True],
    ]
    assert found.fates() == [
        [
            (3, "returns", BACK),
            (2, "order_items", SOLD),
            (4, "", UNMATCHED),
            (1, "", "cancellations without a customer, so without a line to match"),
        ]
    ]
    assert [fate.money for fate in found.account.reads[0].fates] == [-17.5, 25.0, -22.4, -2.5]


def test_what_is_no_product_leaves_with_its_money(written):
    found = written(
        "1,85123A,HEART,1,2010-12-01 08:00:00,2.5,1,X",
        "1,POST,POSTAGE,2,2010-12-01 08:00:00,18,1,X",
        "1,m,Manual,1,2010-12-01 08:00:00,3,1,X",
        "C2,M,Manual,-1,2010-12-01 08:00:00,5,1,X",
        "3,gift_0001_20,Voucher,1,2010-12-01 08:00:00,16,1,X",
        "4,DCGS0003,BOXED GLASS ASHTRAY,1,2010-12-01 08:00:00,2,,X",  # the web shop's own, a product
        "A5,B,Adjust bad debt,1,2010-12-01 08:00:00,-11062.06,,X",
        "6,85123A,,-9,2010-12-01 08:00:00,0,,X",
        "7,85123A,found,9,2010-12-01 08:00:00,0,,X",
        "8,85123A,HEART,1,2010-12-01 08:00:00,0,1,X",  # free for a known customer
        "4,85123A,HEART,1,2010-12-01 08:00:00,0,,X",  # free beside a priced line
        "9,85123A,HEART,1,2010-12-01 08:00:00,-1,1,X",
        "9,,HEART,1,2010-12-01 08:00:00,1,1,X",
        "10,22016,Dotcomgiftshop Gift Voucher £100.00,1,2010-12-01 08:00:00,83.33,1,X",
        "10,23574,PACKING CHARGE,1,2010-12-01 08:00:00,3,1,X",
    )

    assert [(fate.rows, fate.why, fate.money) for fate in found.account.reads[0].fates] == [
        (4, SOLD, 4.5),
        (2, "no product: M, entries by hand", -2.0),
        (1, "adjustments of bad debt, invoices A…", -11062.06),
        (1, "lack the invoice, product code, quantity, price or time", 1.0),
        (1, "no product: 22016, gift vouchers", 83.33),
        (1, "no product: 23574, charges for packing", 3.0),
        (1, "no product: GIFT, gift vouchers", 16.0),
        (1, "no product: POST, postage", 36.0),
        (1, "price 0, no customer, nothing priced on the invoice: corrections of the stock", 0.0),
        (1, "prices below 0", -1.0),
        (1, "quantities below 1 outside of cancellations: corrections of the stock", 0.0),
    ]
    assert [row[0] for row in found.rows("orders", "order_id")] == ["1", "4", "8"]
    assert "order lines that are free of charge: 2" in found.account.notes


def test_a_line_that_stands_twice_stays_twice(written):
    line = "1,85123A,HEART,1,2010-12-01 08:00:00,2.5,1,X"

    found = written(line, line, *others(18))

    assert found.rows("order_items", "line_no", "quantity")[:2] == [[1, 1], [2, 1]]
    assert any("1 (5.0%) repeat another row exactly and stay" in note for note in found.account.notes)
    assert check_contract(found.catalog, "order_items") == ()


def test_more_lines_that_stand_twice_than_the_source_has_are_refused(written):
    line = "1,85123A,HEART,1,2010-12-01 08:00:00,2.5,1,X"

    with pytest.raises(DataError) as caught:
        written(line, line, *others(17))

    assert str(caught.value) == (
        "online.csv: 1 of 19 rows (5%) repeat another in every column, where the published file has 1.0%: "
        "invoice 1, product 85123A; export it again, or take the repeated rows out"
    )


def test_the_two_sheets_of_ii_overlap(write_workbook, imported):
    def line(invoice, code, quantity, day, price=2.5):
        return (invoice, code, "HEART", quantity, datetime(2010, 12, day, 8, 26), price, 13085.0, UK)  # noqa: DTZ001

    path = write_workbook(
        "online_retail_II.xlsx",
        {
            "Year 2009-2010": [
                HEADER_II,
                line(1.0, "85123A", 6, 1),
                line(1.0, "85123A", 6, 1),
                line(2.0, 22041.0, 1, 9),
                *[line(900.0 + i, 22041.0, 1, 9) for i in range(40)],
            ],
            "Year 2010-2011": [
                HEADER_II,
                *[line(1.0, "85123A", 6, 1)] * 3,  # two of them are those of the first sheet
                line(2.0, 22041.0, 1, 9),
                line("C3", 22041.0, -1, 10),
            ],
        },
    )

    found = imported("uci-online-retail", path)

    assert [read.source for read in found.account.reads] == [
        "online_retail_II.xlsx, sheet 'Year 2009-2010'",
        "online_retail_II.xlsx, sheet 'Year 2010-2011'",
    ]
    assert found.fates() == [
        [(43, "order_items", SOLD)],
        [
            (1, "returns", BACK),
            (1, "order_items", SOLD),
            (3, "", "repeat a line of an earlier sheet or file"),
        ],
    ]
    assert found.rows("order_items", "order_id", "line_no", "product_id", "user_id")[:4] == [
        ["1", 1, "85123A", "13085"],
        ["1", 2, "85123A", "13085"],
        ["1", 3, "85123A", "13085"],
        ["2", 1, "22041", "13085"],
    ]
    assert found.rows("orders", "ordered_at")[0] == [datetime(2010, 12, 1, 8, 26)]  # noqa: DTZ001


def test_a_folder_with_a_file_per_year(tmp_path, imported):
    (tmp_path / "export").mkdir()
    line = "1,85123A,HEART,6,2010-12-01 08:00:00,2.5,1,X\n"
    (tmp_path / "export" / "b.csv").write_text(HEADER + line + "2" + line[1:])
    (tmp_path / "export" / "a.csv").write_text(HEADER + line)

    found = imported("uci-online-retail", tmp_path / "export")

    assert [(read.source, [fate.rows for fate in read.fates]) for read in found.account.reads] == [
        ("a.csv", [1]),
        ("b.csv", [1, 1]),
    ]


@pytest.mark.parametrize("written_as", ["12/13/2010 8:26", "12/13/10 8:26", "13/12/2010 08:26:00", "13-12-2010 08:26"])
def test_days_as_spreadsheets_write_them(written, written_as):
    found = written(
        f"1,85123A,HEART,1,{written_as},2.5,1,X",
        f"2,85123A,HEART,1,{written_as.replace('13', '09')},2.5,1,X",
    )

    days = [row[0] for row in found.rows("orders", "ordered_at")]
    assert days == [datetime(2010, 12, 9, 8, 26), datetime(2010, 12, 13, 8, 26)]  # noqa: DTZ001


def test_days_that_could_be_months_are_refused(written):
    with pytest.raises(DataError, match="column 'InvoiceDate' has days that can be read as day/month and as month"):
        written("1,85123A,HEART,1,12/01/2010 8:26,2.5,1,X")


def test_a_western_encoding_is_read_and_said(written):
    found = written("1,22083,RETROSPOT “CAFÉ” £1,1,2010-12-01 08:00:00,2.5,1,X", encoding="cp1252")

    assert found.rows("products", "title") == [["RETROSPOT “CAFÉ” £1"]]
    assert found.account.notes[0] == "online.csv is not UTF-8 text and was read as Windows-1252 (Western European)"


def test_other_encodings_are_refused(written):
    with pytest.raises(DataError, match="is not UTF-8 text; save it as CSV UTF-8"):
        written("1,22083,CAFÉ,1,2010-12-01 08:00:00,2.5,1,X", encoding="utf-16")


def test_the_real_file(shared, imported):
    """reference/growth.json, uci_clean, recomputed there from UCI's file (id 352) with pandas."""
    path = shared / "data" / "uci_online_retail" / "online_retail_2010_2011.parquet"
    if not path.is_file():
        pytest.skip(f"no data: {path} is missing")
    told = {entry["id"]: entry["expected"] for entry in json.loads((shared / "reference" / "growth.json").read_text())}
    raw, clean = told["uci_clean"]["raw"], told["uci_clean"]["clean"]

    found = imported("uci-online-retail", path)

    (read,) = found.account.reads
    assert read.rows == raw["rows"] == 541_909
    assert (raw["null_customer"], raw["cancel_rows"], raw["exact_dup_rows"]) == (135_080, 9_288, 5_268)
    assert clean == {
        "rows": 397_884,
        "customers": 4_338,
        "invoices": 18_532,
        "skus": 3_665,
        "revenue": 8_911_407.90,
    }
    assert list(found.account.notes[1:3]) == [
        (
            f"of 541,909 rows from {raw['min']} to {raw['max']}, 135,080 have no customer and 9,288 cancel; 5,268 "
            "(1.0%) repeat another row exactly and stay: invoices list a product several times, mostly single pieces"
        ),
        (
            "by the usual filter (a customer, quantity and price above 0; product codes not looked at): 397,884 rows, "
            "4,338 customers, 18,532 invoices, 3,665 products, 8,911,407.90 GBP"
        ),
    ]
    # All of the file's money, 9,747,747.934, is accounted for: what became orders is the greater part of it.
    assert sum(fate.money for fate in read.fates) == pytest.approx(9_747_747.934, abs=0.1)
    fates = {fate.why: fate for fate in read.fates}
    assert (fates[SOLD].rows, fates[SOLD].money) == (528_142, 10_271_244.73)
    assert (fates[BACK].rows, fates[UNMATCHED].rows) == (7_072, 1_465)
    assert found.frame("orders")["subtotal"].sum() == pytest.approx(10_271_244.73, abs=0.01)
    # The three customers of the 4,338 that are no users bought only postage and the like.
    assert found.account.tables == {
        "orders": 19_785,
        "order_items": 528_142,
        "returns": 7_072,
        "users": 4_335,
        "products": 3_796,
    }
    assert found.failures() == []
