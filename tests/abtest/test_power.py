"""What a test could have seen, and what would settle it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.abtest.means import Effect, Quantity, compare
from workbench.abtest.power import smallest_detectable, units_needed
from workbench.stats.moments import Moments


def effect(n: int, treatment: int | None = None, *, level: float = 0.95) -> Effect:
    def arm(units: int) -> Moments:
        return Moments(units, np.array([5.0]), np.array([[4.0 * (units - 1)]]))

    return compare(arm(n), arm(treatment or n), Quantity(0), level=level)


@pytest.mark.parametrize("n", [3, 10, 64, 1000])
@pytest.mark.parametrize("power", [0.5, 0.8, 0.95])
def test_the_power_at_the_smallest_detectable_difference(n, power):
    e = effect(n)
    critical = stats.t.ppf(0.975, e.degrees_of_freedom)
    away = smallest_detectable(e, power=power) / e.std_error
    found = stats.nct.sf(critical, e.degrees_of_freedom, away) + stats.nct.cdf(-critical, e.degrees_of_freedom, away)
    assert found == pytest.approx(power, abs=5e-6)


def test_many_units_are_a_normal_test():
    # scipy's noncentral t is NaN for large arguments (abtest.md 2b.9).
    e = effect(5_000_000)
    critical, away = stats.norm.ppf(0.975), smallest_detectable(e) / e.std_error
    assert stats.norm.sf(critical - away) + stats.norm.cdf(-critical - away) == pytest.approx(0.8, abs=1e-7)


@pytest.mark.parametrize("n", [2, 50, 10_000, 10_000_000])
def test_units_and_difference_are_each_others_inverse(n):
    e = effect(n, 3 * n)
    needed = units_needed(e, smallest_detectable(e))
    assert needed.control == pytest.approx(n, abs=1)
    assert needed.treatment == pytest.approx(3 * n, abs=2)


def test_four_times_the_units_for_half_the_difference():
    e = effect(1_000_000)
    assert units_needed(e, 0.001).control == pytest.approx(4 * units_needed(e, 0.002).control, rel=1e-4)
    assert units_needed(e, -0.001) == units_needed(e, 0.001)


def test_a_stricter_level_needs_more():
    assert units_needed(effect(100, level=0.99), 0.1).control > units_needed(effect(100), 0.1).control


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="difference of zero"):
        units_needed(effect(10), 0.0)
    for power in (0.05, 1.0, 80):
        with pytest.raises(ValueError, match="power lies between"):
            smallest_detectable(effect(10), power=power)
