"""The known traps among the dependencies, on what is really installed here."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import pytest
from packaging.version import Version
from scipy import sparse


@pytest.mark.parametrize(
    ("distribution", "lowest", "below"),
    [
        ("pandas", "2.2", "3"),  # with pandas 3, pip falls back without a word to lifelines 0.30.0, which is broken
        ("lifelines", "0.30.3", "0.31"),
        ("numpy", "2", "2.5"),  # pandas before 3 uses what numpy 2.5 calls deprecated
        ("duckdb", "1.4", "2"),  # ibis 12.0.0 breaks on duckdb 2.0
        ("ibis-framework", "12", "13"),
        ("lightfm-next", "1.19", "2"),  # 1.18.7's wheel for Python 3.11 does not import on a current glibc
    ],
)
def test_a_version_known_to_work_is_installed(distribution: str, lowest: str, below: str) -> None:
    assert Version(lowest) <= Version(version(distribution)) < Version(below)


def test_lightfm_has_one_distribution_only() -> None:
    """Two of them would write into one module, and the last one installed would win."""
    with pytest.raises(ModuleNotFoundError):
        version("lightfm")


def test_lifelines_fits_a_curve_worked_by_hand() -> None:
    from lifelines import KaplanMeierFitter

    fitter = KaplanMeierFitter().fit([1, 2, 2, 3, 4], [1, 1, 0, 1, 0])

    curve = fitter.survival_function_["KM_estimate"]
    assert list(curve.index) == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(curve, [1, 4 / 5, 4 / 5 * 3 / 4, 4 / 5 * 3 / 4 / 2, 4 / 5 * 3 / 4 / 2])


def test_ibis_asks_duckdb_and_gets_a_frame() -> None:
    import ibis

    frame = ibis.duckdb.connect().sql("SELECT a, a * 1.5 AS b FROM range(3) AS t(a)").to_pandas()

    assert frame["a"].tolist() == [0, 1, 2]
    assert [float(value) for value in frame["b"]] == [0, 1.5, 3]


def test_lightfm_learns_two_tastes() -> None:
    """Two groups of users, two groups of items; the group's own items must come before the other's."""
    from lightfm import LightFM

    taste = np.kron(np.eye(2), np.ones((4, 4)))
    model = LightFM(no_components=4, loss="warp", random_state=1).fit(sparse.coo_matrix(taste), epochs=30)

    users, items = np.divmod(np.arange(64), 8)
    scores = model.predict(users, items).reshape(8, 8)
    own, other = scores[taste == 1].reshape(8, 4), scores[taste == 0].reshape(8, 4)
    assert (own.min(axis=1) > other.max(axis=1)).all()
