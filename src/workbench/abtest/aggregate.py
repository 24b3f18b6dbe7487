"""Tables in, Ibis expressions out: who was exposed, and the moments of what they did.

Moments stand per variant × segment × day of exposure.  Users are disjoint over days of exposure, so the days
merge exactly; days of outcome would not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations_with_replacement

import ibis
from ibis.expr.types import BooleanValue, FloatingValue, Table, Value

from workbench.abtest.means import Quantity
from workbench.errors import DataError, unknown
from workbench.tables.metrics import ColumnMetric, FactMetric, Metric, RatioMetric

MISSING = "(missing)"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last time on the business clock that a table of facts covers."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of the per-user table one metric's moments are made of.

    Attributes:
        columns: Names in the per-user table, in the order of the moments: outcome, then covariates.
        outcome: The metric, as indices into `columns`.
        covariates: What is known before exposure, as indices into `columns`.
    """

    metric: Metric
    columns: tuple[str, ...]
    outcome: Quantity
    covariates: tuple[Quantity, ...]


def exposed(exposures: Table, *, experiment: str, only: Mapping[str, Sequence[str]], segments: Sequence[str]) -> Table:
    """The exposures of one experiment with `variant`, segments as text, `day`, and every other column.

    Raises:
        DataError: `exposures` lacks a column that the study names.
    """
    for column in [*only, *segments]:
        if column not in exposures.columns:
            raise DataError(f"the table exposures: {unknown('column', column, exposures.columns)}")
    chosen = exposures.filter(exposures.experiment.cast("string") == experiment)
    for column, values in only.items():
        chosen = chosen.filter(chosen[column].cast("string").isin(list(values)))
    texts = {s: chosen[s].cast("string").fill_null(MISSING) for s in segments}
    if "exposed_at" in chosen.columns:
        return chosen.mutate(variant=chosen.variant.cast("string"), day=chosen.exposed_at.date(), **texts)
    return chosen.mutate(variant=chosen.variant.cast("string"), **texts)


def account(users: Table) -> Table:
    """One row: exposures, distinct users, missing ids and variants, first and last exposure."""
    times = {}
    if "exposed_at" in users.columns:
        times = {
            "first": users.exposed_at.min(),
            "last": users.exposed_at.max(),
            "no_time": _times(users.exposed_at.isnull()),
        }
    return users.aggregate(
        rows=users.count(),
        users=users.user_id.nunique(),
        no_user=_times(users.user_id.isnull()),
        no_variant=_times(users.variant.isnull()),
        **times,
    )


def repeated(users: Table) -> Table:
    """Users with more than one exposure: `user_id`, `rows`, `variants`; the worst first."""
    counted = users.group_by("user_id").aggregate(rows=users.count(), variants=users.variant.nunique())
    return counted.filter(counted.rows > 1).order_by(ibis.desc("variants"), ibis.desc("rows"), "user_id")


def per_user(
    users: Table,
    facts: Mapping[str, Table],
    clocks: Mapping[str, str],
    spans: Mapping[str, Span],
    metrics: Sequence[Metric],
) -> Table:
    """One row per exposed user with the columns of every metric.

    A metric's column is NULL for a user who leaves it: the window is still open at the end of the data, or there is
    no value.  A covariate is NULL where the time before exposure is not in the data.

    Args:
        users: From `exposed`.
        facts: The tables that the metrics count, by name.
        clocks: The time column of each of them.
        spans: What each of them covers.
        metrics: Ratios stand for their parts.
    """
    columns = [part for part in parts(metrics) if isinstance(part, ColumnMetric)]
    counted = [part for part in parts(metrics) if isinstance(part, FactMetric)]
    result = users.mutate(**{part.name: _number(users, part.value) for part in columns})
    for table in dict.fromkeys(part.table for part in counted):
        here = [part for part in counted if part.table == table]
        sums = _fact_sums(users, facts[table], clocks[table], here)
        joined = result.left_join(sums, "user_id")
        after = {part.name: _after(joined, part, spans[table]) for part in here}
        before = {f"{part.name}__before": _before(joined, part, spans[table]) for part in here if part.pre_days}
        result = joined.select(*result.columns, **after, **before)
    return result


def layout(metric: Metric, *, some_missing: bool) -> Layout:
    """The columns of one metric; with `some_missing`, each covariate brings a column that says whether it was there."""
    outcome = [metric.numerator.name, metric.denominator.name] if isinstance(metric, RatioMetric) else [metric.name]
    covariates = _covariate_columns(metric)
    paired = isinstance(metric, RatioMetric) and len(covariates) == 2 and not some_missing
    present = [f"{name}__known" for name in covariates] if some_missing else []
    first = len(outcome)
    if paired:
        # The same ratio before exposure: one covariate made of two columns.
        quantities: tuple[Quantity, ...] = (Quantity(first, first + 1),)
    else:
        quantities = tuple(Quantity(first + i) for i in range(len(covariates) + len(present)))
    return Layout(metric, (*outcome, *covariates, *present), Quantity(0, 1 if len(outcome) == 2 else None), quantities)


def clean_moments(users: Table, layouts: Sequence[Layout], keys: Sequence[str], shifts: Mapping[str, float]) -> Table:
    """Shifted sums per group, for columns without missing values: the cheapest exact scan.

    Sums of (a − s_a)(b − s_b) with s near the mean lose no digits to a large offset; `at_hand` gives s.
    """
    shifted = users.select(*keys, **{c: users[c].cast("float64") - ibis.literal(s) for c, s in shifts.items()})
    pairs = {pair for plan in layouts for pair in combinations_with_replacement(plan.columns, 2)}
    sums = {f"sum__{c}": shifted[c].sum() for c in shifts}
    counts = {f"known__{c}": shifted[c].count() for c in shifts}
    products = {f"sum__{a}__{b}": (shifted[a] * shifted[b]).sum() for a, b in sorted(pairs)}
    return shifted.group_by(list(keys)).aggregate(users=shifted.count(), **sums, **counts, **products)


def at_hand(users: Table, columns: Sequence[str], *, rows: int = 1000) -> Table:
    """Means over the first rows that the engine hands over: they only centre the sums of `clean_moments`."""
    few = users.select(*columns).limit(rows)
    return few.aggregate(**{c: few[c].cast("float64").mean() for c in columns})


def careful_moments(users: Table, layouts: Sequence[Layout], keys: Sequence[str], spans: Mapping[str, Span]) -> Table:
    """Counts, means and covariances per group, where users may leave a metric or lack a covariate.

    The covariances are the engine's own, which are computed stably on all engines that the project names.
    """
    columns: dict[str, Value] = {}
    for i, plan in enumerate(layouts):
        known = _outcome_known(users, plan)
        columns[f"open_m{i}"] = _window_open(users, plan.metric, spans).ifelse(1, 0)
        for j, name in enumerate(plan.columns):
            value = users[name].cast("float64") if j < _width(plan) else _covariate(users, name)
            columns[f"m{i}_{j}"] = known.ifelse(value, ibis.null("float64"))
    masked = users.select(*keys, **columns)
    wanted: dict[str, Value] = {"users": masked.count()}
    for i, plan in enumerate(layouts):
        wanted[f"open_m{i}"] = masked[f"open_m{i}"].sum()
        wanted[f"n_m{i}"] = masked[f"m{i}_0"].count()
        for j in range(len(plan.columns)):
            wanted[f"mean_m{i}_{j}"] = masked[f"m{i}_{j}"].mean()
        for j, k in combinations_with_replacement(range(len(plan.columns)), 2):
            a, b = masked[f"m{i}_{j}"], masked[f"m{i}_{k}"]
            wanted[f"cov_m{i}_{j}_{k}"] = a.var(how="sample") if j == k else a.cov(b, how="sample")
    return masked.group_by(list(keys)).aggregate(**wanted)


def unusable(users: Table, column: str) -> Table:
    """Users whose value is NaN or infinite: `user_id` and the value as text."""
    value = users[column].cast("float64")
    return users.filter(value.isnan() | value.isinf()).select("user_id", value=value.cast("string"))


def parts(metrics: Sequence[Metric]) -> list[FactMetric | ColumnMetric]:
    """Every metric that is not a ratio, each once: the ratios' parts too."""
    found: dict[str, FactMetric | ColumnMetric] = {}
    for metric in metrics:
        for part in (metric.numerator, metric.denominator) if isinstance(metric, RatioMetric) else (metric,):
            found[part.name] = part
    return list(found.values())


def _covariate_columns(metric: Metric) -> list[str]:
    if isinstance(metric, RatioMetric):
        pair = [*_covariate_columns(metric.numerator), *_covariate_columns(metric.denominator)]
        return list(dict.fromkeys(pair))
    if isinstance(metric, FactMetric):
        return [f"{metric.name}__before"] if metric.pre_days else []
    return list(metric.covariates)


def _fact_sums(users: Table, facts: Table, clock: str, metrics: Sequence[FactMetric]) -> Table:
    """Per user: each metric over its window after exposure, and over its window before.  One scan of the facts."""
    needed = {f"where_{c}": facts[c] for c in sorted({c for m in metrics for c in m.where})}
    values = {f"value_{m.name}": _number(facts, m.value) for m in metrics if m.value}
    slim = facts.select("user_id", happened_at=facts[clock], **needed, **values)
    both = users.select("user_id", "exposed_at").inner_join(slim, "user_id")
    longest, earliest = max(m.window_days for m in metrics), max(m.pre_days or 0 for m in metrics)
    near = both.filter(
        both.happened_at >= both.exposed_at - ibis.interval(days=earliest),
        both.happened_at < both.exposed_at + ibis.interval(days=longest),
    )
    wanted: dict[str, Value] = {}
    for metric in metrics:
        counted = _where(near, metric)
        after = (near.happened_at >= near.exposed_at) & (
            near.happened_at < near.exposed_at + ibis.interval(days=metric.window_days)
        )
        wanted[f"after_{metric.name}"] = _fold(near, metric, counted & after)
        if metric.pre_days:
            before = (near.happened_at < near.exposed_at) & (
                near.happened_at >= near.exposed_at - ibis.interval(days=metric.pre_days)
            )
            wanted[f"before_{metric.name}"] = _fold(near, metric, counted & before)
    return near.group_by("user_id").aggregate(**wanted)


def _where(facts: Table, metric: FactMetric) -> BooleanValue:
    condition = ibis.literal(value=True)
    for column, values in metric.where.items():
        condition = condition & facts[f"where_{column}"].isin(list(values))
    return condition


def _fold(facts: Table, metric: FactMetric, counted: BooleanValue) -> FloatingValue:
    if metric.aggregate == "any":
        return counted.ifelse(1.0, 0.0).max()
    if metric.aggregate == "count":
        return counted.ifelse(1.0, 0.0).sum()
    value = counted.ifelse(facts[f"value_{metric.name}"], ibis.null("float64"))
    return {"sum": value.sum, "mean": value.mean, "max": value.max}[metric.aggregate]()


def _after(joined: Table, metric: FactMetric, span: Span) -> FloatingValue:
    """NULL where the window is still open at the end of the data; 0 without facts, where that is a value."""
    value = joined[f"after_{metric.name}"]
    if metric.aggregate in {"any", "count", "sum"}:
        value = value.fill_null(0.0)
    return _closed(joined, metric, span).ifelse(value, ibis.null("float64"))


def _before(joined: Table, metric: FactMetric, span: Span) -> FloatingValue:
    """NULL where the data begin after the window before exposure does."""
    value = joined[f"before_{metric.name}"]
    if metric.aggregate in {"any", "count", "sum"}:
        value = value.fill_null(0.0)
    begin = span.first + timedelta(days=metric.pre_days or 0)
    return (joined.exposed_at >= ibis.literal(begin, type="timestamp")).ifelse(value, ibis.null("float64"))


def _outcome_known(users: Table, plan: Layout) -> BooleanValue:
    known = users[plan.columns[0]].notnull()
    return known & users[plan.columns[1]].notnull() if _width(plan) == 2 else known


def _window_open(users: Table, metric: Metric, spans: Mapping[str, Span]) -> BooleanValue:
    still_open = ibis.literal(value=False)
    for part in parts([metric]):
        if isinstance(part, FactMetric):
            still_open = still_open | ~_closed(users, part, spans[part.table])
    return still_open


def _closed(users: Table, metric: FactMetric, span: Span) -> BooleanValue:
    end = span.last - timedelta(days=metric.window_days)
    return users.exposed_at <= ibis.literal(end, type="timestamp")


def _covariate(users: Table, name: str) -> FloatingValue:
    if name.endswith("__known"):
        return users[name.removesuffix("__known")].notnull().ifelse(1.0, 0.0)
    return users[name].cast("float64").fill_null(0.0)


def _width(plan: Layout) -> int:
    """How many columns the outcome takes."""
    return 1 if plan.outcome.denominator is None else 2


def _number(table: Table, column: str) -> FloatingValue:
    """A column as a float.

    Raises:
        DataError: The column is missing or is no number.
    """
    if column not in table.columns:
        raise DataError(f"a metric reads {unknown('column', column, table.columns)}")
    value = table[column]
    if not (value.type().is_numeric() or value.type().is_boolean()):
        raise DataError(
            f"a metric reads the column {column!r} as a number, but it holds {value.type()}; "
            "correct the metric or the catalogue"
        )
    return value.cast("float64")


def _times(condition: BooleanValue) -> Value:
    """How often the condition holds."""
    return condition.ifelse(1, 0).sum()
