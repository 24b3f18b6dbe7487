"""What a run leaves: its folder in place, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workbench.runs.folder import RunFolder
from workbench.runs.record import Record, write_atomically, write_record


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


def publish(folder: RunFolder, record: Record, page: str) -> Answer:
    """Write the report and the last record, and give the run its place."""
    write_atomically(folder.work / "report.html", page)
    write_record(folder.work, record)
    return Answer(folder.publish(), record.exit_code or 0, record.cause)
