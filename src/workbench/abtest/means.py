"""Treatment against control for means, proportions and ratios, with or without covariates.

The decision is made on the absolute scale by Welch's test.  The relative interval is Fieller's (1954), with
the same t quantile, so it excludes zero exactly when the absolute interval does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import copysign

from workbench.abtest.linear import (
    CannotEstimate,
    Contrast,
    Linearised,
    Quantity,
    gradient,
    linearise,
    root,
    t_quantile,
)
from workbench.stats import Moments

__all__ = ["CannotEstimate", "Effect", "Level", "Quantity", "compare", "level_of"]


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
        covariates: Quantities that were fixed before the treatment.  One that does not vary, repeats another or
            cannot be divided does no harm; with fewer than 30 units per covariate none is used.
        level: Confidence level of the intervals.

    Raises:
        CannotEstimate: Fewer than 2 units in an arm, no variation, a denominator that is zero.
        ValueError: Moments that do not fit each other, or a level outside (0, 1).
    """
    arms = linearise(control, treatment, outcome, covariates)
    plain = arms.control.variance[1, 1] + arms.treatment.variance[1, 1]
    absolute = arms.contrast()
    half = absolute.half_width(level)
    relative = _relative(arms, absolute, half)
    return Effect(
        control=arms.control.level,
        treatment=arms.treatment.level,
        control_std_error=root(arms.control.variance[1, 1]),
        treatment_std_error=root(arms.treatment.variance[1, 1]),
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
        variance_reduction=float(1 - sum(arms.variances()) / plain),
    )


def level_of(moments: Moments, quantity: Quantity, *, level: float = 0.95) -> Level:
    """The plain level of a quantity in one arm, with its t interval.

    Raises:
        CannotEstimate: Fewer than 2 units, or a denominator that is zero.
    """
    if moments.n < 2:
        raise CannotEstimate(f"an interval needs at least 2 units, found {moments.n}")
    value, weights = gradient(moments, quantity)
    std_error = root(float(weights @ moments.covariance @ weights) / moments.n)
    half = t_quantile(moments.n - 1, level) * std_error
    return Level(value, std_error, value - half, value + half, level, moments.n)


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
    a = level**2 - t**2 * float(arms.control.variance[1, 1])
    if a <= 0:
        return _Relative(withheld="the control is too uncertain to be divided by: its own interval reaches zero")
    b = absolute.value * level + t**2 * float(arms.control.variance[0, 1])
    # The product of the absolute interval's ends: so both intervals agree about zero to the last bit.
    c = (absolute.value - half) * (absolute.value + half)
    far = b + copysign(root(b**2 - a * c), b)
    ends = (far / a, c / far if far else 0.0)
    value = absolute.value / level
    std_error = root(sum(arms.variances(-value))) / level
    # An arm without any variance leaves one point, which rounding may push out of its own interval.
    return _Relative(value, std_error, min(*ends, value), max(*ends, value))
