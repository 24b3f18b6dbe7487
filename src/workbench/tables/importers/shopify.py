"""A Shopify orders export: a CSV with one row per line of an order, whose first row also carries the order.

The columns and what they mean: Shopify's help, "Exporting orders".  `Subtotal` is what the lines cost after all
discounts, and `Total` adds shipping and, unless prices include it, tax.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers.account import Read
from workbench.tables.importers.desk import NO_CATEGORY, Column, Desk, Imported, Table, quoted

_ZONED = ("%Y-%m-%d %H:%M:%S %z",)  # 2026-01-31 18:05:00 +0800
_COLUMNS = (
    Column("Name", "id"),
    Column("Email", "text"),
    Column("Financial Status", "text"),
    Column("Paid at", "time", optional=True, formats=_ZONED),
    Column("Fulfillment Status", "text"),
    Column("Fulfilled at", "time", optional=True, formats=_ZONED),
    Column("Currency", "text"),
    Column("Subtotal", "money"),
    Column("Shipping", "money"),
    Column("Taxes", "money"),
    Column("Total", "money"),
    Column("Discount Code", "text", optional=True),
    Column("Discount Amount", "money"),
    Column("Created at", "time", formats=_ZONED),
    Column("Lineitem quantity", "integer"),
    Column("Lineitem name", "text"),
    Column("Lineitem price", "money"),
    Column("Lineitem compare at price", "money", optional=True),
    Column("Lineitem sku", "text", optional=True),
    Column("Lineitem discount", "money", optional=True),
    Column("Shipping Country", "text", optional=True),
    Column("Shipping Province", "text", optional=True),
    Column("Shipping City", "text", optional=True),
    Column("Cancelled at", "time", optional=True, formats=_ZONED),
    Column("Payment Method", "text", optional=True),
    Column("Refunded Amount", "money", optional=True),
    Column("Duties", "money", optional=True),
    Column("Vendor", "text", optional=True),
    Column("Id", "id", optional=True),
    Column("Source", "text", optional=True),
    # The same once more, as it is written: the cast above has checked it, and brings it to UTC.
    Column("paid", "text", ("Paid at",), optional=True),
    Column("fulfilled", "text", ("Fulfilled at",), optional=True),
    Column("created", "text", ("Created at",)),
    Column("cancelled", "text", ("Cancelled at",), optional=True),
)

_LINES = "lines of orders; the first of an order carries its totals"
_WHY = f"""CASE
    WHEN "Name" IS NULL AND "Lineitem name" IS NULL AND "Total" IS NULL THEN 'are blank'
    WHEN "Name" IS NULL THEN 'name no order'
    WHEN block = 0 THEN 'belong to an order whose first row is not in the export'
    WHEN is_test THEN 'belong to test orders, paid through the Bogus Gateway'
    WHEN copy > 1 THEN 'repeat an order that is in the export already'
    WHEN coalesce("Lineitem quantity", 0) <= 0 THEN 'have no quantity: lines taken out of their order'
    WHEN product_id IS NULL OR "Lineitem price" IS NULL THEN 'have no product or no price'
    ELSE {quoted(_LINES)} END"""

# A row with a total begins an order; the rows below with its name are its lines.  Two orders may share a name.
_SORTED = f"""
CREATE TABLE blocks AS SELECT *,
    "Total" IS NOT NULL AS is_first,
    count("Total") OVER (PARTITION BY "Name" ORDER BY row) AS block,
    coalesce("Lineitem sku", "Lineitem name") AS product_id
FROM export;

CREATE TABLE heads AS SELECT * EXCLUDE (product_id),
    row_number() OVER (PARTITION BY "Name", "Id" ORDER BY block) AS copy,
    coalesce(contains(lower("Payment Method"), 'bogus'), false) AS is_test,
    if(count(DISTINCT "Id") OVER (PARTITION BY "Name") > 1, "Name" || '/' || "Id", "Name") AS order_id
FROM blocks WHERE is_first AND "Name" IS NOT NULL;

CREATE TABLE fates AS SELECT *, {_WHY} AS why, if(why = {quoted(_LINES)}, 'order_items', '') AS into_table
FROM blocks LEFT JOIN (SELECT "Name", block, copy, is_test, order_id FROM heads) USING ("Name", block);

CREATE VIEW first_rows AS SELECT * FROM heads WHERE copy = 1 AND NOT is_test;
"""  # noqa: S608  own words, here and below


def _local(text: str) -> str:
    """The wall clock of the shop, as it is written."""
    return f"CAST(left({text}, 19) AS TIMESTAMP)"


# `kept` is the part of an amount that is not tax: 1 where prices are net.  The export has one tax per order, so where
# prices include it every amount of the order gives up the same share.
_JOINED = f"""
CREATE TABLE lines AS SELECT order_id, row_number() OVER (PARTITION BY order_id ORDER BY row) AS line_no, product_id,
    "Lineitem quantity" AS quantity, "Lineitem price" AS price,
    greatest(0, price - coalesce("Lineitem discount", 0) / quantity) AS unit_price,
    nullif("Lineitem compare at price", 0) AS list_price, "Lineitem name" AS title, "Vendor" AS brand, row
FROM fates WHERE into_table <> '';

CREATE TABLE placed AS
WITH totals AS (
    SELECT order_id, sum(quantity * unit_price) AS lines, sum(quantity * price) AS full_lines FROM lines GROUP BY 1
), sums AS (
    SELECT *, coalesce("Taxes", 0) AS taxes, coalesce("Shipping", 0) AS freight,
        coalesce("Subtotal", lines - coalesce("Discount Amount", 0), 0) AS net_of_discount,
        "Total" - net_of_discount - freight - coalesce("Duties", 0) AS beyond
    FROM first_rows LEFT JOIN totals USING (order_id)
)
SELECT *,
    left(sha256(nullif(lower(trim("Email")), '')), 16) AS user_id, {_local("created")} AS ordered_at,
    taxes > 0 AND abs(beyond) < abs(beyond - taxes) AS is_gross,
    if(is_gross AND net_of_discount + freight > 0, 1 - taxes / (net_of_discount + freight), 1) AS kept,
    kept * greatest(coalesce(lines, net_of_discount), net_of_discount) AS basket,
    basket - kept * net_of_discount AS discount,
    if("Total" > 0, 1 - taxes / "Total", 1) * "Refunded Amount" AS refund
FROM sums;
"""  # noqa: S608

# What is done last counts: a cancelled order may have been paid before.
_STATUS = """CASE
    WHEN "Cancelled at" IS NOT NULL OR "Financial Status" = 'voided' THEN 'cancelled'
    WHEN "Financial Status" = 'refunded' THEN 'returned'
    WHEN "Fulfillment Status" = 'fulfilled' THEN 'shipped'
    WHEN "Financial Status" IN ('paid', 'partially_refunded') THEN 'paid'
    WHEN "Financial Status" IN ('pending', 'authorized', 'partially_paid', 'unpaid', 'expired') THEN 'placed'
END"""
_TABLES = {
    "orders": f"""
        SELECT order_id, user_id, ordered_at, {_STATUS} AS status, "Source" AS channel,
            "Payment Method" AS payment_type, {_local("paid")} AS paid_at, {_local("fulfilled")} AS shipped_at,
            {_local("cancelled")} AS cancelled_at, basket AS subtotal, discount, kept * freight AS shipping,
            taxes AS tax, refund
        FROM placed""",  # noqa: S608
    "order_items": """
        SELECT order_id, line_no, product_id, quantity, kept * unit_price AS unit_price,
            kept * list_price AS list_price, kept * (price - unit_price) * quantity AS discount, user_id, ordered_at
        FROM lines JOIN placed USING (order_id)""",
    "users": """
        SELECT user_id, min(ordered_at) AS first_seen_at,
            arg_min("Shipping Country", (ordered_at, row)) AS country,
            arg_min("Shipping Province", (ordered_at, row)) AS region,
            arg_min("Shipping City", (ordered_at, row)) AS city
        FROM placed WHERE user_id IS NOT NULL GROUP BY user_id""",
    "products": f"""
        SELECT product_id, {quoted(NO_CATEGORY)} AS category_id, arg_max(title, row) AS title,
            arg_max(brand, row) AS brand
        FROM lines GROUP BY product_id""",  # noqa: S608
    "coupon_redemptions": """
        SELECT "Discount Code" AS coupon_id, order_id, ordered_at AS redeemed_at, discount, user_id
        FROM placed WHERE "Discount Code" IS NOT NULL""",
}
_REMARKS = (
    (
        'SELECT count(*) FROM lines JOIN fates USING (order_id, row) WHERE "Lineitem sku" IS NULL',
        "lines without a SKU, whose product is known by its name: {:,}",
    ),
    ("SELECT count(*) FROM placed WHERE user_id IS NULL", "orders without an e-mail address, kept as anonymous: {:,}"),
    (
        "SELECT count(*) FROM placed WHERE is_gross",
        "orders whose prices include tax, which was taken off in proportion: {:,}",
    ),
    (
        'SELECT count(*) FROM placed WHERE abs(full_lines - net_of_discount - coalesce("Discount Amount", 0)) > 0.015',
        "orders whose lines less Discount Amount are not their Subtotal; lines and Subtotal count: {:,}",
    ),
    (
        'SELECT count(*) FROM placed WHERE "Refunded Amount" > 0',
        "orders with a refund; the export does not say of which line or when, so there is no table of returns: {:,}",
    ),
    (
        f'SELECT count(*) FROM placed WHERE "Financial Status" IS NOT NULL AND {_STATUS} IS NULL',  # noqa: S608
        "orders of an unknown Financial Status, whose status is left missing: {:,}",
    ),
)


def convert(desk: Desk, path: Path) -> Imported:
    """The rows of the export; times are the shop's clock, as they are written, so that summer time does no harm.

    Users are named by the first 16 digits of the SHA-256 of their e-mail address in lower case: the same in every
    export, and no report shows an address.
    """
    if path.is_dir():
        raise DataError(f"{path.name} is a folder; wanted one CSV file, as Shopify exports it")
    desk.read(path, "export", _COLUMNS)
    _refuse_rounded(desk, path)
    desk.run(_SORTED)
    currency = _currency(desk, path)
    desk.run(_JOINED)
    fates = desk.fates("fates", '"Lineitem quantity" * "Lineitem price"')
    tables = {name: Table(query) for name, query in _TABLES.items()}
    tables["orders"] = Table(_TABLES["orders"], constants={"currency": currency})
    counts = [(desk.value(query), words) for query, words in _REMARKS]
    notes = (_clock(desk), *(words.format(count) for count, words in counts if count))
    return Imported(tables, (Read(path.name, sum(fate.rows for fate in fates), fates),), notes)


def _refuse_rounded(desk: Desk, path: Path) -> None:
    """Refuse what a spreadsheet program makes of long article numbers: different products become one."""
    found = desk.rows(
        'SELECT "Lineitem sku", row, count(*) OVER () FROM export '
        "WHERE regexp_full_match(\"Lineitem sku\", '\\d([.,]\\d+)?E\\+\\d+') ORDER BY row LIMIT 1"
    )
    for sku, row, count in found:
        raise DataError(
            f"{path.name}: {count:,} of the values of 'Lineitem sku' were rounded by a spreadsheet program, like "
            f"{sku!r} in row {row:,}; export it again and do not save it from there"
        )


def _currency(desk: Desk, path: Path) -> str:
    """The one currency of all orders; amounts of several cannot be added."""
    found = desk.rows(
        'SELECT "Currency", count(*) FROM first_rows GROUP BY "Currency" ORDER BY count(*) DESC, "Currency"'
    )
    if not found:
        raise DataError(f"{path.name} holds no order: no row has a name and a Total; export it again")
    if len(found) > 1 or not found[0][0]:
        listed = ", ".join(f"{currency or 'none'} ({count:,} orders)" for currency, count in found)
        raise DataError(
            f"{path.name}: wanted orders of one currency, found {listed}; put the orders of each currency into a file "
            "and import each into a folder of its own"
        )
    return str(found[0][0])


def _clock(desk: Desk) -> str:
    found = desk.rows(
        "SELECT coalesce(nullif(regexp_extract(created, '[+-]\\d{4}$'), ''), 'none'), count(*) FROM first_rows "
        "GROUP BY ALL ORDER BY ALL"
    )
    listed = ", ".join(f"{offset}: {count:,} orders" for offset, count in found)
    return f"times are the shop's own clock as it was written, with these offsets from UTC ({listed})"
