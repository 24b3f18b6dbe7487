"""Hillstrom's e-mails, as an analyst would bring them: a catalogue, a metrics file and a study, and nothing else.

MineThatData e-mail challenge (2008): 64,000 customers, three arms.  Expected numbers: reference/growth.json (cases
hillstrom_arms, _effects, _srm, _segments), recomputed there from the rows with pandas and scipy; the main ones stand here
too, so that the test says them.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ARMS = ("Mens E-Mail", "Womens E-Mail")
METRICS = ("visit", "conversion", "spend")
# growth.json, hillstrom_effects: difference and its standard error (Welch).
EFFECTS = {
    ("Mens E-Mail", "visit"): (0.07658956365153125, 0.0033858878117283653),
    ("Mens E-Mail", "conversion"): (0.006805006519615695, 0.0009208727857351216),
    ("Mens E-Mail", "spend"): (0.7698271558945368, 0.14524656024868676),
    ("Womens E-Mail", "visit"): (0.045233106587052985, 0.003234462099090751),
    ("Womens E-Mail", "conversion"): (0.003111057511085258, 0.0008226770775551195),
    ("Womens E-Mail", "spend"): (0.4244122159365967, 0.13033285852919116),
}
SEGMENTS = {"mens_only": ("1", "0"), "womens_only": ("0", "1"), "both": ("1", "1")}


@pytest.fixture(scope="module")
def growth(shared):
    return {entry["id"]: entry["expected"] for entry in json.loads((shared / "reference" / "growth.json").read_text())}


@pytest.fixture(scope="module")
def folder(root, shared, tmp_path_factory) -> Path:
    """The folder of the run."""
    place = tmp_path_factory.mktemp("hillstrom")
    data = shared / "data" / "hillstrom" / "hillstrom.csv"
    if not data.is_file():
        pytest.skip(f"no data: {data} is missing")
    (place / "catalog.yaml").write_text(
        f"""
connection: duckdb
tables:
  exposures:
    source: {data}
    columns: {{variant: segment}}
    constants: {{experiment: e-mail}}
    row_id: user_id
"""
    )
    (place / "metrics.yaml").write_text(
        """
visit: {table: exposures, value: visit, unit: share, better: up}
conversion: {table: exposures, value: conversion, unit: share, better: up}
spend: {table: exposures, value: spend, unit: USD, better: up}
"""
    )
    (place / "e-mails.yaml").write_text(
        f"""
question: Which e-mail brings customers back?
notebook: ab_test
owner: marketing
parameters:
  catalog: {place}/catalog.yaml
  metrics: {place}/metrics.yaml
  experiment: e-mail
  control: No E-Mail
  goals: [visit, spend]
  guardrails: []
  secondary: [conversion]
  segments: [[mens, womens]]
"""
    )
    command = [sys.executable, "-c", "from workbench.cli import main; main()"]
    command += ["run", str(place / "e-mails.yaml"), "--runs", str(place / "runs")]
    done = subprocess.run(command, cwd=root, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def result(folder):
    return json.loads((folder / "result.json").read_text())


def one(result, name, scale, role, **group):
    found = [
        e
        for e in result["estimates"]
        if (e["name"], e["scale"], e["group"]) == (name, scale, group)
        and (e["role"] == "segment") == (role == "segment")
    ]
    assert len(found) == 1
    return found[0]


def test_decision(result):
    assert result["decision"] == "ship"
    assert result["headline"].startswith("Ship Mens E-Mail: ")
    assert "visit" in result["headline"]
    assert "+7.66 pts (between +7.00 and +8.32 pts)" in result["headline"]
    assert "Give Mens E-Mail to everybody" in result["next_step"]


def test_arms(result, growth):
    for arm, told in growth["hillstrom_arms"].items():
        for name, rate in (("visit", "visit_rate"), ("conversion", "conv_rate"), ("spend", "spend_mean")):
            level = one(result, name, "mean", "level", variant=arm)
            assert (level["value"], level["n"]) == pytest.approx((told[rate], told["n"]), rel=1e-9)
        assert one(result, "spend", "mean", "level", variant=arm)["std_error"] == pytest.approx(
            (told["spend_var_ddof1"] / told["n"]) ** 0.5, rel=1e-9
        )


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("name", METRICS)
def test_effects(result, growth, arm, name):
    told = growth["hillstrom_effects"][arm][name]
    assert (told["diff"], told["se_welch"]) == EFFECTS[arm, name]
    found = one(result, name, "absolute", "effect", variant=arm)
    assert (found["value"], found["std_error"]) == pytest.approx(EFFECTS[arm, name], rel=1e-9)
    assert found["p_value"] == pytest.approx(told["p"], rel=1e-9)
    # Theirs is ± 1.96 standard errors, ours the t quantile with more than 38,000 degrees of freedom.
    assert [found["low"], found["high"]] == pytest.approx(told["ci95"], abs=1e-4 * found["std_error"])
    relative = one(result, name, "relative", "effect", variant=arm)
    assert relative["value"] == pytest.approx(told["rel_lift"], rel=1e-9)
    assert relative["low"] < relative["value"] < relative["high"]
    assert found["group"] == {"variant": arm}


def test_split(result, growth):
    told = growth["hillstrom_srm"]
    assert told == {"chi2": pytest.approx(0.20253125, rel=1e-9), "p": pytest.approx(0.9036929575604196, rel=1e-9)}
    (split,) = [check for check in result["checks"] if check["name"] == "split"]
    assert split["status"] == "pass"
    assert "p = 0.90" in split["detail"]


def test_segments(result, growth):
    for key, told in growth["hillstrom_segments"].items():
        arm, segment = key.split("|")
        mens, womens = SEGMENTS[segment]
        found = one(result, "visit", "absolute", "segment", variant=arm, mens=mens, womens=womens)
        assert found["value"] == pytest.approx(told["visit_diff"], rel=1e-9)
        assert found["n"] == told["n_t"] + told["n_c"]


def test_goals_are_corrected_for_all_goals_and_arms(result):
    family = [e for e in result["estimates"] if e["role"] == "goal" and e["scale"] == "absolute"]
    raw = sorted(e["p_value"] for e in family)
    assert len(family) == 4
    # Holm (1979): the k-th smallest of m times m − k + 1, never below the one before.
    holm = [max(min(1.0, p * (4 - j)) for j, p in enumerate(raw[: i + 1])) for i in range(4)]
    assert sorted(e["p_adjusted"] for e in family) == pytest.approx(holm, rel=1e-9)


def test_tables_for_those_who_act(folder):
    arms = pd.read_parquet(folder / "artifacts" / "arms.parquet").set_index("variant")
    assert arms["action"].to_dict() == {"No E-Mail": "control", "Mens E-Mail": "ship", "Womens E-Mail": "ship"}
    assert (folder / "artifacts" / "arms.csv").is_file()


def test_the_report_shows_no_raw_number(folder):
    page = re.sub(r"<(style|svg)\b.*?</\1>", "", (folder / "report.html").read_text(), flags=re.DOTALL)
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "+7.66 pts" in text
    assert "$0.77" in text
    assert not re.findall(r"\d\.\d{5,}", text)
    assert "e-112" not in text
    assert "p < 0.001" in text
    assert len(page) < 150 * 1024
