"""What a test of this size could have seen, and how many users would settle it.

Exact for two-sided t tests (Cohen (1988), "Statistical power analysis for the behavioral sciences", section 2.5).
Given the ratio s of the estimated to the true standard error, the test is a normal one; power is its mean
over s, whose square is a chi-square over its degrees of freedom.  Library tails of the noncentral t answer
NaN for large arguments; this mean never does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from scipy.special import gammaincinv, ndtr, stdtrit

from workbench.abtest.means import Effect

# Gauss-Legendre nodes for a mean over a uniform variable: 100 of them give power to 3e-6 at any degrees of freedom.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(100)
LARGEST_POWER = 0.9999


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

    factor = 2.0 ** _crossing(excess, -60.0, 60.0)
    return UnitsNeeded(max(2, ceil(effect.n_control * factor)), max(2, ceil(effect.n_treatment * factor)))


def _noncentrality(degrees_of_freedom: float, level: float, power: float) -> float:
    """The true difference over its standard error at which a two-sided test has this power."""
    if not 1 - level < power <= LARGEST_POWER:
        raise ValueError(f"power lies between {1 - level:.3g} and {LARGEST_POWER}, found {power}")
    critical = float(stdtrit(degrees_of_freedom, (1 + level) / 2))
    s = np.sqrt(gammaincinv(degrees_of_freedom / 2, (_NODES + 1) / 2) / (degrees_of_freedom / 2))

    def excess(noncentrality: float) -> float:
        found = ndtr(noncentrality - critical * s) + ndtr(-noncentrality - critical * s)
        return float(_WEIGHTS @ found) / 2 - power

    # s stays below 4 at all nodes, also with one degree of freedom.
    return _crossing(excess, 0.0, 4 * critical + 4)


def _crossing(increasing: Callable[[float], float], low: float, high: float) -> float:
    """Where an increasing function crosses zero, by halving: scipy.optimize costs every notebook 0.3 s to import."""
    while high - low > 1e-12 * max(1.0, abs(high)):
        middle = (low + high) / 2
        low, high = (middle, high) if increasing(middle) < 0 else (low, middle)
    return high
