"""What was found as tables: as texts for readers, as values for those who act by program."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.readiness import words
from workbench.readiness.judgement import Judgement, Verdict
from workbench.report import numbers, show_table
from workbench.tables.breach import percent

STATES = {"sound": "Sound", "mend": "Mend", "missing": "Missing"}


def show_notebooks(judgement: Judgement) -> None:
    """The decision table: notebook → run or mend → what it waits for → what it answers."""
    show_table(
        verdict_table(judgement.notebooks),
        title="Which notebooks can run",
        lead="As the notebooks themselves declare what they need.",
        caption=_without(judgement),
    )


def show_mends(judgement: Judgement) -> None:
    """Everything that is to mend, and where, that for which the most are waiting first; nothing when all is well."""
    if not judgement.ready:
        waited = any(judgement.waiting.values())
        show_table(
            mend_table(judgement),
            title="What to mend, and where",
            lead="That for which the most notebooks and studies are waiting first." if waited else "",
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
            title="Every rule that is not kept",
            caption="Mend: results would be wrong, so nothing is answered from the table. Note: they may be.",
        )


def verdict_table(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Notebook or study → action → what to mend → what it answers, as texts."""
    columns = {
        verdicts[0].demand.kind.capitalize(): [verdict.demand.name for verdict in verdicts],
        "Action": [words.action(verdict) for verdict in verdicts],
        "What it answers": [verdict.demand.question for verdict in verdicts],
    }
    if not all(verdict.runs for verdict in verdicts):
        columns["It waits for"] = [words.waits_for(verdict) for verdict in verdicts]
    return pd.DataFrame(columns)


def mend_table(judgement: Judgement) -> pd.DataFrame:
    """Table → what to mend there → where → who waits for it (where anybody does), as texts."""
    columns = {
        "Table": [mend.table or "none" for mend in judgement.waiting],
        "What to mend": [f"{mend.what[:1].upper()}{mend.what[1:]}" for mend in judgement.waiting],
        "Where": [mend.where for mend in judgement.waiting],
    }
    if any(judgement.waiting.values()):
        columns["Waiting for it"] = [
            words.several(names) if names else "nobody" for names in judgement.waiting.values()
        ]
    return pd.DataFrame(columns)


def table_table(judgement: Judgement) -> pd.DataFrame:
    """Table → state → rows, from, to, age, rules to mend for and rules to note, as texts."""
    rows: list[dict[str, str | int | None]] = [
        {
            "Table": name,
            "State": STATES[table.state],
            "Rows": table.examination.rows if table.columns else None,
            "From": words.day(table.examination.first),
            "To": words.day(table.examination.last),
            "Age": None if table.age is None else words.age(table.age),
            "To mend": sum(breach.severity == "fail" for breach in table.examination.breaches),
            "Notes": sum(breach.severity == "warn" for breach in table.examination.breaches),
        }
        for name, table in judgement.survey.tables.items()
    ]
    rows += [{"Table": name, "State": STATES["missing"]} for name in judgement.absent]
    return pd.DataFrame(rows, columns=["Table", "State", "Rows", "From", "To", "Age", "To mend", "Notes"], dtype=object)


def breach_table(judgement: Judgement) -> pd.DataFrame:
    """Every breach: table → what is wrong → count, share, examples, as texts."""
    return pd.DataFrame(
        [
            {
                "Table": name,
                "Weight": "Mend" if breach.severity == "fail" else "Note",
                "What is wrong": breach.rule,
                "Rows": f"{numbers.count(breach.count)} of {numbers.count(breach.rows)}" if breach.count else None,
                "Share": percent(breach.share) if breach.count else None,
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
    columns = ["table", "state", "rows", "first", "last", "age_hours", "rules_not_kept", "lacks", "stored", "where"]
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
