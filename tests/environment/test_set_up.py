""".ci/environment: made once, mended when something changed, and made anew after an interruption.

The Python, pip and uv here are stand-ins that write down what they were asked; the real ones run in `make setup`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The stand-in for python: `-m venv` copies it into the new environment, `-m pip install uv` adds a stand-in for uv.
PYTHON = f"""\
#!/bin/sh
case "$*" in
    "-c "*) exec {sys.executable} "$@" ;;
    "--version") echo Python 3.13.0 ;;
    "-m venv"*) rm -rf .venv; mkdir -p .venv/bin; cp "$0" .venv/bin/python; echo venv >> log ;;
    *" install uv==1"*) [ ! -e no-uv ] || exit 1; cp uv .venv/bin/uv ;;
    *pip*) echo "$*" >> log; [ ! -e broken ] ;;
esac
"""
UV = """\
#!/bin/sh
case "$*" in *"pip sync"*) echo sync >> log ;; *) echo project >> log ;; esac
[ ! -e broken ]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "a project"
    (folder / ".ci").mkdir(parents=True)
    for name in ("python", "environment"):
        shutil.copy(ROOT / ".ci" / name, folder / ".ci" / name)
    for name, text in {"python3.13": PYTHON, "other": PYTHON, "uv": UV}.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "requirements.lock").write_text("one==1\n", encoding="utf-8")
    return folder


def set_up(project: Path, **variables: str) -> list[str]:
    """What the stand-ins were asked in one go."""
    (project / "log").write_text("", encoding="utf-8")
    environment = {"PATH": f"{project}:{os.environ['PATH']}", "UV": "1", "CC": "true", **variables}
    subprocess.run([project / ".ci" / "environment"], env=environment, capture_output=True, check=False)
    return (project / "log").read_text(encoding="utf-8").splitlines()


def test_a_finished_environment_is_left_alone(project: Path) -> None:
    assert set_up(project) == ["venv", "sync", "project"]
    assert set_up(project) == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_change_is_installed_into_the_same_environment(project: Path, name: str) -> None:
    set_up(project)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    assert set_up(project) == ["sync", "project"]
    assert set_up(project) == []


def test_a_touched_file_is_not_a_change(project: Path) -> None:
    set_up(project)
    (project / "requirements.lock").touch()

    assert set_up(project) == []


def test_an_interrupted_one_is_made_again_from_nothing(project: Path) -> None:
    (project / "broken").touch()
    set_up(project)
    assert not (project / ".venv" / "finished").exists()
    (project / "broken").unlink()

    assert set_up(project) == ["venv", "sync", "project"]


def test_an_interrupted_change_is_not_mistaken_for_a_finished_one(project: Path) -> None:
    set_up(project)
    (project / "requirements.lock").write_text("one==2\n", encoding="utf-8")
    (project / "broken").touch()
    set_up(project)
    (project / "broken").unlink()
    (project / "requirements.lock").write_text("one==1\n", encoding="utf-8")

    assert set_up(project) == ["venv", "sync", "project"]


def test_a_folder_that_moved_needs_a_new_environment(project: Path) -> None:
    set_up(project)
    moved = project.rename(project.parent / "moved")

    assert set_up(moved) == ["venv", "sync", "project"]


def test_another_python_makes_another_environment_which_is_then_kept(project: Path) -> None:
    set_up(project)
    other = project / "other"
    other.write_text(
        PYTHON.replace("exec", "shift; exec").replace('"$@"', "-c \"import sys; sys.version = '3.12.1 '; $1\"")
    )

    assert set_up(project, PYTHON=str(other)) == ["venv", "sync", "project"]
    assert set_up(project, PYTHON=str(other)) == []
    assert set_up(project) == []


def test_without_uv_pip_installs_the_same_lock(project: Path) -> None:
    (project / "no-uv").touch()

    asked = set_up(project)

    assert asked[0] == "venv"
    assert [line.partition("install ")[2] for line in asked[1:]] == [
        "--no-deps --requirement requirements.lock",
        "--no-deps --editable .",
    ]
    assert set_up(project) == []
