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
from workbench.tables.files import Files, check_gzip, find_files, read_header, refuse_repeated
from workbench.tables.importers.account import Fate, Read
from workbench.tables.importers.casting import EXAMPLES, Column, cast_table, column_name, find_column, remedy
from workbench.tables.importers.texts import check_end, check_text, groups, is_utf8, recode
from workbench.tables.importers.workbook import Workbook
from workbench.tables.mapping import Connection, Constant

__all__ = ["NO_CATEGORY", "Column", "Desk", "Imported", "Table", "quoted"]

# Beyond this the engine puts tables into the temporary folder, so that a large export needs no large machine.
MEMORY = "1500MB"
NO_CATEGORY = "(no category)"  # of a product whose export names none, whatever that export writes there
MOST_REPEATED = 0.05  # of the rows of an export whose rows have no key: five times what is known of any
ENCODINGS = {"cp1252": "Windows-1252 (Western European)", "latin-1": "Latin-1 (Western European)"}


@dataclass(frozen=True, slots=True)
class Table:
    """A canonical table to be written.

    Attributes:
        query: A SELECT over what is on the desk; its columns are canonical ones and any others.
        constants: As in the catalogue.
        utc_offset_hours: As in the catalogue: from the stored clock to the business clock.
        row_id: As in the catalogue: the id that the source lacks.  The query then has `row`, in whose order the rows
            are written and numbered.
    """

    query: str
    constants: Mapping[str, Constant] = field(default_factory=dict)
    utc_offset_hours: float = 0
    row_id: str = ""


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
            for file in files.paths:
                check_gzip(file)
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

    def read_lines(
        self,
        path: Path,
        name: str,
        pattern: str,
        columns: Sequence[Column],
        *,
        heading: str = "",
        legacy: str = "",
        is_ended: bool = False,
    ) -> int:
        """Lay out a text file without a header, whose every line matches `pattern`, as `read` does a CSV.

        `row` is the number of the line; blank lines are passed over.

        Args:
            pattern: With a named group for each column (RE2's syntax).
            heading: What the first line may be instead; all its columns are then missing.
            legacy: As in `read`.
            is_ended: Whether the last line of a whole file ends as the others do: one that does not is cut off.

        Raises:
            DataError: The file is missing, empty or cut off, or lines do not match; says which.
        """
        check_text(path)
        if is_ended:
            check_end(path)
        source = quoted(glob.escape(str(self.in_utf8(path, legacy) if legacy else path)))
        fields = "[" + ", ".join(quoted(group) for group in groups(pattern)) + "]"
        self.run(
            f"CREATE TABLE {name}_lines AS FROM (SELECT row_number() OVER () AS row, rtrim(line, chr(13)) AS line FROM "  # noqa: S608
            f"read_csv({source}, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
            "header = false)) WHERE trim(line) <> ''",
            f"{path.name} cannot be read",
        )
        matches = f"(regexp_full_match(line, {quoted(pattern)})"
        matches += f" OR (row = 1 AND regexp_full_match(line, {quoted(heading)})))" if heading else ")"
        strange = self.rows(
            f"SELECT row, line, count(*) OVER () FROM {name}_lines WHERE NOT {matches} ORDER BY row LIMIT {EXAMPLES}"  # noqa: S608
        )
        if strange:
            examples = ", ".join(f"{line[:60]!r} in line {row:,}" for row, line, _ in strange)
            count = "1 line is" if strange[0][2] == 1 else f"{strange[0][2]:,} lines are"
            raise DataError(f"{path.name}: {count} not of this format: {examples}; is this the right file?")
        self.run(
            f"CREATE TABLE {name}_text AS SELECT row, unnest(regexp_extract(line, {quoted(pattern)}, {fields})) "  # noqa: S608
            f"FROM {name}_lines"
        )
        self.run(f"DROP TABLE {name}_lines")
        return cast_table(self, path.name, name, columns, {}, place="line")

    def refuse(
        self, file: str, table: str, column: str, wrong: str, words: str, *, said: str = "", place: str = "row"
    ) -> None:
        """Refuse values that are of their kind, but none that the source can have.

        Args:
            file: What a message calls the source.
            table: Was read from it.
            column: Its values are shown.
            wrong: The condition that refuses a row.
            words: What the values are not: "0 or 1".
            said: What a message calls the column, if not by its name.
            place: As in `cast_table`.

        Raises:
            DataError: There are such rows; says how many, and which.
        """
        found = self.rows(
            f"SELECT row, {column_name(column)}, count(*) OVER () FROM {table} WHERE {wrong} "  # noqa: S608  own words
            f"ORDER BY row LIMIT {EXAMPLES}"
        )
        if found:
            examples = ", ".join(
                f"{'nothing' if value is None else repr(value)} in {place} {row:,}" for row, value, _ in found
            )
            count = "1 value is" if found[0][2] == 1 else f"{found[0][2]:,} values are"
            raise DataError(f"{file}: column {said or column!r}: {count} not {words}: {examples}; {remedy(place)}")

    def repeated(self, file: str, table: str, columns: str, shown: str, published: float) -> int:
        """How many rows repeat another in every column, where an export has such rows by nature.

        Args:
            file: What a message calls the source.
            table: Was read from it.
            columns: All that the source says of a row.
            shown: An expression of text: which row it is.
            published: The share of such rows in the source as it was published.

        Raises:
            DataError: They are far more than that; says how many, and which.
        """
        rows, distinct = self.rows(f"SELECT count(*), count(DISTINCT ({columns})) FROM {table}")[0]  # noqa: S608  own words
        count = int(rows - distinct)
        if count > MOST_REPEATED * rows:
            found = self.rows(
                f"SELECT {shown} FROM {table} QUALIFY row_number() OVER (PARTITION BY {columns} ORDER BY row) > 1 "  # noqa: S608
                f"ORDER BY row LIMIT {EXAMPLES}"
            )
            raise DataError(
                f"{file}: {count:,} of {rows:,} rows ({count / rows:.0%}) repeat another in every column, where the "
                f"published file has {published:.1%}: {'; '.join(text for (text,) in found)}; export it again, or take "
                "the repeated rows out"
            )
        return count

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
