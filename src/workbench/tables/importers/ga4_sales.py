"""Purchases and refunds among GA4's events, made into orders, their lines and their returns."""

from __future__ import annotations

from workbench.tables.importers.desk import NO_CATEGORY, Desk, quoted

# A purchase is sent again when its page is loaded again: of one transaction the first counts.
_PURCHASES = """
CREATE TABLE purchases AS
SELECT event_id, micros, user_id, session_id, transaction_id, currency, ecommerce, items,
    row_number() OVER (PARTITION BY transaction_id ORDER BY micros, event_id) AS copy
FROM kept WHERE event_name = 'purchase';

CREATE TABLE refunds AS SELECT event_id, micros, transaction_id, ecommerce, items FROM kept WHERE event_name = 'refund';
"""


def _laid(usd: str) -> str:
    """The statements that lay out orders, lines and returns.

    Args:
        usd: "_in_usd" to take every amount in US dollars, "" for the currency of the events.
    """
    revenue = f"ecommerce.purchase_revenue{usd}"
    return f"""
CREATE TABLE all_lines AS
SELECT transaction_id AS order_id, line_no, item.item_id AS product_id, coalesce(item.quantity, 1) AS quantity,
    coalesce(item.price{usd}, item.item_revenue{usd} / nullif(item.quantity, 0)) AS unit_price,
    nullif(nullif(item.coupon, ''), '(not set)') AS coupon_id, user_id, make_timestamp(micros) AS ordered_at
FROM (
    SELECT *, unnest(range(1, len(items) + 1)) AS line_no, items[line_no] AS item
    FROM purchases WHERE copy = 1 AND transaction_id IS NOT NULL
);

CREATE VIEW lines AS SELECT * FROM all_lines
WHERE product_id NOT IN ('', '(not set)') AND quantity > 0 AND unit_price IS NOT NULL;

CREATE TABLE sales AS
SELECT transaction_id AS order_id, p.user_id, make_timestamp(micros) AS ordered_at, session_id, v.channel,
    coalesce(total, {revenue}) AS basket, {revenue} AS revenue,
    greatest(total - {revenue}, 0) AS discount,
    ecommerce.shipping_value{usd} AS shipping, ecommerce.tax_value{usd} AS tax
FROM purchases p
    LEFT JOIN (SELECT order_id AS transaction_id, sum(quantity * unit_price) AS total FROM lines GROUP BY 1)
        USING (transaction_id)
    LEFT JOIN visits v USING (session_id)
WHERE copy = 1 AND transaction_id IS NOT NULL;

CREATE TABLE sent_back AS
WITH parts AS (
    SELECT *, item.item_id AS product_id, coalesce(item.quantity, 1) AS units FROM (
        SELECT transaction_id AS order_id, event_id, micros, unnest(items) AS item FROM refunds WHERE len(items) > 0
    )
), asked AS (
    SELECT order_id, event_id, micros, line_no, units AS quantity,
        coalesce(item.item_refund{usd}, units * unit_price) AS refund
    FROM parts JOIN (
        SELECT order_id, product_id, arg_max(line_no, (quantity, -line_no)) AS line_no,
            arg_max(unit_price, (quantity, -line_no)) AS unit_price
        FROM lines GROUP BY ALL
    ) USING (order_id, product_id)
    UNION ALL
    -- A refund without items is one of the whole order.
    SELECT order_id, event_id, micros, line_no, quantity, quantity * unit_price
        * coalesce(r.ecommerce.refund_value{usd} / nullif(basket, 0), (basket - coalesce(discount, 0)) / basket)
    FROM (SELECT * RENAME (transaction_id AS order_id) FROM refunds) r
        JOIN (SELECT order_id, basket, discount FROM sales) USING (order_id)
        JOIN (SELECT order_id, line_no, quantity, unit_price FROM lines) USING (order_id)
    WHERE coalesce(len(items), 0) = 0
)
SELECT a.*, sold, product_id, user_id,
    sum(quantity) OVER (PARTITION BY order_id, line_no ORDER BY micros, event_id) AS so_far
FROM asked a JOIN (SELECT order_id, line_no, quantity AS sold, product_id, user_id FROM lines)
    USING (order_id, line_no);

CREATE VIEW back AS SELECT * FROM sent_back WHERE so_far <= sold AND quantity > 0
"""  # noqa: S608  own words


_TABLES = {
    "orders": """
        SELECT s.order_id, user_id, ordered_at, if(units >= sold, 'returned', 'paid') AS status, channel, session_id,
            basket AS subtotal, discount, shipping, tax, coalesce(refund, 0) AS refund
        FROM sales s
            LEFT JOIN (SELECT order_id, sum(quantity) AS sold FROM lines GROUP BY 1) USING (order_id)
            LEFT JOIN (SELECT order_id, sum(quantity) AS units, sum(refund) AS refund FROM back GROUP BY 1)
                USING (order_id)""",
    "order_items": "SELECT * FROM lines",
    "returns": """
        SELECT order_id, line_no, row_number() OVER (PARTITION BY order_id, line_no ORDER BY micros, event_id) AS seq,
            quantity, make_timestamp(micros) AS returned_at, refund, user_id, product_id
        FROM back""",
    "categories": f"""
        SELECT DISTINCT category_id, category_id AS name FROM (
            SELECT coalesce(nullif(nullif(item.item_category, ''), '(not set)'), {quoted(NO_CATEGORY)}) AS category_id
            FROM (SELECT unnest(items) AS item FROM kept WHERE len(items) > 0)
        )""",  # noqa: S608
}
_REMARKS = (
    (
        "SELECT count(*) FROM purchases WHERE transaction_id IS NULL",
        "purchase events without a transaction_id, which are no orders: {:,}",
    ),
    (
        "SELECT count(*) FROM purchases WHERE copy > 1 AND transaction_id IS NOT NULL",
        "purchase events that repeat a transaction_id, which are no further orders: {:,}",
    ),
    (
        "SELECT count(*) FROM all_lines ANTI JOIN lines USING (order_id, line_no)",
        "items of purchases without an item_id, a price or a quantity, which are no lines: {:,}",
    ),
    (
        "SELECT count(*) FROM sales WHERE discount > 0.01",
        "purchases whose revenue is below the sum of their items, where the difference is their discount: {:,}",
    ),
    (
        "SELECT count(*) FROM sales WHERE revenue > basket + 0.01",
        "purchases whose revenue is above the sum of their items (tax or shipping in it), where the items count: {:,}",
    ),
    (
        "SELECT count(*) FROM refunds ANTI JOIN sales ON order_id = transaction_id",
        "refund events of a purchase that is not in the export: {:,}",
    ),
    (
        "SELECT count(*) FROM sent_back ANTI JOIN back USING (event_id, order_id, line_no)",
        "refunds of more units than were sold, which are no returns: {:,}",
    ),
)


def lay_out_sales(desk: Desk) -> str:
    """Lay out purchases and refunds; their currency, "" if no event names one.

    GA4 writes every amount in US dollars too, and these are taken where events have several currencies.
    """
    desk.run(_PURCHASES)
    found = desk.rows(
        "SELECT upper(currency), count(*) FROM purchases WHERE currency IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    desk.run(_laid("_in_usd" if len(found) > 1 else ""))
    if len(found) > 1:
        listed = ", ".join(f"{currency} {count:,}" for currency, count in found)
        desk.notes.append(
            f"purchases in {len(found)} currencies ({listed}), all taken in US dollars as GA4 converts them"
        )
        return "USD"
    return str(found[0][0]) if found else ""


def sales_tables() -> dict[str, str]:
    """Canonical table → its query."""
    return dict(_TABLES)


def sales_remarks(desk: Desk) -> list[str]:
    """What the account says of purchases and refunds."""
    counts = [(desk.value(query), words) for query, words in _REMARKS]
    return [words.format(count) for count, words in counts if count]
