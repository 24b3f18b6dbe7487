"""The reading of a parameters cell, with `ast`: nothing of the notebook is run.

Papermill's own inspection is a pattern for lines, which loses unions, Literals and dotted types.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import create_model

from workbench.configuration import project_root
from workbench.errors import StudyError
from workbench.parameters.contract import JSON, Contract, Parameter, hold, make_contract
from workbench.parameters.notebook import read_document

_SECRET = re.compile(
    r"(^|_)(token|password|passwd|pwd|secret|credentials?|api_?key|access_?key|private_?key)(s?)(_|$)", re.IGNORECASE
)


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
        return make_contract(path.stem, root, [])
    if len(tagged) > 1:
        raise StudyError(f"{where}: {len(tagged)} cells are tagged 'parameters'; one is wanted")
    imports = _imports([source for source, _ in cells[: tagged[0]]])
    parameters = _parameters(cells[tagged[0]][0], imports, f"{where}, parameters cell")
    contract = make_contract(path.stem, root, parameters)
    defaults = {parameter.name: parameter.default for parameter in parameters}
    # A default's file may be missing where every study names its own, so files are not looked for here.
    held = hold(contract.model, defaults, None, f"{where}, parameters cell, default")
    if isinstance(held, list):
        raise StudyError("\n".join(held))
    return contract


def _code_cells(path: Path) -> list[tuple[str, list[str]]]:
    cells = [cell for cell in read_document(path)["cells"] if cell["cell_type"] == "code"]
    return [("".join(cell["source"]), cell.get("metadata", {}).get("tags", [])) for cell in cells]


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
    """Line → the comment that belongs to it: the one at its end, else the one on a line of its own just above."""
    tokens = [one for one in tokenize.generate_tokens(io.StringIO(source).readline) if one.type == tokenize.COMMENT]
    said = [(one.start[0], one.line.lstrip().startswith("#"), one.string.lstrip("# ").strip()) for one in tokens]
    above = {line + 1: text for line, alone, text in said if alone}
    return above | {line: text for line, alone, text in said if not alone}


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
            f"{place}: {name!r} looks like a secret, and secrets are never parameters: "
            "name an environment variable in the catalogue"
        )
    comment = comments.get(node.end_lineno or node.lineno) or comments.get(node.lineno, "")
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
            f"{place}: the default must be a JSON value (text, number, True, None, list, dict); "
            f"found `{ast.unparse(node)}`"
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
