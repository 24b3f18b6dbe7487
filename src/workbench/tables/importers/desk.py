"""Where an importer works: an engine in memory, and the reading of exports with faults in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from workbench.errors import DataError, unknown
from workbench.tables import engine
from workbench.tables.faults import spoken
from workbench.tables.files import Files, check_gzip, find_files, read_header
from workbench.tables.importers.account import Account, Fate, Read
from workbench.tables.mapping import Connection, Constant
from workbench.tables.schema import Kind

_EXAMPLES = 3
_WORDS: Mapping[Kind, str] = {
    "integer": "whole number",
    "number": "number",
    "money": "amount of money (a plain number like 1234.50)",
    "time": "time (like 2026-01-31 18:05:00)",
    "date": "day (like 2026-01-31)",
    "flag": "true or false",
}
_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DOUBLE",
    "time": "TIMESTAMP",
    "date": "DATE",
    "flag": "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an importer reads.

    Attributes:
        name: What the importer calls it.
        kind: What its values must be; ids become text, and lose the ".0" that they get on their way through pandas.
        spellings: Its names in exports, the first found counts; case does not matter.  `name` if none are given.
        optional: Where an export lacks it, its values are missing.
        formats: For times and days that are not ISO: the engine's formats, each tried on the whole column.
    """

    name: str
    kind: Kind
    spellings: tuple[str, ...] = ()
    optional: bool = False
    formats: tuple[str, ...] = ()


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

    def account(self, importer: str, written: Mapping[str, int]) -> Account:
        """The row account, once the tables are written (table → rows)."""
        return Account(importer, self.reads, dict(written), self.notes)


class Desk:
    """An engine in memory that puts what does not fit there into `folder`, and the tables an importer lays out on it.

    Args:
        folder: A temporary folder, removed by the one who made it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._backend = engine.connect(Connection("files", "the import", ""))
        self.run(f"SET temp_directory = {quoted(str(folder))}")

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

    def fates(self, table: str, money: str | None = None) -> tuple[Fate, ...]:
        """How many rows of `table` share each fate, in the order of first appearance.

        Args:
            table: Has the columns `row`, `into_table` ("" if none) and `why`, which together are a row's fate.
            money: An expression over its columns, summed per fate.
        """
        worth = f"round(sum({money}), 2)" if money else "NULL"
        found = self.rows(
            f"SELECT count(*), into_table, why, {worth} FROM {table} GROUP BY into_table, why "  # noqa: S608  own words
            "ORDER BY into_table = '', min(row), why"
        )
        return tuple(Fate(*row) for row in found)

    def read(self, path: Path, name: str, columns: Sequence[Column]) -> int:
        """Lay out a CSV or Parquet file as the table `name`: `row` (1, 2, 3, …) and `columns`, cast and checked.

        Returns:
            How many rows.

        Raises:
            DataError: The file is missing, damaged or of another format, lacks a column, or holds values that are not
                what their column must be; says which and in which rows.
        """
        files = find_files(path.name, path.parent)
        stored = self._stored(f"{name}_stored", files)
        found = {column.name: self._spelling(path, column, stored.columns) for column in columns}
        kept = ", ".join(f"{_name(source)} AS {_name(column)}" for column, source in found.items() if source)
        self.run(
            f"CREATE TABLE {name}_text AS SELECT row_number() OVER () AS row, {kept} FROM {name}_stored",  # noqa: S608
            f"{path.name} cannot be read",
        )
        return self.typed(
            path.name, name, [c for c in columns if found[c.name]], [c for c in columns if not found[c.name]]
        )

    def typed(self, file: str, name: str, columns: Sequence[Column], absent: Sequence[Column] = ()) -> int:
        """Turn `name`_text into `name`, with every column cast to its kind, and count its rows.

        Args:
            file: What a message calls the source.
            columns: Columns of `name`_text beside `row`.
            absent: Columns that become missing values.

        Raises:
            DataError: Values are not what their column must be, or there is no row.
        """
        types = dict(self.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{name}_text'"))  # noqa: S608
        chosen = {column.name: self._cast(file, name, column, types[column.name]) for column in columns}
        chosen |= {column.name: f"NULL::{_TYPES[column.kind]}" for column in absent}
        made = ", ".join(f"{expression} AS {_name(column)}" for column, expression in chosen.items())
        self.run(f"CREATE TABLE {name} AS SELECT row, {made} FROM {name}_text", f"{file} cannot be read")  # noqa: S608
        self._refuse_misfits(file, name, columns)
        self.run(f"DROP TABLE {name}_text")
        count = int(self.value(f"SELECT count(*) FROM {name}"))  # noqa: S608
        if not count:
            raise DataError(f"{file} has a header but no rows; export it again")
        return count

    def _stored(self, view: str, files: Files) -> Any:
        if files.format == "parquet":
            return engine.parquet_table(self._backend, view, files)
        for path in files.paths:
            check_gzip(path)
        # All is read as text, for a checked cast.
        names = {name.casefold() for path in files.paths for name in read_header(path).columns}
        return engine.csv_table(self._backend, view, files, names, ())

    def _spelling(self, path: Path, column: Column, present: Sequence[str]) -> str:
        spellings = column.spellings or (column.name,)
        folded = {name.strip().casefold(): name for name in present}
        for spelling in spellings:
            if spelling.casefold() in folded:
                return folded[spelling.casefold()]
        if column.optional:
            return ""
        wanted = " or ".join(repr(spelling) for spelling in spellings)
        _, _, near = unknown("column", spellings[0], present).partition("; ")
        raise DataError(f"{path.name} has no column {wanted}; {near}; is this the right file, and whole?")

    def _cast(self, file: str, name: str, column: Column, dtype: str) -> str:
        text, kind = f"nullif(trim({_name(column.name)}::VARCHAR), '')", column.kind
        if kind == "id":
            return f"regexp_replace({text}, '^(\\d+)\\.0$', '\\1')"
        if kind == "text":
            return text
        if kind == "integer":
            number = f"TRY_CAST({text} AS DOUBLE)"
            return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
        if kind in {"time", "date"} and dtype == "VARCHAR":
            return self._parsed(file, name, column, text)
        # A stored time with a zone is brought to UTC: the engine's session is in UTC.
        return f"TRY_CAST({text if dtype == 'VARCHAR' else _name(column.name)} AS {_TYPES[kind]})"

    def _parsed(self, file: str, name: str, column: Column, text: str) -> str:
        """ISO, or else the one format by which the whole column can be read."""
        iso = f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS {_TYPES[column.kind]})"
        tried = {
            form: f"CAST(try_strptime({text}, {quoted(form)}) AS {_TYPES[column.kind]})" for form in column.formats
        }
        if not tried:
            return iso
        counts = ", ".join(f"count({expression})" for expression in (iso, *tried.values()))
        found = self.rows(f"SELECT {counts} FROM {name}_text")[0]  # noqa: S608
        most = max(found)
        best = [e for e, count in zip((iso, *tried.values()), found, strict=True) if count == most and most]
        agree = " AND ".join(f"{best[0]} IS NOT DISTINCT FROM {other}" for other in best[1:]) if best else ""
        if agree and not self.value(f"SELECT coalesce(bool_and({agree}), true) FROM {name}_text"):  # noqa: S608
            raise DataError(
                f"{file}: the days of column {column.name!r} can be read as day/month and as month/day; "
                "save them as 2026-01-31"
            )
        return best[0] if best else iso

    def _refuse_misfits(self, file: str, name: str, columns: Sequence[Column]) -> None:
        faults = []
        for column in (column for column in columns if column.kind in _WORDS):
            text = f"nullif(trim({_name(column.name)}::VARCHAR), '')"
            held, kept = (
                self.value(f"SELECT count({text}) FROM {table}")  # noqa: S608
                for table in (f"{name}_text", name)
            )
            if held > kept:
                shown = self.rows(
                    f"SELECT row, {text} FROM {name}_text SEMI JOIN (FROM {name} WHERE {_name(column.name)} IS NULL) "  # noqa: S608
                    f"USING (row) WHERE {text} IS NOT NULL ORDER BY row LIMIT {_EXAMPLES}"
                )
                examples = ", ".join(f"{value!r} in row {row}" for row, value in shown)
                faults.append(
                    f"column {column.name!r}: {held - kept:,} values are no {_WORDS[column.kind]}: {examples}"
                )
        if faults:
            raise DataError(f"{file}: {'; '.join(faults)}; correct the source (row 1 follows the header)")


def quoted(text: str) -> str:
    """Text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
