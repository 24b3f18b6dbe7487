"""A disk without room: a plain sentence, exit code 5, and never half a run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LARGE = "import base64, os\nprint(base64.b64encode(os.urandom(400_000)).decode())"
ARTIFACT = (
    "import os\nfrom pathlib import Path\n"
    "(Path(os.environ['WORKBENCH_ARTIFACTS']) / 'list.csv').write_bytes(b'0' * 5_000_000)"
)


def left(runs: Path) -> list[str]:
    return sorted(path.name for path in runs.glob("*/*") if path.is_dir())


def test_the_executed_notebook_does_not_fit(project, small_disk):
    project.concluding("large", LARGE)
    done = project.run("run", "large", "--runs", str(small_disk))
    assert done.returncode == 5
    assert done.stderr.splitlines()[0] == "the disk is full: make room and run again"
    assert "Traceback" not in done.stderr
    (name,) = left(small_disk)
    assert not name.startswith(".")
    kept = {path.name for path in (small_disk / "large" / name).iterdir()}
    assert kept == {"run.json", "report.html", "log.txt"}
    assert '"state": "failed"' in (small_disk / "large" / name / "run.json").read_text()


def test_an_artifact_does_not_fit(project, small_disk):
    project.concluding("large", ARTIFACT)
    done = project.run("run", "large", "--runs", str(small_disk))
    assert done.returncode == 5
    assert done.stderr.splitlines()[0] == "the disk is full: make room and run again"
    assert not any(name.startswith(".") for name in left(small_disk))


def test_no_room_at_all(project, small_disk):
    project.concluding("tiny")
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "filler").write_bytes(b"0" * 10_000_000)
    done = project.run("run", "tiny", "--runs", str(small_disk))
    assert done.returncode == 5
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert left(small_disk) == []


def test_a_limit_on_the_size_of_files(project):
    """The same where nothing can be mounted: the system refuses a file above 200 KiB."""
    project.concluding("large", LARGE)
    command = "ulimit -f 400; exec \"$0\" -c 'from workbench.cli import main; main()' run large"
    done = subprocess.run(
        ["sh", "-c", command, sys.executable], cwd=project.root, capture_output=True, text=True, check=False
    )
    (record,) = project.records("large")
    assert done.returncode == 5, done.stderr
    assert "the disk is full" in done.stderr
    assert record["state"] == "failed"
    assert not (record["folder"] / "executed.ipynb").exists()
