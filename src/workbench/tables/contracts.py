"""What a table must be before its numbers are believed; every breach with its count, share and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ibis

from workbench.errors import DataError, unknown
from workbench.tables.breach import Breach
from workbench.tables.catalog import Catalog
from workbench.tables.distinct import distinct, distinct_in_groups, distinct_together
from workbench.tables.examples import examples_of, listed
from workbench.tables.results import collect
from workbench.tables.rules import Rule, count_broken, row_rules, words_of
from workbench.tables.schema import CanonicalTable, canonical


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan of a table counted.

    Attributes:
        rows: All rows.
        in_passing: What else was asked for; None where there was nothing to count.
        breaches: Of the key and of what rows break by themselves, failures first.
    """

    rows: int
    in_passing: Mapping[str, Any]
    breaches: tuple[Breach, ...]


def check_contract(
    catalog: Catalog, name: str, *, columns: Sequence[str] = (), where: Mapping[str, str] | None = None
) -> tuple[Breach, ...]:
    """Check what a study needs of one table in one scan: the key, the clock, missing values, numbers that are none.

    Read are only the key, the clock, the user, what may have one value per key, and `columns`.  Where the number of
    different keys is that of the rows, no row repeats another; else, and for examples of failures, the table is scanned
    again.  `examine` asks for all that the schema declares.

    Args:
        columns: The columns that a study reads; they must exist.  A missing value there warns, NaN and infinity fail.
        where: Column → value: only these rows, e.g. one experiment.

    Returns:
        The breaches, failures first; none for a sound table.

    Raises:
        StudyError: The catalogue lists no such table.
        DataError: The table has no rows, or lacks a column; or as `Catalog.table`.
    """
    schema, whole = canonical(name), catalog.table(name)
    table = _chosen(whole, name, columns, where or {})
    rules = row_rules(table, schema, columns, now=datetime.now(UTC).replace(tzinfo=None))
    # A warning's rows are normal ones, and looking for them costs a scan.
    found = scan(table, whole, schema, rules, numbered=catalog.file.mapping(name).row_id, examples_of_warnings=False)
    if found.rows == 0:
        raise DataError(f"table {name!r} has no rows{_only(where)}; there is nothing to count")
    return found.breaches


def scan(
    table: Any,
    whole: Any,
    schema: CanonicalTable,
    rules: Sequence[Rule],
    *,
    numbered: str | None,
    examples_of_warnings: bool,
    in_passing: Mapping[str, Any] | None = None,
) -> Scan:
    """Count what breaks the rules and whether keys repeat; only for what is broken the table is scanned again.

    Args:
        table: The rows that are asked about.
        whole: The canonical table that they are of.
        numbered: The column that the catalogue makes by numbering rows: none is missing, none repeats another.
        in_passing: More to count in the same scan, Ibis aggregates by name.
    """
    rules = [rule for rule in rules if numbered not in rule.columns]
    key = [column for column in schema.key if column in table.columns]
    different = _different(table, whole, key) if key and numbered not in key else None
    counted = different is not None
    keys = {"named": _named(table, key), "different": different} if counted else {}
    counts = collect(count_broken(table, rules, {**keys, **(in_passing or {})})).iloc[0]
    rows, gone = int(counts["rows"]), counts.isna()
    breaches = []
    for i, rule in enumerate(rules):
        if not gone[f"rule_{i}"] and (count := int(counts[f"rule_{i}"])):
            sought = rule.severity == "fail" or examples_of_warnings
            examples = examples_of(table, key, schema.clock, rule) if sought else ()
            breaches.append(Breach(schema.name, rule.columns, rule.words, count, rows, examples, rule.severity))
    if rows and key and numbered not in key:
        named = table.filter(*(table[column].notnull() for column in key))
        repeated = int(counts["named"] - counts["different"]) if counted else _repeated(named, whole, key)
        breaches += _key_breaches(named, key, schema, rows, repeated)
    passed = {name: None if gone[name] else counts[name] for name in in_passing or {}}
    return Scan(rows, passed, failures_first(breaches))


def failures_first(breaches: Sequence[Breach]) -> tuple[Breach, ...]:
    """The breaches, each severity in the order in which they were found."""
    return tuple(sorted(breaches, key=lambda breach: breach.severity))


def _different(table: Any, whole: Any, key: list[str]) -> Any | None:
    """The number of different keys, if it can be counted in passing."""
    if len(key) > 1:
        return distinct_together(table, whole, key)
    return distinct(table[key[0]], whole[key[0]])


def _named(table: Any, key: list[str]) -> Any:
    """The number of rows that have a key."""
    if len(key) == 1:
        return table[key[0]].count()
    return table.count(where=ibis.and_(*(table[column].notnull() for column in key)))


def _chosen(table: Any, name: str, columns: Sequence[str], where: Mapping[str, str]) -> Any:
    for column in [*columns, *where]:
        if column not in table.columns:
            raise DataError(f"table {name!r}: {unknown('column', column, table.columns)}")
    for column, value in where.items():
        table = table.filter(table[column].cast("string") == value)
    return table


def _only(where: Mapping[str, str] | None) -> str:
    return " where " + " and ".join(f"{column} is {value!r}" for column, value in where.items()) if where else ""


def _repeated(named: Any, whole: Any, key: list[str]) -> int:
    """Rows beyond the first of their key, where that must be asked for on its own: at worst in a table of all keys."""
    counts = distinct_in_groups(named, whole, key)
    if counts is None:
        counts = named.group_by(key).aggregate(rows=named.count(), different=1)
    return int(collect(counts.aggregate(repeated=(counts.rows - counts.different).sum().fill_null(0)))["repeated"][0])


def _key_breaches(named: Any, key: list[str], schema: CanonicalTable, rows: int, repeated: int) -> list[Breach]:
    """Repeated keys, and columns that differ between rows of one key: those are looked for only among repeated ones."""
    if not repeated:
        return []
    same = " and ".join(words_of(column, schema) for column in key)
    many = named.group_by(key).having(lambda t: t.count() > 1).aggregate()
    words = f"repeat the {same} of another row"
    breaches = [Breach(schema.name, tuple(key), words, repeated, rows, listed(many, key), "fail")]
    for column in (column for column in schema.one_value_per_key if column in named.columns):
        # Least and greatest tell whether there are two; counting distinct values per key costs twice the scan.
        torn = (
            named.group_by(key)
            .having(lambda t, column=column: t[column].min() != t[column].max())
            .aggregate(rows=named.count())
        )
        count = int(collect(torn.aggregate(rows=torn.rows.sum().fill_null(0)))["rows"][0])
        if count:
            words = f"have the same {same} as another row, but not the same {words_of(column, schema)}"
            breaches.append(Breach(schema.name, (column,), words, count, rows, listed(torn, key), "fail"))
    return breaches
