"""Metric definitions, each declared once in a YAML file.

Three shapes: facts after exposure (`FactMetric`), a column of one row per user (`ColumnMetric`), and a ratio of two
of those (`RatioMetric`).  Reading refuses whatever could not be computed, or would be computed as something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.configuration import from_root, read_yaml, shown, validate
from workbench.errors import StudyError, unknown
from workbench.tables.schema import TABLES, CanonicalTable

Better = Literal["up", "down"] | None
Aggregate = Literal["any", "count", "sum", "mean", "max"]
Scalar = str | int | float | bool
SHARE = "share"


@dataclass(frozen=True, slots=True)
class FactMetric:
    """Per exposed user, an aggregate of the facts in [exposed_at, exposed_at + window).

    Attributes:
        name: Its name in the file.
        label: Words for reports.
        table: Canonical table of the facts, with users and a clock.
        aggregate: any (did it happen: 0 or 1), count, sum, mean or max of `value`.
        value: Column that is aggregated, None for any and count.
        where: Column → values that a fact may have there; all of them must hold.
        window_days: Length of the window after exposure.
        pre_days: Length of the window before exposure that gives the covariate, 0 for none.
        better: Which direction is good news; None if neither is.
        unit: A currency code, "share", another unit in words, or "".
        margin: As a guardrail, the largest acceptable relative loss (0.02 is 2 %); None if it has none.
    """

    name: str
    label: str
    table: str
    aggregate: Aggregate
    value: str | None
    where: Mapping[str, tuple[Scalar, ...]] = field(hash=False)
    window_days: int
    pre_days: int
    better: Better
    unit: str
    margin: float | None


@dataclass(frozen=True, slots=True)
class ColumnMetric:
    """A column of `exposures`, which holds one row per user already.

    Attributes:
        value: The column.
        covariates: Columns known before exposure, for CUPED.
        name, label, better, unit, margin: As in `FactMetric`.
    """

    name: str
    label: str
    value: str
    covariates: tuple[str, ...]
    better: Better
    unit: str
    margin: float | None


@dataclass(frozen=True, slots=True)
class RatioMetric:
    """The mean of one metric over the mean of another, both over all exposed users.

    Attributes:
        numerator, denominator: The two metrics; over the same window if they have one.
        name, label, better, unit, margin: As in `FactMetric`.
    """

    name: str
    label: str
    numerator: FactMetric | ColumnMetric
    denominator: FactMetric | ColumnMetric
    better: Better
    unit: str
    margin: float | None


Metric = FactMetric | ColumnMetric | RatioMetric


@dataclass(frozen=True, slots=True)
class Metrics:
    """The metrics of one file.

    Attributes:
        path: The file.
        by_name: Name → metric, in the order of the file.
    """

    path: Path
    by_name: Mapping[str, Metric] = field(hash=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Every metric's name."""
        return tuple(self.by_name)

    def get(self, name: str) -> Metric:
        """The metric of this name.

        Raises:
            StudyError: There is none; names the nearest.
        """
        if name not in self.by_name:
            raise StudyError(f"{shown(self.path)}: {unknown('metric', name, self.by_name)}")
        return self.by_name[name]


Text = Annotated[str, Field(min_length=1)]


class _Entry(BaseModel):
    """What every metric says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Text | None = None
    better: Better
    unit: str = ""
    margin: Annotated[float, Field(ge=0, lt=1)] | None = None


class _FactEntry(_Entry):
    table: Text
    aggregate: Aggregate
    value: Text | None = None
    where: dict[Text, Scalar | Annotated[list[Scalar], Field(min_length=1)]] = {}
    window_days: Annotated[int, Field(gt=0, le=3660)]
    pre_days: Annotated[int, Field(ge=0, le=3660)] = 0


class _ColumnEntry(_Entry):
    table: Literal["exposures"]
    value: Text
    covariates: list[Text] = []


class _RatioEntry(_Entry):
    numerator: Text
    denominator: Text


def read_metrics(path: str | Path) -> Metrics:
    """Read and check a file of metric definitions.

    Args:
        path: The YAML file; relative to the project's root.

    Raises:
        StudyError: A definition is broken or cannot be computed; says which, why, and what would do.
    """
    path = from_root(path)
    document = read_yaml(path)
    if not isinstance(document, dict) or not document:
        raise StudyError(f"{shown(path)}: wanted metrics, each a name with its definition; found none")
    names = [str(name) for name in document]
    # Names become columns, whose case engines fold.
    counts = Counter(name.casefold() for name in names)
    alike = [repr(name) for name in names if counts[name.casefold()] > 1]
    if alike:
        raise StudyError(f"{shown(path)}: engines fold case, so these are one name: {', '.join(alike)}; rename one")
    entries = dict(zip(names, document.values(), strict=True))
    plain = {
        name: _plain(name, entry, f"{shown(path)}: {name}") for name, entry in entries.items() if not _is_ratio(entry)
    }
    metrics = {
        name: plain[name] if name in plain else _ratio(name, entry, plain, entries, f"{shown(path)}: {name}")
        for name, entry in entries.items()
    }
    return Metrics(path, MappingProxyType(metrics))


def _is_ratio(entry: Any) -> bool:
    return isinstance(entry, dict) and bool({"numerator", "denominator"} & set(entry))


def _plain(name: str, entry: Any, where: str) -> FactMetric | ColumnMetric:
    if isinstance(entry, dict) and entry.get("table") == "exposures":
        return _column(name, entry, where)
    return _fact(name, validate(_FactEntry, entry, where), where)


def _column(name: str, entry: dict[str, Any], where: str) -> ColumnMetric:
    facts_only = sorted({"aggregate", "window_days", "pre_days", "where"} & set(entry))
    if facts_only:
        raise StudyError(
            f"{where}: exposures has one row per user already, so {facts_only[0]} means nothing there; "
            "leave it out, or name the table of the facts (orders, events, …)"
        )
    read = validate(_ColumnEntry, entry, where)
    repeated = [column for column in read.covariates if read.covariates.count(column) > 1]
    if repeated:
        raise StudyError(f"{where}: covariates names {repeated[0]!r} twice; name it once")
    if read.value in read.covariates:
        raise StudyError(f"{where}: {read.value!r} cannot be its own covariate; name columns known before exposure")
    return ColumnMetric(
        name, _label(name, read), read.value, tuple(read.covariates), read.better, read.unit, read.margin
    )


def _fact(name: str, read: _FactEntry, where: str) -> FactMetric:
    if read.table not in TABLES:
        raise StudyError(f"{where}: {unknown('table', read.table, _fact_tables())}")
    if read.table not in _fact_tables():
        raise StudyError(
            f"{where}: {read.table} does not say which user did it and when; wanted one of {', '.join(_fact_tables())}"
        )
    takes_value = read.aggregate in {"sum", "mean", "max"}
    if takes_value and read.value is None:
        raise StudyError(f"{where}: {read.aggregate} of what? add value: <a column of {read.table}>")
    if not takes_value and read.value is not None:
        raise StudyError(f"{where}: {read.aggregate} takes no value; leave value out, or use sum, mean or max")
    if read.aggregate == "any" and read.unit not in {"", SHARE}:
        raise StudyError(f"{where}: the unit of any is {SHARE}, found {read.unit!r}; leave unit out")
    allowed = {column: tuple(value) if isinstance(value, list) else (value,) for column, value in read.where.items()}
    return FactMetric(
        name=name,
        label=_label(name, read),
        table=read.table,
        aggregate=read.aggregate,
        value=read.value,
        where=MappingProxyType(allowed),
        window_days=read.window_days,
        pre_days=read.pre_days,
        better=read.better,
        unit=SHARE if read.aggregate == "any" else read.unit,
        margin=read.margin,
    )


def _fact_tables() -> list[str]:
    return [table.name for table in TABLES.values() if table.name != "exposures" and _has_user_and_clock(table)]


def _has_user_and_clock(table: CanonicalTable) -> bool:
    return "user_id" in table.columns and table.columns.get(table.clock) == "time"


def _ratio(
    name: str, entry: Any, plain: Mapping[str, FactMetric | ColumnMetric], entries: Mapping[str, Any], where: str
) -> RatioMetric:
    read = validate(_RatioEntry, entry, where)
    for end, other in (("numerator", read.numerator), ("denominator", read.denominator)):
        if other in entries and other not in plain:
            raise StudyError(f"{where}: its {end} {other!r} is a ratio itself; name a metric that is none")
        if other not in plain:
            raise StudyError(f"{where}: {end}: {unknown('metric', other, plain)}")
    numerator, denominator = plain[read.numerator], plain[read.denominator]
    windows = {metric.window_days for metric in (numerator, denominator) if isinstance(metric, FactMetric)}
    if len(windows) > 1:
        raise StudyError(
            f"{where}: its numerator and denominator look {' and '.join(map(str, sorted(windows)))} days after "
            "exposure; a ratio needs one window"
        )
    return RatioMetric(name, _label(name, read), numerator, denominator, read.better, read.unit, read.margin)


def _label(name: str, read: _Entry) -> str:
    words = name.replace("_", " ")
    return read.label or words[:1].upper() + words[1:]
