"""`run.json`: what happened, written by the parent process and never read off the executed notebook."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from workbench.parameters import JSON
from workbench.runs.alive import Parent, is_alive

SCHEMA = 1
State = Literal["queued", "running", "succeeded", "failed", "timed_out", "killed", "lost"]


@dataclass(frozen=True, slots=True)
class Git:
    """The commit that was checked out, and whether files differed from it; an empty commit when there is no git."""

    commit: str
    dirty: bool


@dataclass(frozen=True, slots=True)
class Record:
    """One run.  Times are UTC in ISO form, empty while they have not come; memory is in bytes.

    Attributes:
        notebook: Its name, without the folder.
        study_file: The study's file from the project's root; empty for a bare notebook.
        combination: The values of the study's matrix that are this run's.
        overrides: What `--set` made other than the study has it; such a run does not speak for the study.
        key: What its answer depends on.  It is found before the kernel starts; where something was no longer the same
            when the run was over, or a table was read that it does not know, it is empty, so that the answer is never
            taken again.
        cause: Why it is in its state, in a sentence; empty when it succeeded.
        exit_code: 0 done, 1 a cell failed, 2 the study's words, 3 the data, 4 timed out or killed, 5 the machine.
        attempt: 2 when the first kernel did not start.
        confirmed: When a later `run` last found the same key and took this answer again.
        peak_memory: Of the kernel and its children together, sampled; not less than the kernel's own peak.
        data: Table → fingerprint of its content; of a run without a key as the finding says that it was read.
        lock: SHA-256 of `requirements.lock`, empty without one.
        parent: The process that makes the run; it tells a living run from a lost one.
    """

    study: str
    question: str
    owner: str
    lang: Literal["en", "zh"]
    notebook: str
    study_file: str
    state: State
    queued: str
    key: str = ""
    cause: str = ""
    exit_code: int | None = None
    attempt: int = 1
    started: str = ""
    ended: str = ""
    confirmed: str = ""
    peak_memory: int | None = None
    timeout_minutes: float = 60
    parameters: dict[str, JSON] | None = None
    matrix: dict[str, list[JSON]] | None = None
    combination: dict[str, JSON] | None = None
    overrides: dict[str, JSON] | None = None
    schedule: dict[str, str] | None = None
    data: dict[str, str] | None = None
    git: Git | None = None
    lock: str = ""
    python: str = ""
    packages: dict[str, str] | None = None
    trigger: str = "manual"
    parent: Parent | None = None
    schema: int = SCHEMA

    @property
    def alive(self) -> bool:
        """Whether the process that makes the run is still there."""
        return self.parent is not None and is_alive(self.parent, self.queued, self.timeout_minutes)

    @property
    def said(self) -> str:
        """When its answer last held: when it was queued, or taken again since."""
        return max(self.queued, self.confirmed)

    def becomes(self, **changes: Any) -> Record:
        """The same run with other facts."""
        return replace(self, **changes)


def now() -> str:
    """The present time, UTC, ISO, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write_atomically(path: Path, text: str) -> None:
    """Put a file in place whole: a reader sees the old one or the new one, also when the machine stops."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_record(folder: Path, record: Record) -> None:
    """Write `run.json` into a run's folder."""
    text = json.dumps(asdict(record), ensure_ascii=False, indent=1, allow_nan=False)
    write_atomically(folder / "run.json", text + "\n")


def read_record(folder: Path) -> Record | None:
    """Read `run.json`; None when there is none or it is no record of ours."""
    try:
        found = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if found["schema"] != SCHEMA:
            return None
        found["git"] = Git(**found["git"]) if found["git"] else None
        found["parent"] = Parent(**found["parent"]) if found["parent"] else None
        return Record(**{field.name: found[field.name] for field in fields(Record)})
    except (OSError, ValueError, KeyError, TypeError):
        return None
