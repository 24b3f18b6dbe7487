"""What was found in one picture: which notebook reads which table, and in what state the table is."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from workbench.readiness import words
from workbench.readiness.judgement import Judgement, Verdict
from workbench.report import COLOURS, WIDTH, house_style, show_figure
from workbench.tables.schema import TABLES

ROW = 30  # px between two tables
FEWEST = 5  # notebooks that there is room for, so that the cells of a single one are no bars
NAMES = 150  # px that the tables' names take
LETTER = 10  # px

# State of a table for a notebook → letter, colour, words.
CELLS = {
    "sound": ("S", COLOURS[0], "sound"),
    "column": ("C", COLOURS[1], "column missing"),
    "mend": ("M", COLOURS[5], "to mend"),
    "missing": ("–", "#566170", "not there"),
}


def show_map(judgement: Judgement) -> None:
    """Notebook × table: sound, to mend, not there; filled where the notebook cannot do without it."""
    tables = _tables(judgement)
    columns = [verdict for verdict in judgement.notebooks if verdict.demand.tables]
    if not tables or not columns:
        return
    with house_style():
        figure = _drawn(judgement, tables, columns)
        show_figure(
            figure,
            title="Which notebook reads which table",
            lead="Filled: the notebook needs the table. Outlined: it reads the table where it is there.",
            caption=f"What to conclude: {_said(columns)}.",
            alt=_spoken(judgement, tables, columns),
        )


def state(judgement: Judgement, verdict: Verdict, table: str) -> str:
    """In what state a table is for one notebook: one of the keys of `CELLS`, or empty where it does not read it."""
    if table not in verdict.demand.tables and table not in verdict.demand.may_use:
        return ""
    found = judgement.survey.state(table)
    lacks = any(mend.table == table and mend.kind == "column" for mend in verdict.mends)
    return "column" if lacks else found


def _tables(judgement: Judgement) -> list[str]:
    read = {t for verdict in judgement.notebooks for t in (*verdict.demand.tables, *verdict.demand.may_use)}
    return [name for name in TABLES if name in read]


def _drawn(judgement: Judgement, tables: list[str], columns: list[Verdict]) -> Figure:
    room = max(len(columns), FEWEST)
    longest = LETTER * max(len(verdict.demand.name) for verdict in columns)
    upright = longest > (WIDTH - NAMES) / room
    head = longest + 20 if upright else 40
    figure, axes = plt.subplots(figsize=(WIDTH / 72, (ROW * len(tables) + head + 60) / 72))
    for across, verdict in enumerate(columns):
        for down, table in enumerate(tables):
            found = state(judgement, verdict, table)
            if found:
                _cell(axes, across, down, found, needed=table in verdict.demand.tables)
    axes.set_xlim(-0.5, room - 0.5)
    axes.set_ylim(len(tables) - 0.5, -0.5)
    axes.set_yticks(range(len(tables)), [table.replace("_", " ") for table in tables])
    axes.set_xticks(range(len(columns)), [v.demand.name for v in columns], rotation=90 if upright else 0)
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    seen = [state(judgement, verdict, table) for verdict in columns for table in tables]
    handles = [
        Patch(facecolor=colour, label=f"{letter} {said}")
        for kind, (letter, colour, said) in CELLS.items()
        if kind in seen
    ]
    figure.legend(handles=handles, loc="outside lower left", ncols=2)
    return figure


def _cell(axes: Axes, across: int, down: int, found: str, *, needed: bool) -> None:
    letter, colour, _ = CELLS[found]
    axes.add_patch(
        Rectangle(
            (across - 0.44, down - 0.42),
            0.88,
            0.84,
            facecolor=colour if needed else "white",
            edgecolor=colour,
            linewidth=2,
        )
    )
    ink = "white" if needed else colour
    axes.text(across, down, letter, color=ink, ha="center", va="center", fontweight="bold")


def _said(columns: list[Verdict]) -> str:
    able = [verdict.demand.name for verdict in columns if verdict.runs]
    waits = {v.demand.name: list(dict.fromkeys(m.table for m in v.mends if m.table)) for v in columns}
    waiting = [f"{name} waits for {words.listed(tables)}" for name, tables in waits.items() if tables]
    said = [f"{words.listed(able)} can run"] if able else []
    return words.listed([*said, *waiting])


def _spoken(judgement: Judgement, tables: list[str], columns: list[Verdict]) -> str:
    parts = []
    for verdict in columns:
        cells = [(table, state(judgement, verdict, table)) for table in tables]
        said = ", ".join(f"{table} {CELLS[found][2]}" for table, found in cells if found)
        parts.append(f"{verdict.demand.name}: {said}")
    return "; ".join(parts) + "."
