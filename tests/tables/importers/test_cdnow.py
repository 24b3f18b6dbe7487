"""CDNOW: its two files in small, and the sample against the published summary."""

from __future__ import annotations

import json
from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from workbench.errors import DataError

MASTER = (
    " customer_id  date number_of_cds  dollar_value\n"
    " 00001 19970101  1   11.77\n"
    " 00002 19970112  1   12.00\n"
    " 00002 19970112  5   77.00\n"
    " 00003 19970118  1    0.00\n"
)
SAMPLE = " 00004 0001 19970101  2   29.33\r\n 00018 0002 19970104  1   14.96\r\n"


def test_every_line_is_an_order(tmp_path, imported):
    (tmp_path / "CDNOW_master.txt").write_text(MASTER)

    found = imported("cdnow", tmp_path / "CDNOW_master.txt")

    first, second, third = (datetime(1997, 1, day) for day in (1, 12, 18))  # noqa: DTZ001
    assert found.rows("orders", "order_id", "user_id", "ordered_at", "cds", "revenue", "currency") == [
        [2, "00001", first, 1, 11.77, "USD"],
        [3, "00002", second, 1, 12.0, "USD"],
        [4, "00002", second, 5, 77.0, "USD"],
        [5, "00003", third, 1, 0.0, "USD"],
    ]
    assert found.rows("users", "user_id", "first_seen_at") == [["00001", first], ["00002", second], ["00003", third]]
    assert found.fates() == [[(4, "orders", "purchases, an order each"), (1, "", "the header line")]]
    assert found.account.notes[:3] == (
        (
            "orders that follow another of the same customer on the same day: 1; all stay orders of their own, so a study of "
            "repeat purchase merges them by day"
        ),
        "orders that repeat another in day, number of CDs and amount, and stay: 0 (0.0% of all)",
        "orders with an amount of 0: 1",
    )


def test_blank_lines_are_passed_over_and_lines_keep_their_numbers(tmp_path, imported):
    (tmp_path / "c.txt").write_text(" 00001 19970101  1   11.77\n\n  \n 00002 19970112  1   12.00\n\n")

    assert imported("cdnow", tmp_path / "c.txt").rows("orders", "order_id", "user_id") == [[1, "00001"], [4, "00002"]]


def test_the_sample_numbers_its_customers_twice(tmp_path, imported):
    (tmp_path / "CDNOW_sample.txt").write_text(SAMPLE)

    found = imported("cdnow", tmp_path / "CDNOW_sample.txt")

    assert found.rows("users", "user_id", "sample_id") == [["00004", "0001"], ["00018", "0002"]]
    assert found.rows("orders", "user_id", "subtotal") == [["00004", 29.33], ["00018", 14.96]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "c.txt is empty (0 bytes); export it again"),
        ("id,date\n1,2\n", "c.txt: 2 lines are not of this format: 'id,date' in line 1, '1,2' in line 2; is this the"),
        (
            MASTER + " 00004 19970230  1   1.00\n",
            "c.txt: column 'day': 1 value is no day (like 2026-01-31): '19970230' in line 6; correct the source",
        ),
        (
            MASTER + "Dear all\n",
            "c.txt: 1 line is not of this format: 'Dear all' in line 6; is this the right file?",
        ),
        (MASTER.splitlines()[0] + "\n", "c.txt has a header but no rows; export it again"),
        (
            MASTER * 2,
            "c.txt: 1 line is not of this format: ' customer_id  date number_of_cds  dollar_value' in line 6",
        ),
    ],
)
def test_what_is_no_purchase_is_refused(tmp_path, imported, text, said):
    (tmp_path / "c.txt").write_text(text)

    with pytest.raises(DataError) as caught:
        imported("cdnow", tmp_path / "c.txt")

    assert str(caught.value).startswith(said)
    assert not (tmp_path / "out").exists()


def test_the_sample_gives_the_published_summary(shared, imported):
    """reference/retention.json, cdnow_rfm_build: x, t_x and T of the papers, up to 1997-09-30, days merged, in weeks."""
    folder = shared / "data" / "cdnow"
    if not folder.is_dir():
        pytest.skip(f"no data: {folder} is missing")
    entries = json.loads((shared / "reference" / "retention.json").read_text())
    (told,) = (entry["expected"] for entry in entries if entry["id"] == "cdnow_rfm_build")
    published = pd.read_csv(folder / "cdnow_customers_summary.csv").set_index("ID")

    found = imported("cdnow", folder / "CDNOW_sample.txt")

    end = pd.Timestamp("1997-09-30")
    orders = found.frame("orders").merge(found.frame("users"), on="user_id")
    days = orders.assign(day=orders["ordered_at"].dt.normalize(), ID=orders["sample_id"].astype(int))
    days = days[days["day"] <= end][["ID", "day"]].drop_duplicates()
    by_user = days.groupby("ID")["day"]
    x = by_user.size() - 1
    t_x, T = ((by_user.max() - by_user.min()).dt.days / 7, (end - by_user.min()).dt.days / 7)
    assert (len(x), int(x.sum())) == (told["n"], told["repeat"]) == (2357, 2457)
    assert (x == published["frequency"]).all()
    # The published weeks are rounded to two digits, not all the same way.
    assert np.abs(t_x - published["recency"]).max() < 0.00435
    assert np.abs(T - published["T"]).max() < 0.00435
    assert found.account.tables == {"orders": 6_919, "users": 2_357}


def test_the_master_file(shared, imported):
    """As its source says: 69,659 purchases of 23,570 customers."""
    path = shared / "data" / "cdnow" / "CDNOW_master.txt"
    if not path.is_file():
        pytest.skip(f"no data: {path} is missing")

    found = imported("cdnow", path)

    assert found.fates() == [[(69_659, "orders", "purchases, an order each"), (1, "", "the header line")]]
    assert found.account.tables == {"orders": 69_659, "users": 23_570}
    assert (
        found.account.notes[1]
        == "orders that repeat another in day, number of CDs and amount, and stay: 255 (0.4% of all)"
    )
    assert found.failures() == []
