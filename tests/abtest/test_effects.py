"""From moments to effects: which users are compared with which."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.abtest.effects import (
    Comparison,
    MetricMoments,
    compare_as_days_add_up,
    compare_segments,
    compare_variants,
    heterogeneity,
)
from workbench.abtest.means import Effect, Quantity, compare
from workbench.stats import MomentTable
from workbench.stats.moments import moments_of

KEYS = ["variant", "country", "day"]


def rows(users: int = 900, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    past = rng.normal(size=users)
    return pd.DataFrame(
        {
            "variant": rng.choice(["A", "B", "C"], users),
            "country": rng.choice(["CN", "JP", "(missing)"], users),
            "day": pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 5, users), unit="D"),
            "y": 10 + past + rng.normal(size=users),
            "past": past,
        }
    )


def metric(frame: pd.DataFrame, *, covariates: bool = True) -> MetricMoments:
    groups = [(key, moments_of(group[["y", "past"]])) for key, group in frame.groupby(KEYS)]
    table = MomentTable(
        ("y", "past"),
        pd.DataFrame([key for key, _ in groups], columns=KEYS),
        np.array([m.n for _, m in groups]),
        np.array([m.mean for _, m in groups]),
        np.array([m.comoment for _, m in groups]),
    )
    return MetricMoments("y", Quantity(0), (Quantity(1),) if covariates else (), table)


def direct(frame: pd.DataFrame, variant: str, covariates: tuple[Quantity, ...] = (Quantity(1),)) -> Effect:
    arms = (moments_of(frame.loc[frame["variant"] == v, ["y", "past"]]) for v in ("A", variant))
    return compare(*arms, Quantity(0), covariates, level=0.9)


def same(one: Effect, other: Effect) -> None:
    wanted = (other.absolute, other.std_error, other.p_value, other.n_control, other.n_treatment, other.control)
    assert (one.absolute, one.std_error, one.p_value, one.n_control, one.n_treatment, one.control) == pytest.approx(
        wanted, rel=1e-9
    )


def test_every_variant_against_the_control():
    frame = rows()
    found = compare_variants(metric(frame), control="A", level=0.9)
    assert [c.variant for c in found] == ["B", "C"]
    for comparison in found:
        same(comparison.effect, direct(frame, comparison.variant))
        assert (comparison.withheld, dict(comparison.segment)) == ("", {})


def test_without_what_was_known_before():
    frame = rows()
    adjusted, plain = (
        compare_variants(metric(frame), control="A", level=0.9, adjusted=a)[0].effect for a in (True, False)
    )
    same(plain, direct(frame, "B", ()))
    assert plain.variance_reduction == 0
    assert adjusted.std_error < 0.8 * plain.std_error


def test_segments_hold_their_own_users():
    frame = rows()
    found = compare_segments(metric(frame), control="A", columns=["country"], level=0.9)
    assert len(found) == 6
    for comparison in found:
        here = frame[frame["country"] == comparison.segment["country"]]
        same(comparison.effect, direct(here, comparison.variant))
    assert sum(c.effect.n_treatment for c in found if c.variant == "B") == (frame["variant"] == "B").sum()


def test_a_segment_without_a_control_is_said():
    frame = rows()
    frame = frame[(frame["country"] != "JP") | (frame["variant"] == "B")]
    found = [
        c
        for c in compare_segments(metric(frame), control="A", columns=["country"], level=0.9)
        if c.segment["country"] == "JP"
    ]
    assert [(c.variant, c.effect) for c in found] == [("B", None)]
    assert found[0].withheld.startswith("each arm needs at least 2 units; found 0 in control and ")


def test_days_add_up_to_everybody():
    frame = rows()
    # On the first day nobody was in B.
    frame = frame[(frame["day"] > frame["day"].min()) | (frame["variant"] != "B")]
    found = compare_as_days_add_up(metric(frame), control="A", variant="B", level=0.9)
    assert [day.day for day, _ in found] == [2, 3, 4, 5]
    for day, effect in found:
        same(effect, direct(frame[frame["day"] <= pd.Timestamp(day)], "B"))
    same(found[-1][1], direct(frame, "B"))


def test_heterogeneity_is_cochrans_q():
    frame = rows()
    frame["y"] += np.where((frame["country"] == "JP") & (frame["variant"] == "B"), 2.0, 0.0)
    found = [
        c for c in compare_segments(metric(frame), control="A", columns=["country"], level=0.9) if c.variant == "B"
    ]
    d, v = (np.array([f(c.effect) for c in found]) for f in (lambda e: e.absolute, lambda e: e.std_error**2))
    q = sum((d - np.average(d, weights=1 / v)) ** 2 / v)
    tested = heterogeneity(found)
    assert (tested.q, tested.segments) == (pytest.approx(q, rel=1e-12), 3)
    assert tested.p_value == pytest.approx(stats.chi2.sf(q, 2), rel=1e-12)
    # Of two segments, Q is the squared z of their difference.
    two = heterogeneity(found[:2])
    z = (d[0] - d[1]) / np.sqrt(v[0] + v[1])
    assert two.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)


def test_heterogeneity_has_its_size():
    """Equal effects in three segments of 2,000 simulated tests: rejected in 5 % of them, within three Monte-Carlo errors."""
    rng = np.random.default_rng(4)
    errors = rng.normal(size=(2000, 3)) * [0.5, 1.0, 2.0]
    effect = compare_variants(metric(rows()), control="A", level=0.95)[0].effect
    fields = {name: getattr(effect, name) for name in effect.__dataclass_fields__}
    rejected = 0
    for row in errors:
        segments = [
            Comparison("y", "B", Effect(**{**fields, "absolute": 1.0 + e, "std_error": s}))
            for e, s in zip(row, [0.5, 1.0, 2.0], strict=True)
        ]
        rejected += heterogeneity(segments).p_value < 0.05
    assert abs(rejected / 2000 - 0.05) < 3 * np.sqrt(0.05 * 0.95 / 2000)


def test_heterogeneity_needs_two_segments():
    found = compare_variants(metric(rows()), control="A", level=0.9)
    assert heterogeneity(found[:1]) is None
    assert heterogeneity([found[0], Comparison("y", "B", None, "no users")]) is None


def test_what_cannot_be_estimated_is_said_and_the_rest_stands():
    frame = rows()
    frame = pd.concat([frame[frame["variant"] != "C"], frame[frame["variant"] == "C"].iloc[:1]])
    b, c = compare_variants(metric(frame), control="A", level=0.9)
    same(b.effect, direct(frame, "B"))
    assert (c.variant, c.effect) == ("C", None)
    assert "each arm needs at least 2 units" in c.withheld
