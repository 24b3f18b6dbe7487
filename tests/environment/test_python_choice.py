""".ci/python takes the newest Python that really runs, and says what to install before anything is downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRETEND = """\
import sys, sysconfig
sys.version_info = ({version}, 0, "final", 0)
sysconfig.get_path = lambda name: {include!r}
{more}
exec({code})"""
Add = Callable[..., Path]


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder that is the whole PATH: the tools the script needs, and no Python and no compiler yet."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for tool in ("cat", "sed"):
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


@pytest.fixture
def headers(tmp_path: Path) -> Path:
    folder = tmp_path / "include"
    folder.mkdir()
    (folder / "Python.h").touch()
    return folder


def write_command(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def add_python(commands: Path, headers: Path) -> Add:
    """Adds a Python of a pretended version; it runs the code that it is given with the real one."""

    def add(name: str, version: str, *, more: str = "", include: Path = headers) -> Path:
        code = PRETEND.format(
            version=version.replace(".", ", "), include=str(include), more=more, code="sys.argv[1]"
        ).replace("'", "'\\''")
        return write_command(commands / name, f"exec {sys.executable} -c '{code}' \"$2\"")

    return add


def choose(commands: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / ".ci" / "python"],
        env={"PATH": str(commands), "CC": "gcc", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_newest_is_taken(commands: Path, add_python: Add) -> None:
    add_python("python3.12", "3.12")
    add_python("python3.13", "3.13")

    assert choose(commands).stdout == "python3.13\n"


def test_one_that_is_there_but_does_not_run_is_passed_over(commands: Path, add_python: Add) -> None:
    write_command(commands / "python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    add_python("python3.12", "3.12")

    chosen = choose(commands)

    assert (chosen.returncode, chosen.stdout, chosen.stderr) == (0, "python3.12\n", "")


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_one_that_cannot_make_an_environment_is_passed_over(commands: Path, add_python: Add, missing: str) -> None:
    add_python("python3.13", "3.13", more=f"sys.modules[{missing!r}] = None")
    add_python("python3", "3.12")

    assert choose(commands).stdout == "python3\n"


@pytest.mark.parametrize("version", ["3.10", "3.14"])
def test_versions_outside_the_range_are_refused_with_what_to_do(commands: Path, add_python: Add, version: str) -> None:
    add_python("python3", version)

    chosen = choose(commands)

    assert (chosen.returncode, chosen.stdout) == (1, "")
    assert "Wanted: Python 3.11, 3.12 or 3.13" in chosen.stderr
    assert "PYTHON=/path/to/python3" in chosen.stderr


def test_a_named_one_is_taken_though_a_newer_is_there(commands: Path, add_python: Add) -> None:
    add_python("python3.13", "3.13")
    mine = add_python("my python", "3.12")

    assert choose(commands, PYTHON=str(mine)).stdout == f"{mine}\n"


def test_a_named_one_that_does_not_run_is_not_replaced_in_silence(commands: Path, add_python: Add) -> None:
    add_python("python3.13", "3.13")

    chosen = choose(commands, PYTHON="nowhere/python3")

    assert (chosen.returncode, chosen.stdout) == (1, "")
    assert "among: nowhere/python3." in chosen.stderr


def test_python_311_without_a_compiler_says_what_to_install(commands: Path, add_python: Add) -> None:
    add_python("python3.11", "3.11")

    chosen = choose(commands)

    assert (chosen.returncode, chosen.stdout) == (1, "")
    assert "the compiler gcc cannot be used" in chosen.stderr
    assert "apt-get install gcc" in chosen.stderr


def test_python_311_without_headers_says_what_to_install(commands: Path, add_python: Add, tmp_path: Path) -> None:
    write_command(commands / "gcc", "exit 0")
    add_python("python3.11", "3.11", include=tmp_path / "nowhere")

    chosen = choose(commands)

    assert (chosen.returncode, chosen.stdout) == (1, "")
    assert "Python.h cannot be used" in chosen.stderr
    assert "python3-dev" in chosen.stderr


def test_python_311_with_both_is_taken(commands: Path, add_python: Add) -> None:
    write_command(commands / "gcc", "exit 0")
    add_python("python3.11", "3.11")

    assert choose(commands).stdout == "python3.11\n"


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_newer_ones_need_no_compiler(commands: Path, add_python: Add, version: str) -> None:
    add_python(f"python{version}", version)

    assert choose(commands).returncode == 0


def test_the_scripts_can_be_run() -> None:
    for name in ("run", "python", "environment"):
        assert os.access(ROOT / ".ci" / name, os.X_OK), name
