"""One lock, without addresses, that fits pyproject.toml and is what is installed."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LINES = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
LOCKED = [Requirement(line) for line in LINES]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
RANGES = [Requirement(line) for lines in (PROJECT["dependencies"], *EXTRAS.values()) for line in lines]


def pin(requirement: Requirement) -> str:
    """The version of a line `name==version`."""
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return specifier.version


def test_each_line_is_a_name_and_a_version_and_no_address() -> None:
    for line, requirement in zip(LINES, LOCKED, strict=True):
        assert pin(requirement), line
        assert (requirement.url, requirement.extras) == (None, set()), line
        assert "://" not in line


@pytest.mark.parametrize("wanted", RANGES, ids=str)
def test_every_range_of_pyproject_is_met(wanted: Requirement) -> None:
    pins = defaultdict(list)
    for requirement in LOCKED:
        pins[canonicalize_name(requirement.name)].append(pin(requirement))

    found = pins[canonicalize_name(wanted.name)]

    assert found, f"{wanted.name} is not in requirements.lock: run `make lock`"
    assert all(wanted.specifier.contains(one) for one in found), f"{wanted} but locked {found}: run `make lock`"


def test_what_is_installed_is_what_is_locked() -> None:
    applying = [one for one in LOCKED if one.marker is None or one.marker.evaluate()]
    locked = {one.name: Version(pin(one)) for one in applying}

    assert {name: Version(version(name)) for name in locked} == locked


def test_the_installed_distributions_agree_with_each_other() -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_sqlglot_is_pinned_for_ibis_sets_no_upper_bound() -> None:
    (wanted,) = [one for one in RANGES if one.name == "sqlglot"]

    assert pin(wanted) == version("sqlglot")


def test_the_running_python_is_supported() -> None:
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    assert (3, 11) <= sys.version_info[:2] < (3, 14)
