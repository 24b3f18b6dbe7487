"""Fixtures for every test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference numbers: $WORKBENCH_SHARED, else ../shared."""
    folder = Path(os.environ.get("WORKBENCH_SHARED", ROOT.parent / "shared")).resolve()
    if not (folder / "reference").is_dir():
        pytest.skip(f"no reference data: {folder} has no folder reference/ (set WORKBENCH_SHARED)")
    return folder
