"""Runs from plan to place: reuse, threads, the stop from outside, and the truth in every folder that is left."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from workbench.errors import MachineError, StudyError, WorkbenchError
from workbench.runs.execute import Outcome, execute
from workbench.runs.folder import RunFolder, runs_of
from workbench.runs.kernel import Kernel
from workbench.runs.key import git_state, lock_digest, package_versions
from workbench.runs.lost import own_start
from workbench.runs.pages import refusal_page, report_page
from workbench.runs.plan import Plan
from workbench.runs.record import Record, now, write_atomically, write_record
from workbench.runs.study import Study

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DISK_FULL = "the disk is full: make room and run again"


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a run's folder lies and how it ended; `folder` is None when there was no room to leave one.

    Attributes:
        note: A sentence for the terminal, empty when there is nothing to say.
        reused: Whether this is an earlier run with the same key.
    """

    folder: Path | None
    exit_code: int
    note: str
    reused: bool = False


class Stop:
    """The stop from outside: it ends the kernels that run and keeps those that wait from starting."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._kernels: set[Kernel] = set()

    @property
    def asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked.is_set()

    def ask(self) -> None:
        """End everything; called from a signal handler, so it takes no lock."""
        self._asked.set()
        for kernel in tuple(self._kernels):
            kernel.stop()

    def watch(self, kernel: Kernel) -> None:
        """Let a kernel be ended too."""
        self._kernels.add(kernel)
        if self.asked:
            kernel.stop()

    def forget(self, kernel: Kernel) -> None:
        """Its run is over."""
        self._kernels.discard(kernel)


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
        pid=os.getpid(),
        process_started=own_start(),
    )


def reusable(plan: Plan, runs: Path) -> Answer | None:
    """An earlier run that succeeded with the same key; it notes that its answer holds today."""
    for run in runs_of(runs / plan.study.name):
        if run.record.key == plan.key and run.record.state == "succeeded" and not run.hidden:
            with suppress(OSError):  # a full disk or a read-only archive does not make the answer wrong
                write_record(run.folder, run.record.becomes(confirmed=now()))
            return Answer(run.folder, 0, "nothing has changed since this run; --force runs it again", reused=True)
    return None


def queue(plan: Plan, runs: Path, root: Path) -> Job:
    """Give a run its hidden folder with a record, before anything is started."""
    record = new_record(plan.study, root).becomes(
        key=plan.key, parameters=plan.values, combination=plan.combination or None, data=plan.data
    )
    folder = RunFolder.create(runs, plan.study.name, plan.key)
    write_record(folder.work, record)
    return Job(plan, folder, record)


def refuse(record: Record, error: WorkbenchError, runs: Path) -> Answer:
    """Leave a record and a short report of a run that could not begin."""
    key = sha256(f"{record.study}\0{error}".encode()).hexdigest()
    folder = RunFolder.create(runs, record.study, key)
    ended = record.becomes(state="failed", cause=str(error), exit_code=error.exit_code, ended=now())
    return _publish(folder, ended, refusal_page(ended, folder.place))


def run_jobs(jobs: Iterable[Job | Answer], root: Path, *, threads: int, progress: bool, stop: Stop) -> Iterator[Answer]:
    """Run what waits, so many at a time, and answer in the order that was asked."""
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="run") as pool:
        asked = [
            job if isinstance(job, Answer) else pool.submit(run_job, job, root, progress=progress, stop=stop)
            for job in jobs
        ]
        for one in asked:
            yield one if isinstance(one, Answer) else one.result()


def run_job(job: Job, root: Path, *, progress: bool, stop: Stop) -> Answer:
    """Run one job to its end; whatever happens, the folder that is left says it."""
    record = job.record
    try:
        if stop.asked:
            cause = "the run was stopped before it started"
            record = record.becomes(state="killed", cause=cause, exit_code=4, ended=now())
            return _publish(job.folder, record, refusal_page(record, job.folder.place))
        record = record.becomes(state="running", started=now())
        write_record(job.folder.work, record)
        with (job.folder.work / "log.txt").open("a", encoding="utf-8", buffering=1) as log:
            log.write(f"{record.started} {record.study} started, key {record.key}\n")
            record, outcome = _attempts(job, record, root, log, progress=progress, stop=stop)
            log.write(f"{record.ended} {record.state}{': ' if record.cause else ''}{record.cause}\n")
        return _leave(job, record, outcome)
    except OSError as error:
        return _no_room(job.folder, record, error)


def _attempts(
    job: Job, record: Record, root: Path, log: IO[str], *, progress: bool, stop: Stop
) -> tuple[Record, Outcome]:
    """Execute; a second time only when the first kernel did not start."""
    study = job.plan.study
    name = study.name if progress else ""
    for attempt in (1, 2):
        kernel = Kernel(job.folder.work, root / "notebooks", log, study.timeout_minutes * 60)
        stop.watch(kernel)
        try:
            outcome = execute(study.notebook, job.plan.values, kernel, log, name)
        except MachineError as error:
            outcome = Outcome("failed", error.exit_code, str(error), None, None)
        finally:
            stop.forget(kernel)
        if kernel.started or stop.asked or kernel.timed_out:
            break
        log.write(f"{now()} attempt {attempt}: {outcome.cause}\n")
    return record.becomes(
        state=outcome.state,
        cause=outcome.cause,
        exit_code=outcome.exit_code,
        attempt=attempt,
        ended=now(),
        peak_memory=kernel.peak_memory or None,
    ), outcome


def _leave(job: Job, record: Record, outcome: Outcome) -> Answer:
    work = job.folder.work
    if outcome.notebook is not None:
        import nbformat

        text: str = nbformat.writes(outcome.notebook)  # type: ignore[no-untyped-call]
        (work / "executed.ipynb").write_text(text, encoding="utf-8")
    if outcome.finding is None:
        return _publish(
            job.folder, record, refusal_page(record, job.folder.place, cell=outcome.cell, traceback=outcome.traceback)
        )
    result = json.dumps(outcome.finding, ensure_ascii=False, indent=1, allow_nan=False)
    (work / "result.json").write_text(result + "\n", encoding="utf-8")
    return _publish(job.folder, record, report_page(outcome.notebook, record, job.folder.place, job.plan.comments))


def _publish(folder: RunFolder, record: Record, page: str) -> Answer:
    write_atomically(folder.work / "report.html", page)
    write_record(folder.work, record)
    return Answer(folder.publish(), record.exit_code or 0, record.cause)


def _no_room(folder: RunFolder, record: Record, error: OSError) -> Answer:
    """Keep the record when giving up the rest makes room for it, else leave nothing: never half a run."""
    cause = DISK_FULL if error.errno in _FULL else f"the machine refused a file: {error.strerror or error}"
    failed = record.becomes(state="failed", cause=cause, exit_code=MachineError.exit_code, ended=now())
    with suppress(OSError):
        for path in folder.work.iterdir():
            if path.name != "run.json":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (folder.work / "artifacts").mkdir()
        return _publish(folder, failed, refusal_page(failed, folder.place))
    shutil.rmtree(folder.work, ignore_errors=True)
    return Answer(None, MachineError.exit_code, cause)
