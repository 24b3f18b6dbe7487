"""The dictionary of the canonical tables in `data/README.md`, written from the schema so that it cannot drift."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from workbench.tables.expectations import EXPECTATIONS, STEADY
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
        promises = [expectation.promise for expectation in expected if expectation.severity == severity]
        if severity == "warn" and table.name in STEADY:
            promises.append("the last days have about as many rows as the same weekday before")
        if promises:
            lines.append(f"- {words}: {'; '.join(promises)}")
    return "\n".join(lines)


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _typed(columns: Mapping[str, Kind]) -> str:
    return ", ".join(f"`{name}` ({_UNITS[kind]})" for name, kind in columns.items())


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_dictionary(path.read_text(encoding="utf-8")), encoding="utf-8")
