"""A Shopify orders export, imported: each of its traps in a file of a few orders with the columns of a real one."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pandas as pd
import pytest

from workbench.errors import DataError
from workbench.tables import collect, examine, open_catalog
from workbench.tables.importers import import_export

# The columns of an export, in their order (Shopify's help, "Exporting orders").
HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,"
    "Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,"
    "Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,"
    "Lineitem discount,Tax 1 Name,Tax 1 Value,Phone,Receipt Number,Duties,Billing Province Name,Shipping Province Name"
)
LINE = {"Lineitem quantity": 1, "Lineitem name": "Fern print", "Lineitem price": "16.00", "Lineitem sku": "FERN-1"}
FIRST = {
    "Email": "ada@example.com",
    "Financial Status": "paid",
    "Paid at": "2026-01-31 18:05:02 +0800",
    "Fulfillment Status": "unfulfilled",
    "Currency": "USD",
    "Subtotal": "16.00",
    "Shipping": "6.00",
    "Taxes": "0.00",
    "Total": "22.00",
    "Discount Amount": "0.00",
    "Created at": "2026-01-31 18:05:00 +0800",
    "Payment Method": "Shopify Payments",
    "Refunded Amount": "0.00",
    "Source": "web",
    "Vendor": "Leaf",
    "Shipping City": "Testville",
    "Shipping Province": "CA",
    "Shipping Country": "US",
    **LINE,
}


def first(name: str, number: int, **words: object) -> dict:
    """The first row of an order; `Paid_at` stands for the column "Paid at"."""
    return {**FIRST, "Name": name, "Id": 5_550_000_000_000 + number, **_columns(words)}


def more(name: str, **words: object) -> dict:
    """A further row of an order: its name, address and time stand again, the totals do not."""
    return {**LINE, "Name": name, "Email": "ada@example.com", "Created at": FIRST["Created at"], **_columns(words)}


def _columns(words: dict) -> dict:
    return {name.replace("_", " "): value for name, value in words.items()}


def write(path: Path, *rows: dict) -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


@pytest.fixture
def imported(tmp_path: Path):
    """Import these rows; the account, and the tables as lists of rows in the order of their keys."""

    def _import(*rows: dict) -> tuple:
        account = import_export("shopify", write(tmp_path / "orders_export.csv", *rows), tmp_path / "out")
        catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
        tables = {}
        for name in catalog.names:
            table = catalog.table(name)
            frame = collect(table.order_by(table.columns[:2]))
            tables[name] = frame.astype(object).where(frame.notna(), None).to_dict("records")
        return account, tables

    return _import


def chosen(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def user(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:16]


def test_the_first_row_of_an_order_carries_its_totals(imported) -> None:
    account, tables = imported(
        first(
            "#1001",
            1,
            Subtotal="47.00",
            Taxes="3.29",
            Total="56.29",
            Discount_Code="FALL5",
            Discount_Amount="5.00",
            Lineitem_quantity=2,
            Lineitem_compare_at_price="20.00",
            Notes='Please ring,\n"twice"\n\nthank you',
        ),
        more("#1001", Lineitem_name="Canvas tote", Lineitem_price="20.00", Lineitem_sku="TOTE-1"),
        first("#1002", 2, Email="Bo@Example.com ", Created_at="2026-07-31 23:50:00 +0800", Paid_at=""),
    )

    assert list(account.lines()) == [
        "orders_export.csv: 3 rows read",
        "             3  order_items   lines of orders; the first of an order carries its totals (68.00)",
        "written",
        "             2  orders",
        "             3  order_items",
        "             2  users",
        "             2  products",
        "             1  coupon_redemptions",
        "note: times are the shop's own clock as it was written, with these offsets from UTC (+0800: 2 orders)",
    ]
    assert chosen(tables["orders"], "order_id", "user_id", "subtotal", "discount", "shipping", "tax", "currency") == [
        ("#1001", user("ada@example.com"), 52.0, 5.0, 6.0, 3.29, "USD"),
        ("#1002", user("bo@example.com"), 16.0, 0.0, 6.0, 0.0, "USD"),
    ]
    assert chosen(tables["orders"], "ordered_at", "paid_at", "channel", "payment_type", "revenue") == [
        (pd.Timestamp("2026-01-31 18:05:00"), pd.Timestamp("2026-01-31 18:05:02"), "web", "Shopify Payments", 47.0),
        (pd.Timestamp("2026-07-31 23:50:00"), None, "web", "Shopify Payments", 16.0),
    ]
    assert chosen(
        tables["order_items"], "order_id", "line_no", "product_id", "quantity", "unit_price", "list_price"
    ) == [
        ("#1001", 1, "FERN-1", 2, 16.0, 20.0),
        ("#1001", 2, "TOTE-1", 1, 20.0, None),
        ("#1002", 1, "FERN-1", 1, 16.0, None),
    ]
    assert chosen(tables["coupon_redemptions"], "order_id", "coupon_id", "discount") == [("#1001", "FALL5", 5.0)]
    assert chosen(tables["users"], "user_id", "first_seen_at", "country", "region", "city") == sorted(
        [
            (user("ada@example.com"), pd.Timestamp("2026-01-31 18:05:00"), "US", "CA", "Testville"),
            (user("bo@example.com"), pd.Timestamp("2026-07-31 23:50:00"), "US", "CA", "Testville"),
        ]
    )
    assert chosen(tables["products"], "product_id", "category_id", "title", "brand") == [
        ("FERN-1", "(no category)", "Fern print", "Leaf"),
        ("TOTE-1", "(no category)", "Canvas tote", None),
    ]


STATUSES = (
    ({"Financial_Status": "pending"}, "placed"),
    ({"Financial_Status": "partially_paid"}, "placed"),
    ({"Financial_Status": "paid", "Fulfillment_Status": "partial"}, "paid"),
    ({"Financial_Status": "partially_refunded"}, "paid"),
    ({"Financial_Status": "pending", "Fulfillment_Status": "fulfilled"}, "shipped"),
    ({"Financial_Status": "refunded", "Fulfillment_Status": "fulfilled"}, "returned"),
    ({"Financial_Status": "refunded", "Cancelled_at": "2026-02-01 09:00:00 +0800"}, "cancelled"),
    ({"Financial_Status": "voided"}, "cancelled"),
    ({"Financial_Status": "on the house"}, None),
)


def test_status(imported) -> None:
    account, tables = imported(*(first(f"#{i}", i, **words) for i, (words, _) in enumerate(STATUSES)))

    assert [row["status"] for row in tables["orders"]] == [status for _, status in STATUSES]
    assert account.notes[1] == "orders of an unknown Financial Status, whose status is left missing: 1"


def test_refunds_stay_with_their_order(imported) -> None:
    account, tables = imported(
        first("#1", 1, Taxes="2.00", Total="24.00", Refunded_Amount="12.00", Financial_Status="partially_refunded"),
        first("#2", 2),
    )

    # Of the 24.00 that were paid, 2.00 were tax; so were 1.00 of the 12.00 paid back.
    assert chosen(tables["orders"], "refund", "refunded") == [(pytest.approx(11.0, abs=1e-12), True), (0.0, False)]
    assert "returns" not in tables
    assert account.notes[1] == (
        "orders with a refund; the export does not say of which line or when, so there is no table of returns: 1"
    )


def test_tax_leaves_prices_that_include_it(imported) -> None:
    """119.00 with 19 % inside: 100.00 net, in every amount of the order."""
    account, tables = imported(
        first(
            "#1", 1, Subtotal="107.10", Shipping="11.90", Taxes="19.00", Total="119.00", Discount_Amount="11.90",
            Lineitem_quantity=2, Lineitem_price="59.50", Refunded_Amount="11.90",
        ),
    )  # fmt: skip

    near = {"rel": 1e-12}
    order, item = tables["orders"][0], tables["order_items"][0]
    assert order["revenue"] == pytest.approx(90.0, **near)
    assert order["subtotal"] == pytest.approx(100.0, **near)
    assert order["discount"] == pytest.approx(10.0, **near)
    assert order["shipping"] == pytest.approx(10.0, **near)
    assert order["refund"] == pytest.approx(10.0, **near)
    assert order["tax"] == 19.0
    assert item["unit_price"] == pytest.approx(50.0, **near)
    assert "orders whose prices include tax, which was taken off in proportion: 1" in account.notes


def test_a_discount_of_a_line_lowers_its_price(imported) -> None:
    _, tables = imported(
        first(
            "#1",
            1,
            Subtotal="28.00",
            Total="34.00",
            Lineitem_quantity=2,
            Lineitem_discount="4.00",
            Discount_Amount="4.00",
        )
    )

    assert chosen(tables["order_items"], "quantity", "unit_price", "discount") == [(2, 14.0, 4.0)]
    assert chosen(tables["orders"], "subtotal", "discount", "revenue") == [(28.0, 0.0, 28.0)]


def test_what_the_lines_do_not_explain_is_counted(imported) -> None:
    """A free-shipping code stands in Discount Amount, and takes nothing off the lines."""
    account, tables = imported(first("#1", 1, Shipping="0.00", Total="16.00", Discount_Amount="6.00"))

    assert chosen(tables["orders"], "subtotal", "discount", "shipping") == [(16.0, 0.0, 0.0)]
    assert (
        "orders whose lines less Discount Amount are not their Subtotal; lines and Subtotal count: 1" in account.notes
    )


def test_lines_without_a_sku_and_orders_without_an_address(imported) -> None:
    account, tables = imported(first("#1", 1, Email="", Lineitem_sku=""))

    assert chosen(tables["order_items"], "product_id", "user_id") == [("Fern print", None)]
    assert account.tables["users"] == 0
    assert "users" not in tables
    assert account.notes[1:] == (
        "lines without a SKU, whose product is known by its name: 1",
        "orders without an e-mail address, kept as anonymous: 1",
    )


def test_rows_that_leave(imported) -> None:
    account, tables = imported(
        more("#0999"),
        first("#1001", 1),
        more("#1001", Lineitem_quantity=0),
        first("#1002", 2, Payment_Method="(for testing) Bogus Gateway"),
        more("#1002"),
        {},
        first("#1001", 1),
        more("#1001"),
        {"Lineitem name": "Fern print"},
        more("#1001", Lineitem_price=""),
    )

    (read,) = account.reads
    assert {fate.why: fate.rows for fate in read.fates} == {
        "lines of orders; the first of an order carries its totals": 1,
        "belong to an order whose first row is not in the export": 1,
        "have no quantity: lines taken out of their order": 1,
        "belong to test orders, paid through the Bogus Gateway": 2,
        "repeat an order that is in the export already": 3,
        "are blank": 1,
        "name no order": 1,
    }
    assert chosen(tables["orders"], "order_id", "subtotal") == [("#1001", 16.0)]


def test_two_orders_may_share_a_name(imported) -> None:
    _, tables = imported(first("#1", 1), more("#1"), first("#1", 2))

    assert chosen(tables["order_items"], "order_id", "line_no") == [
        ("#1/5550000000001", 1),
        ("#1/5550000000001", 2),
        ("#1/5550000000002", 1),
    ]


def test_summer_time_does_not_move_an_order_to_another_day(imported) -> None:
    account, tables = imported(
        first("#1", 1, Created_at="2026-01-10 00:10:00 +0100"), first("#2", 2, Created_at="2026-07-10 00:10:00 +0200")
    )

    assert chosen(tables["orders"], "ordered_at") == [
        (pd.Timestamp("2026-01-10 00:10"),),
        (pd.Timestamp("2026-07-10 00:10"),),
    ]
    assert account.notes[0].endswith("offsets from UTC (+0100: 1 orders, +0200: 1 orders)")


def test_the_contract_holds(imported, tmp_path: Path) -> None:
    imported(first("#1", 1, Subtotal="32.00", Total="38.00"), more("#1"), first("#2", 2, Email=""))

    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    assert [breach.detail for name in catalog.names for breach in examine(catalog, name).breaches] == [
        "1 of 2 orders (50.0 %) has no user id, for example order #2",
        "1 of 3 order items (33.3 %) has no user id, for example order #2, line 1",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [first("#1", 1), first("#2", 2, Currency="EUR"), first("#3", 3)],
            "orders_export.csv: wanted orders of one currency, found USD (2 orders), EUR (1 orders); put the orders of each currency into a file and import each into a folder of its own",
        ),
        (
            [first("#1", 1, Lineitem_sku="4.00639E+12")],
            "orders_export.csv: 1 of the values of 'Lineitem sku' were rounded by a spreadsheet program, like '4.00639E+12' in row 1; export it again and do not save it from there",
        ),
        (
            [first("#1", 1, Created_at="31/01/2026 18:05")],
            "orders_export.csv: column 'Created at': 1 value is no time (like 2026-01-31 18:05:00): '31/01/2026 18:05' in row 1; correct the source (row 1 is the first below the header)",
        ),
        (
            [first("#1", 1, Total="22,00")],
            "orders_export.csv: column 'Total': 1 value is no amount of money (a plain number like 1234.50): '22,00' in row 1; correct the source (row 1 is the first below the header)",
        ),
        ([more("#1")], "orders_export.csv holds no order: no row has a name and a Total; export it again"),
    ],
)
def test_what_cannot_be_imported(imported, tmp_path: Path, rows: list[dict], said: str) -> None:
    with pytest.raises(DataError) as caught:
        imported(*rows)

    assert str(caught.value) == said
    assert not (tmp_path / "out").exists()


def test_a_semicolon_between_columns_is_understood(tmp_path: Path) -> None:
    path = write(tmp_path / "orders_export.csv", first("#1", 1))
    path.write_text(path.read_text().replace(",", ";"))

    assert import_export("shopify", path, tmp_path / "out").tables["orders"] == 1
