"""Runs before they run: the answer that still holds, the folder that waits, the refusal."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from workbench.errors import StudyError, WorkbenchError
from workbench.runs.alive import this_process
from workbench.runs.answer import Answer, publish
from workbench.runs.folder import RunFolder, runs_with_key
from workbench.runs.key import git_state, lock_digest, package_versions
from workbench.runs.pages import refusal_page
from workbench.runs.plan import Plan
from workbench.runs.record import Record, now, write_record
from workbench.runs.study import Study
from workbench.runs.wording import from_root_on


@dataclass(frozen=True, slots=True)
class Job:
    """A run that has its hidden folder and waits for its turn."""

    plan: Plan
    folder: RunFolder
    record: Record


def new_record(study: Study, root: Path) -> Record:
    """The facts of a run that stand before anything has run.

    Raises:
        StudyError: When WORKBENCH_TRIGGER is neither `manual` nor `schedule`.
    """
    trigger = os.environ.get("WORKBENCH_TRIGGER", "manual")
    if trigger not in {"manual", "schedule"}:
        raise StudyError(f"WORKBENCH_TRIGGER should be manual or schedule; found {trigger!r}")
    return Record(
        study=study.name,
        question=study.question,
        owner=study.owner,
        lang=study.lang,
        notebook=study.notebook.stem if study.notebook.suffix == ".ipynb" else "",
        study_file=study.path.relative_to(root).as_posix() if study.path and study.path.is_relative_to(root) else "",
        state="queued",
        queued=now(),
        timeout_minutes=study.timeout_minutes,
        matrix=study.matrix or None,
        schedule=study.schedule.model_dump() if study.schedule else None,
        git=git_state(root),
        lock=lock_digest(root),
        python=sys.version.split()[0],
        packages=package_versions(),
        trigger=trigger,
        parent=this_process(),
    )


def reusable(plan: Plan, runs: Path) -> Answer | None:
    """An earlier success with the same key that is still there, whose page would say the same.

    It notes that its answer holds today.  What the record knows of the study beside the answer (matrix, schedule)
    becomes what the study says now.
    """
    said = (plan.study.question, plan.study.owner, plan.study.lang)
    for run in runs_with_key(runs / plan.study.name, plan.key):
        record = run.record
        there = all((run.folder / name).is_file() for name in ("result.json", "report.html"))
        if there and record.state == "succeeded" and said == (record.question, record.owner, record.lang):
            with suppress(OSError):  # a full disk or a read-only archive does not make the answer wrong
                write_record(run.folder, _placed(record, plan).becomes(confirmed=now()))
            return Answer(run.folder, 0, "nothing has changed since this run; --force runs it again", reused=True)
    return None


def queue(plan: Plan, runs: Path, root: Path) -> Job:
    """Give a run its hidden folder with a record, before anything is started."""
    record = _placed(new_record(plan.study, root), plan).becomes(key=plan.key, parameters=plan.values, data=plan.data)
    folder = RunFolder.create(runs, plan.study.name, plan.key)
    try:
        write_record(folder.work, record)
        (folder.work / "artifacts").mkdir()
    except OSError:
        folder.drop()
        raise
    return Job(plan, folder, record)


def _placed(record: Record, plan: Plan) -> Record:
    """The run's place among the study's runs, as the study has them now."""
    return record.becomes(
        matrix=plan.study.matrix or None,
        schedule=plan.study.schedule.model_dump() if plan.study.schedule else None,
        combination=plan.combination or None,
        overrides=plan.overrides or None,
    )


def refuse(record: Record, error: WorkbenchError, runs: Path) -> Answer:
    """Leave a record and a short report of a run that could not begin."""
    key = sha256(f"{record.study}\0{error}".encode()).hexdigest()
    folder = RunFolder.create(runs, record.study, key)
    ended = record.becomes(state="failed", cause=from_root_on(str(error)), exit_code=error.exit_code, ended=now())
    try:
        return publish(folder, ended, refusal_page(ended, folder.place))
    except OSError:
        folder.drop()
        raise
