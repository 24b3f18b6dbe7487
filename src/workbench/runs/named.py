"""The metrics that a study names, held against the file that defines them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from workbench.errors import StudyError, unknown
from workbench.parameters import JSON, MetricNames
from workbench.tables.metrics import Metrics


def metric_faults(
    said: MetricNames | None, values: Mapping[str, JSON], root: Path, where: str, read: Callable[[Path], Metrics]
) -> list[str]:
    """A sentence for each metric that a study names and nobody defines, or for each fault of the definitions.

    Args:
        said: What the notebook says; None when it knows no metrics.
        values: Every parameter of the notebook.
        root: The project's root.
        where: What names the parameters, for messages.
        read: Reads the definitions.
    """
    if said is None:
        return []
    strange = [name for name in (said.file, *said.names) if name not in values]
    if strange:
        return [f"{where}: the notebook's metadata workbench.metrics: {unknown('parameter', strange[0], values)}"]
    try:
        known = read(root / str(values[said.file])).names
    except StudyError as error:
        return str(error).splitlines()
    return [
        f"{where}: {parameter}: {unknown('metric', name, known)}"
        for parameter in said.names
        for name in _names(values[parameter])
        if name not in known
    ]


def _names(value: JSON) -> Iterable[str]:
    return [value] if isinstance(value, str) else value or []
