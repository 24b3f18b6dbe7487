"""CDNOW: every purchase until June 1998 of the customers who first bought in the first quarter of 1997.

`CDNOW_master.txt` has all 23,570 of them, `CDNOW_sample.txt` the tenth of the papers (Fader, Hardie and Lee 2005,
"Counting your customers the easy way", Marketing Science 24), with a number of its own beside the master's.
"""

from __future__ import annotations

from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers.account import Read
from workbench.tables.importers.desk import Column, Desk, Imported, Table

_LINE = r"\s*(?P<user_id>\d+)\s+(?:(?P<sample_id>\d+)\s+)?(?P<day>\d{8})\s+(?P<cds>\d+)\s+(?P<dollars>\d+\.\d+)\s*"
# Some copies begin with the names of the columns.
_HEADING = r"\s*[A-Za-z_]+(\s+[A-Za-z_]+)+\s*"
PUBLISHED_REPEATED = 255 / 69_659  # of the master file's purchases
_COLUMNS = (
    Column("user_id", "id"),
    Column("sample_id", "id"),
    Column("day", "date", formats=("%Y%m%d",)),
    Column("cds", "integer"),
    Column("dollars", "money"),
)


def convert(desk: Desk, path: Path) -> Imported:
    """Every line becomes one order at midnight of its day; two of one day stay two orders."""
    read = desk.read_lines(path, "lines", _LINE, _COLUMNS, heading=_HEADING)
    desk.run("CREATE TABLE purchases AS SELECT * FROM lines WHERE user_id IS NOT NULL")
    if not desk.value("SELECT count(*) FROM purchases"):
        raise DataError(f"{path.name} has a header but no rows; export it again")
    desk.run(
        "CREATE VIEW fated AS SELECT row, dollars, if(user_id IS NULL, '', 'orders') AS into_table, "
        "if(user_id IS NULL, 'the header line', 'purchases, an order each') AS why FROM lines"
    )
    orders = (
        "SELECT row AS order_id, user_id, day::TIMESTAMP AS ordered_at, 'placed' AS status, dollars AS subtotal, "
        "0.0::DOUBLE AS discount, cds FROM purchases"
    )
    users = (
        "SELECT user_id, any_value(sample_id) AS sample_id, min(day)::TIMESTAMP AS first_seen_at "
        "FROM purchases GROUP BY user_id"
    )
    return Imported(
        {"orders": Table(orders, constants={"currency": "USD"}), "users": Table(users)},
        (Read(path.name, read, desk.fates("fated", "dollars")),),
        _notes(desk, path),
    )


def _notes(desk: Desk, path: Path) -> tuple[str, ...]:
    free = desk.value("SELECT count(*) FROM purchases WHERE dollars = 0")
    exact = desk.repeated(path.name, "purchases", "user_id, day, cds, dollars", "'line ' || row", PUBLISHED_REPEATED)
    orders, same = desk.rows("SELECT count(*), count(*) - count(DISTINCT (user_id, day)) FROM purchases")[0]
    repeated = f"{exact:,} ({exact / orders:.1%} of all)"
    merged = "all stay orders of their own, so a study of repeat purchase merges them by day"
    return (
        f"orders that follow another of the same customer on the same day: {same:,}; {merged}",
        f"orders that repeat another in day, number of CDs and amount, and stay: {repeated}",
        f"orders with an amount of 0: {free:,}",
        "no product is named, so there are no order items; orders keep the number of CDs",
    )
