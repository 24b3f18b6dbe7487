"""A notebook as a file: its cells, and what its metadata say that it needs; nothing of it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import StudyError


@dataclass(frozen=True, slots=True)
class MetricNames:
    """Which parameters of a notebook speak of metrics: `workbench.metrics: {file: …, names: […]}` in its metadata.

    Attributes:
        file: The parameter that holds the path of the definitions.
        names: The parameters that hold a metric's name, or a list of names.
    """

    file: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What a notebook says that it needs, in `metadata.workbench`.

    Attributes:
        declared: Whether it says anything of its tables.
        tables: Table → columns, without which it cannot run.
        may_use: Further tables, which it reads where the catalogue has them.
        metrics: Which of its parameters name metrics; None when it knows none.
        columns: Table → parameters that name columns of it: a name, a list of names (or of lists), or a table by name.
        of_the_moment: Whether its answer is that of the moment when it is asked (`as_of: now`), so that no earlier
            one can stand for it, also when the data are what they were.
    """

    declared: bool
    tables: Mapping[str, tuple[str, ...]] = field(hash=False)
    may_use: tuple[str, ...]
    metrics: MetricNames | None
    columns: Mapping[str, tuple[str, ...]] = field(hash=False)
    of_the_moment: bool


def read_document(path: Path) -> dict[str, Any]:
    """A notebook's JSON, with its cells.

    Raises:
        StudyError: There is no such file, or it is no notebook of format 4.
    """
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for cell in document["cells"]:
            _ = cell["cell_type"], "".join(cell["source"]), cell.get("metadata", {}).get("tags", [])
        document.get("metadata", {}).get("workbench", {}).get("needs")
    except FileNotFoundError:
        raise StudyError(f"there is no notebook {path}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudyError(f"notebook {path.name} cannot be read as a notebook (format 4): {error}") from None
    return document


def read_needs(path: Path) -> Needs:
    """What a notebook's metadata say that it needs.

    Raises:
        StudyError: The notebook cannot be read, or its metadata say it in another way than
            `{needs: {table: [column, …]}, may_use: [table, …], metrics: {file: parameter, names: [parameter, …]},
            columns: {table: [parameter, …]}, as_of: now}`, each of them optional; `may_use` may be said as `needs` is.
    """
    said = read_document(path).get("metadata", {}).get("workbench", {})
    where = f"notebook {path.stem}: the metadata workbench"
    needs, may_use = said.get("needs", {}), said.get("may_use", [])
    if not (isinstance(needs, dict) and all(map(_is_names, needs.values()))):
        raise StudyError(f"{where}.needs should be {{table: [column, …]}}")
    if not (_is_names(may_use) or (isinstance(may_use, dict) and all(map(_is_names, may_use.values())))):
        raise StudyError(f"{where}.may_use should be [table, …] or {{table: [column, …]}}")
    columns = said.get("columns", {})
    if not (isinstance(columns, dict) and all(map(_is_names, columns.values()))):
        raise StudyError(f"{where}.columns should be {{table: [parameter, …]}}")
    if said.get("as_of", "now") != "now":
        raise StudyError(f"{where}.as_of should be now, or be left out; found {said['as_of']!r}")
    tables = {table: tuple(columns) for table, columns in needs.items()}
    declared = "needs" in said or "may_use" in said
    return Needs(
        declared,
        tables,
        tuple(may_use),
        _metric_names(said.get("metrics"), where),
        {table: tuple(parameters) for table, parameters in columns.items()},
        "as_of" in said,
    )


def read_title(path: Path) -> str:
    """A notebook's first heading, which is its question; its name where there is none.

    Raises:
        StudyError: The notebook cannot be read.
    """
    for cell in read_document(path)["cells"]:
        heading = re.match(r"\s*#[ \t]+(.+?)[ \t#]*(?:\n|$)", "".join(cell["source"]))
        if cell["cell_type"] == "markdown" and heading:
            return heading[1]
    return path.stem


def _metric_names(said: object, where: str) -> MetricNames | None:
    match said:
        case None:
            return None
        case {"file": str(file), "names": [*names]}:
            return MetricNames(file, tuple(map(str, names)))
    raise StudyError(f"{where}.metrics should be {{file: parameter, names: [parameter, …]}}")


def _is_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)
