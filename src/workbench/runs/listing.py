"""What runs left, as lines for a terminal: `ls` and `show`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from workbench.errors import StudyError, unknown
from workbench.parameters import Contract
from workbench.runs.folder import Run, runs_of, speaking, study_folders
from workbench.runs.record import Record


def list_studies(runs: Path) -> list[str]:
    """One line for each study that has run: its latest run."""
    rows = [_row(speaking(found)[0], name=True) for study in study_folders(runs) if (found := runs_of(study))]
    return (
        columns([("study", "state", "decision", "when", "owner", "run"), *rows]) if rows else ["no study has run yet"]
    )


def list_runs(runs: Path, study: str) -> list[str]:
    """One line for each run of a study, the newest first."""
    found = runs_of(runs / _known(runs, study))
    rows = [(*_row(run, name=False), _given(run.record)) for run in found]
    return columns([("state", "decision", "when", "owner", "run", "set apart by"), *rows])


def show_run(runs: Path, name: str) -> list[str]:
    """What one run was and found.

    Args:
        runs: Where runs are kept.
        name: A study (its latest run), a run's folder name, or a path to its folder.

    Raises:
        StudyError: When there is no such run.
    """
    run = _find(runs, name)
    record = run.record
    found = finding_of(run.folder)
    facts = [
        ("study", f"{record.study} — {record.question}"),
        ("state", record.state + (f" (exit code {record.exit_code})" if record.exit_code else "")),
        ("cause", record.cause),
        ("finding", str(found.get("headline", ""))),
        ("decision", str(found.get("decision", ""))),
        ("next step", str(found.get("next_step", ""))),
        ("owner", record.owner),
        ("started", record.started or "not yet"),
        ("took", duration(record)),
        ("peak memory", f"{record.peak_memory / 2**20:,.0f} MiB" if record.peak_memory else ""),
        ("parameters", "\n".join(f"{name} = {_short(value)}" for name, value in (record.parameters or {}).items())),
        ("data", "\n".join(f"{table} {mark[:12]}" for table, mark in (record.data or {}).items())),
        ("commit", f"{record.git.commit[:12]}{' with changes' if record.git.dirty else ''}" if record.git else ""),
        ("key", record.key),
        ("folder", str(run.folder)),
    ]
    return columns([(name, value) for name, value in facts if value], gap="  ")


def finding_of(folder: Path) -> dict[str, object]:
    """The content of `result.json`; empty when the run left none."""
    try:
        found = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def duration(record: Record) -> str:
    """How long a run took, in words; empty while it is not over."""
    if not (record.started and record.ended):
        return ""
    seconds = (datetime.fromisoformat(record.ended) - datetime.fromisoformat(record.started)).total_seconds()
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"


def age(moment: str, at: datetime | None = None) -> str:
    """How long ago, in the largest unit that says it."""
    seconds = ((at or datetime.now(UTC)) - datetime.fromisoformat(moment)).total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f} {unit} ago"
    return "just now"


def parameter_rows(contract: Contract) -> list[tuple[str, ...]]:
    """A notebook's parameters as a table: name, type, default, meaning."""
    rows = [
        (one.name, one.annotation, json.dumps(one.default, ensure_ascii=False), one.comment)
        for one in contract.parameters
    ]
    return [("parameter", "type", "default", "meaning"), *rows]


def columns(rows: Iterable[Sequence[str]], gap: str = "   ") -> list[str]:
    """Rows as lines with aligned columns; a cell of several lines stays in its column."""
    lines = [tuple(parts) for row in rows for parts in _spread(row)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [gap.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _spread(row: Sequence[str]) -> Iterable[Sequence[str]]:
    parts = [cell.split("\n") for cell in row]
    height = max(map(len, parts))
    return zip(*(cell + [""] * (height - len(cell)) for cell in parts), strict=True)


def _row(run: Run, *, name: bool) -> tuple[str, ...]:
    record = run.record
    decision = str(finding_of(run.folder).get("decision", ""))
    state = "lost" if run.hidden and not record.alive else record.state
    cells = (state, decision, age(record.queued), record.owner, run.folder.name.removeprefix("."))
    return (record.study, *cells) if name else cells


def _given(record: Record) -> str:
    return ", ".join(
        f"{name}={_short(value)}" for name, value in {**(record.combination or {}), **(record.overrides or {})}.items()
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:79] + "…"


def _known(runs: Path, study: str) -> str:
    names = [folder.name for folder in study_folders(runs)]
    if study not in names:
        raise StudyError(f"{unknown('study', study, names)} (among those that have run)")
    return study


def _find(runs: Path, name: str) -> Run:
    folder = Path(name).resolve()
    for study in study_folders(runs):
        for run in runs_of(study):
            if (
                name in {study.name, run.folder.name, run.folder.name.removeprefix(".")}
                or run.folder.resolve() == folder
            ):
                return run
    names = [one for study in study_folders(runs) for one in (study.name, *(run.folder.name for run in runs_of(study)))]
    raise StudyError(unknown("run or study", name, names))
