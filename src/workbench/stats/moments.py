"""Counts, means and centred co-moments, which merge exactly.

Merging follows Chan, Golub & LeVeque (1979), "Updating formulae and a pairwise algorithm for computing
sample variances", eq. 2.1: no raw sum of squares is ever formed, so a large offset costs no digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """Sufficient statistics of k columns over n units.

    Attributes:
        n: Number of units.
        mean: Means, shape (k,), each in its column's unit.
        comoment: Sums of products of deviations from the means, shape (k, k).
    """

    n: int
    mean: Floats
    comoment: Floats

    @property
    def covariance(self) -> Floats:
        """Sample covariance (ddof 1), shape (k, k)."""
        if self.n < 2:
            raise ValueError(f"a covariance needs at least 2 units, found {self.n}")
        return self.comoment / (self.n - 1)


@dataclass(frozen=True, slots=True)
class MomentTable:
    """Moments of the same k columns in g disjoint groups of units.

    Attributes:
        columns: Names of the k columns.
        keys: What each group is, one row per group: shape (g, number of key columns).
        n: Units per group, shape (g,), integers.
        mean: Shape (g, k); a row of zeros where n is 0.
        comoment: Shape (g, k, k).
    """

    columns: tuple[str, ...]
    keys: pd.DataFrame
    n: NDArray[np.int64]
    mean: Floats
    comoment: Floats

    def merged(self) -> Moments:
        """All groups as one."""
        total = int(self.n.sum())
        if total == 0:
            k = len(self.columns)
            return Moments(0, np.zeros(k), np.zeros((k, k)))
        # Centre on the largest group first: the grand mean is then formed from small differences only.
        origin = self.mean[int(self.n.argmax())]
        mean = origin + self.n @ (self.mean - origin) / total
        apart = np.where(self.n[:, None] > 0, self.mean - mean, 0.0)
        between = np.einsum("g,gi,gj->ij", self.n.astype(float), apart, apart)
        return Moments(total, mean, self.comoment.sum(axis=0) + between)

    def where(self, **wanted: object) -> MomentTable:
        """The groups whose keys have these values."""
        mask = np.ones(len(self.keys), dtype=bool)
        for key, value in wanted.items():
            mask &= (self.keys[key] == value).to_numpy()
        return self._rows(mask)

    def by(self, *keys: str) -> Iterator[tuple[dict[str, object], Moments]]:
        """Merge the groups that agree in `keys`; yields (key values, moments), in the order of the keys."""
        for values, rows in self.keys.groupby(list(keys), sort=True).indices.items():
            labels = values if isinstance(values, tuple) else (values,)
            mask = np.zeros(len(self.keys), dtype=bool)
            mask[rows] = True
            yield dict(zip(keys, labels, strict=True)), self._rows(mask).merged()

    def _rows(self, mask: NDArray[np.bool_]) -> MomentTable:
        return MomentTable(self.columns, self.keys[mask].reset_index(drop=True), self.n[mask], self.mean[mask], self.comoment[mask])


def moments_of(values: Mapping[str, Floats] | pd.DataFrame) -> Moments:
    """Moments of rows held in memory: each value is one column, shape (n,)."""
    matrix = np.column_stack([np.asarray(values[name], dtype=float) for name in values])
    mean = matrix.mean(axis=0)
    apart = matrix - mean
    return Moments(len(matrix), mean, apart.T @ apart)
