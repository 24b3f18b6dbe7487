"""One execution: papermill in a watched kernel, and what its end means."""

from __future__ import annotations

import errno
import json
import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from workbench.errors import DataError, MachineError, StudyError
from workbench.parameters import JSON
from workbench.report.finding import finding_from_json
from workbench.runs.kernel import ENGINE, Kernel
from workbench.runs.record import State, now
from workbench.runs.room import DISK_FULL
from workbench.runs.wording import from_root_on, reword_outputs

FINDING = "application/vnd.workbench.finding+json"
_CODES = {error.__name__: error.exit_code for error in (StudyError, DataError, MachineError)}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")

# Papermill reads the parameters cell by a pattern that loses unions and Literals, and then warns of unknown
# parameters; ours are checked before.  Its own progress lines are ours to write.
logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)
logging.getLogger("traitlets").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an execution ended.

    Attributes:
        cause: One sentence for a person; empty when it succeeded.
        notebook: What was executed, with outputs as far as it came; None when no kernel started.
        finding: The content of `result.json`; None without a conclusion.
        cell: Which code cell of the notebook raised, from 1; None when none did.
        traceback: What it raised, plain text.
    """

    state: State
    exit_code: int
    cause: str
    notebook: Any
    finding: dict[str, JSON] | None
    cell: int | None = None
    traceback: str = ""


def execute(notebook: Path, values: dict[str, JSON], kernel: Kernel, log: IO[str], progress: str) -> Outcome:
    """Execute a notebook with the parameters' values; every end but a machine without a kernel is an outcome.

    Args:
        notebook: Its source, which is only read.
        values: All its parameters, JSON types only.
        kernel: Where to run it.
        log: The run's log.txt.
        progress: What a progress bar on the terminal is called; empty for none.

    Raises:
        MachineError: When no kernel could be started.
        OSError: When the disk is full.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import execute_notebook

    try:
        execute_notebook(
            str(notebook).replace("{", "{{").replace("}", "}}"),  # papermill formats its paths
            None,
            parameters=values,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar={"desc": progress, "leave": False} if progress else False,
            autosave_cell_every=0,
            kernel=kernel,
        )
    except PapermillExecutionError as error:
        traceback = from_root_on(_COLOUR.sub("", "\n".join(error.traceback)))
        executed, cell = _clean(kernel.notebook, notebook), _failed_cell(kernel.notebook)
        log.write(f"{now()} code cell {cell} failed\n{traceback}\n")
        exit_code, cause = _meaning(error.ename, error.evalue, list(error.traceback), cell)
        return Outcome("failed", exit_code, cause, executed, None, cell, traceback)
    except DeadKernelError:
        return _died(kernel, notebook)
    except CellTimeoutError:  # cells have no limit of their own, so this is a message that never came
        cause = "the kernel's output did not arrive; the machine may be overloaded"
        return Outcome("failed", MachineError.exit_code, cause, _clean(kernel.notebook, notebook), None)
    return _concluded(_clean(kernel.notebook, notebook))


def _failed_cell(executed: Any) -> int | None:
    """Counted among the notebook's own code cells, so without the one that papermill puts in."""
    own = [
        cell
        for cell in executed.cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    raised = [any(output.output_type == "error" for output in cell.get("outputs", [])) for cell in own]
    return raised.index(True) + 1 if any(raised) else None


def _meaning(name: str, text: str, traceback: list[str], cell: int | None) -> tuple[int, str]:
    """Exit code and sentence of an error in a cell; ours are told from namesakes by their traceback of one line."""
    if name in _CODES and traceback == [f"{name}: {text}"]:
        return _CODES[name], text
    if "No space left on device" in text or f"[Errno {errno.ENOSPC}]" in text:
        return MachineError.exit_code, DISK_FULL
    return 1, f"code cell {cell} failed with {name}" + (f": {text}" if text else "")


def _died(kernel: Kernel, notebook: Path) -> Outcome:
    executed = _clean(kernel.notebook, notebook)
    if kernel.timed_out:
        return Outcome(
            "timed_out", 4, "the run took longer than its timeout_minutes allow and was ended", executed, None
        )
    if kernel.stopped:
        return Outcome("killed", 4, "the run was stopped from outside", executed, None)
    if (kernel.returncode or 0) < 0:
        cause = f"the kernel was killed by signal {-(kernel.returncode or 0)}"
        hint = "; often that is the system short of memory" if kernel.returncode == -9 else ""
        return Outcome("killed", 4, cause + hint, executed, None)
    return Outcome("killed", 4, f"the kernel ended by itself with code {kernel.returncode}", executed, None)


def _concluded(executed: Any) -> Outcome:
    bundles = [
        output["data"][FINDING]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if FINDING in output.get("data", {})
    ]
    if not bundles:
        return Outcome(
            "failed",
            1,
            "the notebook ended without a conclusion: its last code cell should call report.conclude",
            executed,
            None,
        )
    finding = bundles[-1].get("finding")
    try:
        json.dumps(finding, allow_nan=False)
        finding_from_json(finding)
    except (ValueError, TypeError, KeyError) as error:
        return Outcome("failed", 1, f"the conclusion cannot be read: {error}", executed, None)
    return Outcome("succeeded", 0, "", executed, finding)


def _clean(executed: Any, source: Path) -> Any:
    """The executed notebook without this machine's paths and without papermill's word on each cell's state.

    After a killed kernel papermill marks every cell completed; `run.json` alone says what happened.
    """
    if executed is None:
        return None
    executed.metadata.get("papermill", {})["input_path"] = source.name
    for cell in executed.cells:
        cell.metadata.get("papermill", {}).pop("status", None)
        reword_outputs(cell)
    return executed
