"""Faults while a notebook runs: what the user reads, and what is left behind."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

SLOW = "import time\nfrom pathlib import Path\nPath('started').write_text('')\ntime.sleep(120)"


def kernels_of(root: Path) -> list[psutil.Process]:
    """Every process that runs for a project: the mark of its artifacts folder is in its environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get("WORKBENCH_ARTIFACTS", "").startswith(str(root)):
                found.append(process)
    return found


def wait_for(condition, seconds=30.0):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.05)


def started(project):
    return (project.root / "notebooks" / "started").exists()


def assert_refusal(record, *, state, code):
    folder = record["folder"]
    assert (record["state"], record["exit_code"]) == (state, code)
    assert not folder.name.startswith(".")
    assert not (folder / "result.json").exists()
    assert "<h1" in (folder / "report.html").read_text()
    assert record["cause"]


def test_a_run_leaves_everything(project):
    project.concluding("tiny", parameters="level: float = 0.95  # of every interval")
    project.study("works", "tiny", parameters={"level": 0.9})
    done = project.run("run", "works")
    (record,) = project.records("works")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(record["folder"])
    assert done.stderr == ""
    files = {path.name for path in record["folder"].iterdir()}
    assert files == {"run.json", "result.json", "report.html", "executed.ipynb", "artifacts", "log.txt"}
    assert json.loads((record["folder"] / "result.json").read_text())["decision"] == "ship"
    assert record["state"] == "succeeded"
    assert record["parameters"] == {"level": 0.9}
    assert record["queued"] <= record["started"] <= record["ended"]
    assert 10e6 < record["peak_memory"] < 2e9
    assert not kernels_of(project.root)
    assert str(project.root) not in (record["folder"] / "executed.ipynb").read_text()


def test_a_notebook_that_raises(project):
    project.concluding("broken", "1 / 0")
    done = project.run("run", "broken")
    (record,) = project.records("broken")
    assert done.returncode == 1
    assert_refusal(record, state="failed", code=1)
    assert done.stderr == "code cell 2 failed with ZeroDivisionError: division by zero\n"
    assert "Traceback" not in done.stderr
    assert "1 / 0" in (record["folder"] / "log.txt").read_text()
    assert done.stdout.splitlines()[-1] == str(record["folder"])


@pytest.mark.parametrize(("name", "code"), [("StudyError", 2), ("DataError", 3), ("MachineError", 5)])
def test_our_own_errors_decide_the_exit_code(project, name, code):
    project.concluding("refusing", f"from workbench.errors import {name}\nraise {name}('say what to do')")
    done = project.run("run", "refusing")
    (record,) = project.records("refusing")
    assert done.returncode == code
    assert_refusal(record, state="failed", code=code)
    assert record["cause"] == "say what to do"
    assert done.stderr == "say what to do\n"


def test_a_namesake_of_our_error_is_a_failed_cell(project):
    project.concluding("namesake", "class DataError(Exception): pass\nraise DataError('not ours')")
    assert project.run("run", "namesake").returncode == 1


def test_a_notebook_without_a_conclusion(project):
    project.notebook("silent", "1 + 1")
    done = project.run("run", "silent")
    assert done.returncode == 1
    assert "without a conclusion" in done.stderr
    assert_refusal(project.records("silent")[0], state="failed", code=1)


@pytest.mark.parametrize("finding", ["{'schema': 1, 'headline': 'only this'}", "{'schema': 1, 'p': float('nan')}", "7"])
def test_a_conclusion_that_cannot_be_read(project, finding):
    bundle = f"{{'application/vnd.workbench.finding+json': {{'finding': {finding}}}}}"
    project.notebook("odd", f"from IPython.display import publish_display_data\npublish_display_data({bundle})")
    done = project.run("run", "odd")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert_refusal(project.records("odd")[0], state="failed", code=1)


def test_a_kernel_killed_outright(project):
    project.concluding("dying", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    done = project.run("run", "dying")
    (record,) = project.records("dying")
    assert done.returncode == 4
    assert_refusal(record, state="killed", code=4)
    assert "signal 9" in record["cause"]
    assert not kernels_of(project.root)


def test_a_kernel_that_ends_by_itself(project):
    project.concluding("leaving", "import os\nos._exit(3)")
    assert project.run("run", "leaving").returncode == 4
    assert "code 3" in project.records("leaving")[0]["cause"]


def test_a_run_past_its_time(project):
    child = "import subprocess\nchild = subprocess.Popen(['sleep', '100'], start_new_session=True)"
    project.concluding("endless", child, SLOW)
    project.study("late", "endless", timeout_minutes=0.06)
    begin = time.monotonic()
    done = project.run("run", "late")
    (record,) = project.records("late")
    assert time.monotonic() - begin < 20
    assert done.returncode == 4
    assert_refusal(record, state="timed_out", code=4)
    assert not kernels_of(project.root)  # not even the child in a session of its own


def test_children_of_a_finished_run_are_ended(project):
    project.concluding("parenting", "import subprocess\nchild = subprocess.Popen(['sleep', '100'])")
    assert project.run("run", "parenting").returncode == 0
    assert not kernels_of(project.root)


def test_the_parent_killed_outright(project):
    project.concluding("slow", SLOW)
    with project.start("run", "slow") as parent:
        wait_for(lambda: started(project))
        (hidden,) = (project.root / "runs" / "slow").iterdir()
        assert hidden.name.startswith(".")
        assert json.loads((hidden / "run.json").read_text())["state"] == "running"
        parent.kill()
        parent.communicate()
    wait_for(lambda: not kernels_of(project.root), 5)
    sockets = list(Path(tempfile.gettempdir()).glob(f"wb-{parent.pid}-*"))
    assert len(sockets) == 1
    assert project.run("index").returncode == 0
    assert not sockets[0].exists()
    (record,) = project.records("slow")
    assert_refusal(record, state="lost", code=4)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_parent_asked_to_stop(project, number):
    project.concluding("slow", SLOW, parameters="country: str = 'CN'")
    project.study("both", "slow", matrix={"country": ["CN", "JP"]})
    with project.start("run", "both") as parent:
        wait_for(lambda: started(project))
        parent.send_signal(number)
        out, err = parent.communicate(timeout=20)
    first, second = sorted(project.records("both"), key=lambda record: record["combination"]["country"])
    assert parent.returncode == 4
    assert out.splitlines() == [str(first["folder"]), str(second["folder"])]
    assert_refusal(first, state="killed", code=4)
    assert_refusal(second, state="killed", code=4)
    assert second["started"] == ""
    assert "Traceback" not in err
    assert not kernels_of(project.root)


def test_a_run_that_was_told_to_outlive_its_terminal(project):
    project.concluding("slow", SLOW.replace("120", "3"))
    command = "trap '' HUP; exec \"$0\" -c 'from workbench.cli import main; main()' run slow"
    with subprocess.Popen(["sh", "-c", command, sys.executable], cwd=project.root, stdout=subprocess.PIPE) as parent:
        wait_for(lambda: started(project))
        parent.send_signal(signal.SIGHUP)
        parent.communicate(timeout=60)
    assert parent.returncode == 0
    assert project.records("slow")[0]["state"] == "succeeded"


def test_a_living_run_is_left_alone(project):
    project.concluding("slow", SLOW)
    project.concluding("quick")
    with project.start("run", "slow") as parent:
        wait_for(lambda: started(project))
        assert project.run("run", "quick").returncode == 0
        assert "running" in project.run("ls", "slow").stdout
        assert len(kernels_of(project.root)) == 1
        parent.terminate()
        parent.communicate()
    assert [record["state"] for record in project.records("slow")] == ["killed"]


def test_two_runs_of_one_study_at_once(project):
    project.concluding("tiny", "import time\ntime.sleep(1)")
    project.study("same", "tiny")
    with project.start("run", "same", "--force") as one, project.start("run", "same", "--force") as other:
        said = [process.communicate(timeout=60) for process in (one, other)]
    assert (one.returncode, other.returncode) == (0, 0), said
    records = project.records("same")
    assert [record["state"] for record in records] == ["succeeded", "succeeded"]
    assert {out.strip() for out, _ in said} == {str(record["folder"]) for record in records}
    assert not list((project.root / "runs" / "same").glob(".2*"))


def test_no_kernel_to_start(project):
    project.concluding("tiny")
    broken = project.root / "broken"
    broken.mkdir()
    (broken / "ipykernel.py").write_text("raise ImportError('broken installation')")
    done = project.run("run", "tiny", PYTHONPATH=str(broken))
    (record,) = project.records("tiny")
    assert done.returncode == 5
    assert_refusal(record, state="failed", code=5)
    assert record["attempt"] == 2
    assert "broken installation" in (record["folder"] / "log.txt").read_text()


def test_the_key_and_the_answer_that_is_taken_again(project):
    project.concluding("tiny", parameters="level: float = 0.95\npath: ProjectFile = 'notebooks/words.txt'")
    (project.root / "notebooks" / "words.txt").write_text("one")
    first = project.run("run", "tiny")
    again = project.run("run", "tiny")
    assert again.returncode == 0
    assert again.stdout == first.stdout
    assert "nothing has changed" in again.stderr
    assert project.records("tiny")[0]["confirmed"]
    for change in ("--force", "--set=level=0.9"):
        assert project.run("run", "tiny", change).stdout != first.stdout
    (project.root / "notebooks" / "words.txt").write_text("two")
    assert "nothing has changed" not in project.run("run", "tiny").stderr
    assert len(project.records("tiny")) == 4


def test_a_failed_run_is_not_taken_again(project):
    project.notebook("silent", "1 + 1")
    assert [project.run("run", "silent").returncode for _ in range(2)] == [1, 1]
    assert len(project.records("silent")) == 2


def test_a_matrix_in_order_with_the_highest_code(project):
    fails = "from workbench.errors import DataError\nif country == 'JP': raise DataError('no orders')"
    project.concluding("tiny", fails, parameters="country: str = 'CN'")
    project.study("many", "tiny", matrix={"country": ["CN", "JP", "SG"]})
    done = project.run("run", "many", "--jobs", "2")
    records = {record["combination"]["country"]: record for record in project.records("many")}
    assert done.returncode == 3
    assert done.stdout.splitlines() == [str(records[country]["folder"]) for country in ("CN", "JP", "SG")]
    assert [records[country]["state"] for country in ("CN", "JP", "SG")] == ["succeeded", "failed", "succeeded"]


def test_an_index_written_while_runs_end(project):
    project.concluding("tiny", parameters="n: int = 0")
    project.study("many", "tiny", matrix={"n": [1, 2, 3, 4, 5]})
    pages = set()
    with project.start("run", "many", "--jobs", "2") as runs:
        while runs.poll() is None:
            assert project.run("index").returncode == 0
            pages.add((project.root / "runs" / "index.html").read_text()[-8:])
        runs.communicate()
    assert pages == {next(iter(pages))}
    assert next(iter(pages)).rstrip().endswith("</html>")
    assert project.run("index").returncode == 0
    assert len(project.records("many")) == 5


def test_an_answer_from_what_changed_on_the_way_is_not_taken_again(project):
    """The key is found before the kernel reads; here a file changes between the two."""
    words = project.root / "notebooks" / "words.txt"
    words.write_text("one")
    change = "from pathlib import Path\nPath('words.txt').write_text('two')"
    project.concluding("tiny", change, parameters="path: ProjectFile = 'notebooks/words.txt'")
    assert project.run("run", "tiny").returncode == 0
    assert project.records("tiny")[0]["key"] == ""
    words.write_text("one")
    assert "nothing has changed" not in project.run("run", "tiny").stderr
    words.write_text("two")
    project.run("run", "tiny")
    assert "nothing has changed" in project.run("run", "tiny").stderr


@pytest.mark.parametrize("name", ["result.json", "report.html"])
def test_an_answer_that_is_gone_is_not_taken_again(project, name):
    project.concluding("tiny")
    project.run("run", "tiny")
    (project.records("tiny")[0]["folder"] / name).unlink()
    assert "nothing has changed" not in project.run("run", "tiny").stderr
    assert (project.records("tiny")[-1]["folder"] / name).exists()


def test_no_page_says_where_this_machine_keeps_the_project(project):
    """Pages are published: neither what a cell prints, nor what it raises, nor a refusal names the machine's folders."""
    printed = "import sys\nfrom pathlib import Path\nprint(Path('orders.csv').resolve(), file=sys.stderr)"
    raised = "from workbench.errors import DataError\n"
    project.concluding("printing", printed)
    project.concluding("missing", printed, "Path('orders.csv').resolve().open()")
    project.concluding("refusing", printed, raised + "raise DataError(f\"{Path('orders.csv').resolve()} is empty\")")
    (project.root / "notebooks" / "torn.ipynb").mkdir()  # a folder: reading it is refused by the machine
    for name in ("printing", "missing", "refusing", "torn"):
        said = project.run("run", name)
        (record,) = project.records(name)
        for file in ("run.json", "report.html", "executed.ipynb"):
            if (record["folder"] / file).exists():
                text = (record["folder"] / file).read_text()
                assert f"{project.root}/" not in text, (name, file)
        assert f"{project.root}/" not in said.stderr
    assert "notebooks/orders.csv" in (project.records("missing")[0]["folder"] / "report.html").read_text()
