"""The table that the benchmarks leave."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version

PACKAGES = ("duckdb", "ibis-framework", "pyarrow", "tea-tasting", "pandas", "scipy", "papermill")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; `kept` is None where there is no budget."""

    work: str
    who: str
    figure: str
    ratio: str = ""
    budget: str = ""
    kept: bool | None = None


def table(rows: list[Row]) -> str:
    """Markdown, with the machine in words and nothing that names it."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        "# What `make bench` measured",
        "",
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}; {versions}.",
        "Figures are the best of several rounds, CPU with all threads and child processes; contestants take turns.",
        "All contestants of the A/B question give the same differences and standard errors, or the benchmark fails.",
    ]
    work = ""
    for row in rows:
        if row.work != work:
            work = row.work
            lines += [
                "",
                f"## {work}",
                "",
                "| what | figure | ratio | budget | kept |",
                "| --- | --- | --- | --- | --- |",
            ]
        kept = {True: "yes", False: "**no, missed**", None: ""}[row.kept]
        lines.append(f"| {row.who} | {row.figure} | {row.ratio} | {row.budget} | {kept} |")
    return "\n".join(lines) + "\n"
