"""Contacts of marketing with users: clicks that begin visits, impressions before some of them, and mailings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.clock import DAY_SECONDS, utc, words
from workbench.simulate.draws import uniforms
from workbench.simulate.marketing import (
    CHANNELS,
    EMAIL,
    MAILING_DAYS,
    PAID,
    SOCIAL,
    is_held_out,
    mailing_names,
)
from workbench.simulate.world import DAYS, World

KINDS = ("click", "impression", "send")
_CLICK, _IMPRESSION, _SEND = range(len(KINDS))
SENT_AT = 10 * 3600  # seconds after midnight
SEEN_BEFORE = (0.05, 0.8)  # chance of an impression before a visit: one of the user's own, and one that social stirred
IMPRESSION_DAYS = 2  # at most so long before


def touches_table(
    world: World,
    *,
    block: int,
    first: int,
    joined: NDArray[np.float64],
    leaves: NDArray[np.float64],
    user: NDArray[np.integer],
    at: NDArray[np.integer],
    cause: NDArray[np.integer],
    seen: NDArray[np.integer],
) -> pa.Table:
    """The canonical table `touches` of one block of users; `touch_id` runs from 1 in the block, user by user.

    Args:
        world: Whose.
        block: Its number.
        first: Number of its first user, from 0.
        joined, leaves: Days since the first day; shape (users,).
        user: Number of each visit's user within the block, ascending; shape (visits,), as all that follow.
        at: Seconds since the first day.
        cause: Index of the channel that stirred the visit up, −1 for the user's own.
        seen: Index of the channel that the data show.
    """
    visits = len(user)
    u, when = (uniforms(world.seed, f"touches.{part}", 0, visits, block=block) for part in ("seen", "when"))
    clicked = np.flatnonzero(np.asarray(seen) < PAID)
    shown = np.flatnonzero(u < np.where(np.asarray(cause) == SOCIAL, SEEN_BEFORE[1], SEEN_BEFORE[0]))
    before = (when[shown] * IMPRESSION_DAYS * DAY_SECONDS).astype(np.int64)
    days = np.array(MAILING_DAYS)
    mailed, mailing = np.nonzero((joined[:, None] <= days) & (leaves[:, None] > days))
    who = np.concatenate([user[clicked], user[shown], mailed]).astype(np.int64)
    moment = np.concatenate([at[clicked], np.maximum(at[shown] - before, 0), days[mailing] * DAY_SECONDS + SENT_AT])
    channel = np.concatenate([seen[clicked], np.full(len(shown), SOCIAL), np.full(len(mailed), EMAIL)])
    kind = np.repeat([_CLICK, _IMPRESSION, _SEND], [len(clicked), len(shown), len(mailed)])
    names = mailing_names()
    campaign = np.concatenate([_campaign(seen[clicked], at[clicked]), np.full(len(shown), len(names)), mailing])
    held_out = is_held_out(world, first, len(joined))[mailed]
    withheld = np.concatenate([np.zeros(len(clicked) + len(shown), dtype=bool), held_out])
    order = np.argsort(who * (DAYS * DAY_SECONDS) + moment, kind="stable")
    return pa.table(
        {
            "touch_id": np.arange(1, len(order) + 1),
            "user_id": who[order] + first + 1,
            "touched_at": utc(moment[order]),
            "channel": words(channel[order], CHANNELS),
            "kind": words(kind[order], KINDS),
            "campaign": words(campaign[order], [*names, "always_on"]),
            "is_holdout": withheld[order],
        }
    )


def _campaign(channel: NDArray[np.integer], at: NDArray[np.integer]) -> NDArray[np.int64]:
    """Index of the latest mailing for clicks on e-mails; those before the first, and all else, are always on."""
    always_on = len(MAILING_DAYS)
    latest = np.searchsorted(np.array(MAILING_DAYS) * DAY_SECONDS + SENT_AT, at, side="right") - 1
    return np.where((channel == EMAIL) & (latest >= 0), latest, always_on)
