"""`make calibrate` in small: a few platforms through every estimator, so that the large one cannot break unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from run import trials_of
from trials import Alarm, Decided, Estimated, lines, pooled

SEEDS, USERS = 5, 4_000


@pytest.fixture(scope="module")
def trials() -> list:
    return [trial for seed in range(1, SEEDS + 1) for trial in trials_of(seed, USERS)]


def failing(trials: list) -> set[str]:
    """Estimators that fail, with the cases of each taken together: five platforms say little of one case."""
    return {line.estimator for line in lines(pooled(trials)) if line.fails}


def test_every_estimator_holds_on_a_few_platforms(trials):
    assert {one.estimator for one in trials if isinstance(one, Estimated)} == {
        "conversion",
        "revenue per user",
        "revenue per user, CUPED",
        "average order value",
        "relative change of revenue, CUPED",
    }
    assert {one.estimator for one in trials if isinstance(one, Decided)} == {"decision of the A/B test"}
    assert failing([one for one in trials if not isinstance(one, Decided)]) == set()


def changed(trials: list, kind: type, how) -> list:
    return [how(one) if isinstance(one, kind) else one for one in trials]


def narrower(one: Estimated) -> Estimated:
    half = 0.6 * (one.high - one.low) / 2
    return replace(one, low=one.value - half, high=one.value + half)


def shifted(one: Estimated) -> Estimated:
    by = one.std_error
    return replace(one, value=one.value + by, low=one.low + by, high=one.high + by)


@pytest.mark.parametrize("how", [narrower, shifted])
def test_estimators_that_are_too_sure_or_biased_are_found_out(trials, how):
    assert failing(changed(trials, Estimated, how)) >= {one.estimator for one in trials if isinstance(one, Estimated)}


def test_a_test_that_never_or_always_finds_something_is_found_out(trials):
    silent = failing(changed(trials, Alarm, lambda one: replace(one, found=False)))
    assert "power, as promised" in silent
    loud = failing(changed(trials, Alarm, lambda one: replace(one, found=True)))
    assert {"check of the split, sound", "guardrail at its margin, kept", "two goals together, Holm"} <= loud


@pytest.mark.parametrize("changes", [False, True])
def test_a_rule_that_always_says_the_same_is_found_out(trials, changes):
    blind = [
        replace(one, chosen=next(option for option in one.worth if (option != one.otherwise) == changes))
        for one in trials
        if isinstance(one, Decided)
    ]
    assert failing(blind) == {"decision of the A/B test"}
