"""The folders of runs: built hidden, then renamed, so that a reader never sees half a run and two never collide."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from workbench.runs.record import Record, read_record


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that is being made: `work` is hidden until `publish` gives it its place."""

    work: Path
    place: Path

    @classmethod
    def create(cls, runs: Path, study: str, key: str) -> RunFolder:
        """Make the hidden folder of a new run; its name is its own, whatever else runs at the same time."""
        parent = runs / study
        parent.mkdir(parents=True, exist_ok=True)
        stem = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{key[:8]}"
        for number in count(1):
            name = stem if number == 1 else f"{stem}-{number}"
            work = parent / f".{name}"
            try:
                work.mkdir()  # exclusive: of two processes one makes it
            except FileExistsError:
                continue
            # Only the maker of `.name` ever makes `name`, so a look after the mkdir is enough.
            if not (parent / name).exists():
                return cls(work, parent / name)
            work.rmdir()
        raise AssertionError

    def drop(self) -> None:
        """Leave nothing of the run."""
        shutil.rmtree(self.work, ignore_errors=True)

    def publish(self) -> Path:
        """Give the finished run its place, once all of it is on the disk: a machine that stops takes nothing back."""
        for path in (*self.work.rglob("*"), self.work):
            if (path.is_file() or path.is_dir()) and not path.is_symlink():
                _sync(path)
        self.work.rename(self.place)
        _sync(self.place.parent)
        return self.place


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it lies in its folder; a hidden folder is still being made, or was left by a parent that died."""

    folder: Path
    record: Record

    @property
    def hidden(self) -> bool:
        """Whether the run has not come to its end yet."""
        return self.folder.name.startswith(".")


def runs_of(study: Path, most: int | None = None) -> list[Run]:
    """Every run in a study's folder, or the newest so many that speak for it and those between, the newest first.

    A run that was queued earlier comes first when its answer was taken again since.
    """
    runs: list[Run] = []
    left = most
    for run in map(_read, _by_time(study)):
        if left == 0:
            break
        if run:
            runs.append(run)
            left = left if left is None or run.record.overrides else left - 1
    return _sorted(runs)


def speaking(runs: Sequence[Run]) -> Sequence[Run]:
    """The runs that speak for their study: those that `--set` changed only when there are no others."""
    return [run for run in runs if not run.record.overrides] or runs


def runs_with_key(study: Path, key: str) -> list[Run]:
    """The runs in a study's folder that have a key, the newest first."""
    named = [folder for folder in _by_time(study) if f"-{key[:8]}" in folder.name]
    return [run for run in _runs(named) if run.record.key == key]


def hidden_runs(study: Path) -> list[Run]:
    """The runs of a study that are being made, or were when their parent died."""
    return [run for run in _runs([folder for folder in _folders(study) if folder.name.startswith(".")]) if run.hidden]


def count_runs(study: Path) -> int:
    """How many runs a study has, also those that are under way."""
    return sum(1 for _ in _folders(study))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _by_time(study: Path) -> list[Path]:
    """The newest first: a folder's name begins with the time when it was queued."""
    return sorted(_folders(study), key=lambda folder: folder.name.removeprefix("."), reverse=True)


def _runs(folders: Iterable[Path]) -> list[Run]:
    return _sorted(run for run in map(_read, folders) if run)


def _sorted(runs: Iterable[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: run.record.said, reverse=True)


def _read(folder: Path) -> Run | None:
    record = read_record(folder)
    if record is None and folder.name.startswith("."):
        folder = folder.with_name(folder.name.removeprefix("."))  # it may have come to its place just now
        record = read_record(folder)
    return Run(folder, record) if record else None


def study_folders(runs: Path) -> list[Path]:
    """The folder of every study that has run, by name."""
    return sorted(folder for folder in _folders(runs) if not folder.name.startswith("."))


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from (path for path in parent.iterdir() if path.is_dir())
