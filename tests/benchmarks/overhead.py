"""What the commands cost: a run beyond its kernel, a check of fifty studies, the studies of the demo."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from table import Row

ROOT = Path(__file__).resolve().parents[2]
WORKBENCH, PAPERMILL = (Path(sys.executable).with_name(name) for name in ("workbench", "papermill"))
CONCLUDE = """from workbench import report
report.conclude(headline="Nothing was asked.", decision="hold", rule="", next_step="", estimates=[], checks=[], data=[])"""
# A kernel as jupyter_client starts it; only what the kernel itself used is printed.
BARE = """
import resource, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="python3")
for cell in sys.argv[1:]:
    assert client.execute_interactive(cell, output_hook=lambda message: None)["content"]["status"] == "ok"
client.stop_channels()
manager.shutdown_kernel()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of a command with all its processes, seconds."""

    cpu: float
    wall: float


def measure(folder: Path) -> list[Row]:
    """Rows of the table; projects are made in the folder."""
    project = _project(folder / "project")
    return [*_run(project), *_check(folder / "studies"), *_demo(folder / "runs")]


def _run(project: Path) -> list[Row]:
    notebook = project / "notebooks" / "empty.ipynb"
    ours = [WORKBENCH, "run", "empty", "--force"]
    theirs = [PAPERMILL, "--no-progress-bar", notebook, project / "out.ipynb"]
    kernel, run, papermill = _best(
        4, lambda: _kernel(CONCLUDE), lambda: _cost(ours, project), lambda: _cost(theirs, project)
    )
    work = "A notebook that only concludes"
    beyond, peer = run.cpu - kernel.cpu, papermill.cpu - kernel.cpu
    return [
        Row(work, "a kernel and the notebook's own work, without any runner", f"{kernel.cpu:.2f} s CPU"),
        Row(
            work,
            "**workbench run** beyond that: keys, execution, record, report, index",
            f"{beyond:.2f} s CPU",
            f"{beyond / peer:.2f} × papermill",
            "≤ 1.5 s CPU",
            beyond <= 1.5,
        ),
        Row(work, "papermill's command beyond that: execution alone", f"{peer:.2f} s CPU"),
    ]


def _check(folder: Path) -> list[Row]:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "experiments").mkdir()
    (folder / "data").mkdir()
    for path in (ROOT / "data").glob("*.yaml"):
        shutil.copy(path, folder / "data")
    studies = sorted((ROOT / "experiments").glob("*.yaml"))
    for number in range(50):
        shutil.copy(studies[number % len(studies)], folder / "experiments" / f"study_{number}.yaml")
    (cost,) = _best(5, lambda: _cost([WORKBENCH, "check"], folder))
    figure = f"{cost.cpu:.2f} s CPU, {cost.wall:.2f} s"
    return [Row("50 studies", "**workbench check**", figure, budget="≤ 1.5 s", kept=cost.wall <= 1.5)]


def _demo(runs: Path) -> list[Row]:
    work = "The studies of `make demo`, one at a time"
    studies = sorted((ROOT / "experiments").glob("*.yaml"))
    asked: list[Callable[[], Cost]] = [
        lambda study=study: _cost([WORKBENCH, "run", study, "--force", "--runs", runs], ROOT)  # type: ignore[misc]
        for study in studies
    ]
    kernel, *costs = _best(3, _kernel, *asked)
    return [
        Row(work, "a kernel started and stopped", f"{kernel.cpu:.2f} s CPU, {kernel.wall:.2f} s"),
        *(
            Row(
                work,
                f"**{study.stem}** beyond that",
                f"{cost.cpu - kernel.cpu:.2f} s CPU, {cost.wall - kernel.wall:.2f} s",
                budget="≤ 5 s",
                kept=cost.wall - kernel.wall <= 5,
            )
            for study, cost in zip(studies, costs, strict=True)
        ),
    ]


def _best(rounds: int, *asked: Callable[[], Cost]) -> list[Cost]:
    """Least CPU and least time of each, taking turns."""
    found = [[ask() for ask in asked] for _ in range(rounds)]
    return [Cost(min(c.cpu for c in one), min(c.wall for c in one)) for one in zip(*found, strict=True)]


def _kernel(*cells: str) -> Cost:
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", BARE, *cells], capture_output=True, text=True, check=True)
    return Cost(float(done.stdout), time.perf_counter() - started)


def _cost(command: list[object], folder: Path) -> Cost:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    # A study that is refused for its data (a broken split is none) would be cheap.
    assert done.returncode == 0, done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu, time.perf_counter() - started)


def _project(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("notebooks", "experiments"):
        (folder / name).mkdir(parents=True)
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": CONCLUDE, "execution_count": None, "outputs": []}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "notebooks" / "empty.ipynb").write_text(json.dumps(notebook))
    return folder


os.environ.pop("WORKBENCH_ARTIFACTS", None)
