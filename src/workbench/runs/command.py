"""`workbench run`: from names to folders on stdout and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.configuration import project_root
from workbench.errors import WorkbenchError
from workbench.runs.plan import plan_study, read_settings
from workbench.runs.study import Study, find, read_study


def run_studies(
    names: tuple[str, ...], settings: tuple[str, ...], runs: Path | None, *, force: bool, threads: int
) -> int:
    """Run what is named; prints each run's folder on stdout, sentences on stderr.

    Args:
        names: Studies or notebooks.
        settings: `NAME=VALUE` words that go before the studies' own parameters.
        runs: Where runs are kept; `runs/` at the project's root when None.
        force: Whether to run although nothing has changed.
        threads: How many runs at a time.

    Returns:
        The highest exit code.

    Raises:
        StudyError: For an unknown study, or a word that is no setting; then nothing has run.
    """
    # jupyter_events asks jsonschema for every format, and `rfc3987_syntax` then compiles a grammar for two seconds.
    # jsonschema does without it when its import fails; no schema that we meet uses the format.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from workbench.runs.batch import Answer, Job, Stop, queue, refuse, reusable, run_jobs

    root = project_root()
    runs = (runs or root / "runs").resolve()
    paths = [find(name, root) for name in names]
    said = read_settings(settings)
    stop = Stop()
    waiting: list[Job | Answer] = []
    with _stopped_by_signals(stop):
        for path in paths:
            study = _unread(path)
            try:
                study = read_study(path, root)
                for plan in plan_study(study, said, root):
                    waiting.append((None if force else reusable(plan, runs)) or queue(plan, runs, root))
            except WorkbenchError as error:
                from workbench.runs.batch import new_record

                waiting.append(refuse(new_record(study, root), error, runs))
        codes = [
            _tell(answer)
            for answer in run_jobs(
                waiting, root, threads=threads, progress=threads == 1 and sys.stderr.isatty(), stop=stop
            )
        ]
    return max(codes)


def _unread(path: Path) -> Study:
    """What is known of a study before its file is understood: its name."""
    return Study(path.stem, path, path.name, Path(), path.stem, "", {}, {}, 60, "en", None)


def _tell(answer: object) -> int:
    from workbench.runs.batch import Answer

    assert isinstance(answer, Answer)
    if answer.note:
        print(answer.note, file=sys.stderr, flush=True)
    if answer.folder is not None:
        shown = Path(os.path.relpath(answer.folder)) if sys.stdout.isatty() else answer.folder
        print(shown, flush=True)
    return answer.exit_code


@contextmanager
def _stopped_by_signals(stop: object) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop.ask()) for number in (signal.SIGTERM, signal.SIGINT)}  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
