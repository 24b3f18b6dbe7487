"""`check`: every fault of every study, and fast."""

from __future__ import annotations

import resource

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


def test_fifty_studies_take_at_most_a_second_and_a_half(project):
    """The budget of the design; CPU time of the whole command, start included."""
    parameters = "\n".join(f"p{number}: Annotated[float, Interval(gt=0, lt=9)] = 1.0  # one" for number in range(20))
    for number in range(5):
        project.notebook(f"notebook{number}", parameters=parameters)
    for number in range(50):
        project.study(f"study{number}", f"notebook{number % 5}", parameters={"p3": 2}, matrix={"p1": [1, 2, 3]})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = project.run("check")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stdout == "50 studies are well\n"
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) <= 1.5
