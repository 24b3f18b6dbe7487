"""Whether the process that makes a run is still there."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psutil

_CLOCK_SECONDS = 5.0  # how far two readings of one process's start may differ
_PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Parent:
    """The process that makes a run.

    Attributes:
        pid: Its number, which the system gives again to others.
        started: When it started, seconds since 1970; with the number it is its own.
        machine: The host's name, as a hash, since folders of runs are published.
    """

    pid: int
    started: float
    machine: str


def this_process() -> Parent:
    """The process that asks."""
    return Parent(os.getpid(), float(psutil.Process().create_time()), _machine())


def is_alive(parent: Parent, queued: str, timeout_minutes: float) -> bool:
    """Whether a run's parent is still there; of another machine's, whether it may still be.

    Args:
        parent: The process, as the record has it.
        queued: When the run was queued, ISO.
        timeout_minutes: How long the run may take.
    """
    if parent.machine != _machine():
        waited = datetime.now(UTC) - datetime.fromisoformat(queued)
        return waited < timedelta(minutes=timeout_minutes) + _PATIENCE
    try:
        return bool(abs(psutil.Process(parent.pid).create_time() - parent.started) < _CLOCK_SECONDS)
    except psutil.Error:
        return False


def _machine() -> str:
    return sha256(socket.gethostname().encode()).hexdigest()[:12]
