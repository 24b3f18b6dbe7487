"""From moments to effects: every variant against the control, overall, by segment, as the days add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
from scipy.special import chdtrc

from workbench.abtest.means import CannotEstimate, Effect, Quantity, compare
from workbench.stats import Moments, MomentTable


@dataclass(frozen=True, slots=True)
class MetricMoments:
    """What one metric measured.

    Attributes:
        name: The metric.
        outcome, covariates: Which columns of the moments they are made of.
        table: Keys `variant`, the segments' columns, and `day` (of exposure) where it is known.
        left_out: Users per variant that were exposed but are not in the metric, those with an open window included.
        open_windows: Those of them whose window after exposure is still open at the end of the data, per variant.
    """

    name: str
    outcome: Quantity
    covariates: tuple[Quantity, ...]
    table: MomentTable
    left_out: Mapping[str, int] = field(default_factory=dict)
    open_windows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric in one variant against the control, for all users or for one segment.

    Attributes:
        effect: None when it cannot be estimated; then `withheld` says why.
        segment: Column → value; empty for all users.
    """

    metric: str
    variant: str
    effect: Effect | None
    withheld: str = ""
    segment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Whether an effect differs between segments: Cochran's Q (1954) over the segments' effects.

    Attributes:
        p_value: Of equal effects in all segments.
        segments: How many segments could be compared.
    """

    q: float
    p_value: float
    segments: int


def uneven_loss(metric: MetricMoments, users: Mapping[str, int], *, level: float) -> str:
    """Why the users who have a value cannot be compared: "" unless they were lost unevenly over the variants.

    Pearson's chi-square test of users without a value against users whose window is over, per variant.
    """
    over = {variant: count - metric.open_windows.get(variant, 0) for variant, count in users.items()}
    lost = {variant: metric.left_out.get(variant, 0) - metric.open_windows.get(variant, 0) for variant in users}
    counted = [variant for variant in users if over[variant] > 0]
    rate = sum(lost[v] for v in counted) / max(sum(over[v] for v in counted), 1)
    if not 0 < rate < 1:
        return ""
    chi2 = sum((lost[v] - rate * over[v]) ** 2 / (rate * (1 - rate) * over[v]) for v in counted)
    if chdtrc(len(counted) - 1, chi2) >= level:
        return ""
    shares = ", ".join(f"{lost[variant]:,} of {over[variant]:,} in {variant}" for variant in counted)
    return f"users without a value are not spread evenly over the variants ({shares}), so the rest cannot be compared"


def compare_variants(
    metric: MetricMoments, *, control: str, level: float, adjusted: bool = True
) -> tuple[Comparison, ...]:
    """Every variant against the control; without the covariates when not `adjusted`."""
    return _compare(
        metric, metric.table, control=control, level=level, covariates=metric.covariates if adjusted else ()
    )


def compare_segments(
    metric: MetricMoments, *, control: str, columns: Sequence[str], level: float
) -> tuple[Comparison, ...]:
    """Every variant against the control within each combination of the columns' values."""
    found: list[Comparison] = []
    for values, _ in metric.table.by(*columns):
        segment = {column: str(value) for column, value in values.items()}
        found += _compare(
            metric,
            metric.table.where(**values),
            control=control,
            level=level,
            covariates=metric.covariates,
            segment=segment,
        )
    return tuple(found)


def compare_as_days_add_up(
    metric: MetricMoments, *, control: str, variant: str, level: float
) -> tuple[tuple[date, Effect], ...]:
    """The effect on the users exposed up to each day; days before it can be estimated are left out."""
    days = sorted(metric.table.keys["day"].unique())
    found: list[tuple[date, Effect]] = []
    for day in days:
        until = metric.table.select((metric.table.keys["day"] <= day).to_numpy())
        comparison = next(
            (
                c
                for c in _compare(metric, until, control=control, level=level, covariates=metric.covariates)
                if c.variant == variant
            ),
            None,
        )
        if comparison is not None and comparison.effect is not None:
            found.append((pd.Timestamp(day).date(), comparison.effect))
    return tuple(found)


def heterogeneity(comparisons: Sequence[Comparison]) -> Heterogeneity | None:
    """Cochran's Q over the segments of one variant; None with fewer than two that can be compared."""
    effects = [c.effect for c in comparisons if c.effect is not None]
    if len(effects) < 2:
        return None
    weights = [1 / effect.std_error**2 for effect in effects]
    mean = sum(w * e.absolute for w, e in zip(weights, effects, strict=True)) / sum(weights)
    q = sum(w * (e.absolute - mean) ** 2 for w, e in zip(weights, effects, strict=True))
    return Heterogeneity(q, float(chdtrc(len(effects) - 1, q)), len(effects))


def _compare(
    metric: MetricMoments,
    table: MomentTable,
    *,
    control: str,
    level: float,
    covariates: Sequence[Quantity],
    segment: Mapping[str, str] | None = None,
) -> tuple[Comparison, ...]:
    arms = {str(keys["variant"]): moments for keys, moments in table.by("variant")}
    base = arms.pop(control, Moments.empty(len(table.columns)))
    found: list[Comparison] = []
    for variant, moments in arms.items():
        try:
            effect = compare(base, moments, metric.outcome, covariates, level=level)
        except CannotEstimate as reason:
            found.append(Comparison(metric.name, variant, None, str(reason), segment or {}))
        else:
            found.append(Comparison(metric.name, variant, effect, "", segment or {}))
    return tuple(found)
