"""What a run costs beyond its kernel and its notebook's own work: a budget of the design."""

from __future__ import annotations

import os
import subprocess
import sys

MEASURED = """
import resource, sys
from workbench.cli import main
try:
    main(["run", "empty", "--force"])
except SystemExit as ended:
    assert ended.code == 0, ended.code
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, file=sys.stderr)
"""


def test_a_run_costs_at_most_a_second_and_a_half(project):
    """CPU of the parent, imports included; the kernel is a child and not counted.  The best of three, against noise."""
    project.concluding("empty")
    seconds = []
    # What measures coverage in child processes is not part of a run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    for _ in range(3):
        command = [sys.executable, "-c", MEASURED]
        done = subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True, check=True)
        seconds.append(float(done.stderr.splitlines()[-1]))
    assert min(seconds) <= 1.5, seconds
