"""What users are expected to want, in closed form: the margin of a visit, and who wants each product.

A user's lines do not depend on each other, so expectations are sums over products, without experiments and coupons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import funnel
from workbench.simulate.browsing import LINES_SHARES, MOST_LINES, PER_CATEGORY, QUANTITY_SHARES, Shelf
from workbench.simulate.goods import CATEGORIES, PRODUCTS, Goods
from workbench.simulate.life import Stage
from workbench.simulate.people import PERSONAS, PRICE_FACTOR, Users
from workbench.simulate.visits import groups
from workbench.simulate.world import DAYS

LINES = float(LINES_SHARES @ np.arange(1, MOST_LINES + 1))  # of a visit, on the whole
PIECES = float(QUANTITY_SHARES @ np.arange(1, len(QUANTITY_SHARES) + 1))  # of a line
AT_A_TIME = 512  # users, so few that what is worked out for them stays in the processor's cache


@dataclass(frozen=True, slots=True)
class Demand:
    """What the expectations of all users share; made once for a world.

    Attributes:
        worth: Margin of a look at each product on the mean day, if the basket is paid, in CNY; float64
            (personas, products).
        daily: Chance that a look into the product's category becomes a wish at base price; float64 (days, products).
        cumulative: The same, weighted by the intensity of visits, from the first day on; float64
            (groups, days + 1, products).
    """

    worth: NDArray[np.float64]
    daily: NDArray[np.float64]
    cumulative: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the users of one block are expected to do.

    Attributes:
        margin: Of a visit, at the season, prices and stock of the mean day, in CNY; (users,).
        wanted: Units that each persona would buy on its own visits, and on those that marketing stirs up, were every
            product at its base price and never out of stock; given who the users are and when they join and leave;
            (personas, products).
    """

    margin: NDArray[np.float64]
    wanted: NDArray[np.float64]


def make_demand(stage: Stage) -> Demand:
    """What the expectations of all users share."""
    goods = stage.goods
    daily = (goods.acceptance.astype(np.float64) * goods.season[goods.category]).T.copy()
    intensity = np.diff(stage.intensity.cumulative, axis=1)
    cumulative = np.zeros((len(intensity), DAYS + 1, PRODUCTS))
    for group, of_day in enumerate(intensity):
        np.cumsum(of_day[:, None] * daily, axis=0, out=cumulative[group, 1:])
    return Demand(_worth(stage.shelf), daily, cumulative)


def expect(stage: Stage, demand: Demand, users: Users) -> Expected:
    """What these users are expected to do."""
    pays = LINES * funnel.chance_to_pay(users)
    group = groups(stage.world, users)
    margin, wanted = np.empty(len(users)), np.zeros((len(PERSONAS), PRODUCTS))
    for start in range(0, len(users), AT_A_TIME):
        some = slice(start, start + AT_A_TIME)
        persona = users.persona[some]
        looks = _looks(stage.goods, users, some) * pays[some, None]
        margin[some] = (looks * demand.worth[persona]).sum(axis=1)
        looks *= _wishes(demand, users, some, group[some])
        for one in range(len(PERSONAS)):
            wanted[one] += looks[persona == one].sum(axis=0)
    return Expected(margin, PIECES * wanted)


def market_elasticity(goods: Goods, wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """The power of its own price in the units of each product that all users together are expected to buy.

    Each persona's units are a power of the price, with −elasticity · price factor; the derivative of the log of their
    sum at the base price is the mean of these powers, weighted by the units.

    Args:
        goods: The goods.
        wanted: As `Expected` says, shape (personas, products).

    Returns:
        Negative numbers, shape (products,).
    """
    return np.asarray(-goods.elasticity[goods.category] * (PRICE_FACTOR @ wanted) / wanted.sum(axis=0))


def _worth(shelf: Shelf) -> NDArray[np.float64]:
    goods = shelf.goods
    margin = (goods.paid_cents - goods.cost_cents) / 100
    looked = goods.season[goods.category] * (goods.open_hours / 24)
    return np.asarray(np.einsum("npd,pd->np", shelf.chance, margin * looked * PIECES) / DAYS)


def _looks(goods: Goods, users: Users, some: slice) -> NDArray[np.float64]:
    """Chance that a look is one at each product, before seasons; shape (some users, products)."""
    # User by user, since one large product would wake the library's threads beside our own.
    weight = np.exp((users.taste[some, None] @ goods.taste.T.astype(np.float64))[:, 0] + goods.popularity)
    weight = weight.reshape(len(weight), CATEGORIES, PER_CATEGORY)
    interest = np.diff(users.interest[some], axis=1, prepend=0.0)
    return np.asarray((weight * (interest / weight.sum(axis=2))[:, :, None]).reshape(len(weight), PRODUCTS))


def _wishes(demand: Demand, users: Users, some: slice, group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Wishes for each product that are expected of all visits, if all looks were at it; (some users, products)."""
    joined, leaves = users.joined[some], np.minimum(users.leaves[some], DAYS)

    def until(day: NDArray[np.float64]) -> NDArray[np.float64]:
        whole: NDArray[np.int64] = np.minimum(day.astype(np.int64), DAYS - 1)
        start = demand.cumulative[group, whole]
        return np.asarray(start + (day - whole)[:, None] * (demand.cumulative[group, whole + 1] - start))

    own = users.rate[some, None] * (until(leaves) - until(joined))
    return own + demand.daily[joined.astype(np.int64)]
