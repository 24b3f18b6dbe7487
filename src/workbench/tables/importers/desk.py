"""Where an importer works: an engine in memory, and the reading of exports with faults in plain words."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from workbench.errors import DataError
from workbench.tables import engine
from workbench.tables.faults import spoken
from workbench.tables.files import Files, find_files, read_header, refuse_repeated
from workbench.tables.importers.account import Fate, Read
from workbench.tables.importers.casting import EXAMPLES, Column, cast_table, column_name, find_column
from workbench.tables.importers.texts import check_text, groups, is_utf8, recode
from workbench.tables.importers.workbook import Workbook
from workbench.tables.mapping import Connection, Constant

__all__ = ["Column", "Desk", "Imported", "Table", "quoted"]

# Beyond this the engine puts tables into the temporary folder, so that a large export needs no large machine.
MEMORY = "1500MB"
ENCODINGS = {"cp1252": "Windows-1252 (Western European)", "latin-1": "Latin-1 (Western European)"}


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table to be written.

    Attributes:
        query: A SELECT over what is on the desk; its columns are canonical ones and any others.
        constants: As in the catalogue.
        utc_offset_hours: As in the catalogue: from the stored clock to the business clock.
    """

    query: str
    constants: Mapping[str, Constant] = field(default_factory=dict)
    utc_offset_hours: float = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What an importer makes of an export; the tables are not yet computed.

    Attributes:
        tables: Canonical name → table.
        reads: What became of each source's rows.
        notes: As `Account.notes`.
    """

    tables: Mapping[str, Table]
    reads: tuple[Read, ...]
    notes: tuple[str, ...] = ()


class Desk:
    """An engine in memory that puts what does not fit there into `folder`, and the tables an importer lays out on it.

    Args:
        folder: A temporary folder, removed by the one who made it.

    Attributes:
        notes: What the account should say about the reading itself.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self._backend = engine.connect(Connection("files", "the import", ""))
        self.run(f"SET temp_directory = {quoted(str(folder))}; SET memory_limit = '{MEMORY}'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._backend.disconnect()

    def run(self, sql: str, subject: str = "the export cannot be read") -> None:
        """Execute a statement; `subject` begins the message of a fault."""
        spoken(lambda: self._backend.con.execute(sql), subject)

    def rows(self, query: str, subject: str = "the export cannot be read") -> list[tuple[Any, ...]]:
        """The answer to a query, row by row."""
        answer: list[tuple[Any, ...]] = spoken(lambda: self._backend.con.execute(query).fetchall(), subject)
        return answer

    def value(self, query: str) -> Any:
        """The one value that a query gives."""
        return self.rows(query)[0][0]

    def lay(self, name: str, table: pa.Table) -> None:
        """Lay out an Arrow table, in place of one of that name that was laid out so."""
        self._backend.con.register(name, table)

    def fates(self, table: str, money: str | None = None) -> tuple[Fate, ...]:
        """How many rows of `table` share each fate: those in a table first, then the most frequent.

        Args:
            table: Has the columns `into_table` ("" if none) and `why`, which together are a row's fate.
            money: An expression over its columns, summed per fate.
        """
        worth = f"round(sum({money}), 2)" if money else "NULL"
        found = self.rows(
            f"SELECT count(*), into_table, why, {worth} FROM {table} GROUP BY into_table, why "  # noqa: S608  own words
            "ORDER BY into_table = '', count(*) DESC, why"
        )
        return tuple(Fate(*row) for row in found)

    def read(self, path: Path, name: str, columns: Sequence[Column], *, legacy: str = "") -> int:
        """Lay out a CSV or Parquet file as the table `name`: `row` (1, 2, 3, …) and `columns`, cast and checked.

        Args:
            legacy: The encoding of a CSV that is not UTF-8, where such files are about; noted in the account.

        Returns:
            How many rows.

        Raises:
            DataError: The file is missing, damaged or of another format, lacks a column, or holds values that are not
                what their column must be; says which and in which rows.
        """
        files = find_files(path.name, path.parent)
        if files.format == "parquet":
            stored = engine.parquet_table(self._backend, f"{name}_stored", files)
        else:
            if legacy and not path.name.lower().endswith(".gz"):
                files = Files("csv", (self.in_utf8(path, legacy),))
            # All is read as text, for a checked cast.
            names = {name.casefold() for file in files.paths for name in read_header(file).columns}
            stored = engine.csv_table(self._backend, f"{name}_stored", files, names, ())
        found = {column.name: find_column(path.name, column, stored.columns) for column in columns}
        kept = ", ".join(f"{column_name(source)} AS {column_name(to)}" for to, source in found.items() if source)
        self.run(
            f"CREATE VIEW {name}_text AS SELECT row_number() OVER () AS row, {kept} FROM {name}_stored",  # noqa: S608
            f"{path.name} cannot be read",
        )
        return cast_table(self, path.name, name, columns, found)

    def read_sheet(self, book: Workbook, sheet: str, name: str, columns: Sequence[Column]) -> int:
        """Lay out a sheet of a workbook as `read` does a file."""
        where, header = f"{book.file}, sheet {sheet!r}", book.header(sheet)
        if not any(header):
            raise DataError(f"{where} has no header: wanted the names of the columns in its first row")
        refuse_repeated(where, header)
        found = {column.name: find_column(where, column, header) for column in columns}
        held = {name: header.index(source) for name, source in found.items() if source}
        made = ", ".join(f"{column_name(column)} VARCHAR" for column in held)
        self.run(f"CREATE TABLE {name}_text (row BIGINT, {made})")
        rows = 0
        for batch in book.batches(sheet, tuple(held.values())):
            self.lay("batch", batch)
            self.run(f"INSERT INTO {name}_text SELECT {rows} + row_number() OVER (), * FROM batch", where)  # noqa: S608
            rows += batch.num_rows
        return cast_table(self, where, name, columns, found)

    def read_lines(self, path: Path, name: str, pattern: str, columns: Sequence[Column], *, legacy: str = "") -> int:
        """Lay out a text file without a header, whose every line matches `pattern`, as `read` does a CSV.

        Args:
            pattern: With a named group for each column (RE2's syntax).
            legacy: As in `read`.

        Raises:
            DataError: The file is missing or empty, or lines do not match; says which.
        """
        check_text(path)
        source = quoted(glob.escape(str(self.in_utf8(path, legacy) if legacy else path)))
        fields = "[" + ", ".join(quoted(group) for group in groups(pattern)) + "]"
        self.run(
            f"CREATE TABLE {name}_lines AS SELECT row_number() OVER () AS row, rtrim(line, chr(13)) AS line FROM "  # noqa: S608
            f"read_csv({source}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
            "header = false)",
            f"{path.name} cannot be read",
        )
        matches = f"regexp_full_match(line, {quoted(pattern)})"
        strange = self.rows(
            f"SELECT row, line, count(*) OVER () FROM {name}_lines WHERE NOT {matches} ORDER BY row LIMIT {EXAMPLES}"  # noqa: S608
        )
        if strange:
            examples = ", ".join(f"{line[:60]!r} in line {row:,}" for row, line, _ in strange)
            raise DataError(
                f"{path.name}: {strange[0][2]:,} lines are not of this format: {examples}; is this the right file?"
            )
        self.run(
            f"CREATE TABLE {name}_text AS SELECT row, unnest(regexp_extract(line, {quoted(pattern)}, {fields})) "  # noqa: S608
            f"FROM {name}_lines"
        )
        self.run(f"DROP TABLE {name}_lines")
        return cast_table(self, path.name, name, columns, {})

    def in_utf8(self, path: Path, legacy: str) -> Path:
        """The file, or a copy in UTF-8 if it is text in the encoding `legacy`, which is noted."""
        if is_utf8(path):
            return path
        copy = recode(path, legacy, self.folder)
        self.notes.append(f"{path.name} is not UTF-8 text and was read as {ENCODINGS[legacy]}")
        return copy


def quoted(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
