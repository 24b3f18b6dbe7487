"""The folder that an import writes: Parquet files, the catalogue over them, the row account; whole, or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import StudyError
from workbench.tables.importers.account import Account
from workbench.tables.importers.desk import Desk, Imported, Table, quoted
from workbench.tables.schema import TABLES, canonical

ACCOUNT, CATALOG = "account.json", "catalog.yaml"
_OWN = {ACCOUNT, CATALOG, *(f"{name}.parquet" for name in TABLES)}


def refuse_folder(path: Path, out: Path) -> None:
    """Refuse a place where writing would lose something.

    Raises:
        StudyError: `out` is a file, holds other files than a former import, or lies around or inside `path`.
    """
    source, target = path.resolve(), out.resolve()
    if target == source or target in source.parents or source in target.parents:
        raise StudyError(f"{out} and the export {path} lie in one another; name a folder elsewhere with --out")
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file; name a new or an empty folder with --out")
    held = {file.name for file in out.iterdir()} if out.is_dir() else set()
    if held and (ACCOUNT not in held or held - _OWN):
        other = min(held - _OWN, default=min(held))
        raise StudyError(
            f"{out} holds other files than a former import ({other}), which would be lost; "
            "name a new or an empty folder with --out"
        )


def write_folder(importer: str, convert: Callable[[Desk, Path], Imported], path: Path, out: Path) -> Account:
    """Convert an export and put the result at `out`, in place of a former import.

    Raises:
        StudyError: As `refuse_folder`.
        DataError, MachineError: As the importer says; `out` is left as it was.
    """
    refuse_folder(path, out)
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "import"
        made.mkdir()
        with Desk(Path(folder)) as desk:
            imported = convert(desk, path)
            written = {name: _write(desk, name, table, made) for name, table in imported.tables.items()}
        account = Account(importer, imported.reads, written, (*desk.notes, *imported.notes))
        (made / ACCOUNT).write_text(account.to_json(), encoding="utf-8")
        # A table without rows is refused by every study, so the catalogue lists none.
        filled = {name: table for name, table in imported.tables.items() if written[name]}
        (made / CATALOG).write_text(_catalog(importer, filled), encoding="utf-8")
        _replace(made, out, Path(folder) / "before")
    return account


def _write(desk: Desk, name: str, table: Table, folder: Path) -> int:
    """Write one table in the order of its clock and key, so that the same export gives the same file; its rows."""
    schema = canonical(name)
    columns = [row[0] for row in desk.rows(f"DESCRIBE {table.query}")]
    order = ", ".join(column for column in (schema.clock, *schema.key) if column in columns)
    file = folder / f"{name}.parquet"
    desk.run(
        f"COPY (SELECT * FROM ({table.query}) ORDER BY {order}) TO {quoted(str(file))} "  # noqa: S608  own words
        "(FORMAT parquet, COMPRESSION zstd)",
        f"the table {name} cannot be written",
    )
    rows = int(desk.value(f"SELECT count(*) FROM read_parquet({quoted(str(file))})"))  # noqa: S608
    if not rows:
        file.unlink()
    return rows


def _catalog(importer: str, tables: Mapping[str, Table]) -> str:
    entries: dict[str, Any] = {}
    for name, table in tables.items():
        entries[name] = {"source": f"{name}.parquet"}
        if "time" in canonical(name).columns.values():
            entries[name]["utc_offset_hours"] = table.utc_offset_hours
        if table.constants:
            entries[name]["constants"] = dict(table.constants)
    head = f"# Written by `workbench data import {importer}`; account.json says what became of every row.\n"
    return head + yaml.safe_dump({"connection": "duckdb", "tables": entries}, sort_keys=False, allow_unicode=True)


def _replace(made: Path, out: Path, before: Path) -> None:
    if out.exists():
        out.rename(before)
    try:
        made.rename(out)
    except OSError:
        if before.exists():
            before.rename(out)
        raise
