"""Knobs of a world: what could not be is refused in a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import StudyError
from workbench.simulate.world import SHARES, World


@pytest.mark.parametrize(
    ("knobs", "sentence"),
    [
        ({"users": 0}, "a world's users must be a whole number from 1 to 100,000,000, not 0"),
        ({"users": 10**9}, "a world's users must be a whole number from 1 to 100,000,000, not 1000000000"),
        ({"users": 2e4}, "a world's users must be a whole number from 1 to 100,000,000, not 20000.0"),
        ({"seed": -1}, "a world's seed must be a whole number from 0 to 18,446,744,073,709,551,615, not -1"),
        ({"novelty": -1.5}, "a world's novelty must be a number from -1 to 1, not -1.5"),
        ({"novelty": True}, "a world's novelty must be a number from -1 to 1, not True"),
        ({"late": "0.3"}, "a world's late must be a number from 0 to 1, not '0.3'"),
        ({"leaving": "anyday"}, "unknown way of leaving 'anyday'; nearest: 'any_day'"),
        ({"seasonal": 1}, "a world is seasonal or not: True or False, not 1"),
        *(
            ({share: value}, f"a world's {share} must be a number from 0 to 1, not {value!r}")
            for share in SHARES
            for value in (-0.1, 1.1, np.nan)
        ),
    ],
)
def test_what_could_not_be_is_refused(knobs, sentence):
    with pytest.raises(StudyError) as refused:
        World(**knobs)
    assert str(refused.value) == sentence


def test_the_ends_are_allowed():
    for share in SHARES:
        assert getattr(World(**{share: 0}), share) == 0
        assert getattr(World(**{share: 1.0}), share) == 1
    assert World(users=10**8, seed=2**64 - 1, novelty=-1.0).novelty == -1
