"""The stop from outside."""

from __future__ import annotations

import threading
from typing import Protocol


class Stoppable(Protocol):
    """Something that runs and can be ended from any thread."""

    def stop(self) -> None:
        """End it now."""


class Stop:
    """The stop from outside: it ends the kernels that run and keeps those that wait from starting."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._kernels: set[Stoppable] = set()

    @property
    def asked(self) -> bool:
        """Whether somebody asked."""
        return self._asked.is_set()

    def ask(self) -> None:
        """End everything; called from a signal handler, so it takes no lock."""
        self._asked.set()
        for kernel in tuple(self._kernels):
            kernel.stop()

    def watch(self, kernel: Stoppable) -> None:
        """Let a kernel be ended too."""
        self._kernels.add(kernel)
        if self.asked:
            kernel.stop()

    def forget(self, kernel: Stoppable) -> None:
        """Its run is over."""
        self._kernels.discard(kernel)
