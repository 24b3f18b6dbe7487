"""Visits: when users come, and what brings them.

The own visits of a user, and those that marketing stirs up, are one Poisson process whose intensity is the user's rate
times a curve of the user's persona; it is made exactly, by the inverse of the cumulative curve.  Experiments that bring
users back have candidates of their own, in streams of their own, so that no arm moves any other visit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.experiments import DAY, EXPERIMENTS, WINDOW_DAYS
from workbench.simulate.marketing import EMAIL, PAID, Marketing, is_held_out
from workbench.simulate.people import PERSONAS, RESPONSIVENESS, Users
from workbench.simulate.pricing import SALES_DAYS
from workbench.simulate.world import DAYS, World

OWN = -1  # the cause of a visit that no channel stirred up
BRINGING = tuple(i for i, e in enumerate(EXPERIMENTS) if any(max(arm.visits) > 1 for arm in e.arms))
STREAMS = ("own", *(EXPERIMENTS[i].name for i in BRINGING))
WEEKLY = (0.94, 0.92, 0.93, 0.96, 1.03, 1.13, 1.09)  # Monday to Sunday
YEARLY, SALES = 0.06, 1.0  # reach of the yearly wave; what a sales day adds

Seconds = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Visits:
    """Everything that may become a visit of a block's users, by user and time; every array has shape (visits,).

    Attributes:
        world, block: Which uniforms are theirs.
        user: Index within the block; int32.
        at: Seconds since the first day; int32.
        stream: Index into `STREAMS`; int8.
        cause: The paid channel that stirred the visit up, else `OWN`; int8.
        counts: Visits of each stream, shape (streams,).
        place: Position of each in the streams one after another, each in the order in which it was drawn, user by
            user.  By it, and by the block, a visit finds its uniforms: it is the visit's rank among those of its block,
            and no number that it has in the world.
    """

    world: World
    block: int
    user: NDArray[np.int32]
    at: Seconds
    stream: NDArray[np.int8]
    cause: NDArray[np.int8]
    counts: tuple[int, ...]
    place: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.user)

    def uniforms(self, purpose: str) -> draws.Uniforms:
        """Numbers of the visits for a purpose, shape (visits,)."""
        return self.uniforms_of(purpose, 1, self.place)

    def uniforms_of(self, purpose: str, each: int, number: NDArray[np.int64]) -> draws.Uniforms:
        """Numbers for parts of visits.

        Args:
            purpose: What they decide.
            each: How many parts a visit has at most.
            number: The `place` of the part's visit times `each`, plus the number of the part within it.
        """
        drawn = [
            draws.uniforms(self.world.seed, f"{stream}.{purpose}", 0, count * each, block=self.block)
            for stream, count in zip(STREAMS, self.counts, strict=True)
        ]
        return np.asarray(np.concatenate(drawn)[number])

    def some(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Visits:
        """Only some of them, with the numbers that they have here."""
        return Visits(
            self.world,
            self.block,
            self.user[chosen],
            self.at[chosen],
            self.stream[chosen],
            self.cause[chosen],
            self.counts,
            self.place[chosen],
        )


@dataclass(frozen=True, slots=True)
class Intensity:
    """How visits rise and fall, relative to a user's rate; a group is a persona that may be mailed, or may not.

    Attributes:
        daily: Of each day: own visits, then those of each paid channel; shape (groups, days, 1 + channels).
        cumulative: Their sum from the first day on, shape (groups, days + 1).
    """

    daily: NDArray[np.float64]
    cumulative: NDArray[np.float64]

    def until(self, group: NDArray[np.int64], day: NDArray[np.float64]) -> NDArray[np.float64]:
        """The cumulative intensity at moments, in days since the first; shape of both."""
        whole: NDArray[np.int64] = np.minimum(day.astype(np.int64), DAYS - 1)
        start = self.cumulative[group, whole]
        return np.asarray(start + (day - whole) * (self.cumulative[group, whole + 1] - start))

    def moment(self, group: NDArray[np.int64], reached: NDArray[np.float64]) -> NDArray[np.float64]:
        """When the cumulative intensity reaches these values: days since the first; the inverse of `until`."""
        day = np.empty(len(group))
        for one, curve in enumerate(self.cumulative):
            mine = group == one
            day[mine] = np.interp(reached[mine], curve, np.arange(DAYS + 1))
        return day


@dataclass(frozen=True, slots=True)
class Spells:
    """When each user may come in one stream; every array has shape (users,).

    Attributes:
        begins, ends: Days since the first day.
        rate: Visits per day at an intensity of 1.
    """

    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    rate: NDArray[np.float64]


def make_intensity(world: World, marketing: Marketing) -> Intensity:
    """The curves of all groups; constant where users leave after orders, for there rates are constant."""
    daily = np.zeros((2 * len(PERSONAS), DAYS, 1 + PAID))
    daily[:, :, 0] = 1.0
    if world.leaving == "any_day":
        daily[:, :, 0] = season_of_days(world)
        for persona in range(len(PERSONAS)):
            daily[2 * persona : 2 * persona + 2, :, 1:] = RESPONSIVENESS[persona] * marketing.stimulus[:PAID].T
        daily[1::2, :, 1 + EMAIL] = 0.0
    cumulative = np.zeros((2 * len(PERSONAS), DAYS + 1))
    np.cumsum(daily.sum(axis=2), axis=1, out=cumulative[:, 1:])
    return Intensity(daily, cumulative)


def groups(world: World, users: Users) -> NDArray[np.int64]:
    """The group of the `Intensity` that each user is in; shape (users,)."""
    return np.asarray(2 * users.persona + is_held_out(world, users.first, len(users)))


def season_of_days(world: World) -> NDArray[np.float64]:
    """Visits of a day relative to an ordinary one, shape (days,): the week, the year, and the sales days."""
    day = np.arange(DAYS)
    if not world.seasonal:
        return np.ones(DAYS)
    season: NDArray[np.float64] = np.array(WEEKLY)[day % 7] * (1 + YEARLY * np.cos(2 * np.pi * (day - 60) / 365.25))
    season[list(SALES_DAYS)] += SALES
    return season


def make_visits(world: World, intensity: Intensity, users: Users) -> Visits:
    """All candidates: own and stirred-up visits, the first of them at joining, and those of the mails."""
    ends = np.minimum(users.leaves, DAYS)
    arrive = partial(_arrivals, world, intensity, users)
    streams = [arrive("own", Spells(users.joined, ends, users.rate))]
    for i in BRINGING:
        experiment = EXPERIMENTS[i]
        most = most_visits(i)[users.coupon_type] - 1
        begins = users.joined if experiment.exposed == "joining" else np.full(len(users), experiment.begins)
        until = np.where(users.joined <= begins, np.clip(ends, begins, begins + WINDOW_DAYS), begins)
        streams.append(arrive(experiment.name, Spells(begins, until, users.rate * most)))
    counts = tuple(len(user) for user, _ in streams)
    user = np.concatenate([user for user, _ in streams])
    day = np.concatenate([day for _, day in streams])
    stream = np.repeat(np.arange(len(STREAMS), dtype=np.int8), counts)
    at = np.floor(day * DAY).astype(np.int64)
    place = np.argsort(user * (DAYS + 1) * DAY + at, kind="stable")
    user, at = user[place].astype(np.int32), at[place].astype(np.int32)
    visits = Visits(world, users.block, user, at, stream[place], np.full(len(user), OWN, dtype=np.int8), counts, place)
    return replace(visits, cause=_causes(visits, intensity, groups(world, users)))


def joins(visits: Visits) -> NDArray[np.bool_]:
    """Which of all candidates are the first visits of their users; shape (visits,)."""
    return np.append(True, visits.user[1:] != visits.user[:-1])


def most_visits(experiment: int) -> NDArray[np.float64]:
    """The largest factor on visits that any arm has, by coupon type; at least 1."""
    return np.asarray(np.maximum(1.0, np.max([arm.visits for arm in EXPERIMENTS[experiment].arms], axis=0)))


def _arrivals(
    world: World, intensity: Intensity, users: Users, stream: str, spells: Spells
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Users and days of the arrivals of one stream; own visits begin with the one at joining."""
    group = groups(world, users)
    start = intensity.until(group, spells.begins)
    reach = intensity.until(group, spells.ends) - start
    u = draws.uniforms(world.seed, f"{stream}.visits", users.first, len(users))
    counts = draws.poisson(u, spells.rate * reach)
    first = 1 if stream == "own" else 0
    user = np.repeat(np.arange(len(users)), counts + first)
    at = draws.uniforms(world.seed, f"{stream}.arrival", 0, len(user), block=users.block)
    day = intensity.moment(group[user], start[user] + at * reach[user])
    if first:
        day[np.cumsum(counts + 1) - counts - 1] = spells.begins
    return user, day


def _causes(visits: Visits, intensity: Intensity, group: NDArray[np.int64]) -> NDArray[np.int8]:
    """Which channel stirred each visit up, by the parts of the intensity on its day; mails of experiments are own."""
    parts = intensity.daily[group[visits.user], visits.at // DAY]
    cause = draws.choice(visits.uniforms("cause"), parts) + OWN
    cause[joins(visits) | (visits.stream > 0)] = OWN
    return cause.astype(np.int8)
