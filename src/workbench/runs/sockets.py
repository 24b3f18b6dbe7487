"""The private folder where a kernel's sockets lie while it runs: no ports to collide, nothing on the network."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

_LONGEST = 60  # of a socket's path the system takes 107 bytes (103 on macOS); name and number come on top


def make_socket_folder() -> Path:
    """Make a folder that only this user may enter; its name says whose it is."""
    return Path(tempfile.mkdtemp(prefix=f"wb-{os.getpid()}-", dir=_home()))


def remove_socket_folders(pid: int) -> None:
    """Remove what a process that died left."""
    for folder in _home().glob(f"wb-{pid}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _home() -> Path:
    usual = tempfile.gettempdir()
    return Path(usual if len(usual) <= _LONGEST else "/tmp")  # noqa: S108 — the folder itself is private
