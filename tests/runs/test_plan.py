"""What will run: the study's own runs, and those that the command line sets apart."""

from __future__ import annotations

import pytest

from workbench.runs.plan import plan_study
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
