"""What was found as tables: as texts for readers, as values for those who act by program."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.readiness import words
from workbench.readiness.judgement import Judgement, Verdict
from workbench.report import numbers, show_table

STATES = {"sound": "Sound", "mend": "Mend", "missing": "Missing"}


def show_notebooks(judgement: Judgement) -> None:
    """The decision table: notebook → run, or what to mend and where → what it answers."""
    show_table(
        verdict_table(judgement.notebooks),
        title="What to do so that each notebook can run",
        lead="As the notebooks themselves declare what they need.",
        caption=_without(judgement),
    )


def show_studies(judgement: Judgement) -> None:
    """The same for the studies on this catalogue; nothing when there are none."""
    elsewhere = f"Not judged, since they name another catalogue: {', '.join(judgement.elsewhere)}."
    if judgement.studies:
        show_table(
            verdict_table(judgement.studies),
            title="Which studies can run",
            lead="With the columns of the metrics that they name.",
            caption=elsewhere if judgement.elsewhere else "",
        )


def show_tables(judgement: Judgement) -> None:
    """Each table: its state, size, span and age."""
    unused = judgement.unused
    show_table(
        table_table(judgement),
        title="Which tables are there, how sound, how fresh",
        lead="Times are on each table's business clock; the age is that of its last row.",
        caption=f"Not in the catalogue, and read by notebooks where they are: {', '.join(unused)}." if unused else "",
    )


def show_breaches(judgement: Judgement) -> None:
    """Every rule that a table breaks; nothing when there is none."""
    frame = breach_table(judgement)
    if len(frame):
        show_table(
            frame,
            title="Every rule that is broken",
            caption="Mend: results would be wrong, so nothing is answered from the table. Note: they may be.",
        )


def verdict_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Notebook or study → action → what to mend → what it answers, as texts."""
    rows = []
    for verdict in verdicts:
        row = {verdict.demand.kind.capitalize(): verdict.demand.name, "Action": words.action(verdict)}
        if not all(each.runs for each in verdicts):
            row["What to mend, and where"] = "; ".join(map(words.place, verdict.mends)) or "nothing"
        rows.append({**row, "What it answers": verdict.demand.question})
    return pd.DataFrame(rows)


def table_table(judgement: Judgement) -> pd.DataFrame:
    """Table → state → rows, from, to, age, broken rules, as texts."""
    rows: list[dict[str, str | int | None]] = [
        {
            "Table": name,
            "State": STATES[table.state],
            "Rows": table.examination.rows,
            "From": words.day(table.examination.first),
            "To": words.day(table.examination.last),
            "Age": None if table.age is None else words.age(table.age),
            "Broken rules": len(table.examination.breaches),
        }
        for name, table in judgement.survey.tables.items()
    ]
    rows += [{"Table": name, "State": STATES["missing"]} for name in judgement.absent]
    return pd.DataFrame(rows, columns=["Table", "State", "Rows", "From", "To", "Age", "Broken rules"], dtype=object)


def breach_table(judgement: Judgement) -> pd.DataFrame:
    """Every breach: table → what is wrong → count, share, examples, as texts."""
    return pd.DataFrame(
        [
            {
                "Table": name,
                "Weight": "Mend" if breach.severity == "fail" else "Note",
                "What is wrong": breach.rule,
                "Rows": f"{numbers.count(breach.count)} of {numbers.count(breach.rows)}" if breach.count else None,
                "Share": numbers.share(breach.share) if breach.count else None,
                "Examples": "; ".join(breach.examples) or None,
            }
            for name, table in judgement.survey.tables.items()
            for breach in table.examination.breaches
        ]
    )


def verdict_values(judgement: Judgement) -> pd.DataFrame:
    """One row per notebook or study and thing to mend, for those who act on it by program."""
    columns = ["kind", "name", "action", "table", "column", "what", "where", "question"]
    return pd.DataFrame(
        [
            (v.demand.kind, v.demand.name, words.action(v).lower(), *mended, v.demand.question)
            for v in (*judgement.notebooks, *judgement.studies)
            for mended in ([(m.table, m.column, m.what, m.where) for m in v.mends] or [("", "", "", "")])
        ],
        columns=columns,
    )


def table_values(judgement: Judgement) -> pd.DataFrame:
    """One row per table, for those who act on it by program."""
    columns = ["table", "state", "rows", "first", "last", "age_hours", "broken_rules", "lacks", "stored", "where"]
    survey = judgement.survey
    rows = [
        (
            name,
            table.state,
            table.examination.rows,
            table.examination.first,
            table.examination.last,
            None if table.age is None else table.age.total_seconds() / 3600,
            len(table.examination.breaches),
            ", ".join((*table.examination.lacks_required, *table.examination.lacks_optional)),
            table.stored,
            table.place,
        )
        for name, table in survey.tables.items()
    ]
    rows += [(name, "missing", 0, None, None, None, 0, "", "", survey.catalog) for name in judgement.absent]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"first": "datetime64[us]", "last": "datetime64[us]", "age_hours": "float64"})


def breach_values(judgement: Judgement) -> pd.DataFrame:
    """One row per breach, for those who act on it by program."""
    columns = ["table", "severity", "columns", "rule", "count", "rows", "share", "examples"]
    return pd.DataFrame(
        [
            (name, b.severity, ", ".join(b.columns), b.rule, b.count, b.rows, b.share, "; ".join(b.examples))
            for name, table in judgement.survey.tables.items()
            for b in table.examination.breaches
        ],
        columns=columns,
    )


def _without(judgement: Judgement) -> str:
    """Who runs, but not on everything that it could read."""
    parts = [
        f"{verdict.demand.name} answers nothing that would be counted from {words.listed(verdict.without)}"
        for verdict in judgement.notebooks
        if verdict.runs and verdict.without
    ]
    return f"Until they are mended, {words.listed(parts)}." if parts else ""
