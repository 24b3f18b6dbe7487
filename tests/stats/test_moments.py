"""Moments merge exactly, whatever the order, the grouping and the offset."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.stats.moments import Moments, MomentTable, moments_of


def table_of(frame: pd.DataFrame, keys: list[str], columns: list[str]) -> MomentTable:
    """Moments per group of `keys`, from rows."""
    groups = [(labels, moments_of(rows[columns])) for labels, rows in frame.groupby(keys, sort=False)]
    return MomentTable(
        tuple(columns),
        pd.DataFrame([labels for labels, _ in groups], columns=keys),
        np.array([m.n for _, m in groups]),
        np.array([m.mean for _, m in groups]),
        np.array([m.comoment for _, m in groups]),
    )


def assert_same(found: Moments, wanted: Moments, rel: float = 1e-10) -> None:
    assert found.n == wanted.n
    np.testing.assert_allclose(found.mean, wanted.mean, rtol=rel, atol=1e-12 * (1 + np.abs(wanted.mean).max()))
    size = np.sqrt(np.outer(np.diag(wanted.comoment), np.diag(wanted.comoment)))
    np.testing.assert_allclose(found.comoment, wanted.comoment, rtol=rel, atol=1e-9 * (size.max() + 1e-12))


def test_moments_of_rows_are_numpys():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"y": rng.lognormal(size=500), "x": rng.normal(size=500)})
    m = moments_of(frame)
    np.testing.assert_allclose(m.mean, frame.mean(), rtol=1e-13)
    np.testing.assert_allclose(m.covariance, np.cov(frame.to_numpy().T), rtol=1e-12)


rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(-1e4, 1e4), st.floats(-1e4, 1e4)), min_size=1, max_size=60
)


@settings(deadline=None, max_examples=100)
@given(rows, st.sampled_from([0.0, 1e8, -1e8]), st.randoms(use_true_random=False))
def test_any_grouping_merges_to_the_rows(rows, offset, shuffler):
    frame = pd.DataFrame(rows, columns=["day", "segment", "y", "x"])
    frame["y"] += offset
    whole = moments_of(frame[["y", "x"]])
    table = table_of(frame, ["day", "segment"], ["y", "x"])
    assert_same(table.merged(), whole, rel=1e-9)
    order = list(range(len(table.n)))
    shuffler.shuffle(order)
    shuffled = MomentTable(
        table.columns, table.keys.iloc[order], table.n[order], table.mean[order], table.comoment[order]
    )
    assert_same(shuffled.merged(), whole, rel=1e-9)


def test_merging_at_an_offset_of_1e8_costs_no_digits():
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"day": rng.integers(0, 30, 100_000), "y": rng.normal(size=100_000)})
    plain = moments_of(frame[["y"]]).covariance[0, 0]
    frame["y"] += 1e8
    merged = table_of(frame, ["day"], ["y"]).merged()
    assert merged.covariance[0, 0] == pytest.approx(plain, rel=1e-9)
    assert merged.mean[0] == pytest.approx(frame["y"].sub(1e8).mean() + 1e8, rel=1e-15)


def test_where_and_by_choose_groups():
    frame = pd.DataFrame({"arm": list("AABB"), "day": [1, 2, 1, 2], "y": [1.0, 2.0, 3.0, 4.0]})
    table = table_of(frame, ["arm", "day"], ["y"])
    assert table.where(arm="A").merged().mean.tolist() == [1.5]
    assert table.where(arm="B", day=2).merged().mean.tolist() == [4.0]
    assert [(key, m.n, m.mean[0]) for key, m in table.by("arm")] == [({"arm": "A"}, 2, 1.5), ({"arm": "B"}, 2, 3.5)]
    assert [key for key, _ in table.by("day", "arm")][1] == {"day": 1, "arm": "B"}


def test_groups_without_a_key_are_not_lost():
    keys = pd.DataFrame({"country": pd.Categorical(["CN", None, "JP"])})
    table = MomentTable(("y",), keys, np.array([2, 3, 4]), np.ones((3, 1)), np.ones((3, 1, 1)))
    assert [m.n for _, m in table.by("country")] == [2, 4, 3]


def test_no_units():
    empty = moments_of({"y": np.array([])})
    assert (empty.n, empty.mean.tolist()) == (0, [0.0])
    nobody = MomentTable(("y",), pd.DataFrame({"a": ["x"]}), np.array([0]), np.zeros((1, 1)), np.zeros((1, 1, 1)))
    assert nobody.merged().n == 0
    assert nobody.where(a="z").merged().n == 0
    assert list(nobody.where(a="z").by("a")) == []


def test_empty_groups_do_not_count():
    keys = pd.DataFrame({"day": [1, 2]})
    table = MomentTable(("y",), keys, np.array([0, 3]), np.array([[0.0], [1e8]]), np.array([[[0.0]], [[2.0]]]))
    merged = table.merged()
    assert (merged.n, merged.mean[0], merged.comoment[0, 0]) == (3, 1e8, 2.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_no_number_is_named(bad):
    with pytest.raises(ValueError, match="'spend' holds"):
        moments_of({"visit": np.array([0.0, 1.0]), "spend": np.array([1.0, bad])})
    with pytest.raises(ValueError, match="column 1 has moments that are not finite"):
        Moments(3, np.array([0.0, bad]), np.zeros((2, 2)))
    comoment = np.zeros((2, 2, 2))
    comoment[1, 1, 1] = bad
    with pytest.raises(ValueError, match="'spend' has moments that are not finite, in the group arm B"):
        MomentTable(("visit", "spend"), pd.DataFrame({"arm": ["A", "B"]}), np.array([2, 2]), np.zeros((2, 2)), comoment)


def test_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="co-moments"):
        Moments(3, np.zeros(2), np.zeros((1, 1)))
    with pytest.raises(ValueError, match="do not fit"):
        MomentTable(("y",), pd.DataFrame({"a": [1]}), np.array([1]), np.zeros((1, 2)), np.zeros((1, 1, 1)))


def test_a_covariance_needs_two_units():
    with pytest.raises(ValueError, match="at least 2 units, found 1"):
        _ = moments_of({"y": np.array([1.0])}).covariance
