"""From effects to a decision, by a rule that is set before the data are seen.

The rule costs the error rate of the goals only: their p-values are adjusted by Holm over goals × arms.
Guardrails cost none, because all of them must be kept for an arm to ship (an intersection–union test:
Berger (1982); for experiments Schultzberg, Ankargren & Frånberg (2024), "Risk-aware product decisions in A/B tests
with multiple metrics").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from workbench.abtest.guardrail import MarginTest
from workbench.abtest.means import Effect
from workbench.abtest.split import SplitCheck
from workbench.stats.multiplicity import holm

Word = Literal["ship", "hold", "stop", "inconclusive"]
Outcome = Literal["better", "worse", "unclear", "unknown"]


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal in one arm.

    Attributes:
        arm, metric: As they are shown.
        better: Which direction is good news.
        effect: None when it cannot be estimated; then `problem` says why.
        shown: The effect as ready text, to stand in the reason; may be empty.
    """

    arm: str
    metric: str
    better: Literal["up", "down"]
    effect: Effect | None
    problem: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A guardrail in one arm.

    Attributes:
        arm, metric: As they are shown.
        test: The margin's test at the level of every interval; None when there is none, `problem` says why.
        early: The same at the stricter level that may stop an arm before the planned end.
        shown: The loss as ready text, to stand in the reason; may be empty.
    """

    arm: str
    metric: str
    test: MarginTest | None
    early: MarginTest | None
    problem: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True)
class GoalResult:
    """What became of a goal in one arm; `p_adjusted` is None when the goal is not estimated or results are withheld."""

    arm: str
    metric: str
    outcome: Outcome
    p_adjusted: float | None


@dataclass(frozen=True, slots=True)
class ArmDecision:
    """What to do with one arm, and why: whole sentences."""

    arm: str
    word: Word
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All reasons as one text."""
        return " ".join(self.reasons)


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do.

    Attributes:
        word: The decision for the whole test.
        arm: The arm that ships; "" when none does.
        reason: Why, in sentences.
        arms: The decision of each arm, in the order given.
        goals: Each goal × arm, in the order given.
        withheld: The split is broken: no result should be shown.
    """

    word: Word
    arm: str
    reason: str
    arms: tuple[ArmDecision, ...]
    goals: tuple[GoalResult, ...]
    withheld: bool


def decide(
    goals: Sequence[Goal],
    guardrails: Sequence[Guardrail],
    *,
    split: SplitCheck,
    as_of: date | None,
    planned_end: date | None,
    level: float = 0.95,
) -> Decision:
    """Apply the rule.

    Args:
        goals: Every goal in every arm; the first one's metric ranks arms that could both ship.
        guardrails: Every guardrail in every arm.
        split: The split's check; a broken split withholds everything.
        as_of: The first day that the data do not wholly cover; None without a clock.
        planned_end: The day from which the results may be read; None if the test is over.
        level: A goal is clear when its adjusted p-value is below 1 − level.

    Raises:
        ValueError: No goals.
    """
    if not goals:
        raise ValueError("a decision needs at least one goal")
    names = tuple(dict.fromkeys([goal.arm for goal in goals] + [guardrail.arm for guardrail in guardrails]))
    if split.broken:
        reason = f"{split.detail} So the arms cannot be compared: find the cause before reading any result."
        results = tuple(GoalResult(goal.arm, goal.metric, "unknown", None) for goal in goals)
        arms = tuple(ArmDecision(name, "inconclusive", (reason,)) for name in names)
        return Decision("inconclusive", "", reason, arms, results, withheld=True)
    running = still_running(as_of=as_of, planned_end=planned_end)
    results = _outcomes(goals, 1 - level)
    if running:
        waiting = f"The test is still running: its results are read from {planned_end} on."
        arms = tuple(_while_running(name, guardrails, waiting) for name in names)
    else:
        arms = tuple(_at_the_end(name, goals, results, guardrails) for name in names)
    return _overall(arms, goals, results)


def still_running(*, as_of: date | None, planned_end: date | None) -> bool:
    """Whether the planned end is still ahead of the data; `as_of` is the first day that they do not wholly cover."""
    return planned_end is not None and (as_of is None or as_of < planned_end)


def _outcomes(goals: Sequence[Goal], alpha: float) -> tuple[GoalResult, ...]:
    # A goal that cannot be estimated stays in the family as p = 1: what was declared is what is paid for.
    adjusted = holm(np.array([1.0 if goal.effect is None else goal.effect.p_value for goal in goals]))
    results = []
    for goal, p in zip(goals, adjusted.tolist(), strict=True):
        if goal.effect is None:
            results.append(GoalResult(goal.arm, goal.metric, "unknown", None))
            continue
        good = (goal.effect.absolute > 0) == (goal.better == "up")
        outcome: Outcome = "unclear" if p >= alpha else "better" if good else "worse"
        results.append(GoalResult(goal.arm, goal.metric, outcome, p))
    return tuple(results)


def _while_running(name: str, guardrails: Sequence[Guardrail], waiting: str) -> ArmDecision:
    broken = [g for g in guardrails if g.arm == name and g.early is not None and g.early.status == "breached"]
    if not broken:
        return ArmDecision(name, "hold", (waiting,))
    return ArmDecision(
        name, "stop", tuple(_sentence(f"{g.metric}: already worse than allowed", g.shown) for g in broken)
    )


def _at_the_end(
    name: str, goals: Sequence[Goal], results: Sequence[GoalResult], guardrails: Sequence[Guardrail]
) -> ArmDecision:
    pairs = [(goal, result.outcome) for goal, result in zip(goals, results, strict=True) if goal.arm == name]
    fences = [guardrail for guardrail in guardrails if guardrail.arm == name]
    reasons = tuple(_goal_sentence(goal, outcome) for goal, outcome in pairs)
    reasons += tuple(_guardrail_sentence(guardrail) for guardrail in fences)
    return ArmDecision(name, _word([outcome for _, outcome in pairs], fences), reasons)


def _word(outcomes: Sequence[Outcome], guardrails: Sequence[Guardrail]) -> Word:
    statuses = ["unknown" if g.test is None else g.test.status for g in guardrails]
    better, worse = "better" in outcomes, "worse" in outcomes
    if "breached" in statuses or (worse and not better):
        return "stop"
    if "unknown" in statuses or "unknown" in outcomes or not better:
        return "inconclusive"
    return "hold" if worse or "open" in statuses else "ship"


def _goal_sentence(goal: Goal, outcome: Outcome) -> str:
    if outcome == "unknown":
        return _sentence(f"{goal.metric}: cannot be judged, {goal.problem}")
    says = {
        "better": "better than in the control",
        "worse": "worse than in the control",
        "unclear": "no clear difference to the control",
    }[outcome]
    return _sentence(f"{goal.metric}: {says}", goal.shown)


def _guardrail_sentence(guardrail: Guardrail) -> str:
    if guardrail.test is None:
        return _sentence(f"{guardrail.metric}: cannot be judged, {guardrail.problem}")
    says = {
        "kept": "within what is allowed",
        "breached": "worse than allowed",
        "open": "not yet clear that it stays within what is allowed",
    }[guardrail.test.status]
    return _sentence(f"{guardrail.metric}: {says}", guardrail.shown)


def _sentence(text: str, shown: str = "") -> str:
    return f"{text}, {shown}." if shown else f"{text.rstrip('.')}."


def _overall(arms: tuple[ArmDecision, ...], goals: Sequence[Goal], results: tuple[GoalResult, ...]) -> Decision:
    shipping = [arm for arm in arms if arm.word == "ship"]
    if shipping:
        # One control for all arms: the order of the absolute gains is that of the relative ones.
        first = {goal.arm: _gain(goal) for goal in goals if goal.metric == goals[0].metric}
        best = max(shipping, key=lambda arm: first[arm.arm])
        return Decision("ship", best.arm, best.reason, arms, results, withheld=False)
    words: tuple[Word, ...] = ("hold", "inconclusive", "stop")
    word = next(word for word in words if any(arm.word == word for arm in arms))
    decisive = [arm for arm in arms if arm.word == word]
    if len(arms) == 1 or len({arm.reason for arm in decisive}) == 1:
        reason = decisive[0].reason
    else:
        reason = " ".join(f"{arm.arm} – {arm.reason}" for arm in decisive)
    return Decision(word, "", reason, arms, results, withheld=False)


def _gain(goal: Goal) -> float:
    if goal.effect is None:
        return 0.0
    return goal.effect.absolute if goal.better == "up" else -goal.effect.absolute
