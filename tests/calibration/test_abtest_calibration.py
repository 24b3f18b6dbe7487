"""Do the intervals cover as often as they say?  Simulated tests through the real estimators, fixed seeds.

A population of a hundred kinds of users is drawn once.  A simulated test draws how many users of each kind
its arms hold (a multinomial), so thousands of users cost a hundred numbers and the truth is known exactly.
Every tolerance is three Monte-Carlo errors of the simulated share.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from scipy.stats import skew

from workbench.abtest.decision import Decision, Goal, Guardrail, decide
from workbench.abtest.guardrail import loss_beyond
from workbench.abtest.means import Effect, Quantity, compare
from workbench.abtest.split import check_split
from workbench.stats.moments import Moments

TESTS = 20_000
# Arms of unequal size: skewness then does not cancel between them.
CONTROL, TREATMENT = 6_000, 4_000
KINDS_OF_USERS = 120


def within(share: float, wanted: float, tests: int = TESTS) -> bool:
    return abs(share - wanted) <= 3 * (wanted * (1 - wanted) / tests) ** 0.5


def population(*, treated: bool) -> np.ndarray:
    """Kinds of users, equally likely: revenue, sessions, both before exposure (0 without a past), who had a past.

    Revenue is skewed, with many zeros.  The treatment brings larger baskets, and more sessions to some.
    """
    rng = np.random.default_rng(7)
    n = KINDS_OF_USERS
    taste = rng.gamma(2.0, size=n)
    sessions = 1.0 + rng.poisson(taste)
    spend = rng.lognormal(0.0, 1.0, n) * (rng.random(n) < 0.3)
    had = (rng.random(n) < 0.8).astype(float)
    before_sessions = (1.0 + rng.poisson(taste)) * had
    before = before_sessions * (spend + rng.lognormal(0.0, 1.0, n)) / 2
    if treated:
        sessions = sessions + (rng.random(n) < 0.2)
        spend = spend * 1.08
    return np.column_stack([sessions * spend, sessions, before, before_sessions, had])


def draw(rng: np.random.Generator, kinds: np.ndarray, users: int) -> Iterator[Moments]:
    """The moments of one arm in each of the simulated tests."""
    centre = kinds.mean(axis=0)
    apart = kinds - centre
    products = (apart[:, :, None] * apart[:, None, :]).reshape(len(kinds), -1)
    held = rng.multinomial(users, np.full(len(kinds), 1 / len(kinds)), size=TESTS).astype(float)
    shift = held @ apart / users
    raw = (held @ products).reshape(TESTS, *np.shape(np.outer(centre, centre)))
    for d, square in zip(shift, raw, strict=True):
        yield Moments(users, centre + d, square - users * np.outer(d, d))


REVENUE, SESSIONS, RATIO = Quantity(0), Quantity(1), Quantity(0, 1)
PAST = [Quantity(2), Quantity(3), Quantity(4)]
KINDS = {
    "mean": (REVENUE, []),
    "ratio": (RATIO, []),
    "mean with covariates": (SESSIONS, PAST),
    "ratio with a ratio before": (RATIO, [Quantity(2, 3)]),
}


def truth(quantity: Quantity, *, treated: bool) -> float:
    mean = population(treated=treated).mean(axis=0)
    return mean[quantity.numerator] / (1 if quantity.denominator is None else mean[quantity.denominator])


def test_the_population_is_skewed():
    assert skew(population(treated=False)[:, 0]) > 4


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_cover_the_truth(kind):
    outcome, covariates = KINDS[kind]
    level, changed = truth(outcome, treated=False), truth(outcome, treated=True)
    assert changed > level
    rng = np.random.default_rng([17, list(KINDS).index(kind)])
    hits = np.zeros(2)
    removed = []
    for a, b in zip(
        draw(rng, population(treated=False), CONTROL), draw(rng, population(treated=True), TREATMENT), strict=True
    ):
        e = compare(a, b, outcome, covariates)
        hits += (
            e.low <= changed - level <= e.high,
            e.relative_low <= changed / level - 1 <= e.relative_high,
        )
        removed.append(e.variance_reduction)
    absolute, relative = hits / TESTS
    assert within(absolute, 0.95), absolute
    assert within(relative, 0.95), relative
    assert np.mean(removed) > 0.05 if covariates else np.all(np.abs(removed) < 1e-12)


@pytest.mark.parametrize("kind", ["ratio", "mean with covariates"])
def test_a_guardrail_at_its_margin_is_kept_by_chance_only(kind):
    outcome, covariates = KINDS[kind]
    # The margin is set where the treatment truly stands: as if more were bad news, and the loss exactly the margin.
    margin = truth(outcome, treated=True) / truth(outcome, treated=False) - 1
    rng = np.random.default_rng([21, list(KINDS).index(kind)])
    pairs = zip(
        draw(rng, population(treated=False), CONTROL), draw(rng, population(treated=True), TREATMENT), strict=True
    )
    found = [loss_beyond(a, b, outcome, covariates, margin=margin, better="down").status for a, b in pairs]
    assert within(found.count("kept") / TESTS, 0.025), found.count("kept")
    assert within(found.count("breached") / TESTS, 0.025), found.count("breached")


@pytest.mark.parametrize("kind", ["mean", "ratio", "mean with covariates"])
def test_false_positives_of_tests_without_a_difference(kind):
    outcome, covariates = KINDS[kind]
    rng = np.random.default_rng([19, list(KINDS).index(kind)])
    same = population(treated=False)
    pairs = zip(draw(rng, same, CONTROL), draw(rng, same, TREATMENT), strict=True)
    found = sum(compare(a, b, outcome, covariates).p_value < 0.05 for a, b in pairs)
    assert within(found / TESTS, 0.05), found / TESTS


def test_false_alarms_of_the_split():
    rng = np.random.default_rng(23)
    shares = {"A": 0.5, "B": 0.3, "C": 0.2}
    counts = rng.multinomial(10_000, list(shares.values()), size=TESTS).tolist()
    broken = sum(check_split(dict(zip(shares, c, strict=True)), shares, level=0.01).broken for c in counts)
    assert within(broken / TESTS, 0.01)


# ---- the rule -----------------------------------------------------------------------------------------------------

EVEN = check_split({"A": 1, "B": 1}, None)
START, LOOKS, USERS_A_DAY = date(2026, 1, 1), 14, 100
END = START + timedelta(days=LOOKS)


def read(effects: list[Effect], *, as_of: date, planned_end: date | None) -> Decision:
    goals = [Goal("B", f"goal {i}", "up", effect) for i, effect in enumerate(effects)]
    return decide(goals, [], split=EVEN, as_of=as_of, planned_end=planned_end)


def test_reading_every_morning_finds_winners_that_planned_end_does_not():
    """A plain test read daily for two weeks calls a false result in 21 % of tests; the planned end holds it at 5 %."""
    tests = 2_000
    rng = np.random.default_rng(29)
    called = {"daily": 0, "planned": 0}
    users_per_look = USERS_A_DAY * np.arange(1, LOOKS + 1)
    for _ in range(tests):
        draws = rng.normal(size=(2, LOOKS * USERS_A_DAY))
        mean = draws.cumsum(axis=1)[:, users_per_look - 1] / users_per_look
        comoment = (draws**2).cumsum(axis=1)[:, users_per_look - 1] - users_per_look * mean**2
        daily, planned = [], []
        for look, n in enumerate(users_per_look.tolist()):
            a, b = (Moments(n, mean[arm, look : look + 1], comoment[arm, look].reshape(1, 1)) for arm in (0, 1))
            effects, as_of = [compare(a, b, REVENUE)], START + timedelta(days=look + 1)
            daily.append(read(effects, as_of=as_of, planned_end=None).word)
            planned.append(read(effects, as_of=as_of, planned_end=END).word)
        called["daily"] += not {"ship", "stop"}.isdisjoint(daily)
        called["planned"] += not {"ship", "stop"}.isdisjoint(planned)
        assert set(planned[:-1]) == {"hold"}
    assert within(called["planned"] / tests, 0.05, tests)
    assert within(called["daily"] / tests, 0.21, tests)


def test_goals_and_arms_share_one_error_rate():
    tests = 5_000
    rng = np.random.default_rng(31)
    wrong = 0
    for _ in range(tests):
        # Means of 2 goals in 1 control and 2 arms, each with a standard error of 1.
        means = rng.normal(size=(3, 2))
        arms = [Moments(1000, m, np.eye(2) * 1000 * 999) for m in means]
        goals = [
            Goal(name, f"goal {i}", "up", compare(arms[0], arm, Quantity(i)))
            for name, arm in zip("BC", arms[1:], strict=True)
            for i in (0, 1)
        ]
        decision = decide(goals, [], split=EVEN, as_of=END, planned_end=END)
        wrong += any(result.outcome in {"better", "worse"} for result in decision.goals)
    # At most 5 %, and not far below: the control that the arms share costs Holm a little.
    assert 0.035 < wrong / tests < 0.05 + 3 * (0.05 * 0.95 / tests) ** 0.5


def test_guardrails_cost_no_error_rate():
    """One guardrail exactly at its margin among good ones: the arm ships by mistake in 2.5 % of tests at most."""
    tests = 5_000
    rng = np.random.default_rng(37)
    shipped = 0
    for _ in range(tests):
        noise = rng.normal(scale=(1 / 1000) ** 0.5, size=(2, 3))
        control = Moments(1000, 100 + noise[0], np.eye(3) * 999)
        treatment = Moments(1000, np.array([104.0, 99.0, 104.0]) + noise[1], np.eye(3) * 999)
        fences = [loss_beyond(control, treatment, Quantity(i), margin=0.01, better="up") for i in (1, 2)]
        guardrails = [Guardrail("B", f"guardrail {i}", fence, None) for i, fence in enumerate(fences)]
        goal = Goal("B", "goal", "up", compare(control, treatment, Quantity(0)))
        shipped += decide([goal], guardrails, split=EVEN, as_of=END, planned_end=END).word == "ship"
    assert within(shipped / tests, 0.025, tests)
