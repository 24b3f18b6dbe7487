"""Tables: the only code that knows an engine."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.tables.breach import Breach
    from workbench.tables.catalog import Catalog, open_catalog
    from workbench.tables.contracts import check_contract
    from workbench.tables.examination import Examination, examine, require
    from workbench.tables.fingerprint import fingerprints
    from workbench.tables.metrics import ColumnMetric, FactMetric, Metric, Metrics, RatioMetric, read_metrics
    from workbench.tables.results import collect
    from workbench.tables.source import Source

_HOMES = {
    "Catalog": "catalog",
    "open_catalog": "catalog",
    "collect": "results",
    "Breach": "breach",
    "check_contract": "contracts",
    "Examination": "examination",
    "examine": "examination",
    "require": "examination",
    "fingerprints": "fingerprint",
    "ColumnMetric": "metrics",
    "FactMetric": "metrics",
    "Metric": "metrics",
    "Metrics": "metrics",
    "RatioMetric": "metrics",
    "read_metrics": "metrics",
    "Source": "source",
}
__all__ = [
    "Breach",
    "Catalog",
    "ColumnMetric",
    "Examination",
    "FactMetric",
    "Metric",
    "Metrics",
    "RatioMetric",
    "Source",
    "check_contract",
    "collect",
    "examine",
    "fingerprints",
    "open_catalog",
    "read_metrics",
    "require",
]


def __getattr__(name: str) -> Any:
    """Load a name's home only when it is asked for: the runner wants fingerprints without paying for an engine."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
