"""A platform written to a folder, block by block: what lies in memory does not grow with the users."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from workbench.simulate.blocks import THREADS, Blocks
from workbench.simulate.world import UTC_OFFSET_HOURS, World
from workbench.tables.replacement import Contents, replace_folder
from workbench.tables.schema import TABLES, canonical

GROUP_ROWS = 250_000  # of a Parquet file are written together, at least
TRUTH, CATALOG = "truth.json", "catalog.yaml"
CURRENCY = "CNY"
_CONTENTS = Contents("a sample", TRUTH, (CATALOG, "truth/*.parquet", *(f"{name}/{name}.parquet" for name in TABLES)))


def write_world(
    world: World, out: Path, *, events: bool = False, threads: int = THREADS, progress: bool = False
) -> None:
    """Write all tables of a world as Parquet under `out`, with their catalogue and the truth; times are in UTC.

    The folder is replaced as a whole: a reader never sees half of it, and a failure leaves the one before.

    Args:
        world: What is made.
        out: The folder: `orders/orders.parquet` and so on.
        events: Whether every step of every visit is written too.
        threads: How many blocks are made at a time; it changes nothing else.
        progress: Show a bar, on a terminal only.

    Raises:
        StudyError: `out` is a file, or holds anything that is not of a sample, which would be lost.
    """
    with replace_folder(out, _CONTENTS) as making:
        _write(Blocks(world, events=events, threads=threads), making.folder, progress=progress)


class Files:
    """One Parquet file per table, written in groups of rows as they come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._waiting: dict[str, list[pa.Table]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for name in self._waiting:
                    self._flush(name)
        finally:
            for writer in self._writers.values():
                writer.close()

    def add(self, path: str, table: pa.Table) -> None:
        """Rows for the file at this path within the folder; a later call has the same columns."""
        waiting = self._waiting.setdefault(path, [])
        waiting.append(table)
        if sum(part.num_rows for part in waiting) >= GROUP_ROWS:
            self._flush(path)

    def _flush(self, path: str) -> None:
        parts = self._waiting[path]
        if parts:
            table = pa.concat_tables(parts)
            self._waiting[path] = []
            self._writer(path, table.schema).write_table(table, row_group_size=max(table.num_rows, 1))

    def _writer(self, path: str, schema: pa.Schema) -> pq.ParquetWriter:
        if path not in self._writers:
            place = self._folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            whole = [field.name for field in schema if _is_whole(field.type)]
            self._writers[path] = pq.ParquetWriter(
                place,
                schema,
                compression="zstd",
                compression_level=1,
                use_dictionary=[field.name for field in schema if pa.types.is_dictionary(field.type)],
                column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),  # ids and times: half the time and place
                store_schema=False,  # so that text comes back as text
            )
        return self._writers[path]


def _is_whole(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) and kind.bit_width >= 32) or pa.types.is_timestamp(kind)


def _write(blocks: Blocks, folder: Path, *, progress: bool) -> None:
    from tqdm import tqdm

    # `disable=None`: no bar unless standard error is a terminal.
    bar = tqdm(total=len(blocks), desc="Making users", unit="block", leave=False, disable=None if progress else True)
    with bar, Files(folder) as files:
        for result in blocks:
            for name, table in result.tables.items():
                files.add(f"{name}/{name}.parquet", table)
            for name, table in result.truth.items():
                files.add(f"truth/{name}.parquet", table)
            bar.update()
        whole = blocks.whole()
        for name, table in whole.tables.items():
            files.add(f"{name}/{name}.parquet", table)
        for name, table in whole.truth.items():
            files.add(f"truth/{name}.parquet", table)
    (folder / CATALOG).write_text(_catalog(folder), encoding="utf-8")
    (folder / TRUTH).write_text(json.dumps(whole.facts, indent=1) + "\n", encoding="utf-8")


def _catalog(folder: Path) -> str:
    """The catalogue over what was written, so that a study may name it wherever the folder lies."""
    entries: dict[str, dict[str, object]] = {}
    for name in (name for name in TABLES if (folder / name).is_dir()):
        entries[name] = {"source": f"{name}/*.parquet"}
        if "time" in canonical(name).columns.values():
            entries[name]["utc_offset_hours"] = UTC_OFFSET_HOURS
        if name == "orders":
            entries[name]["constants"] = {"currency": CURRENCY}
    head = "# Written by `workbench sample`: `catalog: …/catalog.yaml` lets a study read this sample.\n"
    return head + yaml.safe_dump({"connection": "duckdb", "tables": entries}, sort_keys=False)
