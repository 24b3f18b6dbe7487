"""The dictionary of the canonical tables in `data/README.md`, written from the schema so that it cannot drift."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.tables.expectations import (
    EXPECTATIONS,
    STEADY,
    Agreement,
    Expectation,
    NotBelow,
    OneOf,
    Range,
    Reference,
    SingleValue,
    Unlikely,
)
from workbench.tables.schema import TABLES, CanonicalTable, Kind

BEGIN, END = "<!-- dictionary: begin -->", "<!-- dictionary: end -->"

_UNITS: dict[Kind, str] = {
    "id": "id",
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "money": "money",
    "time": "time",
    "date": "day",
    "flag": "yes or no",
}


def with_dictionary(text: str) -> str:
    """The text with its dictionary written anew, between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    entries = "\n\n".join(_entry(table) for table in TABLES.values())
    return f"{before}{BEGIN}\n\n{entries}\n\n{END}{after}"


def _entry(table: CanonicalTable) -> str:
    lines = [
        f"### {table.name}",
        "",
        f"- Grain: {table.grain}",
        f"- Key: {_names(table.key)}",
        f"- Clock: {_names([table.clock]) if table.clock else 'none'}",
        f"- Required: {_typed(table.required)}",
    ]
    if table.optional:
        lines.append(f"- Optional: {_typed(table.optional)}")
    lines += [f"- Derived: `{name}` ({_UNITS[kind]}): {rule}" for name, (kind, rule) in table.derived.items()]
    expected = EXPECTATIONS.get(table.name, ())
    for words, severity in (("Promised", "fail"), ("Expected", "warn")):
        promises = [_promise(expectation) for expectation in expected if expectation.severity == severity]
        if severity == "warn" and table.name in STEADY:
            promises.append("the last days have about as many rows as the same weekday before")
        if promises:
            lines.append(f"- {words}: {'; '.join(promises)}")
    return "\n".join(lines)


def _promise(expectation: Expectation) -> str:
    """What is promised, in words."""
    columns = [f"`{column}`" for column in expectation.columns]
    match expectation:
        case Range(least=least, above=above, most=most):
            bounds = (("≥", least), (">", above), ("≤", most))
            said = f"{columns[0]} " + " and ".join(f"{sign} {bound:g}" for sign, bound in bounds if bound is not None)
        case Unlikely(value=value):
            said = f"{columns[0]} other than {value:g}"
        case OneOf(values=values):
            said = f"{columns[0]} one of {', '.join(values)}"
        case NotBelow(strictly=strictly):
            said = f"{columns[0]} {'>' if strictly else '≥'} {columns[1]}"
        case SingleValue():
            said = f"one {columns[0]} in all rows"
        case Reference(table=table):
            said = f"{' and '.join(columns)} found in {table}"
        case Agreement(promise=promise):
            said = promise
    return said


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _typed(columns: Mapping[str, Kind]) -> str:
    return ", ".join(f"`{name}` ({_UNITS[kind]})" for name, kind in columns.items())


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_dictionary(path.read_text(encoding="utf-8")), encoding="utf-8")
