"""What follows an order: payment, delivery, returns, and what users write about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.browsing import MOST_LINES
from workbench.simulate.clock import utc, words
from workbench.simulate.experiments import DAY
from workbench.simulate.goods import Goods
from workbench.simulate.life import Lives
from workbench.simulate.orders import END
from workbench.simulate.people import DEVICES

MEAN_PACKING = 18 * 3600.0  # seconds
UNDERWAY = np.array([1.6, 4.0, 3.2]) * DAY  # on the whole, by country
UNDERWAY_SHAPE = 6.0  # of the gamma numbers around it
PROMISED = np.array([4, 8, 7])  # days after the order's, by country
MEAN_DAYS_KEPT = 6.0  # of goods that come back
REASONS, REASON_SHARES = ("not as described", "damaged", "changed mind"), np.array([0.5, 0.15, 0.35])
STATUSES = ("placed", "paid", "shipped", "delivered", "returned")
KINDS = ("complaint", "question", "review")
TOPICS = ("late delivery", "return", "order", "product")
COMPLAINS, ASKS_ON_RETURN, ASKS, REVIEWS = 0.30, 0.25, 0.02, 0.15  # chances per order
GOOD, AFTER_RETURN, AFTER_LATE = np.array([0.03, 0.05, 0.12, 0.3, 0.5]), 1.6, 0.9  # shares of scores; how much worse

Moments = NDArray[np.int64]  # seconds since the first day


@dataclass(frozen=True, slots=True)
class Delivery:
    """When things happen to each order, also where the data end before; int64 seconds since the first day, (orders,).

    Attributes:
        paid, shipped, delivered: When it was.
        promised: When it was to be delivered by: a midnight.
    """

    paid: Moments
    shipped: Moments
    delivered: Moments
    promised: Moments


@dataclass(frozen=True, slots=True)
class Returns:
    """Lines that come back before the data end, by order and line; every array has shape (returns,).

    Attributes:
        line: Index into the orders' lines.
        at: Seconds since the first day.
        refund: Cents.
        reason: Index into `REASONS`.
    """

    line: NDArray[np.int64]
    at: Moments
    refund: NDArray[np.int64]
    reason: NDArray[np.int64]


def deliver(lives: Lives) -> Delivery:
    """How each order travels."""
    orders, country = lives.orders, lives.users.country[lives.orders.user]
    visits = lives.browsing.visits.some(orders.visit)
    paid = orders.at + 20 + np.floor(160 * visits.uniforms("paid")).astype(np.int64)
    packing = MEAN_PACKING * draws.exponential(visits.uniforms("packing"))
    underway = UNDERWAY[country] / UNDERWAY_SHAPE * draws.gamma(visits.uniforms("underway"), UNDERWAY_SHAPE)
    shipped = paid + np.floor(packing).astype(np.int64)
    delivered = shipped + np.floor(underway).astype(np.int64)
    return Delivery(paid, shipped, delivered, (orders.at // DAY + 1 + PROMISED[country]) * DAY)


def send_back(goods: Goods, lives: Lives, delivery: Delivery) -> Returns:
    """Which lines come back: more of those whose content says too little."""
    orders, lines, visits = lives.orders, lives.browsing.lines, lives.browsing.visits
    number = lines.number[orders.line]
    comes = visits.uniforms_of("return", MOST_LINES, number) < goods.return_rate[lines.product[orders.line]]
    line = np.flatnonzero(comes)
    kept = MEAN_DAYS_KEPT * draws.exponential(visits.uniforms_of("kept", MOST_LINES, number[line]))
    at = delivery.delivered[orders.order[line]] + np.floor((1 + kept) * DAY).astype(np.int64)
    line, at = line[at < END], at[at < END]
    order = orders.order[line]
    paid = orders.unit_price[line] * lines.quantity[orders.line[line]]
    share = orders.discount[order] / np.maximum(orders.subtotal[order], 1)
    reason = draws.choice(visits.uniforms_of("reason", MOST_LINES, number[line]), REASON_SHARES)
    return Returns(line, at, paid - np.rint(paid * share).astype(np.int64), reason)


def orders_table(lives: Lives, delivery: Delivery, returns: Returns) -> pa.Table:
    """The canonical table `orders`; `order_id` and `session_id` run from 1 in the block, user by user."""
    orders, users = lives.orders, lives.users
    session = np.cumsum(lives.shopping.comes)
    refund = np.bincount(orders.order[returns.line], weights=returns.refund, minlength=len(orders))
    steps = np.array([delivery.paid, delivery.shipped, delivery.delivered])
    status = np.where(refund > 0, len(STATUSES) - 1, (steps < END).sum(axis=0))
    revenue = orders.subtotal - orders.discount
    payment = draws.choice(lives.browsing.visits.some(orders.visit).uniforms("payment"), np.array([0.5, 0.3, 0.2]))
    return pa.table(
        {
            "order_id": np.arange(1, len(orders) + 1),
            "user_id": users.ids(orders.user),
            "session_id": session[orders.visit],
            "ordered_at": utc(orders.at),
            "status": words(status, STATUSES),
            "channel": words(users.device[orders.user], DEVICES),
            "payment_type": words(payment, ("wallet", "card", "transfer")),
            "paid_at": _until_end(delivery.paid),
            "shipped_at": _until_end(delivery.shipped),
            "delivered_at": _until_end(delivery.delivered),
            "promised_at": utc(delivery.promised),
            "subtotal": orders.subtotal / 100,
            "discount": orders.discount / 100,
            "shipping": np.where(revenue < 9900, 8.0, 0.0),
            "tax": np.rint(0.06 * revenue) / 100,
            "cost": orders.cost / 100,
            "refund": refund / 100,
        }
    )


def items_table(lives: Lives) -> pa.Table:
    """The canonical table `order_items`, in the order of the orders."""
    orders, lines = lives.orders, lives.browsing.lines
    first = np.searchsorted(orders.order, np.arange(len(orders)))
    return pa.table(
        {
            "order_id": orders.order + 1,
            "line_no": np.arange(len(orders.line)) - first[orders.order] + 1,
            "product_id": lines.product[orders.line] + 1,
            "quantity": lines.quantity[orders.line],
            "unit_price": orders.unit_price / 100,
            "list_price": orders.list_price / 100,
            "unit_cost": orders.unit_cost / 100,
            "user_id": lives.users.ids(orders.user[orders.order]),
            "ordered_at": utc(orders.at[orders.order]),
        }
    )


def returns_table(lives: Lives, returns: Returns) -> pa.Table:
    """The canonical table `returns`, in the order of the lines."""
    orders, lines = lives.orders, lives.browsing.lines
    order = orders.order[returns.line]
    first = np.searchsorted(orders.order, np.arange(len(orders)))
    return pa.table(
        {
            "order_id": order + 1,
            "line_no": returns.line - first[order] + 1,
            "seq": np.ones(len(order), dtype=np.int64),
            "returned_at": utc(returns.at),
            "quantity": lines.quantity[orders.line[returns.line]],
            "refund": returns.refund / 100,
            "reason": words(returns.reason, REASONS),
            "user_id": lives.users.ids(orders.user[order]),
            "product_id": lines.product[orders.line[returns.line]] + 1,
        }
    )


def tickets_table(lives: Lives, delivery: Delivery, returns: Returns) -> pa.Table:
    """The canonical table `tickets`; `ticket_id` runs from 1 in the block, in the order of the orders."""
    orders = lives.orders
    visits = lives.browsing.visits.some(orders.visit)
    late = delivery.delivered > delivery.promised
    returned = np.full(len(orders), END)
    np.minimum.at(returned, orders.order[returns.line], returns.at)
    sent_back = returned < END
    writes = np.array(
        [
            late & (visits.uniforms("complains") < COMPLAINS),
            sent_back & (visits.uniforms("asks_on_return") < ASKS_ON_RETURN),
            visits.uniforms("asks") < ASKS,
            visits.uniforms("reviews") < REVIEWS,
        ]
    )
    order, which = np.nonzero(writes.T)
    known = np.array([delivery.promised, returned, orders.at, delivery.delivered])[which, order]
    u = visits.uniforms("writes")[order]  # one number per order will do: who writes twice is as quick both times
    at = known + np.floor(2 * DAY * u).astype(np.int64)
    ends = GOOD.cumsum()[:-1] ** (1 / (1 + AFTER_RETURN * sent_back + AFTER_LATE * late))[order, None]
    score = np.where(which == len(TOPICS) - 1, 1 + (visits.uniforms("score")[order, None] > ends).sum(axis=1), 0)
    kept = at < END
    order, which, at, score = order[kept], which[kept], at[kept], score[kept]
    return pa.table(
        {
            "ticket_id": np.arange(1, len(order) + 1),
            "user_id": lives.users.ids(orders.user[order]),
            "created_at": utc(at),
            "kind": words(np.array([0, 1, 1, 2])[which], KINDS),
            "score": pa.array(score.astype(np.float64), mask=score == 0),
            "order_id": order + 1,
            "topic": words(which, TOPICS),
        }
    )


def _until_end(at: Moments) -> pa.Array:
    return pa.array(utc(np.minimum(at, END)), mask=at >= END)
