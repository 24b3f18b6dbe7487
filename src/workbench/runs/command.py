"""`workbench run`: from names to answers, stopped from outside when somebody asks."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import WorkbenchError
from workbench.runs.batch import Answer, Job, Stop, new_record, queue, refuse, reusable, run_jobs
from workbench.runs.index import write_index
from workbench.runs.lost import settle_lost
from workbench.runs.plan import plan_study, read_settings
from workbench.runs.study import find, read_study, unread


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
    paths = [find(name, root) for name in names]
    said = read_settings(settings)
    settle_lost(runs)
    stop = Stop()
    with _stopped_by_signals(stop):
        waiting = [one for path in paths for one in _plan(path, said, root, runs, force=force)]
        progress = threads == 1 and sys.stderr.isatty()
        yield from run_jobs(waiting, root, threads=threads, progress=progress, stop=stop)
    write_index(runs)


def _plan(path: Path, said: dict[str, str], root: Path, runs: Path, *, force: bool) -> list[Job | Answer]:
    """A study's runs to be, its answers that still hold, or the folder that says why it cannot run."""
    study = unread(path)
    try:
        study = read_study(path, root)
        plans = plan_study(study, said, root)
        return [(None if force else reusable(plan, runs)) or queue(plan, runs, root) for plan in plans]
    except WorkbenchError as error:
        return [refuse(new_record(study, root), error, runs)]


@contextmanager
def _stopped_by_signals(stop: Stop) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may ask for signals
        return
    before = {number: signal.signal(number, lambda *_: stop.ask()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
