"""Fixtures for every test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference numbers: $WORKBENCH_SHARED, else ../shared."""
    folder = Path(os.environ.get("WORKBENCH_SHARED", ROOT.parent / "shared")).resolve()
    if not (folder / "reference").is_dir():
        pytest.skip(f"no reference data: {folder} has no folder reference/ (set WORKBENCH_SHARED)")
    return folder


CONCLUDE = """
from IPython.display import publish_display_data

finding = {"schema": 1, "headline": "It works: +2 % (1 to 3)", "decision": "ship", "rule": "better ships",
           "next_step": "Ship it.", "estimates": [], "checks": [], "tables": {}, "data": []}
bundle = {"finding": finding, "tiles": [], "labels": {}}
publish_display_data({"application/vnd.workbench.finding+json": bundle, "text/plain": "It works"})
"""


def _as_from_a_terminal() -> None:
    """Heed the signals that a job in the background is started to ignore."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@dataclass(frozen=True)
class Project:
    """A project in a folder of its own, with notebooks and studies of a few lines."""

    root: Path

    def notebook(self, name: str, *cells: str, parameters: str = "", needs: dict | None = None) -> Path:
        """Write a notebook: a title, imports for annotations, parameters, then the cells."""
        imports = (
            "from typing import Annotated, Literal\nfrom workbench.parameters import Interval, IsoDate, ProjectFile"
        )
        sources = [
            ("markdown", f"# Does {name} work?", []),
            ("code", imports, []),
            ("code", parameters, ["parameters"]),
        ]
        sources += [("code", cell, []) for cell in cells]
        written = [
            {"cell_type": kind, "id": f"cell-{number}", "metadata": {"tags": tags}, "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for number, (kind, source, tags) in enumerate(sources)
            if source
        ]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        if needs:
            metadata["workbench"] = {"needs": needs}
        path = self.root / "notebooks" / f"{name}.ipynb"
        path.write_text(json.dumps({"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
        return path

    def concluding(self, name: str, *cells: str, parameters: str = "") -> Path:
        """Write a notebook that ends in a conclusion."""
        return self.notebook(name, *cells, CONCLUDE, parameters=parameters)

    def study(self, name: str, notebook: str, **keys: object) -> Path:
        """Write a study."""
        path = self.root / "experiments" / f"{name}.yaml"
        path.write_text(
            json.dumps({"question": f"Does {name} work?", "notebook": notebook, "owner": "the team", **keys})
        )
        return path

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in the project, as a process of its own."""
        command = [sys.executable, "-c", "from workbench.cli import main; main()", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command,
            cwd=self.root,
            env={**os.environ, **environment},
            stdout=pipe,
            stderr=pipe,
            text=True,
            preexec_fn=_as_from_a_terminal,  # noqa: PLW1509 — no thread of ours is between fork and exec
        )

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        with self.start(*words, **environment) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def records(self, study: str) -> list[dict]:
        """The records of a study's runs, the oldest first, each with its folder."""
        folders = [path.parent for path in (self.root / "runs" / study).glob("*/run.json")]
        records = [{**json.loads((folder / "run.json").read_text()), "folder": folder} for folder in folders]
        return sorted(records, key=lambda record: record["queued"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project; its runs are real processes."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "experiments").mkdir()
    return Project(tmp_path)


@dataclass(frozen=True)
class Shop:
    """Tables, a catalogue and metrics in a folder of their own; times are on the business clock already."""

    root: Path

    def write(self, metrics: dict[str, dict], **tables: object) -> None:
        """Write frames as Parquet, with the catalogue over them."""
        entries = {}
        for name, frame in tables.items():
            frame.to_parquet(self.root / f"{name}.parquet", index=False)
            entries[name] = {"source": f"{name}.parquet", "utc_offset_hours": 0}
        (self.root / "catalog.yaml").write_text(json.dumps({"connection": "duckdb", "tables": entries}))
        (self.root / "metrics.yaml").write_text(json.dumps(metrics))

    def design(self, *goals: str, **words: object):
        """A study's words; the experiment is `e` and its control `A` unless they say otherwise."""
        from workbench.abtest import design

        words = {"experiment": "e", "control": "A", "goals": goals, **words}
        return design(str(self.root / "metrics.yaml"), **words)

    def measure(self, *goals: str, **words: object):
        """What the tables say about a study."""
        from workbench.abtest import measure
        from workbench.tables import open_catalog

        return measure(open_catalog(self.root / "catalog.yaml"), self.design(*goals, **words))

    def analyse(self, *goals: str, **words: object):
        """A study from its tables to its decision."""
        from workbench.abtest import analyse

        return analyse(self.design(*goals, **words), self.measure(*goals, **words))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An empty shop."""
    return Shop(tmp_path)
