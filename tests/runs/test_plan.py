"""What will run: the study's own runs, and those that the command line sets apart."""

from __future__ import annotations

import pytest

from workbench.runs.plan import plan_study, still_holds
from workbench.runs.study import read_study


@pytest.fixture
def planned(project):
    project.notebook("ab", parameters="level: float = 0.95\ncountry: str = 'CN'\ngoal: str = 'visit'")

    def planned(settings, **keys):
        path = project.study("checkout", "ab", parameters={"goal": "order"}, **keys)
        plans = plan_study(read_study(path, project.root), settings, project.root)
        return [(plan.combination, plan.overrides) for plan in plans]

    return planned


@pytest.mark.parametrize(
    ("settings", "overrides"),
    [
        ({}, {}),
        ({"level": "0.8"}, {"level": 0.8}),
        ({"level": "0.95"}, {}),  # the notebook's own
        ({"goal": "order"}, {}),  # the study's own
        ({"goal": "visit"}, {"goal": "visit"}),
    ],
)
def test_what_is_set_otherwise(planned, settings, overrides):
    assert planned(settings) == [({}, overrides)]


@pytest.mark.parametrize(
    ("settings", "plans"),
    [
        ({"country": "JP"}, [({"country": "JP"}, {})]),
        ({"country": "US"}, [({}, {"country": "US"})]),
        ({"country": "CN", "level": "0.8"}, [({"country": "CN"}, {"level": 0.8})]),
        ({"level": "0.8"}, [({"country": "CN"}, {"level": 0.8}), ({"country": "JP"}, {"level": 0.8})]),
    ],
)
def test_what_is_set_in_a_matrix(planned, settings, plans):
    assert planned(settings, matrix={"country": ["CN", "JP"]}) == plans


def other_data(project):
    (project.root / "users.csv").write_text("experiment,user_id,variant\na,2,A\n")


def other_catalogue(project):
    text = (project.root / "catalog.yaml").read_text()
    (project.root / "catalog.yaml").write_text(text + "# said again\n")


def other_notebook(project):
    project.notebook("ab", "2 + 2", parameters=WITH_DATA, needs={"exposures": ["user_id"]})


def half_a_notebook(project):
    (project.root / "notebooks" / "ab.ipynb").write_text('{"cells": [')


def no_data(project):
    (project.root / "users.csv").unlink()


WITH_DATA = "catalog: ProjectFile = 'catalog.yaml'"


@pytest.fixture
def plan(project):
    (project.root / "catalog.yaml").write_text("connection: duckdb\ntables:\n  exposures: {source: 'users.csv'}\n")
    (project.root / "users.csv").write_text("experiment,user_id,variant\na,1,A\n")
    path = project.notebook("ab", parameters=WITH_DATA, needs={"exposures": ["user_id"]})
    (plan,) = plan_study(read_study(path, project.root), {}, project.root)
    return plan


def test_what_stayed_as_it_was_holds(plan, project):
    assert still_holds(plan, plan.data, project.root)
    assert still_holds(plan, {}, project.root)


@pytest.mark.parametrize("change", [other_data, other_catalogue, other_notebook, half_a_notebook, no_data])
def test_what_changed_on_the_way_does_not_hold(plan, project, change):
    change(project)
    assert not still_holds(plan, plan.data, project.root)


@pytest.mark.parametrize("read", [{"exposures": "another"}, {"orders": "unknown to the key"}])
def test_what_was_read_otherwise_does_not_hold(plan, project, read):
    assert not still_holds(plan, {**plan.data, **read}, project.root)
