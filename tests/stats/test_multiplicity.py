"""Holm's step-down adjustment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.stats.multiplicity import holm


def test_r_manual():
    # R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


def test_order_and_ties_and_the_ceiling():
    assert holm([0.6, 0.005, 0.6]).tolist() == pytest.approx([1.0, 0.015, 1.0])
    assert holm([]).tolist() == []
    assert holm([0.04]).tolist() == [0.04]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_between_nothing_and_bonferroni(p, shuffler):
    adjusted = holm(p)
    assert np.all(adjusted >= p)
    assert np.all(adjusted <= np.minimum(1, len(p) * np.array(p)))
    order = list(range(len(p)))
    shuffler.shuffle(order)
    assert holm(np.array(p)[order]).tolist() == adjusted[order].tolist()


@pytest.mark.parametrize("bad", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability(bad):
    with pytest.raises(ValueError, match="between 0 and 1"):
        holm([0.5, bad])
