"""The index: the latest run of each study, and each study's history."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from workbench.report import Finding, HistoryRow, IndexRow, RunParameter, in_words, render_history, render_index
from workbench.report.finding import finding_from_json
from workbench.runs.folder import Run, count_runs, runs_of, speaking, study_folders
from workbench.runs.listing import finding_of
from workbench.runs.lost import locked, settle_lost
from workbench.runs.pages import combination, moment
from workbench.runs.record import Record, write_atomically

_HISTORY_RUNS = 200  # of one study on its history page; older ones stay in their folders
_INDEX_RUNS = 24  # of one study that the index looks at for its combinations, last decision and trend
_TREND_RUNS = 12
_OVERDUE = {
    "en": "It should run at “{cron}” ({time_zone} time), and the last two times brought no success.",
    "zh": "应按“{cron}”（{time_zone} 时间）运行，但最近两次均未成功。",
}


class _Known:
    """A run with what it found; the finding is read when it is asked for, since most of many runs are not."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.record = run.record

    @cached_property
    def finding(self) -> Finding | None:
        """None without a conclusion."""
        content = finding_of(self.run.folder) if self.record.state == "succeeded" else {}
        try:
            return finding_from_json(content) if content else None
        except (KeyError, TypeError, ValueError):
            return None  # written by another version: its own page still shows it


def write_index(runs: Path, changed: Collection[str] | None = None) -> Path:
    """Write `runs/index.html` and histories anew, after settling the runs that were lost.

    Every run writes the pages at its end, so two at once take turns: the last one has seen both.

    Args:
        runs: Where runs are kept.
        changed: The studies whose histories are written; all when None.
    """
    settle_lost(runs)
    with locked(runs):
        studies = []
        for folder in study_folders(runs):
            whole = changed is None or folder.name in changed
            found = runs_of(folder, _HISTORY_RUNS if whole else _INDEX_RUNS)
            study = [_Known(run) for run in found]
            if study and whole:
                write_atomically(folder / "index.html", _history(study))
            if study:
                studies.append([_Known(run) for run in speaking(found)])
        rows = [row for study in studies for row in _rows(study)]
        write_atomically(runs / "index.html", render_index(rows, now=datetime.now(UTC), lang=_language(studies)))
    return runs / "index.html"


def _language(studies: Sequence[Sequence[_Known]]) -> Literal["en", "zh"]:
    return "zh" if studies and all(study[0].record.lang == "zh" for study in studies) else "en"


def _rows(study: Sequence[_Known]) -> list[IndexRow]:
    """One row for a study, or one for each combination of its matrix as the newest run knows it."""
    newest = study[0].record
    of_matrix = [
        dict(zip(newest.matrix or {}, values, strict=True))
        for values in itertools.product(*(newest.matrix or {}).values())
    ]
    wanted = of_matrix if (newest.combination or {}) in of_matrix else [newest.combination or {}]
    found = [[known for known in study if (known.record.combination or {}) == one] for one in wanted]
    return [_row(same) for same in found if same]


def _row(same: Sequence[_Known]) -> IndexRow:
    """The row of runs with one combination, the newest first."""
    latest, record = same[0], same[0].record
    concluded = list(itertools.islice(((known, known.finding) for known in same if known.finding), _TREND_RUNS))
    last, finding = concluded[0] if concluded else (None, None)
    folder = latest.run.folder
    return IndexRow(
        study=record.study,
        question=record.question + _apart(record),
        owner=record.owner,
        state=record.state,
        started=moment(record.started or record.queued, record),
        report="" if latest.run.hidden else quote(f"{folder.parent.name}/{folder.name}/report.html"),
        history=quote(f"{folder.parent.name}/index.html"),
        runs=count_runs(folder.parent),
        problem=record.cause,
        decision=finding.decision if finding else "",
        headline=finding.headline if finding else "",
        decided=moment(last.record.started, last.record) if last else None,
        stale=_OVERDUE[record.lang].format(**record.schedule) if record.schedule else "",
        due=_due(same),
        trend=tuple(found.estimates[0] for _, found in reversed(concluded) if found.estimates),
    )


def _apart(record: Record) -> str:
    said = ", ".join(in_words(parameter, record.lang) for parameter in combination(record))
    return f" ({said})" if said else ""


def _due(same: Sequence[_Known]) -> datetime | None:
    """The second time of the schedule after the last success, or after the first run without one."""
    record = same[0].record
    if not record.schedule:
        return None
    from croniter import croniter

    good = [max(known.record.ended, known.record.confirmed) for known in same if known.record.state == "succeeded"]
    last = datetime.fromisoformat(max(good, default=same[-1].record.queued))
    ticks = croniter(record.schedule["cron"], last.astimezone(ZoneInfo(record.schedule["time_zone"])))
    ticks.get_next(datetime)
    due: datetime = ticks.get_next(datetime)
    return due


def _history(study: Sequence[_Known]) -> str:
    newest = study[0].record
    return render_history(
        [_history_row(known) for known in study],
        question=newest.question,
        owner=newest.owner,
        lang=newest.lang,
        index_link="../index.html",
    )


def _history_row(known: _Known) -> HistoryRow:
    record, finding = known.record, known.finding
    name = known.run.folder.name
    return HistoryRow(
        run=name.removeprefix("."),
        report="" if known.run.hidden else quote(f"{name}/report.html"),
        state=record.state,
        started=moment(record.started or record.queued, record),
        finished=moment(record.ended, record) if record.ended else None,
        decision=finding.decision if finding else "",
        headline=finding.headline if finding else "",
        problem=record.cause,
        estimate=finding.estimates[0] if finding and finding.estimates else None,
        parameters=tuple(RunParameter(key, value) for key, value in (record.parameters or {}).items()),
        combination=combination(record),
        overrides=tuple(record.overrides or {}),
    )
