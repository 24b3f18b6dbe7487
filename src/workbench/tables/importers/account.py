"""The row account of an import: what became of every row that was read, so that it adds up."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of some rows of a source.

    Attributes:
        rows: How many.
        into: The canonical table in which each of them is one row; "" if they are in none.
        why: The reason, in words that follow the number: "cancel a line that is not in the export".
        money: What they were worth, in the source's currency; None where rows have no worth.
    """

    rows: int
    into: str
    why: str
    money: float | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """One source: a file, or a sheet of one, and the fates of its rows, which add up to `rows`.

    Raises:
        ValueError: They do not: the importer has lost or doubled rows.
    """

    source: str
    rows: int
    fates: tuple[Fate, ...]

    def __post_init__(self) -> None:
        told = sum(fate.rows for fate in self.fates)
        if told != self.rows:
            raise ValueError(f"{self.source}: {self.rows:,} rows were read, but {told:,} are accounted for")


@dataclass(frozen=True, slots=True)
class Account:
    """What an import read and what it made of it.

    Attributes:
        importer: Its name.
        reads: One per source.
        tables: Canonical table → rows written.
        notes: Sentences on what else a reader should know: how a file was read, what was repaired.

    Raises:
        ValueError: A table that sources' rows went into has another number of rows.
    """

    importer: str
    reads: tuple[Read, ...]
    tables: Mapping[str, int]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for table in {fate.into for read in self.reads for fate in read.fates if fate.into}:
            came = sum(fate.rows for read in self.reads for fate in read.fates if fate.into == table)
            if came != self.tables.get(table):
                written = self.tables.get(table)
                raise ValueError(f"{came:,} rows were to go into {table}, but {written} were written")

    def to_json(self) -> str:
        """The account as the text of `account.json`."""
        return json.dumps({"schema": 1, **asdict(self)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def lines(self) -> Iterator[str]:
        """The account as a table for a terminal."""
        for read in self.reads:
            yield f"{read.source}: {read.rows:,} {'row' if read.rows == 1 else 'rows'} read"
            for fate in read.fates:
                money = "" if fate.money is None else f" ({fate.money:,.2f})"
                yield f"{fate.rows:>14,}  {fate.into or 'left out':<12}  {fate.why}{money}"
        yield "written"
        for table, rows in self.tables.items():
            yield f"{rows:>14,}  {table}"
        yield from (f"note: {note}" for note in self.notes)
