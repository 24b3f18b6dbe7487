"""Metric definitions: what they become, and what is refused at reading."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from workbench.errors import StudyError
from workbench.tables import ColumnMetric, FactMetric, Metrics, RatioMetric, read_metrics

CONVERSION = "{table: orders, aggregate: any, window_days: 14, better: up}"
REVENUE = "{table: orders, value: revenue, aggregate: sum, window_days: 14, pre_days: 28, better: up, unit: CNY}"


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def _read(text: str) -> Metrics:
        path = tmp_path / "metrics.yaml"
        path.write_text(text)
        return read_metrics(path)

    return _read


def test_facts_after_exposure(read: Any) -> None:
    metric = read(f"revenue_per_user: {REVENUE}").get("revenue_per_user")

    assert metric == FactMetric(
        name="revenue_per_user",
        label="Revenue per user",
        table="orders",
        aggregate="sum",
        value="revenue",
        where={},
        window_days=14,
        pre_days=28,
        better="up",
        unit="CNY",
        margin=None,
    )


def test_whether_it_happened_is_a_share(read: Any) -> None:
    assert read(f"conversion: {CONVERSION}").get("conversion").unit == "share"


def test_conditions_are_always_several_values(read: Any) -> None:
    metric = read(
        "m: {table: orders, aggregate: count, where: {channel: [app, web], refunded: true, status: NO}, "
        "window_days: 1, better: null}"
    ).get("m")

    assert dict(metric.where) == {"channel": ("app", "web"), "refunded": (True,), "status": ("NO",)}
    assert metric.better is None
    assert metric.pre_days == 0


def test_columns_of_one_row_per_user(read: Any) -> None:
    metrics = read(
        "visit: {table: exposures, value: visit, better: up, covariates: [past_visits], unit: share, label: Visits}"
    )

    assert metrics.get("visit") == ColumnMetric("visit", "Visits", "visit", ("past_visits",), "up", "share", None)


def test_ratios_hold_their_metrics_wherever_those_stand(read: Any) -> None:
    metrics = read(
        f"aov: {{numerator: revenue, denominator: orders, better: up, unit: CNY}}\nrevenue: {REVENUE}\n"
        "orders: {table: orders, aggregate: count, window_days: 14, better: up}"
    )

    ratio = metrics.get("aov")
    assert isinstance(ratio, RatioMetric)
    assert (ratio.numerator, ratio.denominator) == (metrics.get("revenue"), metrics.get("orders"))
    assert metrics.names == ("aov", "revenue", "orders")


def test_metrics_are_frozen_and_can_be_keys(read: Any) -> None:
    metric = read("m: {table: orders, aggregate: count, where: {channel: app}, window_days: 1, better: up}").get("m")

    assert {metric: 1}[metric] == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        metric.window_days = 2
    with pytest.raises(TypeError):
        metric.where["channel"] = ("web",)


def test_an_unknown_metric_is_answered_with_the_nearest(read: Any) -> None:
    with pytest.raises(StudyError, match=r"metrics\.yaml: unknown metric 'convrsion'; nearest: 'conversion'"):
        read(f"conversion: {CONVERSION}").get("convrsion")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("{table: orders, aggregate: any, window: 14, better: up}", "unknown key 'window'; nearest: 'window_days'"),
        ("{table: orders, aggregate: any, better: up}", "'window_days' is missing; add it"),
        ("{table: orders, aggregate: any, window_days: 14}", "'better' is missing; add it"),
        ("{table: orders, aggregate: any, window_days: 14, better: higher}", "better: wanted 'up' or 'down', found"),
        (
            "{table: orders, aggregate: median, window_days: 14, better: up}",
            "aggregate: wanted 'any', 'count', 'sum', 'mean' or 'max', found \"median\"",
        ),
        (
            "{table: orders, aggregate: sum, window_days: 14, better: up}",
            "sum of what? add value: <a column of orders>",
        ),
        ("{table: orders, aggregate: count, value: x, window_days: 14, better: up}", "count takes no value"),
        ("{table: orders, aggregate: any, window_days: 0, better: up}", "window_days: wanted greater than 0, found 0"),
        ("{table: orders, aggregate: any, window_days: -3, better: up}", "window_days: wanted greater than 0"),
        ("{table: orders, aggregate: any, window_days: 1.5, better: up}", "window_days: wanted a whole number"),
        ("{table: orders, aggregate: any, window_days: '14', better: up}", "window_days: wanted a whole number"),
        (
            "{table: orders, aggregate: any, window_days: 14, pre_days: -1, better: up}",
            "pre_days: wanted greater than or equal to 0",
        ),
        ("{table: orders, aggregate: any, window_days: 14, better: up, margin: 1}", "margin: wanted less than 1"),
        (
            "{table: orders, aggregate: any, window_days: 14, better: up, margin: -0.1}",
            "margin: wanted greater than or equal to 0",
        ),
        ("{table: orders, aggregate: any, window_days: 14, better: up, unit: CNY}", "the unit of any is share"),
        ("{table: orders, aggregate: any, window_days: 14, better: up, where: {a: []}}", "where.a"),
        ("{table: order, aggregate: any, window_days: 14, better: up}", "unknown table 'order'; nearest: 'orders'"),
        (
            "{table: products, aggregate: any, window_days: 14, better: up}",
            "products does not say which user did it and when; wanted one of orders, ",
        ),
        (
            "{table: exposures, value: visit, aggregate: sum, better: up}",
            "exposures has one row per user already, so aggregate means nothing there",
        ),
        ("{table: exposures, value: visit, window_days: 3, better: up}", "so window_days means nothing there"),
        ("{table: exposures, better: up}", "'value' is missing; add it"),
        ("{table: exposures, value: v, covariate: [a], better: up}", "unknown key 'covariate'; nearest: 'covariates'"),
        ("{table: exposures, value: v, covariates: [a, a], better: up}", "covariates names 'a' twice"),
        ("{table: exposures, value: v, covariates: [v], better: up}", "'v' cannot be its own covariate"),
        ("{numerator: conversion, better: up}", "'denominator' is missing; add it"),
        ("{numerator: conversion, denominator: convrsion, better: up}", "unknown metric 'convrsion'; nearest: 'conver"),
        ("{numerator: m, denominator: conversion, better: up}", "its numerator 'm' is a ratio itself"),
        ("{numerator: conversion, denominator: ratio, better: up}", "its denominator 'ratio' is a ratio itself"),
        ("{numerator: conversion, denominator: weekly, better: up}", "look 7 and 14 days after exposure"),
        ("7", "m: wanted names with values, found 7"),
    ],
)
def test_what_cannot_be_computed_is_refused_at_reading(read: Any, definition: str, said: str) -> None:
    with pytest.raises(StudyError) as caught:
        read(
            f"conversion: {CONVERSION}\nm: {definition}\n"
            "weekly: {table: orders, aggregate: any, window_days: 7, better: up}\n"
            "ratio: {numerator: conversion, denominator: conversion, better: up}\n"
        )

    assert "metrics.yaml: m" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize("second", ["Conversion", "CONVERSION"])
def test_names_that_differ_in_case_alone_are_refused(read: Any, second: str) -> None:
    with pytest.raises(StudyError, match=f"these are one name: 'conversion', '{second}'; rename one"):
        read(f"conversion: {CONVERSION}\n{second}: {CONVERSION}\nother: {CONVERSION}\n")


@pytest.mark.parametrize("text", ["", "[]", "{}", "7"])
def test_a_file_without_metrics_is_said(read: Any, text: str) -> None:
    with pytest.raises(StudyError, match="wanted metrics, each a name with its definition; found none"):
        read(text)


def test_the_projects_own_metrics_read_and_their_columns_exist(root: Path) -> None:
    from workbench.tables.schema import canonical

    metrics = read_metrics(root / "data" / "metrics.yaml")

    assert {"conversion", "orders_per_user", "revenue_per_user", "margin_per_user", "average_order_value"} <= set(
        metrics.names
    )
    for name in metrics.names:
        metric = metrics.get(name)
        if isinstance(metric, FactMetric):
            assert {*metric.where, *([metric.value] if metric.value else [])} <= set(canonical(metric.table).columns)
