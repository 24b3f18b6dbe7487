"""Who can run on the tables as they are, and what each of the others waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.errors import DataError, unknown
from workbench.readiness.demands import Demand, Demands
from workbench.readiness.survey import Survey, Surveyed
from workbench.tables.schema import TABLES, canonical

MOST_NAMED = 8  # columns of the source that are listed, where none has a name like the one that is missing


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend before something can run.

    Attributes:
        table: The canonical table; empty when it is no table that is at fault.
        column: The column that is missing; empty when it is not a column.
        what: What to do, as a sentence without its full stop.
        where: In which file, for people.
    """

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
    if judgement.broken:
        tables = [judgement.survey.tables[name] for name in judgement.broken]
        raise DataError("\n".join(detail for table in tables for detail in failures(table)))


def failures(table: Surveyed) -> list[str]:
    """The breaches that make a table's numbers wrong, each as a sentence."""
    return [breach.detail for breach in table.examination.breaches if breach.severity == "fail"]


def _judge(demand: Demand, survey: Survey) -> Verdict:
    mends = [mend for table, columns in demand.tables.items() for mend in _mends(demand, table, columns, survey)]
    if demand.fault:
        mends.append(Mend("", "", demand.fault, demand.file))
    without = [table for table in demand.may_use if table not in demand.tables and survey.state(table) == "mend"]
    return Verdict(demand, tuple(mends), tuple(without))


def _mends(demand: Demand, name: str, columns: tuple[str, ...], survey: Survey) -> Iterator[Mend]:
    if name not in TABLES:
        yield Mend(name, "", f"it asks for an {unknown('canonical table', name, TABLES)}", demand.file)
    elif name not in survey.tables:
        wanted = ", ".join(dict.fromkeys([*canonical(name).required, *columns]))
        yield Mend(name, "", f"add the table {name} ({canonical(name).grain}), with {wanted}", survey.catalog)
    else:
        table = survey.tables[name]
        yield from _columns(table, columns)
        if table.columns:  # else it is not read, and the columns that it lacks say why
            yield from (Mend(name, "", detail, table.stored) for detail in failures(table))
        elif not table.examination.lacks_required:
            yield from (Mend(name, "", detail, table.place) for detail in failures(table))


def _columns(table: Surveyed, wanted: tuple[str, ...]) -> Iterator[Mend]:
    """The columns that a table lacks: those that are wanted, and those without which it cannot be read at all."""
    lacking = dict.fromkeys(table.examination.lacks_required)
    if table.columns:
        lacking |= dict.fromkeys(column for column in wanted if column not in table.columns)
    for column in lacking:
        yield Mend(table.name, column, _lacking(table, column), table.place)


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
    return f"{table.name} has no {column}{why}; name it under columns, {names}{hint}"
