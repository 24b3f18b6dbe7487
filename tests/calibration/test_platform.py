"""`make calibrate` in small: a few platforms through every estimator, so that the large one cannot break unseen."""

from __future__ import annotations

from run import FIELDS, trials_of
from trials import lines

SEEDS, USERS = 6, 4_000


def test_every_estimator_holds_on_a_few_platforms():
    found = lines(trial for seed in range(1, SEEDS + 1) for trial in trials_of(seed, USERS))
    assert {line.measure for line in found} == {
        "bias, in standard errors",
        "coverage of 95% intervals",
        "found",
        "regret",
    }
    names = {line.estimator for line in found}
    assert {"conversion", "revenue per user, CUPED", "decision of the A/B test"} <= names
    assert len(FIELDS) == 1
    assert [line for line in found if line.fails] == []
