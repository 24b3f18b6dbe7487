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

if TYPE_CHECKING:
    from workbench.tables.importers.account import Account


@dataclass(frozen=True, slots=True)
class Importer:
    """One kind of export.

    Attributes:
        name: What the command calls it.
        module: Where its `convert` lives, loaded when it is used.
        expects: What PATH must be, in words.
    """

    name: str
    module: str
    expects: str


_IMPORTERS = (
    Importer("uci-online-retail", "uci_online_retail", "UCI Online Retail I or II: a file (.xlsx, .csv, .parquet)"),
    Importer("cdnow", "cdnow", "CDNOW_master.txt or CDNOW_sample.txt"),
    Importer("hillstrom", "hillstrom", "Hillstrom's e-mail challenge: its file (.csv, .parquet)"),
    Importer(
        "movielens", "movielens", "a MovieLens folder: 100k (u.data …), 1M (ratings.dat …) or latest (ratings.csv …)"
    ),
    Importer("olist", "olist", "the folder of Olist's CSV files"),
    Importer("ga4", "ga4", "GA4's BigQuery export: a file or folder of Parquet or newline JSON (.json, .json.gz)"),
    Importer("shopify", "shopify", "a Shopify orders export (.csv)"),
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
    if not path.exists():
        near = unknown("file", path.name, (p.name for p in path.parent.iterdir())) if path.parent.is_dir() else ""
        raise DataError(
            f"there is nothing at {path}; wanted {IMPORTERS[name].expects}"
            + near.partition(";")[1]
            + near.partition(";")[2]
        )
    from workbench.tables.importers.folder import write_folder

    module = importlib.import_module(f"{__name__}.{IMPORTERS[name].module}")
    return write_folder(name, module.convert, path, out)
