"""What the values of each canonical table promise: ranges, enumerations, order of times, references, sums.

With `schema.py` this is the one declaration; `data/README.md` repeats it for people.  "fail" stands where results
would be wrong, "warn" where they may be.  What holds for every table (keys, clocks, missing values) is in `rules.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class _OfColumn:
    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about."""
        return (self.column,)


@dataclass(frozen=True, slots=True)
class Range(_OfColumn):
    """A number between bounds: at least `least` or greater than `above`, and at most `most`."""

    least: float | None = None
    above: float | None = None
    most: float | None = None
    severity: Severity = "fail"


@dataclass(frozen=True, slots=True)
class Unlikely(_OfColumn):
    """A value that is allowed, but seldom meant."""

    value: float
    severity: Severity = "warn"


@dataclass(frozen=True, slots=True)
class OneOf(_OfColumn):
    """A word out of a list."""

    values: tuple[str, ...]
    severity: Severity = "warn"


@dataclass(frozen=True, slots=True)
class NotBelow:
    """Two columns of one row: `column` is not before, or below, `other`; with `strictly` it is not the same either.

    Attributes:
        words: What is wrong with the rows that break it, following their plural.
    """

    column: str
    other: str
    words: str
    severity: Severity = "fail"
    strictly: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it is about."""
        return (self.column, self.other)


@dataclass(frozen=True, slots=True)
class SingleValue(_OfColumn):
    """A column that holds one value in all rows; a failure, since sums over it would be wrong."""

    severity: Severity = "fail"


@dataclass(frozen=True, slots=True)
class Reference:
    """Ids that stand in another table, asked only where the catalogue lists both.

    Attributes:
        table: The other table.
        to: Its columns, where they have other names.
    """

    columns: tuple[str, ...]
    table: str
    to: tuple[str, ...] = ()
    severity: Severity = "warn"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Rows that must agree with those of another table, asked only where the catalogue lists both.

    Attributes:
        kind: Which; `relations.py` says how each is asked.
        table: The other table.
        needs: The columns of the other table that it reads.
        words: What is wrong with the rows that break it, following their plural.
        promise: What is promised, in words.
    """

    kind: Literal["subtotal", "sold", "ordered"]
    columns: tuple[str, ...]
    table: str
    needs: tuple[str, ...]
    words: str
    promise: str
    severity: Severity = "fail"


RowExpectation = Range | Unlikely | OneOf | NotBelow
Expectation = RowExpectation | SingleValue | Reference | Agreement

ORDER_STATUS = ("placed", "paid", "shipped", "delivered", "cancelled", "returned")
EVENT_NAMES = (
    "session_start",
    "view_item",
    "search",
    "add_to_cart",
    "begin_checkout",
    "add_payment",
    "purchase",
    "view_list",
    "click_item",
    "sign_up",
)
STEPS = ("visit", "view", "cart", "checkout", "purchase")


def _not_negative(*columns: str, severity: Severity = "fail") -> tuple[Range, ...]:
    return tuple(Range(column, least=0, severity=severity) for column in columns)


def _loaded_after(clock: str) -> NotBelow:
    return NotBelow("loaded_at", clock, "have a time of loading before the event", "warn")


def _found(column: str, table: str, *, to: str = "", severity: Severity = "warn") -> Reference:
    return Reference((column,), table, (to,) if to else (), severity)


EXPECTATIONS: Mapping[str, tuple[Expectation, ...]] = {
    "exposures": (Range("propensity", above=0, most=1), _loaded_after("exposed_at")),
    "orders": (
        OneOf("status", ORDER_STATUS),
        *_not_negative("subtotal", "discount", "shipping", "tax", "cost", "refund"),
        NotBelow("subtotal", "discount", "have a discount above the subtotal"),
        Range("fx", above=0),
        SingleValue("currency"),
        NotBelow("paid_at", "ordered_at", "have a payment before the order", "warn"),
        NotBelow("shipped_at", "paid_at", "have a shipment before the payment", "warn"),
        NotBelow("delivered_at", "shipped_at", "have a delivery before the shipment", "warn"),
        _loaded_after("ordered_at"),
        _found("user_id", "users"),
        _found("session_id", "sessions"),
        Agreement(
            "subtotal",
            ("subtotal",),
            "order_items",
            ("order_id", "quantity", "unit_price"),
            "have a subtotal that the items do not add up to",
            "`subtotal` is the sum of quantity × unit price of its items, to 0.01 per line",
        ),
    ),
    "order_items": (
        Range("quantity", least=1),
        *_not_negative("unit_price", "list_price", "unit_cost", "discount"),
        Unlikely("unit_price", 0),
        _loaded_after("ordered_at"),
        _found("order_id", "orders", severity="fail"),
        _found("product_id", "products"),
        _found("coupon_id", "coupons"),
    ),
    "returns": (
        Range("quantity", least=1),
        *_not_negative("refund"),
        Reference(("order_id", "line_no"), "order_items"),
        Agreement(
            "sold",
            ("quantity",),
            "order_items",
            ("order_id", "line_no", "quantity"),
            "belong to a line of which more came back than was sold",
            "no more comes back of a line than was sold",
        ),
        Agreement(
            "ordered",
            ("returned_at",),
            "orders",
            ("order_id", "ordered_at"),
            "have a return before the order",
            "`returned_at` not before the order's `ordered_at`",
        ),
    ),
    "users": (
        Range("birth_year", least=1900, most=2100, severity="warn"),
        NotBelow("deleted_at", "first_seen_at", "have a deletion before the first visit", "warn"),
    ),
    "products": (
        *_not_negative("cost", "content_title_len", "content_desc_len", "content_images", "content_attrs_filled"),
        NotBelow("content_attrs_total", "content_attrs_filled", "have more attributes filled than there are", "warn"),
        NotBelow("retired_date", "launched_date", "have a retirement before the launch"),
        _found("category_id", "categories"),
        _found("parent_id", "products", to="product_id"),
    ),
    "categories": (_found("parent_id", "categories", to="category_id"),),
    "events": (
        OneOf("event_name", EVENT_NAMES),
        *_not_negative("results"),
        _loaded_after("event_at"),
        _found("user_id", "users"),
        _found("session_id", "sessions"),
        _found("product_id", "products"),
        _found("category_id", "categories"),
    ),
    "sessions": (
        OneOf("step", STEPS),
        *_not_negative("events"),
        _loaded_after("started_at"),
        _found("user_id", "users"),
        _found("order_id", "orders"),
    ),
    "identities": (_found("user_id", "users"),),
    "touches": (
        OneOf("kind", ("impression", "click", "send", "open", "visit")),
        *_not_negative("cost"),
        _loaded_after("touched_at"),
        _found("user_id", "users"),
    ),
    "spend": _not_negative("spend", "impressions", "clicks", "reach"),
    "coupons": (
        OneOf("kind", ("pct", "amount", "threshold", "shipping", "points")),
        Range("face_value", above=0),
        *_not_negative("min_spend"),
        Range("cost_share", least=0, most=1),
        NotBelow("valid_to", "valid_from", "have an end that is not after the beginning", strictly=True),
    ),
    "coupon_grants": (_found("coupon_id", "coupons"), _found("user_id", "users")),
    "coupon_redemptions": (
        *_not_negative("discount"),
        _found("coupon_id", "coupons"),
        _found("order_id", "orders"),
        _found("user_id", "users"),
    ),
    "prices": (
        *_not_negative("list_price", "sale_price"),
        Unlikely("list_price", 0),
        NotBelow("list_price", "sale_price", "have a sale price above the list price", "warn"),
        NotBelow("valid_to", "valid_from", "have an end that is not after the beginning", strictly=True),
        _found("product_id", "products"),
    ),
    "costs": (*_not_negative("unit_cost"), _found("product_id", "products")),
    "competitor_prices": (
        *_not_negative("price", "shipping"),
        Unlikely("price", 0),
        Range("match_quality", least=0, most=1),
        _found("product_id", "products"),
    ),
    "inventory": (
        # Less than nothing on hand is oversold stock, which some warehouses write down.
        *_not_negative("on_hand", "reserved", "on_order", "received", "sold", severity="warn"),
        Range("available_hours", least=0, most=24),
        _found("product_id", "products"),
    ),
    "tickets": (_found("user_id", "users"), _found("order_id", "orders"), _found("product_id", "products")),
}

# Tables whose days are like the same weekday before; experiments, grants and prices come in waves.
STEADY = frozenset(
    {"orders", "order_items", "returns", "events", "sessions", "touches", "spend", "inventory", "tickets"}
)
