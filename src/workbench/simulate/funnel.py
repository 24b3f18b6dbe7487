"""The funnel of every visit under given arms: who comes, looks, fills a basket, goes to the checkout, and pays.

A pure function of what may happen and of who is in which arm: called again with other arms, and the same uniforms, it
gives the potential outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate.browsing import Browsing
from workbench.simulate.experiments import DAY, EXPERIMENTS, HALVES_AFTER, NEVER, NOVEL, Arms
from workbench.simulate.people import Users
from workbench.simulate.visits import BRINGING, Visits, joins, most_visits
from workbench.simulate.world import World

Flags = NDArray[np.bool_]
VIEW, VIEW_OF_PERSONA = 2.3, (0.0, 0.4, 0.3, -0.2)  # logits
CHECKOUT, CHECKOUT_OF_PERSONA = 2.2, (0.0, 0.5, -0.2, 0.3)
ORDERS_PER_VISIT = 0.25  # where users leave after orders
PAY, PAY_OF_DEVICE = 0.6, (0.3, -0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Shopping:
    """What happens under the arms that were given.

    Attributes:
        comes, viewed, carted, checked_out, paid: How far each visit goes; shape (visits,).
        taken: Lines that are put into the basket; shape (lines,).
        bought, lost: Lines that are sold, and that would have been but for an empty stock; shape (lines,).
        price: What the arms multiply a visit's prices by; shape (visits,).
    """

    comes: Flags
    viewed: Flags
    carted: Flags
    checked_out: Flags
    paid: Flags
    taken: Flags
    bought: Flags
    lost: Flags
    price: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lifts:
    """What all arms together do to each visit; every array has shape (visits,).

    Attributes:
        comes: The chance that a candidate comes at all.
        view, pay: Added to the logits.
        liking, price: Factors on the chance of each line and on prices.
    """

    comes: NDArray[np.float64]
    view: NDArray[np.float64]
    pay: NDArray[np.float64]
    liking: NDArray[np.float64]
    price: NDArray[np.float64]


def shop(browsing: Browsing, users: Users, arms: Arms) -> Shopping:
    """What happens on these visits under these arms."""
    visits, lines = browsing.visits, browsing.lines
    if visits.world.leaving == "after_order":
        return _shop_steadily(browsing, users)
    lifts = lift(visits, users, arms)
    persona, device = users.persona[visits.user], users.device[visits.user]
    comes = browsing.comes < lifts.comes
    viewed = comes & (browsing.view < _chance(VIEW + np.array(VIEW_OF_PERSONA)[persona] + lifts.view))
    reaches = browsing.checkout < _chance(CHECKOUT + np.array(CHECKOUT_OF_PERSONA)[persona])
    pays = browsing.pay < _chance(PAY + np.array(PAY_OF_DEVICE)[device] + lifts.pay)
    chance = lines.chance * lifts.liking[lines.visit]
    chance *= np.exp(-lines.elasticity * np.log(lifts.price)[lines.visit])
    wanted = viewed[lines.visit] & (lines.u < chance)
    taken = wanted & lines.in_stock
    carted = np.zeros(len(visits), dtype=bool)
    carted[lines.visit[taken]] = True
    checked_out = carted & reaches
    paid = checked_out & pays
    lost = wanted & ~lines.in_stock & (reaches & pays)[lines.visit]
    return Shopping(
        comes=comes,
        viewed=viewed,
        carted=carted,
        checked_out=checked_out,
        paid=paid,
        taken=taken,
        bought=taken & paid[lines.visit],
        lost=lost,
        price=lifts.price,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """The visits on which an experiment works; every array has shape (reached,).

    Attributes:
        where: Index into the visits.
        user: Index within the block.
        arm: Index into the experiment's arms.
        days: Since the exposure.
    """

    where: NDArray[np.int64]
    user: NDArray[np.int32]
    arm: NDArray[np.int8]
    days: NDArray[np.float64]


def lift(visits: Visits, users: Users, arms: Arms) -> Lifts:
    """What all arms together do to each visit; nothing where users leave after orders."""
    count = len(visits)
    comes = np.where(visits.stream == 0, 1.0, 0.0)
    lifts = Lifts(comes, np.zeros(count), np.zeros(count), np.ones(count), np.ones(count))
    if visits.world.leaving == "after_order":
        return lifts
    for i in range(len(EXPERIMENTS)):
        if arms.since[i].min() < NEVER:
            where = np.flatnonzero(arms.works(i, visits.user, visits.at))
            user = visits.user[where]
            days = (visits.at[where] - arms.since[i][user]) / DAY
            reached = Reached(where, user, arms.arm[i][user], days)
            _lift_steps(lifts, i, reached, users, visits.world)
            _lift_visits(lifts, i, reached, users, visits)
    return lifts


def _lift_steps(lifts: Lifts, experiment: int, reached: Reached, users: Users, world: World) -> None:
    options, where, arm = EXPERIMENTS[experiment].arms, reached.where, reached.arm
    pay, view, liking, price = (
        np.array([getattr(option, what) for option in options]) for what in ("pay", "view", "liking", "price")
    )
    persona = users.persona[reached.user]
    # Most experiments change one thing only, and what they leave alone need not be worked out.
    if pay.any():
        lifts.pay[where] += pay[arm, users.device[reached.user]]
    if view.any():
        lifts.view[where] += view[arm, persona]
    if liking.any():
        lifts.liking[where] *= 1 + liking[arm, persona]
    if (price != 1).any():
        lifts.price[where] *= price[arm]
    if EXPERIMENTS[experiment].name == NOVEL:
        lifts.liking[where] *= 1 + np.where(arm == 1, world.novelty * 0.5 ** (reached.days / HALVES_AFTER), 0.0)


def _lift_visits(lifts: Lifts, experiment: int, reached: Reached, users: Users, visits: Visits) -> None:
    factors = np.array([option.visits for option in EXPERIMENTS[experiment].arms])
    if (factors == 1).all():
        return
    factor = factors[reached.arm, users.coupon_type[reached.user]]
    lifts.comes[reached.where] *= np.minimum(factor, 1.0)
    brought = visits.stream[reached.where] == 1 + BRINGING.index(experiment)
    most = most_visits(experiment)[users.coupon_type[reached.user[brought]]]
    # Candidates come at the largest factor's rate, so there are none where that is 1.
    lifts.comes[reached.where[brought]] = np.maximum(factor[brought] - 1, 0.0) / (most - 1)


def _shop_steadily(browsing: Browsing, users: Users) -> Shopping:
    """The funnel where users leave after orders: every visit is as likely to end in one, whatever there is to buy.

    Users join with an order, order at a constant rate of their own, and leave after a later order by a coin of their
    own, as Fader and others (2005, "Counting your customers the easy way") have it; so no arm has an effect.
    """
    visits, lines = browsing.visits, browsing.lines
    joining = joins(visits)
    pays = (visits.stream == 0) & (joining | (browsing.pay < ORDERS_PER_VISIT))
    last = np.flatnonzero(pays & ~joining & (browsing.leaves < users.leaving[visits.user]))
    leaves = np.full(len(users), len(visits))
    np.minimum.at(leaves, visits.user[last], last)
    comes = (visits.stream == 0) & (np.arange(len(visits)) <= leaves[visits.user])
    paid = comes & pays
    liked = lines.u < lines.chance
    some = np.zeros(len(visits), dtype=bool)
    some[lines.visit[liked]] = True
    first = np.append(True, lines.visit[1:] != lines.visit[:-1])[: len(lines.visit)]
    bought = paid[lines.visit] & (liked | (first & ~some[lines.visit]))
    nothing = np.zeros(len(lines.visit), dtype=bool)
    return Shopping(comes, comes, paid, paid, paid, bought, bought, nothing, np.ones(len(visits)))


def chance_to_pay(users: Users) -> NDArray[np.float64]:
    """Chance that a visit of each user gets to look, to the checkout and to pay, but for what is in the basket.

    Without experiments; shape (users,).
    """
    view = _chance(VIEW + np.array(VIEW_OF_PERSONA)[users.persona])
    checkout = _chance(CHECKOUT + np.array(CHECKOUT_OF_PERSONA)[users.persona])
    return np.asarray(view * checkout * _chance(PAY + np.array(PAY_OF_DEVICE)[users.device]))


def _chance(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logit)))
