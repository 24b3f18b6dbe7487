"""What a parameters cell may say, and the reading of it.

The cell is the contract and the only declaration: annotated JSON literals, a comment each, nothing derived.

    level: Annotated[float, Interval(gt=0, lt=1)] = 0.95  # of every interval

It is read with `ast`, never run.  Annotations may be anything that pydantic understands; their names come from
the import statements of the cells before, and only the names that are used are imported.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from annotated_types import Interval
from pydantic import AfterValidator, ConfigDict, ValidationError, ValidationInfo, create_model

from workbench.configuration import project_root
from workbench.errors import StudyError, unknown

__all__ = ["Contract", "Interval", "IsoDate", "Parameter", "ProjectFile", "Values", "read_notebook"]

JSON = Any  # None, bool, int, float, str, list or dict of these

_SECRET = re.compile(
    r"(^|_)(token|password|passwd|pwd|secret|credentials?|api_?key|access_?key|private_?key)(s?)(_|$)", re.I
)


def _iso_date(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError('a date as "YYYY-MM-DD"')
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError("a date that the calendar has") from None
    return text


def _project_file(text: str, info: ValidationInfo) -> str:
    found: _Files = info.context
    if found.root is not None and (Path(text).is_absolute() or not (found.root / text).is_file()):
        raise ValueError(f"a file below the project's root{_nearest_file(found.root, text)}")
    found.names.append(text)
    return text


def _nearest_file(root: Path, text: str) -> str:
    folder = (root / text).parent
    names = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    return f" ({unknown('file', Path(text).name, names)})" if names else ""


IsoDate = Annotated[str, AfterValidator(_iso_date)]
"""A day as an ISO string; it stays a string, so that JupyterLab and a run see the same."""

ProjectFile = Annotated[str, AfterValidator(_project_file)]
"""A path that starts at the project's root; the file must be there, and its content enters the run's key."""


@dataclass(frozen=True, slots=True)
class _Files:
    root: Path | None  # None: take the paths as they are
    names: list[str]


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
    """

    notebook: str
    root: Path
    parameters: tuple[Parameter, ...]
    _model: Any

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
        for name in values:
            if name not in self.names:
                raise StudyError(f"{where}: {unknown('parameter', name, self.names)} (notebook {self.notebook})")
        given = {parameter.name: values.get(parameter.name, parameter.default) for parameter in self.parameters}
        return _hold(self._model, given, _Files(self.root, []), where)

    def read_text(self, name: str, text: str) -> JSON:
        """The value that `--set name=text` means: the text itself for a `str`, JSON for everything else."""
        parameter = next((one for one in self.parameters if one.name == name), None)
        if parameter is None:
            raise StudyError(f"--set {name}: {unknown('parameter', name, self.names)} (notebook {self.notebook})")
        if parameter.raw:
            return text
        try:
            return json.loads(text)
        except ValueError:
            if "str" in parameter.annotation or "Literal" in parameter.annotation or "IsoDate" in parameter.annotation:
                return text  # a union with text, or one of a list of words: the model has the last word
            raise StudyError(
                f"--set {name}: {name} is {parameter.annotation}, wanted as JSON "
                f'(0.9, true, ["conversion"], {{"A": 0.5}}); found {text!r}'
            ) from None


def _hold(model: Any, given: Mapping[str, JSON], files: _Files, where: str) -> Values:
    try:
        held = model.model_validate_json(_json(given, where), context=files)
    except ValidationError as error:
        raise StudyError(f"{where}: {_said(error, given)}") from None
    return Values(held.model_dump(mode="json"), tuple(files.names))


def _json(values: Mapping[str, JSON], where: str) -> str:
    try:
        return json.dumps(values, allow_nan=False)
    except (TypeError, ValueError):
        raise StudyError(
            f"{where}: the parameters hold something that JSON cannot say (a date object, NaN, infinity)"
        ) from None


def _said(error: ValidationError, given: Mapping[str, JSON]) -> str:
    """What was wanted and what was found, once for each parameter at fault."""
    wanted: dict[str, list[str]] = {}
    for fault in error.errors(include_url=False):
        path = [str(part) for part in fault["loc"]]
        inside = "".join(f"[{part}]" for part in fault["loc"][1:] if isinstance(part, int))
        text = fault["msg"].removeprefix("Value error, ").removeprefix("Input should be ").replace("a valid ", "")
        wanted.setdefault(path[0] + inside, []).append(text)
    sentences = [
        f"{place} should be {' or '.join(dict.fromkeys(texts))}; found {json.dumps(_at(given, place), ensure_ascii=False)}"
        for place, texts in wanted.items()
    ]
    return "; ".join(sentences)


def _at(given: Mapping[str, JSON], place: str) -> JSON:
    name, *indices = place.replace("]", "").split("[")
    value = given[name]
    for index in indices:
        value = value[int(index)]
    return value


def read_notebook(path: Path, root: Path | None = None) -> Contract:
    """Read the contract of a notebook from its cell tagged `parameters`; no kernel, no code of the notebook is run.

    Args:
        path: The notebook.
        root: The project's root; found from the notebook's folder when it is not given.

    Raises:
        StudyError: When the notebook cannot be read, has no such cell or more than one, or the cell holds anything
            but annotated JSON literals whose defaults fit their annotations.
    """
    root = root or project_root(path.resolve().parent)
    cells = _code_cells(path)
    tagged = [number for number, (_, tags) in enumerate(cells) if "parameters" in tags]
    where = f"notebook {path.stem}"
    if not tagged:
        return _contract(path.stem, root, [])
    if len(tagged) > 1:
        raise StudyError(f"{where}: {len(tagged)} cells are tagged 'parameters'; one is wanted")
    imports = _imports([source for source, _ in cells[: tagged[0]]])
    parameters = _parameters(cells[tagged[0]][0], imports, f"{where}, parameters cell")
    contract = _contract(path.stem, root, parameters)
    defaults = {parameter.name: parameter.default for parameter in parameters}
    # A default's file may be missing where every study names its own.
    _hold(contract._model, defaults, _Files(None, []), f"{where}, parameters cell, default")  # noqa: SLF001
    return contract


def _contract(notebook: str, root: Path, parameters: Sequence[Parameter]) -> Contract:
    fields: dict[str, Any] = {parameter.name: (parameter.kind, ...) for parameter in parameters}
    model = create_model(
        "Parameters", __config__=ConfigDict(strict=True, extra="forbid", protected_namespaces=()), **fields
    )
    return Contract(notebook, root, tuple(parameters), model)


def _code_cells(path: Path) -> list[tuple[str, list[str]]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
        return [("".join(cell["source"]), cell.get("metadata", {}).get("tags", [])) for cell in cells]
    except FileNotFoundError:
        raise StudyError(f"there is no notebook {path}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"notebook {path.name} cannot be read as a notebook (format 4): {error}") from None


def _imports(sources: Sequence[str]) -> dict[str, ast.alias | tuple[str, str]]:
    """Name → what brings it: `(module, attribute)`, or the module's alias for a plain import."""
    brought: dict[str, ast.alias | tuple[str, str]] = {}
    for source in sources:
        try:
            tree = ast.parse(_without_magics(source))
        except SyntaxError:
            continue  # a cell that does not parse fails at its own place, when it runs
        for node in tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                brought.update({alias.asname or alias.name: (node.module, alias.name) for alias in node.names})
            elif isinstance(node, ast.Import):
                brought.update({alias.asname or alias.name.split(".")[0]: alias for alias in node.names})
    return brought


def _without_magics(source: str) -> str:
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in source.splitlines())


def _parameters(source: str, imports: Mapping[str, ast.alias | tuple[str, str]], where: str) -> list[Parameter]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise StudyError(f"{where}, line {error.lineno}: {error.msg}") from None
    comments = _comments(source)
    parameters = [_parameter(node, imports, comments, where) for node in tree.body if not _is_text(node)]
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise StudyError(f"{where}: {name!r} is declared twice")
    return parameters


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ").strip() for token in tokens if token.type == tokenize.COMMENT}


def _parameter(
    node: ast.stmt, imports: Mapping[str, ast.alias | tuple[str, str]], comments: Mapping[int, str], where: str
) -> Parameter:
    place = f"{where}, line {node.lineno}"
    if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None):
        raise StudyError(
            f"{place}: wanted `name: type = value  # comment`; found `{ast.unparse(node).splitlines()[0]}`"
        )
    name = node.target.id
    if _SECRET.search(name):
        raise StudyError(
            f"{place}: {name!r} looks like a secret, and secrets are never parameters: name an environment variable in the catalogue"
        )
    if name.startswith("_") or name == "model_config":
        raise StudyError(f"{place}: {name!r} cannot be the name of a parameter")
    comment = comments.get(node.end_lineno or node.lineno) or comments.get(node.lineno - 1, "")
    return Parameter(
        name,
        ast.unparse(node.annotation),
        _literal(node.value, place),
        comment,
        _resolve(node.annotation, imports, place),
    )


def _literal(node: ast.expr, place: str) -> JSON:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        value = ...
    if not _is_json(value):
        raise StudyError(
            f"{place}: the default must be a JSON value (text, number, True, None, list, dict); found `{ast.unparse(node)}`"
        )
    return value


def _is_json(value: object) -> bool:
    if isinstance(value, list):
        return all(_is_json(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(item) for key, item in value.items())
    return value is None or isinstance(value, (bool, int, float, str))


def _resolve(annotation: ast.expr, imports: Mapping[str, ast.alias | tuple[str, str]], place: str) -> Any:
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    try:
        namespace = {name: _bring(imports[name]) for name in names if name in imports}
        kind = eval(compile(ast.Expression(annotation), "parameters", "eval"), namespace)  # noqa: S307 — the notebook's own annotation
        create_model("Parameter", value=(kind, ...))
    except Exception as error:  # noqa: BLE001 — whatever an annotation raises, the analyst reads one sentence
        hint = " (is its import in a cell before?)" if isinstance(error, NameError) else ""
        raise StudyError(
            f"{place}: the type `{ast.unparse(annotation)}` cannot be understood: {str(error).splitlines()[0]}{hint}"
        ) from None
    return kind


def _bring(source: ast.alias | tuple[str, str]) -> Any:
    if isinstance(source, tuple):
        module = import_module(source[0])
        return getattr(module, source[1]) if hasattr(module, source[1]) else import_module(f"{source[0]}.{source[1]}")
    module = import_module(source.name)
    return module if source.asname else import_module(source.name.split(".")[0])
