"""Runs from their folder to their place: threads, attempts, and the truth in every folder that is left."""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO

import nbformat
from tqdm import tqdm

from workbench.errors import MachineError
from workbench.runs.answer import Answer, publish
from workbench.runs.execute import Outcome, execute
from workbench.runs.folder import RunFolder
from workbench.runs.kernel import Kernel
from workbench.runs.pages import refusal_page, report_page
from workbench.runs.plan import still_holds
from workbench.runs.record import Record, now, write_record
from workbench.runs.room import refused_file
from workbench.runs.stop import Stop
from workbench.runs.waiting import Job
from workbench.runs.wording import from_root_on


def run_jobs(jobs: Sequence[Job | Answer], root: Path, *, threads: int, terminal: bool, stop: Stop) -> Iterator[Answer]:
    """Run what waits, so many at a time, and answer in the order that was asked.

    Args:
        jobs: What waits, and what was answered already.
        root: The project's root.
        threads: How many at a time.
        terminal: Whether a person watches: one run at a time shows its cells, several show how many are done.
        stop: Ends them all.
    """
    cells = terminal and threads == 1
    with (
        ThreadPoolExecutor(max_workers=threads, thread_name_prefix="run") as pool,
        tqdm(total=len(jobs), unit="run", leave=False, disable=cells or not terminal) as bar,
    ):
        asked: list[Answer | Future[Answer]] = []
        for job in jobs:
            if isinstance(job, Answer):
                asked.append(job)
                bar.update()
            else:
                running = pool.submit(run_job, job, root, progress=cells, stop=stop)
                running.add_done_callback(lambda _: bar.update())
                asked.append(running)
        for one in asked:
            answer = one if isinstance(one, Answer) else one.result()
            bar.clear()  # what the caller prints stands on a line of its own
            yield answer
            bar.refresh()


def run_job(job: Job, root: Path, *, progress: bool, stop: Stop) -> Answer:
    """Run one job to its end; whatever happens, the folder that is left says it."""
    record = job.record
    try:
        if stop.asked:
            cause = "the run was stopped before it started"
            record = record.becomes(state="killed", cause=cause, exit_code=4, ended=now())
            return publish(job.folder, record, refusal_page(record, job.folder.place))
        record = record.becomes(state="running", started=now())
        write_record(job.folder.work, record)
        with (job.folder.work / "log.txt").open("a", encoding="utf-8", buffering=1) as log:
            log.write(f"{record.started} {record.study} started, key {record.key}\n")
            record, outcome = _attempts(job, record, root, log, progress=progress, stop=stop)
            record = _as_read(job, record, outcome, root, log)
            log.write(f"{record.ended} {record.state}{': ' if record.cause else ''}{record.cause}\n")
        return _leave(job, record, outcome)
    except OSError as error:
        return _give_up(job.folder, record, refused_file(error))
    except Exception as error:  # noqa: BLE001 — a fault of our own must not leave a run that seems to be running
        sys.stderr.write(traceback.format_exc())
        return _give_up(
            job.folder, record, from_root_on(f"the workbench itself failed: {type(error).__name__}: {error}")
        )


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
        cause=from_root_on(outcome.cause),
        exit_code=outcome.exit_code,
        attempt=attempt,
        ended=now(),
        peak_memory=kernel.peak_memory or None,
    ), outcome


def _as_read(job: Job, record: Record, outcome: Outcome, root: Path, log: IO[str]) -> Record:
    """The record of what was read, where that is not what was planned."""
    if outcome.finding is None:
        return record
    read = {source["table"]: source["fingerprint"] for source in outcome.finding["data"]}
    if still_holds(job.plan, read, root):
        return record
    log.write(f"{now()} what the answer depends on changed on the way; it will not be taken again\n")
    return record.becomes(key="", data=read)


def _leave(job: Job, record: Record, outcome: Outcome) -> Answer:
    work = job.folder.work
    if outcome.notebook is not None:
        text: str = nbformat.writes(outcome.notebook)  # type: ignore[no-untyped-call]
        (work / "executed.ipynb").write_text(text, encoding="utf-8")
    if outcome.finding is None:
        return publish(
            job.folder, record, refusal_page(record, job.folder.place, cell=outcome.cell, traceback=outcome.traceback)
        )
    result = json.dumps(outcome.finding, ensure_ascii=False, indent=1, allow_nan=False)
    (work / "result.json").write_text(result + "\n", encoding="utf-8")
    return publish(job.folder, record, report_page(outcome.notebook, record, job.folder.place, job.plan.comments))


def _give_up(folder: RunFolder, record: Record, cause: str) -> Answer:
    """Keep the record when dropping the rest makes room for it, else leave nothing: never half a run."""
    failed = record.becomes(state="failed", cause=cause, exit_code=MachineError.exit_code, ended=now())
    with suppress(OSError):
        for path in folder.work.iterdir():
            if path.name not in {"run.json", "log.txt"}:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        return publish(folder, failed, refusal_page(failed, folder.place))
    folder.drop()
    return Answer(None, MachineError.exit_code, cause)
