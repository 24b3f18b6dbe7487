"""What is bought answers prices, competitors and shocks as the truth beside the data says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.browsing import browse
from workbench.simulate.demand import expect, make_demand, market_elasticity
from workbench.simulate.experiments import EXPERIMENTS
from workbench.simulate.funnel import chance_to_pay
from workbench.simulate.goods import COMPETITORS_POWER, make_goods
from workbench.simulate.in_memory import make_tables
from workbench.simulate.people import PERSONAS, PRICE_FACTOR
from workbench.simulate.world import DAYS, FIRST_DAY, World

# Before the first page test changes prices or tastes, and without the sales days' crowds: none of it matters here.
UNTIL = int(min(e.begins for e in EXPERIMENTS if e.exposed != "joining"))
NAMES = ("own price", "substitute's price", "competitors' price", "shock")


def day_of(times: pd.Series) -> np.ndarray:
    local = times + pd.Timedelta(hours=8) - pd.Timestamp(FIRST_DAY)
    return (local // pd.Timedelta(days=1)).to_numpy()


@pytest.fixture(scope="module", params=[0.0, 0.8], ids=["prices by rule", "prices follow demand"])
def counted(request):
    """Lines by persona, product and day, the traffic behind them, and the four reasons with their true powers.

    Of each persona and product, the days of its lines are drawn in proportion to the day's traffic, the category's
    season, and the product of powers: a multinomial whatever else decides between products.
    """
    world = World(users=12_000, seed=8, endogenous_prices=request.param)
    goods = make_goods(world)
    made = make_tables(world, ("users", "sessions", "orders", "order_items"))
    frames = {name: table.to_pandas() for name, table in made.tables.items()}
    truth = made.truth["users"].to_pandas()
    persona = pd.Series(truth["persona"].map(PERSONAS.index).astype(int).to_numpy(), truth["user_id"])
    sessions = frames["sessions"]
    traffic = np.zeros((len(PERSONAS), DAYS))
    np.add.at(traffic, (persona[sessions["user_id"]], day_of(sessions["started_at"])), 1)
    orders = frames["orders"].merge(sessions[["session_id", "started_at"]], on="session_id")
    lines = frames["order_items"][["order_id", "product_id"]].merge(orders, on="order_id")
    count = np.zeros((len(PERSONAS), len(goods.category), DAYS))
    at = (persona[lines["user_id"]].to_numpy(), lines["product_id"].to_numpy() - 1, day_of(lines["started_at"]))
    np.add.at(count, at, 1)
    sold = (goods.acceptance > 0) & (goods.open_hours == 24)
    weight = traffic[:, None] * goods.season[goods.category] * sold
    elasticity = goods.elasticity[goods.category][:, None]
    competitors = np.log(goods.competitor_cents / goods.base_cents[:, None]).mean(axis=0)
    own = -PRICE_FACTOR[:, None, None] * (elasticity * goods.log_price)
    cross = goods.cross_elasticity[goods.category][:, None] * goods.log_price[goods.substitute]
    others = np.stack([cross, COMPETITORS_POWER * competitors, goods.shock])
    reasons = np.concatenate([own[None], np.broadcast_to(others[:, None], (3, *own.shape))])
    return (count * sold)[..., :UNTIL], weight[..., :UNTIL], reasons[..., :UNTIL]


def fit(count: np.ndarray, weight: np.ndarray, reasons: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Maximum likelihood of the multinomial: how many times its true power each reason has, and the standard errors."""
    powers = np.zeros(len(reasons))
    total = count.sum(axis=-1, keepdims=True)
    for _ in range(6):
        share = weight * np.exp(np.tensordot(powers, reasons, 1))
        share /= np.maximum(share.sum(axis=-1, keepdims=True), 1e-300)
        centred = reasons - (share * reasons).sum(axis=-1, keepdims=True)
        score = ((count - total * share) * reasons).sum(axis=(1, 2, 3))
        information = np.einsum("agpd,bgpd->ab", centred * (total * share), centred, optimize=True)
        powers = powers + np.linalg.solve(information, score)
    return powers, np.sqrt(np.diag(np.linalg.inv(information)))


def test_demand_answers_prices_competitors_and_shocks_with_their_true_powers(counted):
    powers, errors = fit(*counted)
    for name, power, error in zip(NAMES, powers, errors, strict=True):
        assert abs(power - 1) < 3 * error, f"{name}: {power:.2f} ± {error:.2f} times the truth"
    assert powers[0] > 6 * errors[0]  # the own price is told from nothing, so this could fail
    assert powers[3] > 6 * errors[3]


def test_who_forgets_the_shocks_is_wrong_only_where_prices_follow_demand(counted, request):
    count, weight, reasons = counted
    (power,), (error,) = fit(count, weight, reasons[:1])
    follow = request.node.callspec.params["counted"] > 0
    assert (abs(power - 1) > 3 * error) == follow


def test_wanted_units_are_those_of_the_looks(stage, lives):
    """Closed form, given who users are and when they join and leave, against chances at base prices along their visits.

    Looks of a visit come together, so the error is that of sums over visits.
    """
    world = World(users=12_000, seed=8)
    made, life = stage(world), lives(world, 0)
    users, visits = life.users, life.browsing.visits
    lines = browse(made.shelf, users, visits, every=True).lines
    user, day = visits.user[lines.visit], np.take(visits.at, lines.visit) // 86_400
    own = visits.stream[lines.visit] == 0
    units = own * lines.quantity * chance_to_pay(users)[user] * made.goods.acceptance[lines.product, day]
    wanted = expect(made, make_demand(made), users).wanted
    for persona in range(len(PERSONAS)):
        for products in (np.arange(480), *np.arange(480).reshape(24, 20), np.argsort(-wanted.sum(axis=0))[:40]):
            mine = (users.persona[user] == persona) & np.isin(lines.product, products)
            seen = np.bincount(lines.visit[mine], weights=units[mine])
            error = np.sqrt(np.square(seen).sum())
            assert abs(seen.sum() - wanted[persona, products].sum()) < 4 * error  # of 104; one is above with 0.007


def test_the_markets_elasticity_is_the_derivative_of_what_all_are_expected_to_want(stage, lives):
    """Central difference of the log of all personas' units, each a power of the price, at one per mille about it."""
    world = World(users=12_000, seed=8)
    made = stage(world)
    wanted = expect(made, make_demand(made), lives(world, 0).users).wanted
    own = PRICE_FACTOR[:, None] * made.goods.elasticity[made.goods.category].astype(float)
    up, down = (np.log((wanted * factor**-own).sum(axis=0)) for factor in (np.exp(1e-3), np.exp(-1e-3)))
    found = market_elasticity(made.goods, wanted)
    assert found == pytest.approx((up - down) / 2e-3, abs=1e-6)
    factor = found / -made.goods.elasticity[made.goods.category]
    assert factor.mean() == pytest.approx(0.953, abs=0.01)  # not 1: who buys more often answers prices less
    assert factor.std() > 0.02
