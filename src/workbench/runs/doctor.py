"""`workbench doctor`: what a run leans on, and what to do where it is not as it should be."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from workbench.errors import DataError, StudyError
from workbench.tables.files import find_files
from workbench.tables.mapping import read_catalog

_ROOM_BYTES = 2**30


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that was looked at: whether it is well, what it is, and what to do when it is not."""

    well: bool
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"ok    {self.what}" if self.well else f"look  {self.what} → {self.remedy}"


def examine(root: Path, runs: Path) -> list[Remark]:
    """Look at Python, packages, kernel, data, disk and fonts."""
    return [
        _python(),
        _packages(root / "requirements.lock"),
        _kernel(),
        *_data(root / "data" / "catalog.yaml"),
        *_disk(root, runs),
        _fonts(),
    ]


def _python() -> Remark:
    found = f"Python {sys.version.split()[0]}"
    return Remark(
        (3, 11) <= sys.version_info[:2] <= (3, 13),
        found,
        "3.11, 3.12 or 3.13 is wanted: run `make setup` with one of them",
    )


def _packages(lock: Path) -> Remark:
    if not lock.is_file():
        return Remark(
            False, "there is no requirements.lock", "take it from the repository; the packages cannot be compared"
        )
    wanted = [
        Requirement(line)
        for line in lock.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "-"))
    ]
    mine = [one for one in wanted if one.marker is None or one.marker.evaluate()]
    different = [text for one in mine if (text := _difference(one))]
    if not different:
        return Remark(True, f"{len(mine)} packages are as the lock has them")
    return Remark(
        False,
        f"{len(different)} of {len(mine)} packages differ from the lock: {'; '.join(different[:5])}",
        "run `make setup`",
    )


def _difference(wanted: Requirement) -> str:
    try:
        found = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{wanted.name} is missing"
    return (
        ""
        if wanted.specifier.contains(found, prereleases=True)
        else f"{wanted.name} {found}, wanted {wanted.specifier}"
    )


def _kernel() -> Remark:
    spec = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    return Remark(
        spec.is_file(),
        "the kernel python3 is there" if spec.is_file() else f"there is no kernel python3 in {sys.prefix}",
        "run `make setup`",
    )


def _data(catalog: Path) -> list[Remark]:
    try:
        read = read_catalog(catalog)
        where = read.connection()
    except StudyError as error:
        return [Remark(False, f"the catalogue: {error}", "mend data/catalog.yaml")]
    if where.kind == "duckdb":
        there = Path(where.target).is_file()
        return [
            Remark(
                there,
                f"the catalogue's database {Path(where.target).name} {'is there' if there else 'is missing'}",
                "put it beside the catalogue",
            )
        ]
    if where.kind == "server":
        return [
            Remark(
                True, f"the catalogue reads {len(read.tables)} tables from a server ({where.stated}); it was not asked"
            )
        ]
    faults = []
    for name, table in read.tables.items():
        try:
            find_files(table.source, catalog.parent)
        except DataError as error:
            faults.append(
                Remark(
                    False,
                    f"table {name}: {error}",
                    "`workbench sample` makes the sample; your own data go where the catalogue says",
                )
            )
    return faults or [Remark(True, f"the catalogue and the files of its {len(read.tables)} tables are there")]


def _disk(root: Path, runs: Path) -> list[Remark]:
    remarks = []
    for name, folder in (("runs", runs if runs.is_dir() else root), ("temporary files", Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free
        well = free >= _ROOM_BYTES and os.access(folder, os.W_OK)
        what = (
            f"{free / 2**30:.1f} GiB free for {name}" if os.access(folder, os.W_OK) else f"{folder} cannot be written"
        )
        remarks.append(Remark(well, what, f"make room or give rights in {folder}"))
    return remarks


def _fonts() -> Remark:
    if shutil.which("fc-list") is None:
        return Remark(True, "fonts: no fontconfig here to ask; reports use the reader's own fonts")
    found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False)  # noqa: S607 — the system's own tool
    well = bool(found.stdout.strip())
    return Remark(
        well,
        "a font with Chinese is there" if well else "no font here has Chinese",
        "only printing Chinese reports here needs one: install fonts-noto-cjk",
    )
