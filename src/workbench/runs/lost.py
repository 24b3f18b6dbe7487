"""Runs whose parent died: they are told by process and start time, ended for good, and moved into place."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from workbench.runs.alive import this_process
from workbench.runs.folder import Run, hidden_runs, study_folders
from workbench.runs.pages import refusal_page
from workbench.runs.record import now, write_atomically, write_record
from workbench.runs.sockets import remove_socket_folders

_ABANDONED_SECONDS = 3600.0


@contextmanager
def locked(runs: Path) -> Iterator[None]:
    """One process at a time in the runs' common files (the index, the moving of lost runs)."""
    runs.mkdir(parents=True, exist_ok=True)
    with (runs / ".lock").open("a", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def settle_lost(runs: Path) -> None:
    """Mark every run whose parent is gone as `lost`, end what is left of its kernel, and move it into place."""
    with locked(runs):
        for study in study_folders(runs):
            _sweep_nameless(study)
            for run in hidden_runs(study):
                if not run.record.alive:
                    _settle(run)


def _settle(run: Run) -> None:
    _end_kernel(run.folder)
    parent = run.record.parent
    if parent and parent.machine == this_process().machine:  # elsewhere the number may be a living process of ours
        remove_socket_folders(parent.pid)
    record = run.record.becomes(
        state="lost",
        cause="the process that ran it ended without a word (killed, or the machine went down); run the study again",
        exit_code=4,
        ended=now(),
    )
    with suppress(FileNotFoundError):
        for half_written in run.folder.glob(".*"):
            half_written.unlink()
        (run.folder / "result.json").unlink(missing_ok=True)  # its parent may have died between result and place
        write_record(run.folder, record)
        write_atomically(
            run.folder / "report.html", refusal_page(record, run.folder.with_name(run.folder.name.removeprefix(".")))
        )
        run.folder.rename(run.folder.with_name(run.folder.name.removeprefix(".")))


def _end_kernel(folder: Path) -> None:
    """Kill the processes that carry this run's artifacts folder in their environment: its kernel's, and no others."""
    mark = str(folder / "artifacts")
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if process.pid != os.getpid() and process.environ().get("WORKBENCH_ARTIFACTS") == mark:
                process.send_signal(signal.SIGKILL)


def _sweep_nameless(study: Path) -> None:
    """Remove hidden folders without a record: their parent died, or the disk was full, within the first instants."""
    for folder in study.glob(".*"):
        with suppress(OSError):
            if not (folder / "run.json").exists() and time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(folder)
