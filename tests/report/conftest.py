"""What the tests of the pages share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent))  # the notebook that these tests and those in a browser read

import hillstrom_notebook


@pytest.fixture(scope="session")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An executed notebook that concludes, with one table among the artifacts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_ARTIFACTS", str(tmp_path_factory.mktemp("artifacts")))
        return hillstrom_notebook.made(tables=True)
