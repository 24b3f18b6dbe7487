"""From a table as it is stored to the canonical one: names, types, clock, constants, derived columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import ibis

from workbench.errors import DataError, StudyError, unknown
from workbench.tables.mapping import Constant, TableMapping
from workbench.tables.results import collect
from workbench.tables.schema import ENGINE_TYPES, IN_WORDS, CanonicalTable, Kind


def canonical_table(stored: Any, table: CanonicalTable, mapping: TableMapping, *, checked: bool) -> Any:
    """The canonical table over a stored one, an Ibis expression.

    Args:
        stored: The source, an Ibis table.
        table: What it is to become.
        mapping: How.
        checked: Count text and fractions that do not fit their column before they are cast (needs an engine that
            can try a cast, as DuckDB can; a server refuses them by itself when it is asked).

    Raises:
        StudyError: A constant or number of rows would hide a column, or times come without `utc_offset_hours`.
        DataError: A column is missing, or values are not what their column must be.
    """
    named = _named(stored, table, mapping)
    casts = {name: _cast(name, column, table.columns.get(name)) for name, column in named.items()}
    if checked:
        _refuse_misfits(stored, [cast for cast in casts.values() if cast.misfit is not None])
    columns = {name: _on_clock(cast, mapping) for name, cast in casts.items()}
    columns |= {name: _constant(name, value, table.columns.get(name)) for name, value in mapping.constants.items()}
    if mapping.row_id:
        columns[mapping.row_id] = (ibis.row_number() + 1).cast("int64")
    for name in lacking(stored, table, mapping):
        _, _, near = unknown("column", name, stored.columns).partition("; ")
        raise DataError(
            f"the source lacks the column {name!r} ({near}); "
            f"name it in the catalogue, columns: {{{name}: <its name in the source>}}, or state it under constants"
        )
    canonical_order = [name for name in table.columns if name in columns]
    beyond = [name for name in columns if name not in table.columns]
    # Casts and days need no look at the other rows, so the engine still reads only the columns that are asked for.
    return _derived(stored.select(**{name: columns[name] for name in canonical_order + beyond}), table)


def lacking(stored: Any, table: CanonicalTable, mapping: TableMapping) -> tuple[str, ...]:
    """The required columns that neither the source nor the catalogue gives.

    Raises:
        StudyError, DataError: The mapping contradicts the source.
    """
    given = {*_named(stored, table, mapping), *mapping.constants, mapping.row_id}
    return tuple(name for name in table.required if name not in given)


def _named(stored: Any, table: CanonicalTable, mapping: TableMapping) -> dict[str, Any]:
    """Canonical or own name → column of the source.  Engines fold case, so names that differ in case alone are one."""
    for column in mapping.columns.values():
        if column not in stored.columns:
            raise DataError(f"columns: {unknown('column of the source', column, stored.columns)}")
    named = {name: stored[column] for name, column in mapping.columns.items()}
    taken = set(mapping.columns.values())
    known = {name.casefold(): name for name in table.columns}
    made = {name.casefold(): name for name in (*mapping.constants, *([mapping.row_id] if mapping.row_id else []))}
    given = {name.casefold() for name in named}
    for column in (column for column in stored.columns if column not in taken):
        folded = column.casefold()
        if folded in made:
            raise StudyError(
                f"the source has a column {column!r} already, which {made[folded]!r} under constants or row_id "
                "would hide; remove that entry"
            )
        if folded not in given:
            named[known.get(folded, column)] = stored[column]
    return named


@dataclass(frozen=True, slots=True)
class _Cast:
    """A column on its way to its kind: its value there, and which rows do not fit (None: all do)."""

    name: str
    kind: Kind | None
    stored: Any
    value: Any
    misfit: Any = None


def _cast(name: str, column: Any, kind: Kind | None) -> _Cast:
    dtype = column.type()
    if kind is None:
        value = column.cast("float64") if dtype.is_decimal() else _naive(column) if dtype.is_timestamp() else column
        return _Cast(name, kind, column, value)
    if kind in {"id", "text"}:
        return _cast_label(name, column, kind)
    if dtype.is_string():
        return _cast_text(name, column, kind)
    if kind == "integer" and not dtype.is_integer():
        return _cast_whole(name, column, kind)
    if kind in {"time", "date"}:
        if not (dtype.is_timestamp() or dtype.is_date()):
            raise DataError(f"column {name!r} must be a {kind}, but the source holds {dtype}; make it a {kind} there")
        # A day is taken after the shift to the business clock.
        return _Cast(name, kind, column, _naive(column) if dtype.is_timestamp() else column.cast(ENGINE_TYPES[kind]))
    return _Cast(name, kind, column, column.cast(ENGINE_TYPES[kind]))


def _cast_label(name: str, column: Any, kind: Kind) -> _Cast:
    dtype = column.type()
    if dtype.is_string() or (kind == "id" and dtype.is_integer()):
        return _Cast(name, kind, column, column)
    if kind == "id" and (dtype.is_floating() or dtype.is_decimal()):
        return _cast_whole(name, column, kind)
    return _Cast(name, kind, column, column.cast("string"))


def _cast_whole(name: str, column: Any, kind: Kind) -> _Cast:
    """Numbers that must be whole: files that went through pandas hold ids with gaps as 17850.0."""
    if not column.type().is_numeric():
        return _Cast(name, kind, column, column.cast("int64"))
    return _Cast(name, kind, column, column.cast("int64"), ~_is_whole(column.cast("float64")))


def _is_whole(number: Any) -> Any:
    # Beyond 2^53 a float64 no longer tells neighbouring whole numbers apart.
    return (number.abs() <= 2**53) & (number == number.floor())


def _cast_text(name: str, column: Any, kind: Kind) -> _Cast:
    text = column.strip().nullif("")
    if kind in {"time", "date"}:
        # By way of a zone: a plain cast would drop "+08:00" without a word.  Text without a zone is taken as it stands.
        tried, value = text.try_cast("timestamp('UTC')"), text.cast("timestamp('UTC')").cast("timestamp")
        if kind == "date":
            tried, value = text.try_cast("date"), text.cast("date")
        return _Cast(name, kind, column, value, text.notnull() & tried.isnull())
    tried = text.try_cast("boolean" if kind == "flag" else "float64")
    misfit = tried.isnull() | ~_is_whole(tried) if kind == "integer" else tried.isnull()
    return _Cast(name, kind, column, text.cast(ENGINE_TYPES[kind]), text.notnull() & misfit)


def _naive(column: Any) -> Any:
    """UTC without a zone, in microseconds."""
    dtype = column.type()
    coarse = dtype.timezone is None and (dtype.scale is None or dtype.scale <= 6)
    return column if coarse else column.cast("timestamp")


def _on_clock(cast: _Cast, mapping: TableMapping) -> Any:
    column, name = cast.value, cast.name
    if not column.type().is_timestamp():
        return column
    if mapping.utc_offset_hours is None:
        raise StudyError(
            f"column {name!r} holds times, so the catalogue must say utc_offset_hours: the hours from the stored "
            "clock to the business clock (8 from UTC to China; 0 if the times are local already)"
        )
    minutes = round(mapping.utc_offset_hours * 60)
    shifted = column + ibis.interval(minutes=minutes) if minutes else column
    return shifted.cast("date") if cast.kind == "date" else shifted


def _refuse_misfits(stored: Any, casts: list[_Cast]) -> None:
    """Count, in one pass, the values that are not what their columns must be."""
    if not casts:
        return
    counts = collect(stored.aggregate(rows=stored.count(), **{cast.name: cast.misfit.sum() for cast in casts})).iloc[0]
    wrong = [(cast, int(counts[cast.name])) for cast in casts if not counts.isna()[cast.name] and counts[cast.name]]
    if wrong:
        faults = [
            f"column {cast.name!r}: {count:,} of {int(counts['rows']):,} values are no "
            f"{IN_WORDS[cast.kind or 'text']}, e.g. {_examples(stored, cast)}"
            for cast, count in wrong
        ]
        raise DataError("; ".join(faults) + "; correct the source")


def _examples(stored: Any, cast: _Cast) -> str:
    values = stored.filter(cast.misfit).select(value=cast.stored.cast("string")).distinct().order_by("value").limit(3)
    return ", ".join(repr(value) for value in collect(values)["value"])


def _constant(name: str, value: Constant, kind: Kind | None) -> Any:
    """A column that holds one value; a time among them is in the business clock already."""
    if kind in {"time", "date"}:
        try:
            datetime.fromisoformat(str(value))
        except ValueError:
            raise StudyError(f"constants: {name} must be a {IN_WORDS[kind]}, found {value!r}") from None
    if kind is None:
        return ibis.literal(value)
    return ibis.literal(str(value) if kind in {"text", "time", "date"} else value).cast(
        ibis.literal(value).type() if kind == "id" else ENGINE_TYPES[kind]
    )


def _derived(table: Any, canonical: CanonicalTable) -> Any:
    """Add what the schema derives, where its parts are there and the source does not state it itself."""
    if canonical.name != "orders":
        return table
    has = set(table.columns)
    if "revenue" not in has and {"subtotal", "discount"} <= has:
        table = table.mutate(revenue=table.subtotal - table.discount.fill_null(0.0))
    if "margin" not in has and "cost" in has and "revenue" in table.columns:
        table = table.mutate(margin=table.revenue - table.cost)
    if "refunded" not in has and "refund" in has:
        return table.mutate(refunded=(table.refund > 0).fill_null(False))
    if "refunded" not in has and "status" in has:
        return table.mutate(refunded=(table.status == "returned").fill_null(False))
    return table
