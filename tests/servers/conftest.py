"""A throwaway PostgreSQL on loopback, where the machine has one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class Server:
    """A PostgreSQL in a folder of its own.

    Its session stands in Shanghai, so that nothing can lean on a server that happens to stand in UTC.
    """

    def __init__(self, place: Path, programs: Path) -> None:
        self.place, self.programs = place, programs
        # PostgreSQL refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(place, self.user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        return f"postgres://wb@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *words: str, text: str | None = None) -> str:
        done = subprocess.run(
            [str(self.programs / program), *words], input=text, capture_output=True, text=True, check=False,
            user=self.user, cwd=self.place, env={**os.environ, "HOME": str(self.place)},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        self.run("initdb", "-D", "data", "-A", "trust", "-U", "wb", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-p {self.port} -h 127.0.0.1 -k {self.place} -c fsync=off -c timezone=Asia/Shanghai"
        # Its own log: the server would hold on to our pipe, and the call would not end.
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def tell(self, *words: str, text: str | None = None) -> str:
        """Run psql."""
        there = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "wb", "-d", "postgres")
        return self.run("psql", *there, "-X", "-q", *words, text=text)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """An empty database."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *filter(None, [shutil.which("initdb")])]
    if not found:
        pytest.skip("no PostgreSQL here: initdb not found (Debian: apt-get install postgresql)")
    place = Path(tempfile.mkdtemp(prefix="pg-"))
    server = Server(place, Path(found[0]).parent)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(place)
