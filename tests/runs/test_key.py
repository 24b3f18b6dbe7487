"""The key: it changes with what the answer depends on, and with nothing else."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest

from workbench.errors import StudyError
from workbench.runs.key import read_source, run_key
from workbench.tables import read_metrics
from workbench.tables.schema import TABLES


@pytest.fixture
def digest(project):
    def digest(change=lambda document: None):
        path = project.concluding("tiny", "1 + 1", parameters="level: float = 0.95")
        document = json.loads(path.read_text())
        change(document)
        path.write_text(json.dumps(document))
        return read_source(path).digest

    return digest


def ran(document):
    document["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2"}]
    document["cells"][-1]["execution_count"] = 7


def moved(document):
    document["metadata"]["language_info"] = {"name": "python", "version": "3.13"}
    document["cells"][0]["metadata"]["collapsed"] = True
    document["cells"][0]["id"] = "another"


def in_lines(document):
    for cell in document["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)


def other_source(document):
    document["cells"][-1]["source"] += "\n"


def other_kind(document):
    document["cells"][-1]["cell_type"] = "markdown"


def other_needs(document):
    document["metadata"]["workbench"] = {"needs": {"orders": ["user_id"]}}


@pytest.mark.parametrize("change", [ran, moved, in_lines])
def test_what_does_not_change_the_answer(digest, change):
    assert digest(change) == digest()


@pytest.mark.parametrize("change", [other_source, other_kind, other_needs])
def test_what_may_change_the_answer(digest, change):
    assert digest(change) != digest()


def test_values_files_data_and_lock_count(project):
    source = read_source(project.notebook("tiny"))
    file = project.root / "words.txt"
    file.write_text("one")

    def key(root=project.root, **facts):
        return run_key(
            source,
            facts.get("values", {"n": 1}),
            ["words.txt"],
            facts.get("data", {"orders": "a"}),
            root,
            asked=facts.get("asked", ""),
        )

    before = key()
    assert key() == before
    assert key(values={"n": 2}) != before
    assert key(values={"n": 1.0}) != before  # another type in the kernel
    assert key(data={"orders": "b"}) != before
    assert key(asked="later") == before
    file.write_text("two")
    assert key() != before
    file.write_text("one")
    assert key() == before
    locked = project.root / "locked"
    locked.mkdir()
    (locked / "words.txt").write_text("one")
    assert key(locked) == before


def test_a_lock_makes_another_key(project, tmp_path_factory):
    source = read_source(project.notebook("tiny"))
    other = tmp_path_factory.mktemp("locked")
    (other / "requirements.lock").write_text("numpy==2\n")
    assert run_key(source, {}, [], {}, project.root, asked="") != run_key(source, {}, [], {}, other, asked="")


def test_an_answer_of_the_moment_is_never_that_of_another(project):
    path = project.notebook("tiny", needs={"orders": ["user_id"]})
    document = json.loads(path.read_text())
    document["metadata"]["workbench"]["as_of"] = "now"
    path.write_text(json.dumps(document))
    source = read_source(path)
    one, two = (run_key(source, {}, [], {}, project.root, asked=f"2026-01-01T06:00:0{second}Z") for second in (0, 1))
    assert one != two


def test_needs_of_another_shape_are_refused(project):
    with pytest.raises(StudyError, match=r"workbench\.needs"):
        read_source(project.notebook("tiny", needs="orders"))


def test_the_ab_notebook_names_every_table_that_a_metric_may_count(root, tmp_path):
    """A table that it leaves out could change without a new key."""
    known = read_source(root / "notebooks" / "ab_test.ipynb").needs
    assert {*countable(tmp_path), "exposures"} == {*known.tables, *known.may_use}


def countable(folder):
    for table in TABLES:
        (folder / "metrics.yaml").write_text(f"m: {{table: {table}, aggregate: count, window_days: 1, better: up}}")
        with suppress(StudyError):
            read_metrics(folder / "metrics.yaml")
            yield table
