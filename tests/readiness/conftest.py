"""A project with tables of a few rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

NOW = datetime(2026, 6, 30, 12)  # noqa: DTZ001  UTC without a zone


@dataclass(frozen=True)
class House:
    """A project: notebooks, studies and a catalogue."""

    project: object
    root: Path

    def tables(self, frames: dict[str, pd.DataFrame], **entries: dict) -> None:
        """Write tables and the catalogue over them; an entry's keys are added to it."""
        lines = ["connection: duckdb", "tables:"]
        for name, frame in frames.items():
            frame.to_parquet(self.root / f"{name}.parquet", index=False)
            entry = {"source": f"{name}.parquet", "utc_offset_hours": 0, **entries.get(name, {})}
            lines.append(f"  {name}: {json.dumps({key: value for key, value in entry.items() if value is not None})}")
        (self.root / "catalog.yaml").write_text("\n".join(lines) + "\n")

    def notebook(self, name: str, *, parameters: str = "", **said: object) -> None:
        """Write a notebook whose metadata say this."""
        path = self.project.notebook(name, parameters=parameters)
        document = json.loads(path.read_text())
        document["metadata"]["workbench"] = said
        path.write_text(json.dumps(document))

    def judge(self):
        """What is found of all of it at `NOW`."""
        from workbench import readiness
        from workbench.tables import open_catalog

        demands = readiness.read_demands("notebooks", "experiments", "catalog.yaml")
        return readiness.judge(readiness.survey(open_catalog("catalog.yaml"), now=NOW), demands)


@pytest.fixture
def house(project, monkeypatch) -> House:
    """An empty house, which is the working folder."""
    monkeypatch.chdir(project.root)
    return House(project, project.root)
