"""The key of a run: the same question asked of the same data by the same code has the same key, and one answer."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import workbench
from workbench.parameters import JSON, Needs, read_document, read_needs
from workbench.runs.record import Git
from workbench.tables.fingerprint import fingerprints
from workbench.tables.mapping import read_catalog

PACKAGES = (
    "duckdb",
    "ibis-framework",
    "lifelines",
    "lightfm-next",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pyarrow",
    "scipy",
    "workbench",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What a run takes from a notebook.

    Attributes:
        digest: Of its cells and tables, less what does not change the answer: outputs, counts, other metadata.
        needs: What its metadata say that it needs.
    """

    digest: str
    needs: Needs


def read_source(notebook: Path) -> Source:
    """Read what a notebook says and which tables it needs or may use.

    Raises:
        StudyError: When it cannot be read, or its metadata say what it needs in another way than ours.
    """
    needs = read_needs(notebook)
    cells = [
        [cell["cell_type"], "".join(cell["source"]), sorted(cell.get("metadata", {}).get("tags", []))]
        for cell in read_document(notebook)["cells"]
    ]
    return Source(_digest(cells, dict(needs.tables), needs.may_use), needs)


def data_fingerprints(source: Source, values: Mapping[str, JSON], root: Path) -> dict[str, str]:
    """Table → fingerprint of what the run will read, by the catalogue that the parameter `catalog` names.

    Raises:
        StudyError: When the catalogue does not know a table that the notebook needs.
        DataError: When the file of a table that it needs is not there; what it only may use, it may not read.
    """
    catalog = values.get("catalog")
    needs = source.needs
    if not catalog or not (needs.tables or needs.may_use):
        return {}
    path = root / str(catalog)
    there = read_catalog(path).tables
    return fingerprints(path, needs.tables, if_readable=[table for table in needs.may_use if table in there])


def run_key(
    source: Source, values: Mapping[str, JSON], files: Iterable[str], data: Mapping[str, str], root: Path, *, asked: str
) -> str:
    """SHA-256 over notebook source, parameters, contents of project files, data fingerprints, code and lock.

    Args:
        asked: When it is asked; it counts only where the answer is that of the moment.
    """
    contents = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in sorted(set(files))}
    moment = [asked] if source.needs.of_the_moment else []
    return _digest(source.digest, dict(values), contents, dict(data), code_digest(), lock_digest(root), *moment)


def _digest(*parts: JSON) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def code_digest() -> str:
    """SHA-256 over the package's own modules."""
    digest = hashlib.sha256()
    package = Path(workbench.__file__).parent
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def lock_digest(root: Path) -> str:
    """SHA-256 of the lock, empty when the project has none."""
    lock = root / "requirements.lock"
    return hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else ""


@cache
def package_versions() -> dict[str, str]:
    """The packages that numbers depend on, as they are installed."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


@cache
def git_state(root: Path) -> Git:
    """The commit that is checked out; empty without git or outside a repository."""
    try:
        commit = _git(root, "rev-parse", "HEAD")
        return Git(commit, bool(_git(root, "status", "--porcelain")))
    except (OSError, subprocess.SubprocessError):
        return Git("", dirty=False)


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 — fixed words
        ["git", "-C", str(root), *words],  # noqa: S607 — the user's own git
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return done.stdout.strip()
