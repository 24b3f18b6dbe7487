"""Coupons: the welcome coupon, those of the coupon test, who was given one and who used it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from workbench.simulate.clock import utc, words
from workbench.simulate.experiments import DAY, EXPERIMENTS, NEVER, WINDOW_DAYS
from workbench.simulate.life import Lives
from workbench.simulate.orders import COUPONS, END, NO_COUPON

# Every coupon by the experiment and the arm that gives it; the id is the place + 1.
GIVEN = tuple((i, k) for i in COUPONS for k, arm in enumerate(EXPERIMENTS[i].arms) if arm.coupon > 0)


def coupons_table() -> pa.Table:
    """The canonical table `coupons`; each is valid for `WINDOW_DAYS` days after it was granted."""
    tests = [EXPERIMENTS[i] for i, _ in GIVEN]
    begins = np.array([int(test.begins * DAY) for test in tests])
    ends = np.array([END if test.exposed == "joining" else int((test.begins + WINDOW_DAYS) * DAY) for test in tests])
    return pa.table(
        {
            "coupon_id": np.arange(1, len(GIVEN) + 1),
            "kind": words(np.zeros(len(GIVEN), dtype=np.int64), ("pct",)),
            "face_value": np.array([EXPERIMENTS[i].arms[k].coupon for i, k in GIVEN]),
            "min_spend": np.zeros(len(GIVEN)),
            "valid_from": utc(begins),
            "valid_to": utc(ends),
            "funded_by": words(np.zeros(len(GIVEN), dtype=np.int64), ("platform",)),
            "cost_share": np.ones(len(GIVEN)),
        }
    )


def grants_table(lives: Lives) -> pa.Table:
    """The canonical table `coupon_grants`; `grant_id` runs from 1 in the block, user by user."""
    arms, users = lives.arms, lives.users
    given = np.array([(arms.arm[i] == k) & (arms.since[i] < NEVER) for i, k in GIVEN])  # (coupons, users)
    user, coupon = np.nonzero(given.T)
    test = np.array([i for i, _ in GIVEN])[coupon]
    tests = [experiment.name for experiment in EXPERIMENTS]
    variants = [EXPERIMENTS[i].arms[k].name for i, k in GIVEN]
    return pa.table(
        {
            "grant_id": np.arange(1, len(user) + 1),
            "coupon_id": coupon + 1,
            "user_id": users.ids(user),
            "granted_at": utc(arms.since[test, user]),
            "experiment": words(test, tests),
            "variant": words(coupon, variants),
            "channel": words(np.zeros(len(user), dtype=np.int64), ("email",)),
        }
    )


def redemptions_table(lives: Lives) -> pa.Table:
    """The canonical table `coupon_redemptions`, in the order of the orders."""
    orders = lives.orders
    used = np.flatnonzero(orders.coupon != NO_COUPON)
    user, test = orders.user[used], orders.coupon[used]
    arm = lives.arms.arm[test, user]
    number = np.zeros((len(EXPERIMENTS), max(len(e.arms) for e in EXPERIMENTS)), dtype=np.int64)
    for place, (i, k) in enumerate(GIVEN):
        number[i, k] = place + 1
    return pa.table(
        {
            "coupon_id": number[test, arm],
            "order_id": used + 1,
            "user_id": lives.users.ids(user),
            "redeemed_at": utc(orders.at[used]),
            "discount": orders.discount[used] / 100,
        }
    )
