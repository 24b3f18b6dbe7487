"""What will run: a study's combinations, each with parameters that hold, fingerprints of its data and its key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbench.errors import StudyError, WorkbenchError
from workbench.parameters import JSON, read_notebook
from workbench.runs.key import data_fingerprints, read_source, run_key
from workbench.runs.named import metric_faults
from workbench.runs.record import now
from workbench.runs.study import Study
from workbench.tables.metrics import read_metrics


@dataclass(frozen=True, slots=True)
class Plan:
    """One run to be.

    Attributes:
        combination: Its share of the study's matrix.
        overrides: What the command line made other than the study has it.
        values: Every parameter of the notebook.
        files: The project files that the parameters name.
        comments: Parameter → the comment beside it in the notebook.
        data: Table → fingerprint.
        asked: When it was planned, UTC; part of the key where the answer is that of the moment.
        key: What it depends on, as one hash.
    """

    study: Study
    combination: dict[str, JSON]
    overrides: dict[str, JSON]
    values: dict[str, JSON]
    files: tuple[str, ...]
    comments: dict[str, str]
    data: dict[str, str]
    asked: str
    key: str


def plan_study(study: Study, settings: Mapping[str, str], root: Path) -> list[Plan]:
    """Hold a study against its notebook and find what each of its runs depends on; no kernel is started.

    Args:
        study: What to run.
        settings: `--set` from the command line, name → text; they go before the study's own and its matrix.
        root: The project's root.

    Raises:
        StudyError: For an unknown parameter or metric, a wrong type, a value out of range.
        DataError: For a table whose file is not there.
    """
    contract = read_notebook(study.notebook, root)
    source = read_source(study.notebook)
    said = {name: contract.read_text(name, text) for name, text in settings.items()}
    comments = {one.name: one.comment for one in contract.parameters}
    read = cache(read_metrics)
    plans = []
    defaults = {one.name: one.default for one in contract.parameters if one.name not in study.matrix}
    for combination in _combinations(study, said):
        where = f"{study.where}, --set" if said else study.where
        held = contract.validate({**study.parameters, **combination, **said}, where)
        faults = metric_faults(source.needs.metrics, held.values, root, where, read)
        if faults:
            raise StudyError("\n".join(faults))
        data = data_fingerprints(source, held.values, root)
        asked = now()
        key = run_key(source, held.values, held.files, data, root, asked=asked)
        standing = {**defaults, **study.parameters, **combination}
        overrides = {name: value for name, value in said.items() if name not in standing or standing[name] != value}
        plans.append(Plan(study, combination, overrides, held.values, held.files, comments, data, asked, key))
    return plans


def still_holds(plan: Plan, read: Mapping[str, str], root: Path) -> bool:
    """Whether a run that is over had before it what its key says.

    Args:
        plan: What was found before the kernel started.
        read: Table → fingerprint, as the run's finding says it.
        root: The project's root.

    Returns:
        False when notebook, project files, data, code or lock are not what they were, or when the run read a table
        that the notebook's metadata leave out.
    """
    if not read.items() <= plan.data.items():
        return False
    try:
        source = read_source(plan.study.notebook)
        data = data_fingerprints(source, plan.values, root)
        return run_key(source, plan.values, plan.files, data, root, asked=plan.asked) == plan.key
    except (WorkbenchError, OSError, ValueError, KeyError):
        return False  # it is gone, or half written


def _combinations(study: Study, said: Mapping[str, JSON]) -> list[dict[str, JSON]]:
    """The matrix with what the command line has set; where that leaves the matrix, less those parameters."""
    kept = []
    for one in study.combinations:
        chosen = {name: said.get(name, value) for name, value in one.items()}
        inside = chosen in study.combinations
        kept.append(chosen if inside else {name: value for name, value in one.items() if name not in said})
    return [one for number, one in enumerate(kept) if one not in kept[:number]]


def read_settings(words: Iterable[str]) -> dict[str, str]:
    """`NAME=VALUE` words, as name → text.

    Raises:
        StudyError: For a word without `=`, or a name that is set twice.
    """
    settings: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name.strip():
            raise StudyError(f"--set {word}: wanted NAME=VALUE, for example --set level=0.9")
        if name.strip() in settings:
            raise StudyError(f"--set {name.strip()} is given twice")
        settings[name.strip()] = text
    return settings
