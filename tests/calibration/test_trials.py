"""The table of `make calibrate` marks what is wrong, and only that."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
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


def test_each_platform_has_a_truth_of_its_own():
    """An estimate that follows its platform's truth is neither biased nor too sure, however the platforms differ."""
    truths = 5 + 30 * np.random.default_rng(4).normal(size=400)
    noise = np.random.default_rng(5).normal(size=400)
    trials = [
        Estimated("mean", "shop", truth + z, 1.0, truth + z - 1.96, truth + z + 1.96, truth)
        for truth, z in zip(truths.tolist(), noise.tolist(), strict=True)
    ]
    assert not any(line.fails for line in lines(trials))


def test_error_rates():
    def line(found: int, wanted: float):
        return lines([Alarm("test", "shop", i < found, wanted) for i in range(400)])[0]

    assert line(20, 0.05).found == 0.05
    assert line(34, 0.05).chance == pytest.approx(2 * binom.sf(33, 400, 0.05))
    assert not line(32, 0.05).fails
    assert line(34, 0.05).fails
    assert not line(10, 0.05).fails
    assert line(8, 0.05).fails
    assert line(335, 0.9).fails
    assert not line(350, 0.9).fails


def test_a_long_table_needs_more_than_one_line_of_it():
    """Of many sound lines the furthest is far off by chance; a mark must be rarer than that."""
    far = [Alarm("test", "far", i < 34, 0.05) for i in range(400)]
    sound = [Alarm("test", f"case {case}", i < 20, 0.05) for case in range(20) for i in range(400)]
    assert not any(line.fails for line in lines([*far, *sound]))


def decided(chosen: str, best: float = 10.0, otherwise: str = "A") -> list[Decided]:
    return [Decided("rule", "shop", arm, otherwise, {"A": 0.0, "B": best}, "CNY") for arm in chosen]


def test_regret_is_against_the_best_option_of_each_platform():
    case, never, always = lines([*decided("BBB"), *decided("BA", best=-4.0)])
    assert case.found == never.found == always.found == 4 / 5
    assert (case.case, case.wanted) == ("shop", "at most 6 (always A)")
    # Never to change loses 10 on three platforms of five, always to change 4 on two.
    assert (never.case, never.wanted) == ("all together", "at most 5 (80% of never changing)")
    assert (always.case, always.wanted) == ("all together", "at most 1 (80% of always changing)")
    assert case.error == pytest.approx(np.std([0, 0, 0, 4, 0], ddof=1) / 5**0.5)


def test_a_rule_that_does_harm_fails():
    assert lines(decided("B" * 30 + "A" * 10, best=-10.0))[0].fails
    assert not lines(decided("A" * 50 + "B" * 50))[0].fails


def test_a_rule_that_never_or_always_changes_is_no_rule():
    for chosen in ("A", "B"):
        blind = [*decided(chosen * 40), *decided(chosen * 41, best=-10.0)]
        assert any(line.fails for line in lines(blind) if line.case == "all together")
    sound = [*decided("B" * 30 + "A" * 10), *decided("A" * 40, best=-10.0)]
    assert not any(line.fails for line in lines(sound))


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
