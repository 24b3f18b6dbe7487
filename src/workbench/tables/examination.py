"""Everything that can be asked of one table before its numbers are believed, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workbench.errors import DataError, StudyError
from workbench.tables.breach import Breach, plural, refuse
from workbench.tables.catalog import Catalog
from workbench.tables.contracts import Scan, failures_first, scan
from workbench.tables.days import rows_by_day, staleness, unusual_days
from workbench.tables.examples import commonest, listed
from workbench.tables.expectations import EXPECTATIONS, STEADY, Agreement, Reference, SingleValue
from workbench.tables.relations import disagreeing, orphans, surely_found
from workbench.tables.results import collect
from workbench.tables.rules import EARLIEST, every_rule, missing, with_article
from workbench.tables.schema import CanonicalTable, canonical


@dataclass(frozen=True, slots=True)
class Examination:
    """What one table is, and what it breaks.

    Attributes:
        table: Canonical table.
        rows: Its rows; 0 if it is empty or cannot be read.
        first, last: First and last time on the business clock; None without a clock, rows, or if it cannot be read.
        present: The canonical columns that it has, in the schema's order, those that the catalogue derives among them.
        lacks_required: Required columns that neither source nor catalogue gives; then nothing else was asked.
        lacks_optional: Optional and derived columns that it does not have.
        missing_ids: Id column → share of rows without one, 0 to 1; only columns that it has.
        breaches: Failures first; a table that cannot be read has one that says why.
    """

    table: str
    rows: int
    first: datetime | None
    last: datetime | None
    present: tuple[str, ...]
    lacks_required: tuple[str, ...]
    lacks_optional: tuple[str, ...]
    missing_ids: Mapping[str, float]
    breaches: tuple[Breach, ...]

    @property
    def sound(self) -> bool:
        """Whether no breach makes its numbers wrong."""
        return all(breach.severity != "fail" for breach in self.breaches)


def examine(catalog: Catalog, name: str, *, now: datetime | None = None) -> Examination:
    """Hold one table to every rule that is declared for it.

    One scan counts its rows, its key, its missing ids and all that rows break by themselves; each reference is held
    against strings of bits or, where these cannot tell, joined; each sum that must agree is one join more, and its days
    one query.  Rows that break a rule are looked for only where there are any.  A table that cannot be read is an
    answer too, not an error.

    Args:
        now: UTC without a zone; the machine's clock if None.

    Raises:
        StudyError: The catalogue lists no such table, or its entry contradicts the source.
    """
    schema = canonical(name)
    catalog.file.mapping(name)
    try:
        lacks = catalog.lacks(name)
        if lacks:
            return _unread(schema, lacks, {_without(name, column): (column,) for column in lacks})
        return _examined(catalog, schema, now or datetime.now(UTC).replace(tzinfo=None))
    except DataError as error:
        return _unread(schema, (), {str(error): ()})


def require(
    catalog: Catalog, names: Sequence[str], *, columns: Mapping[str, Sequence[str]] | None = None
) -> tuple[Examination, ...]:
    """Examine tables, and refuse to go on if the numbers of one would be wrong.

    Args:
        columns: Table → optional columns that it must have.

    Returns:
        The examinations, in the order of the names; what is left in them are warnings.

    Raises:
        StudyError: As `examine`.
        DataError: At least one failure; every failure of every table stands on a line of its own.
    """
    wanted = columns or {}
    found = tuple(examine(catalog, name) for name in names)
    refuse(
        [
            *(breach for examination in found for breach in examination.breaches),
            *(
                Breach(one.table, (column,), _without(one.table, column), 0, one.rows, (), "fail")
                for one in found
                for column in wanted.get(one.table, ())
                if one.present and column not in catalog.table(one.table).columns
            ),
        ]
    )
    return found


def _examined(catalog: Catalog, schema: CanonicalTable, now: datetime) -> Examination:
    table, mapping = catalog.table(schema.name), catalog.file.mapping(schema.name)
    ids = [column for column, kind in schema.columns.items() if kind == "id" and column in table.columns]
    asked = passing(table, schema, ids)
    rules = every_rule(table, schema, now=now)
    found = scan(table, table, schema, rules, numbered=mapping.row_id, examples_of_warnings=True, in_passing=asked)
    first, last = (_moment(found.in_passing.get(end)) for end in ("first", "last"))
    if found.rows:
        clock = now + timedelta(hours=mapping.utc_offset_hours or 0)
        beyond = [*_mixed(table, schema, found), *_of_days(table, schema, found, clock, mapping.fresh_within_hours)]
        breaches = failures_first([*found.breaches, *beyond, *_of_others(catalog, table, schema, found.rows)])
    else:
        breaches = (Breach(schema.name, (), f"the table {schema.name} has no rows", 0, 0, (), "fail"),)
    return Examination(
        table=schema.name,
        rows=found.rows,
        first=first,
        last=last,
        present=tuple(column for column in schema.columns if column in table.columns),
        lacks_required=(),
        lacks_optional=tuple(column for column in schema.columns if column not in table.columns),
        missing_ids={id_: int(found.in_passing[f"no_{id_}"]) / found.rows for id_ in ids} if found.rows else {},
        breaches=breaches,
    )


def passing(table: Any, schema: CanonicalTable, ids: Sequence[str]) -> dict[str, Any]:
    """What the one scan counts beside the rules: span, missing ids, and whether a column has more than one value."""
    asked = {f"no_{column}": table.count(where=missing(table[column])) for column in ids}
    if schema.clock in table.columns:
        asked |= {"first": table[schema.clock].min(), "last": table[schema.clock].max()}
    for column in _single(schema, table):
        asked |= {f"least_{column}": table[column].min(), f"greatest_{column}": table[column].max()}
    return asked


def _unread(schema: CanonicalTable, lacks: tuple[str, ...], faults: Mapping[str, tuple[str, ...]]) -> Examination:
    """A table of which nothing was asked: what is wrong, and with which columns."""
    breaches = tuple(Breach(schema.name, columns, said, 0, 0, (), "fail") for said, columns in faults.items())
    return Examination(schema.name, 0, None, None, (), lacks, (), {}, breaches)


def _without(table: str, column: str) -> str:
    return (
        f"the table {table} has no column {column!r}; name it in the catalogue, "
        f"columns: {{{column}: <its name in the source>}}, or state it under constants"
    )


def _single(schema: CanonicalTable, table: Any) -> list[str]:
    return [
        expectation.column
        for expectation in EXPECTATIONS.get(schema.name, ())
        if isinstance(expectation, SingleValue) and expectation.column in table.columns
    ]


def _mixed(table: Any, schema: CanonicalTable, found: Scan) -> list[Breach]:
    """Columns that should hold one value and hold several: the rows that do not have the commonest."""
    breaches = []
    for column in _single(schema, table):
        if found.in_passing[f"least_{column}"] == found.in_passing[f"greatest_{column}"]:
            continue
        known = table.filter(table[column].notnull())
        tally = collect(known.group_by(column).aggregate(times=known.count()))["times"]
        count = int(tally.sum() - tally.max())
        words = f"have another {column.replace('_', ' ')} than most"
        breaches.append(Breach(schema.name, (column,), words, count, found.rows, commonest(known, column), "fail"))
    return breaches


def _of_days(
    table: Any, schema: CanonicalTable, found: Scan, clock: datetime, fresh_within: float | None
) -> list[Breach]:
    first, last = (_moment(found.in_passing.get(end)) for end in ("first", "last"))
    if first is None or last is None:
        return []
    stale = staleness(schema, found.rows, last, fresh_within, clock) if fresh_within else []
    if schema.name not in STEADY:
        return stale
    asked = rows_by_day(table, schema.clock, min(last, clock))
    counts = {row["day"].date(): int(row["rows"]) for row in collect(asked).to_dict("records")}
    return [*stale, *unusual_days(schema, found.rows, counts, max(first, EARLIEST).date())]


def _of_others(catalog: Catalog, table: Any, schema: CanonicalTable, rows: int) -> list[Breach]:
    """What the other tables of the catalogue contradict; one that cannot be read says so in its own examination."""
    breaches = []
    for expectation in EXPECTATIONS.get(schema.name, ()):
        if not isinstance(expectation, Reference | Agreement) or expectation.table not in catalog.names:
            continue
        try:
            other = catalog.table(expectation.table)
        except (DataError, StudyError):
            continue
        needs = expectation.needs if isinstance(expectation, Agreement) else expectation.to or expectation.columns
        if not set(expectation.columns) <= set(table.columns) or not set(needs) <= set(other.columns):
            continue
        if isinstance(expectation, Reference):
            if surely_found(table, other, expectation):
                continue
            broken, words = orphans(table, other, expectation), _not_found(expectation)
        else:
            broken, words = disagreeing(table, other, expectation), expectation.words
        count = int(collect(broken.aggregate(count=broken.count()))["count"][0])
        if count:
            shown = [column for column in expectation.columns if column not in schema.key]
            key = [column for column in schema.key if column in table.columns]
            examples = listed(broken, key, shown)
            breaches.append(
                Breach(schema.name, expectation.columns, words, count, rows, examples, expectation.severity)
            )
    return breaches


def _not_found(reference: Reference) -> str:
    ids = " and ".join(column.replace("_", " ") for column in reference.columns)
    return f"have {with_article(ids)} that is in none of the {plural(reference.table)}"


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    found: datetime = value.to_pydatetime() if hasattr(value, "to_pydatetime") else value
    return datetime(found.year, found.month, found.day) if type(found) is date else found  # noqa: DTZ001
