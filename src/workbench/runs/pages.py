"""Which facts of a run its page shows; the pages themselves are `workbench.report`'s."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from workbench.report import Refusal, ReportFacts, RunParameter, render_refusal, render_report
from workbench.runs.record import Record

Kind = Literal["study", "data", "machine", "cell", "timed_out", "killed", "lost"]
_KINDS: dict[int, Kind] = {2: "study", 3: "data", 5: "machine"}


def report_page(notebook: Any, record: Record, place: Path, comments: Mapping[str, str]) -> str:
    """The report of a run that concluded.

    Args:
        notebook: The executed notebook.
        record: What is known of the run.
        place: The folder where the report will lie.
        comments: Parameter → the comment beside it in the notebook.
    """
    return render_report(notebook, _facts(record, place, comments))


def refusal_page(record: Record, place: Path, *, cell: int | None = None, traceback: str = "") -> str:
    """The short report of a run that did not conclude."""
    kind = cast("Kind", record.state) if record.state != "failed" else _KINDS.get(record.exit_code or 1, "cell")
    # Of a cell the page says the number itself, so the error alone is its message.
    message = traceback.strip().splitlines()[-1] if kind == "cell" and traceback.strip() else record.cause
    return render_refusal(Refusal(kind, message, cell, traceback), _facts(record, place, {}))


def moment(text: str, record: Record) -> datetime:
    """A time of the record on the study's clock; on this machine's when the study has no schedule."""
    return datetime.fromisoformat(text).astimezone(ZoneInfo(record.schedule["time_zone"]) if record.schedule else None)


def combination(record: Record) -> tuple[RunParameter, ...]:
    """What tells a run from the study's others: its part of the matrix, and what was set for this run alone."""
    known = {**(record.combination or {}), **(record.overrides or {})}
    return tuple(RunParameter(name, value) for name, value in known.items())


def _facts(record: Record, place: Path, comments: Mapping[str, str]) -> ReportFacts:
    return ReportFacts(
        study=record.study,
        question=record.question,
        owner=record.owner,
        lang=record.lang,
        state=record.state,
        run=place.name,
        started=moment(record.started or record.queued, record),
        finished=moment(record.ended, record) if record.ended else None,
        study_file=record.study_file,
        notebook=f"notebooks/{record.notebook}.ipynb",
        combination=combination(record),
        parameters=tuple(
            RunParameter(name, value, comments.get(name, "")) for name, value in (record.parameters or {}).items()
        ),
        commit=record.git.commit if record.git else "",
        dirty=bool(record.git and record.git.dirty),
        lock=record.lock,
        versions=tuple((record.packages or {}).items()),
        history_link="../index.html",
    )
