"""Means, proportions, ratios and CUPED: identities with rows, with other formulas and with themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from workbench.abtest.means import CannotEstimate, Effect, Quantity, compare, level_of
from workbench.stats.moments import Moments, MomentTable, moments_of

MEAN, RATIO = Quantity(0), Quantity(0, 1)


def rows(seed: int, n: int, *, lift: float = 0.0) -> pd.DataFrame:
    """Users with sessions, skewed revenue, and both before exposure."""
    rng = np.random.default_rng(seed)
    taste = rng.gamma(2.0, size=n)
    sessions = 1.0 + rng.poisson(taste)
    revenue = sessions * rng.lognormal(0.0, 1.0, n) * (1 + lift)
    before_sessions = 1.0 + rng.poisson(taste)
    before = before_sessions * rng.lognormal(0.0, 1.0, n)
    return pd.DataFrame({"y": revenue, "d": sessions, "x": before, "xd": before_sessions})


def moments(values: np.ndarray | list[float]) -> Moments:
    return moments_of({"y": np.asarray(values, dtype=float)})


def flat(n: int, mean: float, variance: float) -> Moments:
    return Moments(n, np.array([mean]), np.array([[variance * (n - 1)]]))


# ---- moments equal rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", [0.8, 0.95, 0.999])
def test_a_mean_is_scipys_welch_test(level):
    a, b = rows(1, 400).y, rows(2, 300, lift=0.3).y
    e = compare(moments(a), moments(b), MEAN, level=level)
    told = stats.ttest_ind(b, a, equal_var=False)
    ends = told.confidence_interval(level)
    assert e.absolute / e.std_error == pytest.approx(told.statistic, rel=1e-12)
    assert (e.p_value, e.degrees_of_freedom) == pytest.approx((told.pvalue, told.df), rel=1e-10)
    assert (e.low, e.high) == pytest.approx((ends.low, ends.high), rel=1e-10)
    assert (e.control, e.treatment, e.n_control, e.n_treatment) == (
        pytest.approx(a.mean()),
        pytest.approx(b.mean()),
        400,
        300,
    )
    assert e.control_std_error == pytest.approx(stats.sem(a), rel=1e-12)
    assert e.variance_reduction == 0


def test_a_ratio_is_the_mean_of_its_linearised_rows():
    a, b = rows(1, 400), rows(2, 300, lift=0.3)
    e = compare(moments_of(a), moments_of(b), RATIO)
    linear = []
    for arm in (a, b):
        ratio = arm.y.sum() / arm.d.sum()
        linear.append(ratio + (arm.y - ratio * arm.d) / arm.d.mean())
    told = stats.ttest_ind(linear[1], linear[0], equal_var=False)
    assert (e.absolute / e.std_error, e.p_value) == pytest.approx((told.statistic, told.pvalue), rel=1e-10)
    assert e.control == pytest.approx(a.y.sum() / a.d.sum(), rel=1e-14)


def test_a_ratio_over_a_constant_is_the_mean():
    a, b = rows(1, 100), rows(2, 100)
    ones = [moments_of({"y": arm.y, "one": np.ones(100)}) for arm in (a, b)]
    assert vars_of(compare(*ones, RATIO)) == pytest.approx(vars_of(compare(*ones, MEAN)), rel=1e-12)


def vars_of(effect: Effect) -> list[float]:
    numbers = (getattr(effect, name) for name in Effect.__slots__)
    return [value for value in numbers if isinstance(value, int | float)]


@pytest.mark.parametrize("covariates", [["x"], ["x", "xd"]])
def test_cuped_is_the_analysis_of_covariance(covariates):
    a, b = rows(1, 400), rows(2, 300, lift=0.3)
    both = pd.concat([a, b])
    design = np.column_stack([np.ones(700), np.r_[np.zeros(400), np.ones(300)], both[covariates]])
    beta = np.linalg.lstsq(design, both.y, rcond=None)[0]
    e = compare(moments_of(a), moments_of(b), MEAN, [Quantity(list(a).index(c)) for c in covariates])
    assert e.absolute == pytest.approx(beta[1], rel=1e-10)
    adjusted = [arm.y - arm[covariates] @ beta[2:] for arm in (a, b)]
    assert e.p_value == pytest.approx(stats.ttest_ind(adjusted[1], adjusted[0], equal_var=False).pvalue, rel=1e-9)
    plain = compare(moments_of(a), moments_of(b), MEAN)
    assert e.variance_reduction == pytest.approx(1 - (e.std_error / plain.std_error) ** 2, rel=1e-12)
    assert 0 < e.variance_reduction < 1
    assert (e.control, e.treatment) == (plain.control, plain.treatment)


def test_the_delta_error_of_the_relative_effect_is_the_jackknifes():
    a, b = rows(1, 400), rows(2, 400, lift=0.2)
    ours = compare(moments_of(a), moments_of(b), RATIO, [Quantity(2, 3)]).relative_std_error

    def without(arm: pd.DataFrame, i: int) -> Moments:
        return moments_of(arm.drop(index=i))

    whole = [moments_of(a), moments_of(b)]
    spread = 0.0
    for side, arm in enumerate((a, b)):
        left = []
        for i in range(len(arm)):
            parts = list(whole)
            parts[side] = without(arm, i)
            left.append(compare(*parts, RATIO, [Quantity(2, 3)]).relative)
        spread += (len(arm) - 1) * np.var(left)
    # The jackknife also carries the error of θ and of the curvature, which 400 users make small.
    assert ours == pytest.approx(spread**0.5, rel=0.03)


# ---- identities with itself ---------------------------------------------------------------------------------------


def test_merging_days_and_segments_changes_nothing():
    rng = np.random.default_rng(5)
    a, b = rows(1, 500), rows(2, 500)
    whole = compare(moments_of(a), moments_of(b), RATIO, [Quantity(2, 3)])
    merged = []
    for arm in (a, b):
        groups = [moments_of(part) for _, part in arm.groupby([rng.integers(0, 14, 500), rng.integers(0, 3, 500)])]
        merged.append(
            MomentTable(
                tuple(arm.columns),
                pd.DataFrame({"group": range(len(groups))}),
                np.array([m.n for m in groups]),
                np.array([m.mean for m in groups]),
                np.array([m.comoment for m in groups]),
            ).merged()
        )
    assert vars_of(compare(*merged, RATIO, [Quantity(2, 3)])) == pytest.approx(vars_of(whole), rel=1e-10)


def test_the_order_of_users_and_of_covariates_does_not_matter():
    a, b = rows(1, 200), rows(2, 200)
    whole = compare(moments_of(a), moments_of(b), MEAN, [Quantity(2), Quantity(3)])
    shuffled = compare(moments_of(a.sample(frac=1, random_state=1)), moments_of(b), MEAN, [Quantity(3), Quantity(2)])
    assert vars_of(shuffled) == pytest.approx(vars_of(whole), rel=1e-10)


@settings(deadline=None, max_examples=50)
@given(st.floats(1e-3, 1e3), st.floats(-50, 50), st.integers(0, 1000))
def test_units_and_origins(scale, shift, seed):
    a, b = rows(seed, 60), rows(seed + 1, 60)
    plain = compare(moments_of(a), moments_of(b), MEAN, [Quantity(2)])
    moved = [arm.assign(y=arm.y * scale + shift, x=arm.x * 7 - 3) for arm in (a, b)]
    e = compare(moments_of(moved[0]), moments_of(moved[1]), MEAN, [Quantity(2)])
    assert (e.absolute, e.std_error) == pytest.approx((plain.absolute * scale, plain.std_error * scale), rel=1e-6)
    assert e.p_value == pytest.approx(plain.p_value, rel=1e-6)


def test_the_relative_effect_has_no_unit():
    a, b = rows(1, 60), rows(2, 60)
    plain, cents = (compare(moments(a.y * unit), moments(b.y * unit), MEAN) for unit in (1, 100))
    names = ("relative", "relative_std_error", "relative_low", "relative_high")
    assert [getattr(cents, n) for n in names] == pytest.approx([getattr(plain, n) for n in names], rel=1e-12)


def test_swapping_the_arms_turns_the_sign():
    a, b = moments_of(rows(1, 60)), moments_of(rows(2, 90))
    one, two = compare(a, b, RATIO, [Quantity(2)]), compare(b, a, RATIO, [Quantity(2)])
    assert (one.absolute, one.low, one.high) == pytest.approx((-two.absolute, -two.high, -two.low), rel=1e-12)
    assert one.p_value == pytest.approx(two.p_value, rel=1e-12)


# ---- Fieller ------------------------------------------------------------------------------------------------------

positive = st.floats(0.01, 100)


@settings(deadline=None, max_examples=300)
@given(positive, st.floats(-100, 100), positive, positive, st.integers(2, 500), st.integers(2, 500))
def test_both_intervals_agree_about_zero(control, treatment, v1, v2, n1, n2):
    e = compare(flat(n1, control, v1), flat(n2, treatment, v2), MEAN)
    assume(e.relative is not None)
    assert (e.relative_low > 0 or e.relative_high < 0) == (e.low > 0 or e.high < 0)
    assert e.relative_low <= e.relative <= e.relative_high
    assert (e.p_value < 0.05) == (e.low > 0 or e.high < 0)


def test_fiellers_ends_are_the_ratios_that_a_test_just_rejects():
    a, b = moments_of(rows(1, 200)), moments_of(rows(2, 200, lift=0.4))
    e = compare(a, b, MEAN)
    t = stats.t.ppf(0.975, e.degrees_of_freedom)
    for end in (e.relative_low, e.relative_high):
        distance = e.treatment - (1 + end) * e.control
        error = np.hypot(e.treatment_std_error, (1 + end) * e.control_std_error)
        assert abs(distance) / error == pytest.approx(t, rel=1e-9)


def test_absolute_and_relative_do_not_contradict_each_other():
    # tea-tasting: p = 0.048 with an absolute interval above zero and a relative one of −7.1 % to +288 % (abtest.md 2b.6).
    e = compare(flat(40, 1.0, 4.0), flat(40, 1.9, 4.0), MEAN)
    assert e.p_value == pytest.approx(0.048, abs=5e-4)
    assert e.low == pytest.approx(0.0097, abs=5e-5)
    assert e.relative_low > 0


@pytest.mark.parametrize(("control", "treatment"), [(-1.0, 1.0), (-2.0, -1.0), (0.0, 1.0)])
def test_no_percentage_of_a_control_that_is_not_above_zero(control, treatment):
    # tea-tasting shows −200 % with the lower end above the upper one, and an improvement as −50 % (abtest.md 2b.5).
    e = compare(flat(1000, control, 1.0), flat(1000, treatment, 1.0), MEAN)
    assert (e.relative, e.relative_std_error, e.relative_low, e.relative_high) == (None, None, None, None)
    assert e.relative_withheld == "a percentage needs a control above zero"
    assert e.low > 0


def test_no_percentage_of_a_control_that_may_be_zero():
    # tea-tasting: −99.99 % to +741,484,053 % (abtest.md 2b.5).
    e = compare(flat(100, 0.01, 1.0), flat(100, 0.5, 1.0), MEAN)
    assert (e.relative, e.relative_low) == (None, None)
    assert "too uncertain" in e.relative_withheld


def test_a_treatment_that_lost_everything():
    control = moments([1.0] * 20 + [0.0] * 980)
    e = compare(control, moments([0.0] * 1000), MEAN)
    assert (e.relative, e.relative_low, e.relative_high) == pytest.approx((-1.0, -1.0, -1.0), rel=1e-9)
    assert e.relative_low <= e.relative <= e.relative_high


def test_a_control_that_never_converts():
    e = compare(moments([0.0] * 1000), moments([1.0] * 20 + [0.0] * 980), MEAN)
    assert e.p_value < 1e-4
    assert e.relative is None


# ---- numerics -----------------------------------------------------------------------------------------------------


def test_an_offset_of_1e8_costs_no_digits():
    # Plain sums give a variance of 0 (GrowthBook) or −390 (naive SQL) here (abtest.md 2b.1).
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=1_000_000), rng.normal(0.01, size=1_000_000)
    near = compare(moments(a), moments(b), MEAN)
    far = compare(moments(a + 1e8), moments(b + 1e8), MEAN)
    assert far.std_error == pytest.approx(near.std_error, rel=1e-9)
    assert far.absolute == pytest.approx(near.absolute, abs=1e-7)


@pytest.mark.parametrize(("t", "told"), [(13.4, 5.1e-41), (22.0, 2.9e-107), (36.0, 8.8e-284)])
def test_strong_effects_keep_a_p_value(t, told):
    # GrowthBook: 2 (1 − cdf) is 0.0 at t = 13.4 (abtest.md 2b.2).  A million units per arm are a normal test.
    n = 50_000_000
    e = compare(flat(n, 0.0, n / 2), flat(n, t, n / 2), MEAN)
    assert e.absolute / e.std_error == pytest.approx(t)
    assert e.p_value == pytest.approx(2 * stats.norm.sf(t), rel=1e-2)
    assert e.p_value == pytest.approx(told, rel=0.05)


# ---- covariates that carry nothing --------------------------------------------------------------------------------


def test_covariates_that_carry_nothing_do_no_harm():
    a, b = rows(1, 200), rows(2, 200)
    plain = compare(moments_of(a), moments_of(b), MEAN, [Quantity(2)])
    more = [arm.assign(had=1.0, huge=1e8 / 3, again=arm.x, scaled=arm.x * 1e6 + 5) for arm in (a, b)]
    index = [Quantity(list(more[0]).index(c)) for c in ("x", "had", "huge", "again", "scaled")]
    e = compare(moments_of(more[0]), moments_of(more[1]), MEAN, index)
    assert vars_of(e) == pytest.approx(vars_of(plain), rel=1e-9)


def test_missing_pre_periods():
    """Users without a past: the covariate is filled with zero and a second one says who had a past."""
    a, b = rows(1, 300), rows(2, 300)
    rng = np.random.default_rng(9)
    for arm in (a, b):
        arm["had"] = (rng.random(300) < 0.7).astype(float)
        arm["x"] *= arm["had"]
    e = compare(moments_of(a), moments_of(b), MEAN, [Quantity(2), Quantity(4)])
    both = pd.concat([a, b])
    design = np.column_stack([np.ones(600), np.r_[np.zeros(300), np.ones(300)], both.x, both.had])
    assert e.absolute == pytest.approx(np.linalg.lstsq(design, both.y, rcond=None)[0][1], rel=1e-10)


def test_a_constant_covariate_alone_is_no_covariate():
    a, b = (rows(seed, 100).assign(had=0.1) for seed in (1, 2))
    plain = compare(moments_of(a), moments_of(b), MEAN)
    e = compare(moments_of(a), moments_of(b), MEAN, [Quantity(4)])
    assert vars_of(e) == pytest.approx(vars_of(plain), rel=1e-12)
    assert e.variance_reduction == 0


def test_a_ratio_covariate_without_a_past_is_left_out():
    a, b = (rows(seed, 100).assign(x=0.0, xd=0.0) for seed in (1, 2))
    plain = compare(moments_of(a), moments_of(b), RATIO)
    assert vars_of(compare(moments_of(a), moments_of(b), RATIO, [Quantity(2, 3)])) == vars_of(plain)


def test_too_few_units_for_a_covariate():
    a, b = rows(1, 14), rows(2, 15)
    plain = compare(moments_of(a), moments_of(b), MEAN)
    assert vars_of(compare(moments_of(a), moments_of(b), MEAN, [Quantity(2)])) == vars_of(plain)
    assert compare(moments_of(a), moments_of(rows(2, 16)), MEAN, [Quantity(2)]).variance_reduction != 0


# ---- what cannot be estimated -------------------------------------------------------------------------------------


@pytest.mark.parametrize("few", [0, 1])
def test_one_user_in_an_arm(few):
    lonely = moments([3.0] * few)
    with pytest.raises(CannotEstimate, match=f"at least 2 units; found {few} in control and 3 in treatment"):
        compare(lonely, moments([1.0, 2.0, 3.0]), MEAN)
    with pytest.raises(CannotEstimate, match=f"at least 2 units, found {few}"):
        level_of(lonely, MEAN)


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 1e8 / 3, -1e-9])
def test_a_constant_metric(value):
    with pytest.raises(CannotEstimate, match="the values do not vary in either arm"):
        compare(moments([value] * 1000), moments([value] * 999), MEAN)


def test_a_constant_ratio():
    a, b = (rows(seed, 100) for seed in (1, 2))
    steady = [moments_of({"y": arm.d / 3, "d": arm.d}) for arm in (a, b)]
    with pytest.raises(CannotEstimate, match="do not vary"):
        compare(*steady, RATIO)


def test_a_covariate_that_is_the_outcome():
    a, b = (rows(seed, 100) for seed in (1, 2))
    leak = [moments_of({"y": arm.y, "x": arm.y * 2 + 1}) for arm in (a, b)]
    with pytest.raises(CannotEstimate, match="no variation"):
        compare(*leak, MEAN, [Quantity(1)])


def test_a_denominator_of_zero():
    a, b = rows(1, 100), rows(2, 100)
    with pytest.raises(CannotEstimate, match="its denominator is zero in an arm"):
        compare(moments_of(a), moments_of(b.assign(d=0.0)), RATIO)


def test_a_denominator_of_a_few_events():
    a, b = rows(1, 1000), rows(2, 1000)
    one_order = np.r_[1.0, np.zeros(999)]
    with pytest.raises(CannotEstimate, match="too little to divide by"):
        compare(moments_of(a), moments_of(b.assign(y=one_order * 30, d=one_order)), RATIO)


def test_negative_revenue():
    a, b = rows(1, 300).y - 20, rows(2, 300).y - 19
    e = compare(moments(a), moments(b), MEAN)
    assert e.control < 0
    assert e.p_value == pytest.approx(stats.ttest_ind(b, a, equal_var=False).pvalue, rel=1e-10)


@pytest.mark.parametrize("level", [0.0, 1.0, 95, -1])
def test_a_level_that_is_none(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        compare(moments([1, 2, 3]), moments([1, 2, 4]), MEAN, level=level)


def test_arms_with_different_columns():
    with pytest.raises(ValueError, match="different columns"):
        compare(moments([1, 2, 3]), moments_of(rows(1, 10)), MEAN)


# ---- one arm ------------------------------------------------------------------------------------------------------


def test_the_level_of_one_arm():
    y = rows(1, 80).y
    found = level_of(moments(y), MEAN, level=0.9)
    told = stats.ttest_1samp(y, 0).confidence_interval(0.9)
    assert (found.value, found.low, found.high) == pytest.approx((y.mean(), told.low, told.high), rel=1e-10)
    assert (found.n, found.level) == (80, 0.9)
