"""What each row of a table breaks or keeps by itself, as conditions that one scan counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from workbench.tables.expectations import EXPECTATIONS, NotBelow, OneOf, Range, RowExpectation, Severity, Unlikely
from workbench.tables.schema import CanonicalTable

# Public data of shops begin in the nineties; what is older is a clock at its zero (1970, 1980) or a slip.
EARLIEST = datetime(1990, 1, 1)  # noqa: DTZ001  the business clock has no zone
# Made by the catalogue from this column: what is wrong there is said once.
_MADE_FROM = {"revenue": "subtotal", "margin": "cost"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that no row may meet.

    Attributes:
        columns: The columns that it is about.
        words: As `Breach.rule`.
        severity: As `Breach.severity`.
        broken: True where a row breaks it, an Ibis expression.
        shown: Columns whose values an example shows.
        tallied: Whether the examples are its values, the commonest first, and not rows.
    """

    columns: tuple[str, ...]
    words: str
    severity: Severity
    broken: Any
    shown: tuple[str, ...] = ()
    tallied: bool = False


def row_rules(table: Any, schema: CanonicalTable, columns: Sequence[str], *, now: datetime) -> list[Rule]:
    """The rules that a study needs: of the key, the clock, the user, and of the columns that it reads.

    Args:
        columns: A missing value there warns, NaN and infinity fail.
        now: UTC without a zone.  What is a day later lies in the future on every business clock.
    """
    strict = _strict(schema)
    named = dict.fromkeys([*strict, "user_id", *columns])
    return [
        *_missing_rules(table, schema, {column: "fail" if column in strict else "warn" for column in named}),
        *_clock_rules(table, schema, now),
        *_finite_rules(table, schema, dict.fromkeys(columns)),
    ]


def every_rule(table: Any, schema: CanonicalTable, *, now: datetime) -> list[Rule]:
    """All rules that rows of a table can break by themselves.

    A required value may be missing only where it is an id outside the key, which warns: some orders are nobody's.
    """
    strict = _strict(schema)
    severities: dict[str, Severity] = dict.fromkeys(strict, "fail")
    for column, kind in schema.required.items():
        severities.setdefault(column, "warn" if kind == "id" else "fail")
    severities.setdefault("user_id", "warn")
    numbers = (column for column in schema.columns if _MADE_FROM.get(column) not in table.columns)
    return [
        *_missing_rules(table, schema, severities),
        *_clock_rules(table, schema, now),
        *_finite_rules(table, schema, numbers),
        *(
            _declared(table, schema, expectation)
            for expectation in EXPECTATIONS.get(schema.name, ())
            if isinstance(expectation, RowExpectation) and set(expectation.columns) <= set(table.columns)
        ),
    ]


def count_broken(table: Any, rules: Sequence[Rule], in_passing: Mapping[str, Any]) -> Any:
    """One row: `rows`, how many break each rule, and what else can be counted in passing."""
    flags = {f"rule_{i}": table.count(where=rule.broken) for i, rule in enumerate(rules)}
    return table.aggregate(rows=table.count(), **in_passing, **flags)


def missing(column: Any) -> Any:
    """Whether a value is missing; blank text is none."""
    return column.isnull() | (column.strip() == "") if column.type().is_string() else column.isnull()


def words_of(column: str, schema: CanonicalTable) -> str:
    """A column in words."""
    return "time" if column == schema.clock else column.replace("_", " ")


def with_article(name: str) -> str:
    """A name after "a" or "an".

    >>> with_article("event name")
    'an event name'
    """
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def _strict(schema: CanonicalTable) -> list[str]:
    return [*(column for column in schema.key if column in schema.required), *schema.one_value_per_key, schema.clock]


def _missing_rules(table: Any, schema: CanonicalTable, severities: Mapping[str, Severity]) -> list[Rule]:
    return [
        Rule((column,), f"have no {words_of(column, schema)}", severity, missing(table[column]))
        for column, severity in severities.items()
        if column in table.columns
    ]


def _clock_rules(table: Any, schema: CanonicalTable, now: datetime) -> list[Rule]:
    if schema.clock not in table.columns:
        return []
    clock, about = table[schema.clock], (schema.clock,)
    first, last = EARLIEST, now + timedelta(days=1)
    ends = (first.date(), last.date()) if clock.type().is_date() else (first, last)
    return [
        Rule(about, "are dated before 1990", "fail", clock < ends[0], shown=about),
        Rule(about, "lie in the future", "fail", clock > ends[1], shown=about),
    ]


def _finite_rules(table: Any, schema: CanonicalTable, columns: Iterable[str]) -> list[Rule]:
    # x − x is NaN for these, which differs from 0 on every engine; not every engine can ask for infinity by name.
    return [
        Rule(
            (column,),
            f"have {with_article(words_of(column, schema))} that is infinite or no number",
            "fail",
            table[column] - table[column] != 0,
            shown=(column,),
        )
        for column in columns
        if column in table.columns and table[column].type().is_floating()
    ]


def _finite(column: Any) -> Any:
    return column - column == 0


def _declared(table: Any, schema: CanonicalTable, expectation: RowExpectation) -> Rule:
    column, about = table[expectation.column], expectation.columns
    name = words_of(expectation.column, schema)
    match expectation:
        case Range():
            broken, words = _outside(column, expectation)
            return Rule(about, f"have {name} {words}", expectation.severity, broken, shown=about)
        case Unlikely(value=value):
            words = f"have {name} of {value:g}"
            return Rule(about, words, expectation.severity, column == value)
        case OneOf(values=values):
            words = f"have {with_article(name)} other than {', '.join(values)}"
            broken = column.notin([*values, ""])
            return Rule(about, words, expectation.severity, broken, shown=about, tallied=True)
        case NotBelow(other=other, strictly=strictly):
            broken = column <= table[other] if strictly else column < table[other]
            if table[other].type().is_floating():  # to some engines NaN is the greatest number
                broken = broken & _finite(table[other])
            return Rule(about, expectation.words, expectation.severity, broken, shown=about)


def _outside(column: Any, bounds: Range) -> tuple[Any, str]:
    """What is not in the range, and in words."""
    broken, words = [], []
    if bounds.least is not None:
        broken.append(column < bounds.least)
        words.append(f"below {bounds.least:g}")
    if bounds.above is not None:
        broken.append(column <= bounds.above)
        words.append(f"of {bounds.above:g} or less")
    if bounds.most is not None:
        # To some engines NaN is the greatest number.
        over = column > bounds.most
        broken.append(over & _finite(column) if column.type().is_floating() else over)
        words.append(f"above {bounds.most:g}")
    return broken[0] if len(broken) == 1 else broken[0] | broken[1], " or ".join(words)
