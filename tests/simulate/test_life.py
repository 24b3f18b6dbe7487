"""Who is exposed to what, and when, worked out again from the other tables."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.coupons import GIVEN, coupons_table
from workbench.simulate.experiments import EXPERIMENTS, INDEX
from workbench.simulate.orders import REDEEMS
from workbench.simulate.world import FIRST_DAY, World

WORLD = World(users=8_000, seed=11, split_bias=0.0)
PAGES = [experiment.name for experiment in EXPERIMENTS if experiment.exposed == "page"]
BUSINESS = pd.Timedelta(hours=8)
PLANNED_END = 726.0  # 10 October 2026, when the studies may be decided; days since the first


def moment(day: float) -> pd.Timestamp:
    """A day since the first as a time in UTC."""
    return pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=day) - BUSINESS


@pytest.fixture(scope="module", params=["any_day", "after_order"])
def tables(request, block) -> dict[str, pd.DataFrame]:
    made = block(dataclasses.replace(WORLD, leaving=request.param), 0).tables
    return {name: table.to_pandas() for name, table in made.items()}


def exposed(tables, name: str) -> pd.DataFrame:
    return tables["exposures"].query("experiment == @name").set_index("user_id")


@pytest.mark.parametrize("name", PAGES)
def test_page_tests_expose_at_the_first_visit_of_the_enrolment(tables, name):
    experiment = EXPERIMENTS[INDEX[name]]
    sessions = tables["sessions"].query("landing == 'home'")
    begins, ends = moment(experiment.begins), moment(experiment.begins + experiment.enrols)
    within = sessions[(sessions["started_at"] >= begins) & (sessions["started_at"] < ends)]
    first = within.groupby("user_id")["started_at"].min()
    found = exposed(tables, name)["exposed_at"]
    if experiment.share_of_users == 1:
        assert found.index.tolist() == first.index.tolist()
    else:
        share = experiment.share_of_users
        assert abs(len(found) - share * len(first)) < 3.5 * np.sqrt(share * (1 - share) * len(first))
    assert (found == first.loc[found.index]).all()


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_arms_have_their_shares_and_one_assignment_says_nothing_about_another(tables, experiment):
    variants = exposed(tables, experiment.name)["variant"].astype(str)
    for arm in experiment.arms:
        count = (variants == arm.name).sum()
        assert abs(count - arm.share * len(variants)) < 3.5 * np.sqrt(arm.share * (1 - arm.share) * len(variants))
    for other in EXPERIMENTS:
        if other is experiment or {experiment.name, other.name} == {"incentive_holdout", "spring_coupon"}:
            continue
        both = pd.concat([variants, exposed(tables, other.name)["variant"].astype(str)], axis=1, join="inner")
        if len(both) > 100:
            mine, theirs = (both.iloc[:, k] == e.arms[0].name for k, e in enumerate((experiment, other)))
            assert abs(np.corrcoef(mine, theirs)[0, 1]) < 4 / np.sqrt(len(both))


def test_windows_are_complete_when_the_studies_are_decided():
    for experiment in EXPERIMENTS:
        assert experiment.begins + experiment.enrols + 14 <= PLANNED_END
        assert sum(arm.share for arm in experiment.arms) == pytest.approx(1)


def test_everybody_is_eligible_for_coupons_or_held_out_for_good(tables):
    holdout = exposed(tables, "incentive_holdout")
    assert (holdout["exposed_at"] == tables["users"].set_index("user_id")["first_seen_at"]).all()
    never = holdout.index[holdout["variant"] == "holdout"]
    assert not tables["coupon_grants"]["user_id"].isin(never).any()
    assert not tables["coupon_redemptions"]["user_id"].isin(never).any()
    assert not exposed(tables, "spring_coupon").index.isin(never).any()


def test_coupon_mail_reaches_all_open_accounts_but_the_holdout(tables):
    users = tables["users"].set_index("user_id")
    sent = moment(EXPERIMENTS[INDEX["spring_coupon"]].begins)
    there = (users["first_seen_at"] < sent) & ~(users["deleted_at"] <= sent)
    there &= exposed(tables, "incentive_holdout")["variant"] == "eligible"
    found = exposed(tables, "spring_coupon")
    assert found.index.tolist() == users.index[there].tolist()
    assert (found["exposed_at"] == sent).all()


def test_win_back_mail_goes_to_the_dormant(tables):
    sent = moment(EXPERIMENTS[INDEX["win_back"]].begins)
    users = tables["users"].set_index("user_id")
    orders = tables["orders"]
    last = orders[orders["ordered_at"] < sent].groupby("user_id")["ordered_at"].max()
    dormant = last.index[last < sent - pd.Timedelta(days=90)]
    open_accounts = users.index[~(users["deleted_at"] <= sent)]
    wanted = dormant.intersection(open_accounts)
    assert len(wanted) > 100
    # The mail list is drawn up by when visits began; an order follows its visit by minutes.
    assert len(wanted.symmetric_difference(exposed(tables, "win_back").index)) <= 1


def test_redemptions_are_of_coupons_that_were_granted_and_valid(tables):
    grants, used = tables["coupon_grants"], tables["coupon_redemptions"]
    both = used.merge(grants, on=["user_id", "coupon_id"], how="left")
    assert both["grant_id"].notna().all()
    age = both["redeemed_at"] - both["granted_at"]
    assert (age >= pd.Timedelta(0)).all()
    assert (age < pd.Timedelta(days=14, hours=2)).all()  # the visit began in time
    depth = coupons_table().to_pandas().set_index("coupon_id")["face_value"].loc[used["coupon_id"]].to_numpy()
    subtotal = tables["orders"].set_index("order_id")["subtotal"].loc[used["order_id"]].to_numpy()
    assert used["discount"].to_numpy() == pytest.approx(depth * subtotal, abs=0.00501)
    assert set(used["coupon_id"]) == set(range(1, len(GIVEN) + 1))


def test_coupons_are_redeemed_as_often_as_the_type_of_user_says(lives):
    """First orders in the fortnight after joining, of those with a welcome coupon and no other."""
    life = lives(WORLD, 0)
    users, orders, arms = life.users, life.orders, life.arms
    welcome = INDEX["incentive_holdout"]
    joined = arms.since[welcome]
    visited = np.take(life.browsing.visits.at, orders.visit)
    first = np.append(True, orders.user[1:] != orders.user[:-1]) & (visited - joined[orders.user] < 14 * 86_400)
    first &= arms.arm[welcome][orders.user] == 1
    for kind, share in enumerate(REDEEMS):
        mine = first & (users.coupon_type[orders.user] == kind)
        used = (orders.coupon[mine] >= 0).sum()
        assert abs(used - share * mine.sum()) < 3.5 * np.sqrt(share * (1 - share) * mine.sum())
