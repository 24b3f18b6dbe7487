"""Three rows that break a rule, by name: few enough to read, enough to find the cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workbench.tables.results import collect
from workbench.tables.rules import Rule

EXAMPLES = 3


def examples_of(table: Any, key: Sequence[str], clock: str, rule: Rule) -> tuple[str, ...]:
    """Up to three rows that break a rule, by their key or, where the rule is about the key itself, by their time.

    Of an enumeration the commonest unknown values.
    """
    broken = table.filter(rule.broken)
    if rule.tallied:
        return commonest(broken, rule.columns[0])
    named = [column for column in key if column not in rule.columns]
    if not named and clock in table.columns and clock not in rule.columns:
        named = [clock]
    return listed(broken, named, rule.shown) if named else ()


def listed(rows: Any, named: Sequence[str], shown: Sequence[str] = ()) -> tuple[str, ...]:
    """The first three rows in the order of their names, so that the same data say the same."""
    columns = list(dict.fromkeys([*named, *shown]))
    first = rows.select(*columns).distinct().order_by(*columns).limit(EXAMPLES)
    found = collect(first.select(**{column: first[column].cast("string").fill_null("(missing)") for column in columns}))
    return tuple(
        ", ".join(f"{_name(column)} {_plain(row[column])}" for column in named) + _values(row, shown)
        for row in found.to_dict("records")
    )


def _values(row: dict[Any, str], shown: Sequence[str]) -> str:
    if len(shown) == 1 and not shown[0].endswith("_id"):
        return f": {_plain(row[shown[0]])}"
    said = ", ".join(f"{_name(column)} {_plain(row[column])}" for column in shown)
    return f": {said}" if said else ""


def commonest(rows: Any, column: str) -> tuple[str, ...]:
    """The commonest values of a column, with how often they stand there."""
    tally = rows.group_by(value=rows[column].cast("string")).aggregate(times=rows.count())
    found = collect(tally.order_by(tally.times.desc(), tally.value).limit(EXAMPLES))
    return tuple(
        f"{row['value']!r} in {row['times']:,} row{'s' if row['times'] > 1 else ''}" for row in found.to_dict("records")
    )


def _name(column: str) -> str:
    """What a column names, in words: "user" for user_id."""
    return column.removesuffix("_id").removesuffix("_no").replace("_", " ")


def _plain(value: str) -> str:
    return value.removesuffix(" 00:00:00")
