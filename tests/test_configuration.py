"""YAML as people write it, and what they read when it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from workbench.configuration import line_of, project_root, read_yaml, validate
from workbench.errors import StudyError


class _Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    source: str
    hours: float = 0


class _Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    tables: dict[str, _Inner] = {}
    tags: tuple[str, ...] = ()
    count: int | None = None


@pytest.fixture
def written(tmp_path: Path) -> Any:
    def _write(text: str | bytes) -> Path:
        path = tmp_path / "settings.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return _write


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z"),
        ("1:30", "1:30"),
        ("08:00", "08:00"),
        ("007", "007"),
        ("-012", "-012"),
        ("1_000", "1_000"),
        ("0", 0),
        ("-12", -12),
        ("0x1F", 31),
        ("0o17", 15),
        ("0.95", 0.95),
        ("1e5", 1e5),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("'1'", "1"),
        ("=", "="),
    ],
)
def test_scalars_follow_yaml_1_2(written: Any, text: str, value: object) -> None:
    read = read_yaml(written(f"key: {text}\n"))["key"]

    assert read == value
    assert type(read) is type(value)


def test_not_a_number_is_one_value_of_float(written: Any) -> None:
    assert str(read_yaml(written("key: .NaN\n"))["key"]) == "nan"


def test_merge_keys_are_plain_names(written: Any) -> None:
    assert read_yaml(written("<<: {a: 1}\n")) == {"<<": {"a": 1}}


def test_a_byte_order_mark_is_no_part_of_the_first_name(written: Any) -> None:
    assert read_yaml(written(b"\xef\xbb\xbfa: 1\n")) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", r"settings\.yaml, line 3: 'a' is given twice"),
        ("a:\n  b: 1\n  b: 2\n", "line 3: 'b' is given twice"),
        ("a: [1\n", "line 2: expected ',' or ']'"),
        ("a: b: c\n", "line 1: mapping values are not allowed here"),
        ("a: 1\n---\nb: 2\n", "line 2: but found another document"),
        ("[x]: 1\n", "line 1: a name must be plain text"),
        ("a: !!python/object/apply:os.getcwd []\n", "could not determine a constructor"),
        ("a: \x07\n", "no YAML"),
        (b"a: \xff\n", "is not UTF-8 text; save it as UTF-8"),
        ("[" * 5000, "nests too deeply|expected"),
    ],
)
def test_broken_yaml_is_said_with_file_and_line(written: Any, text: str | bytes, said: str) -> None:
    with pytest.raises(StudyError, match=said) as caught:
        read_yaml(written(text))

    assert "settings.yaml" in str(caught.value)


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"there is no file .*none\.yaml"):
        read_yaml(tmp_path / "none.yaml")
    with pytest.raises(StudyError, match="cannot be read: Is a directory"):
        read_yaml(tmp_path)


def test_a_valid_document_becomes_the_model() -> None:
    read = validate(_Outer, {"name": "a", "tables": {"t": {"source": "x", "hours": 8}}, "tags": ["b"]}, "f.yaml")

    assert read == _Outer(name="a", tables={"t": _Inner(source="x", hours=8)}, tags=("b",))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "f.yaml: 'name' is missing; add it"),
        ({"name": "a", "tag": []}, "f.yaml: unknown key 'tag'; nearest: 'tags'"),
        (
            {"name": "a", "tables": {"t": {"source": "x", "hour": 8}}},
            "f.yaml: in tables.t: unknown key 'hour'; nearest: 'hours'",
        ),
        ({"name": "a", "tables": {"t": {}}}, "f.yaml: in tables.t: 'source' is missing; add it"),
        ({"name": 7}, "f.yaml: name: wanted text, found 7"),
        ({"name": "a", "count": "7"}, 'f.yaml: count: wanted a whole number, found "7"'),
        ({"name": "a", "count": 1.5}, "f.yaml: count: wanted a whole number, found 1.5"),
        ({"name": "a", "count": True}, "f.yaml: count: wanted a whole number, found true"),
        ({"name": "a", "tags": "b"}, 'f.yaml: tags: wanted a list, found "b"'),
        (["a"], 'f.yaml: wanted names with values, found ["a"]'),
        (None, "f.yaml: wanted names with values, found null"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(value: Any, said: str) -> None:
    with pytest.raises(StudyError) as caught:
        validate(_Outer, value, "f.yaml")

    assert str(caught.value) == said


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(StudyError) as caught:
        validate(_Outer, {"nam": 1, "count": []}, "f.yaml")

    assert len(str(caught.value).splitlines()) == 3


def test_long_values_are_shortened() -> None:
    with pytest.raises(StudyError) as caught:
        validate(_Outer, {"name": ["x" * 1000]}, "f.yaml")

    assert len(str(caught.value)) < 120


def test_the_project_is_the_nearest_folder_with_notebooks_and_experiments(tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    for folder in (tmp_path / "outer", inner):
        (folder / "notebooks").mkdir(parents=True)
        (folder / "experiments").mkdir()

    assert project_root(inner / "notebooks") == inner
    assert project_root(tmp_path / "outer") == tmp_path / "outer"
    with pytest.raises(StudyError, match="no folder at or above it holds notebooks/ and experiments/"):
        project_root(tmp_path)


def test_the_line_on_which_something_is_given(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_text("# first\nconnection: duckdb\ntables:\n  orders:\n    source: a\n  users: {source: b}\n")
    assert line_of(path, "tables") == 3
    assert line_of(path, "tables", "orders") == 4
    assert line_of(path, "tables", "users", "source") == 6
    assert line_of(path, "tables", "events") is None
    assert line_of(path, "connection", "kind") is None
