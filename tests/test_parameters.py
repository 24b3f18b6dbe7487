"""The parameters cell: what it may say, what it refuses, and how values are held against it."""

from __future__ import annotations

import json

import pytest

from workbench.errors import StudyError
from workbench.parameters import read_notebook

CELL = """
experiment: str = "checkout"  # its name in the exposures
level: Annotated[float, Interval(gt=0, lt=1)] = 0.95  # of every interval
goals: list[str] = ["conversion"]  # metrics, the first decides
split: dict[str, float] = {}
# above its line
country: str | None = None
side: Literal["one", "two"] = "two"
day: IsoDate | Literal[""] = ""
n: int = 7
copy: bool = False
"""


@pytest.fixture
def contract(project):
    return read_notebook(project.notebook("ab", parameters=CELL))


def refusal(contract, **values):
    with pytest.raises(StudyError) as raised:
        contract.validate(values, "experiments/x.yaml")
    return str(raised.value)


def test_every_parameter_is_found(contract):
    assert contract.names == ["experiment", "level", "goals", "split", "country", "side", "day", "n", "copy"]
    level = contract.parameters[1]
    assert (level.annotation, level.default, level.comment) == (
        "Annotated[float, Interval(gt=0, lt=1)]",
        0.95,
        "of every interval",
    )
    assert contract.parameters[3].comment == ""
    assert contract.parameters[4].comment == "above its line"


def test_defaults_are_filled_in_and_stay_json(contract):
    held = contract.validate({"level": 0.9, "day": "2026-01-31"}, "here").values
    assert held["level"] == 0.9
    assert held["day"] == "2026-01-31"
    assert held["goals"] == ["conversion"]
    assert held["copy"] is False
    assert json.loads(json.dumps(held)) == held


def test_a_whole_number_is_a_number(contract):
    assert contract.validate({"split": {"A": 1}}, "here").values["split"] == {"A": 1.0}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"levl": 0.9}, "experiments/x.yaml: unknown parameter 'levl'; nearest: 'level' (notebook ab)"),
        ({"level": 95}, "experiments/x.yaml: level should be less than 1; found 95"),
        ({"level": "0.9"}, 'level should be a number; found "0.9"'),
        ({"goals": "conversion"}, 'goals should be a list; found "conversion"'),
        ({"goals": ["a", 3]}, "goals[1] should be text; found 3"),
        ({"split": {"A": "half"}}, 'split.A should be a number; found "half"'),
        ({"side": "three"}, "side should be 'one' or 'two'; found \"three\""),
        ({"n": True}, "n should be a whole number; found true"),
        ({"n": 1.5}, "n should be a whole number; found 1.5"),
        ({"experiment": 7}, "experiment should be text; found 7"),
        ({"day": "20260131"}, 'a date as "YYYY-MM-DD"'),
        ({"day": "2026-02-30"}, "a date that the calendar has"),
        ({"level": float("nan")}, "NaN"),
    ],
)
def test_what_does_not_fit_is_named(contract, values, said):
    assert said in refusal(contract, **values)


def test_every_fault_is_said_at_once(contract):
    said = refusal(contract, levl=1, gols=[], level=2, n="x").splitlines()
    assert len(said) == 4
    assert all(line.startswith("experiments/x.yaml: ") for line in said)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("experiment", "007", "007"),
        ("experiment", "1e5", "1e5"),
        ("experiment", "true", "true"),
        ("experiment", '"quoted"', '"quoted"'),
        ("country", "null", None),
        ("country", "007", "007"),
        ("country", "1e5", "1e5"),
        ("country", "CN", "CN"),
        ("side", "one", "one"),
        ("day", "2026-01-31", "2026-01-31"),
        ("level", "0.9", 0.9),
        ("n", "1e5", 1e5),
        ("goals", '["a", "b"]', ["a", "b"]),
        ("split", '{"A": 0.9}', {"A": 0.9}),
        ("copy", "true", True),
    ],
)
def test_the_command_line_keeps_text_as_text(contract, name, text, value):
    read = contract.read_text(name, text)
    assert read == value
    assert type(read) is type(value)


def test_the_command_line_names_the_nearest(contract):
    with pytest.raises(StudyError, match="nearest: 'level'"):
        contract.read_text("leevl", "1")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("level = 0.9", "line 1: wanted `name: type = value  # comment`; found `level = 0.9`"),
        ("level: float", "wanted `name: type = value"),
        ("a: int = 1\nb: int = a + 1", "line 2: the default must be a JSON value"),
        ("pair: list[int] = (1, 2)", "the default must be a JSON value"),
        ("names: dict[int, str] = {1: 'a'}", "the default must be a JSON value"),
        ("level: float = 'high'", "level should be a number"),
        ("level: Annotated[float, Interval(lt=1)] = 2.0", "level should be less than 1"),
        ("when: datetime.date = '2026-01-01'", "is its import in a cell before?"),
        ("x: int = 1\nx: int = 2", "'x' is declared twice"),
        ("api_key: str = ''", "looks like a secret"),
        ("db_password: str = ''", "looks like a secret"),
        ("level: float = ", "line 1: invalid syntax"),
        ("import os", "wanted `name: type = value"),
    ],
)
def test_what_a_cell_may_not_say(project, cell, said):
    with pytest.raises(StudyError) as raised:
        read_notebook(project.notebook("bad", parameters=cell))
    assert said in str(raised.value)
    assert str(raised.value).startswith("notebook bad, parameters cell")


def test_words_that_only_look_like_secrets(project):
    assert read_notebook(project.notebook("fine", parameters="tokenizer: str = ''\nsecretary: str = ''")).names


def test_no_cell_and_two_cells(project):
    assert read_notebook(project.notebook("none")).names == []
    path = project.notebook("two", "b: int = 1", parameters="a: int = 1")
    document = json.loads(path.read_text())
    document["cells"][-1]["metadata"]["tags"] = ["parameters"]
    path.write_text(json.dumps(document))
    with pytest.raises(StudyError, match="2 cells are tagged"):
        read_notebook(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"cells": 3}', "no json", '{"cells": [{"cell_type": "code"}]}'])
def test_what_is_no_notebook(project, content):
    path = project.root / "notebooks" / "odd.ipynb"
    path.write_text(content)
    with pytest.raises(StudyError, match="odd"):
        read_notebook(path)


def test_nothing_of_the_notebook_is_run_to_read_it(project):
    bomb = "x: Annotated[int, Interval(ge=0)] = 1"
    path = project.notebook("quiet", parameters=bomb)
    document = json.loads(path.read_text())
    document["cells"][1]["source"] += "\nimport a_module_that_is_not_there\n%matplotlib inline\nraise SystemExit"
    path.write_text(json.dumps(document))
    assert read_notebook(path).names == ["x"]


def test_project_files_start_at_the_root(project):
    (project.root / "data").mkdir()
    (project.root / "data" / "catalog.yaml").write_text("")
    contract = read_notebook(project.notebook("files", parameters="catalog: ProjectFile = 'data/catalog.yaml'"))
    assert contract.validate({}, "here").files == ("data/catalog.yaml",)
    said = refusal(contract, catalog="data/catalogue.yaml")
    assert "its path from the project's root" in said
    assert "nearest: 'catalog.yaml'" in said
    refusal(contract, catalog="data")
    refusal(contract, catalog="/no/such/file.yaml")
    absolute = str(project.root / "data" / "catalog.yaml")
    assert contract.validate({"catalog": absolute}, "here").files == (absolute,)


def test_a_default_file_may_be_missing_where_a_study_names_its_own(project):
    (project.root / "mine.yaml").write_text("")
    contract = read_notebook(project.notebook("files", parameters="catalog: ProjectFile = 'data/catalog.yaml'"))
    assert contract.validate({"catalog": "mine.yaml"}, "here").values == {"catalog": "mine.yaml"}
    refusal(contract)
