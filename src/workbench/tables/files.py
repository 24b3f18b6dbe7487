"""Local files behind a table: which they are, and whether they are what their names say.  Knows no engine."""

from __future__ import annotations

import csv
import glob
import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

from workbench.configuration import shown
from workbench.errors import DataError, unknown

SUFFIXES = (".parquet", ".csv", ".csv.gz")
SHOWN_FILES = 5


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one table, all of one format, in the order of their paths."""

    format: Literal["parquet", "csv"]
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a CSV file."""

    delimiter: str
    columns: tuple[str, ...]


def find_files(source: str, folder: Path) -> Files:
    """The files that a source names: a path or a glob, relative to the catalogue's folder.

    Raises:
        DataError: No file is there, a folder is, or the files are of unknown or of different formats.
    """
    path = folder / source
    if path.is_dir():
        raise DataError(f"{source} is a folder; name its files, for example {source.rstrip('/')}/*.parquet")
    # Path.glob refuses an absolute pattern.
    matches = [source] if path.is_file() else sorted(glob.glob(source, root_dir=folder, recursive=True))  # noqa: PTH207
    paths = tuple(folder / match for match in matches if (folder / match).is_file())
    if not paths:
        raise DataError(_nothing_at(source, folder))
    parquet = [p for p in paths if p.name.lower().endswith(".parquet")]
    strange = [p.name for p in paths if not p.name.lower().endswith(SUFFIXES)]
    if strange:
        raise DataError(f"{strange[0]}: wanted a file named {', '.join(SUFFIXES)}; save it as one of these")
    if parquet and len(parquet) < len(paths):
        raise DataError(f"{source} names Parquet and CSV files together; name those of one format")
    for empty in (p for p in paths if p.stat().st_size == 0):
        raise DataError(f"{empty.name} is empty (0 bytes); export it again")
    return Files("parquet" if parquet else "csv", paths)


def _nothing_at(source: str, folder: Path) -> str:
    begin = f"from the catalogue's folder, {shown(folder)}"
    if glob.has_magic(source):
        return f"no file matches {source} ({begin}); make the files or correct the pattern"
    parent = (folder / source).parent
    if not parent.is_dir():
        return f"there is no file {source}: its folder does not exist ({begin})"
    return f"there is no file {source} ({begin}); {near_file(folder / source)}"


def near_file(path: Path) -> str:
    """What is there instead of a file: the one with the nearest name, else some of those in its folder."""
    names = sorted(entry.name for entry in path.parent.iterdir() if not entry.name.startswith("."))
    _, _, near = unknown("file", path.name, names).partition("; ")
    if near.startswith("nearest") or len(names) <= SHOWN_FILES:
        return near
    return f"there are: {', '.join(map(repr, names[:SHOWN_FILES]))} and {len(names) - SHOWN_FILES:,} more"


def check_parquet(path: Path) -> None:
    """Refuse a file that is no Parquet, or only the beginning of one.

    Raises:
        DataError: Says which of the two.
    """
    with path.open("rb") as file:
        begin = file.read(4)
        file.seek(max(0, path.stat().st_size - 4))
        end = file.read(4)
    if begin != b"PAR1":
        raise DataError(f"{path.name} is no Parquet file, whatever its name says; export it again as Parquet")
    if end != b"PAR1" or path.stat().st_size < 12:
        raise DataError(f"{path.name} is cut off: its end is missing; copy or export it again")


def check_gzip(path: Path) -> None:
    """Refuse a compressed file that is cut off or damaged: the engine would read its beginning and say nothing.

    Raises:
        DataError: The file ends early, or is no gzip.
    """
    if not path.name.lower().endswith(".gz"):
        return
    try:
        with gzip.open(path) as file:
            while file.read(1 << 20):
                pass
    except (EOFError, OSError, zlib.error):
        raise DataError(f"{path.name} is no whole gzip file; copy or export it again") from None


def read_header(path: Path) -> Header:
    """Column names of a CSV file and what separates them (comma, semicolon, tab or bar).

    Raises:
        DataError: There is no header, a name stands twice or is blank, or the text is not UTF-8.
    """
    try:
        with _opened(path) as file:
            first = file.readline()
            delimiter = max(",;\t|", key=Counter(first).__getitem__)
            file.seek(0)
            names = tuple(name.strip() for name in next(csv.reader(file, delimiter=delimiter), []))
    except UnicodeDecodeError:
        raise DataError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8") from None
    if not any(names):
        raise DataError(f"{path.name} has no header: wanted the names of the columns in its first line")
    refuse_repeated(path.name, names)
    return Header(delimiter, names)


def misshapen_line(path: Path, header: Header) -> str:
    """The first line of a CSV file that has not the columns of its header, in words; "" if there is none."""
    end = 0
    try:
        with _opened(path) as file:
            reader = csv.reader(file, delimiter=header.delimiter, strict=True)
            for row in reader:
                if row and len(row) != len(header.columns):
                    found = "1 column" if len(row) == 1 else f"{len(row)} columns"
                    return f"line {end + 1} has {found}, the header has {len(header.columns)}"
                end = reader.line_num
    except UnicodeDecodeError:
        return ""  # the engine has said so
    except csv.Error:
        return f"a quotation mark on line {end + 1} is not closed, or stands within a value"
    return ""


def refuse_repeated(file: str, names: Sequence[str]) -> None:
    """Refuse column names that stand twice; engines fold case, so `X` and `x` are the same.

    Raises:
        DataError: Names the column.
    """
    folded = Counter(name.casefold() for name in names if name)
    for name in (name for name in names if folded[name.casefold()] > 1):
        raise DataError(f"{file} has the column {name!r} {folded[name.casefold()]} times; rename or drop one")


def _opened(path: Path) -> TextIO:
    if path.name.lower().endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
