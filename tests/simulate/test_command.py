"""`workbench sample`: what it says, where it writes, and that a refusal leaves everything as it was."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest


def test_the_sample_goes_where_the_catalogue_looks_for_it(project):
    done = project.run("sample", "--users", "150", "--seed", "5")
    assert (done.returncode, done.stderr) == (0, "")
    folder = project.root / "data" / "sample"
    assert done.stdout.strip() == str(folder)
    world = json.loads((folder / "truth.json").read_text())["world"]
    assert (world["users"], world["seed"]) == (150, 5)
    assert (folder / "orders" / "orders.parquet").is_file()
    assert not (folder / "events").exists()


def test_events_and_another_folder_are_asked_for(project):
    done = project.run("sample", "--users", "150", "--events", "--out", "elsewhere")
    assert done.returncode == 0
    assert (project.root / "elsewhere" / "events" / "events.parquet").is_file()
    assert not (project.root / "data").exists()


def test_a_folder_of_somebody_is_refused_in_a_sentence(project):
    done = project.run("sample", "--users", "150", "--out", "notebooks/..")
    assert done.returncode == 2
    assert "holds other files than a sample (experiments), which would be lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in project.root.iterdir()) == ["experiments", "notebooks"]


def test_too_few_users_are_refused(project):
    done = project.run("sample", "--users", "7")
    assert done.returncode == 2
    assert "7 is not in the range 100<=x<=100000000" in done.stderr


def test_more_users_than_there_are_ids_and_impossible_seeds_are_refused(project):
    done = project.run("sample", "--users", "100000001")
    assert (done.returncode, "100000001 is not in the range" in done.stderr) == (2, True)
    for seed in ("-1", "18446744073709551616"):
        done = project.run("sample", f"--seed={seed}")
        assert (done.returncode, f"{seed} is not in the range 0<=x<=18446744073709551615" in done.stderr) == (2, True)


def test_the_help_shows_what_is_made_by_default(project):
    said = " ".join(project.run("sample", "--help").stdout.split())
    assert "[default: 20000; 100<=x<=100000000]" in said
    assert "[default: 11; 0<=x<=18446744073709551615]" in said


def test_outside_a_project_a_folder_is_enough(tmp_path):
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "sample", "--users", "150"]
    done = subprocess.run([*command, "--out", "s"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "s\n")
    assert (tmp_path / "s" / "orders" / "orders.parquet").is_file()
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2


def test_a_terminal_sees_how_far_it_is(project):
    terminal, screen = pty.openpty()
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "sample", "--users", "150"]
    done = subprocess.run(command, cwd=project.root, stdout=subprocess.PIPE, stderr=screen, check=True, timeout=120)
    os.close(screen)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert "Making users: 100%" in shown
    assert done.stdout.decode().strip() == str(project.root / "data" / "sample")


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (signal.SIGINT, 1, "Aborted!"),
        (signal.SIGTERM, 4, "stopped from outside before it was done; nothing was replaced"),
        (signal.SIGHUP, 4, "stopped from outside before it was done; nothing was replaced"),
    ],
)
def test_who_stops_it_finds_nothing_half_made(project, number, code, words):
    process = project.start("sample", "--users", "2000000", "--out", "big")
    deadline = time.monotonic() + 60
    while not list(project.root.glob(".big-*/made/*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert err.strip() == words
    assert sorted(path.name for path in project.root.iterdir()) == ["experiments", "notebooks"]


def test_without_room_there_is_a_sentence_and_no_file(project):
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "sample", "--users", "3000"]
    limited = ["sh", "-c", 'ulimit -f 300 && exec "$@"', "sh", *command]  # 150 KB per file
    # Coverage would write its own file at the end, above the limit too.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        limited, cwd=project.root, capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.strip() == "the disk is full: make room and run again"
    assert list((project.root / "data").iterdir()) == []
