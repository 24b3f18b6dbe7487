"""`workbench sample`: what it says, where it writes, and that a refusal leaves everything as it was."""

from __future__ import annotations

import json


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
    assert "holds other files than a sample, which would be lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in project.root.iterdir()) == ["experiments", "notebooks"]


def test_too_few_users_are_refused(project):
    done = project.run("sample", "--users", "7")
    assert done.returncode == 2
    assert "7 is not in the range x>=100" in done.stderr
