"""Who can run on the tables as they are, and what each of the others waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from workbench.errors import unknown
from workbench.readiness.demands import Demand, Demands
from workbench.readiness.survey import Survey, Surveyed
from workbench.tables import Breach
from workbench.tables.breach import refuse
from workbench.tables.schema import TABLES, canonical

MOST_NAMED = 8  # columns of the source that are listed, where none has a name like the one that is missing


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend before something can run.

    Attributes:
        kind: Whether a column is missing, the catalogue does not list a table, a table breaks its contract, or the
            notebook or the study itself asks for what there is not.
        table: The canonical table; empty when it is no table that is at fault.
        column: The column that is missing; empty when it is not a column.
        what: What to do, as a sentence without its full stop.
        where: In which file, for people.
    """

    kind: Literal["column", "absent", "broken", "demand"]
    table: str
    column: str
    what: str
    where: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one notebook or one study can run.

    Attributes:
        demand: What it asks for.
        mends: What it waits for; it can run when there is nothing.
        without: Tables that it may use and that are broken: it runs, but not on these.
    """

    demand: Demand
    mends: tuple[Mend, ...]
    without: tuple[str, ...]

    @property
    def runs(self) -> bool:
        """Whether it can run."""
        return not self.mends


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a catalogue can answer.

    Attributes:
        survey: Its tables.
        notebooks, studies: Who asks of them, and whether it can run.
        elsewhere: Studies that name another catalogue, by name.
        broken: The tables of the catalogue that somebody reads and that break their contract.
    """

    survey: Survey
    notebooks: tuple[Verdict, ...]
    studies: tuple[Verdict, ...]
    elsewhere: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether everybody can run, and no table that anybody reads is broken."""
        return not self.broken and all(verdict.runs for verdict in (*self.notebooks, *self.studies))

    @property
    def waiting(self) -> dict[Mend, tuple[str, ...]]:
        """Thing to mend → who waits for it, by name; that for which the most are waiting first."""
        found: dict[Mend, list[str]] = {}
        for verdict in (*self.notebooks, *self.studies):
            for mend in verdict.mends:
                found.setdefault(mend, []).append(verdict.demand.name)
        for name in self.broken:
            for mend in _broken(self.survey.tables[name]):
                found.setdefault(mend, [])
        return {mend: tuple(found[mend]) for mend in sorted(found, key=lambda mend: -len(found[mend]))}

    @property
    def absent(self) -> tuple[str, ...]:
        """Tables that somebody cannot run without and that the catalogue does not list."""
        needed = {table for verdict in (*self.notebooks, *self.studies) for table in verdict.demand.tables}
        return tuple(table for table in TABLES if table in needed and table not in self.survey.tables)

    @property
    def unused(self) -> tuple[str, ...]:
        """Tables that a notebook would read, but does not need, and that the catalogue does not list."""
        used = {table for verdict in self.notebooks for table in verdict.demand.may_use}
        return tuple(t for t in TABLES if t in used and t not in self.survey.tables and t not in self.absent)


def judge(survey: Survey, demands: Demands) -> Judgement:
    """Hold what is asked against what is there."""
    notebooks = tuple(_judge(demand, survey) for demand in demands.notebooks)
    studies = tuple(_judge(demand, survey) for demand in demands.studies)
    read = {table for demand in (*demands.notebooks, *demands.studies) for table in (*demand.tables, *demand.may_use)}
    broken = tuple(name for name, table in survey.tables.items() if name in read and table.state == "mend")
    return Judgement(survey, notebooks, studies, demands.elsewhere, broken)


def refuse_broken(judgement: Judgement) -> None:
    """End the run when a table that a notebook reads is broken, so that nothing after it runs on such data.

    Raises:
        DataError: Every breach that makes numbers wrong, each on a line of its own.
    """
    refuse(breach for name in judgement.broken for breach in failures(judgement.survey.tables[name]))


def failures(table: Surveyed) -> list[Breach]:
    """The breaches that make a table's numbers wrong, that of the most rows first."""
    return sorted((b for b in table.examination.breaches if b.severity == "fail"), key=lambda b: -b.count)


def briefly(breach: Breach) -> str:
    """A breach without its examples."""
    return replace(breach, examples=()).detail


def _judge(demand: Demand, survey: Survey) -> Verdict:
    mends = [mend for table, columns in demand.tables.items() for mend in _mends(demand, table, columns, survey)]
    if demand.fault:
        mends.append(Mend("demand", "", "", demand.fault, demand.file))
    without = [table for table in demand.may_use if table not in demand.tables and survey.state(table) == "mend"]
    return Verdict(demand, tuple(mends), tuple(without))


def _mends(demand: Demand, name: str, columns: tuple[str, ...], survey: Survey) -> Iterator[Mend]:
    if name not in TABLES:
        yield Mend(
            "demand",
            name,
            "",
            f"the {demand.kind} {demand.name} asks for an {unknown('canonical table', name, TABLES)}",
            demand.file,
        )
    elif name not in survey.tables:
        wanted = ", ".join(dict.fromkeys([*canonical(name).required, *columns]))
        what = f"add the table {name} ({canonical(name).grain}), with {wanted}"
        yield Mend("absent", name, "", what, survey.catalog)
    else:
        table = survey.tables[name]
        if table.columns:
            yield from (_lacks(table, column) for column in columns if column not in table.columns)
        yield from _broken(table)


def _broken(table: Surveyed) -> Iterator[Mend]:
    """What makes a table's numbers wrong; where it cannot be read at all, that is mended in the catalogue."""
    if table.examination.lacks_required:
        yield from (_lacks(table, column) for column in table.examination.lacks_required)
        return
    place = table.stored if table.columns else table.place
    yield from (Mend("broken", table.name, "", briefly(breach), place) for breach in failures(table))


def _lacks(table: Surveyed, column: str) -> Mend:
    return Mend("column", table.name, column, _lacking(table, column), table.place)


def _lacking(table: Surveyed, column: str) -> str:
    """What to do about a column that is not there; for one that the catalogue derives, about its parts."""
    schema = canonical(table.name)
    absent, why = [column], ""
    if column in schema.derived:
        rule = schema.derived[column][1]
        parts = [word for word in re.findall(r"\w+", rule) if word in schema.columns and word not in table.columns]
        absent, why = list(dict.fromkeys(parts)), f", since it lacks {' and '.join(dict.fromkeys(parts))} ({rule})"
    names = ", ".join(f"{part}: <its name in the source>" for part in absent)
    own = sorted(table.columns - set(schema.columns))
    _, _, near = unknown("column", absent[0], own).partition("; ")
    hint = f" ({near.replace('there are', 'the source also has')})" if 0 < len(own) <= MOST_NAMED else ""
    return f"the table {table.name} has no {column}{why}; name it under columns, {names}{hint}"
