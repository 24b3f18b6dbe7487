"""Importers: exports that people really have, made into canonical tables.

Adding one: a module with `convert(desk, path) -> Imported`, and its line in `IMPORTERS`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import DataError, StudyError, unknown
from workbench.tables.files import near_file

if TYPE_CHECKING:
    from workbench.tables.importers.account import Account


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of export.

    Attributes:
        name: What the command calls it.
        module: Where its `convert` lives, loaded when it is used.
        what: What PATH must be, in words.
        endings: How its files are named, where that decides how they are read.
    """

    name: str
    module: str
    what: str
    endings: tuple[str, ...] = ()

    @property
    def expects(self) -> str:
        """What PATH must be, with the endings of its files."""
        return self.what + (f" ({', '.join(self.endings)})" if self.endings else "")

    def reads(self, file: Path) -> bool:
        """Whether a file is named as one that can be read."""
        return file.name.lower().endswith(self.endings or "")


_CSV = (".csv", ".csv.gz")
_JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_IMPORTERS = (
    Importer(
        "uci-online-retail",
        "uci_online_retail",
        "UCI Online Retail I or II: a file, or a folder of them",
        (".xlsx", *_CSV, ".parquet"),
    ),
    Importer("cdnow", "cdnow", "CDNOW_master.txt or CDNOW_sample.txt"),
    Importer("hillstrom", "hillstrom", "Hillstrom's e-mail challenge: its file", (*_CSV, ".parquet")),
    Importer(
        "movielens", "movielens", "a MovieLens folder: 100k (u.data …), 1M (ratings.dat …) or latest (ratings.csv …)"
    ),
    Importer("olist", "olist", "the folder of Olist's CSV files", _CSV),
    Importer("ga4", "ga4", "GA4's BigQuery export of events: a file, or a folder of them", (".parquet", *_JSON)),
    Importer("shopify", "shopify", "a Shopify orders export", _CSV),
)
IMPORTERS: Mapping[str, Importer] = {importer.name: importer for importer in _IMPORTERS}


def import_export(name: str, path: Path, out: Path) -> Account:
    """Make canonical tables of an export: `out` then holds Parquet files, `catalog.yaml` and `account.json`.

    Args:
        name: One of `IMPORTERS`.
        path: The export, a file or a folder, as the importer expects it.
        out: A new or empty folder, or one that a former import wrote, which is replaced as a whole.

    Raises:
        StudyError: There is no such importer, or `out` holds something else.
        DataError: The export is missing, damaged, or not what the importer expects.
        MachineError: No room on the disk.
    """
    if name not in IMPORTERS:
        raise StudyError(unknown("importer", name, IMPORTERS))
    importer = IMPORTERS[name]
    if not path.exists():
        near = f"; {near_file(path)}" if path.parent.is_dir() else ""
        raise DataError(f"there is nothing at {path}; wanted {importer.expects}{near}")
    if path.is_file() and not importer.reads(path):
        raise DataError(f"{path.name} is something else; wanted {importer.expects}")
    from workbench.tables.importers.folder import write_folder

    module = importlib.import_module(f"{__name__}.{importer.module}")
    return write_folder(name, module.convert, path, out)
