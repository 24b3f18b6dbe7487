"""Settings that people write by hand: YAML, its checking against a model, and where the project begins."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from workbench.errors import StudyError, unknown

Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """YAML 1.2 core schema: PyYAML alone reads 1.1, where NO is false, 1:30 is 90 and 2026-01-01 is no text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  PyYAML's own attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  PyYAML's signature
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | float | bool | None):
                raise yaml.constructor.ConstructorError(None, None, "a name must be plain text", key_node.start_mark)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


# A number with a leading zero ("007") stays text: as a number it would lose its zeros without a word.
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(0|[1-9][0-9]*)|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "-+.0123456789",
    ),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), [*_first, ""])
_Loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value, 0))
_Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(re.sub(r"\.(?=[in])", "", node.value.lower())))


def read_yaml(path: Path) -> Any:
    """The document in a YAML file, read by the core schema of YAML 1.2.

    Only `true` and `false` are booleans (`NO`, `yes` and `on` stay text), a date stays text, and so does `007`.

    Raises:
        StudyError: The file is missing, is no UTF-8 text or no YAML, or gives a name twice; says the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise StudyError(f"there is no file {shown(path)}; write it, or correct the path") from None
    except UnicodeDecodeError:
        raise StudyError(f"{shown(path)} is not UTF-8 text; save it as UTF-8") from None
    except OSError as error:
        raise StudyError(f"{shown(path)} cannot be read: {error.strerror}") from None
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader with fewer types
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" line {mark.line + 1}:" if mark else ""
        raise StudyError(f"{shown(path)},{line} {error.problem or error.context}; correct the YAML there") from None
    except yaml.YAMLError as error:
        raise StudyError(f"{shown(path)} is no YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise StudyError(f"{shown(path)} nests too deeply to be settings") from None


def line_of(path: Path, *names: str) -> int | None:
    """The line, from 1, on which a file's `names[0].names[1]. …` is given; None where it is not.

    Raises:
        StudyError: As `read_yaml`.
    """
    read_yaml(path)
    node = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    line = None
    for name in names:
        given = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in given if key.value == name), None)
        if found is None:
            return None
        line, node = found[0].start_mark.line + 1, found[1]
    return line


def validate(model: type[Model], value: Any, where: str) -> Model:
    """Check a document against a model, strictly: no text for a number, no key that the model lacks.

    Args:
        model: What is wanted.
        value: What was read (JSON types).
        where: What the user calls the document, e.g. its path; begins each message.

    Raises:
        StudyError: One line per fault: its place in the document, what was wanted, what was found.
    """
    if not isinstance(value, dict):
        raise StudyError(f"{where}: wanted names with values, found {_shown(value)}")
    try:
        return model.model_validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise StudyError("\n".join(f"{where}: {_sentence(model, fault)}" for fault in faults)) from None


def _sentence(model: type[BaseModel], fault: Any) -> str:
    place, kind = fault["loc"], fault["type"]
    within = ".".join(str(part) for part in place[:-1])
    at = f"in {within}: " if within else ""
    if kind == "extra_forbidden":
        return at + unknown("key", str(place[-1]), _keys_at(model, place[:-1]))
    if kind == "missing":
        return f"{at}{str(place[-1])!r} is missing; add it"
    name = ".".join(str(part) for part in place)
    if kind == "value_error":
        return f"{name}: {fault['ctx']['error']}" if name else str(fault["ctx"]["error"])
    return f"{name}: wanted {_wanted(fault['msg'])}, found {_shown(fault['input'])}"


_PLAIN = {
    "a valid string": "text",
    "a valid integer": "a whole number",
    "a valid number": "a number",
    "a valid boolean": "true or false",
    "a valid array": "a list",
    "an object": "names with values",
    "a valid dictionary": "names with values",
}


def _wanted(message: str) -> str:
    wanted = message.removeprefix("Input should be ")
    return _PLAIN.get(wanted, wanted)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "…"


def _keys_at(model: type[BaseModel], place: tuple[int | str, ...]) -> list[str]:
    """The keys that the model allows at a place: walks fields, and through dict and list types."""
    annotation: Any = model
    for part in place:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = _named(annotation).get(str(part))
        else:
            annotation = next(iter(get_args(annotation)[-1:]), None)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return list(_named(annotation))
    return []


def _named(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def project_root(start: Path | None = None) -> Path:
    """The nearest folder, at `start` (the working folder) or above it, with both `notebooks/` and `experiments/`.

    Raises:
        StudyError: There is none.
    """
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / "notebooks").is_dir() and (folder / "experiments").is_dir():
            return folder
    raise StudyError(
        f"{begin} is not inside a project: no folder at or above it holds notebooks/ and experiments/; go to one"
    )


def from_root(path: str | Path) -> Path:
    """A path as parameters give it: relative ones start at the project's root, whatever the working folder is.

    JupyterLab works in `notebooks/`, the runner anywhere; outside a project there is only the working folder.
    """
    try:
        return project_root() / path
    except StudyError:
        return Path(path)


def shown(path: Path) -> str:
    """How a message names a file: from the project's root where it lies below it, since reports are published."""
    try:
        return str(path.resolve().relative_to(project_root()))
    except (StudyError, ValueError):
        return str(path)
