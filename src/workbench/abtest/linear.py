"""One linear formula behind every comparison of two arms.

Every quantity is a smooth function of a vector of means, so to first order it is linear in the units' own
values (the delta method: Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics").
An arm's contribution is then w'x with one weight vector w, and its variance is w'Sw / n: for a mean w picks a
column; for a ratio r = a / b it is (e_a − r e_b) / b; covariates subtract θ times their own weights (CUPED: Deng,
Xu, Kohavi & Walker (2013), with θ pooled from the sums of products within the arms, as in an analysis of covariance).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from workbench.stats import Moments

Floats = NDArray[np.float64]
Gradient = tuple[float, Floats]

# Below these a variance is what rounding left over, not variation: a standard deviation in parts of the level,
# and a variance in parts of the terms that cancelled to form it.
ROUNDING_OF_LEVEL = 1e-13
ROUNDING_OF_TERMS = 1e-12
# A direction among standardised covariates with less than this share of the largest one's variation repeats the others.
SMALLEST_SHARE = 1e-10
# A ratio is linear in its parts only while its denominator is known well: with 10 Poisson events per arm below,
# 95 % intervals covered 92.5 %; with 20 events, 95.0 %.
LARGEST_DENOMINATOR_ERROR = 0.25
# θ is fitted on the same units: with 20 units per covariate 95 % intervals covered 93.9 %, from 30 on 94.4 % and more.
UNITS_PER_COVARIATE = 30


class CannotEstimate(ValueError):  # noqa: N818 - it reads as a sentence where it is caught
    """The numbers allow no estimate; the message says why in words that a report can show."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A mean, or a ratio of two means, of columns of a moment vector.

    Attributes:
        numerator: Index of the column whose mean is taken.
        denominator: Index of the column whose mean divides it; None for the mean per unit.
    """

    numerator: int
    denominator: int | None = None


@dataclass(frozen=True, slots=True)
class Contrast:
    """An estimated linear contrast of the arms, with Welch's degrees of freedom.

    Attributes:
        value: Estimate, in the quantity's unit.
        std_error: Its standard error.
        degrees_of_freedom: Of the t distribution that it is judged by.
    """

    value: float
    std_error: float
    degrees_of_freedom: float

    @property
    def p_value(self) -> float:
        """Two-sided, of a contrast of zero; from the tail itself, so that strong effects do not round to 0."""
        return float(2 * stdtr(self.degrees_of_freedom, -abs(self.value) / self.std_error))

    def half_width(self, level: float) -> float:
        """Half the width of the interval at `level`."""
        return t_quantile(self.degrees_of_freedom, level) * self.std_error


@dataclass(frozen=True, slots=True)
class _Arm:
    """One arm, linearised: the level, and variances of its estimate.

    Attributes:
        level: Plain level of the outcome.
        n: Units.
        variance: Covariance matrix of (adjusted level, plain level), shape (2, 2).
        rounding: Variance of the adjusted level that rounding alone could leave.
    """

    level: float
    n: int
    variance: Floats
    rounding: float


@dataclass(frozen=True, slots=True)
class Linearised:
    """Both arms, linearised, and the adjusted difference of their levels."""

    control: _Arm
    treatment: _Arm
    difference: float

    def contrast(self, multiple: float = 0.0) -> Contrast:
        """The contrast: adjusted difference + `multiple` × plain level of the control."""
        of_control, of_treatment = self.variances(multiple)
        variance = of_control + of_treatment
        if variance <= self.control.rounding + self.treatment.rounding:
            raise CannotEstimate("there is no variation to judge a difference by: the values do not vary in either arm")
        spread = of_control**2 / (self.control.n - 1) + of_treatment**2 / (self.treatment.n - 1)
        return Contrast(self.difference + multiple * self.control.level, sqrt(variance), variance**2 / spread)

    def variances(self, multiple: float = 0.0) -> tuple[float, float]:
        """What the control and the treatment add to the variance of that contrast."""
        side = np.array([-1.0, multiple])
        return float(side @ self.control.variance @ side), float(self.treatment.variance[0, 0])


def linearise(
    control: Moments, treatment: Moments, outcome: Quantity, covariates: Sequence[Quantity] = ()
) -> Linearised:
    """Both arms as linear functions of their units' values; arguments and errors as in `compare`."""
    if control.mean.shape != treatment.mean.shape:
        raise ValueError(f"the arms have different columns: {control.mean.shape} and {treatment.mean.shape}")
    if min(control.n, treatment.n) < 2:
        found = f"{control.n} in control and {treatment.n} in treatment"
        raise CannotEstimate(f"each arm needs at least 2 units; found {found}")
    of_control, of_treatment = gradient(control, outcome), gradient(treatment, outcome)
    enough = control.n + treatment.n >= UNITS_PER_COVARIATE * len(covariates)
    usable = [c for c in covariates if enough and _divides(control, c) and _divides(treatment, c)]
    pre_control, pre_treatment = _stacked(control, usable), _stacked(treatment, usable)
    theta = _theta(((control, of_control, pre_control), (treatment, of_treatment, pre_treatment)))
    return Linearised(
        control=_arm(control, of_control, pre_control, theta),
        treatment=_arm(treatment, of_treatment, pre_treatment, theta),
        difference=of_treatment[0] - of_control[0] - float(theta @ (pre_treatment[0] - pre_control[0])),
    )


def gradient(moments: Moments, quantity: Quantity) -> Gradient:
    """The quantity's level and its derivative by each mean, shape (k,).

    Raises:
        CannotEstimate: A ratio whose denominator is zero or too uncertain.
    """
    weights = np.zeros(len(moments.mean))
    weights[quantity.numerator] = 1.0
    top = float(moments.mean[quantity.numerator])
    if quantity.denominator is None:
        return top, weights
    bottom = float(moments.mean[quantity.denominator])
    if bottom == 0:
        raise CannotEstimate("the ratio has no value: its denominator is zero in an arm")
    if not _divides(moments, quantity):
        raise CannotEstimate("there is too little to divide by: the ratio's denominator is very uncertain in an arm")
    weights[quantity.denominator] -= top / bottom
    return top / bottom, weights / bottom


def _divides(moments: Moments, quantity: Quantity) -> bool:
    """Whether the denominator is known well enough to divide by."""
    if quantity.denominator is None:
        return True
    d = quantity.denominator
    bottom = float(moments.mean[d])
    error = root(float(moments.covariance[d, d]) / moments.n)
    return bottom != 0 and error <= LARGEST_DENOMINATOR_ERROR * abs(bottom)


_Stacked = tuple[Floats, Floats]


def _stacked(moments: Moments, covariates: Sequence[Quantity]) -> _Stacked:
    """Levels of p covariates, shape (p,), and their derivatives, shape (k, p)."""
    found = [gradient(moments, covariate) for covariate in covariates]
    weights = np.array([slope for _, slope in found]).reshape(len(found), len(moments.mean)).T
    return np.array([value for value, _ in found]), weights


def _theta(arms: Sequence[tuple[Moments, Gradient, _Stacked]]) -> Floats:
    """θ, shape (p,): pooled within the arms; 0 for a covariate that does not vary."""
    count = len(arms[0][2][0])
    if count == 0:
        return np.zeros(0)
    within, shared, rounding = np.zeros((count, count)), np.zeros(count), np.zeros(count)
    for moments, (_, weights), (values, H) in arms:
        within += H.T @ moments.comoment @ H
        shared += H.T @ moments.comoment @ weights
        rounding += moments.n * _rounding(moments, H, values)
    varies = np.diag(within) > rounding
    scale = np.sqrt(np.where(varies, np.diag(within), np.inf))
    # On the scale of correlations; directions that repeat others have no share of the variation and get no slope.
    shares, directions = np.linalg.eigh(within / scale / scale[:, None])
    kept = shares > SMALLEST_SHARE * shares[-1]
    theta: Floats = directions[:, kept] / shares[kept] @ directions[:, kept].T @ (shared / scale) / scale
    return theta


def _arm(moments: Moments, outcome: Gradient, before: _Stacked, theta: Floats) -> _Arm:
    value, weights = outcome
    adjusted = weights - before[1] @ theta
    W = np.column_stack([adjusted, weights])
    return _Arm(
        level=value,
        n=moments.n,
        variance=W.T @ moments.covariance @ W / moments.n,
        rounding=float(_rounding(moments, W[:, :1], np.array([value]))[0]) / moments.n,
    )


def _rounding(moments: Moments, weights: Floats, values: Floats) -> Floats:
    """The variances per unit, shape (p,), that rounding alone could leave of weighted sums, weights of shape (k, p)."""
    size = np.abs(weights)
    terms = ((np.abs(moments.covariance) @ size) * size).sum(axis=0)
    # Columns that cancel each other leave this much; one column alone cancels nothing.
    several = np.count_nonzero(weights, axis=0) > 1
    return np.where(several, ROUNDING_OF_TERMS * terms, 0.0) + (ROUNDING_OF_LEVEL * values) ** 2


def t_quantile(degrees_of_freedom: float, level: float) -> float:
    """Half the width of an interval at `level`, in standard errors."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, found {level}")
    return float(stdtrit(degrees_of_freedom, (1 + level) / 2))


def root(variance: float) -> float:
    """Square root, where rounding may have taken a variance just below zero."""
    return sqrt(max(float(variance), 0.0))
