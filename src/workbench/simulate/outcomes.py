"""Potential outcomes: what every exposed user would do in every arm of an experiment, all else as it is.

The same uniforms serve every arm, so that the difference of two arms is what the arm does, user by user; for the arm
that a user is in, the outcome is what the tables say.  The other experiments' arms and exposures are as they are, but
for the coupon mail, which follows the arm of the permanent holdout.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.clock import words
from workbench.simulate.experiments import DAY, EXPERIMENTS, WINDOW_DAYS
from workbench.simulate.funnel import shop
from workbench.simulate.life import Lives, Stage
from workbench.simulate.orders import COUPONS, END, take_orders

MEASURES = ("conversion", "orders", "revenue", "margin")


@dataclass(frozen=True, slots=True)
class Potential:
    """Outcomes of the exposed users of one experiment within `WINDOW_DAYS`, where the data cover these.

    Attributes:
        experiment: Index.
        user: Index within the block; (users,).
        orders: How many in each arm; int64 (arms, users).
        revenue, margin: Subtotal less discount, and that less costs, in cents; int64 (arms, users).
    """

    experiment: int
    user: NDArray[np.int64]
    orders: NDArray[np.int64]
    revenue: NDArray[np.int64]
    margin: NDArray[np.int64]


def imagine(stage: Stage, lives: Lives, experiment: int) -> Potential:
    """The outcomes of one experiment's exposed users under each of its arms."""
    users, arms, visits = lives.users, lives.arms, lives.browsing.visits
    since = arms.since[experiment].astype(np.int64)
    exposed = since < END - WINDOW_DAYS * DAY + 1
    begins, ends = np.where(exposed, _begins(stage, lives, since), END), since + WINDOW_DAYS * DAY
    near = lives.browsing.some((visits.at >= begins[visits.user]) & (visits.at < ends[visits.user]))
    count = len(users)
    sums = np.zeros((3, len(EXPERIMENTS[experiment].arms), count), dtype=np.int64)
    for arm in range(sums.shape[1]):
        forced = arms.forced(users, experiment, arm)
        orders = take_orders(stage.goods, users, near, shop(near, users, forced), forced)
        age = orders.at - since[orders.user]
        within = (age >= 0) & (age < WINDOW_DAYS * DAY)
        revenue = orders.subtotal - orders.discount
        for place, value in enumerate((np.ones(len(orders)), revenue, revenue - orders.cost)):
            sums[place, arm] = np.bincount(orders.user[within], weights=value[within], minlength=count)
    user = np.flatnonzero(exposed)
    return Potential(experiment, user, *sums[:, :, user])


def _begins(stage: Stage, lives: Lives, since: NDArray[np.int64]) -> NDArray[np.int64]:
    """From when on a user's visits matter to what follows the exposure; seconds, shape (users,).

    An order before may have used up a coupon that is still valid, or may be the one after which the user left.
    """
    if stage.world.leaving == "after_order":
        return np.zeros(len(since), dtype=np.int64)
    begins = since
    for coupon in COUPONS:
        given = lives.arms.since[coupon]
        begins = np.where(since - given < WINDOW_DAYS * DAY, np.minimum(begins, given), begins)
    return begins


def outcomes_table(lives: Lives, potential: list[Potential]) -> pa.Table:
    """One row per experiment, exposed user and arm; `is_own` marks the arm that the user is in."""
    parts = []
    for one in potential:
        experiment = EXPERIMENTS[one.experiment]
        arms = len(experiment.arms)
        arm = np.tile(np.arange(arms), len(one.user))
        user = np.repeat(one.user, arms)
        parts.append(
            pa.table(
                {
                    "experiment": words(np.zeros(len(user), dtype=np.int64), (experiment.name,)),
                    "user_id": lives.users.ids(user),
                    "variant": words(arm, [arm.name for arm in experiment.arms]),
                    "is_own": lives.arms.arm[one.experiment][user] == arm,
                    "orders": one.orders.T.ravel(),
                    "revenue": one.revenue.T.ravel() / 100,
                    "margin": one.margin.T.ravel() / 100,
                }
            )
        )
    return pa.concat_tables(parts).unify_dictionaries()


def outcome_sums(potential: list[Potential]) -> dict[str, float]:
    """Sums over users by experiment, arm and measure, money in CNY, and the number of users; for `outcome_means`."""
    sums = {}
    for one in potential:
        experiment = EXPERIMENTS[one.experiment]
        sums[f"experiments/{experiment.name}/users"] = float(len(one.user))
        for k, arm in enumerate(experiment.arms):
            values = (one.orders[k] > 0, one.orders[k], one.revenue[k] / 100, one.margin[k] / 100)
            for measure, value in zip(MEASURES, values, strict=True):
                sums[f"experiments/{experiment.name}/{arm.name}/{measure}"] = float(value.sum())
    return sums


def outcome_means(sums: dict[str, float]) -> dict[str, object]:
    """Per experiment: its users, per arm the mean outcomes per exposed user, and what each arm changes on average."""
    told: dict[str, object] = {}
    for experiment in EXPERIMENTS:
        where = f"experiments/{experiment.name}"
        users = sums.get(f"{where}/users", 0.0)
        if not users:
            continue
        arms = {
            arm.name: {measure: sums[f"{where}/{arm.name}/{measure}"] / users for measure in MEASURES}
            for arm in experiment.arms
        }
        control = arms[experiment.arms[0].name]
        told[experiment.name] = {
            "users": int(users),
            "window_days": WINDOW_DAYS,
            "control": experiment.arms[0].name,
            "arms": arms,
            "effects": {
                name: {measure: arms[name][measure] - control[measure] for measure in MEASURES}
                for name in list(arms)[1:]
            },
        }
    return told
