"""What a user may have done wrong, and how it is said.

Every message says what was wanted, what was found and what to do.  The class decides the exit code
of a run, also when it was raised inside a kernel, so these classes are not subclassed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class WorkbenchError(Exception):
    """A fault that a person can mend; it is shown as a sentence, never as a traceback."""

    exit_code: ClassVar[int] = 1

    def _render_traceback_(self) -> list[str]:
        # IPython's hook: in JupyterLab and in an executed notebook the message stands alone.
        return [f"{type(self).__name__}: {self}"]


class StudyError(WorkbenchError):
    """The study or its words are wrong: unknown parameter, metric, variant, a broken file of settings."""

    exit_code = 2


class DataError(WorkbenchError):
    """The data are wrong: a missing file or column, a broken contract, values that cannot be used."""

    exit_code = 3


class MachineError(WorkbenchError):
    """The machine failed: no room on the disk, no kernel."""

    exit_code = 5


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that `name` is no known `kind`, with the nearest match, or all that there are.

    >>> unknown("metric", "convrsion", ["conversion", "revenue"])
    "unknown metric 'convrsion'; nearest: 'conversion'"
    >>> unknown("metric", "zzz", ["conversion", "revenue"])
    "unknown metric 'zzz'; there are: 'conversion', 'revenue'"
    """
    choices = [str(choice) for choice in known]
    folded = {choice.casefold(): choice for choice in reversed(choices)}
    near = difflib.get_close_matches(str(name).casefold(), list(folded), n=1, cutoff=0.6)
    if near:
        return f"unknown {kind} {name!r}; nearest: {folded[near[0]]!r}"
    listed = ", ".join(repr(choice) for choice in choices) or "none"
    return f"unknown {kind} {name!r}; there are: {listed}"
