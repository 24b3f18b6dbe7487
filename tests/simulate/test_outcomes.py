"""Potential outcomes: those of a user's own arm are in the tables, and effects are what the arms do."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.block import truth_of_sums
from workbench.simulate.browsing import browse
from workbench.simulate.experiments import EXPERIMENTS, INDEX, NEVER, Arms
from workbench.simulate.funnel import shop
from workbench.simulate.orders import NO_COUPON, take_orders
from workbench.simulate.outcomes import MEASURES, imagine
from workbench.simulate.world import World

WORLD = World(users=8_000, seed=11)
WINDOW = pd.Timedelta(days=14)
NOTHING = ("new_search_ranking", "assignment_check")


@pytest.fixture(scope="module")
def outcomes(block) -> pd.DataFrame:
    return block(WORLD, 0).truth["potential_outcomes"].to_pandas()


def from_tables(tables: dict[str, pd.DataFrame], experiment: str) -> pd.DataFrame:
    """Orders, revenue and margin per exposed user within 14 days of the exposure."""
    exposed = tables["exposures"].query("experiment == @experiment")
    orders = tables["orders"].assign(revenue=lambda o: o["subtotal"] - o["discount"])
    orders["margin"] = orders["revenue"] - orders["cost"]
    both = exposed.merge(orders, on="user_id")
    age = both["ordered_at"] - both["exposed_at"]
    within = both[(age >= pd.Timedelta(0)) & (age < WINDOW)]
    sums = within.groupby("user_id").agg(
        orders=("order_id", "size"), revenue=("revenue", "sum"), margin=("margin", "sum")
    )
    return sums.reindex(exposed["user_id"], fill_value=0.0)


@pytest.mark.parametrize("leaving", ["any_day", "after_order"])
@pytest.mark.parametrize("name", [experiment.name for experiment in EXPERIMENTS])
def test_the_own_arm_is_what_the_tables_say(block, leaving, name):
    made = block(dataclasses.replace(WORLD, leaving=leaving, split_bias=0.0), 0)
    tables = {table: made.tables[table].to_pandas() for table in ("exposures", "orders")}
    own = made.truth["potential_outcomes"].to_pandas().query("experiment == @name and is_own").set_index("user_id")
    wanted = from_tables(tables, name).loc[own.index]
    assert len(own) > 100
    for measure in ("orders", "revenue", "margin"):
        assert own[measure].to_numpy() == pytest.approx(wanted[measure].to_numpy(), abs=1e-6), measure
    variants = tables["exposures"].query("experiment == @name").set_index("user_id")["variant"]
    assert (variants.loc[own.index].astype(str) == own["variant"].astype(str)).all()


def test_only_complete_windows_count(block, outcomes):
    """Of those who join in the last 14 days, the outcome is not known yet; all others are there once per arm."""
    exposures = block(WORLD, 0).tables["exposures"].to_pandas()
    late = exposures["exposed_at"] > pd.Timestamp("2026-09-27 16:00")
    lost = exposures["experiment"] == "new_search_ranking"
    counted = outcomes[outcomes["is_own"]]
    assert len(counted[counted["experiment"] != "new_search_ranking"]) == (~late & ~lost).sum()
    assert not counted.duplicated(["experiment", "user_id"]).any()
    arms = {experiment.name: len(experiment.arms) for experiment in EXPERIMENTS}
    rows = outcomes.groupby("experiment", observed=True).size()
    assert (rows == counted.groupby("experiment", observed=True).size() * pd.Series(arms)).all()


@pytest.mark.parametrize("name", NOTHING)
def test_where_both_arms_are_the_same_nobody_does_anything_else(outcomes, name):
    both = outcomes[outcomes["experiment"] == name].pivot_table(
        index="user_id", columns="variant", values="revenue", observed=True
    )
    assert (both["A"] == both["B"]).all()


@pytest.mark.parametrize(
    ("name", "arm", "measure", "sign"),
    [
        ("one_page_checkout", "B", "orders", 1),
        ("delivery_fee_upfront", "B", "orders", -1),
        ("personal_greeting", "B", "orders", 1),
        ("new_recommender", "B", "orders", 1),
        ("new_home_page", "B", "orders", 1),
        ("lower_prices", "B", "orders", 1),
        ("lower_prices", "B", "margin", -1),
        ("win_back", "B", "orders", 1),
        ("incentive_holdout", "eligible", "orders", 1),
        ("incentive_holdout", "eligible", "margin", -1),
        ("spring_coupon", "10 % off", "orders", 1),
        ("spring_coupon", "20 % off", "margin", -1),
    ],
)
def test_each_arm_moves_what_it_is_said_to_move(block, name, arm, measure, sign):
    told = truth_of_sums(WORLD, block(WORLD, 0).sums)["experiments"][name]
    assert np.sign(told["effects"][arm][measure]) == sign


def test_truth_is_the_mean_of_the_units(block, outcomes):
    told = truth_of_sums(WORLD, block(WORLD, 0).sums)["experiments"]
    outcomes = outcomes.assign(conversion=outcomes["orders"] > 0)
    means = outcomes.groupby(["experiment", "variant"], observed=True)[list(MEASURES)].mean()
    for (name, arm), row in means.iterrows():
        assert [told[name]["arms"][arm][measure] for measure in MEASURES] == pytest.approx(row.tolist())


def test_arms_differ_from_each_other_as_truth_says(block, outcomes):
    """Difference of the arms' users against the mean effect: off by chance only, in all experiments together."""
    told = truth_of_sums(WORLD, block(WORLD, 0).sums)["experiments"]
    scores = []
    for experiment in EXPERIMENTS:
        own = outcomes[outcomes["is_own"] & (outcomes["experiment"] == experiment.name)]
        control = own.loc[own["variant"] == experiment.arms[0].name, "orders"]
        for arm in experiment.arms[1:]:
            treated = own.loc[own["variant"] == arm.name, "orders"]
            error = np.sqrt(control.var() / len(control) + treated.var() / len(treated))
            effect = told[experiment.name]["effects"][arm.name]["orders"]
            scores.append((treated.mean() - control.mean() - effect) / error)
    assert len(scores) == 12
    assert np.abs(scores).max() < 3.5  # of 12; a single one is above with probability 0.006
    assert np.sum(np.square(scores)) < 32.9  # the 0.999 quantile of χ² with 12 degrees of freedom


def test_who_is_held_out_gets_no_coupon_of_a_mail_either(stage, lives):
    """In the imagined arm too: the mail of the coupon test goes to those whom that arm holds not out."""
    life, holdout, mail = lives(WORLD, 0), INDEX["incentive_holdout"], INDEX["spring_coupon"]
    users, sent = life.users, EXPERIMENTS[INDEX["spring_coupon"]].begins
    orders = {}
    for arm in (0, 1):
        forced = life.arms.forced(users, holdout, arm)
        shopping = shop(life.browsing, users, forced)
        orders[arm] = take_orders(stage(WORLD).goods, users, life.browsing, shopping, forced)
        others = [i for i in range(len(EXPERIMENTS)) if i != mail]
        assert np.array_equal(forced.since[others], life.arms.since[others])
        there = (users.joined < sent) & (users.leaves > sent)
        assert np.array_equal(forced.since[mail] < NEVER, there & (arm == 1))
    assert (orders[0].coupon == NO_COUPON).all()
    held_out = life.arms.arm[holdout] == 0
    assert (orders[1].coupon[held_out[orders[1].user]] == mail).sum() > 10
    potential = imagine(stage(WORLD), life, holdout)
    age = orders[0].at - life.arms.since[holdout][orders[0].user]
    within = (age >= 0) & (age < WINDOW.total_seconds())
    counts = np.bincount(orders[0].user[within], minlength=len(users))
    assert np.array_equal(potential.orders[0], counts[potential.user])


def test_coupons_work_by_the_type_of_user(stage, lives):
    """Always-buyers redeem without buying more, sleeping dogs buy less, persuadables more."""
    potential = imagine(stage(WORLD), lives(WORLD, 0), INDEX["spring_coupon"])
    kind = lives(WORLD, 0).users.coupon_type[potential.user]
    none, _, twenty = ([orders[kind == k].sum() for k in range(4)] for orders in potential.orders)
    assert twenty[0] == none[0]
    assert twenty[1] > 1.5 * none[1]
    assert twenty[3] < none[3]
    revenue = [potential.revenue[arm][kind == 0].sum() for arm in (0, 2)]
    assert revenue[1] < revenue[0]


def test_without_novelty_the_new_home_page_does_nothing(stage, lives):
    for novelty in (0.3, 0.0):
        world = dataclasses.replace(WORLD, novelty=novelty)
        potential = imagine(stage(world), lives(world, 0), INDEX["new_home_page"])
        gain = potential.orders[1].sum() / potential.orders[0].sum() - 1
        assert (gain == 0) if novelty == 0 else (0.05 < gain < novelty)


@pytest.mark.parametrize("days", [(0, 1), (3, 5), (11, 14), (40, 60)])
def test_novelty_halves_every_four_days(stage, lives, days):
    """Everybody sees the new home page from one day on; what they then take of what they see, against the chances."""
    life = lives(WORLD, 0)
    new = INDEX["new_home_page"]
    browsing = browse(stage(WORLD).shelf, life.users, life.browsing.visits, every=True)
    began = 640 * 86_400
    since = np.full_like(life.arms.since, NEVER)
    since[new] = began
    taken = shop(browsing, life.users, Arms(life.arms.forced(life.users, new, 1).arm, since)).taken
    nothing = shop(browsing, life.users, Arms(life.arms.arm, np.full_like(since, NEVER)))
    lines = browsing.lines
    age = (np.take(browsing.visits.at, lines.visit) - began) / 86_400
    seen = (age >= days[0]) & (age < days[1]) & nothing.viewed[lines.visit] & lines.in_stock
    chance = (lines.chance * (1 + WORLD.novelty * 0.5 ** (age / 4)))[seen]
    assert abs(taken[seen].sum() - chance.sum()) < 3.5 * np.sqrt((chance * (1 - chance)).sum())
    assert (taken & ~nothing.taken)[age < 0].sum() == 0
