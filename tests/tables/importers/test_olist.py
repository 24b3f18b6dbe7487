"""Olist's data set, imported: each of its traps in a folder of a few rows with the columns of the real files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from workbench.errors import DataError
from workbench.tables import collect, examine, open_catalog
from workbench.tables.importers import import_export

# Headers and spellings ("lenght") as in the published files; the ids are shorter.
FILES = {
    "olist_orders_dataset.csv": """"order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date"
"o1","c1","delivered",2017-10-02 10:56:33,2017-10-02 11:07:15,2017-10-04 19:55:00,2017-10-10 21:25:13,2017-10-18 00:00:00
"o2","c2","shipped",2018-07-24 20:41:37,2018-07-26 03:24:27,2018-07-26 14:31:00,,2018-08-13 00:00:00
"o3","c3","unavailable",2017-11-18 19:28:06,2017-11-18 19:45:59,,,2017-12-15 00:00:00
"o4","c4","created",2018-02-13 21:18:39,,,,2018-02-26 00:00:00
"o5","c5","canceled",2018-03-01 08:00:00,,,,2018-03-20 00:00:00
""",
    "olist_order_items_dataset.csv": """"order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value"
"o1",1,"p1","s1",2017-10-06 11:07:15,29.99,8.72
"o1",2,"p1","s1",2017-10-06 11:07:15,29.99,8.72
"o2",1,"p2","s2",2018-07-30 03:24:27,118.70,22.76
"o4",1,"p3","s2",2018-02-19 21:18:39,45.00,27.20
"lost",1,"p3","s2",2018-02-19 21:18:39,9.00,1.00
""",
    "olist_customers_dataset.csv": """"customer_id","customer_unique_id","customer_zip_code_prefix","customer_city","customer_state"
"c1","u1","01409","sao paulo","SP"
"c2","u1","14409","franca","SP"
"c3","u2","09790","sao bernardo do campo","SP"
"c4","u3","01151","sao paulo","SP"
"c9","u4","08775","mogi das cruzes","SP"
""",
    "olist_products_dataset.csv": """"product_id","product_category_name","product_name_lenght","product_description_lenght","product_photos_qty","product_weight_g","product_length_cm","product_height_cm","product_width_cm"
"p1","utilidades_domesticas","40","268","4","500","19","8","13"
"p2","pc_gamer","58","1100","1","1400","30","20","20"
"p3",,,,,"650","28","9","15"
""",
    "olist_order_payments_dataset.csv": """"order_id","payment_sequential","payment_type","payment_installments","payment_value"
"o1",1,"credit_card",1,18.12
"o1",2,"voucher",1,59.30
"o2",1,"boleto",1,141.46
"o3",1,"not_defined",1,0.00
"o4",1,"credit_card",3,75.00
""",
    "olist_order_reviews_dataset.csv": """"review_id","order_id","review_score","review_comment_title","review_comment_message","review_creation_date","review_answer_timestamp"
"r1","o1",5,,"Recebi bem antes do prazo
estipulado, ""ótimo"".",2017-10-11 00:00:00,2017-10-12 03:43:48
"r2","o2",1,,,2018-08-14 00:00:00,2018-08-15 12:00:00
"r2","o4",1,,,2018-08-14 00:00:00,2018-08-15 12:00:00
"r2","o4",1,,,2018-08-14 00:00:00,2018-08-15 12:00:00
""",
    # The published file begins with a byte order mark.
    "product_category_name_translation.csv": """\ufeffproduct_category_name,product_category_name_english
utilidades_domesticas,housewares
beleza_saude,health_beauty
""",
    "olist_sellers_dataset.csv": '"seller_id","seller_zip_code_prefix","seller_city","seller_state"\n"s1","13023","campinas","SP"\n',
    "olist_geolocation_dataset.csv": '"geolocation_zip_code_prefix","geolocation_lat","geolocation_lng","geolocation_city","geolocation_state"\n',
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "olist"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def table(out: Path, name: str) -> list[dict]:
    rows = open_catalog(out / "catalog.yaml").table(name)
    frame = collect(rows.order_by(rows.columns[:2]))
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def chosen(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_every_row_is_accounted_for(export: Path, tmp_path: Path) -> None:
    account = import_export("olist", export, tmp_path / "out")

    assert list(account.lines()) == [
        "olist_orders_dataset.csv: 5 rows read",
        "             5  orders        orders",
        "olist_order_items_dataset.csv: 5 rows read",
        "             4  order_items   single units, each a line of its order (223.68)",
        "             1  left out      belong to an order that is not in the export (9.00)",
        "olist_customers_dataset.csv: 5 rows read",
        "             3  users         persons, by customer_unique_id",
        "             1  left out      are other orders of a person: customer_id is one per order",
        "             1  left out      placed no order that is in the export",
        "olist_products_dataset.csv: 3 rows read",
        "             3  products      products",
        "olist_order_payments_dataset.csv: 5 rows read",
        "             5  left out      payments: their order has the type of the largest (293.88)",
        "olist_order_reviews_dataset.csv: 4 rows read",
        "             3  tickets       reviews",
        "             1  left out      repeat an earlier row",
        "product_category_name_translation.csv: 2 rows read",
        "             2  left out      name a category in English",
        "written",
        "             5  orders",
        "             4  order_items",
        "             3  users",
        "             3  products",
        "             4  categories",
        "             3  tickets",
        "note: orders without items, kept without a subtotal: 2",
        "note: orders of a customer who is not in the customers' file, kept as anonymous: 1",
        "note: orders without a payment, kept without a payment type: 1",
        "note: orders paid with vouchers, in part or whole; a voucher is a means of payment, not a discount: 1",
        "note: orders whose payments are not price and freight together; the prices count: 1",
        "note: products without a category, which is called (no category): 1",
        "note: categories without an English name, which keep the Portuguese one: 1",
        "note: reviews with the id of another order's review; tickets are named by review and order: 1",
        "note: not read: olist_sellers_dataset and olist_geolocation_dataset; no canonical table holds places",
    ]


def test_orders_have_their_basket_payment_and_person(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    orders = table(tmp_path / "out", "orders")
    assert chosen(orders, "order_id", "user_id", "status", "payment_type", "subtotal", "shipping", "currency") == [
        ("o1", "u1", "delivered", "voucher", 59.98, 17.44, "BRL"),
        ("o2", "u1", "shipped", "boleto", 118.7, 22.76, "BRL"),
        ("o3", "u2", "cancelled", None, None, None, "BRL"),
        ("o4", "u3", "placed", "credit_card", 45.0, 27.2, "BRL"),
        ("o5", None, "cancelled", None, None, None, "BRL"),
    ]
    times = ("ordered_at", "paid_at", "shipped_at", "delivered_at", "promised_at")
    assert chosen(orders[:1], *times) == [
        tuple(
            pd.Timestamp(time)
            for time in (
                "2017-10-02 10:56:33",
                "2017-10-02 11:07:15",
                "2017-10-04 19:55:00",
                "2017-10-10 21:25:13",
                "2017-10-18",
            )
        )
    ]


def test_each_row_of_items_is_one_unit(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    items = table(tmp_path / "out", "order_items")
    assert chosen(items, "order_id", "line_no", "product_id", "quantity", "unit_price", "seller_id", "user_id") == [
        ("o1", 1, "p1", 1, 29.99, "s1", "u1"),
        ("o1", 2, "p1", 1, 29.99, "s1", "u1"),
        ("o2", 1, "p2", 1, 118.7, "s2", "u1"),
        ("o4", 1, "p3", 1, 45.0, "s2", "u3"),
    ]


def test_a_person_is_seen_first_with_the_first_order(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    users = table(tmp_path / "out", "users")
    assert chosen(users, "user_id", "first_seen_at", "country", "region", "city") == [
        ("u1", pd.Timestamp("2017-10-02 10:56:33"), "BR", "SP", "sao paulo"),
        ("u2", pd.Timestamp("2017-11-18 19:28:06"), "BR", "SP", "sao bernardo do campo"),
        ("u3", pd.Timestamp("2018-02-13 21:18:39"), "BR", "SP", "sao paulo"),
    ]


def test_categories_are_translated_where_there_is_a_word(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    assert chosen(table(tmp_path / "out", "categories"), "category_id", "name") == [
        ("(no category)", "(no category)"),
        ("beleza_saude", "health_beauty"),
        ("pc_gamer", "pc_gamer"),
        ("utilidades_domesticas", "housewares"),
    ]
    products = table(tmp_path / "out", "products")
    assert chosen(products, "product_id", "category_id", "content_title_len", "content_images") == [
        ("p1", "utilidades_domesticas", 40, 4),
        ("p2", "pc_gamer", 58, 1),
        ("p3", "(no category)", None, None),
    ]


def test_reviews_are_tickets_of_an_order_and_a_person(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    tickets = table(tmp_path / "out", "tickets")
    assert chosen(tickets, "ticket_id", "user_id", "created_at", "kind", "score", "comment") == [
        ("r1:o1", "u1", pd.Timestamp("2017-10-12 03:43:48"), "review", 5.0, 'Recebi bem antes do prazo\nestipulado, "ótimo".'),
        ("r2:o2", "u1", pd.Timestamp("2018-08-15 12:00:00"), "review", 1.0, None),
        ("r2:o4", "u3", pd.Timestamp("2018-08-15 12:00:00"), "review", 1.0, None),
    ]  # fmt: skip


def test_the_contract_holds_but_for_anonymous_orders(export: Path, tmp_path: Path) -> None:
    import_export("olist", export, tmp_path / "out")

    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    found = [breach.detail for name in catalog.names for breach in examine(catalog, name).breaches]
    assert found == ["1 of 5 orders (20.0 %) has no user id, for example order o5"]


def test_repeated_rows_are_left_out_and_counted(export: Path, tmp_path: Path) -> None:
    """An export that was appended to itself gives the same tables."""
    import_export("olist", export, tmp_path / "once")
    for name in FILES:
        path = export / name
        header, _, rows = path.read_text().partition("\n")
        path.write_text(f"{header}\n{rows}{rows}")

    account = import_export("olist", export, tmp_path / "twice")

    fates = {read.source: [(fate.rows, fate.why) for fate in read.fates if not fate.into] for read in account.reads}
    assert (5, "repeat an earlier row") in fates["olist_orders_dataset.csv"]
    assert (5, "repeat an earlier row") in fates["olist_order_items_dataset.csv"]
    assert (5, "repeat an earlier row") in fates["olist_customers_dataset.csv"]
    for name in account.tables:
        once, twice = (table(tmp_path / folder, name) for folder in ("once", "twice"))
        assert once == twice, name


def test_an_unknown_status_is_missing_and_said(export: Path, tmp_path: Path) -> None:
    path = export / "olist_orders_dataset.csv"
    path.write_text(path.read_text().replace('"shipped"', '"on_hold"'))

    account = import_export("olist", export, tmp_path / "out")

    assert "orders of the unknown status 'on_hold', which is left missing: 1" in account.notes
    assert table(tmp_path / "out", "orders")[1]["status"] is None


def test_compressed_files_are_read(export: Path, tmp_path: Path) -> None:
    path = export / "olist_order_items_dataset.csv"
    Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    path.unlink()

    assert import_export("olist", export, tmp_path / "out").tables["order_items"] == 4


def test_a_missing_file_is_named_with_the_nearest(export: Path, tmp_path: Path) -> None:
    (export / "olist_order_items_dataset.csv").rename(export / "olist_order_item_dataset.csv")

    with pytest.raises(DataError) as caught:
        import_export("olist", export, tmp_path / "out")

    assert str(caught.value) == (
        "olist has no file olist_order_items_dataset.csv; nearest: 'olist_order_item_dataset.csv'; "
        "put all files of the data set into it"
    )
    assert not (tmp_path / "out").exists()
