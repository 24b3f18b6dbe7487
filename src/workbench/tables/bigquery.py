"""What Ibis says to BigQuery where that engine would refuse it."""

from __future__ import annotations

from typing import Any

import sqlglot.expressions as sge
from ibis.backends.sql.compilers.bigquery import BigQueryCompiler


def add_to_local_times() -> None:
    """Let a time without a zone be shifted by an interval: Ibis 12 asks TIMESTAMP_ADD, which takes a zone only."""
    zoned = BigQueryCompiler.visit_TimestampAddSub

    def visit(compiler: Any, op: Any, *, left: Any, right: Any) -> Any:
        if op.left.dtype.timezone or not isinstance(right, sge.Interval):
            return zoned(compiler, op, left=left, right=right)
        kind = sge.Sub if type(op).__name__ == "TimestampSub" else sge.Add
        return sge.paren(kind(this=left, expression=right))

    BigQueryCompiler.visit_TimestampAdd = BigQueryCompiler.visit_TimestampSub = visit
