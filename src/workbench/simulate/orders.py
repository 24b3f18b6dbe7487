"""Orders: what was bought on a visit, for how much, and with which coupon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.browsing import Browsing
from workbench.simulate.experiments import DAY, EXPERIMENTS, Arms
from workbench.simulate.funnel import Shopping
from workbench.simulate.goods import Goods
from workbench.simulate.people import Users
from workbench.simulate.world import DAYS

END = DAYS * DAY  # the last second, and no later, since the first day
REDEEMS = np.array([0.9, 0.9, 0.25, 0.3])  # of orders with a valid coupon, by coupon type
COUPONS = tuple(i for i, e in enumerate(EXPERIMENTS) if any(arm.coupon > 0 for arm in e.arms))
NO_COUPON = -1
LEAST_DELAY, MEAN_DELAY = 40, 420.0  # seconds from a visit's start to its order

Cents = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders by user and time, and their lines by order; money in cents.

    Attributes:
        visit: Index into the visits; int64 (orders,).
        user: Index within the block; int32 (orders,).
        at: Seconds since the first day; int64 (orders,).
        subtotal, discount, cost: int64 (orders,).
        coupon: Index of the experiment whose coupon was used, else `NO_COUPON`; int8 (orders,).
        line: Index into the browsing's lines; int64 (lines,).
        order: Index into the orders; int64 (lines,).
        unit_price, list_price, unit_cost: Of one piece; int64 (lines,).
    """

    visit: NDArray[np.int64]
    user: NDArray[np.int32]
    at: NDArray[np.int64]
    subtotal: Cents
    discount: Cents
    cost: Cents
    coupon: NDArray[np.int8]
    line: NDArray[np.int64]
    order: NDArray[np.int64]
    unit_price: Cents
    list_price: Cents
    unit_cost: Cents

    def __len__(self) -> int:
        return len(self.visit)


def take_orders(goods: Goods, users: Users, browsing: Browsing, shopping: Shopping, arms: Arms) -> Orders:
    """The orders of these visits; a coupon is used once, on the first order that redeems it."""
    visits, lines = browsing.visits, browsing.lines
    visit = np.flatnonzero(shopping.paid)
    line = np.flatnonzero(shopping.bought)
    order = np.searchsorted(visit, lines.visit[line])
    product, day = lines.product[line], visits.at[lines.visit[line]] // DAY
    unit_price = np.rint(goods.paid_cents[product, day] * shopping.price[lines.visit[line]]).astype(np.int64)
    unit_cost = goods.cost_cents[product, day].astype(np.int64)
    quantity = lines.quantity[line]
    user = visits.user[visit]
    subtotal = _sum(order, unit_price * quantity, len(visit))
    coupon, depth = _redeemed(users, arms, user, visits.at[visit], browsing.redeems[visit])
    delay = LEAST_DELAY + MEAN_DELAY * draws.exponential(browsing.takes[visit])
    latest = np.minimum(users.leaves[user] * DAY, END) - 1
    at = np.maximum(np.minimum(visits.at[visit] + delay, latest), visits.at[visit])
    return Orders(
        visit=visit,
        user=user,
        at=np.floor(at).astype(np.int64),
        subtotal=subtotal,
        discount=np.rint(subtotal * depth).astype(np.int64),
        cost=_sum(order, unit_cost * quantity, len(visit)),
        coupon=coupon,
        line=line,
        order=order,
        unit_price=unit_price,
        list_price=goods.list_cents[product, day].astype(np.int64),
        unit_cost=unit_cost,
    )


def _redeemed(
    users: Users, arms: Arms, user: NDArray[np.int32], at: NDArray[np.int32], u: draws.Uniforms
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Which coupon each order uses, and its depth; at most one, and each coupon once."""
    coupon, depth = np.full(len(user), NO_COUPON, dtype=np.int8), np.zeros(len(user))
    for i in COUPONS:
        depths = np.array([arm.coupon for arm in EXPERIMENTS[i].arms])[arms.arm[i][user]]
        valid = arms.works(i, user, at) & (depths > 0) & (u < REDEEMS[users.coupon_type[user]])
        candidates = np.flatnonzero(valid & (coupon == NO_COUPON))
        first = candidates[np.append(True, user[candidates][1:] != user[candidates][:-1])[: len(candidates)]]
        coupon[first], depth[first] = i, depths[first]
    return coupon, depth


def _sum(order: NDArray[np.int64], cents: Cents, count: int) -> Cents:
    return np.bincount(order, weights=cents, minlength=count).astype(np.int64)
