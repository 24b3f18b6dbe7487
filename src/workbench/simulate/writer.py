"""A platform written to a folder, block by block: what lies in memory does not grow with the users."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.errors import StudyError
from workbench.simulate.blocks import THREADS, Blocks
from workbench.simulate.world import World

GROUP_ROWS = 250_000  # of a Parquet file are written together, at least
TRUTH = "truth.json"


def write_world(
    world: World, out: Path, *, events: bool = False, threads: int = THREADS, progress: bool = False
) -> None:
    """Write all tables of a world as Parquet under `out`, `truth/` and `truth.json` beside them; times are in UTC.

    The folder is replaced as a whole: a reader never sees half of it, and a failure leaves the one before.

    Args:
        world: What is made.
        out: The folder: `orders/orders.parquet` and so on.
        events: Whether every step of every visit is written too.
        threads: How many blocks are made at a time; it changes nothing else.
        progress: Show a bar, on a terminal only.

    Raises:
        StudyError: `out` holds something else than a sample, which would be lost.
    """
    out = out.absolute()
    if out.is_dir() and any(out.iterdir()) and not (out / TRUTH).is_file():
        raise StudyError(f"{out} holds other files than a sample, which would be lost; name a new or an empty folder")
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file; name a new or an empty folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "sample"
        made.mkdir()
        _write(Blocks(world, events=events, threads=threads), made, progress=progress)
        _replace(out, made, Path(folder) / "before")


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
    (folder / TRUTH).write_text(json.dumps(whole.facts, indent=1) + "\n", encoding="utf-8")


def _replace(out: Path, made: Path, before: Path) -> None:
    if out.exists():
        out.rename(before)
    try:
        made.rename(out)
    except OSError:
        if before.exists():
            before.rename(out)
        raise
