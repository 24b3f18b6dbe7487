"""One A/B test from its moments to its decision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from workbench.abtest import words
from workbench.abtest.decision import Decision, Goal, Guardrail, decide, still_running
from workbench.abtest.design import Design
from workbench.abtest.effects import (
    Comparison,
    Heterogeneity,
    MetricMoments,
    compare_as_days_add_up,
    compare_segments,
    compare_variants,
    heterogeneity,
    uneven_loss,
)
from workbench.abtest.guardrail import MarginTest, loss_beyond
from workbench.abtest.means import CannotEstimate, Effect, Level, level_of
from workbench.abtest.measure import Measured
from workbench.abtest.split import SplitCheck, check_split
from workbench.tables.metrics import Metric


@dataclass(frozen=True, slots=True)
class SegmentEffects:
    """The first goal in one variant, by the segments of one breakdown.

    Attributes:
        difference: Whether the segments differ; None when fewer than two can be compared.
    """

    columns: tuple[str, ...]
    variant: str
    comparisons: tuple[Comparison, ...]
    difference: Heterogeneity | None


@dataclass(frozen=True, slots=True)
class Alternative:
    """The first goal in the leading variant, worked out in another way; `effect` is None when that can't be done."""

    name: str
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that is known of one test.

    Attributes:
        leading: The variant that ships; else, of those that the decision is about, the largest gain on the first goal.
        comparisons: Every metric × variant; empty when the split is broken, since no effect can be believed then.
        levels: Metric → variant → plain level; without those that cannot be estimated.
    """

    design: Design
    measured: Measured
    split: SplitCheck
    decision: Decision
    leading: str
    comparisons: tuple[Comparison, ...]
    guardrails: tuple[Guardrail, ...]
    levels: dict[str, dict[str, Level]]
    segments: tuple[SegmentEffects, ...]
    alternatives: tuple[Alternative, ...]
    by_day: tuple[tuple[date, Effect], ...]

    def metric(self, name: str) -> Metric:
        """One of the design's metrics."""
        return next(metric for metric in self.design.metrics if metric.name == name)

    def comparison(self, metric: str, variant: str) -> Comparison:
        """One metric in one variant."""
        return next(c for c in self.comparisons if (c.metric, c.variant) == (metric, variant))

    @property
    def variants(self) -> tuple[str, ...]:
        """The variants that are compared with the control."""
        return tuple(variant for variant in self.measured.users if variant != self.design.control)

    @property
    def family(self) -> int:
        """How many comparisons share the error rate: goals × variants."""
        return len(self.design.with_role("goal")) * len(self.variants)

    @property
    def family_level(self) -> float:
        """The level at which a single goal is clear whatever the others do."""
        return 1 - (1 - self.design.level) / self.family

    @property
    def breakdowns(self) -> tuple[SegmentEffects, ...]:
        """The leading variant's segments."""
        return tuple(segments for segments in self.segments if segments.variant == self.leading)

    @property
    def segment_error(self) -> float:
        """Below this p-value segments are said to differ: the error rate shared by the breakdowns."""
        tested = sum(breakdown.difference is not None for breakdown in self.breakdowns)
        return (1 - self.design.level) / max(tested, 1)

    @property
    def running(self) -> bool:
        """Whether the planned end is still ahead of the data."""
        return still_running(as_of=self.measured.as_of, planned_end=self.design.planned_end)

    @property
    def first_goal(self) -> Metric:
        """The goal that sizes the decision."""
        return self.design.metrics[0]


def analyse(design: Design, measured: Measured) -> Analysis:
    """Estimate every metric of the design in every variant, and decide.

    Raises:
        DataError: There is nobody to compare the control with.
        StudyError: The declared split is no split.
    """
    split = check_split(measured.users, design.shares or None, level=design.split_level)
    compared = tuple(c for metric in measured.metrics.values() for c in _compared(design, measured, metric))
    guardrails = _guardrails(design, measured, compared)
    decision = decide(
        [_goal(metric, c) for metric in design.with_role("goal") for c in compared if c.metric == metric.name],
        guardrails,
        split=split,
        as_of=measured.as_of,
        planned_end=design.planned_end,
        level=design.level,
    )
    leading = decision.arm or _leading(design.metrics[0], compared, decision)
    first = measured.metrics[design.metrics[0].name]
    believed = not split.broken
    # What cannot be judged as a whole cannot be judged in parts either.
    judged = believed and any(c.effect for c in compared if c.metric == first.name)
    return Analysis(
        design=design,
        measured=measured,
        split=split,
        decision=decision,
        leading=leading,
        comparisons=compared if believed else (),
        guardrails=guardrails if believed else (),
        levels=_levels(measured, design.level) if believed else {},
        segments=_segments(design, first) if judged else (),
        alternatives=_alternatives(design, first, leading) if judged else (),
        by_day=_by_day(design, first, leading) if judged and measured.first else (),
    )


def _compared(design: Design, measured: Measured, metric: MetricMoments) -> tuple[Comparison, ...]:
    compared = compare_variants(metric, control=design.control, level=design.level)
    uneven = uneven_loss(metric, measured.users, level=design.split_level)
    return tuple(Comparison(c.metric, c.variant, None, uneven) for c in compared) if uneven else compared


def _goal(metric: Metric, comparison: Comparison) -> Goal:
    return Goal(
        arm=comparison.variant,
        metric=metric.label,
        better=metric.better or "up",
        effect=comparison.effect,
        problem=comparison.withheld,
        shown=words.effect(metric, comparison.effect) if comparison.effect else "",
    )


def _guardrails(design: Design, measured: Measured, compared: tuple[Comparison, ...]) -> tuple[Guardrail, ...]:
    found = []
    for metric in design.with_role("guardrail"):
        moments = measured.metrics[metric.name]
        for comparison in (c for c in compared if c.metric == metric.name):
            test, early, problem = None, None, comparison.withheld
            if comparison.effect:
                test, problem = _margin_test(metric, moments, design.control, comparison.variant, design.level)
                early, _ = _margin_test(metric, moments, design.control, comparison.variant, design.early_level)
            shown = words.effect(metric, comparison.effect) if comparison.effect else ""
            found.append(Guardrail(comparison.variant, metric.label, test, early, problem, shown))
    return tuple(found)


def _margin_test(
    metric: Metric, moments: MetricMoments, control: str, variant: str, level: float
) -> tuple[MarginTest | None, str]:
    base, treated = (moments.table.where(variant=arm).merged() for arm in (control, variant))
    try:
        test = loss_beyond(
            base,
            treated,
            moments.outcome,
            moments.covariates,
            margin=metric.margin or 0.0,
            better=metric.better or "up",
            level=level,
        )
    except CannotEstimate as reason:
        return None, str(reason)
    return test, ""


def _leading(goal: Metric, compared: tuple[Comparison, ...], decision: Decision) -> str:
    """Of the variants that the decision is about, the one with the largest gain on the goal; the first if unknown."""
    concerned = [arm.arm for arm in decision.arms if arm.word == decision.word]
    of_goal = [c for c in compared if c.metric == goal.name and c.variant in concerned]
    sign = -1.0 if goal.better == "down" else 1.0
    gain: Callable[[Comparison], float] = lambda c: sign * c.effect.absolute if c.effect else float("-inf")  # noqa: E731
    return max(of_goal, key=gain).variant


def _levels(measured: Measured, level: float) -> dict[str, dict[str, Level]]:
    found: dict[str, dict[str, Level]] = {}
    for name, metric in measured.metrics.items():
        found[name] = {}
        for keys, moments in metric.table.by("variant"):
            try:
                found[name][str(keys["variant"])] = level_of(moments, metric.outcome, level=level)
            except CannotEstimate:
                continue  # the comparison says why
    return found


def _segments(design: Design, metric: MetricMoments) -> tuple[SegmentEffects, ...]:
    found = []
    for columns in design.breakdowns:
        compared = compare_segments(metric, control=design.control, columns=columns, level=design.level)
        for variant in dict.fromkeys(c.variant for c in compared):
            of_variant = tuple(c for c in compared if c.variant == variant)
            found.append(SegmentEffects(columns, variant, of_variant, heterogeneity(of_variant)))
    return tuple(found)


def _alternatives(design: Design, metric: MetricMoments, variant: str) -> tuple[Alternative, ...]:
    """The same question without the covariates, and in each half of the days of exposure."""
    tables = {}
    if metric.covariates:
        tables["Without what was known before the test"] = (metric.table, False)
    if "day" in metric.table.keys.columns:
        days = sorted(metric.table.keys["day"].unique())
        if len(days) > 1:
            early = (metric.table.keys["day"] <= days[(len(days) - 1) // 2]).to_numpy()
            tables["Users of the first half of the days"] = (metric.table.select(early), True)
            tables["Users of the second half of the days"] = (metric.table.select(~early), True)
    found = []
    for name, (table, adjusted) in tables.items():
        part = MetricMoments(metric.name, metric.outcome, metric.covariates, table)
        compared = compare_variants(part, control=design.control, level=design.level, adjusted=adjusted)
        found.append(Alternative(name, next((c.effect for c in compared if c.variant == variant), None)))
    return tuple(found)


def _by_day(design: Design, metric: MetricMoments, variant: str) -> tuple[tuple[date, Effect], ...]:
    return compare_as_days_add_up(metric, control=design.control, variant=variant, level=design.level)
