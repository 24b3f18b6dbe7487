"""Hillstrom's e-mail challenge, imported."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from workbench import abtest
from workbench.abtest.effects import compare_variants
from workbench.errors import DataError
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
        "note: the file has no ids; rows are numbered",
        (
            "note: rows that repeat another in every column, and stay: 0 of 2 (0%); this is not the whole file, which has "
            "64,000 rows and 6,562 such"
        ),
    ]
    assert pq.read_schema(tmp_path / "out" / "exposures.parquet").names[:3] == ["experiment", "variant", "recency"]
    assert json.loads((tmp_path / "out" / "account.json").read_text())["tables"] == {"exposures": 2}
    catalog = open_catalog(tmp_path / "out" / "catalog.yaml")
    rows = collect(catalog.table("exposures").order_by("user_id"))
    assert rows[["user_id", "experiment", "variant", "visit", "conversion", "spend"]].to_numpy().tolist() == [
        [1, "email", "Womens E-Mail", 0, 0, 0.0],
        [2, "email", "No E-Mail", 1, 1, 29.99],
    ]
    assert catalog.file.mapping("exposures").row_id == "user_id"
    assert check_contract(catalog, "exposures", columns=["visit", "spend"]) == ()


def test_rows_are_numbered_in_the_order_of_the_file(tmp_path, imported):
    (tmp_path / "h.csv").write_text(
        HEADER + "".join(ROWS.splitlines(keepends=True)[0].replace("142.44", str(i)) for i in range(5000))
    )

    rows = imported("hillstrom", tmp_path / "h.csv").frame("exposures").sort_values("user_id")

    assert rows["user_id"].tolist() == list(range(1, 5001))
    assert rows["history"].tolist() == list(range(5000))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            ("No E-Mail,1,1,29.99", "Nobody,1,1,29.99"),
            "column 'segment': 1 value is not one of Mens E-Mail, Womens E-Mail, No E-Mail: 'Nobody' in row 2",
        ),
        (("Mail,1,1,29.99", "Mail,2,1,29.99"), "column 'visit': 1 value is not 0 or 1: 2 in row 2"),
        (("Mail,1,1,29.99", "Mail,1,-1,29.99"), "column 'conversion': 1 value is not 0 or 1: -1 in row 2"),
        (("Mail,1,1,29.99", "Mail,1,,29.99"), "column 'conversion': 1 value is not 0 or 1: nothing in row 2"),
        (("29.99", "-29.99"), "column 'spend': 1 value is not an amount of 0 or more: -29.99 in row 2"),
    ],
)
def test_values_that_the_experiment_cannot_have_are_refused(tmp_path, imported, wrong, said):
    (tmp_path / "h.csv").write_text(HEADER + ROWS.replace(*wrong))

    with pytest.raises(DataError) as caught:
        imported("hillstrom", tmp_path / "h.csv")

    assert str(caught.value) == f"h.csv: {said}; correct the source (row 1 is the first below the header)"


def test_more_rows_than_were_published_are_refused(tmp_path, imported):
    (tmp_path / "h.csv").write_text(HEADER + ROWS * 32_000 + ROWS.splitlines()[0])

    with pytest.raises(DataError) as caught:
        imported("hillstrom", tmp_path / "h.csv")

    assert str(caught.value) == (
        "h.csv has 64,001 rows, and 63,999 of them repeat another; wanted the published file, with 64,000 and 6,562; "
        "download it again"
    )


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
    assert found.account.notes[1] == "rows that repeat another in every column, and stay: 6,562 of 64,000 (10%)"
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
