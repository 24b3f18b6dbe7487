"""Which tables a catalogue has, how sound and how fresh they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from workbench.configuration import line_of, shown
from workbench.errors import StudyError
from workbench.tables import Breach, Catalog, Examination, Source, examine
from workbench.tables.schema import TABLES, canonical

State = Literal["sound", "mend", "missing"]


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One table of the catalogue.

    Attributes:
        examination: What it is, and what it breaks.
        columns: Every column that it has, also those that no schema knows; empty if it cannot be read.
        place: Where the catalogue lists it, for people: "data/catalog.yaml, line 8".
        stored: What the catalogue names as its source.
        source: Its size, span and fingerprint; None if it cannot be read.
        age: From its last time to now, on its business clock; None without a clock or rows.
    """

    examination: Examination
    columns: frozenset[str]
    place: str
    stored: str
    source: Source | None
    age: timedelta | None

    @property
    def name(self) -> str:
        """Its canonical name."""
        return self.examination.table

    @property
    def state(self) -> State:
        """Whether its numbers can be believed."""
        return "sound" if self.examination.sound else "mend"


@dataclass(frozen=True, slots=True)
class Survey:
    """The tables of one catalogue.

    Attributes:
        path: The catalogue's file.
        catalog: The file's name, for people.
        tables: Canonical name → what was found, in the schema's order.
    """

    path: Path
    catalog: str
    tables: Mapping[str, Surveyed] = field(hash=False)

    def state(self, table: str) -> State:
        """The state of a table, also of one that the catalogue does not list."""
        return self.tables[table].state if table in self.tables else "missing"


def survey(catalog: Catalog, *, now: datetime | None = None) -> Survey:
    """Hold every table that a catalogue lists to its contract.

    Args:
        now: UTC without a zone; the machine's clock if None.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    listed = [name for name in TABLES if name in catalog.names]
    return Survey(catalog.path, shown(catalog.path), {name: _survey(catalog, name, now) for name in listed})


def _survey(catalog: Catalog, name: str, now: datetime) -> Surveyed:
    examination = _examine(catalog, name, now)
    mapping = catalog.file.mapping(name)
    first, last = (end.isoformat() if end else None for end in (examination.first, examination.last))
    return Surveyed(
        examination=examination,
        columns=frozenset(catalog.table(name).columns if examination.present else ()),
        place=f"{shown(catalog.path)}, line {line_of(catalog.path, 'tables', name)}",
        stored=mapping.source,
        source=catalog.counted(name, examination.rows, first, last) if examination.present else None,
        age=_age(name, examination.last, now + timedelta(hours=mapping.utc_offset_hours or 0)),
    )


def _examine(catalog: Catalog, name: str, now: datetime) -> Examination:
    """An entry that contradicts its source is one more thing to mend, and no reason to leave the others unseen."""
    try:
        return examine(catalog, name, now=now)
    except StudyError as error:
        breach = Breach(name, (), str(error), 0, 0, (), "fail")
        return Examination(name, 0, None, None, (), (), (), {}, (breach,))


def _age(name: str, last: datetime | None, now: datetime) -> timedelta | None:
    if last is None:
        return None
    schema = canonical(name)
    # A day without a time lasts to its end; a time to come is a breach, and no age.
    of_days = schema.columns.get(schema.clock) == "date"
    return max(now - last - timedelta(days=1 if of_days else 0), timedelta())
