"""Times and words as the tables hold them: UTC in microseconds, and text by a dictionary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.simulate.world import FIRST_DAY, UTC_OFFSET_HOURS

DAY_SECONDS = 86_400
_START = FIRST_DAY.astype("datetime64[us]").astype(np.int64) - UTC_OFFSET_HOURS * 3_600_000_000


def utc(seconds: NDArray[np.integer]) -> NDArray[np.datetime64]:
    """Moments in UTC, without a zone, from whole seconds since business midnight of the first day."""
    moments: NDArray[np.int64] = np.asarray(seconds, dtype=np.int64) * 1_000_000 + _START
    return moments.view("datetime64[us]")


def words(codes: NDArray[np.integer], names: Sequence[str]) -> pa.DictionaryArray:
    """Text of a small vocabulary.

    Args:
        codes: Index into `names`, shape (n,); below 0 is missing.
        names: The vocabulary.
    """
    codes = np.asarray(codes, dtype=np.int32)
    known = pa.array(codes, mask=codes < 0) if len(codes) and codes.min() < 0 else pa.array(codes)
    return pa.DictionaryArray.from_arrays(known, pa.array(list(names), pa.string()))
