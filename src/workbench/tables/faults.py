"""What an engine says when it fails, in words that a user can act on and without anything secret."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import unquote, urlsplit

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
        raise _fault(error, subject) from None


def _fault(error: Exception, subject: str) -> DataError | MachineError:
    text = plainly(error)
    if type(error).__name__ == "OutOfMemoryException" or "No space left on device" in text:
        return MachineError(f"{subject}: the machine has no room left ({text})")
    return DataError(f"{subject}: {text}")


_DAMAGED = "a file is damaged; copy or export it again"
_WORDS = (
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
    (r"Could not set lock on file", "another program is writing to it; close that program or copy the file"),
    (r"Out of buffer|[Dd]ecompress|TProtocolException|Invalid Parquet|corrupt", _DAMAGED),
    (r"No files found that match|No such file", "a file is gone; make it again or correct the catalogue"),
)


def plainly(error: Exception) -> str:
    """An engine's message: known ones in plain words, else its first line without what the environment keeps secret."""
    text = str(error).strip()
    for pattern, words in _WORDS:
        match = re.search(pattern, text)
        if match:
            return match.expand(words)
    first = re.sub(r"^[A-Z][\w ]* Error: ", "", text.splitlines()[0] if text else type(error).__name__)
    for secret in sorted(_secrets(), key=len, reverse=True):
        first = first.replace(secret, "…")
    return first


def _secrets() -> set[str]:
    """Every URL in the environment, and the user, password and host in it."""
    urls = [value for value in os.environ.values() if re.match(r"[a-z][a-z0-9+.-]*://", value)]
    found = set(urls)
    for url in urls:
        try:
            parts = urlsplit(url)
            pieces = (parts.netloc, parts.username, parts.password, parts.hostname)
        except ValueError:  # no URL after all, so it has no parts
            continue
        found.update(text for piece in pieces if piece for text in (piece, unquote(piece)))
    return {text for text in found if len(text) > 2}
