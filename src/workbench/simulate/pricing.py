"""What goods cost and are sold for, day by day, and what two competitors ask.

A list price follows the cost by a fixed rule two weeks later, so that costs are instruments of prices; promotions and
randomised price tests move the price that is paid; and, if the world says so, the list price takes up demand shocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.draws import uniforms
from workbench.simulate.world import DAYS, World

COMPETITORS = ("Rivermart", "Shopline")
SALES_DAYS = (28, 247, 393, 612)  # 11 November and 18 June, days since the first
TESTED = (-0.10, -0.05, 0.05, 0.10)  # what a price test does to a price
TEST_SHARE, TEST_DAYS = 0.08, 14
PROMOTED = (0.10, 0.15, 0.20, 0.25)  # depths of promotions
PROMO_SHARE, SALES_PROMO_SHARE = 0.06, 0.35  # of the products in a week, and in the week of a sales day
COST_CHANGES, COST_STEP = 6.0, 0.06  # per product over the horizon; standard deviation of one in logs
PASS_THROUGH, RULE_LAG = 0.7, 14  # share of a change of cost (in logs) that the list price follows; days later
WEEK = 7

Days = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of products on days; every array has shape (products, days) unless said.

    Attributes:
        base_cents: The price at which acceptance is defined; shape (products,).
        cost_cents: What one unit costs the platform.
        list_cents: The price before promotions.
        paid_cents: What is asked.
        promo, test: Whether a promotion or a price test moves the price.
        competitor_cents: Shape (competitors, products, days).
    """

    base_cents: NDArray[np.int32]
    cost_cents: NDArray[np.int32]
    list_cents: NDArray[np.int32]
    paid_cents: NDArray[np.int32]
    promo: NDArray[np.bool_]
    test: NDArray[np.bool_]
    competitor_cents: NDArray[np.int32]


def make_prices(world: World, base: NDArray[np.float64], shock: Days) -> Prices:
    """All prices of a world.

    Args:
        world: Whose prices.
        base: Base prices in cents, shape (products,).
        shock: What demand does beyond prices, in logs, shape (products, days); prices take up
            `world.endogenous_prices` of it.
    """
    products = len(base)
    cost = _cost_change(world, products)
    ruled = PASS_THROUGH * _later(cost, RULE_LAG) + world.endogenous_prices * shock
    test, tested = _tests(world, products)
    promo, depth = _promotions(world, products)
    promo &= ~test
    ruled_cents = _cents(base[:, None] * np.exp(ruled))
    paid = _cents(np.where(test, 1 + tested, np.where(promo, 1 - depth, 1.0)) * ruled_cents)
    share = 0.45 + 0.2 * uniforms(world.seed, "goods.cost_share", 0, products)
    return Prices(
        base_cents=_cents(base),
        cost_cents=_cents((base * share)[:, None] * np.exp(cost)),
        list_cents=np.where(test, paid, ruled_cents),  # a test shows another price, not a reduced one
        paid_cents=paid,
        promo=promo,
        test=test,
        competitor_cents=np.stack([_cents(base[:, None] * np.exp(_competitor(world, i, products))) for i in (0, 1)]),
    )


def weekly(values: Days) -> Days:
    """Values per week, shape (products, weeks), as values per day: shape (products, days)."""
    return np.repeat(values, WEEK, axis=1)[:, :DAYS]


def _cost_change(world: World, products: int) -> Days:
    """Log of the cost relative to the first day: it steps up or down every few months."""
    shape = (products, DAYS)
    changes = uniforms(world.seed, "goods.cost_changes", 0, products * DAYS).reshape(shape) < COST_CHANGES / DAYS
    # Between −1 and 1 and back towards 0, so that no cost runs away.
    levels = 2 * uniforms(world.seed, "goods.cost_level", 0, products * DAYS).reshape(shape) - 1
    changes[:, 0] = False
    latest = np.maximum.accumulate(np.where(changes, np.arange(DAYS), -1), axis=1)
    found = np.take_along_axis(levels, np.maximum(latest, 0), axis=1)
    return np.where(latest >= 0, 3**0.5 * COST_STEP * found, 0.0)


def _later(values: Days, days: int) -> Days:
    return np.concatenate([np.repeat(values[:, :1], days, axis=1), values[:, :-days]], axis=1)


def _tests(world: World, products: int) -> tuple[NDArray[np.bool_], Days]:
    """Which product-days are under a price test, and by how much it moves the price."""
    windows = DAYS // TEST_DAYS
    u = uniforms(world.seed, "goods.tested", 0, products * windows).reshape(products, windows)
    which = uniforms(world.seed, "goods.test_size", 0, products * windows)
    size = np.asarray(TESTED)[draws.choice(which, np.ones(len(TESTED)))].reshape(products, windows)
    return np.repeat(u < TEST_SHARE, TEST_DAYS, axis=1), np.repeat(size, TEST_DAYS, axis=1)


def _promotions(world: World, products: int) -> tuple[NDArray[np.bool_], Days]:
    """Which product-days are promoted, for a week at a time, and how deeply."""
    weeks = DAYS // WEEK
    share = np.full(weeks, PROMO_SHARE)
    if world.seasonal:
        share[[day // WEEK for day in SALES_DAYS]] = SALES_PROMO_SHARE
    u = uniforms(world.seed, "goods.promoted", 0, products * weeks).reshape(products, weeks)
    which = uniforms(world.seed, "goods.promo_depth", 0, products * weeks)
    depth = np.asarray(PROMOTED)[draws.choice(which, np.ones(len(PROMOTED)))].reshape(products, weeks)
    return np.repeat(u < share, WEEK, axis=1), np.repeat(depth, WEEK, axis=1)


def _competitor(world: World, which: int, products: int) -> Days:
    """Log of a competitor's price relative to the base price: at most 15 % apart, new in a fifth of the weeks."""
    weeks = DAYS // WEEK
    shape = (products, weeks)
    changes = uniforms(world.seed, f"goods.competitor_changes.{which}", 0, products * weeks).reshape(shape) < 0.2
    levels = uniforms(world.seed, f"goods.competitor_level.{which}", 0, products * weeks).reshape(shape)
    latest = np.maximum.accumulate(np.where(changes, np.arange(weeks), 0), axis=1)
    return weekly(0.15 * (2 * np.take_along_axis(levels, latest, axis=1) - 1))


def _cents(values: Days) -> NDArray[np.int32]:
    return np.rint(values).astype(np.int32)
