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
from ibis.expr.types import BooleanValue, FloatingValue, IntegerValue, Table, Value

from workbench.abtest.layout import BEFORE, COVARIATE, KNOWN, OUTCOME, SEGMENT, Layout, parts
from workbench.errors import DataError, StudyError, unknown
from workbench.tables.metrics import ColumnMetric, FactMetric, Metric, Scalar

MISSING = "(missing)"
_NOTHING = ibis.null("float64")


@dataclass(frozen=True, slots=True)
class Span:
    """First and last time on the business clock that a table of facts covers."""

    first: datetime
    last: datetime


def exposed(exposures: Table, *, experiment: str, only: Mapping[str, Sequence[str]], segments: Sequence[str]) -> Table:
    """The exposures of one experiment with every column, `variant` as text, `day`, and segments as further texts.

    Raises:
        StudyError: The study names a column that `exposures` lacks.
    """
    for parameter, columns in (("only", only), ("segments", segments)):
        for column in columns:
            if column not in exposures.columns:
                raise StudyError(f"{parameter}: the table exposures: {unknown('column', column, exposures.columns)}")
    chosen = exposures.filter(exposures.experiment.cast("string") == experiment)
    for column, values in only.items():
        chosen = chosen.filter(chosen[column].cast("string").isin(list(values)))
    texts = {s + SEGMENT: chosen[s].cast("string").fill_null(MISSING) for s in segments}
    if "exposed_at" in chosen.columns:
        return chosen.mutate(variant=chosen.variant.cast("string"), day=chosen.exposed_at.date(), **texts)
    return chosen.mutate(variant=chosen.variant.cast("string"), **texts)


def account(users: Table, different: IntegerValue) -> Table:
    """One row: exposures, distinct users, missing ids and variants, first and last exposure.

    Args:
        users: From `exposed`.
        different: The number of distinct users, as an expression over `users`.
    """
    times = {}
    if "exposed_at" in users.columns:
        times = {
            "first": users.exposed_at.min(),
            "last": users.exposed_at.max(),
            "no_time": _times(users.exposed_at.isnull()),
        }
    return users.aggregate(
        rows=users.count(),
        users=different,
        no_user=_times(users.user_id.isnull()),
        no_variant=_times(users.variant.isnull()),
        **times,
    )


def repeated(users: Table) -> Table:
    """Users with more than one exposure: `user_id`, `rows`, `variants`; the worst first."""
    counted = users.group_by("user_id").aggregate(rows=users.count(), variants=users.variant.nunique())
    return counted.filter(counted.rows > 1).order_by(ibis.desc("variants"), ibis.desc("rows"), "user_id")


def count_repeated(repeated: Table) -> Table:
    """One row: how many users stand more than once, and how many of them in more than one variant."""
    return repeated.aggregate(repeated=repeated.count(), crossed=_times(repeated.variants > 1))


def per_user(
    users: Table,
    facts: Mapping[str, Table],
    clocks: Mapping[str, str],
    spans: Mapping[str, Span],
    metrics: Sequence[Metric],
    *,
    keys: Sequence[str],
) -> Table:
    """One row per exposed user: `user_id`, the keys, and the columns that `layout` names.

    A metric's column is NULL for a user who leaves it: the window is still open at the end of the data, or there is
    no value.  A covariate is NULL where the time before exposure is not in the data.

    Args:
        users: From `exposed`.
        facts: The tables that the metrics count, by name.
        clocks: The time column of each of them.
        spans: What each of them covers.
        metrics: Ratios stand for their parts.
        keys: `variant`, `day` and the segments.

    Raises:
        DataError: A table lacks a column, holds text where a number is wanted, or other ids than `exposures`.
        StudyError: A metric's `where` compares a column with values of another kind.
    """
    columns = [part for part in parts(metrics) if isinstance(part, ColumnMetric)]
    counted = [part for part in parts(metrics) if isinstance(part, FactMetric)]
    known = dict.fromkeys(column for part in columns for column in part.covariates)
    result = users.select(
        "user_id",
        *(["exposed_at"] if counted else []),
        **{key: users[key + SEGMENT if key + SEGMENT in users.columns else key] for key in keys},
        **{part.name + OUTCOME: _number(users, part.value, "exposures") for part in columns},
        **{column + COVARIATE: _number(users, column, "exposures") for column in known},
    )
    for table in dict.fromkeys(part.table for part in counted):
        here = [part for part in counted if part.table == table]
        joined = result.left_join(_fact_sums(users, facts[table], clocks[table], here), "user_id")
        after = {part.name + OUTCOME: _after(joined, part, spans[table]) for part in here}
        before = {part.name + BEFORE: _before(joined, part, spans[table]) for part in here if part.pre_days}
        result = joined.select(*result.columns, **after, **before)
    return result


def values_known(users: Table, columns: Sequence[str]) -> Table:
    """One row: `users`, and how many of them have a value in each column."""
    return users.aggregate(users=users.count(), **{column: users[column].count() for column in columns})


def clean_moments(users: Table, layouts: Sequence[Layout], keys: Sequence[str], shifts: Mapping[str, float]) -> Table:
    """Shifted sums per group, for columns without missing values: the cheapest exact scan.

    Sums of (a − s_a)(b − s_b) with s near the mean lose no digits to a large offset; `at_hand` gives s.
    """
    shifted = users.select(*keys, **{c: _less(users[c], s) for c, s in shifts.items()})
    pairs = {pair for plan in layouts for pair in combinations_with_replacement(plan.columns, 2)}
    sums = {f"sum__{c}": shifted[c].sum() for c in shifts}
    counts = {f"known__{c}": shifted[c].count() for c in shifts}
    products = {f"sum__{a}__{b}": (shifted[a] * shifted[b]).sum() for a, b in sorted(pairs)}
    return shifted.group_by(list(keys)).aggregate(users=shifted.count(), **sums, **counts, **products)


def at_hand(users: Table, columns: Sequence[str], *, rows: int = 1000) -> Table:
    """Means over the first rows that the engine hands over: they only centre the sums of `clean_moments`."""
    few = users.select(*columns).limit(rows)
    return few.aggregate(**{c: few[c].mean() for c in columns})


def careful_moments(
    users: Table,
    layouts: Sequence[Layout],
    keys: Sequence[str],
    spans: Mapping[str, Span],
    shifts: Mapping[str, float],
) -> Table:
    """Counts, means and covariances per group, where users may leave a metric or lack a covariate.

    The covariances are the engine's own, which are computed stably on all engines that the project names, up to a
    part of 1e-17 of mean/deviation; `shifts` takes a larger offset off first.  A missing covariate counts as its shift.
    """
    columns: dict[str, Value] = {}
    for i, plan in enumerate(layouts):
        known = _outcome_known(users, plan)
        columns[f"open_m{i}"] = _window_open(users, plan.metric, spans).ifelse(1, 0)
        for j, name in enumerate(plan.columns):
            value = _shifted(users, name, shifts)
            columns[f"m{i}_{j}"] = known.ifelse(value if j < plan.width else value.fill_null(0.0), _NOTHING)
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
    # x − x is NaN for these, which differs from 0 on every engine; not every engine can ask for infinity by name.
    wrong = users.filter(users[column] - users[column] != 0)
    return wrong.select("user_id", value=wrong[column].cast("string"))


def _fact_sums(users: Table, facts: Table, clock: str, metrics: Sequence[FactMetric]) -> Table:
    """Per user: each metric over its window after exposure, and over its window before.  One scan of the facts."""
    table = metrics[0].table
    _check_ids(users, facts, table)
    needed = {f"where_{c}": _column(facts, c, table) for c in sorted({c for m in metrics for c in m.where})}
    values = {f"value_{m.name}": _number(facts, m.value, table) for m in metrics if m.value}
    slim = facts.select("user_id", happened_at=facts[clock], **needed, **values)
    both = users.select("user_id", "exposed_at").inner_join(slim, "user_id")
    longest, earliest = max(m.window_days for m in metrics), max(m.pre_days for m in metrics)
    near = both.filter(
        both.happened_at + ibis.interval(days=earliest) >= both.exposed_at,
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
                near.happened_at + ibis.interval(days=metric.pre_days) >= near.exposed_at
            )
            wanted[f"before_{metric.name}"] = _fold(near, metric, counted & before)
    return near.group_by("user_id").aggregate(**wanted)


def _where(facts: Table, metric: FactMetric) -> BooleanValue:
    condition = ibis.literal(value=True)
    for column, values in metric.where.items():
        condition = condition & _among(facts[f"where_{column}"], values, f"the metric {metric.name!r}: where: {column}")
    return condition


def _among(column: Value, values: Sequence[Scalar], where: str) -> BooleanValue:
    kind = column.type()
    holds: tuple[tuple[bool, str, tuple[type, ...]], ...] = (
        (kind.is_boolean(), "true or false", (bool,)),
        (kind.is_numeric(), "numbers", (int, float)),
        (kind.is_string(), "text", (str,)),
    )
    for is_it, words, types in holds:
        # To Python, true is a number.
        wrong = [value for value in values if type(value) not in types]
        if is_it and wrong:
            raise StudyError(f"{where} holds {words}, which {wrong[0]!r} is not; correct the metric")
        if is_it:
            return column.isin(list(values))
    raise StudyError(f"{where} holds {kind}, which cannot be listed; name a column of text, numbers or true and false")


def _fold(facts: Table, metric: FactMetric, counted: BooleanValue) -> FloatingValue:
    if metric.aggregate == "any":
        return counted.ifelse(1.0, 0.0).max()
    if metric.aggregate == "count":
        return counted.ifelse(1.0, 0.0).sum()
    value = counted.ifelse(facts[f"value_{metric.name}"], _NOTHING)
    return {"sum": value.sum, "mean": value.mean, "max": value.max}[metric.aggregate]()


def _after(joined: Table, metric: FactMetric, span: Span) -> FloatingValue:
    """NULL where the window is still open at the end of the data; 0 without facts, where that is a value."""
    value = joined[f"after_{metric.name}"]
    if metric.aggregate in {"any", "count", "sum"}:
        value = value.fill_null(0.0)
    return _closed(joined, metric, span).ifelse(value, _NOTHING)


def _before(joined: Table, metric: FactMetric, span: Span) -> FloatingValue:
    """NULL where the data begin after the window before exposure does."""
    value = joined[f"before_{metric.name}"]
    if metric.aggregate in {"any", "count", "sum"}:
        value = value.fill_null(0.0)
    begin = span.first + timedelta(days=metric.pre_days or 0)
    return (joined.exposed_at >= ibis.literal(begin, type="timestamp")).ifelse(value, _NOTHING)


def _outcome_known(users: Table, plan: Layout) -> BooleanValue:
    known = users[plan.columns[0]].notnull()
    return known & users[plan.columns[1]].notnull() if plan.width == 2 else known


def _window_open(users: Table, metric: Metric, spans: Mapping[str, Span]) -> BooleanValue:
    still_open = ibis.literal(value=False)
    for part in parts([metric]):
        if isinstance(part, FactMetric):
            still_open = still_open | ~_closed(users, part, spans[part.table])
    return still_open


def _closed(users: Table, metric: FactMetric, span: Span) -> BooleanValue:
    end = span.last - timedelta(days=metric.window_days)
    return users.exposed_at <= ibis.literal(end, type="timestamp")


def _shifted(users: Table, name: str, shifts: Mapping[str, float]) -> FloatingValue:
    if name.endswith(KNOWN):
        return users[name.removesuffix(KNOWN)].notnull().ifelse(1.0, 0.0)
    return _less(users[name], shifts.get(name, 0.0))


def _less(value: FloatingValue, shift: float) -> FloatingValue:
    # As text, since engines read a number with many digits as a decimal first, which may cost the last bit.
    return value - ibis.literal(repr(shift)).cast("float64") if shift else value


def _column(table: Table, column: str, name: str) -> Value:
    if column not in table.columns:
        raise DataError(f"a metric reads the table {name}: {unknown('column', column, table.columns)}")
    return table[column]


def _number(table: Table, column: str, name: str) -> FloatingValue:
    """A column as a float.

    Raises:
        DataError: The column is missing or is no number.
    """
    value = _column(table, column, name)
    if value.type().is_boolean():
        # Half of the engines cannot cast true to a float.
        return ibis.cases((value, 1.0), (~value, 0.0), else_=_NOTHING)
    if not value.type().is_numeric():
        raise DataError(
            f"a metric reads the column {column!r} of {name} as a number, but it holds {value.type()}; "
            "correct the metric or the catalogue"
        )
    return value.cast("float64")


def _check_ids(users: Table, facts: Table, name: str) -> None:
    """Refuse ids of two kinds, which no engine joins, or joins without finding anybody."""
    both = (users.user_id, _column(facts, "user_id", name))
    kinds = ["text" if ids.type().is_string() else "whole numbers" for ids in both]
    if kinds[0] != kinds[1]:
        raise DataError(
            f"user_id holds {kinds[0]} in the table exposures and {kinds[1]} in the table {name}, so no user of one "
            "is found in the other; store them alike"
        )


def _times(condition: BooleanValue) -> Value:
    """How often the condition holds."""
    return condition.ifelse(1, 0).sum()
