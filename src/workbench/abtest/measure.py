"""From a catalogue to moments: the exposures' account, then one scan for all metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import frexp, ldexp

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from workbench.abtest import aggregate
from workbench.abtest.account import Period, check_exposures
from workbench.abtest.aggregate import Span
from workbench.abtest.design import Design
from workbench.abtest.effects import MetricMoments
from workbench.abtest.layout import BEFORE, COVARIATE, Layout, layout, parts
from workbench.errors import DataError, StudyError, unknown
from workbench.stats import MomentTable
from workbench.tables import Breach, Catalog, Source, check_contract, collect
from workbench.tables.breach import SEVERAL, refuse
from workbench.tables.metrics import FactMetric, Metric
from workbench.tables.schema import canonical

# Below this part of the mean, a spread is taken from centred values: engines lose about mean/deviation × 1e-17.
SMALLEST_SPREAD = 1e-6
# Variants × segments × days; separate breakdowns are crossed in the one scan.
MOST_GROUPS = 100_000
# In spreads, from what is taken off a column to a group's mean: sums of squares lose twice the digits of this.
FARTHEST = 1e3
# More segments than this tell nobody anything, and a page cannot show them.
MOST_SEGMENTS = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """What the tables say about one experiment.

    Attributes:
        users: Exposed users per variant, the control first.
        metrics: The moments of each metric, by its name.
        first, last: Days of the first and last exposure, None without `exposed_at`.
        as_of: First day that the data do not wholly cover, None where they have no clock.
        sources: The tables that were read.
        numbered: Whether the users are rows of a source without ids.
        breaches: What the tables of facts break of their contracts without making an answer worthless.
    """

    users: Mapping[str, int]
    metrics: Mapping[str, MetricMoments]
    first: date | None
    last: date | None
    as_of: date | None
    sources: tuple[Source, ...]
    numbered: bool
    breaches: tuple[Breach, ...]


def measure(catalog: Catalog, design: Design) -> Measured:
    """Ask the tables for the moments of every metric of the design, per variant × segment × day of exposure.

    Raises:
        StudyError: The experiment, the control or a column is unknown; a breakdown has too many segments.
        DataError: Duplicate users, users in two variants, missing ids, values that are not finite, missing columns.
    """
    exposures = catalog.table("exposures")
    users = aggregate.exposed(exposures, experiment=design.experiment, only=design.only, segments=design.segments)
    tables = _fact_tables(design.metrics)
    try:
        period = check_exposures(users, exposures, design)
    except DataError as error:
        raise _with_faults_of_facts(error, catalog, tables, design.metrics) from None
    if tables and period.first is None:
        raise DataError(
            f"the metrics count {' and '.join(tables)} after exposure, but the table exposures has no exposed_at; "
            "map it in the catalogue"
        )
    if design.planned_end and period.first is None and design.data_until is None:
        raise StudyError(
            f"planned_end is {design.planned_end}, but the table exposures has no exposed_at, so nobody can tell "
            "whether that day has come; say in data_until how far the data go, map exposed_at, or leave planned_end out"
        )
    keys = ["variant", *design.segments, *(["day"] if period.first else [])]
    sources = {name: catalog.source(name) for name in ["exposures", *tables]}
    breaches = _check_facts(catalog, tables, design.metrics)
    refuse(breaches)
    spans = {name: _span(sources[name], design.data_until) for name in tables}
    wide = aggregate.per_user(
        users,
        {name: catalog.table(name) for name in tables},
        {name: canonical(name).clock for name in tables},
        spans,
        design.metrics,
        keys=keys,
    )
    layouts, frame, shifts = _moments(wide, design, keys, spans, period)
    _refuse_scattered(frame, design)
    counts = frame.groupby("variant")["users"].sum()
    if design.control not in counts.index:
        raise StudyError(
            f"the experiment {design.experiment!r}: {unknown('variant', design.control, counts.index)}; "
            "set `control` to one of them"
        )
    if len(counts) < 2:
        raise DataError(
            f"everybody in the experiment {design.experiment!r} is in the variant {design.control!r}; "
            "there is nobody to compare with"
        )
    _check_split_names(design, list(counts.index))
    order = dict.fromkeys([design.control, *(v for v in design.shares if v in counts.index), *sorted(counts.index)])
    return Measured(
        users={variant: int(counts[variant]) for variant in order},
        metrics={plan.metric.name: _metric_moments(i, plan, frame, keys, shifts) for i, plan in enumerate(layouts)},
        first=period.first.date() if period.first else None,
        last=period.last.date() if period.last else None,
        as_of=_as_of(sources, tables, design.data_until),
        sources=tuple(sources.values()),
        numbered=catalog.file.mapping("exposures").row_id == "user_id",
        breaches=breaches,
    )


def _check_facts(catalog: Catalog, tables: Sequence[str], metrics: Sequence[Metric]) -> tuple[Breach, ...]:
    """Hold the tables that the metrics count to their contracts."""
    found: list[Breach] = []
    for table in tables:
        counted = [part for part in parts(metrics) if isinstance(part, FactMetric) and part.table == table]
        values = dict.fromkeys(part.value for part in counted if part.value)
        try:
            found += check_contract(catalog, table, columns=tuple(values))
        except DataError as error:
            found.append(Breach(table, (), str(error), 0, 0, (), "fail"))
    return tuple(found)


def _with_faults_of_facts(
    error: DataError, catalog: Catalog, tables: Sequence[str], metrics: Sequence[Metric]
) -> DataError:
    """What is wrong with the exposures, and with the facts: who mends the one may as well mend the other."""
    fatal = [breach.detail for breach in _check_facts(catalog, tables, metrics) if breach.severity == "fail"]
    return DataError(SEVERAL.join([str(error), *fatal]))


def _check_split_names(design: Design, found: Sequence[str]) -> None:
    """A split that names other variants than there are is a slip of the pen, not a loss of users."""
    undeclared = [variant for variant in found if variant not in design.shares]
    if not design.shares or not undeclared:
        return
    absent = [variant for variant in design.shares if variant not in found]
    if absent:
        raise StudyError(f"split: {unknown('variant', absent[0], undeclared)}; name the variants as the data do")
    raise StudyError(
        f"split: it doesn't name {', '.join(map(repr, undeclared))}, which has users; give every variant its share, "
        "or leave users out with `only`"
    )


def _refuse_scattered(frame: pd.DataFrame, design: Design) -> None:
    for breakdown in design.breakdowns:
        count = len(frame[list(breakdown)].drop_duplicates())
        if count > MOST_SEGMENTS:
            raise StudyError(
                f"segments: there are {count:,} of {' and '.join(breakdown)}, more than the {MOST_SEGMENTS} that can "
                "be looked at; group them in the source, or choose some with `only`"
            )


def _moments(
    wide: Table, design: Design, keys: Sequence[str], spans: Mapping[str, Span], period: Period
) -> tuple[list[Layout], pd.DataFrame, dict[str, float]]:
    """The layouts, the frame of moments and what was taken off each column first.

    Shifted sums where every user has every value, else with care.
    """
    whole = [layout(metric, some_missing=False) for metric in design.metrics]
    columns = sorted({column for plan in whole for column in plan.columns})
    shifts = {} if spans else _centres(_collect_or_name(aggregate.at_hand(wide, columns), wide, columns), columns)
    if not spans:
        frame = _collect_finite(aggregate.clean_moments(wide, whole, keys, shifts), wide, columns)
        lacking = {column for column in columns if (frame[f"known__{column}"] < frame["users"]).any()}
        if not lacking and not _loses_digits(frame, columns):
            return whole, frame, shifts
    else:
        lacking = _begin_too_late(design.metrics, spans, period) | _incomplete(wide, columns)
    layouts = [layout(plan.metric, some_missing=bool(lacking & set(plan.columns[plan.width :]))) for plan in whole]
    frame = _collect_finite(aggregate.careful_moments(wide, layouts, keys, spans, shifts), wide, columns)
    if not shifts and (shifts := _offsets(frame, layouts)):
        frame = _collect_finite(aggregate.careful_moments(wide, layouts, keys, spans, shifts), wide, columns)
    return layouts, frame, shifts


def _begin_too_late(metrics: Sequence[Metric], spans: Mapping[str, Span], period: Period) -> set[str]:
    """The covariates that some users lack: the data begin too late, or without facts there is no mean or maximum."""
    return {
        part.name + BEFORE
        for part in parts(metrics)
        if isinstance(part, FactMetric)
        and part.pre_days
        and (
            part.aggregate in {"mean", "max"}
            or (period.first is not None and period.first < spans[part.table].first + timedelta(days=part.pre_days))
        )
    }


def _incomplete(wide: Table, columns: Sequence[str]) -> set[str]:
    """The columns of `exposures` among the covariates that have no value for some users."""
    covariates = [column for column in columns if column.endswith(COVARIATE)]
    if not covariates:
        return set()
    known = collect(aggregate.values_known(wide, covariates)).iloc[0]
    return {column for column in covariates if known[column] < known["users"]}


def _centres(at_hand: pd.DataFrame, columns: Sequence[str]) -> dict[str, float]:
    """What to take off each column first: about its mean."""
    means = {column: float(at_hand[column].iloc[0]) for column in columns}
    return {column: _few_bits(mean) if np.isfinite(mean) else 0.0 for column, mean in means.items()}


def _loses_digits(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether a group's mean is so far from what was taken off that its variance keeps fewer than ten digits.

    The first rows may be unlike the rest, or the groups far apart; no single number serves them all then.
    """
    for column in columns:
        mean = frame[f"sum__{column}"] / frame["users"]
        variance = frame[f"sum__{column}__{column}"] / frame["users"] - mean**2
        if ((variance != 0) & (mean**2 > FARTHEST**2 * variance)).any():
            return True
    return False


def _few_bits(value: float) -> float:
    """The value to 26 bits: up to 2^27 equal values less this add up without rounding, so that zeros have mean zero."""
    mantissa, exponent = frexp(value)
    return ldexp(round(ldexp(mantissa, 26)), exponent - 26)


def _offsets(frame: pd.DataFrame, layouts: Sequence[Layout]) -> dict[str, float]:
    """What to take off the columns whose mean is so large that an engine's variance loses digits to it."""
    found = {}
    for i, plan in enumerate(layouts):
        largest = frame[f"n_m{i}"].idxmax()
        for j, column in enumerate(plan.columns):
            mean, variance = frame[f"mean_m{i}_{j}"], frame[f"cov_m{i}_{j}_{j}"]
            if ((variance > 0) & (variance < (SMALLEST_SPREAD * mean) ** 2)).any():
                found[column] = _few_bits(float(mean[largest]))
    return found


def _collect_finite(moments: Table, wide: Table, columns: Sequence[str]) -> pd.DataFrame:
    """Collect moments, or name the users whose values cannot be counted."""
    frame = _collect_or_name(moments, wide, columns)
    for name in map(str, frame.columns):
        kind, _, column = name.partition("_")
        if kind == "mean" or f"known__{name.removeprefix('sum__')}" in frame:
            count = f"n_{column.rpartition('_')[0]}" if kind == "mean" else f"known__{name.removeprefix('sum__')}"
            # Without anybody there is no number, which is no fault of the values.
            if not np.isfinite(frame.loc[frame[count] > 0, name].to_numpy(dtype=float)).all():
                _refuse_unusable(wide, columns)
    return frame


def _collect_or_name(asked: Table, wide: Table, columns: Sequence[str]) -> pd.DataFrame:
    try:
        return collect(asked, max_rows=MOST_GROUPS)
    except DataError:
        # An engine may refuse the variance of an infinite value instead of passing it on.
        _refuse_unusable(wide, columns)
        raise


def _refuse_unusable(wide: Table, columns: Sequence[str]) -> None:
    for column in columns:
        wrong = aggregate.unusable(wide, column)
        count = int(collect(wrong.aggregate(count=wrong.count()))["count"].iloc[0])
        if count:
            examples = ", ".join(f"user {row.user_id}: {row.value}" for row in collect(wrong.limit(3)).itertuples())
            raise DataError(
                f"{column.rpartition('__')[0]!r}: {count:,} users have a value that is no number or infinite "
                f"(for example {examples}); correct them, or store them as missing"
            )


def _metric_moments(
    i: int, plan: Layout, frame: pd.DataFrame, keys: Sequence[str], shifts: Mapping[str, float]
) -> MetricMoments:
    made = _from_covariances if f"n_m{i}" in frame else _from_shifted_sums
    table = made(i, plan, frame, keys, shifts)
    return MetricMoments(
        name=plan.metric.name,
        outcome=plan.outcome,
        covariates=plan.covariates,
        table=table,
        left_out=_per_variant(frame, frame["users"] - table.n),
        open_windows=_per_variant(frame, frame[f"open_m{i}"]) if f"open_m{i}" in frame else {},
    )


def _per_variant(frame: pd.DataFrame, users: pd.Series[int]) -> dict[str, int]:
    return {str(variant): int(count) for variant, count in users.groupby(frame["variant"]).sum().items()}


def _from_shifted_sums(
    _: int, plan: Layout, frame: pd.DataFrame, keys: Sequence[str], shifts: Mapping[str, float]
) -> MomentTable:
    n = frame["users"].to_numpy(dtype=np.int64)
    sums = frame[[f"sum__{column}" for column in plan.columns]].to_numpy(dtype=float)
    products = np.empty((len(frame), len(plan.columns), len(plan.columns)))
    for j, a in enumerate(plan.columns):
        for k, b in enumerate(plan.columns):
            name = f"sum__{a}__{b}" if f"sum__{a}__{b}" in frame else f"sum__{b}__{a}"
            products[:, j, k] = frame[name]
    comoment = products - sums[:, :, None] * sums[:, None, :] / n[:, None, None]
    mean = np.array([shifts[column] for column in plan.columns]) + sums / n[:, None]
    return MomentTable(plan.columns, frame[list(keys)], n, mean, comoment)


def _from_covariances(
    i: int, plan: Layout, frame: pd.DataFrame, keys: Sequence[str], shifts: Mapping[str, float]
) -> MomentTable:
    n = frame[f"n_m{i}"].to_numpy(dtype=np.int64)
    k = len(plan.columns)
    shift = np.array([shifts.get(column, 0.0) for column in plan.columns])
    mean = frame[[f"mean_m{i}_{j}" for j in range(k)]].to_numpy(dtype=float) + shift
    mean[n == 0] = 0.0
    comoment = np.empty((len(frame), k, k))
    for j in range(k):
        for m in range(k):
            # NULL for fewer than two users, whose deviations are zero.
            comoment[:, j, m] = frame[f"cov_m{i}_{min(j, m)}_{max(j, m)}"].fillna(0.0) * np.maximum(n - 1, 0)
    return MomentTable(plan.columns, frame[list(keys)], n, mean, comoment)


def _fact_tables(metrics: Sequence[Metric]) -> list[str]:
    return list(dict.fromkeys(part.table for part in parts(metrics) if isinstance(part, FactMetric)))


def _span(source: Source, data_until: date | None) -> Span:
    if source.first is None or source.last is None:
        raise DataError(f"the table {source.table} is empty or has no time; nothing can be counted after exposure")
    last = datetime.fromisoformat(source.last)
    if data_until:
        last = datetime.combine(data_until, time()) + timedelta(days=1)
    return Span(datetime.fromisoformat(source.first), last)


def _as_of(sources: Mapping[str, Source], tables: Sequence[str], data_until: date | None) -> date | None:
    """The first day that some table of outcomes does not wholly cover; its last hour may be quiet."""
    if data_until:
        return data_until + timedelta(days=1)
    ends = [sources[name].last for name in tables or ["exposures"]]
    known = [(datetime.fromisoformat(end) + timedelta(hours=1)).date() for end in ends if end]
    return min(known) if known else None
