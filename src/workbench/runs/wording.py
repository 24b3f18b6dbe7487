"""Words that are published: they name files from the project's root, never where this machine keeps it."""

from __future__ import annotations

from typing import Any

from workbench.configuration import project_root
from workbench.errors import StudyError


def from_root_on(text: str) -> str:
    """A text with every path below the project's root begun there."""
    try:
        return text.replace(f"{project_root()}/", "")
    except StudyError:
        return text


def reword_outputs(cell: Any) -> None:
    """Do so to what a cell printed and raised."""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            output.text = from_root_on(output.text)
        elif output.output_type == "error":
            output.evalue = from_root_on(output.evalue)
            output.traceback = [from_root_on(line) for line in output.traceback]
