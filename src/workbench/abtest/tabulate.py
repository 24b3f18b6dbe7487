"""A test as tables: as texts for readers, as numbers for those who act by program."""

from __future__ import annotations

import pandas as pd

from workbench.abtest import words
from workbench.abtest.analysis import Analysis
from workbench.abtest.means import Effect
from workbench.report import numbers, show_table

ACTIONS = {"ship": "Ship", "hold": "Hold", "stop": "Stop", "inconclusive": "Don't ship yet"}
PER_USERS = 100_000


def show_arms(analysis: Analysis) -> None:
    """The decision table: variant → action → expected value → interval; the users alone when results are withheld."""
    goal, arms = analysis.first_goal, analysis.decision.arms
    if analysis.decision.withheld:
        show_table(
            split_table(analysis), title="Users per variant, found and expected", caption=analysis.decision.reason
        )
        return
    reasons = arms[0].reason if len(arms) == 1 else " ".join(f"{arm.arm}: {arm.reason}" for arm in arms)
    adds_up = words.adds_up(goal)
    show_table(
        arm_table(analysis),
        title=f"What each variant does to {words.named(goal)}",
        lead=f"Difference to {analysis.design.control}" + (" per user, and what it adds up to." if adds_up else "."),
        caption=reasons,
    )


def show_metrics(analysis: Analysis) -> None:
    """Every metric in every variant; nothing when the results are withheld."""
    if not analysis.comparisons:
        return
    corrected = f"; for goals corrected for {analysis.family} comparisons" if analysis.family > 1 else ""
    caption = f"p: how often chance alone would bring a difference this large{corrected}."
    show_table(
        metric_table(analysis),
        title="Every metric",
        lead=f"Level in {analysis.design.control} and difference to it.",
        caption="The test is still running, so nothing is to be concluded yet." if analysis.running else caption,
    )


def show_alternatives(analysis: Analysis) -> None:
    """The first goal in the leading variant, worked out in other ways."""
    if analysis.alternatives:
        show_table(
            alternative_table(analysis),
            title=f"{analysis.first_goal.label} in {analysis.leading}, worked out in other ways",
            caption="What to conclude: the ways should agree within their intervals; only the first one decides.",
        )


def arm_table(analysis: Analysis) -> pd.DataFrame:
    """What to do with each variant: variant → action → expected value → interval, as texts."""
    goal = analysis.first_goal
    words_of = {arm.arm: ACTIONS[arm.word] for arm in analysis.decision.arms}
    if analysis.decision.arm:
        words_of |= {arm.arm: "Keep as second" for arm in analysis.decision.arms if arm.word == "ship"}
        words_of[analysis.decision.arm] = ACTIONS["ship"]
    unit = "" if goal.unit == "share" else goal.unit
    rows = []
    for variant, users in analysis.measured.users.items():
        row: dict[str, str | None] = {
            "Variant": variant,
            "Action": words_of.get(variant, _control_action(analysis)),
            "Users": numbers.count(users),
        }
        found = next((c.effect for c in analysis.comparisons if (c.metric, c.variant) == (goal.name, variant)), None)
        row["Difference"] = words.difference(goal, found) if found else None
        row[f"{numbers.share(analysis.design.level)} interval"] = words.interval(goal, found) if found else None
        if words.adds_up(goal):
            half = (found.high - found.low) / 2 * PER_USERS if found else None
            row[f"Per {numbers.count(PER_USERS)} users"] = (
                numbers.number(found.absolute * PER_USERS, unit, half_width=half, signed=True) if found else None
            )
        rows.append(row)
    return pd.DataFrame(rows)


def metric_table(analysis: Analysis) -> pd.DataFrame:
    """Every metric in every variant, as texts; several variants are named, p-values left out of a running test."""
    adjusted = {(g.arm, g.metric): g.p_adjusted for g in analysis.decision.goals}
    control, level = analysis.design.control, numbers.share(analysis.design.level)
    rows = []
    for comparison in analysis.comparisons:
        metric, found = analysis.metric(comparison.metric), comparison.effect
        p = adjusted.get((comparison.variant, metric.label))
        role = analysis.design.roles[metric.name]
        row: dict[str, str | None] = {"Metric": metric.label if role == "goal" else f"{metric.label} ({role})"}
        if len(analysis.variants) > 1:
            row["Variant"] = comparison.variant
        plain = analysis.levels[metric.name].get(control)
        row[control] = words.control(metric, found) if found else words.level(metric, plain.value) if plain else None
        row["Difference"] = words.difference(metric, found) if found else "not known"
        row[f"{level} interval"] = words.interval(metric, found) if found else None
        if not analysis.running:
            row["p"] = _p_value(found.p_value if p is None else p) if found else None
        rows.append(row)
    return pd.DataFrame(rows)


def split_table(analysis: Analysis) -> pd.DataFrame:
    """Users per variant, found and expected, as texts."""
    return pd.DataFrame(
        {
            "Variant": [arm.variant for arm in analysis.split.arms],
            "Users": [numbers.count(arm.users) for arm in analysis.split.arms],
            "Expected": [numbers.count(round(arm.expected)) for arm in analysis.split.arms],
        }
    )


def alternative_table(analysis: Analysis) -> pd.DataFrame:
    """The first goal in the leading variant, worked out in other ways, as texts."""
    goal = analysis.first_goal
    main = analysis.comparison(goal.name, analysis.leading).effect
    ways = [("As decided on", main), *((other.name, other.effect) for other in analysis.alternatives)]
    return pd.DataFrame(
        {
            "Worked out": [name for name, _ in ways],
            "Users": [numbers.count(e.n_control + e.n_treatment) if e else None for _, e in ways],
            "Difference": [words.difference(goal, e) if e else "not known" for _, e in ways],
            f"{numbers.share(analysis.design.level)} interval": [
                words.interval(goal, e) if e else None for _, e in ways
            ],
        }
    )


def arm_values(analysis: Analysis) -> pd.DataFrame:
    """`arm_table` as numbers, for those who act on it by program."""
    goal = analysis.first_goal
    effects = {c.variant: c.effect for c in analysis.comparisons if c.metric == goal.name}
    words_of = {arm.arm: arm for arm in analysis.decision.arms}
    return pd.DataFrame(
        [
            {
                "variant": variant,
                "action": words_of[variant].word if variant in words_of else "control",
                "reason": words_of[variant].reason if variant in words_of else "",
                "users": users,
                "metric": goal.name,
                "unit": goal.unit,
                **_values(effects.get(variant)),
            }
            for variant, users in analysis.measured.users.items()
        ]
    )


def effect_values(analysis: Analysis) -> pd.DataFrame:
    """Every metric × variant, overall and by segment, as numbers."""
    compared = [*analysis.comparisons, *(c for s in analysis.segments for c in s.comparisons)]
    names = ["metric", "variant", "segment", "withheld", *_values(None)]
    rows = [
        {
            "metric": c.metric,
            "variant": c.variant,
            "segment": ", ".join(f"{column}={value}" for column, value in c.segment.items()),
            "withheld": c.withheld,
            **_values(c.effect),
        }
        for c in compared
    ]
    return pd.DataFrame(rows, columns=names)


def _values(found: Effect | None) -> dict[str, float | None]:
    names = (
        "control",
        "treatment",
        "absolute",
        "low",
        "high",
        "std_error",
        "p_value",
        "relative",
        "relative_low",
        "relative_high",
    )
    return {name: getattr(found, name) if found else None for name in names}


def _p_value(p: float) -> str:
    return numbers.p_value(p).removeprefix("p ").removeprefix("= ")


def _control_action(analysis: Analysis) -> str:
    return "Replace" if analysis.decision.word == "ship" else "Keep"
