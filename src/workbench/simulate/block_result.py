"""What comes out of one block of users: rows for the tables, truth, and what must be added over all blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class BlockResult:
    """One block, made without knowing any other.

    Attributes:
        tables: Canonical name → rows, user by user.  Ids that are running numbers over users (the keys of `ids`) run
            from 1 in the block; who puts blocks together adds what the blocks before have used.
        truth: Name → rows that go beside the data, with the same ids.
        ids: Column → how many numbers the block uses of it: order_id, session_id, touch_id, grant_id, ticket_id and,
            where asked for, event_id.  Rows that are left out or stand twice do not change it.
        sold: Units by the day of the order; int64 (products, days).
        lost: Units that would have been bought but for stock-outs; int64 (products, days).
        wanted: Units that each persona is expected to want of each product, as `demand.Expected` says, if users are
            asked for; float64 (personas, products).
        sums: What truth says about the whole platform, as sums over the block's users: name → number.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    ids: dict[str, int]
    sold: NDArray[np.int64]
    lost: NDArray[np.int64]
    wanted: NDArray[np.float64] | None
    sums: dict[str, float]
