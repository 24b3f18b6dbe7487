"""What notebooks and studies ask for, read from their own files."""

from __future__ import annotations

import pytest

from workbench.errors import StudyError
from workbench.readiness import Demand, read_demands

METRICS = """
visit: {table: exposures, value: visit, better: up, covariates: [past]}
buyers: {table: orders, aggregate: any, where: {channel: [app]}, window_days: 7, better: up}
spent: {table: orders, aggregate: sum, value: revenue, window_days: 7, better: up}
basket: {numerator: spent, denominator: buyers, better: up}
"""
WORDS = "catalog: ProjectFile = 'catalog.yaml'\nmetrics: ProjectFile = 'metrics.yaml'\ngoals: list[str] = ['visit']"


@pytest.fixture
def asked(house):
    (house.root / "catalog.yaml").write_text("connection: duckdb\ntables: {}\n")
    (house.root / "other.yaml").write_text("connection: duckdb\ntables: {}\n")
    (house.root / "metrics.yaml").write_text(METRICS)
    house.notebook(
        "ab",
        parameters=WORDS,
        needs={"exposures": ["user_id"]},
        may_use=["orders"],
        metrics={"file": "metrics", "names": ["goals"]},
    )
    return house


def read():
    return read_demands("notebooks", "experiments", "catalog.yaml")


def test_a_notebook_asks_for_what_it_declares(asked):
    tables = {"exposures": ("user_id",)}
    assert read().notebooks == (Demand("notebook", "ab", "notebooks/ab.ipynb", "Does ab work?", tables, ("orders",)),)
    assert read().notebooks[0].tables == tables


def test_one_that_needs_no_table_is_left_out(asked):
    asked.notebook("self", needs={}, may_use=["orders"])
    assert [demand.name for demand in read().notebooks] == ["ab"]


@pytest.mark.parametrize(
    ("goals", "tables"),
    [
        (["visit"], {"exposures": ("user_id", "visit", "past")}),
        (
            ["buyers"],
            {"exposures": ("user_id", "exposed_at"), "orders": ("user_id", "ordered_at", "channel")},
        ),
        (
            ["basket"],
            {"exposures": ("user_id", "exposed_at"), "orders": ("user_id", "ordered_at", "revenue", "channel")},
        ),
    ],
)
def test_a_study_asks_for_the_columns_of_its_metrics_too(asked, goals, tables):
    asked.project.study("one", "ab", parameters={"goals": goals})
    (study,) = read().studies
    assert (study.kind, study.name, study.question, study.fault) == ("study", "one", "Does one work?", "")
    assert study.tables == tables


def test_a_matrix_asks_for_all_of_its_metrics(asked):
    asked.project.study("one", "ab", matrix={"goals": [["visit"], ["spent"]]})
    assert read().studies[0].tables == {
        "exposures": ("user_id", "visit", "past", "exposed_at"),
        "orders": ("user_id", "ordered_at", "revenue"),
    }


def test_a_study_elsewhere_is_only_named(asked):
    asked.project.study("one", "ab", parameters={"catalog": "other.yaml"})
    found = read()
    assert (found.studies, found.elsewhere) == ((), ("one",))


@pytest.mark.parametrize(
    ("notebook", "keys", "fault"),
    [
        ("abb", {}, "experiments/one.yaml: unknown notebook 'abb'; nearest: 'ab'"),
        ("ab", {"parameters": {"goal": []}}, "experiments/one.yaml: unknown parameter 'goal'; nearest: 'goals'"),
        ("ab", {"parameters": {"goals": ["visits"]}}, "metrics.yaml: unknown metric 'visits'; nearest: 'visit'"),
        ("ab", {"parameters": 3}, "experiments/one.yaml: parameters: wanted names with values, found 3"),
    ],
)
def test_a_study_that_cannot_be_read_says_why(asked, notebook, keys, fault):
    asked.project.study("one", notebook, **keys)
    (study,) = read().studies
    assert study.fault.startswith(fault)


@pytest.mark.parametrize(
    ("notebooks", "studies", "message"),
    [
        ("notebook", "experiments", "unknown folder 'notebook'; nearest: 'notebooks'; its path starts at"),
        ("notebooks", "nowhere/experiments", "unknown folder 'nowhere/experiments'"),
        ("experiments", "experiments", "no notebook in experiments/ says which tables it needs"),
    ],
)
def test_folders_that_are_none_are_refused(asked, notebooks, studies, message):
    with pytest.raises(StudyError) as refused:
        read_demands(notebooks, studies, "catalog.yaml")
    assert message in str(refused.value)
