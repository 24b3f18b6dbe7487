"""People and their visits: counts, lives and prices follow the formulas that truth is told by."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.simulate.browsing import browse
from workbench.simulate.demand import expect, make_demand
from workbench.simulate.experiments import EXPERIMENTS, INDEX, NEVER, Arms, assign
from workbench.simulate.funnel import shop
from workbench.simulate.latents import SURVIVAL_DAYS, survival_truth, users_truth
from workbench.simulate.marketing import CHANNELS, EMAIL, PAID, is_held_out
from workbench.simulate.orders import take_orders
from workbench.simulate.people import (
    ACQUISITION_SHARES,
    COUNTRY_SHARES,
    COUPON_SHARES,
    PERSONA_SHARES,
    PERSONAS,
    PRICE_FACTOR,
    hazard_of,
    make_users,
)
from workbench.simulate.visits import OWN, STREAMS, groups, joins, make_visits
from workbench.simulate.world import BLOCK, DAYS, World

WORLD = World(users=BLOCK, seed=11)
NONE = Arms(np.zeros((len(EXPERIMENTS), BLOCK), np.int8), np.full((len(EXPERIMENTS), BLOCK), NEVER, np.int32))


@pytest.fixture(scope="module")
def users():
    return make_users(WORLD, 0)


@pytest.fixture(scope="module")
def visits(stage, users):
    return make_visits(WORLD, stage(WORLD).intensity, users)


def agrees(count, of, share):
    """Whether a count is one of `of` trials with this chance, within 3.5 standard errors."""
    return np.all(np.abs(count - of * share) <= 3.5 * np.sqrt(of * share * (1 - share)))


def test_shares_are_as_declared(users):
    personas = np.bincount(users.persona, minlength=len(PERSONAS))
    assert agrees(personas, BLOCK, PERSONA_SHARES)
    assert agrees(np.bincount(users.country), BLOCK, COUNTRY_SHARES)
    for persona, count in enumerate(personas):
        mine = users.persona == persona
        assert agrees(np.bincount(users.acquisition[mine], minlength=7), count, ACQUISITION_SHARES[persona])
        assert agrees(np.bincount(users.coupon_type[mine], minlength=4), count, COUPON_SHARES[persona])


def test_users_join_ever_more_often(users):
    """By the day t of T, the share 0.6 · t/T + 0.4 · (t/T)²."""
    assert 0 < users.joined.min() < users.joined.max() < DAYS
    for share in (0.25, 0.5, 0.75):
        assert agrees((users.joined < share * DAYS).sum(), BLOCK, 0.6 * share + 0.4 * share**2)


def test_lives_are_as_long_as_the_hazards_say(users):
    assert users.hazard == pytest.approx(hazard_of(users.persona, users.acquisition, users.country))
    spent = users.hazard * (users.leaves - users.joined)
    assert spent.mean() == pytest.approx(1, abs=3 / np.sqrt(BLOCK))


def test_survival_is_what_is_seen(users):
    """S(t) of persona and channel against the share that lives longer, at three ages, in every cell."""
    told = survival_truth("any_day").to_pandas().set_index(["persona", "channel", "day"])["alive"]
    assert len(told) == len(PERSONAS) * len(CHANNELS) * len(SURVIVAL_DAYS)
    for k, persona in enumerate(PERSONAS):
        for c, channel in enumerate(CHANNELS):
            life = (users.leaves - users.joined)[(users.persona == k) & (users.acquisition == c)]
            for day in (28, 182, 700):
                assert agrees((life > day).sum(), len(life), told[persona, channel, day])
                assert told[persona, channel, 0] == pytest.approx(1, abs=1e-12)


def test_survival_is_what_is_seen_where_users_leave_after_orders(lives):
    """S(t) against the share of users without a last order within t days, of those whom the data follow so long."""
    told = survival_truth("after_order").to_pandas()
    assert (told.groupby("day")["alive"].nunique() == 1).all()  # the same for every persona and channel
    alive = told.drop_duplicates("day").set_index("day")["alive"]
    life = lives(dataclasses.replace(WORLD, leaving="after_order"), 0)
    users, orders = life.users, life.orders
    again = np.append(False, orders.user[1:] == orders.user[:-1])
    last = again & (life.browsing.leaves[orders.visit] < users.leaving[orders.user])
    left = np.full(BLOCK, np.inf)
    left[orders.user[last]] = life.browsing.visits.at[orders.visit[last]] / 86_400
    assert alive[0] == 1
    for day in (7, 91, 364, 665):
        followed = users.joined < DAYS - day
        assert agrees((left - users.joined > day)[followed].sum(), followed.sum(), alive[day])
    assert alive[665] < 0.7


def test_visits_are_as_many_as_their_intensity_says(stage, users, visits):
    """Own visits: one at joining, then Poisson with rate × the intensity in between; by group within 3.5 errors."""
    intensity, group = stage(WORLD).intensity, groups(WORLD, users)
    ends = np.minimum(users.leaves, DAYS)
    mean = users.rate * (intensity.until(group, ends) - intensity.until(group, users.joined))
    counts = np.bincount(visits.user[visits.stream == 0], minlength=BLOCK) - 1
    assert counts.min() >= 0
    for one in range(len(intensity.cumulative)):
        mine = group == one
        assert abs(counts[mine].sum() - mean[mine].sum()) < 3.5 * np.sqrt(mean[mine].sum())
    assert ((counts - mean) ** 2).sum() / mean.sum() == pytest.approx(1, abs=0.05)  # Poisson: variance is the mean


def test_visits_rise_and_fall_with_the_intensity(stage, users, visits):
    """Visits per week against the sum of the users' intensities, after joining."""
    intensity, group = stage(WORLD).intensity, groups(WORLD, users)
    own = (visits.stream == 0) & ~joins(visits)
    found = np.bincount(visits.at[own] // (7 * 86_400), minlength=DAYS // 7)
    edges = np.arange(0, DAYS + 1, 7.0)
    ends = np.minimum(users.leaves, DAYS)
    wanted = np.zeros(len(edges) - 1)
    for week in range(len(wanted)):
        begin, end = np.clip(edges[week], users.joined, ends), np.clip(edges[week + 1], users.joined, ends)
        wanted[week] = (users.rate * (intensity.until(group, end) - intensity.until(group, begin))).sum()
    chi2 = ((found - wanted) ** 2 / wanted).sum()
    assert abs(chi2 - len(wanted)) < 3.5 * np.sqrt(2 * len(wanted))


def test_causes_are_those_of_the_intensity(stage, users, visits):
    intensity, group = stage(WORLD).intensity, groups(WORLD, users)
    own = (visits.stream == 0) & ~joins(visits)
    parts = intensity.daily[group[visits.user[own]], visits.at[own] // 86_400]
    parts = parts / parts.sum(axis=1, keepdims=True)
    for channel in range(-1, PAID):
        chance = parts[:, channel + 1]
        found = (visits.cause[own] == channel).sum()
        assert abs(found - chance.sum()) < 3.5 * np.sqrt((chance * (1 - chance)).sum())
    assert (visits.cause[~own] == OWN).all()
    assert not (visits.cause[is_held_out(WORLD, 0, BLOCK)[visits.user]] == EMAIL).any()


def test_candidates_of_mails_come_only_while_the_mail_works(visits, users):
    arms = assign(WORLD, users)
    for stream, name in enumerate(STREAMS[1:], start=1):
        at = visits.at[visits.stream == stream] / 86_400
        experiment = EXPERIMENTS[INDEX[name]]
        begins = users.joined[visits.user[visits.stream == stream]]
        if experiment.exposed == "mail":
            begins = experiment.begins
            assert len(at) > 500
        assert (at >= begins - 1 / 86_400).all()
        assert (at < begins + 14).all()
    assert (arms.since[INDEX["win_back"]] == NEVER).all()  # decided by orders, later


def test_five_per_cent_off_sell_more_by_the_elasticities(stage, users, visits):
    """Units at prices × 0.95 for everybody, by category and persona, are 0.95^−(elasticity · factor) times those at 1.

    With the same uniforms, the lines bought at the higher price are a thinning of those bought at the lower.
    """
    made = stage(WORLD)
    browsing = browse(made.shelf, users, visits)
    since = NONE.since.copy()
    since[INDEX["lower_prices"]] = 0
    always = Arms(NONE.forced(users, INDEX["lower_prices"], 1).arm, since)
    late = browsing.visits.at > 602 * 86_400  # earlier days have no room for arms
    seen = late[browsing.lines.visit]
    before = seen & shop(browsing, users, NONE).taken
    after = seen & shop(browsing, users, always).taken
    assert not (before & ~after).any()
    chance = 0.95 ** (
        made.goods.elasticity[made.goods.category][browsing.lines.product]
        * PRICE_FACTOR[users.persona[browsing.visits.user[browsing.lines.visit]]]
    )
    category = made.goods.category[browsing.lines.product]
    for one in range(len(made.goods.elasticity)):
        mine = after & (category == one)
        spread = np.sqrt((chance * (1 - chance))[mine].sum())
        assert abs((before & mine).sum() - chance[mine].sum()) < 3.5 * spread


def test_lines_are_as_many_as_the_shelf_says(stage, users, visits):
    """What is taken of what is looked at in stock, against the chances; skipping hopeless lines changes nothing."""
    made = stage(WORLD)
    few, every = browse(made.shelf, users, visits), browse(made.shelf, users, visits, every=True)
    lines = every.lines
    chance = np.where(lines.in_stock, lines.chance, 0.0)
    taken = (lines.u < chance).sum()
    assert abs(taken - chance.sum()) < 3.5 * np.sqrt((chance * (1 - chance)).sum())
    found = [shop(browsing, users, NONE) for browsing in (few, every)]
    assert np.array_equal(found[0].paid, found[1].paid)
    assert found[0].bought.sum() == found[1].bought.sum()
    assert np.array_equal(few.looked, np.bincount(lines.visit, minlength=len(visits)))


def test_value_is_the_margin_of_the_first_year(stage, lives):
    """Against the margin, without experiments, of users whose first year the data cover."""
    world = dataclasses.replace(WORLD, seasonal=False)
    made, life = stage(world), lives(world, 0)
    truth = users_truth(made, life, expect(made, make_demand(made), life.users)).to_pandas()
    orders = take_orders(made.goods, life.users, life.browsing, shop(life.browsing, life.users, NONE), NONE)
    joined = life.users.joined
    first = orders.at / 86_400 < joined[orders.user] + 365
    margin = np.bincount(orders.user[first], weights=(orders.subtotal - orders.cost)[first] / 100, minlength=BLOCK)
    covered = joined < DAYS - 365
    found, wanted = margin[covered], truth["value"].to_numpy()[covered]
    error = (found - wanted).std() / np.sqrt(covered.sum())
    assert error / wanted.mean() < 0.025
    # Of prices and shocks, those of the days that users see weigh more than others: within 1 %, beside chance.
    assert abs((found - wanted).mean()) < 3 * error + 0.01 * wanted.mean()


def test_orders_are_bg_nbd_where_users_leave_after_orders(lives):
    """All join with an order; until they leave, orders come at their own rate; each but the first may be the last."""
    world = dataclasses.replace(WORLD, leaving="after_order")
    life = lives(world, 0)
    users, orders, browsing = life.users, life.orders, life.browsing
    counts = np.bincount(orders.user, minlength=BLOCK)
    assert counts.min() >= 1
    first = np.append(True, orders.user[1:] != orders.user[:-1])
    last = np.append(orders.user[1:] != orders.user[:-1], True)
    leaves = browsing.leaves[orders.visit] < users.leaving[orders.user]
    assert not (leaves & ~first & ~last).any()
    coins = users.leaving[orders.user[~first]]
    assert abs((leaves & ~first).sum() - coins.sum()) < 3.5 * np.sqrt((coins * (1 - coins)).sum())
    gone = np.zeros(BLOCK, dtype=bool)
    gone[orders.user[leaves & ~first]] = True
    until = np.where(gone, orders.at[last] / 86_400, DAYS)
    exposure = 0.25 * users.rate * (until - users.joined)  # a stopped Poisson process: counts − exposure has mean 0
    assert abs((counts - 1).sum() - exposure.sum()) < 3.5 * np.sqrt(exposure.sum())
