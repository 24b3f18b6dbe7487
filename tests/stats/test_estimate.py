"""An estimate that should not be believed is refused."""

from __future__ import annotations

import pytest

from workbench.stats import Estimate


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite(value):
    with pytest.raises(ValueError, match=r"'visit' is .* not a finite number"):
        Estimate("visit", value, "share", 10)


def test_an_interval_with_one_end():
    with pytest.raises(ValueError, match="one end only"):
        Estimate("visit", 0.1, "share", 10, low=0.0)


@pytest.mark.parametrize("interval", [(0.2, 0.3), (-0.3, 0.05), (0.3, -0.3), (float("nan"), 1.0)])
def test_a_value_outside_its_interval(interval):
    with pytest.raises(ValueError, match="outside its interval"):
        Estimate("visit", 0.1, "share", 10, low=interval[0], high=interval[1])


def test_the_ends_belong_to_the_interval():
    assert Estimate("visit", 0.1, "share", 10, low=0.1, high=0.1).low == 0.1
