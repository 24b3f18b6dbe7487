"""A notebook is one question, short enough to read in one go; what it computes lives in src/workbench."""

from __future__ import annotations

import ast
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_nothing_that_a_run_leaves_is_committed(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        assert (cell.outputs, cell.execution_count) == ([], None)


def test_one_cell_holds_the_parameters(notebook: NotebookNode) -> None:
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]

    assert [cell.cell_type for cell in tagged] == ["code"]


def test_it_is_short(notebook: NotebookNode) -> None:
    cells = code_cells(notebook)

    assert len(cells) <= 12
    assert sum(len(cell.source.splitlines()) for cell in cells) <= 80


def test_it_defines_nothing(notebook: NotebookNode) -> None:
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for cell in code_cells(notebook):
        found = [ast.unparse(node) for node in ast.walk(ast.parse(cell.source)) if isinstance(node, definitions)]
        assert not found


def test_it_begins_with_its_question(notebook: NotebookNode) -> None:
    first = notebook.cells[0]

    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")


def test_it_says_what_it_needs(notebook: NotebookNode) -> None:
    said = notebook.metadata["workbench"]
    needs = said["needs"]

    assert needs or said["may_use"]
    assert all(isinstance(columns, list) and columns for columns in needs.values())


def test_it_runs_on_any_supported_python(notebook: NotebookNode) -> None:
    """The kernel is that of the environment, whatever made the notebook."""
    assert notebook.metadata["kernelspec"]["name"] == "python3"
    assert "language_info" not in notebook.metadata or "version" not in notebook.metadata["language_info"]
