"""What a notebook says that it needs: read as a file, and refused in a sentence when it says it otherwise."""

from __future__ import annotations

import json

import pytest

from workbench.errors import StudyError
from workbench.parameters import MetricNames, Needs, read_document, read_needs, read_title


@pytest.fixture
def saying(project):
    def saying(said):
        path = project.notebook("tiny")
        document = json.loads(path.read_text())
        if said is not None:
            document["metadata"]["workbench"] = said
        path.write_text(json.dumps(document))
        return path

    return saying


def test_all_that_can_be_said(saying):
    said = {
        "needs": {"orders": ["user_id", "ordered_at"]},
        "may_use": ["users"],
        "metrics": {"file": "metrics", "names": ["goals"]},
        "columns": {"exposures": ["segments"]},
        "as_of": "now",
    }
    metrics, columns = MetricNames("metrics", ("goals",)), {"exposures": ("segments",)}
    tables = {"orders": ("user_id", "ordered_at")}
    assert read_needs(saying(said)) == Needs(True, tables, ("users",), metrics, columns, True)


@pytest.mark.parametrize("said", [None, {}, {"other": 1}])
def test_nothing_said(saying, said):
    assert read_needs(saying(said)) == Needs(False, {}, (), None, {}, False)


def test_what_it_may_use_can_be_said_with_columns(saying):
    assert read_needs(saying({"may_use": {"users": ["country"]}})).may_use == ("users",)


def test_that_it_needs_nothing_is_said_too(saying):
    assert read_needs(saying({"needs": {}})).declared


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"needs": "orders"}, "notebook tiny: the metadata workbench.needs should be {table: [column, …]}"),
        ({"needs": ["orders"]}, "workbench.needs should be"),
        ({"needs": {"orders": "user_id"}}, "workbench.needs should be"),
        ({"needs": {"orders": [1]}}, "workbench.needs should be"),
        ({"may_use": "users"}, "workbench.may_use should be [table, …] or {table: [column, …]}"),
        ({"metrics": {"file": "metrics"}}, "workbench.metrics should be {file: parameter, names: [parameter, …]}"),
        ({"as_of": "today"}, "workbench.as_of should be now, or be left out; found 'today'"),
    ],
)
def test_another_shape_is_refused(saying, said, message):
    with pytest.raises(StudyError) as refused:
        read_needs(saying(said))
    assert message in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}', '{"cells": [], "metadata": {"workbench": 3}}'])
def test_what_is_no_notebook_is_refused(tmp_path, text):
    path = tmp_path / "odd.ipynb"
    path.write_text(text)
    with pytest.raises(StudyError, match=r"notebook odd\.ipynb cannot be read as a notebook"):
        read_document(path)


def test_a_notebook_that_is_not_there(tmp_path):
    with pytest.raises(StudyError, match="there is no notebook"):
        read_needs(tmp_path / "none.ipynb")


def test_its_question_is_its_first_heading(project, tmp_path):
    assert read_title(project.notebook("tiny")) == "Does tiny work?"
    bare = {"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["## Smaller\n", "text"]}]}
    (tmp_path / "bare.ipynb").write_text(json.dumps(bare))
    assert read_title(tmp_path / "bare.ipynb") == "bare"
