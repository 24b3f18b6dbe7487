"""Rows of the tables about people and their visits: users, sessions, exposures and, where asked for, every step."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.clock import utc, words
from workbench.simulate.experiments import BROKEN, DAY, EXPERIMENTS, NEVER
from workbench.simulate.life import Lives, Stage
from workbench.simulate.marketing import CHANNELS
from workbench.simulate.orders import END
from workbench.simulate.people import COUNTRIES, DEVICES, REGIONS, Users
from workbench.simulate.visits import joins
from workbench.simulate.world import DAYS, World

LANDINGS = ("home", "offer")
EVENTS = ("session_start", "view_item", "add_to_cart", "begin_checkout", "purchase")


def users_table(users: Users) -> pa.Table:
    """The canonical table `users`."""
    joined = np.floor(users.joined * DAY).astype(np.int64)
    gone = users.leaves < DAYS
    left = np.floor(np.where(gone, users.leaves, 0.0) * DAY).astype(np.int64)
    regions = [name for names in REGIONS for name in names]
    return pa.table(
        {
            "user_id": users.ids(np.arange(len(users))),
            "first_seen_at": utc(joined),
            "signup_at": utc(joined),
            "deleted_at": pa.array(utc(left), mask=~gone),
            "acquisition_channel": words(users.acquisition, CHANNELS),
            "country": words(users.country, COUNTRIES),
            "region": words(users.country * len(REGIONS[0]) + users.region, regions),
            "birth_year": users.birth_year,
        }
    )


def seen_channels(stage: Stage, lives: Lives) -> NDArray[np.int64]:
    """As which channel each candidate for a visit is recorded, an index into `CHANNELS`; shape (visits,)."""
    visits, marketing = lives.browsing.visits, stage.marketing
    ends = np.cumsum(np.vstack([marketing.own_shares, marketing.seen_as[:-1]]), axis=1)
    ends = (ends / ends[:, -1:] + np.arange(len(ends))[:, None]).ravel()
    cause = visits.cause.astype(np.int64) + 1
    seen = np.searchsorted(ends, cause + visits.uniforms("channel"), side="right") - cause * len(CHANNELS)
    joining = joins(visits)
    seen[joining] = lives.users.acquisition[visits.user[joining]]
    seen[visits.stream > 0] = CHANNELS.index("email")
    return seen


def sessions_table(lives: Lives, seen: NDArray[np.int64]) -> pa.Table:
    """The canonical table `sessions`; `session_id` runs from 1 in the block, user by user.

    Args:
        seen: As `seen_channels` says.
    """
    visits, shopping = lives.browsing.visits, lives.shopping
    came = np.flatnonzero(shopping.comes)
    user = visits.user[came]
    looks = np.where(shopping.viewed, lives.browsing.looked, 0)
    taken = np.bincount(lives.browsing.lines.visit[shopping.taken], minlength=len(visits))
    steps = 1 + looks + taken + shopping.checked_out + shopping.paid
    return pa.table(
        {
            "session_id": np.arange(1, len(came) + 1),
            "user_id": lives.users.ids(user),
            "started_at": utc(visits.at[came]),
            "channel": words(seen[came], CHANNELS),
            "device": words(lives.users.device[user], DEVICES),
            "landing": words((visits.stream[came] > 0).astype(np.int64), LANDINGS),
            "events": steps[came],
            "converted": shopping.paid[came],
        }
    )


def exposures_table(world: World, lives: Lives) -> pa.Table:
    """The canonical table `exposures`, experiment by experiment; one of them loses some users of its treated arm."""
    users, arms = lives.users, lives.arms
    lost = draws.uniforms(world.seed, "exposures.lost", users.first, len(users)) < world.split_bias
    lost &= users.device == DEVICES.index("mobile web")
    parts = []
    for i, experiment in enumerate(EXPERIMENTS):
        exposed = arms.since[i] < NEVER
        if experiment.name == BROKEN:
            exposed &= ~(lost & (arms.arm[i] == 1))
        who = np.flatnonzero(exposed)
        parts.append(
            pa.table(
                {
                    "experiment": words(np.zeros(len(who), dtype=np.int64), (experiment.name,)),
                    "user_id": users.ids(who),
                    "variant": words(arms.arm[i][who], [arm.name for arm in experiment.arms]),
                    "exposed_at": utc(arms.since[i][who]),
                    "country": words(users.country[who], COUNTRIES),
                    "device": words(users.device[who], DEVICES),
                }
            )
        )
    return pa.concat_tables(parts).unify_dictionaries()


def events_table(lives: Lives) -> pa.Table:
    """The canonical table `events`, visit by visit; needs the lines that nobody buys too.

    A visit begins, looks at products, puts some into the basket, goes to the checkout and pays, seconds apart.
    """
    browsing, shopping, orders = lives.browsing, lives.shopping, lives.orders
    visits, lines = browsing.visits, browsing.lines
    viewed = np.flatnonzero(shopping.viewed[lines.visit])
    carted = np.flatnonzero(shopping.taken)
    step = [np.flatnonzero(flags) for flags in (shopping.comes, shopping.checked_out)]
    visit = np.concatenate([step[0], lines.visit[viewed], lines.visit[carted], step[1], orders.visit])
    counts = [len(step[0]), len(viewed), len(carted), len(step[1]), len(orders)]
    kind = np.repeat(np.arange(len(EVENTS)), counts)
    product = np.concatenate(
        [np.zeros(counts[0]), lines.product[viewed] + 1, lines.product[carted] + 1, np.zeros(counts[3] + counts[4])]
    ).astype(np.int64)
    order_at = visits.at.astype(np.int64) + 38
    order_at[orders.visit] = orders.at
    spent = np.array([0.0, 0.2, 0.4, 0.8, 1.0])[kind]  # of the time from the visit's start to its order
    at = visits.at[visit] + np.floor(spent * (order_at - visits.at)[visit]).astype(np.int64)
    value = np.zeros(len(visit))
    value[len(visit) - len(orders) :] = (orders.subtotal - orders.discount) / 100
    sort = np.argsort(visit * len(EVENTS) + kind, kind="stable")
    visit, kind, product, at = visit[sort], kind[sort], product[sort], np.minimum(at[sort], END - 1)
    user = visits.user[visit]
    return pa.table(
        {
            "event_id": np.arange(1, len(visit) + 1),
            "user_id": lives.users.ids(user),
            "session_id": np.cumsum(shopping.comes)[visit],
            "event_at": utc(at),
            "event_name": words(kind, EVENTS),
            "product_id": pa.array(product, mask=product == 0),
            "device": words(lives.users.device[user], DEVICES),
            "value": pa.array(value[sort], mask=kind < len(EVENTS) - 1),
        }
    )
