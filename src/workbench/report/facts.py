"""What the runner knows of a run and hands to the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from workbench.report.finding import Source
from workbench.report.texts import Language

State = Literal["queued", "running", "succeeded", "failed", "timed_out", "killed", "lost"]


@dataclass(frozen=True, slots=True)
class RunParameter:
    """One parameter of a run: its JSON value, and the comment beside it in the parameters cell ("" without)."""

    name: str
    value: Any
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What the runner knows of a run; all of it is shown, nothing of it is trusted as HTML.

    Attributes:
        study: The study's name.
        question: Its question, the page's only `h1`.
        owner: Who acts on it; "" if nobody is named.
        lang: Language of the fixed texts.
        state: The run's state.
        run: Name of the run's folder, `<UTC>-<key>`.
        started: When it started, time-zone aware; shown on the clock it comes with.
        finished: When it ended, None if unknown.
        study_file: The study's file, relative to the project's root; "" for a bare notebook.
        notebook: The notebook's file, relative to the project's root.
        combination: Those parameters that tell this run from the study's others: its part of the matrix.
        parameters: In the order of the parameters cell.
        sources: Data that the record knows; when empty, what the finding says it read is shown.
        commit: Git commit, "" without one.
        dirty: Whether the checkout had changes that were not committed.
        lock: Hash of the lock file.
        versions: (package, version) pairs worth showing.
        index_link: Where the index page is, relative to the report; "" for no link.
        history_link: Where the study's history is, relative to the report; "" for no link.
    """

    study: str
    question: str
    owner: str
    lang: Language
    state: State
    run: str
    started: datetime
    finished: datetime | None
    study_file: str
    notebook: str
    combination: tuple[RunParameter, ...] = ()
    parameters: tuple[RunParameter, ...] = ()
    sources: tuple[Source, ...] = ()
    commit: str = ""
    dirty: bool = False
    lock: str = ""
    versions: tuple[tuple[str, str], ...] = ()
    index_link: str = "../../index.html"
    history_link: str = "../history.html"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a run has no finding.

    Attributes:
        kind: "study", "data" and "machine" follow the class of the error; "cell" is any other error of
            a cell; the others follow the run's state.
        message: What is wrong, in plain words; for "cell" the last line of the error.
        cell: Number of the code cell that raised, counted from 1 among the code cells; None if none did; shown only for
            "cell".
        traceback: Shown (folded) only for "cell".
    """

    kind: Literal["study", "data", "machine", "cell", "timed_out", "killed", "lost"]
    message: str = ""
    cell: int | None = None
    traceback: str = ""
