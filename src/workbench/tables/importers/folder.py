"""The folder that an import writes: Parquet files, the catalogue over them, the row account; whole, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from workbench.errors import StudyError
from workbench.tables.importers.account import Account
from workbench.tables.importers.desk import Desk, Imported, Table, quoted
from workbench.tables.replacement import Contents, replace_folder
from workbench.tables.schema import TABLES, canonical

ACCOUNT, CATALOG = "account.json", "catalog.yaml"
_CONTENTS = Contents("a former import", ACCOUNT, (CATALOG, *(f"{name}.parquet" for name in TABLES)))


def _refuse_one_in_the_other(path: Path, out: Path) -> None:
    source, target = path.resolve(), out.resolve()
    if target == source or target in source.parents or source in target.parents:
        raise StudyError(f"{out} and the export {path} lie in one another; name a folder elsewhere with --out")


def write_folder(importer: str, convert: Callable[[Desk, Path], Imported], path: Path, out: Path) -> Account:
    """Convert an export and put the result at `out`, in place of a former import.

    Raises:
        StudyError: `out` is a file, holds other files than a former import, or lies around or inside `path`.
        DataError, MachineError: As the importer says; `out` is left as it was.
    """
    _refuse_one_in_the_other(path, out)
    with replace_folder(out, _CONTENTS) as making:
        with Desk(making.scratch) as desk:
            imported = convert(desk, path)
            written = {name: _write(desk, name, table, making.folder) for name, table in imported.tables.items()}
        account = Account(importer, imported.reads, written, (*desk.notes, *imported.notes))
        (making.folder / ACCOUNT).write_text(account.to_json(), encoding="utf-8")
        # A table without rows is refused by every study, so the catalogue lists none.
        filled = {name: table for name, table in imported.tables.items() if written[name]}
        (making.folder / CATALOG).write_text(_catalog(importer, filled), encoding="utf-8")
    return account


def _write(desk: Desk, name: str, table: Table, folder: Path) -> int:
    """Write one table in the order of its clock and key, so that the same export gives the same file; its rows.

    Rows that the catalogue numbers are written in the order of the source.
    """
    schema = canonical(name)
    columns = [row[0] for row in desk.rows(f"DESCRIBE {table.query}")]
    order = "row" if table.row_id else ", ".join(c for c in (schema.clock, *schema.key) if c in columns)
    kept = "* EXCLUDE (row)" if table.row_id else "*"
    file = folder / f"{name}.parquet"
    desk.run(
        f"COPY (SELECT {kept} FROM ({table.query}) ORDER BY {order}) TO {quoted(str(file))} "  # noqa: S608  own words
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
        if table.row_id:
            entries[name]["row_id"] = table.row_id
        if table.constants:
            entries[name]["constants"] = dict(table.constants)
    head = f"# Written by `workbench data import {importer}`; account.json says what became of every row.\n"
    return head + yaml.safe_dump({"connection": "duckdb", "tables": entries}, sort_keys=False, allow_unicode=True)
