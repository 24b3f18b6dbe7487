"""Hillstrom's e-mail challenge, imported."""

from __future__ import annotations

import json

from workbench.tables import check_contract, collect, open_catalog
from workbench.tables.importers import import_export

HEADER = "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend\n"
ROWS = (
    "10,2) $100 - $200,142.44,1,0,Surburban,0,Phone,Womens E-Mail,0,0,0\n"
    "6,3) $200 - $350,329.08,1,1,Rural,1,Web,No E-Mail,1,1,29.99\n"
)


def test_rows_become_exposures_with_outcomes(tmp_path):
    (tmp_path / "h.csv").write_text(HEADER + ROWS)

    account = import_export("hillstrom", tmp_path / "h.csv", tmp_path / "out")

    assert list(account.lines()) == [
        "h.csv: 2 rows read",
        "             2  exposures     customers with their arm and outcomes (29.99)",
        "written",
        "             2  exposures",
    ]
    assert json.loads((tmp_path / "out" / "account.json").read_text())["tables"] == {"exposures": 2}
    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    rows = collect(catalog.table("exposures").order_by("user_id"))
    assert rows[["user_id", "experiment", "variant", "visit", "conversion", "spend"]].to_numpy().tolist() == [
        [1, "email", "Womens E-Mail", 0, 0, 0.0],
        [2, "email", "No E-Mail", 1, 1, 29.99],
    ]
    assert check_contract(catalog, "exposures", columns=["visit", "spend"]) == ()
