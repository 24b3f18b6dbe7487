"""Text of an export made into typed columns; what is not what its column must be is refused with its row numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.errors import DataError, unknown
from workbench.tables.schema import IN_WORDS, Kind

if TYPE_CHECKING:
    from workbench.tables.importers.desk import Desk

EXAMPLES = 3
_TYPES: Mapping[Kind, str] = {
    "id": "VARCHAR",
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DOUBLE",
    "time": "TIMESTAMP",
    "date": "DATE",
    "flag": "BOOLEAN",
}
# Every stored value is one of these.
_ANY = ("id", "text")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that an importer reads.

    Attributes:
        name: What the importer calls it.
        kind: What its values must be; ids become text, and lose the ".0" that they get on their way through pandas.
        spellings: Its names in exports, the first found counts; case does not matter.  `name` if none are given.
        optional: Where an export lacks it, its values are missing.
        formats: For times and days that are not ISO: the engine's formats, each tried on the whole column.
    """

    name: str
    kind: Kind
    spellings: tuple[str, ...] = ()
    optional: bool = False
    formats: tuple[str, ...] = ()


def find_column(file: str, column: Column, present: Sequence[str]) -> str:
    """The name by which an export has a column; "" if it lacks an optional one.

    Raises:
        DataError: It lacks one that is needed; names the nearest.
    """
    spellings = column.spellings or (column.name,)
    folded = {name.strip().casefold(): name for name in present}
    for spelling in spellings:
        if spelling.casefold() in folded:
            return folded[spelling.casefold()]
    if column.optional:
        return ""
    wanted = " or ".join(repr(spelling) for spelling in spellings)
    _, _, near = unknown("column", spellings[0], present).partition("; ")
    raise DataError(f"{file} has no column {wanted}; {near}; is this the right file, and whole?")


def cast_table(
    desk: Desk, file: str, name: str, columns: Sequence[Column], stated: Mapping[str, str], *, place: str = "row"
) -> int:
    """Make the table `name` of the table or view `name`_text, with every column cast to its kind, and count its rows.

    Args:
        file: What a message calls the source.
        columns: Those that `name`_text lacks become missing values.
        stated: Column → what a message calls it: its name in the source, where that has names.
        place: What a message calls a row: "line" where a file has no header, so that its lines are counted from 1.

    Raises:
        DataError: Values are not what their column must be, or there is no row.
    """
    types = dict(desk.rows(f"SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '{name}_text'"))  # noqa: S608
    present = [column for column in columns if column.name in types]
    values = {column.name: f"NULL::{_TYPES[column.kind]}" for column in columns}
    for column in present:
        values[column.name] = _cast(desk, name, column, types[column.name], f"{file}: {_said(column, stated)}")
    made = ", ".join(f"{value} AS {column_name(column)}" for column, value in values.items())
    misfit = " OR ".join(
        f"({_text(c)} IS NOT NULL AND {values[c.name]} IS NULL)" for c in present if c.kind not in _ANY
    )
    # One pass over the source, for it may be a long text; a second only to show what is wrong.
    desk.run(
        f"CREATE TABLE {name} AS SELECT row, {made}, {misfit or 'false'} AS misfit FROM {name}_text",  # noqa: S608
        f"{file} cannot be read",
    )
    if desk.value(f"SELECT coalesce(bool_or(misfit), false) FROM {name}"):  # noqa: S608
        faults = "; ".join(_misfits(desk, name, present, stated, place))
        raise DataError(f"{file}: {faults}; {remedy(place)}")
    desk.run(f"ALTER TABLE {name} DROP COLUMN misfit")
    count = int(desk.value(f"SELECT count(*) FROM {name}"))  # noqa: S608
    if not count:
        raise DataError(f"{file} has {'a header but no rows' if place == 'row' else 'no lines'}; export it again")
    return count


def remedy(place: str) -> str:
    """What to do about values that are wrong in some rows, or lines.

    >>> remedy("row"), remedy("line")
    ('correct the source (row 1 is the first below the header)', 'correct the source')
    """
    return "correct the source" + (" (row 1 is the first below the header)" if place == "row" else "")


def _cast(desk: Desk, name: str, column: Column, dtype: str, said: str) -> str:
    text, kind = _text(column), column.kind
    if kind == "id":
        return f"regexp_replace({text}, '^(\\d+)\\.0$', '\\1')"
    if kind == "text":
        return text
    if kind == "integer":
        number = f"TRY_CAST({text} AS DOUBLE)"
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS BIGINT) END"
    if kind in {"time", "date"} and dtype == "VARCHAR":
        return _parsed(desk, name, column, said)
    # A stored time with a zone is brought to UTC: the engine's session is in UTC.
    value = f"TRY_CAST({text if dtype == 'VARCHAR' else column_name(column.name)} AS {_TYPES[kind]})"
    # "inf" and "nan" are numbers to the engine; one of them makes every sum useless.
    return f"CASE WHEN isfinite({value}) THEN {value} END" if kind in {"number", "money"} else value


def _parsed(desk: Desk, name: str, column: Column, said: str) -> str:
    """ISO, or the one format by which most of the column can be read: of 3/4 and 25/4 the second tells the order."""
    text, kind = _text(column), _TYPES[column.kind]
    ways = [f"CAST(TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS {kind})"]
    for form in column.formats:
        parsed = f"try_strptime({text}, '{form}')"
        # The engine reads the year of 3/4/10 as the year 10, where %Y is asked for.
        ways.append(f"CAST(CASE WHEN year({parsed}) >= 1900 THEN {parsed} END AS {kind})")
    counts = desk.rows(f"SELECT {', '.join(f'count({way})' for way in ways)} FROM {name}_text")[0]  # noqa: S608
    best, *others = (way for way, count in zip(ways, counts, strict=True) if count == max(counts))
    same = " AND ".join(f"{best} IS NOT DISTINCT FROM {other}" for other in others)
    if max(counts) and same and not desk.value(f"SELECT coalesce(bool_and({same}), true) FROM {name}_text"):  # noqa: S608
        raise DataError(f"{said} has days that can be read as day/month and as month/day; save them as 2026-01-31")
    return best


def _misfits(desk: Desk, name: str, columns: Sequence[Column], stated: Mapping[str, str], place: str) -> Iterator[str]:
    """A sentence for each column with values that its kind does not allow."""
    for column in (column for column in columns if column.kind not in _ANY):
        wrong = (
            f"FROM {name}_text SEMI JOIN (FROM {name} WHERE misfit AND {column_name(column.name)} IS NULL) USING (row) "
            f"WHERE {_text(column)} IS NOT NULL"
        )
        found = desk.value(f"SELECT count(*) {wrong}")
        if not found:
            continue
        shown = desk.rows(f"SELECT row, {_text(column)} {wrong} ORDER BY row LIMIT {EXAMPLES}")
        examples = ", ".join(f"{value!r} in {place} {row:,}" for row, value in shown)
        count = "1 value is" if found == 1 else f"{found:,} values are"
        yield f"{_said(column, stated)}: {count} no {IN_WORDS[column.kind]}: {examples}"


def _said(column: Column, stated: Mapping[str, str]) -> str:
    return f"column {(stated.get(column.name) or column.name)!r}"


def _text(column: Column) -> str:
    return f"nullif(trim({column_name(column.name)}::VARCHAR), '')"


def column_name(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
