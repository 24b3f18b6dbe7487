"""Which line of an order a cancellation takes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from workbench.tables.importers.desk import Desk

# The latest purchase is tried first: what comes back has mostly just been sold.
_CANDIDATES = """
SELECT c.row, -c.quantity, o.row, o.quantity
FROM sorted c JOIN sorted o ON c.customer = o.customer AND c.code = o.code AND c.price = o.price
    AND o.moment <= c.moment AND o.quantity >= -c.quantity
WHERE c.why = 'cancels' AND c.quantity < 0 AND o.why = 'lines of orders'
ORDER BY c.moment, c.row, o.moment DESC, o.row DESC"""


@dataclass(frozen=True, slots=True)
class Match:
    """A cancellation and the line that it takes back, by their row numbers."""

    row: int
    sold_row: int


def match_cancellations(desk: Desk) -> None:
    """Lay out `matches` (row, sold_row) for the table `sorted`.

    A cancellation is of one line with the same customer, product and price, sold before, of which enough is left.
    """
    found = pair(desk.rows(_CANDIDATES))
    columns = {"row": [match.row for match in found], "sold_row": [match.sold_row for match in found]}
    desk.lay("matches", pa.table(columns, schema=pa.schema([("row", pa.int64()), ("sold_row", pa.int64())])))


def pair(candidates: Iterable[tuple[int, ...]]) -> list[Match]:
    """Give each cancellation the first of its candidates of which enough is left.

    Args:
        candidates: Row of the cancellation, its units, row of the line, its units; those of a cancellation together.

    >>> pair([(9, 4, 1, 6), (9, 4, 2, 6), (10, 4, 1, 6), (10, 4, 2, 6), (11, 3, 1, 6)])
    [Match(row=9, sold_row=1), Match(row=10, sold_row=2)]
    """
    left: dict[int, int] = {}
    matched: dict[int, int] = {}
    for row, units, sold_row, sold in candidates:
        if row not in matched and left.setdefault(sold_row, sold) >= units:
            left[sold_row] -= units
            matched[row] = sold_row
    return [Match(row, sold_row) for row, sold_row in matched.items()]
