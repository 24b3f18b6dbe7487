"""Types that a parameters cell may use beside those of pydantic."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from workbench.errors import unknown


@dataclass(frozen=True, slots=True)
class Files:
    """The project files that parameters name, gathered while they are validated.

    Attributes:
        root: Where their paths start; None to take the paths as they are.
        names: What was found, in order.
    """

    root: Path | None
    names: list[str]


def _iso_date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError('a date as "YYYY-MM-DD"')
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date that the calendar has") from None
    return text


def _project_file(text: str, info: ValidationInfo) -> str:
    found = info.context
    assert isinstance(found, Files)
    if found.root is not None and not (found.root / text).is_file():
        raise ValueError(f"a file, its path from the project's root or from /{_nearest_file(found.root, text)}")
    found.names.append(text)
    return text


def _nearest_file(root: Path, text: str) -> str:
    folder = (root / text).parent
    names = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    return f" ({unknown('file', Path(text).name, names)})" if names else ""


IsoDate = Annotated[str, AfterValidator(_iso_date)]
"""A day as an ISO string; it stays a string, so that JupyterLab and a run see the same."""

ProjectFile = Annotated[str, AfterValidator(_project_file)]
"""A path from the project's root, or an absolute one; the file must be there, and its content enters the run's key."""
