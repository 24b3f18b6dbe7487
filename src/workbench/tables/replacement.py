"""A folder that is made aside and takes its place whole: a reader never sees half of it, and nobody's file is lost."""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from tempfile import TemporaryDirectory

from workbench.errors import StudyError

_HELD = "in_use"  # locked as long as the folder beside is being made


@dataclass(frozen=True, slots=True)
class Contents:
    """What a folder that a command writes may hold; any other file in it is somebody's own.

    Attributes:
        what: What a message calls such a folder: "a sample".
        mark: The file that each of them has.
        others: Further files, `*` for any name: "truth/*.parquet".
    """

    what: str
    mark: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Making:
    """Where a folder is made.

    Attributes:
        folder: What is written here takes the place.
        scratch: What is written here is thrown away.
    """

    folder: Path
    scratch: Path


def refuse_foreign(out: Path, contents: Contents) -> None:
    """Refuse a place where writing would lose something.

    Raises:
        StudyError: `out` is a file, or holds anything that is not among `contents`; names it.
    """
    if out.exists() and not out.is_dir():
        raise StudyError(f"{out} is a file; name a new or an empty folder")
    if not out.is_dir():
        return
    foreign = next(_foreign(out, contents), None)
    if foreign is None and not (out / contents.mark).is_file():
        foreign = min((entry.name for entry in out.iterdir()), default=None)
    if foreign is not None:
        raise StudyError(
            f"{out} holds other files than {contents.what} ({foreign}), which would be lost; "
            "name a new or an empty folder"
        )


@contextmanager
def replace_folder(out: Path, contents: Contents) -> Iterator[Making]:
    """Make a folder aside; when the block ends well it stands at `out`, else `out` is as it was.

    A symbolic link at `out` stays one, and the folder that it names is replaced.

    Raises:
        StudyError: As `refuse_foreign`, at the beginning, and once more before anything is replaced.
    """
    target = Path(os.path.realpath(out))
    refuse_foreign(target, contents)
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear_away(target)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as aside, _locked(Path(aside)):
        making = Making(Path(aside) / "made", Path(aside) / "scratch")
        making.folder.mkdir()
        making.scratch.mkdir()
        yield making
        refuse_foreign(target, contents)
        _exchange(making.folder, target, Path(aside) / "before")


def _foreign(folder: Path, contents: Contents) -> Iterator[str]:
    """What is not of the contents, to any depth; a symbolic link never is."""
    patterns = [name.split("/") for name in (contents.mark, *contents.others)]
    for place, folders, files in os.walk(folder, onerror=_refuse):
        folders.sort()
        for name in sorted((*folders, *files)):
            path = Path(place) / name
            parts = path.relative_to(folder).parts
            # A folder is one of the contents where something in it may be.
            like = [p for p in patterns if (len(p) > len(parts) if name in folders else len(p) == len(parts))]
            if path.is_symlink() or not any(all(map(fnmatchcase, parts, pattern)) for pattern in like):
                yield "/".join(parts)


def _refuse(error: OSError) -> None:
    raise error  # a folder that cannot be looked into may hold anything


def _exchange(made: Path, out: Path, before: Path) -> None:
    try:
        if out.exists():
            out.rename(before)
        made.rename(out)
    except BaseException:
        # Also when the command is stopped between the two: the former folder is the only one.
        if before.exists() and not out.exists():
            before.rename(out)
        raise


@contextmanager
def _locked(aside: Path) -> Iterator[None]:
    """Show other processes that a folder is in use; the system takes the lock back however this one ends."""
    with (aside / f"{_HELD}.new").open("w") as file:
        # Where the file system knows no locks nobody can take one either, and the folder is left alone.
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (aside / f"{_HELD}.new").rename(aside / _HELD)
        yield


def _clear_away(out: Path) -> None:
    """Remove what a killed command left beside `out`: folders with an unlocked lock; a former folder is put back."""
    for left in out.parent.glob(f".{glob.escape(out.name)}-*/{_HELD}"):
        with suppress(OSError), left.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (left.parent / "before").exists() and not out.exists():
                (left.parent / "before").rename(out)
            shutil.rmtree(left.parent, ignore_errors=True)
