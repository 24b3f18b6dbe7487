"""Hillstrom's e-mail challenge (2008): 64,000 customers, three arms, what they did in the two weeks after.

The file has neither ids nor a day: the catalogue numbers its rows, and `exposed_at` is left out.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers.account import Read
from workbench.tables.importers.desk import Column, Desk, Imported, Table, quoted

EXPERIMENT = "email"
ARMS = ("Mens E-Mail", "Womens E-Mail", "No E-Mail")
ROWS, REPEATED = 64_000, 6_562  # of the published file; its other 57,438 rows are distinct
_COLUMNS = (
    Column("recency", "integer"),
    Column("history_segment", "text"),
    Column("history", "money"),
    Column("mens", "integer"),
    Column("womens", "integer"),
    Column("zip_code", "text"),
    Column("newbie", "integer"),
    Column("channel", "text"),
    Column("segment", "text"),
    Column("visit", "integer"),
    Column("conversion", "integer"),
    Column("spend", "money"),
)


_WRONG = (
    ("segment", f"segment NOT IN ({', '.join(map(quoted, ARMS))})", f"one of {', '.join(ARMS)}"),
    ("visit", "visit NOT IN (0, 1)", "0 or 1"),
    ("conversion", "conversion NOT IN (0, 1)", "0 or 1"),
    ("spend", "spend < 0", "an amount of 0 or more"),
)


def convert(desk: Desk, path: Path) -> Imported:
    """Every row becomes one exposure, with its outcomes and what was known before as columns."""
    rows = desk.read(path, "customers", _COLUMNS)
    for column, wrong, words in _WRONG:
        desk.refuse(path.name, "customers", column, f"{column} IS NULL OR {wrong}", words)
    notes = _notes(desk, path, rows)
    desk.run("ALTER TABLE customers ADD COLUMN into_table VARCHAR DEFAULT 'exposures'")
    desk.run("ALTER TABLE customers ADD COLUMN why VARCHAR DEFAULT 'customers with their arm and outcomes'")
    query = (
        f"SELECT '{EXPERIMENT}' AS experiment, segment AS variant, "  # noqa: S608  own words
        "* EXCLUDE (segment, into_table, why) FROM customers"
    )
    fates = desk.fates("customers", "spend")
    return Imported({"exposures": Table(query, row_id="user_id")}, (Read(path.name, rows, fates),), notes)


def _notes(desk: Desk, path: Path, rows: int) -> tuple[str, ...]:
    """What is unusual; without ids nobody can tell a customer who stands twice from two who are alike."""
    columns = ", ".join(column.name for column in _COLUMNS)
    repeated = rows - int(desk.value(f"SELECT count(DISTINCT ({columns})) FROM customers"))  # noqa: S608  own words
    if rows > ROWS:
        raise DataError(
            f"{path.name} has {rows:,} rows, and {repeated:,} of them repeat another; wanted the published file, with "
            f"{ROWS:,} and {REPEATED:,}; download it again"
        )
    whole = "" if rows == ROWS else f"; this is not the whole file, which has {ROWS:,} rows and {REPEATED:,} such"
    return (
        "the file has no ids; rows are numbered",
        f"rows that repeat another in every column, and stay: {repeated:,} of {rows:,} ({repeated / rows:.0%}){whole}",
    )
