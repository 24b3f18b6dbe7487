"""From a catalogue to moments: the exposures' account, then one scan for all metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from workbench.abtest import aggregate
from workbench.abtest.aggregate import Layout, Span
from workbench.abtest.design import Design
from workbench.abtest.effects import MetricMoments
from workbench.errors import DataError, StudyError, unknown
from workbench.stats import MomentTable
from workbench.tables import Catalog, Source, collect
from workbench.tables.metrics import FactMetric, Metric
from workbench.tables.schema import canonical


@dataclass(frozen=True, slots=True)
class Measured:
    """What the tables say about one experiment.

    Attributes:
        users: Exposed users per variant, the control first.
        metrics: The moments of each metric, by its name.
        first, last: Days of the first and last exposure, None without `exposed_at`.
        as_of: Last day that the data cover, None where they have no clock.
        sources: The tables that were read.
    """

    users: Mapping[str, int]
    metrics: Mapping[str, MetricMoments]
    first: date | None
    last: date | None
    as_of: date | None
    sources: tuple[Source, ...]


def measure(catalog: Catalog, design: Design) -> Measured:
    """Ask the tables for the moments of every metric of the design, per variant × segment × day of exposure.

    Raises:
        StudyError: The experiment or the control is unknown.
        DataError: Duplicate users, users in two variants, missing ids, values that are not finite, missing columns.
    """
    exposures = catalog.table("exposures")
    users = aggregate.exposed(exposures, experiment=design.experiment, only=design.only, segments=design.segments)
    account = _account(users, exposures, design)
    tables = _fact_tables(design.metrics)
    if tables and account.first is None:
        raise DataError(
            f"the metrics count {' and '.join(tables)} after exposure, but the table exposures has no exposed_at; "
            "map it in the catalogue"
        )
    sources = {name: catalog.source(name) for name in ["exposures", *tables]}
    spans = {name: _span(sources[name]) for name in tables}
    wide = aggregate.per_user(
        users,
        {name: catalog.table(name) for name in tables},
        {name: canonical(name).clock for name in tables},
        spans,
        design.metrics,
    )
    keys = ["variant", *design.segments, *(["day"] if account.first else [])]
    layouts, frame, shifts = _moments(wide, design, keys, spans, account)
    counts = frame.groupby("variant")["users"].sum()
    if design.control not in counts.index:
        raise StudyError(
            f"the experiment {design.experiment!r}: {unknown('variant', design.control, counts.index)}; "
            "set `control` to one of them"
        )
    order = [design.control, *sorted(set(counts.index) - {design.control})]
    return Measured(
        users={variant: int(counts[variant]) for variant in order},
        metrics={plan.metric.name: _metric_moments(i, plan, frame, keys, shifts) for i, plan in enumerate(layouts)},
        first=account.first.date() if account.first else None,
        last=account.last.date() if account.last else None,
        as_of=_as_of(sources, tables),
        sources=tuple(sources.values()),
    )


@dataclass(frozen=True, slots=True)
class _Account:
    first: datetime | None
    last: datetime | None


def _account(users: Table, exposures: Table, design: Design) -> _Account:
    """Refuse exposures of which no honest count can be made."""
    row = collect(aggregate.account(users)).iloc[0]
    if row["rows"] == 0:
        _refuse_nobody(exposures, design)
    for column, missing in (
        ("user_id", row["no_user"]),
        ("variant", row["no_variant"]),
        ("exposed_at", row.get("no_time", 0)),
    ):
        if missing:
            raise DataError(
                f"{missing:,.0f} of {row['rows']:,} exposures of {design.experiment!r} have no {column}; "
                "complete them or leave them out of the table"
            )
    if row["users"] < row["rows"]:
        _refuse_repeated(users, design, int(row["users"]))
    if "first" not in row:
        return _Account(None, None)
    return _Account(row["first"].to_pydatetime(), row["last"].to_pydatetime())


def _refuse_nobody(exposures: Table, design: Design) -> None:
    known = (
        collect(exposures.select(experiment=exposures.experiment.cast("string")).distinct())["experiment"]
        .dropna()
        .tolist()
    )
    if not known:
        raise DataError("the table exposures is empty; there is nobody to compare")
    if design.experiment not in known:
        raise StudyError(f"the table exposures: {unknown('experiment', design.experiment, sorted(known))}")
    wanted = " and ".join(f"{column} in ({', '.join(values)})" for column, values in design.only.items())
    raise DataError(f"nobody in the experiment {design.experiment!r} has {wanted}; widen or correct `only`")


def _refuse_repeated(users: Table, design: Design, distinct: int) -> None:
    repeated = collect(aggregate.repeated(users))
    both = repeated[repeated["variants"] > 1]
    wrong, what, cure = (
        (
            both,
            "users are in more than one variant",
            "find out how they could be, and leave them out of the table exposures",
        )
        if len(both)
        else (repeated, "users stand more than once in the table exposures", "keep the first exposure of each")
    )
    examples = ", ".join(str(user) for user in wrong["user_id"].head(3))
    raise DataError(
        f"experiment {design.experiment!r}: {len(wrong):,} of {distinct:,} {what} (for example user {examples}); {cure}"
    )


def _moments(
    wide: Table, design: Design, keys: Sequence[str], spans: Mapping[str, Span], account: _Account
) -> tuple[list[Layout], pd.DataFrame, dict[str, float]]:
    """The layouts and the frame of moments: shifted sums where every user has every value, else with care."""
    if not spans:
        layouts = [aggregate.layout(metric, some_missing=False) for metric in design.metrics]
        columns = sorted({column for plan in layouts for column in plan.columns})
        means = collect(aggregate.at_hand(wide, columns)).iloc[0]
        shifts = {column: float(means[column]) if np.isfinite(means[column]) else 0.0 for column in columns}
        frame = _collect_finite(aggregate.clean_moments(wide, layouts, keys, shifts), wide, columns)
        missing = {column for column in columns if (frame[f"known__{column}"] < frame["users"]).any()}
        if not missing:
            return layouts, frame, shifts
    else:
        missing = {f"{name}__before" for name in _begin_too_late(design.metrics, spans, account)}
    layouts = []
    for metric in design.metrics:
        plan = aggregate.layout(metric, some_missing=False)
        lacks = missing & set(plan.columns[1 if plan.outcome.denominator is None else 2 :])
        layouts.append(aggregate.layout(metric, some_missing=True) if lacks else plan)
    columns = sorted({column for plan in layouts for column in plan.columns if not column.endswith("__known")})
    return layouts, _collect_finite(aggregate.careful_moments(wide, layouts, keys, spans), wide, columns), {}


def _begin_too_late(metrics: Sequence[Metric], spans: Mapping[str, Span], account: _Account) -> list[str]:
    """The metrics whose window before exposure is not in the data for the first users exposed."""
    return [
        part.name
        for part in aggregate.parts(metrics)
        if isinstance(part, FactMetric)
        and part.pre_days
        and account.first is not None
        and account.first < spans[part.table].first + pd.Timedelta(days=part.pre_days)
    ]


def _collect_finite(moments: Table, wide: Table, columns: Sequence[str]) -> pd.DataFrame:
    """Collect, or name the users whose values cannot be counted."""
    try:
        frame = collect(moments)
    except DataError:
        # An engine may refuse the variance of an infinite value instead of passing it on.
        _refuse_unusable(wide, columns)
        raise
    totals = [name for name in frame if str(name).startswith(("sum__", "mean_"))]
    if not np.isfinite(frame[totals].dropna(how="all").to_numpy(dtype=float)).all():
        _refuse_unusable(wide, columns)
    return frame


def _refuse_unusable(wide: Table, columns: Sequence[str]) -> None:
    for column in columns:
        wrong = aggregate.unusable(wide, column)
        count = int(collect(wrong.aggregate(count=wrong.count()))["count"].iloc[0])
        if count:
            examples = ", ".join(f"user {row.user_id}: {row.value}" for row in collect(wrong.limit(3)).itertuples())
            raise DataError(
                f"{column.removesuffix('__before')!r}: {count:,} users have a value that is no number or infinite "
                f"(for example {examples}); correct them, or store them as missing"
            )


def _metric_moments(
    i: int, plan: Layout, frame: pd.DataFrame, keys: Sequence[str], shifts: Mapping[str, float]
) -> MetricMoments:
    table = _from_shifted_sums(plan, frame, keys, shifts) if shifts else _from_covariances(i, plan, frame, keys)
    left_out = (frame["users"] - table.n).groupby(frame["variant"]).sum()
    return MetricMoments(
        name=plan.metric.name,
        outcome=plan.outcome,
        covariates=plan.covariates,
        table=table,
        left_out={str(variant): int(count) for variant, count in left_out.items()},
        open_windows=int(frame[f"open_m{i}"].sum()) if f"open_m{i}" in frame else 0,
    )


def _from_shifted_sums(
    plan: Layout, frame: pd.DataFrame, keys: Sequence[str], shifts: Mapping[str, float]
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


def _from_covariances(i: int, plan: Layout, frame: pd.DataFrame, keys: Sequence[str]) -> MomentTable:
    n = frame[f"n_m{i}"].to_numpy(dtype=np.int64)
    k = len(plan.columns)
    mean = frame[[f"mean_m{i}_{j}" for j in range(k)]].fillna(0.0).to_numpy(dtype=float)
    comoment = np.empty((len(frame), k, k))
    for j in range(k):
        for m in range(k):
            # NULL for fewer than two users, whose deviations are zero.
            comoment[:, j, m] = frame[f"cov_m{i}_{min(j, m)}_{max(j, m)}"].fillna(0.0) * np.maximum(n - 1, 0)
    return MomentTable(plan.columns, frame[list(keys)], n, mean, comoment)


def _fact_tables(metrics: Sequence[Metric]) -> list[str]:
    return list(dict.fromkeys(part.table for part in aggregate.parts(metrics) if isinstance(part, FactMetric)))


def _span(source: Source) -> Span:
    if source.first is None or source.last is None:
        raise DataError(f"the table {source.table} is empty or has no time; nothing can be counted after exposure")
    return Span(datetime.fromisoformat(source.first), datetime.fromisoformat(source.last))


def _as_of(sources: Mapping[str, Source], tables: Sequence[str]) -> date | None:
    """The last day that every table of outcomes covers."""
    ends = [sources[name].last for name in tables or ["exposures"]]
    known = [datetime.fromisoformat(end).date() for end in ends if end]
    return min(known) if known else None
