"""The rule: every way to each word, and the sentences a manager reads."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from workbench.abtest.decision import Decision, Goal, Guardrail, decide
from workbench.abtest.guardrail import MarginTest, loss_beyond
from workbench.abtest.means import Effect, Quantity, compare
from workbench.abtest.split import check_split
from workbench.stats.moments import Moments

EVEN = check_split({"A": 1000, "B": 1000}, None)
BROKEN = check_split({"A": 1000, "B": 1500}, None)
END = date(2026, 12, 1)
# Standard error of a difference: 0.1.
N, VARIANCE = 1000, 5.0


def arm(mean: float) -> Moments:
    return Moments(N, np.array([mean]), np.array([[VARIANCE * (N - 1)]]))


def effect(z: float) -> Effect:
    return compare(arm(10.0), arm(10.0 + 0.1 * z), Quantity(0))


def margin(z: float, *, level: float = 0.95) -> MarginTest:
    """`z` standard errors to the good side of a margin of 1 %."""
    return loss_beyond(arm(10.0), arm(9.9 + 0.1 * z), Quantity(0), margin=0.01, better="up", level=level)


def goal(z: float | None, metric: str = "Conversion", arm: str = "B", better: str = "up", shown: str = "") -> Goal:
    if z is None:
        return Goal(arm, metric, better, None, problem="the values do not vary")
    return Goal(arm, metric, better, effect(z), shown=shown)


def guardrail(z: float | None, metric: str = "Margin", arm: str = "B") -> Guardrail:
    if z is None:
        return Guardrail(arm, metric, None, None, problem="there is one user only")
    return Guardrail(arm, metric, margin(z), margin(z, level=0.999))


def settle(goals: list[Goal], guardrails: list[Guardrail] = (), **kwargs) -> Decision:
    return decide(goals, guardrails, **({"split": EVEN, "as_of": END, "planned_end": END} | kwargs))


@pytest.mark.parametrize(
    ("goals", "guardrails", "word"),
    [
        ([4], [], "ship"),
        ([4], [4], "ship"),
        ([4, 0], [4], "ship"),
        ([0, 4], [4, 4], "ship"),
        ([4], [0], "hold"),
        ([4], [4, 0], "hold"),
        ([4, -4], [4], "hold"),
        ([4, -4], [0], "hold"),
        ([4], [-4], "stop"),
        ([0], [-4], "stop"),
        ([None], [-4], "stop"),
        ([4, -4], [-4], "stop"),
        ([4, None], [-4], "stop"),
        ([-4], [4], "stop"),
        ([-4, 0], [4], "stop"),
        ([-4, None], [4], "stop"),
        ([-4], [0], "stop"),
        ([0], [], "inconclusive"),
        ([0], [4], "inconclusive"),
        ([0], [0], "inconclusive"),
        ([None], [4], "inconclusive"),
        ([4, None], [4], "inconclusive"),
        ([4], [None], "inconclusive"),
        ([4], [None, 0], "inconclusive"),
        ([4], [None, -4], "stop"),
    ],
)
def test_the_rule(goals, guardrails, word):
    decision = settle(
        [goal(z, f"Goal {i}") for i, z in enumerate(goals)],
        [guardrail(z, f"Guardrail {i}") for i, z in enumerate(guardrails)],
    )
    assert decision.word == word
    assert [a.word for a in decision.arms] == [word]
    assert decision.arm == ("B" if word == "ship" else "")
    assert not decision.withheld


def test_down_is_good_where_the_metric_says_so():
    assert settle([goal(-4, better="down")]).word == "ship"
    assert settle([goal(4, better="down")]).word == "stop"


def test_goals_are_paid_for_guardrails_are_not():
    # p = 0.028 alone; Holm over two goals doubles it to 0.056.
    assert settle([goal(2.2)]).word == "ship"
    assert settle([goal(2.2), goal(0, "Revenue")]).word == "inconclusive"
    assert settle([goal(2.2, arm="B"), goal(0, arm="C")]).word == "inconclusive"
    assert settle([goal(2.2)], [guardrail(4, f"Guardrail {i}") for i in range(10)]).word == "ship"


def test_a_goal_that_cannot_be_estimated_is_still_paid_for():
    decision = settle([goal(2.2, arm="B"), goal(None, arm="C")])
    assert decision.goals[0].p_adjusted == pytest.approx(2 * effect(2.2).p_value)
    assert decision.goals[1].p_adjusted is None
    assert [a.word for a in decision.arms] == ["inconclusive", "inconclusive"]


def test_the_level_is_the_callers():
    assert settle([goal(2.2)], level=0.99).word == "inconclusive"


def test_adjusted_p_values_stand_in_the_order_given():
    decision = settle([goal(0.5), goal(4, "Revenue"), goal(-3, arm="C")])
    p = [effect(z).p_value for z in (0.5, 4, -3)]
    assert [g.p_adjusted for g in decision.goals] == pytest.approx([p[0], 3 * p[1], 2 * p[2]])
    assert [g.outcome for g in decision.goals] == ["unclear", "better", "worse"]
    assert [(g.arm, g.metric) for g in decision.goals] == [("B", "Conversion"), ("B", "Revenue"), ("C", "Conversion")]


# ---- several arms -------------------------------------------------------------------------------------------------


def test_the_arm_with_the_largest_gain_on_the_first_goal_ships():
    goals = [goal(4, arm="B"), goal(9, "Revenue", arm="B"), goal(5, arm="C"), goal(4, "Revenue", arm="C")]
    assert settle(goals).arm == "C"
    down = [goal(-4, arm="B", better="down"), goal(-5, arm="C", better="down")]
    assert settle(down).arm == "C"


@pytest.mark.parametrize(
    ("b", "c", "word"),
    [
        ((4, 4), (9, -4), "ship"),
        ((4, 0), (-4, 4), "hold"),
        ((4, 0), (0, 4), "hold"),
        ((0, 4), (-4, 4), "inconclusive"),
        ((-4, 4), (0, -4), "stop"),
    ],
)
def test_arms_together(b, c, word):
    decision = settle([goal(b[0], arm="B"), goal(c[0], arm="C")], [guardrail(b[1], arm="B"), guardrail(c[1], arm="C")])
    assert decision.word == word


# ---- before the planned end ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("z", [9, 0, -9, None])
def test_goals_are_not_read_before_the_planned_end(z):
    decision = settle([goal(z)], [guardrail(-2.5)], as_of=date(2026, 11, 30))
    assert decision.word == "hold"
    assert decision.reason == "The test is still running: its results are read from 2026-12-01 on."
    assert not decision.withheld


def test_a_guardrail_broken_beyond_doubt_stops_an_arm_early():
    goals = [goal(9, arm="B"), goal(9, arm="C")]
    decision = settle(goals, [guardrail(-5, arm="B"), guardrail(-2.5, arm="C")], as_of=date(2026, 11, 30))
    assert [a.word for a in decision.arms] == ["stop", "hold"]
    assert decision.word == "hold"
    assert decision.arms[0].reason == "Margin: already worse than allowed."
    alone = settle([goal(9)], [guardrail(-5)], as_of=date(2026, 11, 30))
    assert alone.word == "stop"


def test_the_clock():
    assert settle([goal(4)], as_of=END).word == "ship"
    assert settle([goal(4)], as_of=None).word == "hold"
    assert settle([goal(4)], as_of=None, planned_end=None).word == "ship"


# ---- a broken split -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [date(2026, 11, 1), END])
def test_a_broken_split_withholds_everything(as_of):
    decision = settle([goal(9)], [guardrail(-9)], split=BROKEN, as_of=as_of)
    assert (decision.word, decision.arm, decision.withheld) == ("inconclusive", "", True)
    assert [(g.outcome, g.p_adjusted) for g in decision.goals] == [("unknown", None)]
    assert decision.reason.startswith("The users per arm do not agree with the planned split: A has 1,000 users")
    assert decision.reason.endswith("find the cause before reading any result.")


# ---- what a manager reads -----------------------------------------------------------------------------------------


def test_sentences():
    decision = settle(
        [goal(4, shown="+0.68 pts (between +0.49 and +0.87 pts)"), goal(0, "Revenue")],
        [guardrail(0), guardrail(4, "Refunds")],
    )
    assert decision.arms[0].reasons == (
        "Conversion: better than in the control, +0.68 pts (between +0.49 and +0.87 pts).",
        "Revenue: no clear difference to the control.",
        "Margin: not yet clear that it stays within what is allowed.",
        "Refunds: within what is allowed.",
    )
    assert decision.reason == decision.arms[0].reason == " ".join(decision.arms[0].reasons)


def test_sentences_of_bad_news():
    decision = settle([goal(-4), goal(None, "Revenue")], [guardrail(-4), guardrail(None, "Refunds")])
    assert decision.arms[0].reasons == (
        "Conversion: worse than in the control.",
        "Revenue: cannot be judged, the values do not vary.",
        "Margin: worse than allowed.",
        "Refunds: cannot be judged, there is one user only.",
    )


def test_arms_are_told_apart_where_they_differ():
    decision = settle([goal(0, arm="B"), goal(1, arm="C", shown="+1 %")])
    assert decision.reason == (
        "B – Conversion: no clear difference to the control. C – Conversion: no clear difference to the control, +1 %."
    )


def test_no_goals():
    with pytest.raises(ValueError, match="at least one goal"):
        settle([])
