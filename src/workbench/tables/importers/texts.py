"""Text files of exports: their encoding, and files of lines without a header."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from workbench.errors import DataError

_CHUNK = 1 << 20


def check_text(path: Path) -> None:
    """Refuse a file of lines that is not there, or is empty.

    Raises:
        DataError: Says which of the two.
    """
    if path.is_dir():
        raise DataError(f"{path.name} is a folder; name the file in it")
    if not path.is_file():
        raise DataError(f"there is no file {path.name} in {path.parent.name or path.parent}; is this the right folder?")
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty (0 bytes); export it again")


def check_end(path: Path) -> None:
    """Refuse a file whose last line does not end as the others do.

    Raises:
        DataError: It is cut off.
    """
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() != b"\n":
            raise DataError(f"{path.name} is cut off: its last line has no end; copy or download it again")


def is_utf8(path: Path) -> bool:
    """Whether the whole file is UTF-8 text."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def recode(path: Path, encoding: str, folder: Path) -> Path:
    """Write a copy in UTF-8 into `folder`, under the same name.

    Raises:
        DataError: The file is no text in that encoding either.
    """
    copy = folder / path.name
    try:
        with path.open(encoding=encoding, newline="") as file, copy.open("w", encoding="utf-8", newline="") as written:
            while block := file.read(_CHUNK):
                # UTF-16 is full of these; as Windows-1252 it would be read as nonsense.
                if "\0" in block:
                    raise DataError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8")
                written.write(block)
    except UnicodeDecodeError:
        raise DataError(f"{path.name} is not UTF-8 text; save it as CSV UTF-8") from None
    return copy


def groups(pattern: str) -> tuple[str, ...]:
    """The names of a pattern's groups, in their order."""
    return tuple(re.compile(pattern).groupindex)
