"""The platform's experiments: who is in them, since when, in which arm, and what an arm does to its users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.people import DEVICES, Users
from workbench.simulate.world import DAYS, FIRST_DAY, World

WINDOW_DAYS = 14  # of every metric, and of every mail's effect
DAY = 86_400  # seconds
NEVER = np.iinfo(np.int32).max
EVERY_PERSONA = (0.0, 0.0, 0.0, 0.0)
BROKEN, NOVEL = "new_search_ranking", "new_home_page"
HALVES_AFTER = 4.0  # days, of the new home page's novelty


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm of an experiment does to its users; nothing, unless said.

    Attributes:
        name: As in `exposures.variant`.
        share: Of the exposed users.
        pay: Added to the logit of paying, by device.
        view: Added to the logit of looking at products, by persona.
        liking: Relative change of the chance that a product that is seen is put into the basket, by persona.
        price: All prices are multiplied by this.
        visits: Visits per day are multiplied by this, by coupon type.
        coupon: Depth of a coupon, as a share of the subtotal; 0 is none.
    """

    name: str
    share: float
    pay: tuple[float, ...] = (0.0,) * len(DEVICES)
    view: tuple[float, ...] = EVERY_PERSONA
    liking: tuple[float, ...] = EVERY_PERSONA
    price: float = 1.0
    visits: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
    coupon: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment.

    Attributes:
        name: As in `exposures.experiment`.
        arms: The first is the control.
        exposed: "page" at the first visit of the enrolment, "mail" when it begins, "joining" with the first visit.
        begins: Day on which the enrolment begins, or the mail is sent; days since the first day.
        enrols: Length of the enrolment of a page test, days.
        share_of_users: Who may be exposed at all.
        lasts: Days after the exposure for which the arm works.
    """

    name: str
    arms: tuple[Arm, ...]
    exposed: Literal["page", "mail", "joining"]
    begins: float
    enrols: float = 0.0
    share_of_users: float = 1.0
    lasts: float = float(DAYS)


def _day(date: str) -> float:
    return float((np.datetime64(date, "D") - FIRST_DAY).astype(int))


def _page(name: str, begins: str, *, share_of_users: float = 1.0, **does: object) -> Experiment:
    arms = (Arm("A", 0.5), Arm("B", 0.5, **does))  # type: ignore[arg-type]
    return Experiment(name, arms, "page", _day(begins), 21.0, share_of_users)


EXPERIMENTS = (
    _page("one_page_checkout", "2026-08-31", pay=(1.2, 0.8, 0.5)),
    _page("delivery_fee_upfront", "2026-08-24", pay=(-0.8, -0.9, -0.7)),
    _page("personal_greeting", "2026-09-03", share_of_users=0.12, view=(0.1, 0.1, 0.1, 0.1)),
    _page(BROKEN, "2026-08-17"),
    _page("assignment_check", "2026-08-10"),
    _page("lower_prices", "2026-07-06", price=0.95),
    _page("new_recommender", "2026-06-08", view=(0.1, 0.0, 0.4, 0.1), liking=(0.05, 0.0, 0.2, 0.05)),
    _page(NOVEL, "2026-07-20"),
    Experiment(
        "spring_coupon",
        (
            Arm("no coupon", 1 / 3),
            Arm("10 % off", 1 / 3, visits=(1.0, 1.5, 1.0, 0.9), coupon=0.10),
            Arm("20 % off", 1 / 3, visits=(1.0, 2.0, 1.05, 0.7), coupon=0.20),
        ),
        "mail",
        _day("2026-05-11"),
        lasts=WINDOW_DAYS,
    ),
    Experiment(
        "win_back",
        (Arm("A", 0.5), Arm("B", 0.5, visits=(1.3, 2.5, 1.1, 1.0))),
        "mail",
        _day("2026-06-15") + 10 / 24,
        lasts=WINDOW_DAYS,
    ),
    Experiment(
        "incentive_holdout",
        (Arm("holdout", 0.1), Arm("eligible", 0.9, visits=(1.0, 1.4, 1.0, 0.95), coupon=0.10)),
        "joining",
        0.0,
        lasts=WINDOW_DAYS,
    ),
)
INDEX = {experiment.name: i for i, experiment in enumerate(EXPERIMENTS)}
DORMANT_DAYS = 90  # without an order, before a win-back mail


@dataclass(frozen=True, slots=True)
class Arms:
    """Who is in which arm since when; every array has shape (experiments, users).

    Attributes:
        arm: Index into the experiment's arms, also of users who are never exposed; int8.
        since: Second of the exposure, since the first day; `NEVER` without one; int32.
    """

    arm: NDArray[np.int8]
    since: NDArray[np.int32]

    def forced(self, users: Users, experiment: int, arm: int) -> Arms:
        """The same with everybody in one arm of one experiment.

        Who is held out for good gets no coupon mail, and who would not be gets it: that is what the holdout is about.
        """
        arms, since = self.arm.copy(), self.since.copy()
        arms[experiment] = arm
        if experiment == INDEX["incentive_holdout"]:
            since[INDEX["spring_coupon"]] = _coupon_mail(users, arms)
        return Arms(arms, since)

    def works(self, experiment: int, user: NDArray[np.int32], at: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Whether the arm works on these users at these seconds; shape of both."""
        since = self.since[experiment][user]
        return np.asarray((at >= since) & (at - since < EXPERIMENTS[experiment].lasts * DAY))


def assign(world: World, users: Users) -> Arms:
    """Arms of all experiments, and the exposures that no visit decides: at joining, and by the coupon mail."""
    count = len(users)
    arm = np.empty((len(EXPERIMENTS), count), dtype=np.int8)
    since = np.full((len(EXPERIMENTS), count), NEVER, dtype=np.int32)
    for i, experiment in enumerate(EXPERIMENTS):
        u = draws.uniforms(world.seed, f"experiments.{experiment.name}", users.first, count)
        arm[i] = draws.choice(u, np.array([arm.share for arm in experiment.arms]))
    since[INDEX["incentive_holdout"]] = np.floor(users.joined * DAY)
    since[INDEX["spring_coupon"]] = _coupon_mail(users, arm)
    return Arms(arm, since)


def _coupon_mail(users: Users, arm: NDArray[np.int8]) -> NDArray[np.int64]:
    """When the mail of the coupon test reaches each user: all open accounts, but for those held out; (users,)."""
    sent = EXPERIMENTS[INDEX["spring_coupon"]].begins
    reached = (users.joined < sent) & (users.leaves > sent) & (arm[INDEX["incentive_holdout"]] == 1)
    return np.where(reached, int(sent * DAY), NEVER)


def eligible(world: World, users: Users, experiment: Experiment) -> NDArray[np.bool_]:
    """Who may be exposed to a page test at all; shape (users,)."""
    u = draws.uniforms(world.seed, f"experiments.{experiment.name}.eligible", users.first, len(users))
    return np.asarray(u < experiment.share_of_users)
