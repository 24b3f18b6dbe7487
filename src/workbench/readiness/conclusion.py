"""What was found as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.readiness import tabulate, words
from workbench.readiness.judgement import Judgement, Verdict
from workbench.report import Check, Tile, conclude
from workbench.stats import Estimate


def conclude_readiness(judgement: Judgement) -> None:
    """End the notebook with what can be answered, and carry the finding."""
    conclude(
        headline=words.headline(judgement),
        decision="ready" if judgement.ready else "mend",
        rule=words.RULE,
        next_step=words.next_step(judgement),
        estimates=list(estimates(judgement)),
        checks=checks(judgement),
        data=[table.source for table in judgement.survey.tables.values() if table.source],
        tables={
            "readiness": tabulate.verdict_values(judgement),
            "tables": tabulate.table_values(judgement),
            "breaches": tabulate.breach_values(judgement),
        },
        tiles=tiles(judgement),
        labels={
            "readiness": "Notebooks and studies, and what to mend",
            "breaches": "Broken rules",
            "notebooks_that_can_run": "Notebooks that can run",
            "studies_that_can_run": "Studies that can run",
        },
    )


def estimates(judgement: Judgement) -> Iterator[Estimate]:
    """The share of the notebooks that can run first, then that of the studies, then the age of each table in days."""
    for name, verdicts in (("notebooks", judgement.notebooks), ("studies", judgement.studies)):
        if verdicts:
            share = sum(verdict.runs for verdict in verdicts) / len(verdicts)
            yield Estimate(f"{name}_that_can_run", share, "share", len(verdicts), scale="mean", better="up")
    for name, table in judgement.survey.tables.items():
        if table.age is not None:
            days = table.age.total_seconds() / 86_400
            yield Estimate("age", days, "days", table.examination.rows, {"table": name}, "mean", better="down")


def checks(judgement: Judgement) -> list[Check]:
    """Each breach of each table, then the tables without one; what cannot be told of notebooks and studies."""
    tables = judgement.survey.tables
    found = [
        Check(f"contract of {name}", breach.severity, words.sentence(breach.detail))
        for name, table in tables.items()
        for breach in table.examination.breaches
    ]
    kept = [name for name, table in tables.items() if not table.examination.breaches]
    if kept:
        found.append(Check("contracts", "pass", f"Every row keeps every rule of its table in {words.listed(kept)}."))
    asked = [verdict.demand for verdict in (*judgement.notebooks, *judgement.studies)]
    return [*found, *(Check("declared needs", "fail", words.sentence(each.fault)) for each in asked if each.fault)]


def tiles(judgement: Judgement) -> list[Tile]:
    """How many notebooks can run, how many tables are sound, how old the oldest is."""
    tables = judgement.survey.tables.values()
    sound = sum(table.state == "sound" for table in tables)
    absent = f"{len(judgement.absent)} more needed" if judgement.absent else ""
    shown = [_able("Notebooks that can run", judgement.notebooks)]
    shown.append(Tile("Tables that are sound", f"{sound} of {len(tables)}", note=absent))
    late = words.oldest(judgement)
    if late is not None and late.age is not None:
        note = f"{late.name}, to {words.day(late.examination.last)}"
        shown.append(Tile("Oldest of the daily tables", words.age(late.age), note=note))
    return shown


def _able(label: str, verdicts: tuple[Verdict, ...]) -> Tile:
    waiting = [verdict.demand.name for verdict in verdicts if not verdict.runs]
    note = "" if not waiting else f"not {words.listed(waiting[:2])}" + (" …" if len(waiting) > 2 else "")
    return Tile(label, f"{len(verdicts) - len(waiting)} of {len(verdicts)}", note=note)
