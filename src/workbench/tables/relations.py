"""Rows of one table that must be found in another, or agree with it: one join each, at the most."""

from __future__ import annotations

from typing import Any

import ibis

from workbench.tables.distinct import surely_among
from workbench.tables.expectations import Agreement, Reference
from workbench.tables.rules import missing

# Money per line of an order that rounding may lose.
CENT = 0.01
# What adding floating numbers may lose, far below a cent.
SLACK = 1e-6


def surely_found(table: Any, other: Any, reference: Reference) -> bool:
    """Whether no id is missing from the other table, where that can be told for less than a join.

    Raises:
        DataError: The engine refuses.
    """
    return surely_among(table, reference.columns, other, reference.to or reference.columns)


def orphans(table: Any, other: Any, reference: Reference) -> Any:
    """The rows whose ids are not in the other table; a missing id refers to nothing."""
    to = reference.to or reference.columns
    named = table.filter(*(~missing(table[column]) for column in reference.columns))
    # Only the ids: the other table may be wide, and for an anti-join it need not be made distinct.
    known = other.select(**{f"known_{i}": other[column] for i, column in enumerate(to)})
    return named.anti_join(
        known, [_same(named[column], known[f"known_{i}"]) for i, column in enumerate(reference.columns)]
    )


def disagreeing(table: Any, other: Any, agreement: Agreement) -> Any:
    """The rows of a table that do not agree with those of the other."""
    match agreement.kind:
        case "subtotal":
            return _subtotals_that_do_not_add_up(table, other)
        case "sold":
            return _returns_beyond_sales(table, other)
        case "ordered":
            return _returns_before_orders(table, other)


def _subtotals_that_do_not_add_up(orders: Any, items: Any) -> Any:
    """An order without items should have nothing to pay."""
    sums = items.group_by(of_order=items.order_id).aggregate(
        lines=items.count(), amount=(items.quantity * items.unit_price).sum()
    )
    both = orders.left_join(sums, _same(orders.order_id, sums.of_order))
    apart = both.subtotal - both.amount.fill_null(0.0)
    # Values that are no number are breaches of their own.
    return both.filter(apart - apart == 0, apart.abs() > CENT * both.lines.fill_null(0) + SLACK)


def _returns_beyond_sales(returns: Any, items: Any) -> Any:
    back = returns.group_by(of_order=returns.order_id, of_line=returns.line_no).aggregate(
        came_back=returns.quantity.sum()
    )
    sold = items.select(sold_order=items.order_id, sold_line=items.line_no, sold=items.quantity)
    lines = back.inner_join(sold, [_same(back.of_order, sold.sold_order), back.of_line == sold.sold_line])
    beyond = lines.filter(lines.came_back > lines.sold).select("of_order", "of_line")
    return returns.semi_join(beyond, [_same(returns.order_id, beyond.of_order), returns.line_no == beyond.of_line])


def _returns_before_orders(returns: Any, orders: Any) -> Any:
    times = orders.select(of_order=orders.order_id, ordered=orders.ordered_at)
    return returns.semi_join(times, [_same(returns.order_id, times.of_order), returns.returned_at < times.ordered])


def _same(left: Any, right: Any) -> ibis.expr.types.BooleanValue:
    """Ids of two tables; where one is text and the other a number, both are compared as text."""
    if left.type().is_string() == right.type().is_string():
        return left == right
    return left.cast("string") == right.cast("string")
