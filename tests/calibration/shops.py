"""Simulated platforms for the estimators to be tried on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq

from workbench.simulate import World, make_tables
from workbench.tables import Catalog, open_catalog

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Shop:
    """One platform: its tables as an estimator meets them, and the truth that it must not see."""

    world: World
    catalog: Catalog
    truth: dict[str, pd.DataFrame]


@contextmanager
def shop(world: World, tables: tuple[str, ...]) -> Iterator[Shop]:
    """Make some tables of a platform, for as long as they are needed."""
    platform = make_tables(world, tables)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name in tables:
            (place / "sample" / name).mkdir(parents=True)
            pq.write_table(platform.tables[name], place / "sample" / name / f"{name}.parquet")
        shutil.copy(ROOT / "data" / "catalog.yaml", place)
        truth = {name: table.to_pandas() for name, table in platform.truth.items()}
        yield Shop(world, open_catalog(place / "catalog.yaml"), truth)
