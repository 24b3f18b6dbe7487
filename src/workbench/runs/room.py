"""When the machine refuses a file."""

from __future__ import annotations

import errno

from workbench.runs.wording import from_root_on

DISK_FULL = "the disk is full: make room and run again"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def refused_file(error: OSError) -> str:
    """What a person should know of a file that could not be written or read."""
    if error.errno in _FULL:
        return DISK_FULL
    named = f" ({from_root_on(str(error.filename))})" if error.filename else ""
    return f"the machine refused a file: {error.strerror or error}{named}"
