"""One test from its moments to its decision."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from workbench.abtest import analyse, conclusion, design, story, tabulate, trust
from workbench.abtest.effects import MetricMoments
from workbench.abtest.means import Quantity
from workbench.abtest.measure import Measured
from workbench.errors import DataError, StudyError
from workbench.stats import MomentTable
from workbench.stats.moments import moments_of

FIRST = date(2026, 1, 1)
METRICS = {
    name: {"table": "exposures", "value": name, "better": better, "margin": 0.05}
    for name, better in (("sales", "up"), ("visits", "up"), ("faults", "down"))
}


def table(frame: pd.DataFrame, column: str) -> MomentTable:
    groups = [(key, moments_of(group[[column]])) for key, group in frame.groupby(["variant", "day"])]
    n, mean, comoment = ([getattr(m, name) for _, m in groups] for name in ("n", "mean", "comoment"))
    keys = pd.DataFrame([key for key, _ in groups], columns=["variant", "day"])
    return MomentTable((column,), keys, np.array(n), np.array(mean), np.array(comoment))


def measured(
    shifts: dict[str, dict[str, float]], *, users: int = 4000, days: int = 10, as_of: date | None = None
) -> Measured:
    """Arms of equal size; metric → variant → what the variant adds to a level of 10."""
    rng = np.random.default_rng(7)
    variants = list(dict.fromkeys(["A", *(v for arms in shifts.values() for v in arms)]))
    day = np.arange(users) // len(variants) % days
    frame = pd.DataFrame(
        {"variant": np.resize(variants, users), "day": pd.Timestamp(FIRST) + pd.to_timedelta(day, unit="D")}
    )
    moments = {}
    for name in METRICS:
        noise = pd.Series(rng.normal(size=users))
        noise -= noise.groupby(frame["variant"]).transform("mean")  # the effects are what they are said to be
        frame[name] = 10 + noise + frame["variant"].map(shifts.get(name, {})).fillna(0.0)
        moments[name] = MetricMoments(name, Quantity(0), (), table(frame, name))
    last = FIRST + timedelta(days=days - 1)
    return Measured(
        frame["variant"].value_counts().sort_index().to_dict(),
        moments,
        FIRST,
        last,
        as_of or last,
        (),
        numbered=False,
        breaches=(),
    )


@pytest.fixture
def study(tmp_path):
    def _study(found: Measured, goals=("sales",), **words):
        path = tmp_path / "metrics.yaml"
        path.write_text(json.dumps(METRICS))
        asked = design(str(path), experiment="e", control="A", goals=list(goals), **words)
        kept = {metric.name: found.metrics[metric.name] for metric in asked.metrics}
        return analyse(asked, replace(found, metrics=kept))

    return _study


@pytest.mark.parametrize(
    ("shifts", "guardrails", "word"),
    [
        ({"sales": {"B": 0.3}}, [], "ship"),
        ({"sales": {"B": 0.3}}, ["visits"], "ship"),
        ({"sales": {"B": 0.3}, "visits": {"B": -0.48}}, ["visits"], "hold"),
        ({"sales": {"B": 0.3}, "visits": {"B": -1.0}}, ["visits"], "stop"),
        ({"sales": {"B": 0.3}, "faults": {"B": 1.0}}, ["faults"], "stop"),
        ({"sales": {"B": -0.3}}, [], "stop"),
        ({"sales": {"B": 0.0}}, [], "inconclusive"),
    ],
)
def test_the_rule_from_moments(study, shifts, guardrails, word):
    found = study(measured(shifts), guardrails=guardrails)
    assert (found.decision.word, found.decision.arm) == (word, "B" if word == "ship" else "")


def test_nothing_is_decided_before_the_planned_end(study):
    data = measured({"sales": {"B": 0.3}}, as_of=date(2026, 1, 14))
    early, due = (study(data, planned_end=end) for end in ("2026-01-15", "2026-01-14"))
    assert (early.running, early.decision.word) == (True, "hold")
    assert (due.running, due.decision.word) == (False, "ship")


def test_only_a_guardrail_broken_beyond_doubt_stops_a_running_test(study):
    words = {"guardrails": ["visits"], "planned_end": "2026-02-01"}
    # The margin is 0.5; the standard error 0.03: broken at 95 % and not at 99.9 %, then at both.
    doubtful, sure = (study(measured({"sales": {"B": 0.3}, "visits": {"B": loss}}), **words) for loss in (-0.585, -1.0))
    assert [g.test.status for g in doubtful.guardrails] == ["breached"]
    assert (doubtful.decision.word, sure.decision.word) == ("hold", "stop")
    later = study(measured({"sales": {"B": 0.3}, "visits": {"B": -0.585}}), guardrails=["visits"])
    assert later.decision.word == "stop"


def test_the_largest_gain_leads(study):
    assert study(measured({"sales": {"B": 0.2, "C": 0.4}})).leading == "C"
    assert study(measured({"sales": {"B": -0.2, "C": -0.4}})).leading == "B"
    assert study(measured({"faults": {"B": -0.2, "C": -0.4}}), goals=["faults"]).leading == "C"


def test_goals_are_corrected_for_goals_and_arms(study):
    found = study(measured({"sales": {"B": 0.08, "C": 0.0}}), goals=["sales", "visits"])
    p = {(c.variant, c.metric): c.effect.p_value for c in found.comparisons}
    ordered = sorted(p.values())
    holm = [max(min(1.0, q * (4 - j)) for j, q in enumerate(ordered[: i + 1])) for i in range(4)]
    assert sorted(g.p_adjusted for g in found.decision.goals) == pytest.approx(holm, rel=1e-12)


def test_the_halves_of_the_days_hold_every_user_once(study):
    found = study(measured({"sales": {"B": 0.3}}))
    early, late = (a.effect for a in found.alternatives)
    whole = found.comparison("sales", "B").effect
    assert early.n_treatment + late.n_treatment == whole.n_treatment
    assert early.n_control + late.n_control == whole.n_control
    days = [day for day, _ in found.by_day]
    assert days == [FIRST + timedelta(days=i) for i in range(10)]
    assert found.by_day[-1][1].absolute == pytest.approx(whole.absolute, rel=1e-12)


def test_a_broken_split_leaves_no_number(study):
    found = study(measured({"sales": {"B": 0.3}}), split={"A": 0.6, "B": 0.4}, guardrails=["visits"])
    assert found.split.broken
    assert found.decision.withheld
    assert (found.comparisons, found.guardrails, found.levels, found.segments) == ((), (), {}, ())
    assert (found.alternatives, found.by_day) == ((), ())
    assert [goal.p_adjusted for goal in found.decision.goals] == [None]


def test_levels_stand_beside_the_effects(study):
    found = study(measured({"sales": {"B": 0.3}}))
    levels = found.levels["sales"]
    assert levels["B"].value - levels["A"].value == pytest.approx(
        found.comparison("sales", "B").effect.absolute, rel=1e-9
    )


def test_one_variant_is_no_test(study):
    with pytest.raises(DataError, match="a test needs users in at least two variants; found A"):
        study(measured({}))


def tells(found):
    return story.headline(found), story.rule(found), story.next_step(found)


def test_a_variant_that_ships(study):
    headline, rule, following = tells(study(measured({"sales": {"B": 0.3, "C": 0.2, "D": -0.3}})))
    assert headline.startswith("Ship B: sales +0.300 (between +0.2")
    assert "corrected for 3 comparisons" in rule
    assert following == "Give B to everybody. C would ship too, as second choice. Switch D off."
    table = tabulate.arm_table(study(measured({"sales": {"B": 0.3, "C": 0.2, "D": -0.3}})))
    assert table["Action"].tolist() == ["Replace", "Ship", "Keep as second", "Stop"]


def test_a_restricted_study_says_for_whom(study):
    found = study(measured({"sales": {"B": 0.3}}), only={"device": ["app", "web"], "country": "CN"})
    headline, _, following = tells(found)
    assert headline.startswith("Ship B where device is app or web and country is CN: sales")
    assert following == "Give B to everybody where device is app or web and country is CN."


def test_goals_that_disagree_are_not_a_matter_of_more_users(study):
    found = study(measured({"sales": {"B": 0.3}, "faults": {"B": 0.5}}), goals=["sales", "faults"])
    headline, rule, following = tells(found)
    assert found.decision.word == "hold"
    assert headline.endswith("but faults is clearly worse.")
    assert following == "More users will not settle this: somebody has to weigh better sales against worse faults."
    assert "Stop it if a goal is clearly worse and none better." in rule
    assert "Hold it if a goal is better but goals disagree." in rule


def test_an_open_guardrail_says_how_many_users_settle_it(study):
    found = study(measured({"sales": {"B": 0.3}, "visits": {"B": -0.48}}), guardrails=["visits"])
    headline, rule, following = tells(found)
    assert headline.endswith("but visits may still be beyond its limit.")
    # Room 0.02 of standard error 0.03: (2.8 × 0.03 / 0.02)² is about 18 times the users.
    users = int(following.removeprefix("Run on until visits is settled, with about ").split(" ")[0].replace(",", ""))
    assert 50_000 < users < 100_000
    assert "visits surely falls by no more than 5 %" in rule


def test_a_guardrail_that_should_fall_rises(study):
    found = study(measured({"sales": {"B": 0.3}, "faults": {"B": 1.0}}), guardrails=["faults"])
    headline, rule, following = tells(found)
    assert headline.startswith("Stop B: faults is beyond its limit, +1.00")
    assert "faults surely rises by no more than" in rule
    assert following == "Switch B off and keep A."


def test_a_running_test_is_not_read(study):
    found = study(measured({"sales": {"B": 0.3}}), planned_end="2026-02-01", guardrails=["visits"])
    headline, rule, following = tells(found)
    assert headline.startswith("Still running until 1 Feb 2026; B so far: sales")
    assert "before, only a guardrail beyond its limit at 99.9 % confidence stops it" in rule
    assert following == "Leave the test running; the decision is due when the data reach 1 Feb 2026."
    assert {tile.good for tile in conclusion.tiles(found)} == {None}
    assert "p" not in tabulate.metric_table(found)
    assert any("still running" in check.detail for check in trust.checks(found))


def test_nothing_worth_acting_on_is_told_from_too_few_users(study):
    excluded = story.next_step(study(measured({"sales": {"B": 0.0}}), smallest_effect=0.05))
    assert excluded == "A change worth acting on (5 % of 10.000, that is 0.50) is as good as excluded; keep A."
    few = story.next_step(study(measured({"sales": {"B": 0.0}}), smallest_effect=0.002))
    assert few.startswith("To find a change worth acting on (0.2 % of 10.000, that is 0.020) in 8 cases of 10, about ")


def test_the_users_needed_pay_for_the_family(study):
    alone = study(measured({"sales": {"B": 0.0}}), smallest_effect=0.002)
    family = study(measured({"sales": {"B": 0.0, "C": 0.0}}), goals=["sales", "visits"], smallest_effect=0.002)
    assert (alone.family, family.family) == (1, 4)
    assert family.family_level == pytest.approx(0.9875)


def test_a_goal_that_cannot_be_judged_is_named(study):
    data = measured({"sales": {"B": 0.3}})
    users = {variant: count + 1000 * (variant == "B") for variant, count in data.users.items()}
    lost = replace(data.metrics["visits"], left_out={"A": 0, "B": 1000})
    found = study(
        replace(data, users=users, metrics=data.metrics | {"visits": lost}),
        goals=["sales", "visits"],
        split={"A": 2, "B": 3},
    )
    assert found.decision.word == "inconclusive"
    assert "not spread evenly over the variants (0 of 2,000 in A, 1,000 of 3,000 in B)" in found.decision.reason
    assert story.next_step(found).startswith("The rule needs visits, which cannot be judged")


def test_what_stops_a_running_test_is_surer_than_what_decides_it(study):
    with pytest.raises(StudyError, match=r"`early_level` is 0\.9, less than `level`, 0\.95"):
        study(measured({"sales": {"B": 0.3}}), early_level=0.9)


def test_every_variant_has_its_reason(study):
    found = study(measured({"sales": {"B": 0.3, "C": 0.2}, "visits": {"C": -1.0}}), guardrails=["visits"])
    reasons = dict(zip(tabulate.arm_values(found)["variant"], tabulate.arm_values(found)["reason"], strict=True))
    assert "visits" in reasons["C"].casefold()
    assert found.decision.arm == "B"


def test_a_first_goal_that_cannot_be_judged_is_not_shown_in_parts(study):
    data = measured({"sales": {"B": 0.3}})
    users = {variant: count + 1000 * (variant == "B") for variant, count in data.users.items()}
    lost = replace(data.metrics["sales"], left_out={"A": 0, "B": 1000})
    found = study(replace(data, users=users, metrics=data.metrics | {"sales": lost}), split={"A": 2, "B": 3})
    assert found.comparison("sales", "B").effect is None
    assert (found.segments, found.alternatives, found.by_day) == ((), (), ())
