"""Olist's public data set: a Brazilian marketplace's orders of 2016 to 2018, a folder of nine CSV files.

The columns and what they mean: the data set's page, "Brazilian E-Commerce Public Dataset by Olist".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import DataError
from workbench.tables.files import near_file
from workbench.tables.importers.account import Read
from workbench.tables.importers.desk import NO_CATEGORY, Column, Desk, Imported, Table, quoted

# Payment is approved before an order is processed or invoiced.  `unavailable`: the goods never were, so nobody bought.
STATUSES = {
    "created": "placed",
    "approved": "paid",
    "processing": "paid",
    "invoiced": "paid",
    "shipped": "shipped",
    "delivered": "delivered",
    "canceled": "cancelled",
    "unavailable": "cancelled",
}


@dataclass(frozen=True, slots=True)
class _Source:
    """One file of the data set.

    Attributes:
        stem: Its name without `.csv`.
        key: What names a row; rows without it, and rows that repeat an earlier one, are left out.
        columns: What is read.
        into: The canonical table in which each remaining row is one; "" if none.
        why: What the remaining rows are.
        leave: Other rows that are left out: why → the condition.
        worth: An amount of money that the account sums.
    """

    stem: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    into: str
    why: str
    leave: Mapping[str, str] = field(default_factory=dict)
    worth: str | None = None


# In this order: a file's rows are held against those of the files before it.
_LOST = {"belong to an order that is not in the export": "order_id NOT IN (SELECT order_id FROM known)"}
_SOURCES = {
    "orders": _Source(
        "olist_orders_dataset",
        ("order_id",),
        (
            Column("order_id", "id"),
            Column("customer_id", "id"),
            Column("order_status", "text"),
            Column("order_purchase_timestamp", "time"),
            Column("order_approved_at", "time"),
            Column("order_delivered_carrier_date", "time"),
            Column("order_delivered_customer_date", "time"),
            Column("order_estimated_delivery_date", "time"),
        ),
        "orders",
        "orders",
    ),
    "items": _Source(
        "olist_order_items_dataset",
        ("order_id", "order_item_id"),
        (
            Column("order_id", "id"),
            Column("order_item_id", "integer"),
            Column("product_id", "id"),
            Column("seller_id", "id"),
            Column("price", "money"),
            Column("freight_value", "money"),
        ),
        "order_items",
        "single units, each a line of its order",
        _LOST,
        "price",
    ),
    "customers": _Source(
        "olist_customers_dataset",
        ("customer_id",),
        (
            Column("customer_id", "id"),
            Column("customer_unique_id", "id"),
            Column("customer_city", "text"),
            Column("customer_state", "text"),
        ),
        "users",
        "persons, by customer_unique_id",
        {
            "placed no order that is in the export": "customer_id NOT IN (SELECT customer_id FROM first_seen)",
            "are other orders of a person: customer_id is one per order": (
                "customer_id NOT IN (SELECT first_customer_id FROM first_seen)"
            ),
        },
    ),
    "products": _Source(
        "olist_products_dataset",
        ("product_id",),
        (
            Column("product_id", "id"),
            Column("product_category_name", "text"),
            # The data set itself writes "lenght".
            Column("title_len", "integer", ("product_name_lenght", "product_name_length"), optional=True),
            Column("desc_len", "integer", ("product_description_lenght", "product_description_length"), optional=True),
            Column("product_photos_qty", "integer", optional=True),
        ),
        "products",
        "products",
    ),
    "payments": _Source(
        "olist_order_payments_dataset",
        ("order_id", "payment_sequential"),
        (
            Column("order_id", "id"),
            Column("payment_sequential", "integer"),
            Column("payment_type", "text"),
            Column("payment_value", "money"),
        ),
        "",
        "payments: their order has the type of the largest",
        _LOST,
        "payment_value",
    ),
    "reviews": _Source(
        "olist_order_reviews_dataset",
        ("review_id", "order_id"),
        (
            Column("review_id", "id"),
            Column("order_id", "id"),
            Column("review_score", "number"),
            Column("review_comment_message", "text", optional=True),
            Column("review_creation_date", "time"),
            Column("review_answer_timestamp", "time"),
        ),
        "tickets",
        "reviews",
        _LOST,
    ),
    "names": _Source(
        "product_category_name_translation",
        ("product_category_name",),
        (Column("product_category_name", "text"), Column("product_category_name_english", "text")),
        "",
        "name a category in English",
    ),
}
# Places of sellers and of postcodes: no canonical table holds either.
_UNREAD = ("olist_sellers_dataset", "olist_geolocation_dataset")

# What files say about one another, made as soon as the first of them is sorted.
_AFTER = {
    "orders": "CREATE VIEW known AS SELECT order_id FROM orders_kept",
    "items": """
        CREATE TABLE baskets AS SELECT order_id, sum(price) AS subtotal, sum(freight_value) AS shipping
        FROM items_kept GROUP BY order_id;
        CREATE TABLE first_seen AS
        SELECT customer_unique_id, customer_id, order_purchase_timestamp AS first_seen_at,
            first_value(customer_id) OVER (
                PARTITION BY customer_unique_id ORDER BY order_purchase_timestamp, o.row
            ) AS first_customer_id
        FROM (SELECT customer_id, min(customer_unique_id) AS customer_unique_id FROM customers GROUP BY customer_id)
            JOIN orders_kept o USING (customer_id)""",
    "customers": """
        CREATE TABLE placed AS SELECT o.*, customer_unique_id AS user_id
        FROM orders_kept o LEFT JOIN (SELECT DISTINCT customer_id, customer_unique_id FROM first_seen)
            USING (customer_id)""",
    "payments": """
        CREATE TABLE paid AS
        SELECT order_id, sum(payment_value) AS value, bool_or(payment_type = 'voucher') AS by_voucher,
            nullif(arg_max(payment_type, (payment_value, -payment_sequential)), 'not_defined') AS payment_type
        FROM payments_kept GROUP BY order_id""",
}

_CATEGORY = f"coalesce(product_category_name, {quoted(NO_CATEGORY)})"
_STATUS = f"MAP {{{', '.join(f'{quoted(said)}: {quoted(meant)}' for said, meant in STATUSES.items())}}}[order_status]"
_TABLES = {
    "orders": f"""
        SELECT order_id, user_id, order_purchase_timestamp AS ordered_at, {_STATUS} AS status, payment_type,
            order_approved_at AS paid_at, order_delivered_carrier_date AS shipped_at,
            order_delivered_customer_date AS delivered_at, order_estimated_delivery_date AS promised_at,
            subtotal, shipping
        FROM placed LEFT JOIN baskets USING (order_id) LEFT JOIN paid USING (order_id)""",  # noqa: S608  own words, here and below
    "order_items": """
        SELECT order_id, order_item_id AS line_no, product_id, 1 AS quantity, price AS unit_price, seller_id, user_id,
            order_purchase_timestamp AS ordered_at
        FROM items_kept i JOIN placed USING (order_id)""",
    "users": """
        SELECT c.customer_unique_id AS user_id, min(first_seen_at) AS first_seen_at, 'BR' AS country,
            any_value(customer_state) AS region, any_value(customer_city) AS city
        FROM customers_kept c JOIN first_seen USING (customer_id) GROUP BY 1""",
    "products": f"""
        SELECT product_id, {_CATEGORY} AS category_id, title_len AS content_title_len, desc_len AS content_desc_len,
            product_photos_qty AS content_images
        FROM products_kept""",  # noqa: S608
    "categories": f"""
        SELECT category_id, coalesce(any_value(product_category_name_english), category_id) AS name
        FROM (
            SELECT product_category_name AS category_id FROM names
            UNION SELECT {_CATEGORY} FROM products_kept
        ) LEFT JOIN names ON product_category_name = category_id
        WHERE category_id IS NOT NULL GROUP BY category_id""",  # noqa: S608
    # A review may cover several orders: its id alone names no row.
    "tickets": """
        SELECT review_id || ':' || r.order_id AS ticket_id, user_id,
            coalesce(review_answer_timestamp, review_creation_date) AS created_at, 'review' AS kind,
            review_score AS score, r.order_id, review_comment_message AS comment
        FROM reviews_kept r JOIN placed USING (order_id)""",
}  # fmt: skip

# What is counted → what to say of it; nothing where it is 0.
_REMARKS = (
    (
        "SELECT count(*) FROM placed ANTI JOIN baskets USING (order_id)",
        "orders without items, kept without a subtotal: {:,}",
    ),
    (
        "SELECT count(*) FROM placed WHERE user_id IS NULL",
        "orders of a customer who is not in the customers' file, kept as anonymous: {:,}",
    ),
    (
        "SELECT count(*) FROM placed ANTI JOIN paid USING (order_id)",
        "orders without a payment, kept without a payment type: {:,}",
    ),
    (
        "SELECT count(*) FROM paid WHERE by_voucher",
        "orders paid with vouchers, in part or whole; a voucher is a means of payment, not a discount: {:,}",
    ),
    (
        "SELECT count(*) FROM paid JOIN baskets USING (order_id) WHERE abs(value - subtotal - shipping) > 0.015",
        "orders whose payments are not price and freight together; the prices count: {:,}",
    ),
    (
        "SELECT count(*) FROM products_kept WHERE product_category_name IS NULL",
        f"products without a category, which is called {NO_CATEGORY}: {{:,}}",
    ),
    (
        "SELECT count(DISTINCT product_category_name) FROM products_kept ANTI JOIN names USING (product_category_name)",
        "categories without an English name, which keep the Portuguese one: {:,}",
    ),
    (
        "SELECT count(*) - count(DISTINCT review_id) FROM reviews_kept",
        "reviews with the id of another order's review; tickets are named by review and order: {:,}",
    ),
)


def convert(desk: Desk, path: Path) -> Imported:
    """The folder of the data set; its times are local Brazilian time already."""
    files = _found(path)
    for name, source in _SOURCES.items():
        desk.read(files[name], name, source.columns)
    reads = tuple(_sorted(desk, name, files[name]) for name in _SOURCES)
    tables = {name: Table(query) for name, query in _TABLES.items()}
    tables["orders"] = Table(_TABLES["orders"], constants={"currency": "BRL"})
    return Imported(tables, reads, (*_remarks(desk), *_unknown_statuses(desk), *_unread(path)))


def _sorted(desk: Desk, name: str, file: Path) -> Read:
    """Lay out the rows of a source that are kept as `name`_kept, and what else hangs on them; the account of all."""
    source = _SOURCES[name]
    key, kept = ", ".join(source.key), quoted(source.why)
    repeated = f"row_number() OVER (PARTITION BY {key} ORDER BY row) > 1"
    missing = " OR ".join(f"{column} IS NULL" for column in source.key)
    leave = {f"have no {' or no '.join(source.key)}": missing, "repeat an earlier row": repeated, **source.leave}
    whens = " ".join(f"WHEN {condition} THEN {quoted(why)}" for why, condition in leave.items())
    desk.run(
        f"CREATE TABLE {name}_fates AS SELECT *, if(why = {kept}, {quoted(source.into)}, '') AS into_table "  # noqa: S608
        f"FROM (SELECT *, CASE {whens} ELSE {kept} END AS why FROM {name})"
    )
    desk.run(f"CREATE VIEW {name}_kept AS SELECT * FROM {name}_fates WHERE why = {kept}")  # noqa: S608
    if name in _AFTER:
        desk.run(_AFTER[name])
    fates = desk.fates(f"{name}_fates", source.worth)
    return Read(file.name, sum(fate.rows for fate in fates), fates)


def _found(path: Path) -> dict[str, Path]:
    """The file of each source, by its name with `.csv` or `.csv.gz`."""
    if not path.is_dir():
        raise DataError(f"{path.name} is a file; wanted the folder that holds the CSV files of the data set")
    present = sorted(entry.name for entry in path.iterdir())
    found = {}
    for name, source in _SOURCES.items():
        stem = source.stem
        fitting = [f"{stem}{suffix}" for suffix in (".csv", ".csv.gz") if f"{stem}{suffix}" in present]
        if not fitting:
            near = near_file(path / f"{stem}.csv")
            raise DataError(f"{path.name} has no file {stem}.csv; {near}; put all files of the data set into it")
        found[name] = path / fitting[0]
    return found


def _remarks(desk: Desk) -> list[str]:
    counts = [desk.value(query) for query, _ in _REMARKS]
    return [words.format(count) for count, (_, words) in zip(counts, _REMARKS, strict=True) if count]


def _unknown_statuses(desk: Desk) -> list[str]:
    query = f"SELECT count(*), order_status FROM placed WHERE {_STATUS} IS NULL GROUP BY ALL ORDER BY ALL"  # noqa: S608
    return [
        f"orders of the unknown status {said!r}, which is left missing: {count:,}" for count, said in desk.rows(query)
    ]


def _unread(path: Path) -> list[str]:
    there = [stem for stem in _UNREAD if any(path.glob(f"{stem}.csv*"))]
    return [f"not read: {' and '.join(there)}; no canonical table holds places"] if there else []
