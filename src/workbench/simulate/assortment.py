"""The tables of the goods: products, categories, prices, costs, and what competitors ask."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.clock import DAY_SECONDS, utc, words
from workbench.simulate.demand import market_elasticity
from workbench.simulate.draws import uniforms
from workbench.simulate.goods import CATEGORIES, KINDS, PRODUCTS, TASTES, Goods
from workbench.simulate.pricing import COMPETITORS, RULE_LAG, WEEK
from workbench.simulate.world import DAYS, FIRST_DAY, World

CATEGORY_NAMES = (
    "Backpacks", "Bedding", "Blenders", "Board games", "Bowls", "Cables", "Candles", "Cushions", "Desk lamps",
    "Fans", "Headphones", "Jackets", "Kettles", "Mugs", "Notebooks", "Pens", "Plants", "Scarves", "Shoes",
    "Skin care", "Tea", "Towels", "Umbrellas", "Vases",
)  # fmt: skip
BRANDS = ("Amberline", "Bluefern", "Cedarway", "Dunmore", "Eastgate", "Foxglove")
REASONS = ("rule", "promo", "test", "cost")
ATTRIBUTES = 12  # that a product's page can fill
SEEN_AT = 6 * 3600  # competitors are looked at on Mondays at six


def goods_tables(world: World, goods: Goods) -> dict[str, pa.Table]:
    """The canonical tables `products`, `categories`, `prices`, `costs` and `competitor_prices`.

    Prices and costs have one row per change; both go from a product's launch until it retires.
    """
    return {
        "products": _products(world, goods),
        "categories": _categories(),
        "prices": _prices(goods),
        "costs": _costs(goods),
        "competitor_prices": _competitor_prices(goods),
    }


def truth_of_goods(
    goods: Goods, sold: NDArray[np.int64], lost: NDArray[np.int64], wanted: NDArray[np.float64]
) -> dict[str, pa.Table]:
    """What the tables of goods do not say.

    `elasticity` is that of a user with a price factor of 1, and `market_elasticity` what all users together show, as
    `demand.market_elasticity` says; it is missing for what nobody is expected to want.

    Args:
        goods: The goods.
        sold: Units, shape (products, days).
        lost: Units that would have been bought but for stock-outs, shape (products, days).
        wanted: Units that each persona is expected to want, shape (personas, products).

    Returns:
        `products` (elasticities, substitute, quality, tastes, lost units), `categories` (kind, season's growth), and
        `product_days` (shock of demand, units sold and lost, randomised prices).
    """
    product, day = _days_on_sale(goods)
    somebody = wanted.sum(axis=0) > 0
    market = market_elasticity(goods, np.where(somebody, wanted, 1.0))
    return {
        "products": pa.table(
            {
                "product_id": np.arange(PRODUCTS) + 1,
                "elasticity": -goods.elasticity[goods.category].astype(np.float64),
                "market_elasticity": pa.array(market, mask=~somebody),
                "cross_elasticity": goods.cross_elasticity[goods.category].astype(np.float64),
                "substitute_id": goods.substitute.astype(np.int64) + 1,
                "quality": goods.quality,
                "popularity": goods.popularity,
                "return_rate": goods.return_rate,
                "sold": sold.sum(axis=1),
                "lost": lost.sum(axis=1),
            }
            | {f"taste_{k + 1}": goods.taste[:, k] for k in range(TASTES)}
        ),
        "categories": pa.table(
            {
                "category_id": np.arange(CATEGORIES) + 1,
                "kind": words(goods.kind, KINDS),
                "growth": goods.season[:, -1].astype(np.float64) / goods.season[:, 0] - 1,
            }
        ),
        "product_days": pa.table(
            {
                "product_id": product + 1,
                "date": FIRST_DAY + day,
                "shock": goods.shock[product, day],
                "tested": goods.test[product, day],
                "sold": sold[product, day],
                "lost": lost[product, day],
            }
        ),
    }


def _products(world: World, goods: Goods) -> pa.Table:
    u = uniforms(world.seed, "goods.content", 0, PRODUCTS * 3).reshape(PRODUCTS, 3)
    like = np.clip(goods.quality[:, None] + 0.3 * (u - 0.5), 0, 1)
    brand = np.floor(uniforms(world.seed, "goods.brand", 0, PRODUCTS) * len(BRANDS)).astype(np.int64)
    number = np.arange(PRODUCTS) % (PRODUCTS // CATEGORIES) + 1
    titles = [f"{CATEGORY_NAMES[c]} {BRANDS[b]} {n}" for c, b, n in zip(goods.category, brand, number, strict=True)]
    gone = goods.retired < DAYS
    return pa.table(
        {
            "product_id": np.arange(PRODUCTS) + 1,
            "category_id": goods.category.astype(np.int64) + 1,
            "title": titles,
            "brand": words(brand, BRANDS),
            "launched_date": FIRST_DAY + goods.launched.astype(np.int64),
            "retired_date": pa.array(FIRST_DAY + np.where(gone, goods.retired, 0), mask=~gone),
            "cost": goods.cost_cents[:, -1] / 100,
            "content_title_len": 18 + np.rint(50 * like[:, 0]).astype(np.int64),
            "content_desc_len": 60 + np.rint(900 * like[:, 1]).astype(np.int64),
            "content_images": 1 + np.rint(7 * like[:, 2]).astype(np.int64),
            "content_attrs_filled": np.rint(ATTRIBUTES * goods.quality).astype(np.int64),
            "content_attrs_total": np.full(PRODUCTS, ATTRIBUTES),
        }
    )


def _categories() -> pa.Table:
    return pa.table(
        {
            "category_id": np.arange(CATEGORIES) + 1,
            "name": list(CATEGORY_NAMES),
            "level": np.ones(CATEGORIES, dtype=np.int64),
        }
    )


def _prices(goods: Goods) -> pa.Table:
    week = np.arange(DAYS) // WEEK
    promo_id = np.where(goods.promo, np.arange(PRODUCTS)[:, None] * (DAYS // WEEK) + week + 1, 0)
    moved = _moved(goods.cost_cents)
    by_cost = np.zeros_like(moved)
    by_cost[:, RULE_LAG:] = moved[:, :-RULE_LAG]
    by_cost &= _moved(goods.list_cents)
    reason = np.select([goods.promo, goods.test, by_cost], [1, 2, 3], 0)
    changed = _moved(goods.list_cents) | _moved(goods.paid_cents) | _moved(promo_id) | _moved(goods.test)
    product, day, until = _spells(goods, changed)
    return pa.table(
        {
            "product_id": product + 1,
            "valid_from": utc(day * DAY_SECONDS),
            "valid_to": pa.array(utc(until * DAY_SECONDS), mask=until >= DAYS),
            "list_price": goods.list_cents[product, day] / 100,
            "sale_price": goods.paid_cents[product, day] / 100,
            "promo_id": pa.array(promo_id[product, day], mask=promo_id[product, day] == 0),
            "reason": words(reason[product, day], REASONS),
        }
    )


def _costs(goods: Goods) -> pa.Table:
    product, day, _ = _spells(goods, _moved(goods.cost_cents))
    return pa.table(
        {
            "product_id": product + 1,
            "valid_from": utc(day * DAY_SECONDS),
            "unit_cost": goods.cost_cents[product, day] / 100,
        }
    )


def _competitor_prices(goods: Goods) -> pa.Table:
    product, day = _days_on_sale(goods)
    monday = day % WEEK == 0
    product, day = product[monday], day[monday]
    which = np.repeat(np.arange(len(COMPETITORS)), len(product))
    product, day = np.tile(product, len(COMPETITORS)), np.tile(day, len(COMPETITORS))
    return pa.table(
        {
            "product_id": product + 1,
            "competitor": words(which, COMPETITORS),
            "seen_at": utc(day * DAY_SECONDS + SEEN_AT),
            "price": goods.competitor_cents[which, product, day] / 100,
        }
    )


def _moved(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Where a value differs from the day before; shape (products, days)."""
    moved = np.zeros(values.shape, dtype=bool)
    moved[:, 1:] = values[:, 1:] != values[:, :-1]
    return moved


def _spells(goods: Goods, changed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Product, first day and the day after the last of each spell between changes, while a product is on sale."""
    begins = changed & _on_sale(goods)
    begins[np.arange(PRODUCTS), goods.launched] = True
    product, day = np.nonzero(begins)
    until = np.append(day[1:], DAYS)
    last = np.append(product[1:] != product[:-1], True)
    return product, day, np.where(last, np.minimum(goods.retired[product], DAYS), until)


def _days_on_sale(goods: Goods) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    product, day = np.nonzero(_on_sale(goods))
    return product, day


def _on_sale(goods: Goods) -> NDArray[np.bool_]:
    day = np.arange(DAYS)
    return np.asarray((day >= goods.launched[:, None]) & (day < goods.retired[:, None]))
