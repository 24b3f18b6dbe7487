"""What a test of this size could have seen, and how many users would settle it.

Exact for two-sided t tests: power is a tail of the noncentral t distribution (Cohen (1988), "Statistical power
analysis for the behavioral sciences", section 2.5).  Solving for the noncentrality keeps it near 3 for usual levels
whatever the number of users; solving for users would ask for values where the noncentral t has no answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from scipy.optimize import brentq
from scipy.special import nctdtr, stdtrit

from workbench.abtest.means import Effect


@dataclass(frozen=True, slots=True)
class UnitsNeeded:
    """Units that each arm needs in all (not in addition), at the present split."""

    control: int
    treatment: int


def smallest_detectable(effect: Effect, *, power: float = 0.8) -> float:
    """The smallest true difference, in the quantity's unit, that a test like this finds with probability `power`.

    Raises:
        ValueError: A power that is not between 1 − level and 1.
    """
    return _noncentrality(effect.degrees_of_freedom, effect.level, power) * effect.std_error


def units_needed(effect: Effect, change: float, *, power: float = 0.8) -> UnitsNeeded:
    """Units with which a true difference of `change` would be found with probability `power`.

    Args:
        effect: Says how much the values vary, and how the users are split.
        change: The difference to find, in the quantity's unit; its sign does not matter.
        power: Wanted probability.

    Raises:
        ValueError: A change of zero, or a power that is not between 1 − level and 1.
    """
    if change == 0:
        raise ValueError("no number of units finds a difference of zero")

    def excess(log_factor: float) -> float:
        factor = 2.0**log_factor
        freedom = max((effect.degrees_of_freedom + 2) * factor - 2, 1.0)
        return abs(change) / effect.std_error * sqrt(factor) - _noncentrality(freedom, effect.level, power)

    factor = 2.0 ** brentq(excess, -60, 60, xtol=1e-10)
    return UnitsNeeded(max(2, ceil(effect.n_control * factor)), max(2, ceil(effect.n_treatment * factor)))


def _noncentrality(degrees_of_freedom: float, level: float, power: float) -> float:
    """The true difference over its standard error at which a two-sided test has this power."""
    if not 1 - level < power < 1:
        raise ValueError(f"power lies between {1 - level:.3g} and 1, found {power}")
    critical = float(stdtrit(degrees_of_freedom, (1 + level) / 2))

    def missing(noncentrality: float) -> float:
        inside = nctdtr(degrees_of_freedom, noncentrality, critical) - nctdtr(
            degrees_of_freedom, noncentrality, -critical
        )
        return float(power - (1 - inside))

    return float(brentq(missing, 0.0, critical + 2 * float(stdtrit(degrees_of_freedom, power)) + 5, xtol=1e-12))
