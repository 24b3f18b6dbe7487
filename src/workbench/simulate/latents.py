"""The truth about users: what no table of a shop says, and what follows from it in closed form."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import special

from workbench.simulate import funnel
from workbench.simulate.clock import utc, words
from workbench.simulate.demand import Expected
from workbench.simulate.experiments import DAY
from workbench.simulate.life import Lives, Stage
from workbench.simulate.marketing import CHANNELS, PAID
from workbench.simulate.people import (
    COUNTRY_SHARES,
    COUPON_TYPES,
    DEVICES,
    LEAVING_BETA,
    ONE_RATE,
    PERSONAS,
    RATE_SHAPE,
    hazard_of,
)
from workbench.simulate.visits import groups
from workbench.simulate.world import DAYS, Leaving

YEAR = 365.0
SURVIVAL_DAYS = np.arange(0, DAYS + 1, 7)


def users_truth(stage: Stage, lives: Lives, expected: Expected) -> pa.Table:
    """What is true of each user.

    `expected_visits` counts the visits of the 365 days from joining on, the one at joining among them, and `value` is
    their expected margin before coupons, refunds and experiments, in CNY: at the season, prices and stock of the mean
    day, whenever the user joined.  Both are missing where users leave after orders; there `order_rate` says how many
    orders a day follow the first.

    Args:
        expected: Of these users.
    """
    users = lives.users
    lasting = stage.world.leaving == "any_day"
    hazard = np.where(lasting, users.hazard, 1.0)
    daily = stage.intensity.cumulative[groups(stage.world, users), -1] / DAYS
    visits = 1 + users.rate * daily * (1 - np.exp(-hazard * YEAR)) / hazard
    value = visits * expected.margin
    leaves = np.where(np.isfinite(users.leaves), users.leaves, DAYS)
    columns = {
        "user_id": users.ids(np.arange(len(users))),
        "persona": words(users.persona, PERSONAS),
        "coupon_type": words(users.coupon_type, COUPON_TYPES),
        "acquisition_channel": words(users.acquisition, CHANNELS),
        "device": words(users.device, DEVICES),
        "rate": users.rate,
        "order_rate": pa.array(users.rate * funnel.ORDERS_PER_VISIT, mask=np.full(len(users), lasting)),
        "hazard": pa.array(users.hazard, mask=np.full(len(users), not lasting)),
        "leaving": pa.array(users.leaving, mask=np.full(len(users), lasting)),
        "leaves_at": pa.array(utc(np.minimum(leaves, 10 * DAYS) * DAY), mask=~np.isfinite(users.leaves)),
        "price_factor": users.price_factor,
        "expected_visits": pa.array(visits, mask=np.full(len(users), not lasting)),
        "value": pa.array(value, mask=np.full(len(users), not lasting)),
    }
    columns |= {f"taste_{k + 1}": users.taste[:, k].astype(np.float32) for k in range(users.taste.shape[1])}
    return pa.table(columns)


def survival_truth(leaving: Leaving) -> pa.Table:
    """Share of users that are still there so many days after joining, by persona and acquisition channel.

    Where users leave on any day, S(t) = Σ over countries of share · exp(−hazard · t).

    Where they leave after orders, a user with rate λ of orders and chance p to leave after one is there with the
    probability exp(−λ p t); λ being gamma (r, scale θ) and p beta (a, b), as BG/NBD has it, its mean is the integral
    of (1 + θ p t)^−r over p, which is Gauss's ₂F₁(r, a; a + b; −θ t) by Euler's formula (Abramowitz and Stegun 1964,
    15.3.1), the same for every persona and channel.
    """
    persona, channel, day = (
        grid.ravel()
        for grid in np.meshgrid(np.arange(len(PERSONAS)), np.arange(len(CHANNELS)), SURVIVAL_DAYS, indexing="ij")
    )
    alive = np.zeros(len(day))
    if leaving == "after_order":
        a, b = LEAVING_BETA
        scale = ONE_RATE / RATE_SHAPE * funnel.ORDERS_PER_VISIT
        alive += special.hyp2f1(RATE_SHAPE, a, a + b, -scale * day)
    else:
        for country, share in enumerate(COUNTRY_SHARES):
            alive += share * np.exp(-hazard_of(persona, channel, np.full(len(day), country)) * day)
    return pa.table(
        {"persona": words(persona, PERSONAS), "channel": words(channel, CHANNELS), "day": day, "alive": alive}
    )


def channel_sums(lives: Lives) -> dict[str, float]:
    """What each paid channel truly brought: visits that it stirred up, and their orders, revenue and margin in CNY.

    What such an order leads to later (a coupon used up, a user who leaves after it) is not counted.
    """
    cause, orders = lives.browsing.visits.cause, lives.orders
    visits = np.bincount(cause[lives.shopping.comes] + 1, minlength=1 + PAID)
    of = cause[orders.visit] + 1
    revenue = orders.subtotal - orders.discount
    sums = {"visits": visits, "orders": np.bincount(of, minlength=1 + PAID)}
    for name, cents in (("revenue", revenue), ("margin", revenue - orders.cost)):
        sums[name] = np.bincount(of, weights=cents / 100, minlength=1 + PAID)
    return {
        f"channels/{CHANNELS[channel]}/{name}": float(values[channel + 1])
        for channel in range(PAID)
        for name, values in sums.items()
    }
