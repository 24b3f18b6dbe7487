"""An analysis as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.abtest import story, tabulate, trust, words
from workbench.abtest.analysis import Analysis
from workbench.abtest.effects import Comparison
from workbench.abtest.means import Effect
from workbench.report import Tile, conclude, numbers
from workbench.stats import Estimate
from workbench.tables.metrics import Metric


def conclude_test(analysis: Analysis) -> None:
    """End the notebook with the test's decision card, and carry the finding."""
    conclude(
        headline=story.headline(analysis),
        decision=analysis.decision.word,
        rule=story.rule(analysis),
        next_step=story.next_step(analysis),
        estimates=list(estimates(analysis)),
        checks=trust.checks(analysis),
        data=analysis.measured.sources,
        tables={"arms": tabulate.arm_values(analysis)}
        | ({"effects": tabulate.effect_values(analysis)} if analysis.comparisons else {}),
        tiles=tiles(analysis),
        labels={metric.name: metric.label for metric in analysis.design.metrics},
    )


def estimates(analysis: Analysis) -> Iterator[Estimate]:
    """The leading variant's first goal first; then every metric × variant, the levels, and the segments."""
    order = sorted(
        analysis.comparisons, key=lambda c: (c.metric != analysis.first_goal.name, c.variant != analysis.leading)
    )
    for comparison in order:
        yield from _of_comparison(analysis, comparison, analysis.design.roles[comparison.metric])
    for name, levels in analysis.levels.items():
        metric = analysis.metric(name)
        for variant, found in levels.items():
            yield Estimate(
                name, found.value, metric.unit, found.n, {"variant": variant}, "mean", found.low, found.high,
                found.level, found.std_error, better=metric.better, role=analysis.design.roles[name],
            )  # fmt: skip
    for breakdown in analysis.segments:
        for comparison in breakdown.comparisons:
            yield from _of_comparison(analysis, comparison, "segment")


def tiles(analysis: Analysis) -> list[Tile]:
    """The first three metrics in the leading variant."""
    shown = []
    for metric in analysis.design.metrics:
        comparison = next(
            (c for c in analysis.comparisons if (c.metric, c.variant) == (metric.name, analysis.leading)), None
        )
        if comparison is not None and comparison.effect is not None:
            shown.append(_tile(analysis, metric, comparison.effect))
    return shown[:3]


def _of_comparison(analysis: Analysis, comparison: Comparison, role: str) -> Iterator[Estimate]:
    found = comparison.effect
    if found is None:
        return
    metric = analysis.metric(comparison.metric)
    adjusted = {(g.arm, g.metric): g.p_adjusted for g in analysis.decision.goals} if role == "goal" else {}
    group = {"variant": comparison.variant, **comparison.segment}
    n, p_adjusted = found.n_control + found.n_treatment, adjusted.get((comparison.variant, metric.label))
    yield Estimate(
        metric.name, found.absolute, metric.unit, n, group, "absolute", found.low, found.high, found.level,
        found.std_error, found.p_value, p_adjusted, metric.better, role,
    )  # fmt: skip
    if found.relative is not None:
        yield Estimate(
            metric.name, found.relative, "", n, group, "relative", found.relative_low, found.relative_high, found.level,
            found.relative_std_error, found.p_value, p_adjusted, metric.better, role,
        )  # fmt: skip


def _tile(analysis: Analysis, metric: Metric, found: Effect) -> Tile:
    """A metric in the leading variant; the line stands at no change, for a guardrail at its limit."""
    role, reference, note = analysis.design.roles[metric.name], 0.0, f"from {words.control(metric, found)}"
    if role == "guardrail":
        sign, margin = (-1.0 if metric.better == "up" else 1.0), metric.margin or 0.0
        reference = sign * margin * abs(found.control)
        note += f"; limit {numbers.relative(sign * margin)}"
    return Tile(
        label=metric.label,
        value=words.difference(metric, found),
        range=words.interval(metric, found),
        note=note,
        low=found.low,
        point=found.absolute,
        high=found.high,
        reference=reference,
        reference_label="limit" if role == "guardrail" else "no change",
        good=_good(analysis, metric.label),
    )


def _good(analysis: Analysis, label: str) -> bool | None:
    """Whether a goal is clearly better or worse, or a guardrail broken; nothing is clear while the test runs."""
    if analysis.running:
        return None
    for goal in analysis.decision.goals:
        if (goal.arm, goal.metric) == (analysis.leading, label):
            return {"better": True, "worse": False}.get(goal.outcome)
    broken = [
        g.metric for g in analysis.guardrails if g.arm == analysis.leading and g.test and g.test.status == "breached"
    ]
    return False if label in broken else None
