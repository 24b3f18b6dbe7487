"""`workbench run`: from names to answers, stopped from outside when somebody asks."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import MachineError, WorkbenchError
from workbench.runs.answer import Answer
from workbench.runs.index import write_index
from workbench.runs.lost import settle_lost
from workbench.runs.plan import plan_study, read_settings
from workbench.runs.room import refused_file
from workbench.runs.stop import Stop
from workbench.runs.study import find, read_study, unread
from workbench.runs.waiting import Job, new_record, queue, refuse, reusable

_STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run_studies(
    names: Sequence[str], settings: Sequence[str], root: Path, runs: Path, *, force: bool, threads: int
) -> Iterator[Answer]:
    """Run what is named, one run per combination of a matrix, and answer in the order that was asked.

    Args:
        names: Studies or notebooks.
        settings: `NAME=VALUE` words that go before the studies' own parameters.
        root: The project's root.
        runs: Where runs are kept.
        force: Whether to run although nothing has changed.
        threads: How many runs at a time.

    Raises:
        StudyError: For an unknown study, or a word that is no setting; then nothing has run.
    """
    paths = list(dict.fromkeys(find(name, root) for name in names))
    said = read_settings(settings)
    settle_lost(runs)
    stop = Stop()
    with _stopped_by_signals(stop):
        waiting = [one for path in paths for one in _plan(path, said, root, runs, force=force)]
        if any(isinstance(one, Job) for one in waiting):
            from workbench.runs.job import run_jobs  # papermill and nbclient, which a reused answer need not pay

            yield from run_jobs(waiting, root, threads=threads, terminal=sys.stderr.isatty(), stop=stop)
        else:
            yield from (one for one in waiting if isinstance(one, Answer))
    write_index(runs, {path.stem for path in paths})


def _plan(path: Path, said: dict[str, str], root: Path, runs: Path, *, force: bool) -> list[Job | Answer]:
    """A study's runs to be, its answers that still hold, or the folder that says why it cannot run."""
    study = unread(path)
    waiting: list[Job | Answer] = []
    try:
        try:
            study = read_study(path, root)
            for plan in plan_study(study, said, root):
                waiting.append((None if force else reusable(plan, runs)) or queue(plan, runs, root))  # noqa: PERF401 — what is queued stays when the next finds no room
        except WorkbenchError as error:
            waiting.append(refuse(new_record(study, root).becomes(overrides=said or None), error, runs))
    except OSError as error:
        waiting.append(Answer(None, MachineError.exit_code, f"{study.name}: {refused_file(error)}"))
    return waiting


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may ask for signals
        return
    # What was told to ignore a signal goes on ignoring it: `nohup`, or a shell's background job.
    before = {one: signal.getsignal(one) for one in _STOPS if signal.getsignal(one) is not signal.SIG_IGN}
    for one in before:
        signal.signal(one, lambda *_: stop.ask())
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
