"""Marketing of the platform: what is spent by channel and day, and how many visits that stirs up.

Spend wears off by a geometric adstock and saturates by a Hill curve (Jin and others 2017, "Bayesian methods for media
mix modeling with carryover and shape effects"):

    stored(t) = spend(t) + retention · stored(t − 1)
    stimulus(t) = gain · stored(t)^slope / (stored(t)^slope + half^slope)

A user's visits on a day come at the user's own rate, plus that rate times the stimulus of each channel times the
user's responsiveness.  Only the latter are the work of marketing; what the data say about a visit's channel is another
thing: channels claim visits that would have come anyway, and some of their own work arrives looking like direct visits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.clock import words
from workbench.simulate.draws import Uniforms, uniforms
from workbench.simulate.world import DAYS, FIRST_DAY, World

CHANNELS = ("paid_search", "social", "affiliate", "email", "organic", "direct", "referral")
PAID = 4  # the first so many of `CHANNELS` cost money and stir visits up
SEARCH, SOCIAL, AFFILIATE, EMAIL, ORGANIC, DIRECT, REFERRAL = range(len(CHANNELS))
RETENTION = (0.30, 0.60, 0.20, 0.75)  # of the paid channels: the part of a day's effect that is left on the next
SLOPE = (1.0, 1.4, 1.0, 1.0)
HALF = (1.4, 2.5, 1.2, 2.0)  # in units of a channel's ordinary daily spend
GAIN = (0.14, 0.16, 0.06, 0.60)  # most extra visits relative to a user's own
DAILY_SPEND_CENTS = (1.0, 1.75, 0.27, 0.7)  # ordinary spend of a day per user of the platform; for e-mail of a mailing
OWN_SHARES = (0.14, 0.04, 0.05, 0.04, 0.30, 0.33, 0.10)  # as which channel an own visit is recorded
SEEN_AS_ITSELF = (0.85, 0.40, 0.80, 0.70)  # of the visits that a paid channel stirs up; the rest:
SEEN_AS_DIRECT = 0.6  # … looks direct, and what is left looks organic
HOLDOUT_SHARE = 0.10  # of users who never get a campaign's e-mail
MAILING_DAYS = (24, 59, 122, 206, 241, 290, 353, 389, 424, 487, 571, 606, 655, 704)
MAILING_NAMES = ("singles_day", "new_year", "spring", "early_summer", "midyear", "summer", "autumn")
CLICKS_PER_CENT = (0.0035, 0.0008, 0.0045, 0.0)  # clicks, and impressions per click, that the platforms report
IMPRESSIONS_PER_CLICK = (18, 120, 25, 0)


@dataclass(frozen=True, slots=True)
class Marketing:
    """What marketing does, day by day.

    Attributes:
        spend_cents: int64 (channels, days); channels without spend have 0.
        stimulus: Visits stirred up, relative to a user's own at responsiveness 1; float32 (channels, days).
        own_shares: As which channel an own visit is recorded; float64 (channels,), sums to 1.
        seen_as: As which channel (column) a visit is recorded that a channel (row) stirred up; float64
            (channels, channels), rows sum to 1.
    """

    spend_cents: NDArray[np.int64]
    stimulus: NDArray[np.float32]
    own_shares: NDArray[np.float64]
    seen_as: NDArray[np.float64]


def make_marketing(world: World) -> Marketing:
    """The marketing of a world; spend grows with its users, what it does to one of them does not."""
    level = _spend_level(world)
    spend = np.zeros((len(CHANNELS), DAYS), dtype=np.int64)
    stimulus = np.zeros((len(CHANNELS), DAYS), dtype=np.float32)
    seen_as = np.eye(len(CHANNELS))
    for channel in range(PAID):
        spend[channel] = np.rint(level[channel] * DAILY_SPEND_CENTS[channel] * world.users).astype(np.int64)
        stimulus[channel] = stimulate(level[channel], channel)
        itself = SEEN_AS_ITSELF[channel]
        seen_as[channel, [channel, DIRECT, ORGANIC]] = (
            itself,
            (1 - itself) * SEEN_AS_DIRECT,
            (1 - itself) * (1 - SEEN_AS_DIRECT),
        )
    return Marketing(spend_cents=spend, stimulus=stimulus, own_shares=np.array(OWN_SHARES), seen_as=seen_as)


def stimulate(level: NDArray[np.float64], channel: int) -> NDArray[np.float64]:
    """The stimulus of a channel at this spend.

    Args:
        level: Spend per day relative to the channel's ordinary one, shape (days,).
        channel: Index of a paid one.
    """
    stored = np.empty(len(level))
    before = 0.0
    for day, spent in enumerate(level):
        before = stored[day] = spent + RETENTION[channel] * before
    power = stored ** SLOPE[channel]
    return np.asarray(GAIN[channel] * power / (power + HALF[channel] ** SLOPE[channel]))


def is_held_out(world: World, first: int, count: int) -> NDArray[np.bool_]:
    """Which of `count` users from index `first` on never get a campaign's e-mail, and so are not stirred by it."""
    return uniforms(world.seed, "marketing.email_holdout", first, count) < HOLDOUT_SHARE


def spend_table(world: World, marketing: Marketing) -> pa.Table:
    """The canonical table `spend`: one row per day and paid channel, without days on which nothing was spent."""
    channel, day = np.nonzero(marketing.spend_cents[:PAID].T)[::-1]
    cents = marketing.spend_cents[channel, day]
    noise = 0.9 + 0.2 * uniforms(world.seed, "marketing.clicks", 0, PAID * DAYS).reshape(PAID, DAYS)[channel, day]
    clicks = np.rint(cents * np.array(CLICKS_PER_CENT)[channel] * noise).astype(np.int64)
    impressions = clicks * np.array(IMPRESSIONS_PER_CLICK)[channel]
    mail = channel == EMAIL
    campaign = np.where(mail, np.searchsorted(MAILING_DAYS, day), len(MAILING_DAYS))
    return pa.table(
        {
            "spend_date": pa.array(FIRST_DAY + day),
            "channel": words(channel, CHANNELS),
            "campaign": words(campaign, [*mailing_names(), "always_on"]),
            "geo": words(np.zeros(len(day), dtype=np.int32), ["all"]),
            "spend": cents / 100,
            "clicks": pa.array(clicks, mask=mail),
            "impressions": pa.array(impressions, mask=mail),
        }
    )


def truth_of_marketing(marketing: Marketing) -> pa.Table:
    """The stimulus of each paid channel on each day: visits stirred up relative to a user's own."""
    channel, day = np.divmod(np.arange(PAID * DAYS), DAYS)
    return pa.table(
        {
            "date": FIRST_DAY + day,
            "channel": words(channel, CHANNELS),
            "stimulus": marketing.stimulus[channel, day].astype(np.float64),
        }
    )


def truth_of_channels(world: World, marketing: Marketing) -> dict[str, dict[str, float]]:
    """What each paid channel cost in all, in CNY, and the constants of its adstock and its Hill curve.

    `half` is the stored spend of a day that gives half of `gain`, in CNY.
    """
    return {
        CHANNELS[channel]: {
            "spend": float(marketing.spend_cents[channel].sum()) / 100,
            "retention": RETENTION[channel],
            "slope": SLOPE[channel],
            "half": HALF[channel] * DAILY_SPEND_CENTS[channel] * world.users / 100,
            "gain": GAIN[channel],
        }
        for channel in range(PAID)
    }


def mailing_names() -> NDArray[np.str_]:
    """Names of the e-mail campaigns, like "spring_2025"; shape (mailings,)."""
    years = (FIRST_DAY + np.array(MAILING_DAYS)).astype("datetime64[Y]").astype(str)
    names = [MAILING_NAMES[i % len(MAILING_NAMES)] for i in range(len(MAILING_DAYS))]
    return np.array([f"{name}_{year}" for name, year in zip(names, years, strict=True)])


def _spend_level(world: World) -> NDArray[np.float64]:
    """Spend relative to the ordinary one; shape (paid channels, days).

    Budgets change every second week at random, and are off for one such spell in eight, so that what they do can be
    told apart; days scatter around them.  E-mail costs on the days of mailings.
    """
    spells = DAYS // 14
    u = uniforms(world.seed, "marketing.budget", 0, PAID * spells).reshape(PAID, spells)
    budget = np.repeat(np.where(u < 1 / 8, 0.0, 0.2 + 1.8 * u), 14, axis=1)
    daily: Uniforms = 0.8 + 0.4 * uniforms(world.seed, "marketing.daily", 0, PAID * DAYS).reshape(PAID, DAYS)
    level = budget * daily
    level[EMAIL] = 0.0
    level[EMAIL, list(MAILING_DAYS)] = 1.0
    return level
