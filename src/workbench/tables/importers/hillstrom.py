"""Hillstrom's e-mail challenge (2008): 64,000 customers, three arms, what they did in the two weeks after.

The file has neither ids nor a day: rows are numbered, and `exposed_at` is left out.
"""

from __future__ import annotations

from pathlib import Path

from workbench.tables.importers.account import Read
from workbench.tables.importers.desk import Column, Desk, Imported, Table

EXPERIMENT = "email"
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


def convert(desk: Desk, path: Path) -> Imported:
    """Every row becomes one exposure, with its outcomes and what was known before as columns."""
    desk.read(path, "customers", _COLUMNS)
    desk.run("ALTER TABLE customers ADD COLUMN into_table VARCHAR DEFAULT 'exposures'")
    desk.run("ALTER TABLE customers ADD COLUMN why VARCHAR DEFAULT 'customers with their arm and outcomes'")
    query = (
        f"SELECT '{EXPERIMENT}' AS experiment, row AS user_id, segment AS variant, "  # noqa: S608  own words
        "* EXCLUDE (row, segment, into_table, why) FROM customers"
    )
    fates = desk.fates("customers", "spend")
    return Imported({"exposures": Table(query)}, (Read(path.name, sum(f.rows for f in fates), fates),))
