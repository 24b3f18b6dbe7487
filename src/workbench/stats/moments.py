"""Counts, means and centred co-moments, which merge exactly.

Merging follows Chan, Golub & LeVeque (1979), "Updating formulae and a pairwise algorithm for computing
sample variances", eq. 2.1: no raw sum of squares is ever formed, so a large offset costs no digits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # pandas takes half a second to import, and who only reads estimates has no frames
    import pandas as pd

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """Sufficient statistics of k columns over n units.

    Attributes:
        n: Number of units.
        mean: Means, shape (k,), each in its column's unit.
        comoment: Sums of products of deviations from the means, shape (k, k).

    Raises:
        ValueError: Shapes that do not fit, or numbers that are not finite.
    """

    n: int
    mean: Floats
    comoment: Floats

    def __post_init__(self) -> None:
        """Refuse moments that no rows can have."""
        k = len(self.mean)
        if self.n < 0 or self.mean.shape != (k,) or self.comoment.shape != (k, k):
            raise ValueError(f"moments of {self.n} units: means {self.mean.shape}, co-moments {self.comoment.shape}")
        usable = np.isfinite(self.mean) & np.isfinite(self.comoment).all(axis=1)
        if not usable.all():
            raise ValueError(
                f"column {int(usable.argmin())} has moments that are not finite: mean {self.mean.tolist()}"
            )

    @classmethod
    def empty(cls, k: int) -> Moments:
        """Moments of k columns over no units."""
        return cls(0, np.zeros(k), np.zeros((k, k)))

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

    Raises:
        ValueError: Shapes that do not fit, or numbers that are not finite; the message names column and group.
    """

    columns: tuple[str, ...]
    keys: pd.DataFrame
    n: NDArray[np.int64]
    mean: Floats
    comoment: Floats

    def __post_init__(self) -> None:
        """Refuse moments that no rows can have."""
        g, k = len(self.keys), len(self.columns)
        if (self.n.shape, self.mean.shape, self.comoment.shape) != ((g,), (g, k), (g, k, k)):
            found = f"n {self.n.shape}, means {self.mean.shape}, co-moments {self.comoment.shape}"
            raise ValueError(f"{g} groups of {k} columns do not fit {found}")
        usable = np.isfinite(self.mean) & np.isfinite(self.comoment).all(axis=2)
        if not usable.all():
            group, column = (int(at[0]) for at in np.nonzero(~usable))
            where = ", ".join(f"{key} {value}" for key, value in self.keys.iloc[group].items())
            raise ValueError(f"{self.columns[column]!r} has moments that are not finite, in the group {where}")

    def merged(self) -> Moments:
        """All groups as one."""
        total = int(self.n.sum())
        if total == 0:
            return Moments.empty(len(self.columns))
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
        return self.select(mask)

    def by(self, *keys: str) -> Iterator[tuple[dict[str, object], Moments]]:
        """Merge the groups that agree in `keys`; yields (key values, moments), in the order of the keys.

        Groups without a value of a key are kept, last.
        """
        number = self.keys.groupby(list(keys), sort=True, dropna=False, observed=True).ngroup().to_numpy()
        for i in range(int(number.max(initial=-1)) + 1):
            mask = number == i
            first = self.keys.loc[mask, list(keys)].iloc[0]
            yield {key: first[key] for key in keys}, self.select(mask).merged()

    def select(self, mask: NDArray[np.bool_]) -> MomentTable:
        """The groups for which `mask`, shape (g,), holds."""
        keys = self.keys[mask].reset_index(drop=True)
        return MomentTable(self.columns, keys, self.n[mask], self.mean[mask], self.comoment[mask])


def moments_of(values: Mapping[str, Floats] | pd.DataFrame) -> Moments:
    """Moments of rows held in memory: each value is one column, shape (n,).

    Two passes, the second also correcting the mean (Chan, Golub & LeVeque (1983), eq. 1.7).

    Raises:
        ValueError: A value that is not finite; the message names the column.
    """
    columns = {str(name): np.asarray(column, dtype=float) for name, column in values.items()}
    for name, column in columns.items():
        if not np.isfinite(column).all():
            raise ValueError(f"{name!r} holds {column[~np.isfinite(column)][0]}, which is not a finite number")
    matrix = np.column_stack(list(columns.values()))
    n, k = matrix.shape
    if n == 0:
        return Moments(0, np.zeros(k), np.zeros((k, k)))
    mean = matrix.mean(axis=0)
    apart = matrix - mean
    slip = apart.mean(axis=0)
    return Moments(n, mean + slip, apart.T @ apart - n * np.outer(slip, slip))
