"""The engine that counts: opening it, and a table of the source as it is stored."""

from __future__ import annotations

import contextlib
import glob
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.common.exceptions
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import DataError, MachineError, unknown
from workbench.tables.bigquery import add_to_local_times
from workbench.tables.faults import plainly, spoken
from workbench.tables.files import (
    Files,
    Header,
    check_gzip,
    check_parquet,
    misshapen_line,
    read_header,
    refuse_repeated,
)
from workbench.tables.mapping import Connection

# Nothing is fetched at run time: the same data give the same numbers in a closed network.
_CLOSED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def connect(connection: Connection) -> Any:
    """Open the engine: an Ibis backend, its session in UTC.

    Raises:
        DataError: The database file or the server cannot be opened.
        MachineError: The engine's driver is not installed.
    """
    if connection.kind == "server":
        return _connect_server(connection)
    if connection.kind == "duckdb":
        _check_database(Path(connection.target), connection.stated)
    backend = spoken(
        lambda: ibis.duckdb.connect(connection.target or ":memory:", read_only=connection.kind == "duckdb", **_CLOSED),
        f"cannot open {connection.stated}",
    )
    backend.raw_sql("SET TimeZone = 'UTC'")
    # In a notebook without ipywidgets DuckDB has no progress bar, and refuses to be told so.
    with contextlib.suppress(duckdb.InvalidInputException):
        backend.raw_sql("SET enable_progress_bar = false")
    return backend


def _check_database(path: Path, stated: str) -> None:
    if not path.is_file():
        raise DataError(f"there is no database file for {stated} (from the catalogue's folder); correct connection")
    with path.open("rb") as file:
        if file.read(12)[8:] != b"DUCK":
            raise DataError(f"{path.name} is no DuckDB database, whatever its name says; correct connection")


def _connect_server(connection: Connection) -> Any:
    # What a driver says may hold the URL, so none of it is repeated.
    stated = connection.stated
    if connection.target.startswith("bigquery:"):
        add_to_local_times()
    try:
        return _in_utc(ibis.connect(connection.target))
    except ImportError as error:
        extra = re.search(r"ibis-framework\[\w+\]", str(error))
        wanted = extra[0] if extra else "the Ibis extra for it"
        raise MachineError(f"the server of {stated} needs a driver that is not installed; install {wanted}") from None
    except ValueError:
        raise DataError(f"the value of {stated} is no URL of an engine that Ibis knows; correct the variable") from None
    except Exception as error:  # noqa: BLE001  every driver has its own
        raise DataError(
            f"the server of {stated} cannot be reached ({type(error).__name__}); "
            "check the variable's value and the network"
        ) from None


def _in_utc(backend: Any) -> Any:
    # For PostgreSQL, Trino and Snowflake Ibis does so itself; BigQuery reckons in UTC.
    if backend.name == "databricks":
        backend.raw_sql("SET TIME ZONE 'UTC'").close()
    return backend


def stored_table(backend: Any, source: str) -> Any:
    """A table of a database, as it is stored: `table`, `schema.table` or `database.schema.table`.

    Raises:
        DataError: There is none of this name.
    """
    *path, table = source.split(".")
    if len(path) > 2 or not all((*path, table)):
        raise DataError(f"source: wanted table, schema.table or database.schema.table, found {source!r}")
    database = tuple(path) if len(path) > 1 else (path[0] if path else None)
    try:
        return backend.table(table, database=database)
    except ibis.common.exceptions.TableNotFound:
        raise DataError(f"source: {unknown('table of the database', source, _listed_tables(backend, path))}") from None
    except Exception as error:  # noqa: BLE001  every driver has its own
        raise DataError(f"cannot read {source}: {plainly(error)}") from None


def _listed_tables(backend: Any, path: list[str]) -> list[str]:
    """What is there instead: in the schema that was named, else in the one that is open."""
    database = tuple(path) if len(path) > 1 else (path[0] if path else None)
    inside = spoken(lambda: backend.list_tables(database=database), "cannot list the tables of the database")
    if inside:
        return [".".join((*path, name)) for name in inside]
    return list(spoken(backend.list_tables, "cannot list the tables of the database"))


def parquet_table(backend: Any, name: str, files: Files) -> Any:
    """The rows of Parquet files, columns matched by name.

    Raises:
        DataError: A file is no Parquet, is cut off, or has a column twice.
    """
    for path in files.paths:
        check_parquet(path)
        try:
            columns = pq.read_schema(path).names
        except (pa.ArrowException, OSError):
            raise DataError(f"{path.name} is damaged; copy or export it again") from None
        refuse_repeated(path.name, columns)
    return _view(backend, name, f"read_parquet({_listed(files.paths)}, union_by_name = true)", files)


def csv_table(backend: Any, name: str, files: Files, as_text: Collection[str], ids: Collection[str]) -> Any:
    """The rows of CSV files, columns matched by name.

    Args:
        as_text: Columns, in lower case, whose text must survive (a date, "007"): read as text, for a checked cast
            later.  The type of every other column is what all of its rows allow.
        ids: Those of them that become integers if every one of their values is written as one ("7", never "007").

    Raises:
        DataError: A file is not UTF-8, has no header, a repeated name, or rows of unequal length.
    """
    for path in files.paths:
        check_gzip(path)
    headers = [read_header(path) for path in files.paths]
    delimiters = {header.delimiter for header in headers if len(header.columns) > 1} or {","}
    if len(delimiters) > 1:
        raise DataError(f"its CSV files are separated in different ways ({' and '.join(sorted(delimiters))}); use one")
    present = {column for header in headers for column in header.columns if column.casefold() in as_text}
    types = ", ".join(f"{_quoted(column)}: 'VARCHAR'" for column in sorted(present))
    options = {
        "delim": _quoted(delimiters.pop()),
        "quote": "'\"'",
        "escape": "'\"'",
        "header": "true",
        "skip": "0",
        "comment": "''",
        "sample_size": "-1",
        "files_to_sniff": "-1",
        "union_by_name": "true",
        **({"types": f"{{{types}}}"} if types else {}),
    }
    scan = f"read_csv({_listed(files.paths)}, {', '.join(f'{key} = {value}' for key, value in options.items())})"
    try:
        table = _view(backend, name, scan, files)
    except DataError as fault:
        _refuse_misshapen(files, headers, fault)
        raise
    return _with_whole_ids(table, [c for c in present if c.casefold() in ids], files)


def _refuse_misshapen(files: Files, headers: Collection[Header], fault: DataError) -> None:
    """Say which line is wrong, which the engine does not where it gives a whole file up."""
    for path, header in zip(files.paths, headers, strict=True):
        found = misshapen_line(path, header)
        if found:
            raise DataError(f"{path.name} cannot be read: {found}; correct that line or export it again") from fault


def _with_whole_ids(table: Any, ids: Collection[str], files: Files) -> Any:
    if not ids:
        return table
    asked = {column: (~table[column].re_search(r"^(0|-?[1-9][0-9]{0,17})$")).any() for column in ids}
    answer = spoken(lambda: table.aggregate(**asked).to_pyarrow().to_pylist()[0], f"{_shown(files)} cannot be read")
    # None: no value at all, so nothing says that they are numbers.
    return table.mutate(
        **{column: table[column].cast("int64") for column, is_text in answer.items() if is_text is False}
    )


def _view(backend: Any, name: str, scan: str, files: Files) -> Any:
    subject = f"{_shown(files)} cannot be read"
    spoken(lambda: backend.raw_sql(f'CREATE VIEW "{name}" AS SELECT * FROM {scan}'), subject)  # noqa: S608  quoted
    return spoken(lambda: backend.table(name), subject)


def _shown(files: Files) -> str:
    return files.paths[0].name + (f" and {len(files.paths) - 1} more" if len(files.paths) > 1 else "")


def _listed(paths: Collection[Path]) -> str:
    # The engine takes each path for a pattern.
    return "[" + ", ".join(_quoted(glob.escape(str(path))) for path in paths) + "]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
