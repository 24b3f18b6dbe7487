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
from workbench.simulate.visits import BRINGING, Visits, most_visits

Flags = NDArray[np.bool_]
VIEW, VIEW_OF_PERSONA = 2.3, (0.0, 0.4, 0.3, -0.2)  # logits
CHECKOUT, CHECKOUT_OF_PERSONA = 2.2, (0.0, 0.5, -0.2, 0.3)
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
    happens = _while_there(browsing, users, paid)
    lost = wanted & ~lines.in_stock & (reaches & pays & happens)[lines.visit]
    return Shopping(
        comes=comes & happens,
        viewed=viewed & happens,
        carted=carted & happens,
        checked_out=checked_out & happens,
        paid=paid & happens,
        taken=taken & happens[lines.visit],
        bought=taken & (paid & happens)[lines.visit],
        lost=lost,
        price=lifts.price,
    )


def lift(visits: Visits, users: Users, arms: Arms) -> Lifts:
    """What all arms together do to each visit."""
    count = len(visits)
    comes = np.where(visits.stream == 0, 1.0, 0.0)
    view, pay, liking, price = np.zeros(count), np.zeros(count), np.ones(count), np.ones(count)
    for i, experiment in enumerate(EXPERIMENTS):
        if arms.since[i].min() == NEVER:
            continue
        where = np.flatnonzero(arms.works(i, visits.user, visits.at))
        user = visits.user[where]
        arm, persona = arms.arm[i][user], users.persona[user]
        options = experiment.arms
        pays, views, likes, prices, visiting = (
            np.array([getattr(option, what) for option in options])
            for what in ("pay", "view", "liking", "price", "visits")
        )
        if pays.any():
            pay[where] += pays[arm, users.device[user]]
        if views.any():
            view[where] += views[arm, persona]
        if likes.any():
            liking[where] *= 1 + likes[arm, persona]
        if (prices != 1).any():
            price[where] *= prices[arm]
        if experiment.name == NOVEL:
            days = (visits.at[where] - arms.since[i][user]) / DAY
            liking[where] *= 1 + np.where(arm == 1, visits.world.novelty * 0.5 ** (days / HALVES_AFTER), 0.0)
        if (visiting != 1).any():
            factor = visiting[arm, users.coupon_type[user]]
            comes[where] *= np.minimum(factor, 1.0)
            brought = visits.stream[where] == 1 + BRINGING.index(i)
            most = np.maximum(most_visits(i)[users.coupon_type[user[brought]]] - 1, 1e-9)
            comes[where[brought]] = np.maximum(factor[brought] - 1, 0.0) / most
    return Lifts(comes, view, pay, liking, price)


def _while_there(browsing: Browsing, users: Users, paid: Flags) -> Flags:
    """Which visits happen before the user left for good after an order; nobody leaves after the first."""
    visits = browsing.visits
    if not users.leaving.any():
        return np.ones(len(visits), dtype=bool)
    orders = np.flatnonzero(paid)
    first = np.append(True, visits.user[orders][1:] != visits.user[orders][:-1])
    last = orders[(browsing.leaves[orders] < users.leaving[visits.user[orders]]) & ~first]
    leaves = np.full(len(users), len(visits))
    np.minimum.at(leaves, visits.user[last], last)
    return np.asarray(np.arange(len(visits)) <= leaves[visits.user])


def chance_to_pay(users: Users) -> NDArray[np.float64]:
    """Chance that a visit of each user gets to look, to the checkout and to pay, but for what is in the basket.

    Without experiments; shape (users,).
    """
    view = _chance(VIEW + np.array(VIEW_OF_PERSONA)[users.persona])
    checkout = _chance(CHECKOUT + np.array(CHECKOUT_OF_PERSONA)[users.persona])
    return np.asarray(view * checkout * _chance(PAY + np.array(PAY_OF_DEVICE)[users.device]))


def _chance(logit: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-logit)))
