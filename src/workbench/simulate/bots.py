"""Bots: users that are none, with hundreds of visits and no order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.clock import utc, words
from workbench.simulate.experiments import DAY, EXPERIMENTS
from workbench.simulate.marketing import CHANNELS
from workbench.simulate.people import COUNTRIES, DEVICES, Users
from workbench.simulate.rows import LANDINGS
from workbench.simulate.world import DAYS, World

FIRST_ID = 10**9  # user ids of bots begin here …
FIRST_SESSION, MOST_VISITS = 10**12, 1000  # … and ids of their sessions there
MEAN_VISITS, WITHIN_DAYS, STEPS = 300.0, 60, 40  # days over which a bot comes; steps of each of its visits


@dataclass(frozen=True, slots=True)
class BotVisits:
    """Visits of bots, by bot and time; every array has shape (visits,).

    Attributes:
        bot: Number of the bot: that of the user whose place in the world it shares.
        visit: Number of the visit among the bot's.
        at: Seconds since the first day.
    """

    bot: NDArray[np.int64]
    visit: NDArray[np.int64]
    at: NDArray[np.int64]

    def first(self, chosen: NDArray[np.bool_]) -> BotVisits:
        """The first of the chosen visits of each bot that has one."""
        bot, visit, at = self.bot[chosen], self.visit[chosen], self.at[chosen]
        bots, place = np.unique(bot, return_index=True)
        return BotVisits(bots, visit[place], at[place])


def bot_tables(world: World, users: Users) -> dict[str, pa.Table]:
    """Rows of `users`, `sessions` and `exposures` (to page tests) that bots add to a block."""
    visits = _visits(world, users)
    return {"users": _users(visits), "sessions": _sessions(visits), "exposures": _exposures(world, users, visits)}


def _visits(world: World, users: Users) -> BotVisits:
    def drawn(what: str) -> draws.Uniforms:
        return draws.uniforms(world.seed, f"bots.{what}", users.first, len(users))

    bots = np.flatnonzero(drawn("exists") < world.bots)
    counts = np.clip(draws.poisson(drawn("visits")[bots], np.full(len(bots), MEAN_VISITS)), 1, MOST_VISITS)
    visit = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    bot = np.repeat(bots, counts)
    u = draws.uniforms(world.seed, "bots.at", 0, len(users) * MOST_VISITS, block=users.block)
    day = (DAYS - WITHIN_DAYS) * drawn("begins")[bot] + WITHIN_DAYS * u[bot * MOST_VISITS + visit]
    at = np.floor(day * DAY).astype(np.int64)
    return BotVisits(users.first + bot, visit, at[np.lexsort((at, bot))])


def _users(visits: BotVisits) -> pa.Table:
    joining = visits.first(visits.visit == 0)
    nothing = np.zeros(len(joining.bot), dtype=np.int64)
    return pa.table(
        {
            "user_id": FIRST_ID + joining.bot,
            "first_seen_at": utc(joining.at),
            "acquisition_channel": words(nothing + CHANNELS.index("direct"), CHANNELS),
            "country": words(nothing, COUNTRIES),
        }
    )


def _sessions(visits: BotVisits) -> pa.Table:
    nothing = np.zeros(len(visits.bot), dtype=np.int64)
    return pa.table(
        {
            "session_id": FIRST_SESSION + visits.bot * MOST_VISITS + visits.visit,
            "user_id": FIRST_ID + visits.bot,
            "started_at": utc(visits.at),
            "channel": words(nothing + CHANNELS.index("direct"), CHANNELS),
            "device": words(nothing + DEVICES.index("desktop"), DEVICES),
            "landing": words(nothing, LANDINGS),
            "events": nothing + STEPS,
            "converted": nothing > 0,
        }
    )


def _exposures(world: World, users: Users, visits: BotVisits) -> pa.Table:
    parts = []
    for experiment in EXPERIMENTS:
        if experiment.exposed != "page":
            continue
        begins, ends = experiment.begins * DAY, (experiment.begins + experiment.enrols) * DAY
        exposed = visits.first((visits.at >= begins) & (visits.at < ends))
        u = draws.uniforms(world.seed, f"bots.{experiment.name}", users.first, len(users))[exposed.bot - users.first]
        nothing = np.zeros(len(exposed.bot), dtype=np.int64)
        parts.append(
            pa.table(
                {
                    "experiment": words(nothing, (experiment.name,)),
                    "user_id": FIRST_ID + exposed.bot,
                    "variant": words(
                        draws.choice(u, np.array([arm.share for arm in experiment.arms])),
                        [arm.name for arm in experiment.arms],
                    ),
                    "exposed_at": utc(exposed.at),
                    "country": words(nothing, COUNTRIES),
                    "device": words(nothing + DEVICES.index("desktop"), DEVICES),
                }
            )
        )
    return pa.concat_tables(parts)
