"""Tables for readers and for programs, also where there is nothing to say."""

from __future__ import annotations

import pandas as pd

from workbench.readiness import conclusion, plots, tabulate


def orders(**columns: object) -> pd.DataFrame:
    at = pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-30 11:00"], format="ISO8601")
    return pd.DataFrame({"order_id": [1, 2, 3], "user_id": [1, 2, 2], "ordered_at": at}).assign(**columns)


def mixed(house):
    """Orders that repeat, users that are not there, a channel that is missing, events that nobody lists."""
    house.notebook("ab", needs={"orders": ["user_id", "channel"], "users": ["user_id"]}, may_use=["events", "spend"])
    house.notebook("odd", needs={"orders": 3})
    spend = pd.DataFrame({"spend_date": pd.to_datetime(["2026-06-29"]).date, "channel": "search", "spend": 1.0})
    house.tables({"orders": orders(order_id=[1, 2, 2]), "spend": spend})
    return house.judge()


def test_what_to_mend(house):
    frame = tabulate.mend_table(mixed(house))
    assert list(frame["Table"]) == ["orders", "orders", "users", "none"]
    assert list(frame["Where"]) == ["catalog.yaml, line 3", "orders.parquet", "catalog.yaml", "notebooks/odd.ipynb"]
    assert list(frame["Waiting for it"]) == ["ab", "ab", "ab", "odd"]
    assert frame["What to mend"][1] == "1 of 3 orders repeats the order id of another row"


def test_tables(house):
    frame = tabulate.table_table(mixed(house)).astype(object)
    rows = frame.where(frame.notna(), None).to_dict("records")
    day = "{}\N{NO-BREAK SPACE}Jun\N{NO-BREAK SPACE}2026".format
    assert rows == [
        {"Table": "orders", "State": "Mend", "Rows": 3, "From": day(1), "To": day(30), "Age": "1 hour", "To mend": 1, "Notes": 0},
        {"Table": "spend", "State": "Sound", "Rows": 1, "From": day(29), "To": day(29), "Age": "12 hours", "To mend": 0, "Notes": 0},
        {"Table": "users", "State": "Missing"} | dict.fromkeys(["Rows", "From", "To", "Age", "To mend", "Notes"]),
    ]  # fmt: skip


def test_breaches(house):
    (row,) = tabulate.breach_table(mixed(house)).to_dict("records")
    assert row == {
        "Table": "orders",
        "Weight": "Mend",
        "What is wrong": "repeat the order id of another row",
        "Rows": "1 of 3",
        "Share": "33.3 %",
        "Examples": "order 2",
    }


def test_values_for_programs(house):
    found = mixed(house)
    verdicts = tabulate.verdict_values(found)
    assert list(verdicts["name"]) == ["ab", "ab", "ab", "odd"]
    assert list(verdicts["column"]) == ["channel", "", "", ""]
    tables = tabulate.table_values(found).set_index("table")
    assert tables["age_hours"].dropna().to_dict() == {"orders": 1.0, "spend": 12.0}
    assert tables["last"]["orders"] == pd.Timestamp("2026-06-30 11:00")
    assert "channel" in tables.loc["orders", "lacks"].split(", ")
    assert tabulate.breach_values(found)["share"].tolist() == [1 / 3]


def test_nothing_wrong_leaves_empty_lists_with_their_columns(house, tmp_path):
    house.notebook("ab", needs={"orders": ["user_id"]})
    house.tables({"orders": orders()})
    found = house.judge()
    assert tabulate.breach_values(found).shape == (0, 8)
    assert tabulate.breach_table(found).empty
    assert list(tabulate.verdict_table(found.notebooks)) == ["Notebook", "Action", "What it answers"]
    for frame in (tabulate.verdict_values(found), tabulate.table_values(found), tabulate.breach_values(found)):
        frame.to_parquet(tmp_path / "list.parquet")


def test_the_map_says_in_letters_what_each_notebook_finds(house):
    found = mixed(house)
    (ab, _) = found.notebooks
    states = [plots.state(found, ab, table) for table in ("orders", "users", "spend", "events", "tickets")]
    assert states == ["column", "missing", "sound", "missing", ""]
    assert len({letter for letter, _, _ in plots.CELLS.values()}) == len(plots.CELLS)


def test_checks(house):
    found = [(check.name, check.status) for check in conclusion.checks(mixed(house))]
    assert found == [("contract of orders", "fail"), ("contracts", "pass"), ("declared needs", "fail")]


def test_estimates_and_tiles(house):
    found = mixed(house)
    said = [(e.name, e.value, e.n, dict(e.group)) for e in conclusion.estimates(found)]
    assert said == [
        ("notebooks_that_can_run", 0.0, 2, {}),
        ("age", 1 / 24, 3, {"table": "orders"}),
        ("age", 0.5, 1, {"table": "spend"}),
    ]
    assert [(tile.label, tile.value, tile.note) for tile in conclusion.tiles(found)] == [
        ("Notebooks that can run", "0 of 2", "not ab and odd"),
        ("Tables that are sound", "1 of 2", "1 more needed"),
        ("Oldest of the daily tables", "12 hours", "spend, to 29\N{NO-BREAK SPACE}Jun\N{NO-BREAK SPACE}2026"),
    ]
