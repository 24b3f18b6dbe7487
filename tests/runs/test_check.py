"""`check`: every fault of every study, and fast."""

from __future__ import annotations

import json
import resource

import pytest

from workbench.parameters import MetricNames, read_needs
from workbench.runs.check import check_studies

CATALOG = "connection: duckdb\ntables:\n  exposures: {source: '*.csv'}\n"


def test_every_fault_of_every_study(project):
    project.notebook("ab", parameters="level: Annotated[float, Interval(gt=0, lt=1)] = 0.95\ngoals: list[str] = []")
    project.notebook("bad", parameters="level = 3")
    project.study("well", "ab")
    project.study("words", "ab", parameters={"levl": 1, "goals": "one"}, matrix={"level": [0.5, 2]})
    project.study("lost", "abb")
    project.study("worse", "bad")
    (project.root / "experiments" / "broken.yaml").write_text("question: [")
    faults = "\n".join(check_studies([], project.root))
    assert faults.count("words.yaml") == 3
    assert "unknown parameter 'levl'" in faults
    assert "goals should be a list" in faults
    assert "level should be less than 1; found 2" in faults
    assert "lost.yaml: unknown notebook 'abb'" in faults
    assert faults.count("notebook bad, parameters cell") == 1
    assert "broken.yaml" in faults
    assert "well" not in faults
    assert len(faults.splitlines()) == 6


def test_one_study_alone(project):
    project.notebook("ab")
    project.study("well", "ab")
    project.study("lost", "abb")
    assert check_studies(["well"], project.root) == []


def test_a_table_that_the_catalogue_lacks(project):
    (project.root / "catalog.yaml").write_text(CATALOG)
    needs = {"exposures": ["user_id"], "orders": ["user_id"]}
    project.notebook("ab", parameters="catalog: ProjectFile = 'catalog.yaml'", needs=needs)
    (fault,) = check_studies([], project.root)
    assert "unknown table 'orders'" in fault


METRICS = "visit: {table: exposures, value: visit, better: up}"
WORDS = "metrics: ProjectFile = 'metrics.yaml'\ngoals: list[str] = ['visit']\nfirst: str = 'visit'"


@pytest.fixture
def counting(project):
    """A notebook that says which of its parameters name metrics."""
    (project.root / "metrics.yaml").write_text(METRICS)

    def counting(said={"file": "metrics", "names": ["goals", "first"]}, parameters=WORDS):  # noqa: B006 — only read
        path = project.notebook("ab", parameters=parameters)
        document = json.loads(path.read_text())
        document["metadata"]["workbench"] = {"metrics": said}
        path.write_text(json.dumps(document))
        return project

    return counting


def test_metrics_that_nobody_defines(counting):
    project = counting()
    project.study("well", "ab", parameters={"goals": ["visit"]})
    project.study("typo", "ab", parameters={"goals": ["visit", "vist"], "first": "visitt"})
    goals, first = check_studies([], project.root)
    assert goals == "experiments/typo.yaml: goals: unknown metric 'vist'; nearest: 'visit'"
    assert first.startswith("experiments/typo.yaml: first: unknown metric 'visitt'")
    done = project.run("run", "typo")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [goals, first]
    assert not (project.records("typo")[0]["folder"] / "log.txt").exists()  # no kernel was started


def test_broken_metrics_are_said_once(counting):
    project = counting()
    (project.root / "metrics.yaml").write_text(METRICS.replace("better", "bettr"))
    for name in ("one", "two"):
        project.study(name, "ab")
    faults = check_studies([], project.root)
    assert any("nearest: 'better'" in fault for fault in faults)
    assert len(set(faults)) == len(faults) == 2  # the key that is strange, and the one that is missing


@pytest.mark.parametrize("said", ["metrics", {"file": "metrics"}, {"file": "metrics", "names": "goals"}])
def test_metadata_of_another_shape_are_refused(counting, said):
    (fault,) = check_studies([], counting(said).root)
    assert "workbench.metrics should be" in fault


def test_metadata_that_name_no_parameter_are_refused(counting):
    (fault,) = check_studies([], counting({"file": "metrics", "names": ["goal"]}).root)
    assert "unknown parameter 'goal'; nearest: 'goals'" in fault


def test_the_ab_notebook_says_which_parameters_name_metrics(root):
    said = read_needs(root / "notebooks" / "ab_test.ipynb").metrics
    assert said == MetricNames("metrics", ("goals", "guardrails", "secondary"))


def test_one_study_is_one(project):
    project.notebook("ab")
    project.study("well", "ab")
    assert project.run("check").stdout == "1 study is well\n"


def test_fifty_studies_take_at_most_a_second_and_a_half(project, counting):
    """The budget of the design; CPU time of the whole command, start included."""
    parameters = "\n".join(f"p{number}: Annotated[float, Interval(gt=0, lt=9)] = 1.0  # one" for number in range(20))
    for number in range(5):
        project.notebook(f"notebook{number}", parameters=parameters)
    counting(parameters=f"{WORDS}\n{parameters}")
    for number in range(50):
        notebook = f"notebook{number % 5}" if number % 2 else "ab"
        project.study(f"study{number}", notebook, parameters={"p3": 2}, matrix={"p1": [1, 2, 3]})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = project.run("check")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout == "50 studies are well\n"
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) <= 1.5
