"""What is sold: products with tastes, prices, content and availability, and how demand answers to them.

A user who looks at a product puts it into the basket with the chance

    acceptance · (paid price / base price) ^ −(elasticity · the user's price factor)

and acceptance holds everything else: content, shocks, the competitors' prices and that of the one substitute that each
product has.  So the expected units of a product are a product of powers of prices, which is what regressions assume.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.draws import uniforms
from workbench.simulate.pricing import SALES_DAYS, Prices, make_prices, weekly
from workbench.simulate.world import DAYS, World

__all__ = ["CATEGORIES", "KINDS", "PRODUCTS", "SALES_DAYS", "TASTES", "Goods", "make_goods"]

CATEGORIES = 24
PER_CATEGORY = 20
PRODUCTS = CATEGORIES * PER_CATEGORY
TASTES = 8
KINDS = ("steady", "rising", "seasonal")  # of categories, in turn
MEAN_ACCEPTANCE = 0.22  # of one that is seen, before shocks
# Room above acceptance, so that a chance stays one: for a price factor of a user, a price of an arm, and a lift of arms
# and novelty up to these, all at once.  `browsing.make_shelf` holds the true ones together against 1.
ROOM_PRICE_FACTOR, ROOM_PRICE, ROOM_LIFT = 1.5, 0.95, 1.26
COMPETITORS_POWER = 0.5  # of the competitors' mean price relative to the base price
OUT_PER_DAY, MOST_DAYS_OUT = 0.006, 9  # chance that a product runs out on a day; whole days that it then stays out
FAR = 10**4  # a day beyond the horizon


@dataclass(frozen=True, slots=True)
class Goods:
    """All products on all days.

    Attributes:
        category: Index of the product's category; int16 (products,).
        taste: What kind of product it is; float32 (products, `TASTES`).
        popularity: Logit of being looked at within the category; float32 (products,).
        base_cents: The price at which acceptance is defined; int32 (products,).
        paid_cents, list_cents, cost_cents: Price asked, price before promotions, unit cost;
            int32 (products, days).
        competitor_cents: Prices of the competitors; int32 (competitors, products, days).
        promo, test: Whether a promotion or a price test moves the price; bool (products, days).
        log_price: Log of the paid relative to the base price; float32 (products, days).
        elasticity: Of demand to the own price, a positive number; float32 (categories,).
        cross_elasticity: Of demand to the substitute's price; float32 (categories,).
        substitute: Index of the one product that stands in for this one; int16 (products,).
        acceptance: Chance that a user who looks buys at the base price; float32 (products, days).
        shock: What demand does beyond everything else, in logs; float32 (products, days).
        open_hours: In stock from midnight for so many hours of the day; uint8 (products, days).
        season: Interest in a category relative to its most; float32 (categories, days), in (0, 1].
        kind: Index into `KINDS`; int8 (categories,).
        quality: Of the product's content, from 0 to 1; float32 (products,).
        return_rate: Chance that a sold line comes back; float32 (products,).
        launched, retired: First day on sale, and first day no longer; int16 (products,).
    """

    category: NDArray[np.int16]
    taste: NDArray[np.float32]
    popularity: NDArray[np.float32]
    base_cents: NDArray[np.int32]
    paid_cents: NDArray[np.int32]
    list_cents: NDArray[np.int32]
    cost_cents: NDArray[np.int32]
    competitor_cents: NDArray[np.int32]
    promo: NDArray[np.bool_]
    test: NDArray[np.bool_]
    log_price: NDArray[np.float32]
    elasticity: NDArray[np.float32]
    cross_elasticity: NDArray[np.float32]
    substitute: NDArray[np.int16]
    acceptance: NDArray[np.float32]
    shock: NDArray[np.float32]
    open_hours: NDArray[np.uint8]
    season: NDArray[np.float32]
    kind: NDArray[np.int8]
    quality: NDArray[np.float32]
    return_rate: NDArray[np.float32]
    launched: NDArray[np.int16]
    retired: NDArray[np.int16]


def make_goods(world: World) -> Goods:
    """The goods of a world; the number of its users does not matter."""
    seed = world.seed
    category = np.repeat(np.arange(CATEGORIES), PER_CATEGORY)
    level = np.exp(8.9 + 0.5 * draws.normal(uniforms(seed, "goods.category_price", 0, CATEGORIES)))[category]
    base = 10 * np.rint(level * np.exp(0.35 * draws.normal(uniforms(seed, "goods.price", 0, PRODUCTS))) / 10) + 9
    shock = _shock(world)
    prices = make_prices(world, base, shock)
    log_price = np.log(prices.paid_cents / prices.base_cents[:, None])
    elasticity = 0.8 + 1.4 * uniforms(seed, "goods.elasticity", 0, CATEGORIES)
    cross = 0.2 + 0.3 * uniforms(seed, "goods.cross_elasticity", 0, CATEGORIES)
    substitute = np.arange(PRODUCTS) ^ 1
    quality = uniforms(seed, "goods.quality", 0, PRODUCTS)
    launched, retired = _life(world)
    beside = shock + 0.4 * (quality[:, None] - 0.5) + COMPETITORS_POWER * _competitors(prices)
    beside = beside + cross[category, None] * log_price[substitute]
    kind = np.arange(CATEGORIES) % len(KINDS)
    return Goods(
        category=category.astype(np.int16),
        taste=_taste(seed),
        popularity=(0.7 * draws.normal(uniforms(seed, "goods.popularity", 0, PRODUCTS))).astype(np.float32),
        base_cents=prices.base_cents,
        paid_cents=prices.paid_cents,
        list_cents=prices.list_cents,
        cost_cents=prices.cost_cents,
        competitor_cents=prices.competitor_cents,
        promo=prices.promo,
        test=prices.test,
        log_price=log_price.astype(np.float32),
        elasticity=elasticity.astype(np.float32),
        cross_elasticity=cross.astype(np.float32),
        substitute=substitute.astype(np.int16),
        acceptance=_acceptance(beside, elasticity[category], log_price, launched, retired),
        shock=shock.astype(np.float32),
        open_hours=_open_hours(world),
        season=_season(world, kind),
        kind=kind.astype(np.int8),
        quality=quality.astype(np.float32),
        return_rate=(0.02 + 0.12 * (1 - quality) ** 2).astype(np.float32),
        launched=launched,
        retired=retired,
    )


def _taste(seed: int) -> NDArray[np.float32]:
    """Products are like their category, and a little of their own."""
    centre = draws.normal(uniforms(seed, "goods.category_taste", 0, CATEGORIES * TASTES)).reshape(CATEGORIES, TASTES)
    own = draws.normal(uniforms(seed, "goods.taste", 0, PRODUCTS * TASTES)).reshape(PRODUCTS, TASTES)
    return (0.3 * np.repeat(centre, PER_CATEGORY, axis=0) + 0.5 * own).astype(np.float32)


def _shock(world: World) -> NDArray[np.float64]:
    """Shocks of demand: new every fourth week, between −0.35 and 0.35; shape (products, days)."""
    spells = DAYS // 28
    u = uniforms(world.seed, "goods.shock", 0, PRODUCTS * spells).reshape(PRODUCTS, spells)
    return weekly(np.repeat(0.7 * u - 0.35, 4, axis=1))


def _competitors(prices: Prices) -> NDArray[np.float64]:
    """Log of the competitors' mean price relative to the base price; shape (products, days)."""
    return np.asarray(np.log(prices.competitor_cents / prices.base_cents[:, None]).mean(axis=0))


def _life(world: World) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """One product in seven comes later, one in twenty goes before the end; never both."""
    u, when = (uniforms(world.seed, f"goods.life_{part}", 0, PRODUCTS) for part in ("kind", "day"))
    launched = np.where(u < 1 / 7, 60 + np.floor(400 * when), 0)
    retired = np.where(u > 0.95, 500 + np.floor(200 * when), FAR)
    return launched.astype(np.int16), retired.astype(np.int16)


def _acceptance(
    beside: NDArray[np.float64],
    elasticity: NDArray[np.float64],
    log_price: NDArray[np.float64],
    launched: NDArray[np.int16],
    retired: NDArray[np.int16],
) -> NDArray[np.float32]:
    """Chances at the base price; a product that leaves too little room is less liked as a whole, never cut off."""
    most = beside - ROOM_PRICE_FACTOR * elasticity[:, None] * (log_price + np.log(ROOM_PRICE))
    mean = np.minimum(MEAN_ACCEPTANCE, np.exp(-most.max(axis=1)) / ROOM_LIFT)
    day = np.arange(DAYS)
    sold = (day >= launched[:, None]) & (day < retired[:, None])
    return np.where(sold, mean[:, None] * np.exp(beside), 0.0).astype(np.float32)


def _open_hours(world: World) -> NDArray[np.uint8]:
    """Full days, but for spells that begin at an hour of a day and last some whole days more."""
    shape = (PRODUCTS, DAYS)
    begins, lasts, hour = (
        uniforms(world.seed, f"goods.out_{part}", 0, PRODUCTS * DAYS).reshape(shape)
        for part in ("begins", "lasts", "hour")
    )
    out = begins < OUT_PER_DAY
    days = np.where(out, np.floor((MOST_DAYS_OUT + 1) * lasts), -1)
    hours = np.where(out, 1 + np.floor(23 * hour), 24)
    for later in range(1, MOST_DAYS_OUT + 1):
        hours[:, later:][days[:, :-later] >= later] = 0
    return hours.astype(np.uint8)


def _season(world: World, kind: NDArray[np.int64]) -> NDArray[np.float32]:
    """Steady categories stay at 0.7, rising ones grow by a line, seasonal ones by a yearly wave of the same reach."""
    day = np.arange(DAYS)
    if not world.seasonal:
        return np.full((CATEGORIES, DAYS), 0.7, dtype=np.float32)
    slope = 0.25 + 0.25 * uniforms(world.seed, "goods.slope", 0, CATEGORIES)[:, None]
    peak = 365 * uniforms(world.seed, "goods.peak", 0, CATEGORIES)[:, None]
    rising = 1 - slope * (1 - day / DAYS)
    wave = 1 - slope * (1 - np.cos(2 * np.pi * (day - peak) / 365.25)) / 2
    named = [np.full((CATEGORIES, DAYS), 0.7), rising, wave]
    return np.choose(kind[:, None], named).astype(np.float32)
