"""A small catalogue in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbench.tables import Catalog, open_catalog

Opener = Callable[..., Catalog]


@pytest.fixture
def opened(tmp_path: Path) -> Opener:
    """Write a catalogue with these entries and open it."""

    def _open(connection: str = "duckdb", **tables: Any) -> Catalog:
        path = tmp_path / "catalog.yaml"
        path.write_text(yaml.safe_dump({"connection": connection, "tables": tables}), encoding="utf-8")
        return open_catalog(path)

    return _open
