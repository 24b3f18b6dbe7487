"""Guardrails: non-inferiority on a linear contrast."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.abtest.guardrail import loss_beyond
from workbench.abtest.means import CannotEstimate, Quantity, compare
from workbench.stats.moments import Moments, moments_of

MEAN = Quantity(0)


def flat(n: int, mean: float, variance: float) -> Moments:
    return Moments(n, np.array([mean]), np.array([[variance * (n - 1)]]))


@pytest.mark.parametrize(("better", "factor"), [("up", 0.98), ("down", 1.02)])
def test_is_welchs_test_on_the_rows_moved_by_the_margin(better, factor):
    rng = np.random.default_rng(1)
    a, b = rng.lognormal(size=300), rng.lognormal(0.1, size=200)
    found = loss_beyond(moments_of({"y": a}), moments_of({"y": b}), MEAN, margin=0.02, better=better)
    pair = (b, a * factor) if better == "up" else (a * factor, b)
    told = stats.ttest_ind(*pair, equal_var=False, alternative="greater")
    ends = stats.ttest_ind(*pair, equal_var=False).confidence_interval(0.95)
    assert (found.p_value, found.degrees_of_freedom) == pytest.approx((told.pvalue, told.df), rel=1e-10)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high), rel=1e-10)


def test_covariates_are_used():
    rng = np.random.default_rng(2)
    frames = []
    for n in (300, 200):
        x = rng.gamma(2.0, size=n)
        frames.append(pd.DataFrame({"y": x + rng.normal(size=n), "x": x}))
    both = pd.concat(frames)
    design = np.column_stack([np.ones(500), np.r_[np.zeros(300), np.ones(200)], both.x])
    beta = np.linalg.lstsq(design, both.y, rcond=None)[0]
    a, b = frames
    arms = moments_of(a), moments_of(b)
    found = loss_beyond(*arms, MEAN, [Quantity(1)], margin=0.05, better="up")
    assert found.room == pytest.approx(beta[1] + 0.05 * a.y.mean(), rel=1e-10)
    # Each user's part in the contrast: the adjusted value in treatment, and in control with the margin's share added back.
    parts = (b.y - beta[2] * b.x, a.y - beta[2] * a.x - 0.05 * a.y)
    assert found.std_error == pytest.approx(sum(part.var() / len(part) for part in parts) ** 0.5, rel=1e-10)


@pytest.mark.parametrize(
    ("treatment", "better", "status"),
    [
        (101, "up", "kept"),
        (98, "up", "breached"),
        (99, "up", "open"),
        (99, "down", "kept"),
        (102, "down", "breached"),
        (101, "down", "open"),
    ],
)
def test_statuses(treatment, better, status):
    found = loss_beyond(flat(1000, 100.0, 25.0), flat(1000, treatment, 25.0), MEAN, margin=0.01, better=better)
    assert found.status == status
    assert {"kept": found.low > 0, "breached": found.high < 0, "open": found.low <= 0 <= found.high}[status]
    assert (found.p_value < 0.025) == (status == "kept")


def test_a_margin_of_zero_is_the_plain_test():
    arms = flat(50, -3.0, 4.0), flat(60, -2.0, 5.0)
    found, plain = loss_beyond(*arms, MEAN, margin=0, better="up"), compare(*arms, MEAN)
    assert (found.room, found.low, found.high) == pytest.approx((plain.absolute, plain.low, plain.high))
    assert found.p_value == pytest.approx(plain.p_value / 2)


@pytest.mark.parametrize("level", [0.0, -5.0])
def test_no_share_of_nothing(level):
    with pytest.raises(CannotEstimate, match="that level is not above zero"):
        loss_beyond(flat(50, level, 4.0), flat(60, 2.0, 5.0), MEAN, margin=0.01, better="up")


@pytest.mark.parametrize("margin", [-0.01, 1.0, float("nan")])
def test_a_margin_that_is_none(margin):
    with pytest.raises(ValueError, match="a margin is a share"):
        loss_beyond(flat(50, 1.0, 4.0), flat(60, 2.0, 5.0), MEAN, margin=margin, better="up")


def test_constant_and_lonely_arms_are_refused():
    with pytest.raises(CannotEstimate, match="no variation"):
        loss_beyond(flat(50, 1.0, 0.0), flat(60, 1.0, 0.0), MEAN, margin=0.01, better="up")
    with pytest.raises(CannotEstimate, match="at least 2 units"):
        loss_beyond(flat(50, 1.0, 1.0), flat(1, 1.0, 0.0), MEAN, margin=0.01, better="up")
