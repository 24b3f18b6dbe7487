"""Fingerprints: the same one means the same data under the same mapping.  Opens no engine for files."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workbench.configuration import project_root
from workbench.errors import DataError, StudyError
from workbench.tables.files import find_files
from workbench.tables.mapping import CatalogFile, Connection, TableMapping, read_catalog


def fingerprints(catalog_path: str | Path, names: Iterable[str], *, if_readable: Iterable[str] = ()) -> dict[str, str]:
    """Canonical table → fingerprint, for a run's key.

    Files: SHA-256 of their contents and the mapping.  Servers: address, row count, latest time and the mapping.

    Args:
        names: The tables that must be there.
        if_readable: Tables of the catalogue that need not be: the fingerprint of one that cannot be read is that of
            the reason, so that it changes when the table can be read again.

    Raises:
        StudyError: The catalogue is broken or lists no such table.
        DataError: A file is missing, or the server does not answer.
    """
    file = read_catalog(Path(catalog_path))
    needed = list(dict.fromkeys(names))
    wanted = [*needed, *(name for name in dict.fromkeys(if_readable) if name not in needed)]
    for name in wanted:
        file.mapping(name)
    where = file.connection()
    found = {}
    with _asking(file, where) as ask:
        for name in wanted:
            try:
                found[name] = ask(name)
            except (DataError, StudyError) as error:
                if name in needed:
                    raise
                found[name] = _digest(["cannot be read", str(error)])
    return found


@contextmanager
def _asking(file: CatalogFile, where: Connection) -> Iterator[Callable[[str], str]]:
    """What tells a table's fingerprint; a server is asked over one connection, which is left again."""
    if where.kind != "server":
        yield partial(fingerprint_of_files, file, where)
        return
    from workbench.tables.catalog import open_catalog

    catalog = open_catalog(file.path)
    try:
        yield lambda name: catalog.source(name).fingerprint
    finally:
        catalog.connection.disconnect()


def fingerprint_of_files(file: CatalogFile, where: Connection, name: str) -> str:
    """SHA-256 over the contents of a table's files and its mapping; the files' names do not matter, their order does.

    Raises:
        DataError: A file is missing or cannot be read.
    """
    mapping = file.mapping(name)
    if where.kind == "duckdb":
        database = Path(where.target)
        if not database.is_file():
            raise DataError(f"table {name!r}: there is no database file {database.name} beside the catalogue")
        # A write-ahead log beside it holds rows that the file does not have yet.
        paths = tuple(p for p in (database, database.with_name(database.name + ".wal")) if p.is_file())
    else:
        try:
            paths = find_files(mapping.source, file.path.parent).paths
        except DataError as error:
            raise DataError(f"table {name!r}: {error}") from None
    return _digest([_stated(mapping, file.stated), *_contents(paths, _cache_beside(file.path))])


def fingerprint_of_server(mapping: TableMapping, where: Connection, rows: int, last: str | None) -> str:
    """SHA-256 over address, row count, latest time and mapping: all that a server tells without reading the table."""
    return _digest([_stated(mapping, where.stated), *_address(where.target), str(rows), str(last)])


def _address(url: str) -> list[str]:
    """A server's URL less what opens it: a password could be guessed from a digest, and a new one is no change."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    asked = [f"{name}={value}" for name, value in parse_qsl(parts.query) if not _OPENS.search(name)]
    return [parts.scheme, user.partition(":")[0], host, parts.path, *sorted(asked)]


_OPENS = re.compile(r"(?i)pass|pwd|secret|token|key|credential")


def _stated(mapping: TableMapping, connection: str) -> str:
    return json.dumps([connection, mapping.model_dump(mode="json")], sort_keys=True, ensure_ascii=False)


def _digest(parts: list[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _contents(paths: tuple[Path, ...], cache: Path | None) -> list[str]:
    """SHA-256 of each file; one that is the same file, of known size and times of change, is not read again."""
    known, read = _read_cache(cache), False
    digests = []
    for path in paths:
        name, before = str(path.resolve()), _state(path)
        entry = known.get(name)
        if isinstance(entry, list) and entry[:-1] == before:
            digests.append(str(entry[-1]))
            continue
        digests.append(_sha256(path))
        if _state(path) == before:  # else somebody writes to it, and the digest is that of no state
            known[name], read = [*before, digests[-1]], True
    if cache and read:
        _write_cache(cache, known)
    return digests


def _state(path: Path) -> list[int]:
    """What changes with a file; copying the time of change (`cp -p`, `touch -r`) hides nothing from inode and ctime."""
    state = path.stat()
    return [state.st_size, state.st_mtime_ns, state.st_ino, state.st_ctime_ns]


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror}") from None


def _cache_beside(catalog: Path) -> Path | None:
    try:
        return project_root(catalog.resolve().parent) / ".workbench" / "fingerprints.json"
    except StudyError:
        return None  # a catalogue outside of any project: nowhere to remember


def _read_cache(cache: Path | None) -> dict[str, Any]:
    try:
        known = json.loads(cache.read_text(encoding="utf-8")) if cache else {}
    except (OSError, ValueError):
        return {}  # only a memory: what is broken is made again
    return known if isinstance(known, dict) else {}


def _write_cache(cache: Path, known: dict[str, Any]) -> None:
    """Replace the memory whole; a full or read-only disk costs only speed, so it is no fault here."""
    try:
        cache.parent.mkdir(exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache.parent, prefix=cache.name)
    except OSError:
        return
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(known, file)
        Path(temporary).replace(cache)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
