"""The catalogue: canonical tables over files, a database file or a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.configuration import from_root
from workbench.errors import DataError, StudyError
from workbench.tables import canonicalize, engine
from workbench.tables.files import find_files
from workbench.tables.fingerprint import fingerprint_of_files, fingerprint_of_server
from workbench.tables.mapping import CatalogFile, Connection, read_catalog
from workbench.tables.results import collect
from workbench.tables.schema import canonical
from workbench.tables.source import Source


@dataclass(frozen=True, slots=True)
class Catalog:
    """Canonical tables, wherever they live.

    Attributes:
        file: The catalogue as it was written.
        where: Where the tables live.
        connection: The open engine, an Ibis backend.
    """

    file: CatalogFile
    where: Connection
    connection: Any
    _tables: dict[str, Any] = field(default_factory=dict)
    _sources: dict[str, Source] = field(default_factory=dict)
    _stored: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The catalogue file."""
        return self.file.path

    @property
    def names(self) -> tuple[str, ...]:
        """The tables that the catalogue lists."""
        return tuple(self.file.tables)

    def table(self, name: str) -> Any:
        """One canonical table, an Ibis table: columns renamed and typed, times in the business clock.

        Raises:
            StudyError: The catalogue lists no such table, or its entry contradicts the source.
            DataError: A file or column is missing, or text is not what its column must be.
        """
        if name not in self._tables:
            mapping = self.file.mapping(name)
            with _told_of(name):
                self._tables[name] = canonicalize.canonical_table(
                    self._as_stored(name), canonical(name), mapping, checked=self.where.kind != "server"
                )
        return self._tables[name]

    def lacks(self, name: str) -> tuple[str, ...]:
        """The required columns that neither a table's source nor its entry gives.

        Raises:
            StudyError, DataError: As `table`.
        """
        mapping = self.file.mapping(name)
        with _told_of(name):
            return canonicalize.lacking(self._as_stored(name), canonical(name), mapping)

    def _as_stored(self, name: str) -> Any:
        if name not in self._stored:
            self._stored[name] = self._opened(name)
        return self._stored[name]

    def _opened(self, name: str) -> Any:
        mapping = self.file.mapping(name)
        if self.where.kind != "files":
            return engine.stored_table(self.connection, mapping.source)
        files = find_files(mapping.source, self.path.parent)
        if files.format == "parquet":
            return engine.parquet_table(self.connection, name, files)
        kinds = {
            mapping.columns.get(column, column).casefold(): kind for column, kind in canonical(name).columns.items()
        }
        ids = {column for column, kind in kinds.items() if kind == "id"}
        return engine.csv_table(self.connection, name, files, kinds, ids)

    def source(self, name: str) -> Source:
        """Size, span in the business clock, and fingerprint of one table, asked once.

        Raises:
            StudyError, DataError: As `table`.
        """
        if name not in self._sources:
            self._sources[name] = self._measured(name)
        return self._sources[name]

    def _measured(self, name: str) -> Source:
        found = collect(extent(self.table(name), canonical(name).clock)).iloc[0]
        first, last = (None if found.isna().get(end, True) else found[end].isoformat() for end in ("first", "last"))
        return self.counted(name, int(found["rows"]), first, last)

    def counted(self, name: str, rows: int, first: str | None, last: str | None) -> Source:
        """The source of a table whose size and span somebody has counted already: only its fingerprint is asked.

        Args:
            first, last: ISO 8601 on the business clock; None without a clock or rows.
        """
        if self.where.kind == "server":
            print_ = fingerprint_of_server(self.file.mapping(name), self.where, rows, last)
        else:
            print_ = fingerprint_of_files(self.file, self.where, name)
        return Source(name, rows, first, last, print_)


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Let a refusal say which table it is about."""
    try:
        yield
    except (DataError, StudyError) as error:
        raise type(error)(f"table {name!r}: {error}") from None


def extent(table: Any, clock: str) -> Any:
    """One row: `rows`, and `first` and `last` time where the table has a clock."""
    ends = {"first": table[clock].min(), "last": table[clock].max()} if clock in table.columns else {}
    return table.aggregate(rows=table.count(), **ends)


def open_catalog(path: str | Path) -> Catalog:
    """Open the tables that a catalogue file names.

    Args:
        path: The YAML file; relative to the project's root.

    Raises:
        StudyError: The file is broken, or names an environment variable that is not set.
        DataError: The database file or the server cannot be opened.
    """
    file = read_catalog(from_root(path))
    where = file.connection()
    return Catalog(file, where, engine.connect(where))
