"""Tables of the goods: one row per change, which together say what each day was."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.assortment import goods_tables, truth_of_goods
from workbench.simulate.clock import DAY_SECONDS, utc
from workbench.simulate.goods import CATEGORIES, PRODUCTS, make_goods
from workbench.simulate.world import DAYS, FIRST_DAY, World
from workbench.tables.schema import TABLES

WORLD = World(endogenous_prices=0.3)


@pytest.fixture(scope="module")
def goods():
    return make_goods(WORLD)


@pytest.fixture(scope="module")
def tables(goods):
    return {name: table.to_pandas() for name, table in goods_tables(WORLD, goods).items()}


def by_day(frame: pd.DataFrame, value: str) -> np.ndarray:
    """What a table of changes says of each product on each day, at noon; shape (products, days)."""
    found = np.full((PRODUCTS, DAYS), np.nan)
    moments = utc(np.arange(DAYS) * DAY_SECONDS + DAY_SECONDS // 2)
    for product, rows in frame.groupby("product_id"):
        at = np.searchsorted(rows["valid_from"].to_numpy(), moments, side="right") - 1
        values = rows[value].to_numpy()[np.maximum(at, 0)]
        found[product - 1, at >= 0] = values[at >= 0]
    return found


def test_tables_have_the_columns_of_the_dictionary_and_unique_keys(tables):
    assert list(tables) == ["products", "categories", "prices", "costs", "competitor_prices"]
    for name, frame in tables.items():
        canonical = TABLES[name]
        assert set(canonical.required) <= set(frame.columns)
        assert set(frame.columns) <= set(canonical.columns), name
        assert not frame.duplicated(list(canonical.key)).any()
        assert not frame[list(canonical.required)].isna().any().any()


def test_changes_of_prices_and_costs_say_what_each_day_was(goods, tables):
    day = np.arange(DAYS)
    on_sale = (day >= goods.launched[:, None]) & (day < goods.retired[:, None])
    for name, column, cents in (
        ("prices", "list_price", goods.list_cents),
        ("prices", "sale_price", goods.paid_cents),
        ("costs", "unit_cost", goods.cost_cents),
    ):
        assert np.array_equal(by_day(tables[name], column)[on_sale], cents[on_sale] / 100), column


def test_no_price_is_said_before_launch_nor_after_retiring(goods, tables):
    first = tables["prices"].groupby("product_id")["valid_from"].min().to_numpy()
    assert np.array_equal(first, utc(goods.launched.astype(np.int64) * DAY_SECONDS).astype(first.dtype))
    last = tables["prices"].groupby("product_id")["valid_to"].agg(lambda ends: ends.iloc[-1])
    gone = goods.retired < DAYS
    assert last.isna().tolist() == (~gone).tolist()
    retired = utc(goods.retired[gone].astype(np.int64) * DAY_SECONDS)
    assert np.array_equal(last[gone].to_numpy(), retired.astype(last.dtype))


def test_one_price_ends_where_the_next_begins(tables):
    prices = tables["prices"]
    same = (prices["product_id"] == prices["product_id"].shift(-1)).to_numpy()
    assert prices["valid_to"][same].tolist() == prices["valid_from"].shift(-1)[same].tolist()
    assert (prices["valid_to"].dropna() > prices["valid_from"][prices["valid_to"].notna()]).all()


def test_reasons_are_what_moved_the_price(goods, tables):
    prices = tables["prices"]
    day = ((prices["valid_from"] - pd.Timestamp(utc(np.array([0]))[0])) / pd.Timedelta(days=1)).astype(int)
    product = prices["product_id"] - 1
    assert (prices["reason"] == "promo").tolist() == goods.promo[product, day].tolist()
    assert (prices["reason"] == "test").tolist() == goods.test[product, day].tolist()
    assert prices["promo_id"].notna().tolist() == goods.promo[product, day].tolist()
    assert set(prices["reason"]) == {"rule", "promo", "test", "cost"}
    assert prices.dropna(subset="promo_id").groupby("promo_id")["valid_from"].agg(np.ptp).max() < pd.Timedelta(days=7)


def test_products_are_of_known_categories_and_say_when_they_came_and_went(goods, tables):
    products = tables["products"]
    assert set(products["category_id"]) == set(tables["categories"]["category_id"]) == set(range(1, CATEGORIES + 1))
    assert products["title"].is_unique
    assert products["retired_date"].notna().sum() == (goods.retired < DAYS).sum()
    launched = pd.to_datetime(products["launched_date"]) - pd.Timestamp(FIRST_DAY)
    assert (launched / pd.Timedelta(days=1)).tolist() == goods.launched.tolist()
    assert (products["content_attrs_filled"] <= products["content_attrs_total"]).all()
    for column in ("content_title_len", "content_desc_len", "content_images", "content_attrs_filled"):
        assert np.corrcoef(products[column], goods.quality)[0, 1] > 0.9, column


def test_competitors_are_seen_on_mondays_at_six(goods, tables):
    seen = tables["competitor_prices"]
    local = seen["seen_at"] + pd.Timedelta(hours=8)
    assert set(local.dt.dayofweek) == {0}
    assert set(local.dt.hour) == {6}
    row = seen[(seen["product_id"] == 1) & (seen["competitor"] == "Shopline")].iloc[3]
    assert row["price"] == goods.competitor_cents[1, 0, 21] / 100


def test_the_truth_of_goods_is_what_made_them(goods):
    sold = np.arange(PRODUCTS * DAYS).reshape(PRODUCTS, DAYS) % 7
    lost = sold // 3
    wanted = np.full((4, PRODUCTS), [[1.0], [2.0], [3.0], [4.0]])
    wanted[:, 5] = 0
    truth = {name: table.to_pandas() for name, table in truth_of_goods(goods, sold, lost, wanted).items()}
    products = truth["products"]
    assert products["sold"].tolist() == sold.sum(axis=1).tolist()
    assert products["lost"].tolist() == lost.sum(axis=1).tolist()
    assert np.array_equal(products["elasticity"], -goods.elasticity[goods.category].astype(float))
    factor = (1 * 1.3 + 2 * 0.7 + 3 * 1.0 + 4 * 0.8) / 10  # of the personas, by what each wants
    shown = products["market_elasticity"]
    assert shown.isna().tolist() == [product == 5 for product in range(PRODUCTS)]
    assert shown.drop(5).to_numpy() == pytest.approx(factor * products["elasticity"].drop(5).to_numpy())
    assert products["substitute_id"].tolist() == (goods.substitute + 1).tolist()
    assert np.array_equal(products[[f"taste_{k}" for k in range(1, 9)]], goods.taste)
    categories = truth["categories"].set_index("kind")["growth"]
    assert (categories["rising"] > 0.3).all()
    assert np.abs(categories["seasonal"]).max() < 0.03
    assert (categories["steady"] == 0).all()
    days = truth["product_days"]
    row = days[days["product_id"] == 7].iloc[-1]
    place = int((pd.Timestamp(row["date"]) - pd.Timestamp(FIRST_DAY)).days)
    assert (row["sold"], row["lost"]) == (sold[6, place], lost[6, place])
    assert row["shock"] == goods.shock[6, place]
