"""Goods: every chance stays a chance, demand answers prices by powers, and seasons are what they are called."""

from __future__ import annotations

import hashlib
from dataclasses import fields

import numpy as np
import pytest

from workbench.simulate.goods import (
    CATEGORIES,
    COMPETITORS_POWER,
    KINDS,
    MEAN_ACCEPTANCE,
    MOST_DAYS_OUT,
    OUT_PER_DAY,
    PRODUCTS,
    ROOM_LIFT,
    ROOM_PRICE,
    ROOM_PRICE_FACTOR,
    Goods,
    make_goods,
)
from workbench.simulate.world import DAYS, World


@pytest.fixture(scope="module")
def goods() -> Goods:
    return make_goods(World())


def test_goods_are_the_same_for_any_number_of_users_and_others_for_another_seed(goods):
    more, other = make_goods(World(users=9_999_999)), make_goods(World(seed=12))
    for field in fields(Goods):
        assert np.array_equal(getattr(goods, field.name), getattr(more, field.name)), field.name
    assert not np.array_equal(goods.paid_cents, other.paid_cents)
    assert not np.array_equal(goods.open_hours, other.open_hours)


def test_prices_and_availability_are_these(goods):
    """Whole numbers are hashed, not floats: the last digit of a logarithm is the machine's own."""
    names = ("base_cents", "paid_cents", "list_cents", "cost_cents", "competitor_cents", "promo", "test", "open_hours")
    digest = hashlib.sha256()
    for name in names:
        digest.update(np.ascontiguousarray(getattr(goods, name)).tobytes())
    assert digest.hexdigest() == "06443a2753d937d1d1bc730cda0408173f4eabd9cc2c64d935dfe1c4a0190514"


@pytest.mark.parametrize("endogenous", [0.0, 1.0])
def test_acceptance_leaves_the_room_that_it_says(endogenous):
    goods = make_goods(World(endogenous_prices=endogenous))
    elasticity = goods.elasticity[goods.category].astype(float)[:, None]
    lowest = goods.log_price + np.log(ROOM_PRICE)
    most = goods.acceptance * np.exp(-ROOM_PRICE_FACTOR * elasticity * lowest) * ROOM_LIFT
    assert most.max() == pytest.approx(1, abs=1e-6)  # float32
    assert goods.acceptance.min() == 0  # before launch


def test_acceptance_is_a_product_of_powers(goods):
    """What is left of log acceptance, when its known parts are taken off, is one constant per product."""
    day = np.arange(DAYS)
    on_sale = (day >= goods.launched[:, None]) & (day < goods.retired[:, None])
    assert np.array_equal(goods.acceptance > 0, on_sale)
    competitors = np.log(goods.competitor_cents / goods.base_cents[:, None]).mean(axis=0)
    known = goods.shock + COMPETITORS_POWER * competitors
    known += goods.cross_elasticity[goods.category][:, None] * goods.log_price[goods.substitute]
    left = np.log(np.where(on_sale, goods.acceptance, 1.0)) - known
    for product in range(PRODUCTS):
        mine = left[product, on_sale[product]]
        assert np.ptp(mine) < 1e-5
        assert mine[0] <= np.log(MEAN_ACCEPTANCE) + 0.2 + 1e-6


def test_the_substitute_of_a_substitute_is_the_product_and_both_are_of_one_category(goods):
    assert np.array_equal(goods.substitute[goods.substitute], np.arange(PRODUCTS))
    assert np.array_equal(goods.category[goods.substitute], goods.category)
    assert (goods.substitute != np.arange(PRODUCTS)).all()


def test_rising_categories_rise_seasonal_ones_come_back_and_steady_ones_stay(goods):
    season = goods.season.astype(float)
    assert season.shape == (CATEGORIES, DAYS)
    assert season.min() > 0
    assert season.max() <= 1
    kind = np.array(KINDS)[goods.kind]
    assert np.allclose(np.diff(season[kind == "rising"], 2), 0, atol=2e-7)
    assert (np.diff(season[kind == "rising"]) > 0).all()
    year = season[kind == "seasonal"]
    assert np.abs(year[:, 365:] - year[:, : DAYS - 365]).max() < 0.003  # a quarter of a day between 365 and a year
    assert (np.ptp(year, axis=1) > 0.24).all()
    assert np.ptp(season[kind == "steady"]) == 0


def test_a_world_without_seasons_has_steady_categories_and_no_more_promotions_on_sales_days():
    goods = make_goods(World(seasonal=False))
    assert np.ptp(goods.season) == 0
    assert goods.promo[:, 28].mean() < 0.12
    assert make_goods(World()).promo[:, 28].mean() > 0.25


def test_products_are_out_for_spells_that_begin_within_a_day(goods):
    hours = goods.open_hours
    assert hours.max() == 24
    begins = (hours > 0) & (hours < 24)
    # Begins are one in so many days; of 349 440 days, less those that fall into a spell that runs already.
    assert begins.mean() == pytest.approx(OUT_PER_DAY, rel=0.1)
    assert (hours < 24).mean() == pytest.approx(OUT_PER_DAY * (1 + MOST_DAYS_OUT / 2), rel=0.1)
    whole_days = hours[:, 1:] == 0
    assert (hours[:, :-1][whole_days] < 24).all()


def test_availability_has_nothing_to_do_with_demand(goods):
    out = (goods.open_hours < 24).ravel().astype(float)
    for other in (goods.shock, goods.log_price):
        # Both come in spells of about a week, so a correlation's error is that of PRODUCTS · DAYS / 14 values at most.
        assert abs(np.corrcoef(out, other.ravel())[0, 1]) < 3 / np.sqrt(PRODUCTS * DAYS / 14)


def test_poor_content_is_bought_less_and_comes_back_more(goods):
    order = np.argsort(goods.quality)
    assert (np.diff(goods.return_rate[order]) <= 0).all()
    assert goods.return_rate.min() >= 0.02
    assert goods.return_rate.max() <= 0.14
