"""Adjusting p-values for the number of questions asked at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Step-down adjusted p-values that hold the family-wise error rate under any dependence.

    Holm (1979), "A simple sequentially rejective multiple test procedure": in rising order the j-th of m
    p-values is multiplied by m − j + 1; an adjusted value is never below the one before it, nor above 1.

    Args:
        p_values: Shape (m,), each in [0, 1].

    Returns:
        Adjusted p-values, shape (m,), in the order given.

    Raises:
        ValueError: A p-value is not a number in [0, 1].

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError(f"p-values lie between 0 and 1, found {p[~((p >= 0) & (p <= 1))][0]}")
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted
