"""environment.yml, without conda: it names conda's Python and pip, and leaves the rest to the lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_only_python_and_pip_come_from_conda(environment: dict[str, Any]) -> None:
    names = [re.split(r"[=<> ]", entry)[0] for entry in environment["dependencies"] if isinstance(entry, str)]

    assert names == ["python", "pip"]
    assert environment["name"] == "workbench"
    assert environment["channels"] == ["conda-forge"]


def test_pip_installs_the_lock_and_the_project(environment: dict[str, Any]) -> None:
    (pip,) = [entry for entry in environment["dependencies"] if isinstance(entry, dict)]

    assert pip == {"pip": ["-r requirements.lock", "-e ."]}


def test_its_python_is_one_that_the_project_supports(environment: dict[str, Any]) -> None:
    (python,) = [entry for entry in environment["dependencies"] if str(entry).startswith("python=")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert python.removeprefix("python=") in SpecifierSet(project["requires-python"])
