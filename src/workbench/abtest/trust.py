"""Reasons to believe or to distrust a test's numbers, in sentences."""

from __future__ import annotations

from dataclasses import replace

from workbench.abtest import words
from workbench.abtest.analysis import Analysis
from workbench.abtest.effects import Comparison
from workbench.abtest.power import smallest_detectable
from workbench.report import Check, numbers
from workbench.report.finding import Status
from workbench.tables.metrics import Metric

# Simulated with arms of 1 : 9, 95 % intervals covered 90 % of the time with 20 events' worth of log-normal baskets in
# the small arm, 92 % with 50; with rare yes-or-no events 94 % and 95 %.
FEW_EVENTS = 50


def checks(analysis: Analysis) -> list[Check]:
    """Reasons to believe or to distrust the numbers."""
    found = [_split_check(analysis), _users_check(analysis), *_coverage_checks(analysis), *_end_checks(analysis)]
    found += [Check("contract", "warn", breach.detail) for breach in analysis.measured.breaches]
    found += [_estimable(analysis, c) for c in analysis.comparisons if c.effect is None]
    found += [_no_percentage(analysis, c) for c in analysis.comparisons if c.effect and c.effect.relative is None]
    estimated = {c.metric for c in analysis.comparisons if c.effect}
    for metric in analysis.design.metrics:
        found += _few_events(analysis, metric) if metric.name in estimated else []
    if not analysis.decision.withheld:
        found += [_precision_check(analysis), *_segment_checks(analysis)]
    return found


def _users_check(analysis: Analysis) -> Check:
    if analysis.measured.numbered:
        return Check(
            "one variant per user",
            "warn",
            "The source has no user ids, so its rows were numbered: a user who stands twice would not be seen.",
        )
    return Check("one variant per user", "pass", "Every user stands once, in one variant.")


def _end_checks(analysis: Analysis) -> list[Check]:
    design = analysis.design
    if design.planned_end is None:
        detail = "No planned end was set, so the test is read as finished; read while it runs, it finds false winners."
        return [Check("planned end", "warn", detail)]
    if analysis.running:
        return [
            Check(
                "planned end",
                "warn",
                "The test is still running. Its intervals hold for one reading at the end; who reads them every day "
                "for two weeks finds a winner in one of five tests that have none.",
            )
        ]
    return [Check("planned end", "pass", f"The test has reached its planned end, {design.planned_end:%-d %b %Y}.")]


def _split_check(analysis: Analysis) -> Check:
    declared = " : ".join(f"{share:g}" for share in analysis.design.shares.values())
    against = f"{numbers.p_value(analysis.split.p_value)} against {declared or 'equal parts'}"
    if analysis.split.broken:
        return Check("split", "fail", f"{analysis.split.detail.rstrip('.')} ({against}). Every result is withheld.")
    return Check("split", "pass", f"The variants have the sizes they were meant to have ({against}).")


def _coverage_checks(analysis: Analysis) -> list[Check]:
    found = [*_open_windows(analysis), *_missing_values(analysis)]
    return found or [Check("outcomes", "pass", "Every exposed user has an outcome in every metric.")]


def _open_windows(analysis: Analysis) -> list[Check]:
    """One sentence for the metrics that leave the same users out."""
    total = numbers.count(sum(analysis.measured.users.values()))
    alike: dict[tuple[int, str], list[str]] = {}
    for metric in analysis.design.metrics:
        users = sum(analysis.measured.metrics[metric.name].open_windows.values())
        if users:
            alike.setdefault((users, _window(metric)), []).append(words.named(metric))
    details = [
        f"{numbers.count(users)} of {total} users are left out of {words.listed(names)}: their {window} is not over."
        for (users, window), names in alike.items()
    ]
    return [Check("open windows", "warn", detail) for detail in details]


def _missing_values(analysis: Analysis) -> list[Check]:
    found = []
    for metric in analysis.design.metrics:
        moments = analysis.measured.metrics[metric.name]
        lost = {variant: users - moments.open_windows.get(variant, 0) for variant, users in moments.left_out.items()}
        parts = [f"{numbers.count(users)} in {variant}" for variant, users in lost.items() if users]
        if parts:
            detail = f"{metric.label}: users without a value are left out, {words.listed(parts)}."
            found.append(Check("missing values", "warn", detail))
    return found


def _estimable(analysis: Analysis, comparison: Comparison) -> Check:
    label = analysis.metric(comparison.metric).label
    return Check("estimable", "warn", f"{label} in {comparison.variant} cannot be estimated: {comparison.withheld}.")


def _no_percentage(analysis: Analysis, comparison: Comparison) -> Check:
    label = analysis.metric(comparison.metric).label
    reason = comparison.effect.relative_withheld if comparison.effect else ""
    return Check("relative change", "warn", f"{label} in {comparison.variant} has no relative change: {reason}.")


def _few_events(analysis: Analysis, metric: Metric) -> list[Check]:
    """How many events a level is worth, (level / standard error)²: their number if rare, fewer if a few are large."""
    few = []
    for variant, level in analysis.levels.get(metric.name, {}).items():
        rarer = min(level.value, 1 - level.value) if metric.unit == "share" else level.value
        if rarer == 0 or (rarer > 0 and level.std_error > 0 and (rarer / level.std_error) ** 2 < FEW_EVENTS):
            few.append(variant)
    if not few:
        return []
    detail = f"{metric.label} rests on a handful of users in {words.listed(few)}; its interval may be too narrow."
    return [Check("few events", "warn", detail)]


def _precision_check(analysis: Analysis) -> Check:
    """Whether a difference that matters could have been missed."""
    goal, design = analysis.first_goal, analysis.design
    found = analysis.comparison(goal.name, analysis.leading).effect
    if found is None:
        return Check("precision", "warn", f"{goal.label} cannot be estimated, so the test says nothing about it.")
    smallest = smallest_detectable(replace(found, level=analysis.family_level))
    matters = abs(found.control) * design.smallest_effect
    removed = ""
    if found.variance_reduction > 0.005:
        share = numbers.share(round(found.variance_reduction, 2))
        removed = f" What was known before the test took away {share} of the noise."
    finds = f"The test finds a change in {words.named(goal)} of {words.size(goal, smallest)} in 8 cases of 10"
    if smallest <= matters:
        return Check("precision", "pass", f"{finds}; {words.size(goal, matters)} would be worth acting on.{removed}")
    seen = any(g.arm == analysis.leading and g.outcome in {"better", "worse"} for g in analysis.decision.goals)
    status: Status = "pass" if seen else "warn"
    return Check("precision", status, f"{finds}, a smaller one more rarely.{removed}")


def _segment_checks(analysis: Analysis) -> list[Check]:
    found = []
    for breakdown in analysis.breakdowns:
        if breakdown.difference is None:
            continue
        name, p = words.columns(breakdown.columns), numbers.p_value(breakdown.difference.p_value)
        if breakdown.difference.p_value < analysis.segment_error:
            found.append(Check("segments", "warn", f"The effect differs by {name} ({p}): look there before acting."))
        else:
            limit = numbers.p_value(analysis.segment_error).removeprefix("p = ")
            detail = f"No clear sign that the effect differs by {name} ({p}; called clear below {limit})."
            found.append(Check("segments", "pass", detail))
    return found


def _window(metric: Metric) -> str:
    days = getattr(metric, "window_days", None) or getattr(getattr(metric, "numerator", None), "window_days", None)
    return f"window of {days} days"
