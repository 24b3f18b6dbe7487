"""A study: one YAML file in `experiments/` that asks a question of a notebook."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from workbench.configuration import read_yaml, validate
from workbench.errors import StudyError, unknown
from workbench.parameters import JSON


def _cron(text: str) -> str:
    from croniter import croniter

    if len(text.split()) != 5 or not croniter.is_valid(text):
        raise ValueError('wanted a cron expression of five fields, like "0 6 * * *"')
    return text


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('wanted the name of a time zone, like "Asia/Shanghai"') from None
    return text


class Schedule(BaseModel):
    """When a study is due: a cron expression read on the clock of a time zone."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cron: Annotated[str, AfterValidator(_cron)]
    time_zone: Annotated[str, AfterValidator(_time_zone)]


class StudyFile(BaseModel):
    """The keys of a study's file; `experiments/README.md` explains each."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    question: Annotated[str, Field(min_length=1)]
    notebook: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    parameters: dict[str, Any] = {}
    matrix: dict[str, Annotated[list[Any], Field(min_length=1)]] = {}
    timeout_minutes: Annotated[float, Field(gt=0)] = 60
    lang: Literal["en", "zh"] = "en"
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Study:
    """A question, the notebook that answers it and what it is told.

    Attributes:
        name: The file's stem; for a notebook that is run bare, the notebook's.
        path: The study's file, None for a bare notebook.
        where: What names the parameters, for messages.
    """

    name: str
    path: Path | None
    where: str
    notebook: Path
    question: str
    owner: str
    parameters: dict[str, JSON]
    matrix: dict[str, list[JSON]]
    timeout_minutes: float
    lang: Literal["en", "zh"]
    schedule: Schedule | None

    @property
    def combinations(self) -> list[dict[str, JSON]]:
        """One dict of matrix parameters for each run, in the file's order; one empty dict without a matrix."""
        return [dict(zip(self.matrix, values, strict=True)) for values in itertools.product(*self.matrix.values())]


def study_files(root: Path) -> list[Path]:
    """Every study's file below the project's root, by name."""
    return sorted(
        path
        for path in (root / "experiments").iterdir()
        if path.suffix in {".yaml", ".yml"} and not path.name.startswith(".")
    )


def notebook_files(root: Path) -> list[Path]:
    """Every notebook below the project's root, by name."""
    return sorted(path for path in (root / "notebooks").glob("*.ipynb") if not path.name.startswith("."))


def find(name: str, root: Path) -> Path:
    """The file of a study or, failing that, of a notebook, by its name or its path.

    Raises:
        StudyError: When there is none, with the nearest name.
    """
    if "/" in name or name.endswith((".yaml", ".yml", ".ipynb")):
        path = Path(name) if Path(name).is_file() else root / name
        if path.is_file():
            return path.resolve()
    files = [*study_files(root), *notebook_files(root)]
    stem = Path(name).name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".ipynb")
    for path in files:
        if path.stem == stem and stem == name:
            return path
    raise StudyError(unknown("study or notebook", stem, dict.fromkeys(path.stem for path in files)))


def find_notebook(name: str, root: Path) -> Path:
    """The file of a notebook by its name or path.

    Raises:
        StudyError: When there is none, with the nearest name.
    """
    if Path(name).suffix == ".ipynb" and Path(name).is_file():
        return Path(name).resolve()
    known = {path.stem: path for path in notebook_files(root)}
    stem = Path(name).name.removesuffix(".ipynb")
    if stem not in known:
        raise StudyError(unknown("notebook", stem, known))
    return known[stem]


def unread(path: Path) -> Study:
    """What is known of a study before its file is understood: its name."""
    return Study(path.stem, path, path.name, path, path.stem, "", {}, {}, 60, "en", None)


def read_study(path: Path, root: Path) -> Study:
    """Read a study's file, or take a notebook as a study of its own with its defaults.

    Raises:
        StudyError: For broken YAML, unknown keys, wrong values, a notebook that is not there, a parameter that stands
            in `parameters` and in `matrix`, a study of the same name with the other ending.
    """
    if path.suffix == ".ipynb":
        return Study(path.stem, None, f"notebook {path.stem}", path, _title(path), "", {}, {}, 60, "en", None)
    where = f"{path.parent.name}/{path.name}"
    twin = path.with_suffix(".yml" if path.suffix == ".yaml" else ".yaml")
    if twin.exists():
        raise StudyError(f"{where}: {twin.name} beside it has the same name; keep one, or rename one")
    said = validate(StudyFile, read_yaml(path), where)
    notebooks = {notebook.stem: notebook for notebook in notebook_files(root)}
    if said.notebook not in notebooks:
        raise StudyError(f"{where}: {unknown('notebook', said.notebook, notebooks)}")
    twice = [name for name in said.matrix if name in said.parameters]
    if twice:
        raise StudyError(f"{where}: {twice[0]!r} stands in parameters and in matrix; keep one")
    return Study(
        name=path.stem,
        path=path,
        where=where,
        notebook=notebooks[said.notebook],
        question=said.question,
        owner=said.owner,
        parameters=said.parameters,
        matrix=said.matrix,
        timeout_minutes=said.timeout_minutes,
        lang=said.lang,
        schedule=said.schedule,
    )


def _title(notebook: Path) -> str:
    import json

    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        lines = "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "markdown")).splitlines()
        return next(line for line in lines if line.startswith("# ")).removeprefix("# ").strip()
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return notebook.stem
