"""Which columns per user a metric's moments are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.abtest.means import Quantity
from workbench.tables.metrics import ColumnMetric, FactMetric, Metric, RatioMetric

# A metric may have the name of a column of exposures, and a covariate that of a metric: each kind has its own ending.
OUTCOME, BEFORE, COVARIATE, KNOWN, SEGMENT = "__outcome", "__before", "__covariate", "__known", "__segment"


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

    @property
    def width(self) -> int:
        """How many columns the outcome takes; the covariates follow."""
        return 1 if self.outcome.denominator is None else 2


def layout(metric: Metric, *, some_missing: bool) -> Layout:
    """The columns of one metric; with `some_missing`, each covariate brings a column that says whether it was there."""
    ends = (metric.numerator, metric.denominator) if isinstance(metric, RatioMetric) else (metric,)
    outcome = [end.name + OUTCOME for end in ends]
    before = [_covariates(end) for end in ends]
    covariates = list(dict.fromkeys(name for names in before for name in names))
    present = [name + KNOWN for name in covariates] if some_missing else []
    first = len(outcome)
    if not some_missing and len(covariates) == 2 and [len(names) for names in before] == [1, 1]:
        # The same ratio before exposure: one covariate made of two columns.
        quantities: tuple[Quantity, ...] = (Quantity(first, first + 1),)
    else:
        quantities = tuple(Quantity(first + i) for i in range(len(covariates) + len(present)))
    return Layout(metric, (*outcome, *covariates, *present), Quantity(0, 1 if len(outcome) == 2 else None), quantities)


def parts(metrics: Sequence[Metric]) -> list[FactMetric | ColumnMetric]:
    """Every metric that is not a ratio, each once: the ratios' parts too."""
    found: dict[str, FactMetric | ColumnMetric] = {}
    for metric in metrics:
        for part in (metric.numerator, metric.denominator) if isinstance(metric, RatioMetric) else (metric,):
            found[part.name] = part
    return list(found.values())


def _covariates(part: FactMetric | ColumnMetric) -> list[str]:
    if isinstance(part, FactMetric):
        return [part.name + BEFORE] if part.pre_days else []
    return [column + COVARIATE for column in part.covariates]
