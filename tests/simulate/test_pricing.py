"""Prices follow costs by a rule, promotions and tests move them at random, and demand only if the world says so."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.simulate.goods import PRODUCTS, make_goods
from workbench.simulate.pricing import (
    PASS_THROUGH,
    PROMO_SHARE,
    PROMOTED,
    RULE_LAG,
    TEST_DAYS,
    TEST_SHARE,
    TESTED,
    WEEK,
)
from workbench.simulate.world import DAYS, World


@pytest.fixture(scope="module")
def goods():
    return make_goods(World(seasonal=False))


def ruled(goods) -> np.ndarray:
    """Logs of list prices relative to the base price; not a number where a test moves them."""
    return np.where(goods.test, np.nan, np.log(goods.list_cents / goods.base_cents[:, None]))


def test_the_list_price_follows_the_cost_two_weeks_later(goods):
    cost = np.log(goods.cost_cents / goods.cost_cents[:, :1])
    apart = np.abs(ruled(goods)[:, RULE_LAG:] - PASS_THROUGH * cost[:, :-RULE_LAG])
    # Both are whole cents, the least of them some hundreds: half a cent of 400 is 0.13 %.
    assert np.nanmax(apart) < 0.004


def test_a_test_shows_another_list_price(goods):
    assert np.array_equal(goods.paid_cents[goods.test], goods.list_cents[goods.test])
    cost = np.log(goods.cost_cents / goods.cost_cents[:, :1])
    before = goods.base_cents[:, None] * np.exp(PASS_THROUGH * cost[:, :-RULE_LAG])
    ratio = (goods.paid_cents[:, RULE_LAG:] / before)[goods.test[:, RULE_LAG:]]
    apart = np.abs(ratio[:, None] - (1 + np.array(TESTED)))
    assert apart.min(axis=1).max() < 0.005
    assert set(apart.argmin(axis=1)) == set(range(len(TESTED)))


def test_promotions_reduce_the_list_price_and_nothing_else_does(goods):
    assert np.array_equal(goods.paid_cents[~goods.promo], goods.list_cents[~goods.promo])
    ratio = (goods.paid_cents / goods.list_cents)[goods.promo]
    assert np.abs(ratio[:, None] - (1 - np.array(PROMOTED))).min(axis=1).max() < 0.001
    assert not (goods.promo & goods.test).any()


def test_promotions_last_weeks_and_tests_fortnights(goods):
    assert (goods.promo.reshape(PRODUCTS, -1, WEEK) == goods.promo[:, ::WEEK, None]).all()
    assert (goods.test.reshape(PRODUCTS, -1, TEST_DAYS) == goods.test[:, ::TEST_DAYS, None]).all()
    windows = PRODUCTS * DAYS / TEST_DAYS
    assert goods.test.mean() == pytest.approx(TEST_SHARE, abs=3 * np.sqrt(TEST_SHARE * (1 - TEST_SHARE) / windows))
    share = PROMO_SHARE * (1 - TEST_SHARE)  # a test ends a promotion
    assert goods.promo.mean() == pytest.approx(share, abs=3 * np.sqrt(share / (windows * TEST_DAYS / WEEK)))


def test_prices_take_up_the_share_of_demand_that_the_world_says():
    plain, half = make_goods(World()), make_goods(World(endogenous_prices=0.5))
    assert np.array_equal(plain.shock, half.shock)
    taken = ruled(half) - ruled(plain)
    assert np.nanmax(np.abs(taken - 0.5 * half.shock)) < 0.003
    assert abs(np.corrcoef(plain.log_price.ravel(), plain.shock.ravel())[0, 1]) < 0.02
    assert np.corrcoef(half.log_price.ravel(), half.shock.ravel())[0, 1] > 0.4


def test_competitors_stay_near_and_move_on_mondays(goods):
    ratio = goods.competitor_cents / goods.base_cents[:, None]
    assert np.abs(np.log(ratio)).max() < 0.152
    changes = np.diff(goods.competitor_cents, axis=2) != 0
    assert not changes[:, :, [day for day in range(DAYS - 1) if (day + 1) % WEEK]].any()
    assert not np.array_equal(goods.competitor_cents[0], goods.competitor_cents[1])
