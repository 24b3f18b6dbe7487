"""Stock at the end of each day, made to agree with what was sold and with when a product was out of stock.

Availability comes first, drawn by `goods`; deliveries follow from it.  Backwards from the last day, the stock of an
evening is what is sold until the next delivery plus what is left before that; an evening on which the product is out
has none.  So a delivery always is what the days to come need, and on_hand = on_hand before + received − sold exactly.
Where sales are rare, the shelf may be empty some days before: `available_hours` says when a product was out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.clock import words
from workbench.simulate.draws import uniforms
from workbench.simulate.goods import PRODUCTS, Goods
from workbench.simulate.world import DAYS, FIRST_DAY, World

CYCLE_DAYS = 14  # between planned deliveries
SAFETY_DAYS = 4  # of mean sales that are left when a planned delivery comes
PLACE = "central"

Units = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stock:
    """Units of products by day; both arrays int64 (products, days).

    Attributes:
        on_hand: At the end of the day; 0 where the product is out by then.
        received: In the first hour of the day.
    """

    on_hand: Units
    received: Units


def make_stock(world: World, goods: Goods, sold: Units) -> Stock:
    """The stock that agrees with sales.

    Args:
        world: Whose stock.
        goods: Their `open_hours` say when a product is out.
        sold: Units, shape (products, days).
    """
    offset = np.floor(CYCLE_DAYS * uniforms(world.seed, "stock.cycle", 0, PRODUCTS)).astype(np.int64)
    planned = (np.arange(DAYS + 1) + offset[:, None]) % CYCLE_DAYS == 0
    safety = 1 + np.ceil(SAFETY_DAYS * sold.mean(axis=1)).astype(np.int64)
    out = goods.open_hours < 24
    on_hand = np.zeros((PRODUCTS, DAYS), dtype=np.int64)
    needed = safety  # for the days to come, and left after them
    for day in range(DAYS - 1, -1, -1):
        left = np.where(planned[:, day + 1], np.minimum(safety, needed), needed)
        on_hand[:, day] = np.where(out[:, day], 0, left)
        needed = on_hand[:, day] + sold[:, day]
    received = on_hand + sold
    received[:, 1:] -= on_hand[:, :-1]
    return Stock(on_hand=on_hand, received=received)


def inventory_table(world: World, goods: Goods, sold: Units) -> pa.Table:
    """The canonical table `inventory`: each product in one place on each day on which it is on sale."""
    stock = make_stock(world, goods, sold)
    day = np.arange(DAYS)
    product, day = np.nonzero((day >= goods.launched[:, None]) & (day < goods.retired[:, None]))
    return pa.table(
        {
            "product_id": product + 1,
            "location": words(np.zeros(len(product), dtype=np.int32), [PLACE]),
            "date": FIRST_DAY + day,
            "on_hand": stock.on_hand[product, day].astype(np.float64),
            "received": stock.received[product, day].astype(np.float64),
            "sold": sold[product, day].astype(np.float64),
            "available_hours": goods.open_hours[product, day].astype(np.float64),
        }
    )
