"""UCI Online Retail I and II: invoice lines of a British wholesaler.

Chen (2015), Online Retail, doi 10.24432/C5BW33; Chen (2019), Online Retail II, doi 10.24432/C5CG6D.

Every row of a source has one fate, the first that fits: the other sheet's double, an adjustment, no product, a
cancellation, a correction of the stock, or a line of an order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers import IMPORTERS
from workbench.tables.importers.account import Read
from workbench.tables.importers.cancellations import match_cancellations
from workbench.tables.importers.desk import NO_CATEGORY, Column, Desk, Imported, Table, quoted
from workbench.tables.importers.workbook import Workbook

# The spellings of I, then of II.
_COLUMNS = (
    Column("invoice", "id", ("InvoiceNo", "Invoice")),
    Column("code", "id", ("StockCode",)),
    Column("description", "text", ("Description",)),
    Column("quantity", "integer", ("Quantity",)),
    Column(
        "moment",
        "time",
        ("InvoiceDate",),
        formats=tuple(
            f"{day} {clock}"
            for day in ("%m/%d/%Y", "%m/%d/%y", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y")
            for clock in ("%H:%M", "%H:%M:%S")
        ),
    ),
    Column("price", "money", ("UnitPrice", "Price")),
    Column("customer", "id", ("CustomerID", "Customer ID", "Customer_ID")),
    Column("country", "text", ("Country",)),
)
# What stands in the place of a product.  Codes are held against this in capitals; GIFT and TEST by their beginning.
_NO_PRODUCT: Mapping[str, str] = {
    "POST": "postage",
    "DOT": "postage of the web shop",
    "C2": "carriage",
    "C3": "carriage",
    "D": "discounts",
    "M": "entries by hand",
    "S": "samples",
    "BANK CHARGES": "charges of the bank",
    "AMAZONFEE": "fees of Amazon",
    "CRUK": "commission to Cancer Research UK",
    "PADS": "pads for cushions, booked at nothing",
    "B": "bad debt",
    "ADJUST": "adjustments",
    "ADJUST2": "adjustments",
    "GIFT": "gift vouchers",
    "TEST": "tests",
    "22016": "gift vouchers",
    "23574": "charges for packing",
}
_BEGINNINGS = ("GIFT", "TEST")


def convert(desk: Desk, path: Path) -> Imported:
    """Invoices become orders, their rows order items, cancellations returns; users and products follow from them."""
    sources = _lay_out(desk, path)
    desk.run(
        _STACKED.format(
            sources=" UNION ALL ".join(f"SELECT {i} AS source, * FROM source_{i}" for i in range(len(sources)))  # noqa: S608  own words
        )
    )
    for i in range(len(sources)):
        desk.run(f"DROP TABLE source_{i}")
    desk.run(_SORTED.format(codes=_codes()))
    match_cancellations(desk)
    desk.run(_FATED)
    desk.run(_ITEMS)
    reads = []
    for i, (name, rows) in enumerate(sources.items()):
        desk.run(f"CREATE VIEW fated_{i} AS FROM fated WHERE source = {i}")
        reads.append(Read(name, rows, desk.fates(f"fated_{i}", "money")))
    tables = {
        "orders": Table(_ORDERS, constants={"currency": "GBP"}),
        "order_items": Table(_ORDER_ITEMS),
        "returns": Table("FROM returned"),
        "users": Table(_USERS),
        "products": Table(_PRODUCTS),
    }
    return Imported(tables, tuple(reads), tuple(_notes(desk, path)))


def _lay_out(desk: Desk, path: Path) -> dict[str, int]:
    """Read the sources into the tables `source_0`, `source_1`, …; what each is called → its rows."""
    found: dict[str, int] = {}
    for file in sorted(_files(path)) if path.is_dir() else [path]:
        if file.name.lower().endswith(".xlsx"):
            book = Workbook(file)
            for sheet in book.sheets():
                rows = desk.read_sheet(book, sheet, f"source_{len(found)}", _COLUMNS)
                found[f"{file.name}, sheet {sheet!r}"] = rows
        else:
            found[file.name] = desk.read(file, f"source_{len(found)}", _COLUMNS, legacy="cp1252")
    return found


def _files(path: Path) -> Iterable[Path]:
    importer = IMPORTERS["uci-online-retail"]
    files = [file for file in path.iterdir() if importer.reads(file)]
    if not files:
        raise DataError(f"{path.name} holds no such file; wanted {importer.expects}")
    return files


def _codes() -> str:
    """What a code stands for, as the branches of a CASE; a product is none of them."""
    whens = []
    for code, words in _NO_PRODUCT.items():
        test = f"starts_with(code, {quoted(code)})" if code in _BEGINNINGS else f"code = {quoted(code)}"
        whens.append(f"WHEN {test} THEN {quoted(f'no product: {code}, {words}')}")
    return " ".join(whens)


# 85123a and 85123A are one product.
_STACKED = """
CREATE TABLE lines AS
SELECT row_number() OVER (ORDER BY source, row) AS row, source, invoice, code AS stated_code, upper(code) AS code,
    description, quantity, moment, price, customer, country, quantity * price AS money
FROM ({sources})"""
# Free goods stay: price 0 for a known customer, or beside priced lines.  Of the anonymous invoices without any price
# nearly all have one line only, described as "check", "found", "damaged" or not at all.
_SORTED = """
CREATE TABLE sorted AS
SELECT *, CASE
    WHEN min(source) OVER (PARTITION BY invoice, code, quantity, price, nth) < source
        THEN 'repeat a line of an earlier sheet or file'
    WHEN invoice IS NULL OR code IS NULL OR quantity IS NULL OR price IS NULL OR moment IS NULL
        THEN 'lack the invoice, product code, quantity, price or time'
    WHEN starts_with(invoice, 'A') THEN 'adjustments of bad debt, invoices A…'
    {codes}
    WHEN starts_with(invoice, 'C') THEN 'cancels'
    WHEN quantity <= 0 THEN 'quantities below 1 outside of cancellations: corrections of the stock'
    WHEN price < 0 THEN 'prices below 0'
    WHEN price = 0 AND customer IS NULL AND max(price) OVER (PARTITION BY source, invoice) <= 0
        THEN 'price 0, no customer, nothing priced on the invoice: corrections of the stock'
    ELSE 'lines of orders'
END AS why
FROM (
    SELECT *, row_number() OVER (PARTITION BY source, invoice, code, quantity, price ORDER BY row) AS nth FROM lines
);
DROP TABLE lines"""
_FATED = """
CREATE TABLE fated AS
SELECT * EXCLUDE (why), CASE
    WHEN why <> 'cancels' THEN why
    WHEN sold_row IS NOT NULL THEN 'cancellations, each of an earlier line of the same customer'
    WHEN customer IS NULL THEN 'cancellations without a customer, so without a line to match'
    ELSE 'cancellations of a line that is not there, or of more than was left of it'
END AS why, CASE WHEN why = 'lines of orders' THEN 'order_items' WHEN sold_row IS NOT NULL THEN 'returns' ELSE '' END
AS into_table
FROM sorted LEFT JOIN matches USING (row);
DROP TABLE sorted"""
# An invoice may span two minutes; its first counts.
_ITEMS = """
CREATE TABLE items AS
SELECT row, invoice AS order_id, row_number() OVER (PARTITION BY invoice ORDER BY row) AS line_no, code AS product_id,
    quantity, price AS unit_price, money, max(customer) OVER (PARTITION BY invoice) AS user_id,
    min(moment) OVER (PARTITION BY invoice) AS ordered_at, country, description
FROM fated WHERE into_table = 'order_items';
CREATE TABLE returned AS
SELECT order_id, line_no, row_number() OVER (PARTITION BY order_id, line_no ORDER BY f.moment, f.row) AS seq,
    -f.quantity AS quantity, f.moment AS returned_at, round(-f.money, 4) AS refund, user_id, product_id,
    f.invoice AS cancellation_id
FROM fated f JOIN items i ON f.sold_row = i.row WHERE f.into_table = 'returns'"""
_ORDER_ITEMS = "SELECT order_id, line_no, product_id, quantity, unit_price, user_id, ordered_at FROM items"
_ORDERS = """
WITH back AS (SELECT order_id, sum(quantity) AS units, sum(refund) AS refund FROM returned GROUP BY order_id)
SELECT order_id, user_id, ordered_at, if(back.units = sold.units, 'returned', 'placed') AS status, subtotal,
    0.0::DOUBLE AS discount, round(coalesce(refund, 0), 4) AS refund, country
FROM (
    SELECT order_id, any_value(user_id) AS user_id, any_value(ordered_at) AS ordered_at, sum(quantity) AS units,
        round(sum(money), 4) AS subtotal, min(country) AS country
    FROM items GROUP BY order_id
) sold LEFT JOIN back USING (order_id)"""
_USERS = """
SELECT user_id, min(ordered_at) AS first_seen_at, arg_min(country, (ordered_at, row)) AS country
FROM items WHERE user_id IS NOT NULL GROUP BY user_id"""
_PRODUCTS = f"""
SELECT product_id, {quoted(NO_CATEGORY)} AS category_id, arg_max(description, (lines, last_row)) AS title
FROM (SELECT product_id, description, count(description) AS lines, max(row) AS last_row FROM items GROUP BY ALL)
GROUP BY product_id"""  # noqa: S608  own words
# All that the source says of a row, and how a message names one.
_SAID = "invoice, stated_code, description, quantity, moment, price, customer, country"
_SHOWN = "concat('invoice ', invoice, ', product ', stated_code)"
PUBLISHED_REPEATED = 5_268 / 541_909  # of I


_COUNTED = {
    "order lines that are free of charge": "FROM items WHERE unit_price = 0",
    "orders without a customer, which stay as anonymous ones": (
        "SELECT DISTINCT order_id FROM items WHERE user_id IS NULL"
    ),
    "invoices without a line of an order, which are no order": (
        "SELECT DISTINCT invoice FROM fated ANTI JOIN items ON invoice = order_id WHERE NOT starts_with(invoice, 'C')"
    ),
    "customers without an order, who are no user": (
        "SELECT DISTINCT customer FROM fated ANTI JOIN items ON customer = user_id WHERE customer IS NOT NULL"
    ),
    "users who bought from several countries, of which the first counts": (
        "SELECT user_id FROM items WHERE user_id IS NOT NULL GROUP BY ALL HAVING count(DISTINCT country) > 1"
    ),
    "products with several descriptions, of which the commonest is the title": (
        "SELECT product_id FROM items GROUP BY ALL HAVING count(DISTINCT description) > 1"
    ),
    "orders that span several minutes, of which the first counts": (
        "SELECT invoice FROM fated WHERE into_table = 'order_items' GROUP BY ALL HAVING count(DISTINCT moment) > 1"
    ),
}


def _notes(desk: Desk, path: Path) -> Iterator[str]:
    yield "times are taken as they stand, on the clock of the shop in the United Kingdom"
    once = "(FROM fated WHERE why NOT LIKE 'repeat a line%')"
    rows, first, last, anonymous, cancels = desk.rows(
        "SELECT count(*), min(moment), max(moment), count(*) - count(customer), "  # noqa: S608  own words
        f"count(*) FILTER (starts_with(invoice, 'C')) FROM {once}"
    )[0]
    same = desk.repeated(path.name, once, _SAID, _SHOWN, PUBLISHED_REPEATED)
    yield (
        f"of {rows:,} rows from {first} to {last}, {anonymous:,} have no customer and {cancels:,} cancel; "
        f"{same:,} ({same / rows:.1%}) repeat another row exactly and stay: invoices list a product "
        "several times, mostly single pieces"
    )
    kept, customers, invoices, codes, money = desk.rows(
        "SELECT count(*), count(DISTINCT customer), count(DISTINCT invoice), count(DISTINCT stated_code), sum(money) "  # noqa: S608
        f"FROM {once} WHERE customer IS NOT NULL AND quantity > 0 AND price > 0"
    )[0]
    yield (
        f"by the usual filter (a customer, quantity and price above 0; product codes not looked at): {kept:,} rows, "
        f"{customers:,} customers, {invoices:,} invoices, {codes:,} products, {money or 0:,.2f} GBP"
    )
    counts = {words: desk.value(f"SELECT count(*) FROM ({query})") for words, query in _COUNTED.items()}  # noqa: S608
    yield from (f"{words}: {count:,}" for words, count in counts.items() if count)
    yield f"products have no category, for the export names none; it is called {NO_CATEGORY}"
