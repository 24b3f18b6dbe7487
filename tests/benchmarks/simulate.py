"""What `workbench sample` costs: platforms of three sizes, a process each, with its wall time, CPU and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from table import Row

WORKBENCH = Path(sys.executable).with_name("workbench")
LARGE = 1_000_000
ROUNDS = {5_000: 3, 20_000: 3, LARGE: 1}


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one command: seconds, seconds of CPU, MB."""

    wall: float
    cpu: float
    peak: float


def measure(folder: Path) -> list[Row]:
    """Rows of the table; the platforms stay in the folder."""
    work, small, medium, large = "A platform is simulated", *(_best(folder, users) for users in ROUNDS)
    return [
        Row(work, "5,000 users, as tests have them", _said(small), budget="≤ 2 s", kept=small.wall <= 2),
        Row(work, "**workbench sample**: 20,000 users", _said(medium)),
        Row(work, "1,000,000 users", _said(large), budget="≤ 60 s", kept=large.wall <= 60),
        Row(work, "the same, peak memory", f"{large.peak:.0f} MB", budget="≤ 2,000 MB", kept=large.peak <= 2000),
    ]


def large_platform(folder: Path) -> Path:
    """The catalogue of the platform of a million users, made where no benchmark has made it before."""
    catalog = _place(folder, LARGE) / "catalog.yaml"
    if not catalog.is_file():
        _cost(folder, LARGE)
    return catalog


def _place(folder: Path, users: int) -> Path:
    return folder / f"platform-{users}"


def _best(folder: Path, users: int) -> Cost:
    found = [_cost(folder, users) for _ in range(ROUNDS[users])]
    return Cost(min(c.wall for c in found), min(c.cpu for c in found), min(c.peak for c in found))


def _cost(folder: Path, users: int) -> Cost:
    folder.mkdir(parents=True, exist_ok=True)
    command = [WORKBENCH, "sample", "--users", str(users), "--out", _place(folder, users)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The peak of this child alone; RUSAGE_CHILDREN keeps the largest of all that ever ran.
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"workbench sample ended with {process.returncode}"
    wall, unit = time.perf_counter() - started, 1 if sys.platform == "darwin" else 1024  # bytes there, KiB elsewhere
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6)


def _said(cost: Cost) -> str:
    return f"{cost.wall:.1f} s, {cost.cpu:.1f} s CPU, {cost.peak:.0f} MB"
