"""Which columns a metric's moments are made of, and who is exposed.  The SQL itself: tests/sql; the numbers: test_measure."""

from __future__ import annotations

import json

import ibis
import pytest

from workbench.abtest import aggregate
from workbench.abtest.layout import layout, parts
from workbench.abtest.means import Quantity
from workbench.errors import StudyError
from workbench.tables.metrics import read_metrics

FACT = {"table": "orders", "aggregate": "count", "window_days": 7, "better": "up"}
METRICS = {
    "plain": FACT,
    "known": {**FACT, "pre_days": 7},
    "also_known": {**FACT, "pre_days": 7, "aggregate": "any"},
    "column": {"table": "exposures", "value": "x", "covariates": ["a", "b"], "better": "up"},
    "beside": {"table": "exposures", "value": "y", "covariates": ["a"], "better": "up"},
    "ratio": {"numerator": "known", "denominator": "also_known", "better": "up"},
    "half_known": {"numerator": "known", "denominator": "plain", "better": "up"},
    "two_of_one": {"numerator": "column", "denominator": "plain", "better": "up"},
    "shared": {"numerator": "column", "denominator": "beside", "better": "up"},
}


@pytest.fixture
def metric(tmp_path):
    path = tmp_path / "metrics.yaml"
    path.write_text(json.dumps(METRICS))
    return read_metrics(path).get


@pytest.mark.parametrize(
    ("name", "some_missing", "columns", "outcome", "covariates"),
    [
        ("plain", False, ["plain__outcome"], (0, None), []),
        ("plain", True, ["plain__outcome"], (0, None), []),
        ("known", False, ["known__outcome", "known__before"], (0, None), [(1, None)]),
        ("known", True, ["known__outcome", "known__before", "known__before__known"], (0, None), [(1, None), (2, None)]),
        ("column", False, ["column__outcome", "a__covariate", "b__covariate"], (0, None), [(1, None), (2, None)]),
        # The same ratio before exposure is one covariate; a mark cannot be divided, so with marks each counts by itself.
        ("ratio", False, ["known__outcome", "also_known__outcome", "known__before", "also_known__before"], (0, 1), [(2, 3)]),
        (
            "ratio", True,
            ["known__outcome", "also_known__outcome", "known__before", "also_known__before", "known__before__known", "also_known__before__known"],
            (0, 1), [(2, None), (3, None), (4, None), (5, None)],
        ),
        ("half_known", False, ["known__outcome", "plain__outcome", "known__before"], (0, 1), [(2, None)]),
        # Two covariates of the numerator are no ratio of anything.
        ("two_of_one", False, ["column__outcome", "plain__outcome", "a__covariate", "b__covariate"], (0, 1), [(2, None), (3, None)]),
        ("shared", False, ["column__outcome", "beside__outcome", "a__covariate", "b__covariate"], (0, 1), [(2, None), (3, None)]),
    ],
)  # fmt: skip
def test_layout(metric, name, some_missing, columns, outcome, covariates):
    plan = layout(metric(name), some_missing=some_missing)
    assert list(plan.columns) == columns
    assert plan.outcome == Quantity(*outcome)
    assert plan.covariates == tuple(Quantity(*pair) for pair in covariates)


def test_parts_are_named_once(metric):
    found = parts([metric("ratio"), metric("known"), metric("half_known"), metric("column")])
    assert [part.name for part in found] == ["known", "also_known", "plain", "column"]


EXPOSURES = ibis.memtable(
    {
        "experiment": ["e", "e", "e", "f"],
        "user_id": [1, 2, 3, 1],
        "variant": ["A", "B", "A", "B"],
        "device": ["app", None, "web", "app"],
        "age": [30, None, 41, 30],
    }
)


def test_exposed_keeps_one_experiment_and_names_what_is_missing():
    users = aggregate.exposed(EXPOSURES, experiment="e", only={}, segments=["device", "age"])
    rows = users.order_by("user_id").to_pandas()
    assert rows["user_id"].tolist() == [1, 2, 3]
    assert rows["device__segment"].tolist() == ["app", "(missing)", "web"]
    assert [text.removesuffix(".0") for text in rows["age__segment"]] == ["30", "(missing)", "41"]
    assert rows["age"].dtype.kind == "f"  # still a number, which a metric may read
    assert "day" not in rows


def test_exposed_keeps_only_what_is_asked():
    users = aggregate.exposed(EXPOSURES, experiment="e", only={"device": ["app", "tv"]}, segments=[])
    assert users.to_pandas()["user_id"].tolist() == [1]


def test_a_column_that_is_not_there_is_named_with_its_parameter():
    with pytest.raises(StudyError, match="only: the table exposures: unknown column 'divice'; nearest: 'device'"):
        aggregate.exposed(EXPOSURES, experiment="e", only={"divice": ["app"]}, segments=[])
