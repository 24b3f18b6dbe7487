"""What an engine says when it fails, in words that a user can act on and without anything secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from workbench.errors import DataError, MachineError

Result = TypeVar("Result")


def spoken(question: Callable[[], Result], subject: str) -> Result:
    """Ask the engine.

    Args:
        question: Calls the engine.
        subject: Begins the message: what could not be done.

    Raises:
        DataError: The engine refused; its reason in plain words.
        MachineError: The machine has no room left.
    """
    try:
        return question()
    except (DataError, MachineError):
        raise
    except MemoryError:
        raise MachineError(f"{subject}: the memory is used up; ask for fewer groups or use a larger machine") from None
    except Exception as error:  # noqa: BLE001  every driver has its own
        if isinstance(error.__cause__, (KeyboardInterrupt, SystemExit)):
            raise error.__cause__ from None  # somebody stopped the command, which DuckDB tells as a fault of its own
        raise _fault(error, subject) from None


def _fault(error: Exception, subject: str) -> DataError | MachineError:
    text = plainly(error)
    if type(error).__name__ == "OutOfMemoryException" or text == _FULL:
        return MachineError(f"{subject}: the machine has no room left ({text})")
    return DataError(f"{subject}: {text}")


_LOCAL = {"duckdb", "_duckdb", "pyarrow"}
_FULL = "the disk is full"
_DAMAGED = "a file is damaged; copy or export it again"
_WORDS = (
    # Which line, the engine does not say reliably.
    (r"Malformed JSON[\s\S]*invalid UTF-8", "it is not UTF-8 text; export it again"),
    (r"Malformed JSON", "a line of it is no JSON, or is cut off; export it again"),
    (
        r"JSON transform error[^\n]*?in line \d+: (?:Failed to cast value to numerical: )?([^\n]*)",
        r"a value of it is not what its field must be (\1); export it again",
    ),
    (r"not utf-8 encoded", "it is not UTF-8 text; save it as CSV UTF-8"),
    (
        r"sniffing file",
        "its rows do not all have the columns of its header, or a quotation mark is not closed; export it again",
    ),
    (
        r"CSV Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)",
        r"line \1 has \3 columns, the header has \2; correct that line or export it again",
    ),
    (r"CSV Error on Line: (\d+)[\s\S]*unterminated quote", r"a quotation mark on line \1 is not closed; correct it"),
    (r"No space left on device|File too large", _FULL),
    (r"Could not set lock on file", "another program is writing to it; close that program or copy the file"),
    (r"Out of buffer|[Dd]ecompress|TProtocolException|Invalid Parquet|corrupt", _DAMAGED),
    (r"No files found that match|No such file", "a file is gone; make it again or correct the catalogue"),
)


_SERVER_WORDS = (
    (
        r"(?i)permission denied|privilege|not authorized|access denied|forbidden",
        "its user may not read this; ask for the right to",
    ),
    (r"(?i)timed?[ -]?out", "it took longer than the server allows; ask for less, or raise the limit there"),
    (
        r"(?i)invalid input syntax|cannot (be )?cast|cast_invalid|bad \w+ value|not recognized",
        "a value is not what its column must be",
    ),
)


def plainly(error: Exception) -> str:
    """An engine's message: known ones in plain words, of the local engine else the first line.

    What a server's driver says may hold its URL, whole, in pieces or recoded, so none of it is repeated.
    """
    text, name = str(error).strip(), type(error).__name__
    for pattern, words in _WORDS:
        match = re.search(pattern, text)
        if match:
            return match.expand(words)
    if type(error).__module__.split(".")[0] in _LOCAL:
        return re.sub(r"^[A-Z][\w ]* Error: ", "", text.splitlines()[0] if text else name)
    hints = (words for pattern, words in _SERVER_WORDS if re.search(pattern, text))
    return f"{next(hints, 'its own history of queries says why')} ({name})"
