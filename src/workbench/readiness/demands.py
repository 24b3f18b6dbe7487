"""What is asked of the tables: by the notebooks' own declarations, and by the metrics that studies name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.configuration import from_root, project_root, read_yaml, shown, validate
from workbench.errors import StudyError, unknown
from workbench.parameters import JSON, Contract, Needs, read_needs, read_notebook, read_title
from workbench.tables.metrics import ColumnMetric, FactMetric, Metric, Metrics, RatioMetric, read_metrics
from workbench.tables.schema import canonical


@dataclass(frozen=True, slots=True)
class Demand:
    """What one notebook or one study asks of the tables.

    Attributes:
        kind: Which of the two.
        name: Its name.
        file: Its file, for people.
        question: What it answers.
        tables: Table → columns, without which it cannot run.
        may_use: Tables that it reads where the catalogue has them.
        fault: Why nobody can tell what it asks for; empty when all is well.
    """

    kind: Literal["notebook", "study"]
    name: str
    file: str
    question: str
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    may_use: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Demands:
    """Everything that is asked of one catalogue.

    Attributes:
        notebooks: The notebooks that ask for tables of their own.
        studies: The studies on this catalogue.
        elsewhere: Studies that name another catalogue, by name.
    """

    notebooks: tuple[Demand, ...]
    studies: tuple[Demand, ...]
    elsewhere: tuple[str, ...]


class _StudyFile(BaseModel):
    """What a study says of its tables; the runner checks the rest."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    question: str
    notebook: str
    parameters: dict[str, Any] = {}
    matrix: dict[str, Annotated[list[Any], Field(min_length=1)]] = {}


def read_demands(notebooks: str, studies: str, catalog: str) -> Demands:
    """Read what the notebooks of a folder, and the studies of another, ask of a catalogue.

    A notebook that declares that it needs no table (as this one) can always run, and is left out.

    Args:
        notebooks, studies: The folders, from the project's root.
        catalog: The catalogue's file, from the project's root.

    Raises:
        StudyError: A folder is not there, or no notebook in it asks for a table.
    """
    folder = _folder(notebooks)
    asking = [_notebook(path) for path in sorted(folder.glob("*.ipynb"))]
    asking = [demand for demand in asking if demand.tables or demand.fault]
    if not asking:
        raise StudyError(
            f"no notebook in {shown(folder)}/ says which tables it needs, so there is nothing to be ready for; "
            "name the folder of the notebooks"
        )
    reader = _Reader(folder, from_root(catalog))
    found = [(path.stem, reader.study(path)) for path in sorted(_folder(studies).glob("*.yaml"))]
    return Demands(
        tuple(asking),
        tuple(demand for _, demand in found if demand and (demand.tables or demand.fault)),
        tuple(name for name, demand in found if demand is None),
    )


def _folder(name: str) -> Path:
    folder = from_root(name)
    if not folder.is_dir():
        near = [path.name for path in folder.parent.iterdir() if path.is_dir()] if folder.parent.is_dir() else []
        raise StudyError(f"{unknown('folder', name, sorted(near))}; its path starts at the project's root")
    return folder


def _notebook(path: Path) -> Demand:
    try:
        needs, title = read_needs(path), read_title(path)
    except StudyError as error:
        return Demand("notebook", path.stem, shown(path), path.stem, fault=str(error))
    fault = (
        ""
        if needs.declared
        else f"the notebook {path.stem} does not say which tables it needs: metadata workbench.needs"
    )
    return Demand("notebook", path.stem, shown(path), title, needs.tables, needs.may_use, fault)


class _Reader:
    """Reads each notebook and each file of metrics once, however many studies share it."""

    def __init__(self, notebooks: Path, catalog: Path) -> None:
        self._notebooks = notebooks
        self._catalog = catalog.resolve()
        self._metrics = cache(read_metrics)
        self._told = cache(self._read_notebook)

    def study(self, path: Path) -> Demand | None:
        """What a study asks for; None when it asks it of another catalogue, or none."""
        where, question = shown(path), path.stem
        try:
            read = validate(_StudyFile, read_yaml(path), where)
            question = read.question
            contract, needs = self._told(self._find(read.notebook, where))
            combinations = [dict(zip(read.matrix, values, strict=True)) for values in product(*read.matrix.values())]
            held = [contract.validate({**read.parameters, **one}, where).values for one in combinations]
            here = [values for values in held if self._here(values)]
            if not here:
                return None
            tables = self._tables(needs, here)
        except StudyError as error:
            return Demand("study", path.stem, where, question, fault=str(error))
        return Demand("study", path.stem, where, question, tables)

    def _here(self, values: Mapping[str, JSON]) -> bool:
        return bool(values.get("catalog")) and from_root(str(values["catalog"])).resolve() == self._catalog

    def _find(self, name: str, where: str) -> Path:
        path = self._notebooks / f"{name.removesuffix('.ipynb')}.ipynb"
        if not path.is_file():
            raise StudyError(f"{where}: {unknown('notebook', name, [p.stem for p in self._notebooks.glob('*.ipynb')])}")
        return path

    def _read_notebook(self, path: Path) -> tuple[Contract, Needs]:
        return read_notebook(path, project_root()), read_needs(path)

    def _tables(self, needs: Needs, combinations: Iterable[Mapping[str, JSON]]) -> dict[str, tuple[str, ...]]:
        """The notebook's own needs, those of the metrics that the parameters name, and the columns that they name."""
        asked = {table: dict.fromkeys(columns) for table, columns in needs.tables.items()}
        for values in combinations:
            for table, columns in (*self._of_metrics(needs, values), *_named_columns(needs, values)):
                asked.setdefault(table, {}).update(dict.fromkeys(columns))
        return {table: tuple(columns) for table, columns in asked.items()}

    def _of_metrics(self, needs: Needs, values: Mapping[str, JSON]) -> Iterator[tuple[str, tuple[str, ...]]]:
        if needs.metrics is None:
            return
        defined: Metrics = self._metrics(str(values[needs.metrics.file]))
        for parameter in needs.metrics.names:
            for name in _names(values[parameter]):
                yield from metric_columns(defined.get(name)).items()


def _named_columns(needs: Needs, values: Mapping[str, JSON]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for table, parameters in needs.columns.items():
        yield table, tuple(name for parameter in parameters for name in _names(values[parameter]))


def _names(value: JSON) -> Iterator[str]:
    """The names in a parameter's value: itself, the items of a list, also of lists in it, or the keys of a table."""
    if isinstance(value, str):
        yield from [value] if value else []
    elif isinstance(value, list | dict):
        for item in value:
            yield from _names(item)


def metric_columns(metric: Metric) -> dict[str, tuple[str, ...]]:
    """Table → the columns that a metric reads there.

    >>> from pathlib import Path
    >>> from workbench.tables import FactMetric
    >>> spent = FactMetric("spent", "Spent", "orders", "sum", "revenue", {}, 14, 0, "up", "CNY", None)
    >>> metric_columns(spent)
    {'exposures': ('exposed_at',), 'orders': ('user_id', 'ordered_at', 'revenue')}
    """
    match metric:
        case RatioMetric():
            found: dict[str, tuple[str, ...]] = {}
            for part in (metric.numerator, metric.denominator):
                for table, columns in metric_columns(part).items():
                    found[table] = tuple(dict.fromkeys([*found.get(table, ()), *columns]))
            return found
        case ColumnMetric():
            return {"exposures": (metric.value, *metric.covariates)}
        case FactMetric():
            value = [metric.value] if metric.value else []
            columns = ("user_id", canonical(metric.table).clock, *value, *metric.where)
            return {"exposures": ("exposed_at",), metric.table: tuple(dict.fromkeys(columns))}
