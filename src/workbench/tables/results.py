"""The only place that asks an engine for rows."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from workbench.errors import DataError
from workbench.tables.faults import spoken


def collect(expr: Any, *, max_rows: int = 5_000_000) -> pd.DataFrame:
    """The rows of an Ibis expression.

    Args:
        expr: An Ibis table expression, compact: an aggregate, not the rows of a fact table.
        max_rows: Refuse more rows than this.

    Returns:
        Its columns in their order: decimals as float64; times and days as datetime64[us] without zone (UTC
        where the engine knew a zone); text as it is.

    Raises:
        DataError: The engine refuses, or there are more rows than `max_rows`; says how many.
    """
    arrow: pa.Table = spoken(lambda: expr.limit(max_rows + 1).to_pyarrow(), "the engine could not answer")
    if arrow.num_rows > max_rows:
        rows = spoken(lambda: int(expr.count().to_pyarrow().as_py()), "the engine could not answer")
        raise DataError(
            f"the result has {rows:,} rows, more than the {max_rows:,} that are taken into memory; ask for fewer groups"
        )
    plain = pa.table([_plain(column) for column in arrow.columns], names=arrow.column_names)
    frame: pd.DataFrame = plain.to_pandas()
    return frame


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return column.cast(pa.timestamp("us"), safe=False)
    return column
