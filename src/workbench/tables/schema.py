"""The canonical tables: what each row is, its key, its clock, and the type of every column.

This is the one declaration; `data/README.md` repeats it for people, and a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from workbench.errors import StudyError, unknown

Kind = Literal["id", "text", "integer", "number", "money", "time", "date", "flag"]

# Type of each kind in the engine.  An id keeps the type it has, text or integer; golden SQL takes text.
ENGINE_TYPES: Mapping[Kind, str] = {
    "id": "string",
    "text": "string",
    "integer": "int64",
    "number": "float64",
    "money": "float64",
    "time": "timestamp",
    "date": "date",
    "flag": "boolean",
}
# What a value of each kind looks like, for those who have to correct one.
IN_WORDS: Mapping[Kind, str] = {
    "id": "id (a whole number or text)",
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "money": "amount of money (a plain number like 1234.50)",
    "time": "time (like 2026-01-31 18:05:00)",
    "date": "day (like 2026-01-31)",
    "flag": "true or false",
}


@dataclass(frozen=True, slots=True)
class CanonicalTable:
    """One canonical table.

    Attributes:
        name: What studies and metrics call it.
        grain: What one row is, in words.
        key: Columns that together name one row.
        required: Column → kind; without them the table cannot be used.
        optional: Column → kind.
        clock: The column that says when the row happened, "" if none does.
        derived: Column → (kind, the rule in words); made by the catalogue when the parts are there.
        one_value_per_key: Columns that may not differ between rows of the same key.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    required: Mapping[str, Kind]
    optional: Mapping[str, Kind] = field(default_factory=dict)
    clock: str = ""
    derived: Mapping[str, tuple[Kind, str]] = field(default_factory=dict)
    one_value_per_key: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Kind]:
        """Every known column that a source may hold → its kind."""
        return {**self.required, **self.optional, **{name: kind for name, (kind, _) in self.derived.items()}}


def _columns(kinds: str) -> dict[str, Kind]:
    """Read "id: a, b; time: c" as {"a": "id", "b": "id", "c": "time"}."""
    found: dict[str, Kind] = {}
    for group in filter(None, (part.strip() for part in kinds.split(";"))):
        kind, names = group.split(":")
        found.update(dict.fromkeys((name.strip() for name in names.split(",")), cast("Kind", kind.strip())))
    return found


_TABLES = (
    CanonicalTable(
        "exposures",
        "one user in one experiment, at the first exposure",
        ("experiment", "user_id"),
        _columns("text: experiment, variant; id: user_id"),
        _columns("time: exposed_at, loaded_at; text: country, device, channel, stratum, layer; number: propensity"),
        clock="exposed_at",
        one_value_per_key=("variant",),
    ),
    CanonicalTable(
        "orders",
        "one order",
        ("order_id",),
        _columns("id: order_id, user_id; time: ordered_at"),
        _columns(
            "text: status, channel, payment_type, currency; time: paid_at, shipped_at, delivered_at, promised_at,"
            "loaded_at;"
            "money: subtotal, discount, shipping, tax, cost, refund; number: fx; id: session_id"
        ),
        clock="ordered_at",
        derived={
            "revenue": ("money", "subtotal − discount; a missing discount is 0"),
            "margin": ("money", "revenue − cost, the cost of the items sold; refunds are not taken off"),
            "refunded": ("flag", "refund above 0 (a missing refund is none); without that column, status is returned"),
        },
    ),
    CanonicalTable(
        "order_items",
        "one line of an order",
        ("order_id", "line_no"),
        _columns("id: order_id, product_id; integer: line_no, quantity; money: unit_price"),
        _columns(
            "money: list_price, unit_cost, discount; id: coupon_id, seller_id, user_id; time: ordered_at, loaded_at"
        ),
        clock="ordered_at",
    ),
    CanonicalTable(
        "returns",
        "one return of a line of an order",
        ("order_id", "line_no", "seq"),
        _columns("id: order_id; integer: line_no, seq, quantity; time: returned_at; money: refund"),
        _columns("text: reason; id: user_id, product_id"),
        clock="returned_at",
    ),
    CanonicalTable(
        "users",
        "one user",
        ("user_id",),
        _columns("id: user_id; time: first_seen_at"),
        _columns(
            "time: signup_at, deleted_at; text: acquisition_channel, acquisition_campaign, country, region, city,"
            "gender; integer: birth_year; flag: is_test"
        ),
        clock="first_seen_at",
    ),
    CanonicalTable(
        "products",
        "one product as it is sold (SKU)",
        ("product_id",),
        _columns("id: product_id, category_id"),
        _columns(
            "id: parent_id, seller_id; text: title, brand; date: launched_date, retired_date; money: cost;"
            "integer: content_title_len, content_desc_len, content_images, content_attrs_filled, content_attrs_total"
        ),
    ),
    CanonicalTable(
        "categories",
        "one category",
        ("category_id",),
        _columns("id: category_id; text: name"),
        _columns("id: parent_id; integer: level"),
    ),
    CanonicalTable(
        "events",
        "one thing that a user did or that happened to them",
        ("event_id",),
        _columns("id: event_id, user_id; time: event_at; text: event_name"),
        _columns(
            "id: session_id, product_id, category_id, user_key; text: query, url, device; integer: results;"
            "number: value; time: loaded_at"
        ),
        clock="event_at",
    ),
    CanonicalTable(
        "sessions",
        "one visit",
        ("session_id",),
        _columns("id: session_id, user_id; time: started_at"),
        _columns(
            "id: user_key, order_id; text: channel, campaign, device, landing, country, step; integer: events;"
            "flag: converted; time: loaded_at"
        ),
        clock="started_at",
    ),
    CanonicalTable(
        "identities",
        "one anonymous key that was found to be a user",
        ("user_key", "user_id"),
        _columns("id: user_key, user_id; time: linked_at"),
        clock="linked_at",
    ),
    CanonicalTable(
        "touches",
        "one contact of marketing with a user",
        ("touch_id",),
        _columns("id: touch_id, user_id; time: touched_at; text: channel, kind"),
        _columns("text: campaign, creative; money: cost; flag: is_holdout; time: loaded_at"),
        clock="touched_at",
    ),
    CanonicalTable(
        "spend",
        "one day of one channel, campaign and region",
        ("spend_date", "channel", "campaign", "geo"),
        _columns("date: spend_date; text: channel; money: spend"),
        _columns("integer: impressions, clicks, reach; text: campaign, geo"),
        clock="spend_date",
    ),
    CanonicalTable(
        "coupons",
        "one coupon",
        ("coupon_id",),
        _columns("id: coupon_id; text: kind; number: face_value"),
        _columns("money: min_spend; time: valid_from, valid_to; text: funded_by; number: cost_share"),
    ),
    CanonicalTable(
        "coupon_grants",
        "one coupon given to one user",
        ("grant_id",),
        _columns("id: grant_id, coupon_id, user_id; time: granted_at"),
        _columns("text: experiment, variant, channel"),
        clock="granted_at",
    ),
    CanonicalTable(
        "coupon_redemptions",
        "one coupon used on one order",
        ("order_id", "coupon_id"),
        _columns("id: coupon_id, order_id; time: redeemed_at; money: discount"),
        _columns("id: user_id"),
        clock="redeemed_at",
    ),
    CanonicalTable(
        "prices",
        "one price of one product, from a moment on",
        ("product_id", "valid_from"),
        _columns("id: product_id; time: valid_from; money: list_price"),
        _columns("time: valid_to; money: sale_price; id: promo_id; text: geo, reason"),
        clock="valid_from",
    ),
    CanonicalTable(
        "costs",
        "one unit cost of one product, from a moment on",
        ("product_id", "valid_from"),
        _columns("id: product_id; time: valid_from; money: unit_cost"),
        clock="valid_from",
    ),
    CanonicalTable(
        "competitor_prices",
        "one price of one competitor for one product, when it was seen",
        ("product_id", "competitor", "seen_at"),
        _columns("id: product_id; text: competitor; time: seen_at; money: price"),
        _columns("flag: in_stock; number: match_quality; money: shipping"),
        clock="seen_at",
    ),
    CanonicalTable(
        "inventory",
        "one product in one place at the end of one day",
        ("product_id", "location", "date"),
        _columns("id: product_id; date: date; number: on_hand"),
        _columns("text: location; number: reserved, on_order, received, sold, available_hours"),
        clock="date",
    ),
    CanonicalTable(
        "tickets",
        "one complaint, question or review",
        ("ticket_id",),
        _columns("id: ticket_id, user_id; time: created_at; text: kind"),
        _columns("number: score; id: order_id, product_id; text: topic"),
        clock="created_at",
    ),
)
TABLES: Mapping[str, CanonicalTable] = {table.name: table for table in _TABLES}


def canonical(name: str) -> CanonicalTable:
    """The canonical table of this name.

    Raises:
        StudyError: There is no such table; names the nearest.
    """
    if name not in TABLES:
        raise StudyError(unknown("canonical table", name, TABLES))
    return TABLES[name]


def unbound(name: str, extra: Mapping[str, Kind] | None = None) -> Any:
    """A canonical table without an engine, as an Ibis table: aggregates on it compile for any dialect.

    Args:
        name: A canonical table.
        extra: Columns beyond the canonical ones → kind.
    """
    import ibis  # a second, which the names alone need not cost

    kinds = {**canonical(name).columns, **(extra or {})}
    return ibis.table({column: ENGINE_TYPES[kind] for column, kind in kinds.items()}, name=name)
