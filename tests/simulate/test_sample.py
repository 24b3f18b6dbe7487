"""The sample: what is estimated from its tables is its truth; it is the same every time, and never half there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import abtest
from workbench.abtest.effects import compare_variants
from workbench.abtest.means import level_of
from workbench.errors import StudyError
from workbench.simulate.sample import DEVICES, EXPERIMENTS, write_sample
from workbench.tables import open_catalog

SEEDS = (1, 2, 3, 4)
METRICS = {"conversion": "conversion", "revenue_per_user": "revenue"}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def scores(root, tmp_path_factory) -> pd.DataFrame:
    """(estimate − truth) / standard error: one row per seed, experiment, metric and quantity."""
    place = tmp_path_factory.mktemp("truth")
    (place / "catalog.yaml").write_text((root / "data" / "catalog.yaml").read_text())
    rows = []
    for seed in SEEDS:
        write_sample(users=8_000, seed=seed, out=place / "sample")
        truth = json.loads((place / "sample" / "truth.json").read_text())
        assert list(truth) == [experiment.name for experiment in EXPERIMENTS]
        catalog = open_catalog(place / "catalog.yaml")
        for experiment, told in truth.items():
            words = abtest.design(
                str(root / "data/metrics.yaml"), experiment=experiment, control="A", goals=list(METRICS)
            )
            measured = abtest.measure(catalog, words)
            for metric, key in METRICS.items():
                moments = measured.metrics[metric]
                (found,) = compare_variants(moments, control="A", level=0.95)
                wanted = told[f"{key}_b"] - told[f"{key}_a"]
                scores = {"difference": (found.effect.absolute - wanted) / found.effect.std_error}
                for arm, end in (("A", "a"), ("B", "b")):
                    level = level_of(moments.table.where(variant=arm).merged(), moments.outcome)
                    scores[arm] = (level.value - told[f"{key}_{end}"]) / level.std_error
                rows += [(seed, experiment, metric, name, score) for name, score in scores.items()]
    return pd.DataFrame(rows, columns=["seed", "experiment", "metric", "quantity", "score"])


def test_estimates_are_the_truth_but_for_chance(scores):
    assert len(scores) == len(SEEDS) * len(EXPERIMENTS) * len(METRICS) * 3
    assert scores["score"].abs().max() < 4


def test_the_differences_scatter_as_their_standard_errors_say(scores):
    """40 scores of one experiment, metric and seed each: a root mean square far from 1 is a wrong standard error."""
    differences = scores.loc[scores["quantity"] == "difference", "score"]
    # Of 40 independent ones, χ²/40 lies in [0.45, 1.83] with probability 0.999; conversion and revenue agree, so wider.
    assert 0.3 < np.mean(differences**2) < 2.5


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_sample(users=500, seed=seed, out=tmp_path / name)
    a, b, c = (digests(tmp_path / name) for name in "abc")
    assert set(a) == {"exposures/exposures.parquet", "orders/orders.parquet", "truth.json"}
    assert a == b
    assert all(a[name] != c[name] for name in a)


def test_one_experiment_loses_users_and_the_others_do_not(tmp_path):
    write_sample(users=8_000, seed=1, out=tmp_path / "s")
    exposures = pd.read_parquet(tmp_path / "s" / "exposures")
    for experiment in EXPERIMENTS:
        arms = exposures.loc[exposures["experiment"] == experiment.name, "variant"].value_counts()
        share = arms["B"] / arms.sum()
        # Of arm B the lost part of the mobile users (3 in 10) is missing.
        kept = 1 - 0.3 * experiment.lost_mobile
        assert share == pytest.approx(kept / (1 + kept), abs=4 * np.sqrt(0.25 / arms.sum()))
    assert not exposures.duplicated(["experiment", "user_id"]).any()
    assert set(exposures["device"]) == set(DEVICES)


def test_an_old_sample_is_replaced_as_a_whole(tmp_path):
    out = tmp_path / "deep" / "sample"
    write_sample(users=300, seed=1, out=out)
    (out / "orders" / "left-over.parquet").write_bytes(b"old")
    write_sample(users=300, seed=2, out=out)
    assert set(digests(out)) == {"exposures/exposures.parquet", "orders/orders.parquet", "truth.json"}
    assert [path.name for path in out.parent.iterdir()] == ["sample"]


@pytest.mark.parametrize("where", ["pandas.DataFrame.to_parquet", "pathlib.Path.write_text", "pathlib.Path.rename"])
def test_a_failure_leaves_the_sample_before(tmp_path, monkeypatch, where):
    out = tmp_path / "sample"
    write_sample(users=300, seed=1, out=out)
    before = digests(out)
    rename = Path.rename

    def full(self, *arguments, **options):
        if where.endswith("rename") and (self.name, arguments[0].name) != ("sample", "sample"):
            return rename(self, *arguments, **options)
        raise OSError("no space left on the device")

    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(OSError, match="no space left"):
            write_sample(users=300, seed=2, out=out)
    assert digests(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    with pytest.raises(StudyError, match="holds other files than a sample"):
        write_sample(users=300, out=tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"
