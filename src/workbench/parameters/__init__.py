"""What a parameters cell may say, and the reading of it.

The cell is the contract and the only declaration: annotated JSON literals, a comment each, nothing derived.

    level: Annotated[float, Interval(gt=0, lt=1)] = 0.95  # of every interval

Annotations may be anything that pydantic understands; their names come from the import statements of the cells
before, and only the names that are used are imported.
"""

from annotated_types import Interval

from workbench.parameters.cell import read_notebook
from workbench.parameters.contract import JSON, Contract, Parameter, Values
from workbench.parameters.notebook import MetricNames, Needs, read_document, read_needs, read_title
from workbench.parameters.types import IsoDate, ProjectFile

__all__ = [
    "JSON",
    "Contract",
    "Interval",
    "IsoDate",
    "MetricNames",
    "Needs",
    "Parameter",
    "ProjectFile",
    "Values",
    "read_document",
    "read_needs",
    "read_notebook",
    "read_title",
]
