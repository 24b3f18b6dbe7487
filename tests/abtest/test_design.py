"""A study's words."""

from __future__ import annotations

import json
from datetime import date

import pytest

from workbench.abtest import design
from workbench.errors import StudyError

METRICS = {
    "conversion": {"table": "orders", "aggregate": "any", "window_days": 7, "better": "up"},
    "margin": {"table": "orders", "aggregate": "sum", "value": "margin", "window_days": 7, "better": "up", "margin": 0.02},
    "visits": {"table": "sessions", "aggregate": "count", "window_days": 7, "better": None},
}  # fmt: skip


@pytest.fixture
def worded(tmp_path):
    def _design(**words):
        path = tmp_path / "metrics.yaml"
        path.write_text(json.dumps(METRICS))
        return design(str(path), **{"experiment": "e", "control": "A", "goals": ["conversion"], **words})

    return _design


def test_roles_and_order(worded):
    found = worded(secondary=["visits"], guardrails=["margin"])
    assert [metric.name for metric in found.metrics] == ["conversion", "margin", "visits"]
    assert [metric.name for metric in found.with_role("guardrail")] == ["margin"]
    assert found.roles == {"conversion": "goal", "margin": "guardrail", "visits": "secondary"}


def test_breakdowns_are_crossed_and_named_once(worded):
    found = worded(segments=["device", ["device", "country"], "device", ["country", "country"]])
    assert found.breakdowns == (("device",), ("device", "country"), ("country",))
    assert found.segments == ("device", "country")


def test_defaults(worded):
    found = worded(
        only={"country": "CN", "device": ["app", "web"]}, planned_end="2026-03-01", split={"A": 0.9, "B": 0.1}
    )
    assert found.only == {"country": ("CN",), "device": ("app", "web")}
    assert (found.planned_end, found.shares) == (date(2026, 3, 1), {"A": 0.9, "B": 0.1})
    assert (found.level, found.split_level, found.early_level) == (0.95, 0.001, 0.999)
    assert worded().planned_end is None


@pytest.mark.parametrize("role", ["goals", "guardrails"])
def test_a_metric_without_a_good_direction_decides_nothing(worded, role):
    with pytest.raises(
        StudyError, match=r"'visits' can't be a .*: its definition doesn't say `better: up` or `better: down`"
    ):
        worded(**{role: ["visits"]})


def test_a_declared_split_needs_two_variants_and_the_control(worded):
    with pytest.raises(StudyError, match="doesn't name the control 'A'"):
        worded(split={"B": 1.0, "C": 1.0})
    with pytest.raises(StudyError, match="at least two variants"):
        worded(split={"A": 1.0})
