"""Treatment against control for means, proportions and ratios, with or without covariates, by one formula.

Every quantity is a smooth function of a vector of means, so to first order it is linear in the units' own
values (the delta method: Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics").
An arm's contribution is then w'x with one weight vector w, and its variance is w'Sw / n: for a mean w picks a
column; for a ratio r = a / b it is (e_a − r e_b) / b; covariates subtract θ times their own weights (CUPED: Deng,
Xu, Kohavi & Walker (2013), with θ pooled from the sums of products within the arms, as in an analysis of covariance).

The decision is made on the absolute scale by Welch's test.  The relative interval is Fieller's (1954), with
the same t quantile, so it excludes zero exactly when the absolute interval does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from workbench.stats import Moments

Floats = NDArray[np.float64]

# Below these a variance is what rounding left over, not variation: a standard deviation in parts of the level,
# and a variance in parts of the terms that cancelled to form it.
ROUNDING_OF_LEVEL = 1e-13
ROUNDING_OF_TERMS = 1e-12


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
class Level:
    """The plain level of a quantity in one arm, in the quantity's unit, with its interval at `level`."""

    value: float
    std_error: float
    low: float
    high: float
    level: float
    n: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Treatment against control.

    Attributes:
        control, treatment: Plain levels (no covariates used), in the quantity's unit.
        control_std_error, treatment_std_error: Standard errors of these levels.
        n_control, n_treatment: Units in each arm.
        absolute: Difference of the levels, adjusted for the covariates, in the quantity's unit.
        std_error, degrees_of_freedom: Of `absolute`, by Welch.
        low, high: Interval of `absolute` at `level`.
        p_value: Two-sided, of no difference.
        relative: `absolute` over the plain level of the control, a fraction; None when it is withheld.
        relative_std_error: Standard error of `relative` by the delta method.
        relative_low, relative_high: Fieller's interval of `relative` at `level`.
        relative_withheld: Why there is no relative change, in words; "" when there is one.
        level: Confidence level of the intervals.
        variance_reduction: Share of the variance of the difference that the covariates removed; 0 without any.
    """

    control: float
    treatment: float
    control_std_error: float
    treatment_std_error: float
    n_control: int
    n_treatment: int
    absolute: float
    std_error: float
    degrees_of_freedom: float
    low: float
    high: float
    p_value: float
    relative: float | None
    relative_std_error: float | None
    relative_low: float | None
    relative_high: float | None
    relative_withheld: str
    level: float
    variance_reduction: float


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
        return _t_quantile(self.degrees_of_freedom, level) * self.std_error


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
        side = np.array([-1.0, multiple])
        of_control = float(side @ self.control.variance @ side)
        of_treatment = float(self.treatment.variance[0, 0])
        variance = of_control + of_treatment
        if variance <= self.control.rounding + self.treatment.rounding:
            raise CannotEstimate("there is no variation to judge a difference by: the values do not vary in either arm")
        spread = of_control**2 / (self.control.n - 1) + of_treatment**2 / (self.treatment.n - 1)
        return Contrast(self.difference + multiple * self.control.level, sqrt(variance), variance**2 / spread)


def compare(
    control: Moments,
    treatment: Moments,
    outcome: Quantity,
    covariates: Sequence[Quantity] = (),
    *,
    level: float = 0.95,
) -> Effect:
    """Estimate the effect of a treatment on one quantity.

    Args:
        control, treatment: Moments of the same columns in the two arms, one unit each user once.
        outcome: What is compared.
        covariates: Quantities that were fixed before the treatment; constant and duplicate ones do no harm.
            They are fitted on the data, which is free with a few covariates on hundreds of units and no fewer.
        level: Confidence level of the intervals.

    Raises:
        CannotEstimate: Fewer than 2 units in an arm, no variation, a denominator that is zero.
        ValueError: Moments that do not fit each other, or a level outside (0, 1).
    """
    arms = linearise(control, treatment, outcome, covariates)
    plain = arms.contrast() if not covariates else linearise(control, treatment, outcome).contrast()
    absolute = arms.contrast()
    half = absolute.half_width(level)
    relative = _relative(arms, absolute, half)
    return Effect(
        control=arms.control.level,
        treatment=arms.treatment.level,
        control_std_error=_root(arms.control.variance[1, 1]),
        treatment_std_error=_root(arms.treatment.variance[1, 1]),
        n_control=control.n,
        n_treatment=treatment.n,
        absolute=absolute.value,
        std_error=absolute.std_error,
        degrees_of_freedom=absolute.degrees_of_freedom,
        low=absolute.value - half,
        high=absolute.value + half,
        p_value=absolute.p_value,
        relative=relative.value,
        relative_std_error=relative.std_error,
        relative_low=relative.low,
        relative_high=relative.high,
        relative_withheld=relative.withheld,
        level=level,
        variance_reduction=1 - (absolute.std_error / plain.std_error) ** 2,
    )


def level_of(moments: Moments, quantity: Quantity, *, level: float = 0.95) -> Level:
    """The plain level of a quantity in one arm, with its t interval.

    Raises:
        CannotEstimate: Fewer than 2 units, or a denominator that is zero.
    """
    if moments.n < 2:
        raise CannotEstimate(f"an interval needs at least 2 units, found {moments.n}")
    value, weights = _gradient(moments, quantity)
    std_error = _root(float(weights @ moments.covariance @ weights) / moments.n)
    half = _t_quantile(moments.n - 1, level) * std_error
    return Level(value, std_error, value - half, value + half, level, moments.n)


def linearise(
    control: Moments, treatment: Moments, outcome: Quantity, covariates: Sequence[Quantity] = ()
) -> Linearised:
    """Both arms as linear functions of their units' values; arguments and errors as in `compare`."""
    if control.mean.shape != treatment.mean.shape:
        raise ValueError(f"the arms have different columns: {control.mean.shape} and {treatment.mean.shape}")
    if min(control.n, treatment.n) < 2:
        found = f"{control.n} in control and {treatment.n} in treatment"
        raise CannotEstimate(f"each arm needs at least 2 units; found {found}")
    of_control, of_treatment = _gradient(control, outcome), _gradient(treatment, outcome)
    usable = [c for c in covariates if _divides(control, c) and _divides(treatment, c)]
    pre_control, pre_treatment = [[_gradient(arm, c) for c in usable] for arm in (control, treatment)]
    slopes = _slopes(((control, of_control, pre_control), (treatment, of_treatment, pre_treatment)))
    imbalance = [after[0] - before[0] for before, after in zip(pre_control, pre_treatment, strict=True)]
    return Linearised(
        control=_arm(control, of_control, pre_control, slopes),
        treatment=_arm(treatment, of_treatment, pre_treatment, slopes),
        difference=of_treatment[0] - of_control[0] - float(slopes @ np.array(imbalance)),
    )


_Gradient = tuple[float, Floats]


def _divides(moments: Moments, quantity: Quantity) -> bool:
    return quantity.denominator is None or moments.mean[quantity.denominator] != 0


def _gradient(moments: Moments, quantity: Quantity) -> _Gradient:
    """The quantity's level and its derivative by each mean, shape (k,)."""
    weights = np.zeros(len(moments.mean))
    weights[quantity.numerator] = 1.0
    top = float(moments.mean[quantity.numerator])
    if quantity.denominator is None:
        return top, weights
    if not _divides(moments, quantity):
        raise CannotEstimate("the ratio has no value: its denominator is zero in an arm")
    bottom = float(moments.mean[quantity.denominator])
    weights[quantity.denominator] -= top / bottom
    return top / bottom, weights / bottom


def _slopes(arms: Sequence[tuple[Moments, _Gradient, list[_Gradient]]]) -> Floats:
    """θ, shape (number of covariates,): pooled within the arms; 0 for a covariate that does not vary."""
    count = len(arms[0][2])
    if count == 0:
        return np.zeros(0)
    within, shared, rounding = np.zeros((count, count)), np.zeros(count), np.zeros(count)
    for moments, (_, weights), before in arms:
        H = np.column_stack([gradient for _, gradient in before])
        within += H.T @ moments.comoment @ H
        shared += H.T @ moments.comoment @ weights
        rounding += moments.n * np.array([_rounding(moments, gradient, value) for value, gradient in before])
    varies = np.diag(within) > rounding
    scale = np.sqrt(np.where(varies, np.diag(within), 1.0))
    correlation = np.where(varies[:, None] & varies, within / np.outer(scale, scale), 0.0)
    inverse = np.linalg.pinv(correlation, rcond=1e-10, hermitian=True)
    theta: Floats = inverse @ (np.where(varies, shared, 0.0) / scale) / scale
    return theta


def _arm(moments: Moments, outcome: _Gradient, before: list[_Gradient], slopes: Floats) -> _Arm:
    value, weights = outcome
    adjusted = weights - sum((s * w for s, (_, w) in zip(slopes, before, strict=True)), np.zeros(len(weights)))
    W = np.column_stack([adjusted, weights])
    return _Arm(
        level=value,
        n=moments.n,
        variance=W.T @ moments.covariance @ W / moments.n,
        rounding=_rounding(moments, adjusted, value) / moments.n,
    )


def _rounding(moments: Moments, weights: Floats, value: float) -> float:
    """The variance per unit that rounding alone could leave."""
    size = np.abs(weights)
    cancelled = float(size @ np.abs(moments.covariance) @ size)
    # Three columns that cancel to a constant leave this much; one column alone cancels nothing.
    terms = ROUNDING_OF_TERMS * cancelled if np.count_nonzero(weights) > 1 else 0.0
    return terms + (ROUNDING_OF_LEVEL * value) ** 2


@dataclass(frozen=True, slots=True)
class _Relative:
    value: float | None = None
    std_error: float | None = None
    low: float | None = None
    high: float | None = None
    withheld: str = ""


def _relative(arms: Linearised, absolute: Contrast, half: float) -> _Relative:
    """Fieller's interval: all ratios ρ at which the contrast difference − ρ × control is not rejected."""
    level = arms.control.level
    if level <= 0:
        return _Relative(withheld="a percentage needs a control above zero")
    t = half / absolute.std_error
    a = level**2 - t**2 * arms.control.variance[1, 1]
    if a <= 0:
        return _Relative(withheld="the control is too uncertain to be divided by: its own interval reaches zero")
    b = absolute.value * level + t**2 * arms.control.variance[0, 1]
    # The product of the absolute interval's ends: so both intervals agree about zero to the last bit.
    c = (absolute.value - half) * (absolute.value + half)
    far = b + copysign(_root(b**2 - a * c), b)
    ends = sorted((float(far / a), float(c / far)))
    value = absolute.value / level
    return _Relative(value, arms.contrast(-value).std_error / level, ends[0], ends[1])


def _t_quantile(degrees_of_freedom: float, level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, found {level}")
    return float(stdtrit(degrees_of_freedom, (1 + level) / 2))


def _root(variance: float) -> float:
    """Square root, where rounding may have taken a variance just below zero."""
    return sqrt(max(float(variance), 0.0))
