"""Stock agrees with sales to the unit, and is gone when a product is out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.draws import uniforms
from workbench.simulate.goods import PRODUCTS, make_goods
from workbench.simulate.stock import CYCLE_DAYS, inventory_table, make_stock
from workbench.simulate.world import DAYS, FIRST_DAY, World

WORLD = World()


@pytest.fixture(scope="module", params=[40, 0.3], ids=["much is sold", "little is sold"])
def case(request):
    goods = make_goods(WORLD)
    u = uniforms(1, "sold", 0, PRODUCTS * DAYS).reshape(PRODUCTS, DAYS)
    sold = np.floor(request.param * goods.open_hours / 24 + u).astype(np.int64)
    assert sold.sum() > 0.25 * PRODUCTS * DAYS
    return goods, sold, make_stock(WORLD, goods, sold)


def test_stock_is_what_was_there_and_came_less_what_was_sold(case):
    _, sold, stock = case
    before = np.concatenate([np.zeros((PRODUCTS, 1), dtype=np.int64), stock.on_hand[:, :-1]], axis=1)
    assert np.array_equal(stock.on_hand, before + stock.received - sold)
    assert stock.on_hand.min() == 0
    assert stock.received.min() == 0


def test_an_evening_of_a_stock_out_has_no_stock(case):
    goods, _, stock = case
    assert (stock.on_hand[goods.open_hours < 24] == 0).all()


def test_where_much_is_sold_stock_is_gone_only_when_a_product_is_out():
    goods = make_goods(WORLD)
    sold = np.where(goods.open_hours > 0, 5, 0)
    stock = make_stock(WORLD, goods, sold)
    assert np.array_equal(stock.on_hand == 0, goods.open_hours < 24)


def test_deliveries_come_every_fortnight_or_after_a_stock_out(case):
    goods, _, stock = case
    product, day = np.nonzero(stock.received > 0)
    after_out = (goods.open_hours[product, day - 1] < 24) | (day == 0)
    offset = np.floor(CYCLE_DAYS * uniforms(WORLD.seed, "stock.cycle", 0, PRODUCTS)).astype(int)
    planned = (day + offset[product]) % CYCLE_DAYS == 0
    assert (after_out | planned).all()
    assert planned.mean() > 0.5


def test_sales_in_a_day_that_is_out_are_still_accounted_for():
    """An order is dated by its payment: a basket of the evening may be paid after midnight."""
    goods = make_goods(WORLD)
    sold = np.where(goods.open_hours == 0, 1, 2)
    stock = make_stock(WORLD, goods, sold)
    assert stock.received.min() >= 0
    assert (stock.on_hand[goods.open_hours == 0] == 0).all()


def test_the_table_has_each_product_on_each_day_on_which_it_is_on_sale(case):
    goods, sold, stock = case
    frame = inventory_table(WORLD, goods, sold).to_pandas()
    days = np.minimum(goods.retired, DAYS).astype(int) - goods.launched
    assert frame.groupby("product_id").size().tolist() == days.tolist()
    late = int(np.argmax(goods.launched))
    mine = frame[frame["product_id"] == late + 1]
    assert pd.Timestamp(mine["date"].iloc[0]) == pd.Timestamp(FIRST_DAY + int(goods.launched[late]))
    assert mine["on_hand"].tolist() == stock.on_hand[late, goods.launched[late] :].tolist()
    assert mine["available_hours"].tolist() == goods.open_hours[late, goods.launched[late] :].tolist()
    assert set(frame["location"]) == {"central"}
