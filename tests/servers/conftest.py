"""A throwaway PostgreSQL on loopback, where the machine has one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        pytest.skip(f"no PostgreSQL here: {name} not found (Debian: apt-get install postgresql)")
    return found


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database."""
    if find_spec("psycopg") is None:
        pytest.skip("no driver for PostgreSQL: psycopg is not installed (pip install 'psycopg[binary]')")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    # PostgreSQL refuses to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path("/tmp") / f"wb-postgres-{os.getpid()}"
    folder.mkdir(mode=0o700)
    if user:
        shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> int:
        return subprocess.run(command, user=user, cwd=folder, stdout=subprocess.DEVNULL, check=False).returncode

    try:
        assert run(initdb, "-D", "data", "-A", "trust", "-U", "wb", "--no-sync") == 0
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off"
        assert run(pg_ctl, "-D", "data", "-o", options, "-l", "log", "-w", "start") == 0
        yield f"postgres://wb@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
