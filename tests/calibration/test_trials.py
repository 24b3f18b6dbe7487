"""The table of `make calibrate` marks what is wrong, and only that."""

from __future__ import annotations

import numpy as np
import pytest
from trials import Alarm, Decided, Estimated, lines, table


def estimates(*, off: float = 0.0, narrow: float = 1.0, trials: int = 400) -> list[Estimated]:
    """Estimates of 5 with a standard error of 2."""
    values = 5 + off + 2 * np.random.default_rng(3).normal(size=trials)
    half = 1.96 * 2 * narrow
    return [Estimated("mean", "shop", v, 2.0, v - half, v + half, 5.0) for v in values.tolist()]


def test_a_sound_estimator_holds():
    bias, coverage = lines(estimates())
    assert (bias.measure, bias.wanted, bias.trials) == ("bias, in standard errors", "0", 400)
    assert abs(bias.found) < 3 * bias.error
    assert bias.error == pytest.approx(1 / 20, rel=0.1)
    assert coverage.found == pytest.approx(0.95, abs=3 * coverage.error)
    assert coverage.error == pytest.approx((0.95 * 0.05 / 400) ** 0.5)
    assert not bias.fails
    assert not coverage.fails


def test_a_biased_one_and_one_that_is_too_sure_fail():
    bias, _ = lines(estimates(off=0.5))
    assert bias.fails
    assert bias.found == pytest.approx(0.25, abs=0.15)
    _, coverage = lines(estimates(narrow=0.8))
    assert coverage.fails
    _, too_wide = lines(estimates(narrow=1.6))
    assert too_wide.fails


def test_coverage_is_of_the_truth_of_all_platforms():
    """An estimate that follows its own platform's truth, with an interval that knows nothing of that, covers it too often."""
    truths = 5 + 3 * np.random.default_rng(4).normal(size=400)
    trials = [Estimated("mean", "shop", t, 1.0, t - 1.96, t + 1.96, t) for t in truths.tolist()]
    bias, coverage = lines(trials)
    assert (bias.found, bias.fails) == (0.0, False)
    assert coverage.fails


def test_error_rates():
    def fails(found: int, wanted: float) -> bool:
        (line,) = lines([Alarm("test", "shop", i < found, wanted) for i in range(400)])
        assert line.found == found / 400
        return line.fails

    assert not fails(20, wanted=0.05)
    assert not fails(34, wanted=0.05)
    assert fails(36, wanted=0.05)  # of 400, rarer than three standard errors of a normal number
    assert not fails(9, wanted=0.05)
    assert fails(7, wanted=0.05)
    assert fails(335, wanted=0.9)
    assert not fails(345, wanted=0.9)


def test_regret_is_against_the_best_arm_and_may_not_be_that_of_doing_nothing():
    def regret(chosen: str, otherwise: str = "A", best: float = 10.0):
        return lines([Decided("rule", "shop", arm, otherwise, {"A": 0.0, "B": best}, "CNY") for arm in chosen])[0]

    assert regret("BBBB").found == 0
    assert not regret("BBBB").fails
    found = regret("BBBA" * 50)
    assert (found.found, found.wanted, found.unit) == (2.5, "at most 10 CNY (always A)", "CNY")
    assert found.error == pytest.approx(np.std([0, 0, 0, 10], ddof=0) / 200**0.5, rel=0.01)
    assert not regret("A" * 50).fails
    assert regret("B" * 50 + "A" * 10, best=-10.0).fails


def test_estimators_and_cases_come_in_their_first_order():
    trials = [Alarm(name, case, found=True, wanted=1.0) for name, case in ("ax", "bx", "ay", "by", "bz", "ax") * 2]
    assert [(line.estimator, line.case, line.trials) for line in lines(trials)] == [
        ("a", "x", 4),
        ("a", "y", 2),
        ("b", "x", 2),
        ("b", "y", 2),
        ("b", "z", 2),
    ]


def test_the_table_marks_the_failing_line():
    text = table(lines([*estimates(off=0.5), *[Alarm("test", "shop", found=False, wanted=0.0)] * 2]), "# Found")
    assert text.startswith("# Found\n\n| estimator | case |")
    marks = [line.split(" | ")[-1].strip(" |") for line in text.splitlines()[4:]]
    assert marks == ["**fails**", "holds", "holds"]


def test_an_estimator_that_answered_once_has_no_line():
    assert lines([Alarm("test", "shop", found=True, wanted=0.5)]) == []
