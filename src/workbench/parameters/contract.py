"""What a notebook may be told, and the holding of values against it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, create_model

from workbench.errors import StudyError, unknown
from workbench.parameters.types import Files

JSON = Any  # None, bool, int, float, str, list or dict of these


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of a parameters cell: the annotation as it is written, the default as JSON, the comment without `#`."""

    name: str
    annotation: str
    default: JSON
    comment: str
    kind: Any

    @property
    def raw(self) -> bool:
        """Whether a text on the command line is taken as it stands: `007`, `1e5` and `true` stay strings."""
        return self.kind is str or getattr(self.kind, "__origin__", None) is str


@dataclass(frozen=True, slots=True)
class Values:
    """Parameters that hold: every name of the contract with a JSON value, and the project files they name."""

    values: dict[str, JSON]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """What a notebook may be told.

    Attributes:
        notebook: Its name, for messages.
        root: The project's root, where relative paths start.
        model: The pydantic model of its parameters.
    """

    notebook: str
    root: Path
    parameters: tuple[Parameter, ...]
    model: Any

    @property
    def names(self) -> list[str]:
        """The parameters' names, in the cell's order."""
        return [parameter.name for parameter in self.parameters]

    def validate(self, values: Mapping[str, JSON], where: str) -> Values:
        """Fill in the defaults and hold every value against its annotation.

        Args:
            values: Some of the parameters, as JSON values.
            where: What names them, for messages: a study's file, the command line.

        Raises:
            StudyError: For an unknown name, a wrong type, a value out of range, a file that is not there.
        """
        strange = [name for name in values if name not in self.names]
        faults = [f"{where}: {unknown('parameter', name, self.names)} (notebook {self.notebook})" for name in strange]
        given = {parameter.name: values.get(parameter.name, parameter.default) for parameter in self.parameters}
        held = hold(self.model, given, self.root, where)
        if isinstance(held, Values) and not faults:
            return held
        raise StudyError("\n".join([*faults, *(held if isinstance(held, list) else [])]))

    def read_text(self, name: str, text: str) -> JSON:
        """The value that `--set name=text` means: the text itself for a `str`, JSON for everything else."""
        parameter = next((one for one in self.parameters if one.name == name), None)
        if parameter is None:
            raise StudyError(f"--set {name}: {unknown('parameter', name, self.names)} (notebook {self.notebook})")
        if parameter.raw:
            return text
        try:
            value = json.loads(text)
        except ValueError:
            return text  # one of some words, or wrong: `validate` says what is wanted
        model = _model([parameter])
        fits = [one for one in (value, text) if isinstance(hold(model, {name: one}, self.root, ""), Values)]
        return fits[0] if fits else value


def make_contract(notebook: str, root: Path, parameters: Sequence[Parameter]) -> Contract:
    """Gather parameters into a contract."""
    return Contract(notebook, root, tuple(parameters), _model(parameters))


def _model(parameters: Sequence[Parameter]) -> Any:
    # Parameters are aliases: a field of their own name would clash with pydantic's (`copy`, `json`, `model_…`).
    fields: dict[str, Any] = {f"p{number}": (one.kind, Field(alias=one.name)) for number, one in enumerate(parameters)}
    return create_model("Parameters", __config__=ConfigDict(strict=True, extra="forbid"), **fields)


def hold(model: Any, given: Mapping[str, JSON], root: Path | None, where: str) -> Values | list[str]:
    """The values as the model has them, or a sentence for each that does not fit."""
    files = Files(root, [])
    try:
        held = model.model_validate_json(_json(given, where), context=files)
    except ValidationError as error:
        return [f"{where}: {sentence}" for sentence in _said(error, given)]
    return Values(held.model_dump(mode="json", by_alias=True), tuple(files.names))


def _json(values: Mapping[str, JSON], where: str) -> str:
    try:
        return json.dumps(values, allow_nan=False)
    except (TypeError, ValueError):
        raise StudyError(
            f"{where}: the parameters hold something that JSON cannot say (a date object, NaN, infinity)"
        ) from None


def _said(error: ValidationError, given: Mapping[str, JSON]) -> list[str]:
    """What was wanted and what was found, once for each parameter at fault."""
    wanted: dict[str, list[str]] = {}
    found: dict[str, JSON] = {}
    for fault in error.errors(include_url=False):
        place, value = _at(given, fault["loc"])
        text = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ").replace("a valid ", "a ")
        wanted.setdefault(place, []).append(_PLAIN.get(text, text))
        found[place] = value
    return [
        f"{place} should be {' or '.join(dict.fromkeys(texts))}; found {json.dumps(found[place], ensure_ascii=False)}"
        for place, texts in wanted.items()
    ]


_PLAIN = {
    "a string": "text",
    "a integer": "a whole number",
    "a number": "a number",
    "a boolean": "true or false",
    "a array": "a list",
    "a list": "a list",
    "a dictionary": "names with values",
    "an object": "names with values",
    "a integer, got a number with a fractional part": "a whole number",
}


def _at(given: Mapping[str, JSON], path: Sequence[int | str]) -> tuple[str, JSON]:
    """The deepest place that the path names and what lies there; pydantic's path also names members of unions."""
    place, value = str(path[0]), given[str(path[0])]
    for step in path[1:]:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            place, value = f"{place}[{step}]", value[step]
        elif isinstance(value, dict) and step in value:
            place, value = f"{place}.{step}", value[step]
    return place, value
