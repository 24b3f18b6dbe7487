"""Everything that can be asked of one table before its numbers are believed, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from workbench.tables.catalog import Catalog
from workbench.tables.contracts import Breach, check_contract
from workbench.tables.schema import canonical


@dataclass(frozen=True, slots=True)
class Examination:
    """What one table is, and what it breaks.

    Attributes:
        table: Canonical table.
        rows: Its rows; 0 if it is empty or cannot be read.
        first, last: First and last time on the business clock; None without a clock, rows, or if it cannot be read.
        present: The canonical columns that it has, in the schema's order, those that the catalogue derives among them.
        lacks_required: Required columns that neither source nor catalogue gives; then nothing else was asked.
        lacks_optional: Optional and derived columns that it does not have.
        missing_ids: Id column → share of rows without one, 0 to 1; only columns that it has.
        breaches: Failures first; a table that cannot be read has one that says why.
    """

    table: str
    rows: int
    first: datetime | None
    last: datetime | None
    present: tuple[str, ...]
    lacks_required: tuple[str, ...]
    lacks_optional: tuple[str, ...]
    missing_ids: Mapping[str, float]
    breaches: tuple[Breach, ...]

    @property
    def sound(self) -> bool:
        """Whether no breach makes its numbers wrong."""
        return all(breach.severity != "fail" for breach in self.breaches)


def examine(catalog: Catalog, name: str, *, now: datetime | None = None) -> Examination:
    """Hold one table to every rule that the schema declares for it.

    Args:
        now: UTC without a zone; the machine's clock if None.

    Raises:
        StudyError: The catalogue lists no such table.
    """
    schema, table = canonical(name), catalog.table(name)
    source = catalog.source(name)
    ends = [datetime.fromisoformat(end) if end else None for end in (source.first, source.last)]
    return Examination(
        table=name,
        rows=source.rows,
        first=ends[0],
        last=ends[1],
        present=tuple(column for column in schema.columns if column in table.columns),
        lacks_required=(),
        lacks_optional=tuple(column for column in schema.columns if column not in table.columns),
        missing_ids={},
        breaches=check_contract(catalog, name),
    )
