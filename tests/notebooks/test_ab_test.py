"""The A/B notebook through the runner: the five studies of the sample, each with its decision and its result.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from workbench.simulate import write_sample

DECISIONS = {
    "one_page_checkout": "ship",
    "delivery_fee_upfront": "stop",
    "personal_greeting": "inconclusive",
    "new_search_ranking": "inconclusive",
    "assignment_check": "inconclusive",
}
KEYS = ["schema", "headline", "decision", "rule", "next_step", "estimates", "checks", "tables", "data"]
ESTIMATE_KEYS = [
    "name", "group", "scale", "value", "low", "high", "level", "std_error", "p_value", "p_adjusted", "n", "unit", "better", "role",
]  # fmt: skip
SCALES = {"absolute", "relative", "mean"}


@pytest.fixture(scope="module")
def folders(root, tmp_path_factory) -> dict[str, Path]:
    """Study → folder of its run, all on one fresh sample."""
    place = tmp_path_factory.mktemp("studies")
    write_sample(out=place / "sample")
    (place / "catalog.yaml").write_text((root / "data" / "catalog.yaml").read_text())
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "run", *DECISIONS, "--jobs", "2"]
    command += ["--runs", str(place / "runs"), "--set", f"catalog={place / 'catalog.yaml'}"]
    done = subprocess.run(command, cwd=root, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {Path(line).parent.name: Path(line) for line in done.stdout.splitlines()}
    assert set(found) == set(DECISIONS)
    return found


@pytest.fixture(scope="module")
def results(folders):
    return {study: json.loads((folder / "result.json").read_text()) for study, folder in folders.items()}


@pytest.mark.parametrize(("study", "decision"), DECISIONS.items())
def test_decision_and_shape(study, decision, results, folders):
    result = results[study]
    assert list(result) == KEYS
    assert (result["schema"], result["decision"]) == (1, decision)
    for words in ("headline", "rule", "next_step"):
        assert result[words].endswith(".")
        assert "nan" not in result[words].lower().split()
    for estimate in result["estimates"]:
        assert list(estimate) == ESTIMATE_KEYS
        assert set(estimate["group"]) >= {"variant"}
        assert estimate["scale"] in SCALES
        assert estimate["low"] <= estimate["value"] <= estimate["high"]
        assert (estimate["level"], estimate["better"] in {"up", "down", None}) == (0.95, True)
        assert isinstance(estimate["n"], int)
        assert (estimate["p_adjusted"] is None) == (estimate["role"] != "goal" or estimate["scale"] == "mean")
        assert (estimate["p_value"] is None) == (estimate["scale"] == "mean")
    for check in result["checks"]:
        assert list(check) == ["name", "status", "detail"]
        assert check["status"] in {"pass", "warn", "fail"}
    for path in result["tables"].values():
        assert len(pd.read_parquet(folders[study] / path).columns)
        assert (folders[study] / path).with_suffix(".csv").is_file()
    assert [list(table) for table in result["data"]] == [["table", "rows", "from", "to", "fingerprint"]] * 2
    assert {table["table"] for table in result["data"]} == {"exposures", "orders"}
    record = json.loads((folders[study] / "run.json").read_text())
    assert (record["state"], record["exit_code"]) == ("succeeded", 0)


def test_a_win_says_what_to_do(results, folders):
    result = results["one_page_checkout"]
    first = result["estimates"][0]
    assert (first["name"], first["group"], first["scale"], first["role"]) == (
        "conversion", {"variant": "B"}, "absolute", "goal",
    )  # fmt: skip
    assert 0 < first["low"] < first["value"]
    assert result["headline"].startswith("Ship B: ")
    assert "conversion" in result["headline"]
    arms = pd.read_parquet(folders["one_page_checkout"] / "artifacts" / "arms.parquet").set_index("variant")
    assert arms["action"].to_dict() == {"A": "control", "B": "ship"}
    assert arms.loc["B", "low"] == first["low"]


def test_a_loss_is_stopped(results):
    result = results["delivery_fee_upfront"]
    assert result["estimates"][0]["high"] < 0
    assert result["headline"].startswith("Stop B")


def test_too_few_users_say_how_many_would_settle_it(results):
    result = results["personal_greeting"]
    assert "users are needed" in result["next_step"]
    (precision,) = [check for check in result["checks"] if check["name"] == "precision"]
    assert precision["status"] == "warn"


def test_a_broken_split_withholds_every_number(results, folders):
    result = results["new_search_ranking"]
    assert result["estimates"] == []
    assert [check["status"] for check in result["checks"] if check["name"] == "split"] == ["fail"]
    arms = pd.read_parquet(folders["new_search_ranking"] / "artifacts" / "arms.parquet")
    assert arms[["absolute", "low", "high", "p_value", "relative"]].isna().all(axis=None)
    assert not (folders["new_search_ranking"] / "artifacts" / "effects.parquet").exists()
    page = (folders["new_search_ranking"] / "report.html").read_text()
    assert "pts" not in page
    assert "CNY" not in page
    assert "¥" not in page


def test_an_a_a_test_finds_nothing(results):
    result = results["assignment_check"]
    goals = [e for e in result["estimates"] if e["role"] == "goal" and e["scale"] == "absolute"]
    assert [e["name"] for e in goals] == ["conversion", "revenue_per_user"]
    assert all(e["low"] < 0 < e["high"] for e in goals)
    assert all(e["p_adjusted"] > 0.05 for e in goals)
