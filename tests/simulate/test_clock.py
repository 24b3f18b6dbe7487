"""Times and words as the tables hold them."""

from __future__ import annotations

import numpy as np

from workbench.simulate.clock import utc, words


def test_the_first_business_midnight_is_four_in_the_afternoon_of_the_day_before_in_utc():
    assert utc(np.array([0, 86_400 + 61])).astype(str).tolist() == [
        "2024-10-13T16:00:00.000000",
        "2024-10-14T16:01:01.000000",
    ]


def test_words_are_looked_up_and_may_be_missing():
    assert words(np.array([1, 0, 1], dtype=np.int8), ("a", "b")).to_pylist() == ["b", "a", "b"]
    assert words(np.array([1, -1]), ("a", "b")).to_pylist() == ["b", None]
    assert words(np.zeros(0, dtype=np.int64), ("a",)).to_pylist() == []
