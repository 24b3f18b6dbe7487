"""`workbench check`: every fault of every study, without a kernel and without reading data."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from workbench.errors import StudyError
from workbench.parameters import Contract, read_notebook
from workbench.runs.key import Source, read_source
from workbench.runs.named import metric_faults
from workbench.runs.study import Study, find, notebook_files, read_study, study_files
from workbench.tables.mapping import CatalogFile, read_catalog
from workbench.tables.metrics import read_metrics


def check_studies(names: Sequence[str], root: Path) -> list[str]:
    """Hold studies and notebooks against each other.

    Args:
        names: Studies or notebooks; all of the project's when empty.
        root: The project's root.

    Returns:
        One sentence for each fault; empty when all is well.

    Raises:
        StudyError: When a name is unknown.
    """
    paths = [find(name, root) for name in names] or [*study_files(root), *notebook_files(root)]
    reader = _Reader(root)
    faults = [fault for path in paths for fault in reader.faults(path)]
    return list(dict.fromkeys(faults))


class _Reader:
    """Reads each notebook, each catalogue and each file of metrics once, however many studies share it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._notebook = cache(self._read_notebook)
        self._catalog = cache(self._read_catalog)
        self._metrics = cache(read_metrics)

    def faults(self, path: Path) -> list[str]:
        try:
            study = read_study(path, self._root)
        except StudyError as error:
            return str(error).splitlines()
        notebook = self._notebook(study.notebook)
        if isinstance(notebook, StudyError):
            return str(notebook).splitlines()
        return [
            fault
            for one in study.combinations
            for fault in self._combination(study, {**study.parameters, **one}, *notebook)
        ]

    def _combination(self, study: Study, values: dict[str, object], contract: Contract, source: Source) -> list[str]:
        try:
            held = contract.validate(values, study.where)
        except StudyError as error:
            return str(error).splitlines()
        faults = metric_faults(source.needs.metrics, held.values, self._root, study.where, self._metrics)
        catalog = held.values.get("catalog")
        if not catalog or not source.needs.tables:
            return faults
        read = self._catalog(self._root / str(catalog))
        if isinstance(read, StudyError):
            return [*faults, *str(read).splitlines()]
        return [*faults, *(fault for table in source.needs.tables for fault in _table_fault(read, table, study.where))]

    def _read_notebook(self, path: Path) -> tuple[Contract, Source] | StudyError:
        try:
            return read_notebook(path, self._root), read_source(path)
        except StudyError as error:
            return error

    def _read_catalog(self, path: Path) -> CatalogFile | StudyError:
        try:
            return read_catalog(path)
        except StudyError as error:
            return error


def _table_fault(catalog: CatalogFile, table: str, where: str) -> list[str]:
    try:
        catalog.mapping(table)
    except StudyError as error:
        return [f"{where}: the notebook needs a table that the catalogue lacks: {error}"]
    return []
