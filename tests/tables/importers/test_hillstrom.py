"""Hillstrom's e-mail challenge, imported."""

from __future__ import annotations

import json

import pytest

from workbench import abtest
from workbench.abtest.effects import compare_variants
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


# reference/growth.json, hillstrom_effects: difference to No E-Mail and its standard error (Welch).
EFFECTS = {
    ("Mens E-Mail", "visit"): (0.07658956365153125, 0.0033858878117283653),
    ("Mens E-Mail", "conversion"): (0.006805006519615695, 0.0009208727857351216),
    ("Mens E-Mail", "spend"): (0.7698271558945368, 0.14524656024868676),
    ("Womens E-Mail", "visit"): (0.045233106587052985, 0.003234462099090751),
    ("Womens E-Mail", "conversion"): (0.003111057511085258, 0.0008226770775551195),
    ("Womens E-Mail", "spend"): (0.4244122159365967, 0.13033285852919116),
}
METRICS = """
visit: {table: exposures, value: visit, unit: share, better: up}
conversion: {table: exposures, value: conversion, unit: share, better: up}
spend: {table: exposures, value: spend, unit: USD, better: up}
"""


def test_the_real_file_gives_the_published_effects(shared, tmp_path, imported):
    path = shared / "data" / "hillstrom" / "hillstrom.csv"
    if not path.is_file():
        pytest.skip(f"no data: {path} is missing")
    (tmp_path / "metrics.yaml").write_text(METRICS)

    found = imported("hillstrom", path)

    assert found.failures() == []
    assert found.fates() == [[(64_000, "exposures", "customers with their arm and outcomes")]]
    study = abtest.design(
        str(tmp_path / "metrics.yaml"), experiment="email", control="No E-Mail", goals=["visit", "conversion", "spend"]
    )
    measured = abtest.measure(found.catalog, study)
    effects = {
        (comparison.variant, metric): (comparison.effect.absolute, comparison.effect.std_error)
        for metric, moments in measured.metrics.items()
        for comparison in compare_variants(moments, control="No E-Mail", level=0.95)
    }
    assert effects.keys() == EFFECTS.keys()
    for key, told in EFFECTS.items():
        assert effects[key] == pytest.approx(told, rel=1e-9)
