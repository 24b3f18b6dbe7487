"""The Makefile: it lists itself, and a failed study makes `make demo` fail without hiding the others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # The variables of a `make test` that runs this would reach this make too.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", "--no-print-directory", "-C", ROOT, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_the_default_and_lists_every_target() -> None:
    shown = make().stdout

    assert set(re.findall(r"^  make ([a-z]+) +\S", shown, flags=re.MULTILINE)) == TARGETS
    assert shown == make("help").stdout


def test_the_targets_that_the_guides_promise_are_there() -> None:
    assert {"help", "setup", "demo", "test", "lab", "check", "bench", "lock", "clean"} <= TARGETS


@pytest.mark.parametrize("target", ["demo", "test", "check", "lab", "bench", "lock"])
def test_every_job_begins_with_the_environment(target: str) -> None:
    """A fresh clone needs no other command before it."""
    first = make("--dry-run", target).stdout.splitlines()[0]

    assert first == ".ci/environment"


@pytest.mark.parametrize(("status", "expected"), [(0, 0), (3, 2)])
def test_demo_tells_where_the_reports_are_also_when_a_study_was_refused(
    tmp_path: Path, status: int, expected: int
) -> None:
    workbench = tmp_path / "workbench"
    workbench.write_text(f'#!/bin/sh\n[ "$1" != run ] || exit {status}\n', encoding="utf-8")
    workbench.chmod(0o755)

    done = make("--old-file=setup", "demo", f"BIN={tmp_path}")

    assert done.returncode == expected
    assert done.stdout.splitlines()[-1].endswith("/runs/index.html in a browser")
