"""One block of users lived through: from latent people to visits, exposures and orders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from workbench.simulate.browsing import Browsing, Shelf, browse, make_shelf
from workbench.simulate.experiments import DAY, DORMANT_DAYS, EXPERIMENTS, INDEX, NEVER, Arms, assign, eligible
from workbench.simulate.funnel import Shopping, lift, shop
from workbench.simulate.goods import Goods
from workbench.simulate.marketing import Marketing
from workbench.simulate.orders import Orders, take_orders
from workbench.simulate.people import Users, make_users
from workbench.simulate.visits import Intensity, make_intensity, make_visits
from workbench.simulate.world import World


@dataclass(frozen=True, slots=True)
class Stage:
    """What all blocks of a world share; made once.

    Attributes:
        world, goods, marketing: As they are.
        shelf: How products are met.
        intensity: How visits rise and fall.
    """

    world: World
    goods: Goods
    marketing: Marketing
    shelf: Shelf
    intensity: Intensity


@dataclass(frozen=True, slots=True)
class Lives:
    """What the users of one block do.

    Attributes:
        users: They.
        arms: Their experiments.
        browsing: What might happen, under any arms.
        shopping, orders: What happens under theirs.
    """

    users: Users
    arms: Arms
    browsing: Browsing
    shopping: Shopping
    orders: Orders


def make_stage(world: World, goods: Goods, marketing: Marketing) -> Stage:
    """What all blocks share."""
    return Stage(world, goods, marketing, make_shelf(world, goods), make_intensity(world, marketing))


def live(stage: Stage, block: int, *, every: bool = False) -> Lives:
    """The lives of the users of one block.

    Args:
        every: As for `browse`.
    """
    users = make_users(stage.world, block)
    visits = make_visits(stage.world, stage.intensity, users)
    browsing = browse(stage.shelf, users, visits, every=every)
    arms = _win_back(users, browsing, _pages(stage.world, users, browsing, assign(stage.world, users)))
    shopping = shop(browsing, users, arms)
    arms = _until_leaving(browsing, shopping, arms)
    return Lives(users, arms, browsing, shopping, take_orders(stage.goods, users, browsing, shopping, arms))


def _pages(world: World, users: Users, browsing: Browsing, arms: Arms) -> Arms:
    """Exposures of page tests: at the first visit of the enrolment, unless a mail's offer brought it."""
    visits = browsing.visits
    own = np.flatnonzero((browsing.comes < lift(visits, users, arms).comes) & (visits.stream == 0))
    user, at = visits.user[own], visits.at[own]
    since = arms.since.copy()
    for i, experiment in enumerate(EXPERIMENTS):
        if experiment.exposed != "page":
            continue
        begins, ends = experiment.begins * DAY, (experiment.begins + experiment.enrols) * DAY
        within = np.flatnonzero((at >= begins) & (at < ends))[::-1]  # backwards: the earliest is written last
        since[i, user[within]] = at[within]
        since[i, ~eligible(world, users, experiment)] = NEVER
    return Arms(arms.arm, since)


def _win_back(users: Users, browsing: Browsing, arms: Arms) -> Arms:
    """The mail goes to users who have ordered, but not for some time, and whose accounts are open."""
    i = INDEX["win_back"]
    sent = EXPERIMENTS[i].begins
    asked = (users.joined < sent - DORMANT_DAYS) & (users.leaves > sent)
    before = browsing.some((browsing.visits.at < sent * DAY) & asked[browsing.visits.user])
    paid = shop(before, users, arms).paid
    last = np.full(len(users), -np.inf)
    last[before.visits.user[paid]] = before.visits.at[paid] / DAY  # in order of time, so that the latest stays
    dormant = asked & np.isfinite(last) & (last < sent - DORMANT_DAYS)
    since = arms.since.copy()
    since[i, dormant] = int(sent * DAY)
    return Arms(arms.arm, since)


def _until_leaving(browsing: Browsing, shopping: Shopping, arms: Arms) -> Arms:
    """Who has left after an order visits no page that could expose them."""
    visits = browsing.visits
    seen = np.zeros(arms.arm.shape[1], dtype=np.int64)
    np.maximum.at(seen, visits.user[shopping.comes], visits.at[shopping.comes])
    since = arms.since.copy()
    for i, experiment in enumerate(EXPERIMENTS):
        if experiment.exposed == "page":
            since[i, (since[i] > seen)] = NEVER
    return replace(arms, since=since)
