"""Excel workbooks: each sheet becomes rows of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.errors import DataError

BATCH = 50_000


class Workbook:
    """An open .xlsx file.

    Raises:
        DataError: It is no workbook, is damaged, or asks for a password.
    """

    def __init__(self, path: Path) -> None:
        import python_calamine

        self.file = path.name
        self._open: python_calamine.CalamineSheet | None = None
        try:
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
        except python_calamine.PasswordError:
            raise DataError(f"{path.name} asks for a password; save it without one") from None
        except (python_calamine.CalamineError, OSError):
            raise DataError(
                f"{path.name} is no whole Excel workbook, whatever its name says; copy or export it again"
            ) from None

    def sheets(self) -> Iterator[str]:
        """Names of the sheets that hold anything, in their order; Excel itself adds empty ones.

        Raises:
            DataError: There is none.
        """
        held = 0
        for name in self._book.sheet_names:
            if any(True for _ in self._rows(name)):
                held += 1
                yield name
        if not held:
            raise DataError(f"{self.file} has no sheet with rows; export it again")

    def header(self, sheet: str) -> tuple[str, ...]:
        """The first row's values, as text."""
        return tuple(as_text(value) or "" for value in next(self._rows(sheet), ()))

    def batches(self, sheet: str, columns: Sequence[int]) -> Iterator[pa.Table]:
        """The rows below the header, some at a time: text columns `c0`, `c1`, … for those at these places."""
        rows = self._rows(sheet)
        next(rows, None)
        while batch := list(islice(rows, BATCH)):
            yield pa.table(
                {f"c{i}": pa.array([as_text(row[at]) for row in batch], pa.string()) for i, at in enumerate(columns)}
            )

    def _rows(self, sheet: str) -> Iterator[list[Any]]:
        import python_calamine

        try:
            # The latest sheet is kept: to open one is to read all of it.
            if self._open is None or self._open.name != sheet:
                self._open = self._book.get_sheet_by_name(sheet)
            yield from self._open.iter_rows()
        except python_calamine.CalamineError:
            raise DataError(f"{self.file}: the sheet {sheet!r} is damaged; copy or export the file again") from None


def as_text(value: Any) -> str | None:
    """A cell as a CSV would write it; Excel holds every number as a float.

    >>> as_text(536365.0), as_text(2.55), as_text("C536379"), as_text("")
    ('536365', '2.55', 'C536379', None)
    """
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) or None
