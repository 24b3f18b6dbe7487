"""What a person at a terminal sees and a pipe does not."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios

import pytest


def on_a_terminal(project, *words):
    """Run a command whose stderr is a terminal; give what it wrote there."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))
    command = [sys.executable, "-c", "from workbench.cli import main; main()", *words]
    with subprocess.Popen(command, cwd=project.root, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 4096)
            except OSError:  # Linux says so when the other side has closed
                break
            if not part:
                break
            seen += part
    os.close(ours)
    return process.returncode, seen.decode()


@pytest.mark.parametrize(("jobs", "unit"), [("1", "cell"), ("2", "run")])
def test_progress_is_for_terminals(project, jobs, unit):
    project.concluding("tiny", parameters="n: int = 0")
    project.study("many", "tiny", matrix={"n": [1, 2]})
    code, seen = on_a_terminal(project, "run", "many", "--jobs", jobs)
    assert code == 0
    assert f"{unit}/s" in seen or f"s/{unit}" in seen
    assert project.run("run", "many", "--force", "--jobs", jobs).stderr == ""
