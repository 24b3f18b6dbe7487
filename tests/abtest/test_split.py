"""The users per arm against the declared split."""

from __future__ import annotations

import pytest
from scipy import stats

from workbench.abtest.split import check_split
from workbench.errors import DataError, StudyError


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ({"A": 5100, "B": 4900}, None),
        ({"A": 900, "B": 110}, {"A": 0.9, "B": 0.1}),
        ({"A": 10, "B": 12, "C": 11}, {"A": 1, "B": 1, "C": 1}),
    ],
)
def test_is_scipys_chi_square(counts, shares):
    found = check_split(counts, shares)
    weights = shares or dict.fromkeys(counts, 1)
    total = sum(counts.values())
    told = stats.chisquare(list(counts.values()), [total * weights[v] / sum(weights.values()) for v in counts])
    assert (found.chi2, found.p_value) == pytest.approx((told.statistic, told.pvalue), rel=1e-12)
    assert found.degrees_of_freedom == len(counts) - 1
    assert not found.broken
    assert found.detail == "The users per arm agree with the planned split."


def test_a_broken_split_says_how():
    found = check_split({"A": 10_000, "B": 9_000}, {"A": 0.5, "B": 0.5})
    assert found.broken
    assert found.detail == (
        "The users per arm do not agree with the planned split: "
        "A has 10,000 users instead of about 9,500, B has 9,000 users instead of about 9,500."
    )


def test_the_declared_split_counts_not_the_even_one():
    assert check_split({"A": 9000, "B": 1000}, None).broken
    assert not check_split({"A": 9000, "B": 1000}, {"A": 0.9, "B": 0.1}).broken


def test_a_gross_mismatch_keeps_a_p_value():
    # 1 − cdf is 0.0 here (abtest.md 2b.2).
    assert 0 < check_split({"A": 5600, "B": 4400}, None).p_value < 1e-30


def test_users_in_an_arm_of_share_zero_are_named():
    # GrowthBook counts them in the total and names no one (abtest.md 2b.4).
    found = check_split({"A": 5000, "B": 5000, "C": 7}, {"A": 0.5, "B": 0.5, "C": 0})
    assert found.broken
    assert found.detail == "7 users are in C, which should have none."
    assert (found.degrees_of_freedom, found.p_value) == (1, 1.0)


def test_an_arm_of_share_zero_without_users_does_not_count():
    found = check_split({"A": 5000, "B": 5000}, {"A": 0.5, "B": 0.5, "C": 0})
    assert (found.degrees_of_freedom, found.broken) == (1, False)


def test_a_variant_that_was_not_declared_is_named():
    found = check_split({"A": 5000, "B": 5000, "b": 3}, {"A": 0.5, "B": 0.5})
    assert found.broken
    assert found.detail == "3 users are in b, which the split does not name."
    assert [(arm.variant, arm.users, arm.expected) for arm in found.arms] == [
        ("A", 5000, 5000),
        ("B", 5000, 5000),
        ("b", 3, 0),
    ]


def test_a_declared_variant_without_users_is_named():
    found = check_split({"A": 2}, {"A": 0.5, "B": 0.5})
    assert found.broken
    assert found.detail == "B has no users."


def test_what_is_no_split():
    with pytest.raises(StudyError, match="at least two variants"):
        check_split({"A": 10, "B": 10}, {"A": 1.0, "B": 0.0})
    with pytest.raises(StudyError, match=r"share of 'B' should be zero or more; found -0\.5"):
        check_split({"A": 10, "B": 10}, {"A": 1.0, "B": -0.5})
    with pytest.raises(StudyError, match="found nan"):
        check_split({"A": 10, "B": 10}, {"A": 1.0, "B": float("nan")})
    with pytest.raises(DataError, match="at least two variants; found A"):
        check_split({"A": 10}, None)
    with pytest.raises(DataError, match="found none"):
        check_split({}, {"A": 0.5, "B": 0.5})


def test_the_level_is_a_p_value():
    with pytest.raises(ValueError, match=r"found 0\.999"):
        check_split({"A": 10, "B": 10}, None, level=0.999)
