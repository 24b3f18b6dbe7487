"""The engine that counts: opening it, and a table of the source as it is stored.

Everything that an engine says to a person goes through `plainly`, so that nothing secret is repeated.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import ibis
import ibis.common.exceptions
import pyarrow.parquet as pq

from workbench.errors import DataError, MachineError, unknown
from workbench.tables.files import Files, check_parquet, read_header, refuse_repeated
from workbench.tables.mapping import Connection

Result = TypeVar("Result")

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
    if connection.kind == "duckdb" and not Path(connection.target).is_file():
        raise DataError(
            f"there is no database file {connection.stated.removeprefix('duckdb://')} (from the catalogue's folder); "
            "correct connection"
        )
    database = connection.target or ":memory:"
    backend = spoken(
        lambda: ibis.duckdb.connect(database, read_only=connection.kind == "duckdb", **_CLOSED),
        f"cannot open {connection.stated}",
    )
    backend.raw_sql("SET TimeZone = 'UTC'")
    backend.raw_sql("SET enable_progress_bar = false")
    return backend


def _connect_server(connection: Connection) -> Any:
    try:
        return ibis.connect(connection.target)
    except ModuleNotFoundError as error:
        missing = error.name
    except ibis.common.exceptions.UnsupportedOperationError:
        missing = ""
    except Exception as error:  # noqa: BLE001  every driver has its own, and all may hold the URL
        raise DataError(
            f"the server of {connection.stated} cannot be reached ({type(error).__name__}); "
            "check the variable's value and the network"
        ) from None
    if missing:
        raise MachineError(
            f"the server of {connection.stated} needs the Python package {missing}, which is not installed; install it"
        )
    raise DataError(f"no engine is known for the URL in {connection.stated}; see Ibis's list of backends")


def stored_table(backend: Any, source: str) -> Any:
    """A table of a database, as it is stored: `table`, `schema.table` or `database.schema.table`.

    Raises:
        DataError: There is none of this name.
    """
    *path, table = source.split(".")
    database = tuple(path) if len(path) > 1 else (path[0] if path else None)
    try:
        return backend.table(table, database=database)
    except ibis.common.exceptions.TableNotFound:
        known: Collection[str] = spoken(
            lambda: backend.list_tables(database=database), f"cannot list the tables beside {source}"
        )
        raise DataError(f"source: {unknown('table of the database', table, known)}") from None
    except Exception as error:  # noqa: BLE001  every driver has its own
        raise DataError(f"cannot read {source}: {plainly(error)}") from None


def parquet_table(backend: Any, name: str, files: Files) -> Any:
    """The rows of Parquet files, columns matched by name.

    Raises:
        DataError: A file is no Parquet, is cut off, or has a column twice.
    """
    for path in files.paths:
        check_parquet(path)
        refuse_repeated(path.name, spoken(lambda path=path: pq.read_schema(path).names, f"{path.name} cannot be read"))  # type: ignore[misc]
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
    return _with_whole_ids(_view(backend, name, scan, files), [c for c in present if c.casefold() in ids])


def _with_whole_ids(table: Any, ids: Collection[str]) -> Any:
    if not ids:
        return table
    asked = {column: (~table[column].re_search(r"^(0|-?[1-9][0-9]{0,17})$")).any() for column in ids}
    answer = spoken(lambda: table.aggregate(**asked).to_pyarrow().to_pylist()[0], "its CSV files cannot be read")
    # None: no value at all, so nothing says that they are numbers.
    return table.mutate(
        **{column: table[column].cast("int64") for column, is_text in answer.items() if is_text is False}
    )


def _view(backend: Any, name: str, scan: str, files: Files) -> Any:
    shown = files.paths[0].name + (f" and {len(files.paths) - 1} more" if len(files.paths) > 1 else "")
    spoken(lambda: backend.raw_sql(f'CREATE VIEW "{name}" AS SELECT * FROM {scan}'), f"{shown} cannot be read")  # noqa: S608  quoted above
    return spoken(lambda: backend.table(name), f"{shown} cannot be read")


def _listed(paths: Collection[Path]) -> str:
    return "[" + ", ".join(_quoted(str(path)) for path in paths) + "]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def spoken(question: Callable[[], Result], subject: str) -> Result:
    """Ask the engine; what it raises becomes a DataError in plain words."""
    try:
        return question()
    except (DataError, MachineError):
        raise
    except MemoryError:
        raise MachineError(f"{subject}: the memory is used up; ask for fewer groups or use a larger machine") from None
    except Exception as error:  # noqa: BLE001  every driver has its own
        raise _fault(error, subject) from None


def _fault(error: Exception, subject: str) -> DataError | MachineError:
    text = plainly(error)
    if type(error).__name__ == "OutOfMemoryException" or "No space left on device" in text:
        return MachineError(f"{subject}: the machine has no room left ({text})")
    return DataError(f"{subject}: {text}")


_WORDS = (
    ("not utf-8 encoded", "it is not UTF-8 text; save it as CSV UTF-8"),
    (
        "sniffing file",
        "its rows do not all have the columns of its header, or a quotation mark is not closed; export it again",
    ),
    ("Could not set lock on file", "another program is writing to it; close that program or copy the file"),
)


def plainly(error: Exception) -> str:
    """The first line of an engine's message, without what environment variables with a URL hold."""
    text = str(error).strip()
    for mark, words in _WORDS:
        if mark in text:
            return words
    first = re.sub(r"^[A-Z][\w ]* Error: ", "", text.splitlines()[0] if text else type(error).__name__)
    for secret in sorted(_secrets(), key=len, reverse=True):
        first = first.replace(secret, "…")
    return first


def _secrets() -> set[str]:
    """Every URL in the environment, and the user, password and host in it."""
    urls = [value for value in os.environ.values() if re.match(r"[a-z][a-z0-9+.-]*://", value)]
    found = set(urls)
    for url in urls:
        try:
            parts = urlsplit(url)
            pieces = (parts.netloc, parts.username, parts.password, parts.hostname)
        except ValueError:  # no URL after all, so it has no parts
            continue
        found.update(text for piece in pieces if piece for text in (piece, unquote(piece)))
    return {text for text in found if len(text) > 2}
